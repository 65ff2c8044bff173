"""How long it takes to explain an import with ten drifting batches that was read back, in units of its prediction."""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

import hygiene
from hygiene.importing.evidence import evidence_of
from hygiene.prediction.explain import explain
from hygiene.sinks import LeadList, Reply

FIRST = ("ann", "bob", "eve", "kim", "lee", "max", "noa", "ole", "pia", "rex")
#: Firms, and batches in which leads are dropped.
FIRMS, DRIFTING = 20_000, 10


class Drops:
    """A list in memory that drops leads whose local part has an underscore, and counts them in the total alone."""

    name = "drops"

    def __init__(self, batch_leads: int) -> None:
        self.policy, self.batch_leads, self.held = hygiene.ImportPolicy(), batch_leads, list[str]()

    def send(
        self, leads: Sequence[Mapping[str, object]], /, *, file_name: str, waive_blocklist: bool = False
    ) -> Reply:
        """Take a request."""
        del file_name, waive_blocklist
        taken = [str(lead["email"]) for lead in leads if "_" not in str(lead["email"])]
        self.held += taken
        return Reply(hygiene.Counts(len(leads), len(taken), 0, 0))

    def describe(self) -> LeadList:
        """Its name and size."""
        return LeadList(1, "drops", len(self.held))

    def members(self, *, whole_account: bool = False) -> Iterator[str]:
        """What it holds."""
        del whole_account
        return iter(self.held)

    def blocked(self) -> Iterator[str]:
        """No entries."""
        return iter(())


def leads(size: int) -> pd.DataFrame:
    """Made-up leads with names and firms; one in a tenth of them has an underscore."""
    mark = max(1, size // DRIFTING)
    emails = [
        f"{FIRST[n % 10]}{'_' if n % mark == mark // 2 else '.'}{n}@firm{n * 7919 % FIRMS}.example"
        for n in range(size)
    ]
    return pd.DataFrame({"email": emails, "first_name": "Ann", "company": "Firm"})


def seconds(work: Callable[[], object]) -> float:
    """Processor seconds that one run takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Print the seconds of each round, and the median ratio."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--size", type=int, default=1_000_000, help="leads")
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    cleaned = hygiene.clean(leads(given.size))
    sink = Drops(max(1, given.size // 100))
    told = hygiene.import_leads(cleaned, sink).reconciliation
    trace, results = told.trace, [batch.evidence for batch in told.batches]
    drifting = sum(batch.drift is not None and batch.drift.imported != 0 for batch in told.batches)
    if trace is None or drifting != DRIFTING:
        raise SystemExit(f"{drifting} batches drift, not {DRIFTING}")
    ratios = []
    for _ in range(given.rounds):
        sent = cleaned.addresses(trace.rows - 1)
        known = evidence_of(cleaned, trace.rows, sent=sent, members=sink.held, was_read=True)
        predicted = seconds(lambda: hygiene.predict(cleaned.ready, batch_leads=sink.batch_leads))
        clock = time.perf_counter()
        explained = seconds(lambda: explain(results, replace(trace, evidence=known)))  # noqa: B023 -- run at once
        took = time.perf_counter() - clock
        ratios.append(explained / predicted)
        print(
            f"prediction {predicted:.2f} s, explanation {explained:.2f} s of the processor ({took:.2f} s by the clock)"
        )
    print(f"{given.size} leads: explanation {statistics.median(ratios):.1f} times a prediction (median)")


if __name__ == "__main__":
    main()
