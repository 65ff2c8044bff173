"""Writing a frame of leads as CSV: ours beside the csv module row by row and `pandas.to_csv`.

All three write the same octets, which is held before anything is timed.
"""

import argparse
import csv
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from hygiene.io.writers import write_csv, write_parquet

#: Rows that go through the csv module at a time.
SLICE = 50_000


def leads(size: int) -> pd.DataFrame:
    """Made-up leads of seven columns and a row number; some cells have commas or quotes, some are missing."""
    random = np.random.default_rng(5)
    hosts = random.integers(0, 20_000, size).tolist()
    return pd.DataFrame(
        {
            "row": range(1, size + 1),
            "email": [f"lead{number}@company{host}.example" for number, host in enumerate(hosts)],
            "first_name": [f"First{number % 900}" for number in range(size)],
            "last_name": [f"Last{number % 7000}" for number in range(size)],
            "company": [f"Company {host}{', Inc.' if host % 50 == 0 else ''}" for host in hosts],
            "title": [None if number % 20 == 0 else "Head of Sales" for number in range(size)],
            "phone": [f"+1 555 {number:07d}" for number in range(size)],
            "city": [f'"{host}" City' if host % 400 == 0 else "Springfield" for host in hosts],
        }
    )


def row_by_row(frame: pd.DataFrame, path: Path) -> None:
    """The csv module, fed with lists."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(frame.columns)
        for start in range(0, len(frame), SLICE):
            part = frame.iloc[start : start + SLICE]
            columns = [
                part[name].astype(object).where(part[name].notna(), "").tolist() for name in part.columns
            ]
            writer.writerows(zip(*columns, strict=True))


def seconds(work: Callable[[], object]) -> float:
    """Seconds that one run takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Print what each way takes, in units of ours."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--size", type=int, default=300_000, help="rows")
    arguments.add_argument("--rounds", type=int, default=5)
    given = arguments.parse_args()
    frame = leads(given.size)
    with tempfile.TemporaryDirectory() as folder:
        paths = {
            name: Path(folder, name) for name in ("ours", "csv module", "pandas to_csv", "ours, Parquet")
        }
        ways: dict[str, Callable[[], object]] = {
            "ours": lambda: write_csv(frame, paths["ours"]),
            "csv module": lambda: row_by_row(frame, paths["csv module"]),
            "pandas to_csv": lambda: frame.to_csv(paths["pandas to_csv"], index=False, lineterminator="\n"),
            "ours, Parquet": lambda: write_parquet(frame, paths["ours, Parquet"]),
        }
        for way in ways.values():
            way()
        if len({path.read_bytes() for name, path in paths.items() if "Parquet" not in name}) > 1:
            raise SystemExit("the ways do not write the same file")
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(given.rounds):
            for name, way in ways.items():
                times[name].append(seconds(way))
    for name, taken in times.items():
        ratios = [each / ours for each, ours in zip(taken, times["ours"], strict=True)]
        print(f"{name:14} {statistics.median(taken):6.2f} s   {statistics.median(ratios):6.2f} x ours")


if __name__ == "__main__":
    main()
