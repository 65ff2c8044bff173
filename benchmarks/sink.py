"""Throughput of an import beside a bare loop that posts the same bodies to the same local API.

The API runs in a process of its own. Both sides post the same batches over httpx; the import also reads
and writes its journal, predicts and reconciles. The ratio is bare seconds over import seconds.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
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
    for name in sys.argv[1:]:
        api.create_list(name)
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


def bare(url: str, list_id: int, bodies: list[bytes]) -> float:
    """Seconds to post the bodies in a loop."""
    with httpx.Client(timeout=120, headers={"Content-Type": "application/json"}) as client:
        began = time.perf_counter()
        for body in bodies:
            client.post(f"{url}/lead-list/{list_id}/import?api_key=demo-key", content=body).raise_for_status()
        return time.perf_counter() - began


def ours(url: str, list_id: int, cleaned: CleanedLeads, journal: Path) -> float:
    """Seconds to import them, from cleaned leads to the receipt."""
    with hygiene.Smartlead(list_id=list_id, api_key="demo-key", base_url=url) as sink:
        began = time.perf_counter()
        receipt = hygiene.import_leads(cleaned, sink, journal=journal)
        seconds = time.perf_counter() - began
    if not receipt.reconciliation.agrees:
        raise SystemExit("; ".join(receipt.reconciliation.explain()))
    return seconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=20_000, help="leads")
    parser.add_argument("--repeat", type=int, default=3, help="how often each side is measured, in turns")
    given = parser.parse_args()
    cleaned = hygiene.clean(leads(given.size))
    bodies = [
        json.dumps({"leadList": batch.leads, "fileName": "leads"}).encode()
        for batch in plan(cleaned, batch_leads=400)
    ]
    names = [str(number) for number in range(2 * given.repeat)]
    command = [sys.executable, "-c", SERVER, *names]
    ratios, memory = [], []
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server,
    ):
        url = server.stdout.readline().strip() if server.stdout else ""
        for turn in range(given.repeat):
            plain = bare(url, 2 * turn + 1, bodies)
            whole = ours(url, 2 * turn + 2, cleaned, Path(folder) / f"{turn}.sqlite")
            ratios.append(plain / whole)
            memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
            print(
                f"{given.size} leads: bare {plain:.2f} s, import {whole:.2f} s, "
                f"{ratios[-1]:.2f} of the bare throughput, peak {memory[-1]:.0f} MB"
            )
        server.communicate()
    print(f"median {statistics.median(ratios):.2f} of the bare throughput")


if __name__ == "__main__":
    main()
