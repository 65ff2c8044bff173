"""Cleaning from a hundred thousand to ten million leads: in memory, within a bound, on Dask, and plain dedupes.

    python benchmarks/scale.py [--size ROWS] [--full] [--memory 1GB]

Made-up leads of seven columns, one in twenty a repeat of an earlier one. Every way reads the same CSV file and
writes CSV, each in a process of its own, one after the other: `hygiene clean --no-dns` with all leads in memory
(a bound that is never met) and within `--memory`; the same leads on two Dask workers, which read parts and
write Parquet, timed from the first read to the last write; `pandas.read_csv`, `drop_duplicates` on the address
and `to_csv`; the same in DuckDB's SQL. Peak memory is that of the process, on Dask the sum of scheduler and
workers. `--full` takes 100 thousand, 1, 3 and 10 million rows.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import scale_dask

HEADER = "Email,First Name,Last Name,Company,Title,Phone,City\n"
FULL = (100_000, 1_000_000, 3_000_000, 10_000_000)
REPEATED = 0.05
COMPANIES = 200_000
_BLOCK = 250_000

CLEAN = "from hygiene.cli import main; main()"
PANDAS = """
import sys, pandas as pd
leads = pd.read_csv(sys.argv[1], dtype="str")
leads.drop_duplicates("Email").to_csv(sys.argv[2], index=False)
"""
DUCKDB = """
import sys, duckdb
read = f"select * from read_csv('{sys.argv[1]}', all_varchar=true, header=true)"
duckdb.sql(f"copy (select distinct on (Email) * from ({read})) to '{sys.argv[2]}' (header, delimiter ',')")
"""


def write_leads(path: Path, parts: Path, rows: int) -> None:
    """Made-up leads under companies' reserved names: one file, and the same in parts."""
    draw = np.random.default_rng(7)
    parts.mkdir()
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for start in range(0, rows, _BLOCK):
            lines = list(_lines(draw, start, min(_BLOCK, rows - start)))
            file.writelines(lines)
            (parts / f"part-{start:09}.csv").write_text("".join([HEADER, *lines]), encoding="utf-8")


def _lines(draw: np.random.Generator, start: int, rows: int) -> Iterator[str]:
    numbers = np.arange(start, start + rows)
    repeated = draw.random(rows) < REPEATED
    numbers[repeated] = draw.integers(0, start + 1, int(repeated.sum()))
    for number in numbers.tolist():
        company = number * 7919 % COMPANIES
        yield (
            f"first{number % 997}.last{number}@company{company}.example.com,First{number % 997},Last{number % 7919},"
            f"Company {company} Ltd,Head of Sales,+1 555 {number % 10_000:04d},Springfield\n"
        )


def measure(command: list[str]) -> tuple[float, float]:
    """Seconds and peak megabytes of a process.

    Raises:
        RuntimeError: it failed.
    """
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(error.decode()[-500:])
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def ways(leads: Path, out: Path, memory: str) -> dict[str, list[str]]:
    """The command of each way; those whose packages are not there are left out."""
    ours = [sys.executable, "-c", CLEAN, "clean", str(leads), "--no-dns", "-q", "--out"]
    found = {
        "in memory": [*ours, str(out / "whole"), "--memory", "1000GB"],
        f"within {memory}": [*ours, str(out / "bounded"), "--memory", memory],
        "pandas": [sys.executable, "-c", PANDAS, str(leads), str(out / "pandas.csv")],
    }
    if importlib.util.find_spec("duckdb"):
        found["DuckDB"] = [sys.executable, "-c", DUCKDB, str(leads), str(out / "duckdb.csv")]
    return found


def run(rows: int, memory: str) -> None:
    """One size, every way."""
    with tempfile.TemporaryDirectory() as folder:
        leads, parts = Path(folder) / "leads.csv", Path(folder) / "parts"
        write_leads(leads, parts, rows)
        found = {name: measure(command) for name, command in ways(leads, Path(folder), memory).items()}
        seconds, octets, _ = scale_dask.measure("Dask, two workers", parts, Path(folder) / "dask")
        found["Dask, 2"] = (seconds, octets / 2**20)
        base = found["pandas"][0]
        for name, (seconds, megabytes) in found.items():
            per_million = seconds / rows * 1e6
            print(
                f"{rows:>10,} {name:12} {seconds:8.2f} {per_million:12.2f} {seconds / base:9.2f} {megabytes:8.0f}",
                flush=True,
            )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=300_000, help="rows")
    parser.add_argument("--full", action="store_true", help="the sizes of the table in README.md")
    parser.add_argument("--memory", default="1GB", help="the bound")
    options = parser.parse_args()
    print(f"{'rows':>10} {'way':12} {'seconds':>8} {'s / million':>12} {'v pandas':>9} {'MB':>8}")
    for rows in FULL if options.full else (options.size,):
        run(rows, options.memory)


if __name__ == "__main__":
    main()
