"""The address pass and the whole cleaning against a plain loop over email-validator, on the same cells.

    python benchmarks/addresses.py [--size 1_000_000] [--sample 20_000] [--rounds 3]

One run makes one frame of messy leads, times everything on it, and prints ratios, of time and of processor
time. The loop and the compiled pattern are timed on a sample of the same cells, before and after each round,
and scaled; the verdicts of the pass on that sample are held against the loop's. What this process knows of
domains is forgotten before each time.
"""

import argparse
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from email_validator import EmailNotValidError, validate_email

import hygiene
from hygiene.address import Addresses, exact_key, validate
from hygiene.address.syntax import forget_hosts
from hygiene.arrow.parallel import CHUNK_ROWS
from hygiene.arrow.text import text_column
from hygiene.checks.address_flags import Traits, find_traits
from hygiene.lists.name_lists import built_in_lists

SEED = 7
#: Share of cells by what is wrong with them; the rest is plain. White space, case, wrappings, several
#: addresses, refusals and blanks in the proportions of exported lists. Two firms in a thousand have a domain that
#: is not ASCII.
MESSES: Sequence[tuple[float, Callable[[str], str | None]]] = (
    (0.060, str.upper),
    (0.012, lambda cell: f" {cell} "),
    (0.004, lambda cell: f"{cell}\u00a0"),
    (0.003, lambda cell: f"\u200b{cell}"),
    (0.003, lambda cell: f"mailto:{cell}"),
    (0.006, lambda cell: f"Jo Roe <{cell}>"),
    (0.002, lambda cell: f"{cell};"),
    (0.003, lambda cell: f"{cell}; x.{cell}"),
    (0.008, lambda cell: cell.replace("@", "")),
    (0.004, lambda cell: cell.replace(".example", "").replace(".com", "")),
    (0.003, lambda cell: cell.replace("@", "..@")),
    (0.002, lambda cell: cell.replace("@", " at ")),
    (0.001, lambda cell: f"%20{cell}"),
    (0.015, lambda _: None),
    (0.0005, lambda cell: f"\u00e9{cell}"),
)
#: A bare pattern as scripts use it: a verdict, no normal form, no reasons.
PATTERN = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def make_cells(size: int) -> list[str | None]:
    """Made-up addresses: a quarter at five public providers, the rest at firms, nearly all distinct."""
    draw = random.Random(SEED)
    names = ["".join(draw.choices("abdeiklmnorstuv", k=draw.randint(3, 9))) for _ in range(4000)]
    firms = [
        f"{draw.choice(names)}{draw.choice(('', '-', 's'))}{draw.choice(names)}" for _ in range(size // 5)
    ]
    firms = [f"{name}m\u00fcller.example" if draw.random() < 0.002 else f"{name}.example" for name in firms]
    public = ["gmail.com", "yahoo.com", "outlook.com", "hotmail.com", "icloud.com"]
    cells: list[str | None] = []
    for number in range(size):
        domain = draw.choice(public) if draw.random() < 0.25 else draw.choice(firms)
        cells.append(f"{draw.choice(names)}.{draw.choice(names)}{number % 97}@{domain}")
    at = 0
    order = draw.sample(range(size), size)
    for share, mess in MESSES:
        for place in order[at : at + int(share * size)]:
            cells[place] = mess(cells[place] or "")
        at += int(share * size)
    return cells


def make_frame(size: int) -> pd.DataFrame:
    """A lead frame of seven columns around the cells."""
    draw = np.random.default_rng(SEED)
    words = np.array(
        ["Ada", "Benedikt", "Cleo Lund", "Dan", "Edda & Sons", "Finnegan", "Gil", "Head of Growth"]
    )
    names = ("first_name", "last_name", "company", "title", "phone", "city")
    texts = {name: words[draw.integers(0, len(words), size)] for name in names}
    columns = {"email": make_cells(size), **texts}
    return pd.DataFrame({name: pd.Series(cells, dtype="str") for name, cells in columns.items()})


def run_pass(cells: pd.Series) -> list[tuple[Addresses, pa.Array, Traits]]:
    """The whole address pass: verdicts, normal forms, repairs, keys, traits; in chunks, as the cleaning has it."""
    chunks = [cells.iloc[start : start + CHUNK_ROWS] for start in range(0, len(cells), CHUNK_ROWS)]
    with ThreadPoolExecutor(pa.cpu_count()) as threads:
        return list(threads.map(pass_over, chunks))


def pass_over(cells: pd.Series) -> tuple[Addresses, pa.Array, Traits]:
    """The address pass over one chunk."""
    judged = validate(text_column(cells))
    return judged, exact_key(judged.address), find_traits(judged, built_in_lists())


def run_loop(cells: Sequence[str | None]) -> list[str | None]:
    """What most scripts do."""
    found: list[str | None] = []
    for cell in cells:
        try:
            found.append(validate_email(cell or "", check_deliverability=False).normalized)
        except EmailNotValidError:
            found.append(None)
    return found


def run_pattern(cells: Sequence[str | None]) -> list[bool]:
    """The least that can be asked."""
    return [PATTERN.fullmatch(cell or "") is not None for cell in cells]


class Cost(NamedTuple):
    """Microseconds a cell, by the clock and of all processors together."""

    clock: float
    processors: float

    def __str__(self) -> str:
        return f"{self.clock:.2f} ({self.processors:.2f})"


def timed(function: Callable[[], object], cells: int) -> Cost:
    """What a cell costs."""
    forget_hosts()
    clock, processors = time.perf_counter(), time.process_time()
    function()
    clock, processors = time.perf_counter() - clock, time.process_time() - processors
    return Cost(clock / cells * 1e6, processors / cells * 1e6)


def disagreements(cells: Sequence[str | None], wanted: Sequence[str | None]) -> int:
    """Cells whose verdict or normal form differs from the loop's, repairs and escape debris apart."""
    judged = validate(pa.array(cells, pa.large_string()))
    debris = judged.reasons.get("escape_debris", np.zeros(len(cells), dtype=bool))
    rows = zip(wanted, judged.address.to_pylist(), judged.repaired.to_pylist(), debris, strict=True)
    return sum(
        not refused and (address if repaired is None else None) != want
        for want, address, repaired, refused in rows
    )


def peak_of(what: str, path: Path) -> float:
    """Peak memory of a process that loads the frame and runs one thing, in sizes of the frame."""
    ran = subprocess.run(
        [sys.executable, __file__, "--peak", what, str(path)], capture_output=True, text=True, check=True
    )
    return float(ran.stdout)


def peak() -> int:
    """Peak memory of this process in bytes; `getrusage` would count what the parent had when it forked."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


def print_peak(what: str, path: str) -> None:
    """What `peak_of` starts: the memory over that of the imports, the frame included."""
    hygiene.clean(pd.DataFrame({"email": ["a@b.example"]}))
    before = peak()
    frame = pd.read_feather(path)
    pa.default_memory_pool().release_unused()  # what reading took besides the frame
    if what == "pass":
        run_pass(frame["email"])
    elif what == "clean":
        hygiene.clean(frame)
    print((peak() - before) / frame.memory_usage(deep=True).sum())


def ratio(ones: Sequence[Cost], others: Sequence[Cost]) -> str:
    """Medians of the rounds: by the clock and, in brackets, of processor time."""
    pairs = list(zip(ones, others, strict=True))
    clock = statistics.median(one.clock / other.clock for one, other in pairs)
    processors = statistics.median(one.processors / other.processors for one, other in pairs)
    return f"{clock:.1f} ({processors:.1f})"


def main() -> None:
    """Time, compare, print."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--size", type=int, default=1_000_000)
    arguments.add_argument("--sample", type=int, default=20_000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--peak", nargs=2, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.peak:
        print_peak(*given.peak)
        return
    frame = make_frame(given.size)
    cells = frame["email"].astype(object).where(frame["email"].notna(), None).tolist()
    sample = random.Random(SEED).sample(cells, min(given.sample, given.size))
    differing = disagreements(sample, run_loop(sample))
    print(f"{given.size:,} cells, pandas {pd.__version__}, {pa.cpu_count()} processors")
    print(f"verdicts that differ on the sample of {len(sample):,}: {differing}")
    hygiene.clean(frame.head(1000))  # so that the first round does not import
    rounds: dict[str, list[Cost]] = {}
    for _ in range(given.rounds):
        here = {
            "loop": timed(lambda: run_loop(sample), len(sample)),
            "pattern": timed(lambda: run_pattern(sample), len(sample)),
            "pass": timed(lambda: run_pass(frame["email"]), given.size),
            "clean": timed(lambda: hygiene.clean(frame), given.size),
        }
        after = timed(lambda: run_loop(sample), len(sample))
        here["loop"] = Cost(*(statistics.mean(pair) for pair in zip(here["loop"], after, strict=True)))
        for name, cost in here.items():
            rounds.setdefault(name, []).append(cost)
        print(
            "  us a cell (of processor time): " + ", ".join(f"{name} {cost}" for name, cost in here.items())
        )
    for name, label in (("pass", "address pass"), ("clean", "hygiene.clean without DNS")):
        print(f"{label}: {ratio(rounds['loop'], rounds[name])} times as fast as the loop;", end=" ")
        print(f"{ratio(rounds[name], rounds['pattern'])} times the time of the bare pattern")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.feather"
        frame.to_feather(path)
        peaks = ", ".join(f"{what} {peak_of(what, path):.2f}" for what in ("nothing", "pass", "clean"))
    print(f"peak memory in sizes of the frame, itself included: {peaks}")


if __name__ == "__main__":
    main()
