"""A cleaning by Dask on two workers, written as Parquet, beside the same in the memory of one process.

    python benchmarks/scale_dask.py [--rows N] [--rounds N] [--part-rows N]

Both read the same made-up CSV parts (seven columns, a twentieth of the rows repeats another), ask no DNS, and
write ready, withheld and verdicts. Each is a process of its own, with workers of its own. Time is from the
first read to the last write, after a cleaning of a few leads which loads what is needed; memory is the sum
of the peaks of all processes.
"""

import argparse
import contextlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

HEADER = ["email", "first_name", "last_name", "company", "title", "phone", "city"]


def write_parts(folder: Path, rows: int, part_rows: int) -> None:
    """CSV parts of leads."""
    draw = np.random.default_rng(7)
    folder.mkdir()
    for number, first in enumerate(range(0, rows, part_rows)):
        lead = np.arange(first, min(first + part_rows, rows))
        repeats = draw.random(len(lead)) < 0.05
        lead[repeats] = draw.integers(0, rows, int(repeats.sum()))
        text = pd.Series(lead).astype("str")
        leads = [
            "first.last" + text + "@company" + pd.Series(lead % 50_000).astype("str") + ".example",
            "First" + pd.Series(lead % 999).astype("str"),
            "Last" + pd.Series(lead % 7777).astype("str"),
            "Company " + pd.Series(lead % 50_000).astype("str") + " Ltd",
            pd.Series("Head of Sales", index=range(len(lead))),
            "+1415555" + pd.Series(draw.integers(1000, 9999, len(lead))).astype("str"),
            pd.Series("Porto", index=range(len(lead))),
        ]
        frame = pd.concat(leads, axis=1, keys=HEADER)
        frame.to_csv(folder / f"part-{number:05}.csv", index=False)


@contextlib.contextmanager
def two_workers() -> Iterator[object]:
    """A cluster of two processes on this machine, as the one that Dask asks."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster,
        Client(cluster) as client,
    ):
        yield client


def a_few() -> pd.DataFrame:
    """A few leads."""
    return pd.DataFrame({"email": [f"lead{number}@company.example" for number in range(80)]})


def peak() -> int:
    """Most octets that this process had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def dask_clean(folder: Path, out: Path) -> tuple[float, int, dict[str, int | None]]:
    """Seconds, octets of the caller with the scheduler and of the workers, and rows by outcome."""
    import dask.dataframe as dd

    import hygiene
    import hygiene.scale

    with two_workers() as client:
        few = dd.from_pandas(a_few(), npartitions=8)  # several for each worker
        hygiene.scale.clean(few).write(out.with_name(f"{out.name}, warm"))
        start = time.perf_counter()
        files = sorted(str(path) for path in folder.iterdir())
        cleaned = hygiene.scale.clean(dd.from_map(hygiene.read, files))
        cleaned.write(out)
        seconds = time.perf_counter() - start
        return seconds, peak() + sum(client.run(peak).values()), dict(cleaned.counts.outcomes)


def memory_clean(folder: Path, out: Path) -> tuple[float, int, dict[str, int | None]]:
    """The same without Dask."""
    import hygiene
    from hygiene.io.writers import write_parquet

    write_parquet(hygiene.clean(a_few()).ready, out.with_name(f"{out.name}, warm"))
    start = time.perf_counter()
    cleaned = hygiene.clean(folder)
    out.mkdir()
    for name in ("ready", "withheld", "verdicts"):
        write_parquet(getattr(cleaned, name), out / f"{name}.parquet")
    return time.perf_counter() - start, peak(), dict(cleaned.counts.outcomes)


WAYS = {"one process": memory_clean, "Dask, two workers": dask_clean}


def measure(way: str, folder: Path, out: Path) -> tuple[float, int, dict[str, int]]:
    """What a way tells of itself in a process of its own."""
    command = [sys.executable, __file__, "--way", way, str(folder), str(out)]
    ran = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return tuple(json.loads(ran.stdout))


def compare(rows: int, part_rows: int, rounds: int) -> None:
    """Run all ways in turns and print the medians."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "leads"
        write_parts(folder, rows, part_rows)
        found = [
            {way: measure(way, folder, Path(place) / f"{number} {way}") for way in WAYS}
            for number in range(rounds)
        ]
    base = next(iter(WAYS))
    if any(each[way][2] != found[0][base][2] for each in found for way in WAYS):
        sys.exit("the ways do not agree on the outcomes")
    print(f"{rows:,} rows in parts of {part_rows:,}, {rounds} rounds; medians")
    for way in WAYS:
        seconds, memory = (statistics.median(each[way][at] for each in found) for at in (0, 1))
        ratios = [statistics.median(each[way][at] / each[base][at] for each in found) for at in (0, 1)]
        print(f"{way:18} {seconds:6.1f} s  {ratios[0]:4.2f}   {memory / 2**20:6.0f} MiB  {ratios[1]:4.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", "--size", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--part-rows", type=int, default=100_000)
    parser.add_argument("--way", choices=WAYS)
    parser.add_argument("places", nargs="*", type=Path)
    given = parser.parse_args()
    if given.way:
        print(json.dumps(WAYS[given.way](*given.places)))
    else:
        compare(given.rows, given.part_rows, given.rounds)
