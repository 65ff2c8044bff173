"""A cluster that loses a worker, or has no room for what it holds, gives the same verdicts."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dask
import dask.dataframe as dd
import pandas as pd
import pytest
from distributed import Client, LocalCluster

import hygiene
import hygiene.scale

pytestmark = [pytest.mark.faults, pytest.mark.slow]


@contextmanager
def _cluster(workers: int, **more) -> Iterator[Client]:
    with (
        LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0", scheduler_port=0, **more
        ) as processes,
        Client(processes) as client,
    ):
        yield client


def _leads(rows: int = 400) -> pd.DataFrame:
    cells = [f"ann{number % 150}@{'acme' if number % 3 else 'bolt'}.example" for number in range(rows)]
    firms = ["" if number % 4 else f"Firm {number}" for number in range(rows)]
    return pd.DataFrame({"email": cells, "company": firms})


def _same(found: hygiene.scale.ScaledLeads, wanted: hygiene.CleanedLeads) -> None:
    verdicts = found.verdicts.compute().sort_values("row").reset_index(drop=True).astype(object)
    there = wanted.verdicts.reset_index(drop=True).astype(object)
    pd.testing.assert_frame_equal(verdicts.where(verdicts.notna(), None), there.where(there.notna(), None))
    ready = found.ready.compute().to_dict("list")
    assert ready == wanted.ready.to_dict("list")
    assert found.predicted == wanted.predicted


def _worker_with_most(client: Client) -> int:
    """The process of the worker that holds most."""
    held = client.has_what()
    address = max(held, key=lambda each: len(held[each]))
    return client.run(os.getpid, workers=[address])[address]


@pytest.mark.long
def test_a_worker_that_dies_after_the_survey_changes_nothing():
    leads = _leads()
    with _cluster(2) as client:
        found = hygiene.scale.clean(dd.from_pandas(leads, npartitions=4), fill=True)

        client.amm.run_once()
        client.amm.run_once()
        os.kill(_worker_with_most(client), signal.SIGKILL)

        _same(found, hygiene.clean(leads, fill=True))


class _Deadly:
    """A check that ends the process it first runs in, once."""

    def __init__(self, flag: Path, of: int) -> None:
        self.flag, self.of = flag, of

    def __call__(self, frame: pd.DataFrame) -> pd.Series:
        if len(frame) and os.getpid() != self.of:
            try:
                self.flag.touch(exist_ok=False)
            except FileExistsError:
                return frame["email"].str.startswith("ann1")
            os.kill(os.getpid(), signal.SIGKILL)
        return frame["email"].str.startswith("ann1")


@pytest.mark.long
def test_a_worker_that_dies_within_the_survey_changes_nothing(tmp_path):
    leads, flag = _leads(), tmp_path / "flag"
    rule = hygiene.Rule("deadly", _Deadly(flag, os.getpid()), outcome="review")
    with _cluster(2):
        found = hygiene.scale.clean(dd.from_pandas(leads, npartitions=4), rules=[rule])

        assert flag.exists()
        _same(found, hygiene.clean(leads, rules=[rule]))


def _on_disk(dask_worker) -> int:
    return len(dask_worker.data.disk)


def test_what_a_worker_writes_to_its_disk_changes_nothing():
    leads = _leads(2000)
    small = {"distributed.worker.memory.target": 0.0005, "distributed.worker.memory.spill": False}
    small |= {f"distributed.worker.memory.{name}": False for name in ("pause", "terminate")}
    with dask.config.set(small), _cluster(1, memory_limit="100MiB", processes=False) as client:
        found = hygiene.scale.clean(dd.from_pandas(leads, npartitions=4), fill=True)

        assert sum(client.run(_on_disk).values())
        _same(found, hygiene.clean(leads, fill=True))
