"""Tidying names and numbers of a million leads, beside phonenumbers and nameparser called once for each distinct value.

    python benchmarks/tidy.py [--size LEADS] [--libraries PYTHON] [--sample VALUES]

PYTHON is an interpreter that has nameparser 2.6 and phonenumbers; without it nothing is set beside ours. Nine tenths of
the leads have a number of their own and six tenths a name of their own; of the names a fifth and of the numbers a
fourth are not as one would write them. The libraries are called for VALUES of the distinct ones, spread evenly, and the
time is scaled; `--sample 0` is all. Time is processor seconds, of all threads, and both are run in turns.
"""

import argparse
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa

from hygiene.fields.names import tidy_names
from hygiene.fields.phones import tidy_phones
from hygiene.words.name_words import given_names

TEXT = pa.large_string()
#: Leads in a chunk of a cleaning.
CHUNK = 1 << 16
SYLLABLES = [
    "an",
    "ber",
    "cor",
    "del",
    "fen",
    "gar",
    "hol",
    "im",
    "jor",
    "kel",
    "lan",
    "mar",
    "nor",
    "ost",
    "pel",
    "quin",
    "ros",
    "sten",
    "tor",
    "ul",
    "ver",
    "wal",
    "xan",
    "yor",
    "zim",
]
#: How the digits of a number are written, and the region of the row.
SHAPES = (
    ("+1415{:07d}", "US", 30),
    ("+4930{:07d}", "DE", 15),
    ("(212) 5{:02.0f}-{:04.0f}", "US", 12),
    ("212-5{:02.0f}-{:04.0f}", "US", 8),
    ("030 {:07d}", "DE", 10),
    ("+44 20 7{:03.0f} {:04.0f}", "GB", 10),
    ("06 {:02d} {:02d} {:02d} {:02d}", "FR", 6),
    ("+1 212 5{:02.0f} {:04.0f} ext. 12", "US", 3),
    ("0044 20 7{:03.0f} {:04.0f}", "US", 3),
    ("tel: +49 (0) 30 {:07d}", "", 2),
    ("4.{:07d}E+11", "US", 1),
)


def full_names(distinct: int, draw: random.Random) -> list[tuple[str, str]]:
    """Names, each once: most are plain, some in capitals, in small letters, with titles, credentials or particles."""
    firsts = sorted(name.title() for name in given_names() if name.isascii() and len(name) > 2)
    found = set[tuple[str, str]]()
    while len(found) < distinct:
        first, last = draw.choice(firsts), "".join(draw.choices(SYLLABLES, k=draw.choice((2, 2, 3)))).title()
        kind = draw.random()
        if kind < 0.08:
            first, last = first.upper(), last.upper()
        elif kind < 0.12:
            first, last = first.lower(), last.lower()
        elif kind < 0.15:
            first = f"{draw.choice(('Dr.', 'Mr.', 'Prof.', 'Frau'))} {first}"
        elif kind < 0.17:
            last += draw.choice((" Jr.", ", PhD", " MBA", " III"))
        elif kind < 0.2:
            last = f"{draw.choice(('van der', 'de la', 'von', 'El'))} {last}"
        found.add((first, last))
    return sorted(found)


def numbers(distinct: int, draw: random.Random) -> list[tuple[str, str]]:
    """Numbers with the region of their row, each once."""
    shapes = draw.choices(SHAPES, weights=[shape[2] for shape in SHAPES], k=2 * distinct)
    found = dict[tuple[str, str], None]()
    for (shape, region, _), serial in zip(
        shapes, draw.sample(range(2_000_000, 9_999_999), 2 * distinct), strict=True
    ):
        if shape.count("{") == 1:
            parts = [serial]
        elif shape.count("{") == 2:
            parts = list(divmod(serial, 10_000))
            parts[0] %= 100 if ":02" in shape else 1000
        else:
            parts = [serial // 100**place % 100 for place in range(4)]
        found[shape.format(*parts), region] = None
        if len(found) == distinct:
            break
    return list(found)


def spread(values: list[tuple[str, str]], size: int, draw: random.Random) -> list[tuple[str, str]]:
    """As many rows as asked for, each value at least once, in any order."""
    rows = [*values, *draw.choices(values, k=size - len(values))]
    draw.shuffle(rows)
    return rows


def seconds(work: Callable[[], object]) -> float:
    """Processor seconds of all threads."""
    start = time.process_time()
    work()
    return time.process_time() - start


def chunked(rows: list[tuple[str, str]]) -> Iterator[tuple[pa.Array, pa.Array]]:
    """The two columns, as many rows at a time as a cleaning has."""
    for start in range(0, len(rows), CHUNK):
        first, second = zip(*rows[start : start + CHUNK], strict=True)
        yield pa.array(first, TEXT), pa.array(second, TEXT)


def by_library(kind: str, python: str, values: list[tuple[str, str]], sample: int) -> float:
    """Seconds of a library, once for each distinct value."""
    chosen = values[:: max(1, len(values) // sample)] if sample else values
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="utf-8") as file:
        file.writelines(f"{first}\t{second}\n" for first, second in chosen)
        file.flush()
        script = Path(__file__).parent / "labelled" / "libraries.py"
        done = subprocess.run([python, script, kind, file.name], check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1]) * len(values) / len(chosen)


def main() -> None:
    """Names, numbers, and numbers of which few are distinct."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--size", type=int, default=1_000_000)
    asked.add_argument("--sample", type=int, default=20_000)
    asked.add_argument("--libraries")
    given = asked.parse_args()
    draw = random.Random(11)
    ways = {
        "names": (full_names(given.size * 6 // 10, draw), tidy_names),
        "phones": (numbers(given.size * 9 // 10, draw), lambda one, two: tidy_phones(one, regions=two)),
        "few phones": (
            numbers(min(10_000, given.size), draw),
            lambda one, two: tidy_phones(one, regions=two),
        ),
    }
    ours, theirs = 0.0, 0.0
    for kind, (values, work) in ways.items():
        columns = list(chunked(spread(values, given.size, draw)))
        work(*[column.slice(0, 10) for column in columns[0]])
        taken = seconds(lambda columns=columns, work=work: [work(*pair) for pair in columns])
        told = f"{given.size:,} leads, {len(values):,} distinct {kind.split()[-1]}: {taken:.2f} s"
        if given.libraries:
            other = by_library(kind.split()[-1], given.libraries, values, given.sample)
            told += f"; the library {other:.2f} s, {other / taken:.1f} times ours"
            if kind != "few phones":
                ours, theirs = ours + taken, theirs + other
        print(told)
    if theirs:
        print(f"names and phones together: {theirs / ours:.1f} times ours")


if __name__ == "__main__":
    main()
