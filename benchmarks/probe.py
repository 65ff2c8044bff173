"""How many requests a probe needs, over randomly drawn policies of the local API."""

import argparse
import random
import statistics
from collections import Counter
from dataclasses import replace

from hygiene.emulator import Emulator
from hygiene.policy import RULES, ImportPolicy, choices
from hygiene.prediction.probe.experiments import Bench, Own
from hygiene.prediction.probe.planning import Answer
from hygiene.prediction.probe.runner import Probe
from hygiene.smartlead import Smartlead

BENCH = Bench(gmail=True, second=True, blocklist=True)
OWN = Own.checked("own.example", "somebody@gmail.com", token="hp1")  # noqa: S106 -- no secret, a mark

#: Limits that cut the largest request.
CUT = (10, 50)
#: Values of a rule that takes any number.
LIMITS = {"request_limit": (0, 0, 10, 50, 100)}


class Notes:
    """A notebook in memory."""

    def __init__(self) -> None:
        self.token = OWN.token
        self.answers: list[Answer] = []
        self.entries: tuple[str, ...] = ()

    def asking(self, name: str, /) -> None:
        """Nothing to keep."""

    def answered(self, answer: Answer, /) -> None:
        """Keep the answer."""
        self.answers.append(answer)

    def standing(self, entries: list[str], /) -> None:
        """Keep the entries."""
        self.entries = tuple(entries)


def probe(policy: ImportPolicy) -> tuple[int, int, bool]:
    """Imports, requests in all (with the look at the lists), and whether every decided rule is right."""
    with Emulator(policy=policy) as api:
        sinks = [
            Smartlead(list_id=api.create_list(name), api_key=api.api_key, base_url=api.base_url)
            for name in "AB"
        ]
        sinks[0].lists()
        found = Probe(BENCH, OWN, lists=sinks, editor=sinks[0], notebook=Notes(), pause=lambda _: None).run()
        requests = sum(sink.requests for sink in sinks)
        for sink in sinks:
            sink.close()
    if (
        policy.request_limit not in CUT and policy.total_counts == "taken"
    ):  # the same, where nothing is dropped
        policy = replace(policy, total_counts="rows")
    wrong = set(policy.changes(found.policy)) - set(found.undecided)
    return len(found.answers), requests, not wrong


def main() -> None:
    """Print the mean and the largest number of imports and of requests."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--size", type=int, default=250, help="policies")
    size = arguments.parse_args().size
    draw = random.Random(2)
    rules = [name for name in RULES if name != "unreadable_lists"]
    results = [
        probe(ImportPolicy(**{name: draw.choice(LIMITS.get(name) or choices(name)) for name in rules}))
        for _ in range(size)
    ]
    imports, requests, right = zip(*results, strict=True)
    print(f"{size} policies, {sum(right)} with every decided rule right")
    print(f"imports: mean {statistics.mean(imports):.2f}, largest {max(imports)}")
    print(f"probes by imports: {dict(sorted(Counter(imports).items()))}")
    print(f"requests in all: mean {statistics.mean(requests):.2f}, largest {max(requests)}")


if __name__ == "__main__":
    main()
