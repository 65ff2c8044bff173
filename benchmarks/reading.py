"""Reading a large file: our reader beside pandas' fastest engine and the csv module; a whole check beside a peer.

    python benchmarks/reading.py [--size ROWS] [--sheet-size ROWS] [--rounds N] [--peer COMMAND]

A workbook is read beside python-calamine alone, which gives the cells: the difference is the second look at the
sheet's XML (hidden rows, merged cells, formulas) and the making of text.

Every reading is a process of its own that does nothing else. Ratios are taken within a round, in which all
ways run one after the other, and the median of the rounds is printed. The peer is `crm-csv-preflight` (PyPI),
which is no dependency: name the command to run beside `hygiene check --no-dns`.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import xlsxwriter

HEADER = "email,first_name,last_name,company,title,phone,city"

WAYS = {
    "hygiene": "with open_leads([path]) as leads: frame = leads.frame()",
    "pandas, pyarrow engine": 'frame = pd.read_csv(path, engine="pyarrow", dtype="str", on_bad_lines="skip")',
    "csv module": "with open(path, encoding='utf-8', newline='') as file: rows = list(csv.reader(file, strict=True))",
}

SHEET_WAYS = {
    "hygiene, workbook": WAYS["hygiene"],
    "python-calamine": "rows = python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()",
}

PROGRAM = """
import csv, json, resource, sys, time
import pandas as pd, pyarrow.csv, python_calamine
from hygiene.io.readers import open_leads
path = sys.argv[1]
start = time.perf_counter()
{way}
print(json.dumps([time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""


def write_leads(path: Path, rows: int) -> None:
    """One row in a hundred is too short, and two have delimiters and quotes in quotes.

    No cell has a line break: over those, pandas' pyarrow engine fails.
    """
    draw = random.Random(7)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(HEADER + "\n")
        for row in range(rows):
            address = f"first.last{row}@company{draw.randrange(50_000)}.example"
            phone = f"+1415555{draw.randrange(10_000):04d}"
            kind = draw.randrange(1000)
            if kind < 10:
                file.write(f"{address},Ann,short\n")
            elif kind < 30:
                file.write(f'{address},Ann,Lund,"Acme, Inc. ""{row}""",Head of Sales,{phone},Oslo\n')
            else:
                name, company = f"First{row % 999},Last{row % 7777}", f"Company {row % 50_000} Ltd"
                file.write(f"{address},{name},{company},Head of Sales,{phone},Porto\n")


def write_sheet(path: Path, rows: int) -> None:
    """The same columns without odd rows."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER.split(","))
        for row in range(1, rows + 1):
            name, company = f"First{row % 999}", f"Company {row % 50_000} Ltd"
            address = f"first.last{row}@company{row % 50_000}.example"
            sheet.write_row(
                row, 0, [address, name, f"Last{row % 7777}", company, "Sales", 14155550000 + row, "Porto"]
            )


def read(way: str, path: Path) -> tuple[float, int]:
    """Seconds of one reading, and the most memory of its process."""
    program = [sys.executable, "-c", PROGRAM.format(way=way), str(path)]
    seconds, memory = json.loads(subprocess.run(program, capture_output=True, check=True, text=True).stdout)
    return seconds, memory


def run(command: list[str]) -> tuple[float, int]:
    """Seconds of a whole process, and its most memory."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return time.perf_counter() - start, usage.ru_maxrss


def show(rounds: list[dict[str, tuple[float, int]]], base: str) -> None:
    """Medians of each way, and of its ratios to the base of the same round."""
    print(f"{'':24} seconds  ratio   MB   ratio")
    for way in rounds[0]:
        seconds, memory = zip(*(each[way] for each in rounds), strict=True)
        ratios = [statistics.median(each[way][at] / each[base][at] for each in rounds) for at in (0, 1)]
        middle = statistics.median(seconds), statistics.median(memory) / 1024
        print(f"{way:24} {middle[0]:7.2f} {ratios[0]:6.2f} {middle[1]:5.0f} {ratios[1]:6.2f}")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=1_000_000, help="rows")
    parser.add_argument("--sheet-size", type=int, default=100_000, help="rows of the workbook")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", help="crm-csv-preflight, where it is installed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "leads.csv"
        write_leads(path, options.size)
        print(f"{options.size:,} rows, {path.stat().st_size / 1e6:.0f} MB, median of {options.rounds} rounds")
        show(
            [{name: read(way, path) for name, way in WAYS.items()} for _ in range(options.rounds)],
            "pandas, pyarrow engine",
        )
        sheet = Path(folder) / "leads.xlsx"
        write_sheet(sheet, options.sheet_size)
        print(f"{options.sheet_size:,} rows of a workbook")
        show(
            [{name: read(way, sheet) for name, way in SHEET_WAYS.items()} for _ in range(options.rounds)],
            "python-calamine",
        )
        if options.peer:
            ours = [
                sys.executable,
                "-c",
                "from hygiene.cli import main; main()",
                "check",
                str(path),
                "--no-dns",
                "-q",
            ]
            pairs = {"hygiene check --no-dns": ours, "peer": [options.peer, str(path)]}
            show(
                [{name: run(command) for name, command in pairs.items()} for _ in range(options.rounds)],
                "peer",
            )


if __name__ == "__main__":
    main()
