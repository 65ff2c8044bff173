"""Throughput of an import beside a bare loop that posts the same bodies to a local API.

Each side has an API of its own, in a process of its own that is new for each round, as it grows slower with
what it holds. Both post the same batches over httpx, from leads that are cleaned already and with snapshots of
the (empty) list and block list handed over; the import also shapes the leads, writes its journal, predicts and
reconciles. The two go in turns, one batch each, so that whatever else the machine does meets both alike: the
bare loop's turn is the import's call of `progress`, and its seconds are taken off the import's. The ratio is bare
seconds over import seconds.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pandas as pd

import hygiene
from hygiene.cleaning.result import CleanedLeads
from hygiene.importing import plan
from hygiene.io.readers.list_files import block_list, known_leads

SERVER = """
import sys
from hygiene.emulator import Emulator
with Emulator() as api:
    api.create_list("bench")
    print(api.base_url, flush=True)
    sys.stdin.read()
"""


def leads(size: int) -> pd.DataFrame:
    """Made-up leads with four columns."""
    numbers = range(size)
    return pd.DataFrame(
        {
            "email": [f"lead{number}@company{number % 997}.example" for number in numbers],
            "first_name": [f"First{number % 311}" for number in numbers],
            "last_name": [f"Last{number % 733}" for number in numbers],
            "company": [f"Company {number % 997}" for number in numbers],
        }
    )


@contextmanager
def served() -> Iterator[str]:
    """Where a new local API with one list, number 1, is served."""
    command = [sys.executable, "-c", SERVER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        yield server.stdout.readline().strip() if server.stdout else ""
        server.communicate()


@dataclass(slots=True)
class BareLoop:
    """Posts bodies in a loop that is gone through one body at a time.

    Attributes:
        client: The client.
        url: Where to.
        bodies: What.
        seconds: How long it took so far, without the pauses.
    """

    client: httpx.Client
    url: str
    bodies: Iterator[dict[str, object]]
    seconds: float = 0.0

    def turn(self) -> None:
        """Post the next body."""
        began = time.perf_counter()
        self.client.post(self.url, json=next(self.bodies)).raise_for_status()
        self.seconds += time.perf_counter() - began


def side_by_side(
    cleaned: CleanedLeads, bodies: list[dict[str, object]], peaks: list[float]
) -> tuple[float, float]:
    """Seconds of the bare loop and of the import, from cleaned leads to the receipt.

    Notes the peak memory at the first and the last answer.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        served() as url,
        served() as bare_url,
        httpx.Client(timeout=120) as client,
        hygiene.Smartlead(list_id=1, api_key="demo-key", base_url=url) as sink,
    ):
        bare = BareLoop(client, f"{bare_url}/lead-list/1/import?api_key=demo-key", iter(bodies))

        def progress(done: int, total: int) -> None:
            bare.turn()
            if done in (sink.batch_leads, total):
                peaks.append(peak_mb())

        began = time.perf_counter()
        receipt = hygiene.import_leads(
            cleaned, sink, journal=Path(folder) / "journal.sqlite", progress=progress
        )
        seconds = time.perf_counter() - began - bare.seconds
    if not receipt.reconciliation.agrees:
        raise SystemExit("; ".join(receipt.reconciliation.explain()))
    return bare.seconds, seconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="leads")
    parser.add_argument("--repeat", type=int, default=3, help="rounds")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        known, blocked = Path(folder) / "known.csv", Path(folder) / "blocked.csv"
        known.write_text("email\n", encoding="utf-8")
        blocked.write_text("email_or_domain\n", encoding="utf-8")
        lists = {"known": known_leads(known), "blocklist": block_list(blocked)}
    frame, ratios, peaks = leads(given.size), [], []
    for _ in range(given.repeat):
        cleaned = hygiene.clean(frame, **lists)  # anew, as one remembers what it predicted
        bodies = [
            {"leadList": [dict(lead) for lead in batch.leads], "fileName": "leads"}
            for batch in plan(cleaned, batch_leads=400)
        ]
        bare, ours = side_by_side(cleaned, bodies, peaks)
        ratios.append(bare / ours)
        print(
            f"{given.size} leads: bare {bare:.2f} s, import {ours:.2f} s, "
            f"{ratios[-1]:.2f} of the bare throughput"
        )
    print(f"median {statistics.median(ratios):.2f} of the bare throughput")
    print(
        f"peak memory {peaks[0]:.0f} MB at the first answer of the first import, {peaks[1]:.0f} MB at its last"
    )


def peak_mb() -> float:
    """The most memory this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
