"""Throughput of an import beside a bare loop that posts the same bodies to a local API.

The API runs in a process of its own, a new one for each measurement, as it grows slower with what it holds.
Both sides post the same batches over httpx, from leads that are cleaned already and with snapshots of the
(empty) list and block list handed over; the import also shapes the leads, writes its journal, predicts and
reconciles. The ratio is bare seconds over import seconds.
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
from pathlib import Path

import httpx
import pandas as pd

import hygiene
from hygiene.cleaned import CleanedLeads
from hygiene.importing import plan

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


def bare(bodies: list[dict[str, object]]) -> float:
    """Seconds to post the bodies in a loop."""
    with served() as url, httpx.Client(timeout=120) as client:
        began = time.perf_counter()
        for body in bodies:
            client.post(f"{url}/lead-list/1/import?api_key=demo-key", json=body).raise_for_status()
        return time.perf_counter() - began


def ours(cleaned: CleanedLeads, peaks: list[float]) -> float:
    """Seconds to import them, from cleaned leads to the receipt; notes the peak memory at first and last answer."""
    with (
        tempfile.TemporaryDirectory() as folder,
        served() as url,
        hygiene.Smartlead(list_id=1, api_key="demo-key", base_url=url) as sink,
    ):
        began = time.perf_counter()
        receipt = hygiene.import_leads(
            cleaned,
            sink,
            journal=Path(folder) / "journal.sqlite",
            progress=lambda done, total: (
                peaks.append(peak_mb()) if done in (sink.batch_leads, total) else None
            ),
        )
        seconds = time.perf_counter() - began
    if not receipt.reconciliation.agrees:
        raise SystemExit("; ".join(receipt.reconciliation.explain()))
    return seconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="leads")
    parser.add_argument("--repeat", type=int, default=3, help="how often each side is measured, in turns")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        known, blocked = Path(folder) / "known.csv", Path(folder) / "blocked.csv"
        known.write_text("email\n", encoding="utf-8")
        blocked.write_text("email_or_domain\n", encoding="utf-8")
        cleaned = hygiene.clean(leads(given.size), known=known, blocklist=blocked)
    bodies = [
        {"leadList": [dict(lead) for lead in batch.leads], "fileName": "leads"}
        for batch in plan(cleaned, batch_leads=400)
    ]
    ratios, peaks = [], []
    for turn in range(given.repeat):
        sides = {"bare": lambda: bare(bodies), "import": lambda: ours(cleaned, peaks)}
        order = list(sides) if turn % 2 else list(reversed(sides))
        seconds = {name: sides[name]() for name in order}
        ratios.append(seconds["bare"] / seconds["import"])
        print(
            f"{given.size} leads: bare {seconds['bare']:.2f} s, import {seconds['import']:.2f} s, "
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
