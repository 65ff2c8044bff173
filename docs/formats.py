"""The page on file formats, made by reading: every file that it names was opened, and what came of it is what it says.

The files are those of tests/data, which real programs wrote, and some that are written here.
"""

import bz2
import gzip
import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from hygiene.errors import InputError
from hygiene.io.readers import formats, open_leads
from hygiene.io.readers.encoding import Text
from hygiene.io.readers.formats import format_of
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.sources import Spools, open_source

__all__ = ["page"]

DATA = Path(__file__).parents[1] / "tests" / "data"
#: Folders of DATA whose files are leads.
FOLDERS = ("formats", "files")
LEADS = pd.DataFrame(
    {"email": ["ann@birchworks.example", "zoë@evergate.example"], "company": ["Birchworks", "Evergate"]}
)

#: Text tables that are written here: name, delimiter, encoding.
_TEXTS = (
    ("comma.csv", ",", "utf-8"),
    ("semicolon.csv", ";", "cp1252"),
    ("tab.tsv", "\t", "utf-16"),
    ("bar.psv", "|", "utf-8-sig"),
)

#: How programs write their names, where it is not as in the names of their files.
PROGRAMS = {
    "dask": "Dask", "duckdb": "DuckDB", "exceljs": "ExcelJS", "libreoffice": "LibreOffice", "polars": "Polars",
    "sheetjs": "SheetJS", "xlsxwriter": "XlsxWriter",
}  # fmt: skip
_NAMES = {"ods": "ODS", "html": "HTML", "vcard": "vCard", "json": "JSON", "text": "CSV and its kin"}


def page() -> str:
    """The page."""
    with TemporaryDirectory() as folder:
        written = list(_written(Path(folder)))
        found = [_looked_at(path, program) for path, program in (*_kept(), *written)]
    read = sorted(row for row, refusal in found if not refusal)
    refused = sorted(row for row, refusal in found if refusal and row[2].startswith("is "))
    return "\n".join([
        "# File formats",
        "",
        "Made by `docs/formats.py`, which opened every file that is named here: those of `tests/data`, which the",
        "programs beside them wrote, and some of its own. How each format is read is in [files](../files.md).",
        "",
        "## Read",
        "",
        "| format | file | written by | leads |",
        "|---|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in read),
        "",
        "## Named, with a step that helps",
        "",
        "| file | written by | what is said |",
        "|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in refused),
        "",
        f"All that is known so: {', '.join(_named())}.",
        "",
    ])  # fmt: skip


def _named() -> list[str]:
    """Every format that is known by its content and not read, in words."""
    told = [told for _, told in (*formats._REFUSED, *formats._ARCHIVES, *formats._CONTAINERS)]
    told += [formats._DBF_STEP, "is a sheet in SYLK.", "is XML.", "is a web archive (MHTML)."]
    words = (re.match(r"is (?:an? )?(.+?)(?:\.| with a password|, which)", each) for each in told)
    return sorted({found[1] for found in words if found}, key=str.casefold)


def _kept() -> Iterator[tuple[Path, str]]:
    for folder in FOLDERS:
        for path in sorted((DATA / folder).iterdir()):
            found = re.match(r"([a-z]+)-(\d+(?:\.\d+)*)", path.name)
            yield path, f"{PROGRAMS.get(found[1], found[1])} {found[2]}" if found else ""


def _looked_at(path: Path, program: str) -> tuple[tuple[str, ...], bool]:
    """A row of one of the two tables, and whether it is that of files which are refused."""
    try:
        with open_leads([path]) as leads:
            rows = len(leads.frame())
    except InputError as error:
        said = str(error).removeprefix(f"{path}: ").replace(str(path), path.name)
        return (f"`{path.name}`", program, said.replace("|", "\\|")), True
    return (_format(path), f"`{path.name}`", program, str(rows)), False


def _format(path: Path) -> str:
    """What a file is, in words, by its content alone."""
    if path.is_dir():
        return f"folder of {_format(next(each for each in sorted(path.rglob('*')) if each.is_file()))}"
    with closing(Spools()) as spools:
        source = open_source(str(path), spools, Limits())
        kind, starts = format_of(source, Text(source)), source.starts()
    packed = " in gzip" if path.read_bytes().startswith(b"\x1f\x8b") else ""
    if kind == "columnar":
        name = {b"PAR1": "Parquet", b"ARRO": "Arrow file, Feather 2"}.get(starts[:4], "Arrow stream")
    elif kind == "excel":
        name = "XLSX" if starts.startswith(b"PK") else "XLS"
    else:
        name = _NAMES[kind]
    return name + packed


def _written(folder: Path) -> Iterator[tuple[Path, str]]:
    """Files that are written here, each with what wrote it."""
    table = pa.Table.from_pandas(LEADS, preserve_index=False)
    pq.write_table(table, folder / "leads.parquet")
    for name, writer in (("leads.arrow", pa.ipc.new_file), ("leads.arrows", pa.ipc.new_stream)):
        with pa.OSFile(str(folder / name), "wb") as file, writer(file, table.schema) as opened:
            opened.write_table(table)
    LEADS.to_excel(folder / "leads.xlsx", index=False)
    LEADS.to_json(folder / "leads.jsonl", orient="records", lines=True)
    (folder / "leads.json").write_text(json.dumps(LEADS.to_dict("records")), encoding="utf-8")
    LEADS.to_html(folder / "leads.html", index=False)
    yield from (
        (path, "pandas" if path.suffix in (".xlsx", ".jsonl", ".html") else "")
        for path in sorted(folder.iterdir())
    )
    for name, delimiter, encoding in _TEXTS:
        LEADS.to_csv(folder / name, sep=delimiter, index=False, encoding=encoding)
        yield folder / name, "pandas"
    (folder / "leads.csv.gz").write_bytes(gzip.compress(LEADS.to_csv(index=False).encode()))
    (folder / "leads.csv.bz2").write_bytes(bz2.compress(LEADS.to_csv(index=False).encode()))
    (folder / "leads.pdf").write_bytes(b"%PDF-1.7\n")
    yield from ((folder / name, "") for name in ("leads.csv.gz", "leads.csv.bz2", "leads.pdf"))
