"""How long a prediction and its range take, in units of a groupby over the same column of the same frame."""

import argparse
import random
import statistics
import time
from collections.abc import Callable

import pandas as pd

from hygiene.prediction.predict import predict


def leads(size: int) -> pd.DataFrame:
    """Made-up leads: a tenth repeat, many in another case, over 2,000 domains."""
    draw = random.Random(1)
    people = int(size * 0.9)
    emails = [f"lead{draw.randrange(people)}@company{draw.randrange(2000)}.example" for _ in range(size)]
    return pd.DataFrame({"email": [each.title() if draw.random() < 0.1 else each for each in emails]})


def seconds(work: Callable[[], object]) -> float:
    """Seconds that one run takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Print the ratio of each round and the median."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--size", type=int, default=1_000_000, help="rows")
    arguments.add_argument("--rounds", type=int, default=5)
    given = arguments.parse_args()
    frame = leads(given.size)
    told = {
        "blocklist": [f"company{number}.example" for number in range(50)],
        "known": frame["email"].head(10_000).tolist(),
        "elsewhere": [],
        "batch_leads": 400,
    }
    ratios: list[tuple[float, float]] = []
    for _ in range(given.rounds):
        grouped = seconds(lambda: frame.groupby("email").size())
        predicted = seconds(lambda: predict(frame, **told))
        with_range = seconds(lambda: predict(frame, **told).range)
        ratios.append((predicted / grouped, with_range / grouped))
        print(
            f"groupby {grouped:.2f} s, predict {predicted:.2f} s ({ratios[-1][0]:.1f} times), "
            f"with its range {with_range:.2f} s ({ratios[-1][1]:.1f} times)"
        )
    alone, both = (statistics.median(column) for column in zip(*ratios, strict=True))
    print(f"{given.size} rows: {alone:.1f} times a groupby, {both:.1f} times with its range (medians)")


if __name__ == "__main__":
    main()
