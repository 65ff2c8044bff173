"""A long import of which many answers are faulty: every lead arrives once, and what is told agrees with what is held.

    python tests/soak.py [--leads N] [--share S] [--seed N]

`make soak` runs it with 200,000 leads of which 7 % of the answers are lost, late, cut off or refusals, before or after
the leads were taken. The same import is run until it is complete, as a person or a pipeline would; no part of the
tests.
"""

import argparse
import random
import secrets
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pandas as pd

import hygiene
from hygiene.emulator import Emulator
from hygiene.emulator.emulator import Fault
from hygiene.errors import HygieneError

#: Runs after which an import that is not complete is given up.
RUNS = 60
BATCH = 400


def draw_fault(draw: random.Random) -> Fault:
    """A fault of any kind, before or after the leads were taken."""
    drop = draw.choice(("before", "after"))
    return draw.choice(
        (
            Fault(drop=drop),
            Fault(half=True, passes=True),
            Fault(status=500, body={"error": "no"}, drop=drop),
            Fault(status=502, body="<html>Bad gateway</html>", drop=drop),
            Fault(status=503, headers={"Retry-After": "0"}, drop=drop),
            Fault(status=429, headers={"Retry-After": "0"}),
            Fault(status=408, drop=drop),
            Fault(status=409, drop=drop),
            Fault(status=200, drop=drop),
            Fault(status=200, body={"ok": False, "error": "something"}, drop=drop),
        )
    )


def soak(leads: int, share: float, seed: int) -> int:
    """Import so many leads through a server that fails so often; 0 where all is well."""
    draw = random.Random(seed)
    addresses = [f"lead{number}@company{number % 997}.example" for number in range(leads)]
    cleaned = hygiene.clean(pd.DataFrame({"email": addresses}))
    began, statuses = time.monotonic(), Counter[str]()
    with Emulator() as api, tempfile.TemporaryDirectory() as folder:
        list_id = api.create_list("soak")
        faults = (draw_fault(draw) if draw.random() < share else Fault(passes=True) for _ in range(10**6))
        api.faults.extend(next(faults) for _ in range(4 * leads // BATCH + 100))
        for run in range(1, RUNS + 1):
            with hygiene.Smartlead(
                list_id=list_id, api_key=api.api_key, base_url=api.base_url, rate=None, patience_s=0
            ) as sink:
                try:
                    receipt = hygiene.import_leads(cleaned, sink, journal=Path(folder) / "soak.sqlite")
                except HygieneError as error:
                    statuses[type(error).__name__] += 1
                    continue
            statuses[receipt.reconciliation.status] += 1
            held = len(api.members(list_id))
            print(f"run {run}: {receipt.reconciliation.status}, {held:,} leads held", flush=True)
            if receipt.reconciliation.status != "incomplete":
                break
        members = Counter(api.members(list_id))
        posts = [status for method, path, status in api.requests if method == "POST" and "/import" in path]
    faulty = sum(status != 200 for status in posts)
    twice, lost = sum(times > 1 for times in members.values()), len(set(addresses) - set(members))
    print(
        f"{leads:,} leads, {len(posts):,} import requests, {faulty:,} not answered with 200, {run} runs "
        f"({dict(statuses)}), {time.monotonic() - began:.0f} s: {twice} held twice, {lost} lost; "
        f"told: {receipt.reported}"
    )
    told = receipt.reconciliation.status in {"agrees", "within_range"}
    return 0 if told and not twice and not lost and len(members) == leads else 1


def main() -> int:
    """Read the options, and run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=200_000)
    parser.add_argument("--share", type=float, default=0.07)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    given = parser.parse_args()
    print(f"seed {given.seed}")
    return soak(given.leads, given.share, given.seed)


if __name__ == "__main__":
    sys.exit(main())
