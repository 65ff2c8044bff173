"""Throughput of an import beside a bare loop that posts the same bodies to a local API.

Each side has an API of its own, in a process of its own that is new for each round, as it grows slower with
what it holds. Both post the same batches over httpx, from leads that are cleaned already and with snapshots of
the (empty) list and block list handed over; the import also shapes the leads, writes its journal, predicts and
reconciles. The two go in turns, one batch each, so that whatever else the machine does meets both alike: the
bare loop's turn is the import's call of `progress`, and its seconds are taken off the import's. The ratio is bare
seconds over import seconds.

With `--single`, an API that takes one lead a request: the sink for Mailman, four requests at a time, beside four
threads that post the same forms over httpx, to a server that answers each after a fixed time and does nothing else.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
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

#: Answers "201 Created" to each request after so many seconds, which are its argument.
PATIENT_SERVER = """
import asyncio, re, sys

async def serve(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\\r\\n\\r\\n")
            length = re.search(rb"content-length: (\\d+)", head.lower())
            await reader.readexactly(int(length[1]) if length else 0)
            await asyncio.sleep(float(sys.argv[1]))
            told = b"" if head.startswith(b"POST") else b'{"fqdn_listname": "a@lists.example", "member_count": 0}'
            status = b"200 OK" if told else b"201 Created"
            writer.write(b"HTTP/1.1 %s\\r\\nContent-Length: %d\\r\\n\\r\\n%s" % (status, len(told), told))
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""
#: Seconds that the server takes for a request. A Mailman of two workers took 0.031 s a lead, four at a time.
ANSWER_S = 0.02
#: Requests at a time.
AT_ONCE = 4


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
def served(server: str = SERVER, *arguments: str) -> Iterator[str]:
    """Where a new server is served; the local API has one list, number 1."""
    command = [sys.executable, "-c", server, *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip() if process.stdout else ""
        process.communicate()


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


def one_a_request(cleaned: CleanedLeads) -> tuple[float, float]:
    """Seconds of the threads and of the import, one after the other, each to a server of its own."""
    forms = [
        {"list_id": "a.lists.example", "subscriber": lead["email"], "display_name": "First Last"}
        for batch in plan(cleaned, batch_leads=200)
        for lead in batch.leads
    ]
    with served(PATIENT_SERVER, str(ANSWER_S)) as url, httpx.Client(timeout=120) as client:
        began = time.perf_counter()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for answer in pool.map(lambda form: client.post(f"{url}/members", data=form), forms):
                answer.raise_for_status()
        bare = time.perf_counter() - began
    with (
        tempfile.TemporaryDirectory() as folder,
        served(PATIENT_SERVER, str(ANSWER_S)) as url,
        hygiene.Mailman(
            "a@lists.example", user="a", api_key="demo-key", base_url=url, requests_in_flight=AT_ONCE
        ) as sink,
    ):
        began = time.perf_counter()
        receipt = hygiene.import_leads(cleaned, sink, journal=Path(folder) / "journal.sqlite")
        seconds = time.perf_counter() - began
    if not receipt.reconciliation.agrees:
        raise SystemExit("; ".join(receipt.reconciliation.explain()))
    return bare, seconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="leads")
    parser.add_argument("--repeat", type=int, default=3, help="rounds")
    parser.add_argument("--single", action="store_true", help="an API that takes one lead a request")
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
        bare, ours = one_a_request(cleaned) if given.single else side_by_side(cleaned, bodies, peaks)
        ratios.append(bare / ours)
        print(
            f"{given.size} leads: bare {bare:.2f} s, import {ours:.2f} s, "
            f"{ratios[-1]:.2f} of the bare throughput"
        )
    print(f"median {statistics.median(ratios):.2f} of the bare throughput")
    if given.single:
        return
    print(
        f"peak memory {peaks[0]:.0f} MB at the first answer of the first import, {peaks[1]:.0f} MB at its last"
    )


def peak_mb() -> float:
    """The most memory this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
