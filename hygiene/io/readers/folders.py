"""Folders and patterns: which files in them are leads, in which order, and what their folders' names say.

What is left out is named. Files are told by their names here, and by their first bytes where the name says little.
"""

import glob
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from hygiene.errors import InputError
from hygiene.io.readers.result_set import results_in
from hygiene.io.readers.sources import GZIP, printable

__all__ = ["Expansion", "LeadPath", "expand"]

#: What a folder is searched for; each also with `.gz`.
_SUFFIXES = (
    ".csv", ".tsv", ".tab", ".psv", ".txt", ".dat", ".part",
    ".parquet", ".parq", ".pq", ".arrow", ".arrows", ".feather", ".ipc",
    ".json", ".jsonl", ".ndjson",
    ".xlsx", ".xlsm", ".xls", ".ods", ".fods", ".htm", ".html", ".vcf",
)  # fmt: skip

#: Longest name of a file, in characters. Source: Linux, NAME_MAX, which counts octets.
_NAME = 255

#: Formats that are not read and may hold leads all the same: a note names those first.
_TABLES = (
    ".xlsb", ".xltx", ".numbers", ".orc", ".avro", ".dbf", ".dta", ".sav", ".sas7bdat", ".rds", ".rdata", ".pkl",
    ".sqlite", ".sqlite3", ".db", ".duckdb", ".mdb", ".accdb", ".sql", ".xml", ".yaml", ".yml", ".ldif", ".pdf",
    ".zip", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz", ".zst", ".lz4",
)  # fmt: skip

#: What programs put behind the name of a file while they write or fetch it. Sources: browsers, Hadoop (observed).
_UNFINISHED = (
    ".tmp",
    ".crdownload",
    ".partial",
    ".download",
    ".filepart",
    ".opdownload",
    "._copying_",
    ".inprogress",
)

#: Names without a suffix that Hadoop, Spark and Hive give to parts.
_PART = re.compile(r"part-(?:[mr]-)?[0-9]{5}.*|[0-9]{6}_[0-9]+")

#: How a pull of ours that was cut off begins.
_OUR_DRAFT = b'{"origin": '

#: First bytes of formats that are leads whatever a file is called; a NUL in the top of others is no text.
_BINARY = (
    GZIP,
    b"PK",
    b"PAR1",
    b"ARROW1",
    b"\xff\xff\xff\xff",
    b"\xd0\xcf\x11\xe0",
    b"\xff\xfe",
    b"\xfe\xff",
)
_TOP = 1 << 12

#: What Hive writes for a key that is null. Source: Apache Hive, hive.exec.default.partition.name.
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"

_KEY = re.compile(r"([^=]+)=(.*)", re.DOTALL)
_URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)

#: Names that a note shows.
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class LeadPath:
    """A file, and the columns that the names of its folders give, as in `country=NO/part-0.parquet`."""

    name: str
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Expansion:
    """The files behind names.

    Attributes:
        files: The files.
        notes: Sentences that name what was left out.
    """

    files: list[LeadPath] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Left:
    """Names that are left out, by why."""

    others: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)

    def notes(self, folder: str) -> Iterator[str]:
        folder = printable(folder)
        if self.others:
            listed = _listed(sorted(self.others, key=lambda name: not name.lower().endswith(_TABLES)))
            yield f"{folder}: files that are not known for leads by their names are left out: {listed}."
        if self.unfinished:
            yield f"{folder}: files of a pull or download that was cut off are left out: {_listed(self.unfinished)}."
        if self.folders:
            yield f"{folder}: folders in it are left out: {_listed(self.folders)}. Name them too to read them."


def expand(names: Sequence[str | LeadPath], /) -> Expansion:
    """The names with folders and patterns replaced by the files in them; numbers in names sort as such.

    What was found before is taken as it is.

    Raises:
        InputError: there is no such file, nothing in it, or the name is a web address.
    """
    found = Expansion()
    for name in names:
        if isinstance(name, LeadPath):
            found.files.append(name)
        elif name == "-":
            found.files.append(LeadPath(name))
        else:
            _expand(name, found)
    return found


def _is_leads(name: str) -> bool:
    """Whether a name that no file has is an address, or a text of leads: no message shows it."""
    if max(map(len, Path(name).parts), default=0) > _NAME:
        return True
    return ("\n" in name or ("@" in name and not name.lower().endswith(_SUFFIXES))) and not Path(
        name
    ).exists()


def _expand(name: str, found: Expansion) -> None:
    path = Path(name)
    if _URL.match(name):
        raise InputError(
            "A web address was given where a file is expected. Download it first and name the file."
        )
    if not name.strip():
        raise InputError(
            "An empty name was given where a file is expected. Name the file, or . for this folder."
        )
    if _is_leads(name):
        raise InputError(
            "A text with leads was given where a file is expected. Write it to a file and name that."
        )
    if path.is_dir():
        _expand_folder(name, path, found)
    elif path.exists():
        found.files.append(LeadPath(name))
    elif glob.has_magic(name):
        each = [each for each in glob.glob(name, recursive=True) if Path(each).is_file()]  # noqa: PTH207 -- Path.glob takes no absolute pattern
        if not each:
            raise InputError(f"{name}: no file matches this pattern. Check the name and the folder.")
        literal = re.split(r"[*?[]", name)[0].count("/")
        found.files += [
            LeadPath(file, _keys(file.split("/")[literal:-1])) for file in sorted(each, key=_by_number)
        ]
    else:
        raise InputError(f"{name}: there is no such file. Check the name and the folder.")


def _expand_folder(name: str, folder: Path, found: Expansion) -> None:
    if (folder / "_delta_log").is_dir():
        msg = (
            f"{name}: is a Delta table, in whose files rows stand that were deleted. Write what it holds now: "
            "pip install deltalake pyarrow, then: python -c 'import sys, deltalake, pyarrow.parquet as p; "
            'p.write_table(deltalake.DeltaTable(sys.argv[1]).to_pyarrow_table(), "leads.parquet")\' FOLDER'
        )
        raise InputError(msg)
    left = _Left()
    results = results_in(folder)
    there = list(_leads_in(folder, "", left))
    files = [file for file in there if file not in results]
    notes = list(left.notes(name))
    if len(files) < len(there):
        ours = [file for file in there if file in results]
        notes.append(f"{name}: results of a run are left out: {_listed(ours)}. Name one to read it.")
    if not files:
        why = " ".join(note.partition(": ")[2] for note in notes)
        msg = f"{name}: is a folder without lead files; expected {', '.join(_SUFFIXES)} in it. {why}"
        raise InputError(msg.rstrip())
    found.notes += notes
    found.files += [
        LeadPath(str(folder / file), _keys(file.split("/")[:-1])) for file in sorted(files, key=_by_number)
    ]


def _leads_in(folder: Path, below: str, left: _Left) -> Iterator[str]:
    """The files of a folder that hold leads, and of the folders in it that are named after a key."""
    entries = [each for each in folder.iterdir() if not each.name.startswith((".", "_"))]
    names = {each.name for each in entries}
    for each in sorted(entries):
        name = below + each.name
        if each.is_dir():
            if _KEY.fullmatch(each.name):
                yield from _leads_in(each, f"{name}/", left)
            else:
                left.folders.append(name)
        elif not each.is_file():
            left.others.append(name)
        elif _is_unfinished(each, names):
            left.unfinished.append(name)
        elif _is_lead_file(each):
            yield name
        else:
            left.others.append(name)


def _is_unfinished(path: Path, names: set[str]) -> bool:
    """Whether a file is still being written: by its name, or a `.part` of a file beside it or of a pull of ours."""
    name = path.name.lower()
    if name.endswith(_UNFINISHED):
        return True
    if path.suffix.lower() != ".part":
        return False
    return path.stem in names or _top(path).startswith(_OUR_DRAFT)


def _is_lead_file(path: Path) -> bool:
    """Whether a file of a folder holds leads: what spreadsheet programs lock files with does not."""
    name = path.name.lower().removesuffix(".gz")
    if name.startswith("~$") or not (name.endswith(_SUFFIXES) or _PART.fullmatch(name)):
        return False
    if not name.endswith((".dat", ".part")):
        return True
    top = _top(path)
    return top.startswith(_BINARY) or b"\0" not in top


def _top(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_TOP)
    except OSError as error:
        msg = f"{printable(str(path))}: cannot be opened: {error.strerror}. Check its rights."
        raise InputError(msg) from error


def _keys(folders: Sequence[str]) -> dict[str, str]:
    """What the names of folders say: `country=NO` is the country of all rows below."""
    found = {}
    for folder in folders:
        if key := _KEY.fullmatch(folder):
            value = unquote(key[2])
            found[unquote(key[1])] = "" if value == _NO_VALUE else value
    return found


def _by_number(name: str) -> tuple[list[list[str | int]], str]:
    """A key to sort by: part.2 comes before part.10, wherever in a path a number is."""
    parts = [re.split("([0-9]+)", part) for part in name.split("/")]
    return [[int(text) if at % 2 else text for at, text in enumerate(part)] for part in parts], name


def _listed(names: Sequence[str]) -> str:
    shown = [repr(printable(name)) if "@" not in name else "(a name with an @)" for name in names[:_SHOWN]]
    more = len(names) - _SHOWN
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
