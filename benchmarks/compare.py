"""Two states of the project side by side: what a run costs, and whether it writes the same octets.

    python benchmarks/compare.py OLD [NEW] [--size ROWS] [--rounds N] [--work DIRECTORY]

OLD and NEW are commits; NEW is HEAD where it is left out. Each is cloned and installed by its own
`requirements/install.sh` into an environment of its own. Then whole runs of the command take turns, old and new:
`check` of 200 rows, `check` and `clean` of as many made-up leads as `--size` says, and `check` of these against a list
of as many known leads and a block list with 50,000 domains. A figure is the median of the rounds: seconds of the
processor, seconds by the clock, peak megabytes, each old, new, and new to old. What `clean` writes is compared octet by
octet. `--work` keeps the clones for the next comparison.
"""

import argparse
import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import reading

GIT, SHELL = (shutil.which(name) or name for name in ("git", "sh"))
ROOT = Path(__file__).resolve().parents[1]
SMALL = 200
BLOCKED = 50_000
#: Files of `clean` that hold the leads; the others tell dates.
HELD = ("ready.csv", "withheld.csv", "verdicts.csv")
RUN = "import sys; from hygiene.cli import main; sys.exit(main())"
ASK = """
import os, resource, subprocess, sys, time
started = time.perf_counter()
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
took, used = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, used.ru_utime + used.ru_stime, took, used.ru_maxrss / 1024)
"""


class Cost(NamedTuple):
    """What one run took: seconds of the processor and by the clock, and peak megabytes."""

    processor: float
    wall: float
    memory: float


def commit_of(name: str) -> str:
    """The commit that a name stands for; ends with what to do where it is not in this clone."""
    found = subprocess.run(
        [GIT, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if found.returncode:
        sys.exit(
            f"{name}: no such commit in this clone. Where the clone is shallow, fetch it: git fetch origin {name}, "
            "or all: git fetch --unshallow"
        )
    return found.stdout.strip()


def install(commit: str, work: Path) -> Path:
    """The clone of a commit with its environment."""
    home = work / commit[:12]
    if not (home / ".venv" / ".run").exists():
        subprocess.run([GIT, "clone", "--quiet", "--no-checkout", ROOT, home], check=True)
        subprocess.run([GIT, "-C", home, "checkout", "--quiet", "--detach", commit], check=True)
        subprocess.run(
            [SHELL, "requirements/install.sh", "run"],
            cwd=home, check=True, env={**os.environ, "PYTHON": sys.executable}, stdout=sys.stderr,
        )  # fmt: skip
    return home


def write_inputs(folder: Path, rows: int) -> None:
    """Leads, a few of them, known leads and a block list."""
    reading.write_leads(folder / "leads.csv", rows)
    with (folder / "leads.csv").open(encoding="utf-8") as leads:
        top = [next(leads) for _ in range(SMALL)]
    (folder / "few.csv").write_text("".join(top), encoding="utf-8")
    draw = np.random.default_rng(11)
    known = (
        f"known{number}@company{company}.example\n"
        for number, company in enumerate(draw.integers(0, 90_000, rows))
    )
    (folder / "known.txt").write_text("".join(known), encoding="utf-8")
    blocked = (f"blocked{number}.example\n" for number in range(BLOCKED))
    (folder / "blocked.txt").write_text("".join(blocked), encoding="utf-8")


def runs(folder: Path) -> dict[str, list[str]]:
    """The commands, by what they are called."""
    leads = str(folder / "leads.csv")
    lists = ["--known", str(folder / "known.txt"), "--blocklist", str(folder / "blocked.txt")]
    return {
        f"check of {SMALL} rows": ["check", "--no-dns", str(folder / "few.csv")],
        "check": ["check", "--no-dns", leads],
        "clean": ["clean", "--no-dns", leads, "--out", "cleaned"],
        "check against lists": ["check", "--no-dns", leads, *lists],
    }


def run(home: Path, at: Path, arguments: list[str]) -> Cost:
    """Run a command of a clone in a folder."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    python = str(home / ".venv" / "bin" / "python")
    told = subprocess.run(
        [python, "-c", ASK, python, "-c", RUN, *arguments],
        cwd=at, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    code, *figures = told.stdout.split()
    if code != "0":
        sys.exit(f"{home.name}: {' '.join(arguments)} ended with {code}.")
    return Cost(*map(float, figures))


def digests(folder: Path) -> dict[str, str]:
    """What a cleaning wrote."""
    return {name: hashlib.sha256((folder / "cleaned" / name).read_bytes()).hexdigest() for name in HELD}


def compare(homes: dict[str, Path], folder: Path, rounds: int) -> None:
    """Print a table of both, and whether they write the same."""
    at = {name: folder / name for name in homes}
    for name, home in homes.items():
        at[name].mkdir()
        run(home, at[name], runs(folder)[f"check of {SMALL} rows"])  # compiles what is imported
    print(f"{'':<22}{'processor s':>22}{'clock s':>22}{'peak MB':>22}")
    for what, arguments in runs(folder).items():
        costs: dict[str, list[Cost]] = {name: [] for name in homes}
        for _ in range(rounds):
            for name, home in homes.items():
                costs[name].append(run(home, at[name], arguments))
        print(
            f"{what:<22}"
            + "".join(_beside(*(_medians(costs[name])[place] for name in homes)) for place in range(3))
        )
    old, new = (digests(at[name]) for name in homes)
    others = [name for name in HELD if old[name] != new[name]]
    print(f"clean writes {'the same octets' if not others else 'other octets: ' + ', '.join(others)}")


def _medians(costs: list[Cost]) -> Cost:
    return Cost(*(statistics.median(figures) for figures in zip(*costs, strict=True)))


def _beside(old: float, new: float) -> str:
    return f"{old:>9.2f} {new:>7.2f} {new / old:.2f}"


def main() -> None:
    """Install both and compare them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("old", metavar="OLD")
    parser.add_argument("new", metavar="NEW", nargs="?", default="HEAD")
    parser.add_argument("--size", type=int, default=1_000_000, metavar="ROWS")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--work", type=Path, metavar="DIRECTORY")
    options = parser.parse_args()
    commits = {"old": commit_of(options.old), "new": commit_of(options.new)}
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        work = options.work.resolve() if options.work else Path(folder) / "clones"
        work.mkdir(parents=True, exist_ok=True)
        homes = {name: install(commit, work) for name, commit in commits.items()}
        print(
            f"{commits['old'][:12]} and {commits['new'][:12]}, {options.size:,} leads, {options.rounds} rounds"
        )
        write_inputs(Path(folder), options.size)
        compare(homes, Path(folder), options.rounds)
    print(f"{time.monotonic() - started:.0f} s in all")


if __name__ == "__main__":
    main()
