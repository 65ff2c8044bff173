"""Keys that do not fit in memory: our bucket files, SQLite and DuckDB finding the rows whose key several have.

    python benchmarks/spill.py [--size ROWS] [--rounds N]

Keys of 128 bits with the number of their row arrive 65,536 at a time; one in twenty is a repeat. Every way keeps
them on disk as they come, and then gives the rows whose key several rows have. All find the same rows.
"""

import argparse
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from hygiene.cleaning.dedup.partitions import Partitions
from hygiene.cleaning.dedup.survivors import order_repeats

CHUNK = 1 << 16


def chunks(rows: int) -> Iterator[np.ndarray]:
    """Keys in two halves, and the number of each row."""
    draw = np.random.default_rng(3)
    for start in range(0, rows, CHUNK):
        numbers = np.arange(start, min(start + CHUNK, rows), dtype=np.uint64)
        source = numbers.copy()
        repeated = draw.random(len(source)) < 0.05
        source[repeated] = draw.integers(0, start + 1, int(repeated.sum()))
        mixed = (source + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
        yield np.column_stack([mixed * np.uint64(0xBF58476D1CE4E5B9), mixed, numbers])


def with_buckets(rows: int, folder: Path) -> int:
    """Our way."""
    keys = Partitions(3, open_file=lambda: tempfile.TemporaryFile(dir=folder), most_octets=0)  # noqa: SIM115 -- they close them
    for chunk in chunks(rows):
        keys.add(chunk)
    return sum(len(order_repeats(part[:, :2], part[:, 2].astype(np.int64))[0]) for part in keys.parts())


def with_sqlite(rows: int, folder: Path) -> int:
    """One table without a journal, grouped by key."""
    file = sqlite3.connect(folder / "keys.sqlite")
    file.execute("pragma journal_mode = off")
    file.execute("pragma synchronous = off")
    file.execute("create table keys (a integer, b integer, row integer)")
    for chunk in chunks(rows):
        file.executemany("insert into keys values (?, ?, ?)", chunk.view(np.int64).tolist())
    found = file.execute(
        "select sum(n) from (select count(*) n from keys group by a, b having n > 1)"
    ).fetchone()
    file.close()
    return int(found[0] or 0)


def with_duckdb(rows: int, folder: Path) -> int:
    """One table, fed with Arrow, grouped by key."""
    with duckdb.connect(folder / "keys.duckdb") as file:
        file.execute("create table keys (a ubigint, b ubigint, row ubigint)")
        for chunk in chunks(rows):
            given = pa.table(dict(zip(("a", "b", "row"), map(pa.array, chunk.T.copy()), strict=True)))
            file.register("given", given)
            file.execute("insert into keys select * from given")
        query = "select sum(n) from (select count(*) n from keys group by a, b having n > 1)"
        found = file.execute(query).fetchone()
    return int(found[0] or 0) if found else 0


def timed(way: Callable[[int, Path], int], rows: int) -> tuple[float, int]:
    """Seconds of one way, and the rows it found."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        found = way(rows, Path(folder))
        return time.perf_counter() - start, found


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=1_000_000, help="rows")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    ways = {"buckets": with_buckets, "SQLite": with_sqlite, "DuckDB": with_duckdb}
    rounds = [{name: timed(way, options.size) for name, way in ways.items()} for _ in range(options.rounds)]
    for name in ways:
        seconds = statistics.median(each[name][0] for each in rounds)
        ratio = statistics.median(each[name][0] / each["buckets"][0] for each in rounds)
        print(f"{name:8} {seconds:7.2f} s {ratio:6.2f} times the buckets' time, {rounds[0][name][1]:,} rows")


if __name__ == "__main__":
    main()
