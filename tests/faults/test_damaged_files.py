"""Damaged files: sound ones of every format, damaged at random, are read or refused, and nothing else comes of them.

Each format is read in a process of its own, `python tests/faults/test_damaged_files.py FORMAT SEED COUNT`, so that
whatever becomes of it is seen from outside. The seed is drawn anew in every run and shown only where our own
behaviour failed: that a reader of others' cannot read a damaged file is no news.
"""

import gzip
import json
import os
import random
import secrets
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

DATA = Path(__file__).parents[1] / "data" / "formats"

#: Most seconds that a format may take, of which most is for slow machines.
_PATIENCE_S = 240

pytestmark = pytest.mark.faults


def table() -> pa.Table:
    """Leads with columns of many types."""
    rows = 30
    return pa.table(
        {
            "email": [f"ann{at}@x.example" for at in range(rows)],
            "company": pa.array(["Acme", None] * (rows // 2)).dictionary_encode(),
            "since": [date(2020, 1, 1)] * rows,
            "seen": pa.array(range(rows), pa.timestamp("us", "UTC")),
            "took": pa.array(range(rows), pa.duration("us")),
            "tags": [["a", "b"]] * rows,
            "more": [{"score": 1.5, "note": "x"}] * rows,
            "octets": [b"ab"] * rows,
            "agreed": [True, None] * (rows // 2),
        }
    )


def delimited() -> bytes:
    rows = "".join(f'ann{at}@x.example,"Lund, Ann",Acme {at}\r\n' for at in range(30))
    return f"email,name,company\r\n{rows}".encode()


def of_parquet(path: Path, draw: random.Random) -> None:
    packing = draw.choice(["none", "snappy", "zstd", "gzip"])
    pq.write_table(table(), path, compression=packing, data_page_version=draw.choice(["1.0", "2.0"]))


def of_arrow(path: Path, draw: random.Random) -> None:
    leads = table()
    new = draw.choice([pa.ipc.new_file, pa.ipc.new_stream])
    options = pa.ipc.IpcWriteOptions(compression=draw.choice([None, "lz4", "zstd"]))
    with path.open("wb") as file, new(file, leads.schema, options=options) as writer:
        writer.write_table(leads)


def of_json(path: Path, draw: random.Random) -> None:
    leads = [
        {"email": f"ann{at}@x.example", "tags": ["a"], "more": {"n": at}, "note": None} for at in range(30)
    ]
    lines = "\n".join(map(json.dumps, leads))
    path.write_text(draw.choice([lines, json.dumps(leads), json.dumps({"results": leads}, indent=1)]))


def of_vcard(path: Path, draw: random.Random) -> None:
    card = (
        "BEGIN:VCARD\nVERSION:3.0\nN:Lund;Ann\nEMAIL;TYPE=work:ann{0}@x.example\nORG:Acme;Sales\nEND:VCARD\n"
    )
    path.write_text("".join(map(card.format, range(20))))


def copy_of(*names: str) -> Callable[[Path, random.Random], None]:
    return lambda path, draw: path.write_bytes((DATA / draw.choice(names)).read_bytes()) and None


#: How a sound file of each format is made, and how many are damaged in a run: each of Arrow starts a process.
FORMATS: dict[str, tuple[Callable[[Path, random.Random], None], int]] = {
    "delimited": (lambda path, draw: path.write_bytes(delimited()) and None, 75),
    "utf-16": (lambda path, draw: path.write_bytes(delimited().decode().encode("utf-16")) and None, 30),
    "gzip": (lambda path, draw: path.write_bytes(gzip.compress(delimited())) and None, 30),
    "json": (of_json, 75),
    "vcard": (of_vcard, 50),
    "html": (copy_of("libreoffice-7.4.html", "sheetjs-0.18.5.html"), 50),
    "ods": (copy_of("libreoffice-7.4.ods", "sheetjs-0.18.5.ods"), 50),
    "xlsx": (copy_of("openpyxl-3.1-merged.xlsx", "exceljs-4.4.xlsx", "xlsxwriter-3.3-formula.xlsx"), 50),
    "xls": (copy_of("libreoffice-7.4.xls"), 30),
    "parquet": (of_parquet, 50),
    "arrow": (of_arrow, 6),
}


def damaged(octets: bytes, draw: random.Random) -> bytes:
    """A file with some octets changed, doubled, left out or cut off; its beginning stays, by which it is known."""
    octets, top = octets[8:], octets[:8]
    for _ in range(draw.choice([1, 1, 2, 4])):
        at = draw.randrange(len(octets) + 1)
        length = draw.randrange(1, 32)
        other = draw.choice([draw.randbytes(length), octets[at : at + length] * 2, b"", b"\0" * length])
        octets = octets[:at] if draw.random() < 0.1 else octets[:at] + other + octets[at + length :]
    return top + octets


def read_damaged(kind: str, seed: int, count: int) -> str:
    """Read damaged files; gives what else than frames and refusals came of one, "" for nothing."""
    from hygiene.errors import InputError
    from hygiene.io.readers import open_leads

    draw = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "leads"
        for number in range(count):
            FORMATS[kind][0](path, draw)
            path.write_bytes(damaged(path.read_bytes(), draw))
            try:
                with open_leads([path]) as leads:
                    rows = sum(map(len, leads.chunks()))
                    assert rows == leads.rows
            except InputError as error:
                if "\n" in str(error) or " at " in str(error).partition("cannot be read (")[2]:
                    return f"file {number}: {error}"
            except Exception:  # noqa: BLE001 -- shown
                return f"file {number}: {traceback.format_exc()}"
    return ""


@pytest.mark.parametrize("kind", FORMATS)
def test_a_damaged_file_is_read_or_refused_with_one_line(kind):
    seed, count = secrets.randbits(32), FORMATS[kind][1]

    run = subprocess.run(
        [sys.executable, __file__, kind, str(seed), str(count)],
        capture_output=True, text=True, check=False, timeout=_PATIENCE_S,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip

    assert (run.returncode, run.stdout) == (0, ""), (
        f"{kind}, seed {seed}: ended with {run.returncode}\n{run.stdout}"
    )


if __name__ == "__main__":
    print(read_damaged(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])), end="")
