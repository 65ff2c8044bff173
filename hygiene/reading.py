"""Reading: files and standard input as one lead frame, every row with its place.

A row that does not fit its header is kept with its raw text, and never padded or shifted. Nothing here
judges an address, and no cell is changed: a cell is text, an absent one is "".
"""

import contextlib
import csv
import hashlib
import io
import itertools
import os
import re
import shutil
import stat
import sys
import tempfile
import weakref
from bisect import bisect_left
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, NoReturn, Self, TypeAlias

import numpy as np
import pandas as pd

from hygiene.columns import CANONICAL, MALFORMED, SAMPLE_ROWS, ColumnMap, has_email, map_columns, split_name
from hygiene.errors import InputError, UsageError

__all__ = ["CHUNK_ROWS", "LeadFiles", "open_leads", "read_leads"]

#: Rows of a chunk where the caller names no number.
CHUNK_ROWS = 50_000

#: Lines above the header that are looked through for it; exports put notes there (LinkedIn: three lines).
PREAMBLE_LINES = 10

#: Lines that a header with line breaks in its cells may take.
_HEADER_LINES = 50

#: Stands for "one column": a cell of a list of addresses may hold commas.
_NO_DELIMITER = "\x1f"

#: Characters of lines fetched at a time.
_BLOCK = 1 << 18

#: Text as this pandas makes it: `str` in pandas 3, `object` before.
_TEXT = pd.Series([""]).dtype

_BREAK = re.compile(rb"\r\n|\r|\n")
_QUOTED = re.compile(r'"[^"]*("|$)')
_URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)

if TYPE_CHECKING:
    import _csv

Digest: TypeAlias = "hashlib._Hash"
Columns: TypeAlias = Mapping[str, str] | None
Path_: TypeAlias = str | os.PathLike[str]


def open_leads(
    paths: Sequence[Path_], /, *, columns: Columns = None, chunk_rows: int | None = None
) -> "LeadFiles":
    """The leads of files, looked at as far as their first 1,000 rows.

    Args:
        paths: CSV or TSV files in UTF-8; "-" is standard input, which is kept in a temporary file.
        columns: Canonical column -> header text, where the header rules are to be overruled.
        chunk_rows: Rows of a chunk; `CHUNK_ROWS` where None.

    Raises:
        InputError: a file is missing, empty, not text, without rows, or without an email column.
        UsageError: no file is named, or standard input is named twice.
    """
    return LeadFiles(paths, columns=columns, chunk_rows=chunk_rows)


def read_leads(*paths: Path_, columns: Columns = None) -> pd.DataFrame:
    """All leads of files as one frame; see `LeadFiles` for its shape.

    Raises:
        InputError: a file cannot be read as leads.
        UsageError: no file is named, or standard input is named twice.
    """
    with open_leads(paths, columns=columns) as leads:
        return leads.frame()


class LeadFiles:
    """Files of leads that can be read more than once.

    A frame has the index (`source`, `line`): the file, and the physical line on which the record starts
    (the header's first line is 1 where nothing stands above it). Its columns are `columns`, all text; a
    column that one of several files lacks is "" there. Where a chunk holds rows that do not fit their
    header, a last column `row_malformed` holds their raw text (NA on all other rows) and their other
    cells are "".

    Attributes:
        files: Names as given; "<stdin>" for "-".
        columns: Names of the columns: the canonical ones that are there, then the others in file order.
        notes: Sentences about the choices that were made.
    """

    def __init__(
        self, paths: Sequence[Path_], /, *, columns: Columns = None, chunk_rows: int | None = None
    ) -> None:
        names = [os.fspath(path) for path in paths]
        if not names or names.count("-") > 1:
            raise UsageError("Name a file, or '-' once for standard input.")
        if chunk_rows is not None and chunk_rows < 1:
            raise UsageError(f"chunk_rows is {chunk_rows}; expected 1 or more.")
        self._spools: list[str] = []
        self._finalizer = weakref.finalize(self, _remove, self._spools)
        self._chunk_rows = chunk_rows or CHUNK_ROWS
        self._parts = [_look(self._source(name), columns) for name in names]
        self.files = tuple(part.layout.source.name for part in self._parts)
        self.columns = _union([part.columns for part in self._parts])
        self.notes = tuple(note for part in self._parts for note in part.notes)
        self._sha256: str | None = None
        self._rows: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"LeadFiles({', '.join(self.files)})"

    @property
    def sha256(self) -> str:
        """Hex digest over the bytes of all files in order; read through for it where that is still to do."""
        self._read_through()
        return str(self._sha256)

    @property
    def rows(self) -> int:
        """Rows of all files, malformed ones included; read through for it where that is still to do."""
        self._read_through()
        return self._rows or 0

    def chunks(self) -> Iterator[pd.DataFrame]:
        """The leads in frames of at most `chunk_rows` rows, each of one file; starts anew on every call.

        Raises:
            InputError: a file stops being readable, or is not the one that was read before.
        """
        for batch, frame in self._frames():
            frame.index = _place(self.files, [batch])
            yield frame

    def frame(self) -> pd.DataFrame:
        """All leads in one frame.

        Raises:
            InputError: a file stops being readable, or is not the one that was read before.
        """
        batches, frames = zip(*self._frames(), strict=True)
        frame: pd.DataFrame = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
        frame.index = _place(self.files, batches)
        return frame

    def close(self) -> None:
        """Remove what standard input was kept in."""
        self._finalizer()

    def _source(self, name: str) -> "_Source":
        path = Path(name)
        if name != "-":
            _check(name, path)
        if name != "-" and stat.S_ISREG(path.stat().st_mode):
            return _Source(name, path)
        handle, kept = tempfile.mkstemp(prefix="leads-")
        self._spools.append(kept)
        with os.fdopen(handle, "wb") as spool:
            if name == "-":
                shutil.copyfileobj(sys.stdin.buffer, spool)
            else:  # a pipe, as <(...) in a shell gives: it can be read once
                with path.open("rb") as pipe:
                    shutil.copyfileobj(pipe, spool)
        return _Source("<stdin>" if name == "-" else name, Path(kept))

    def _frames(self) -> Iterator[tuple["_Batch", pd.DataFrame]]:
        digest, rows = hashlib.sha256(), 0
        for part in self._parts:
            for batch in part.layout.batches(self._chunk_rows, digest):
                frame = part.frame(batch, self.columns)
                batch.rows.clear()
                rows += len(frame)
                yield batch, frame
        if rows == 0 or self._sha256 not in {None, digest.hexdigest()}:
            raise InputError(f"{', '.join(self.files)}: changed while it was read. Start again.")
        self._sha256, self._rows = digest.hexdigest(), rows

    def _read_through(self) -> None:
        if self._sha256 is None:
            for _ in self._frames():
                pass


@dataclass(slots=True)
class _Batch:
    """Rows of one file, each as wide as the header; malformed ones blank, with their raw text aside."""

    source: str
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    malformed: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Source:
    """A file that can be opened again, under the name the user knows it by."""

    name: str
    path: Path

    def open(self, digest: "Digest | None" = None) -> IO[str]:
        """The text, line breaks as they are (newline=""), the bytes going through `digest`."""
        try:
            return io.TextIOWrapper(_Bytes(self.path, digest), encoding="utf-8-sig", newline="")
        except OSError as error:
            raise InputError(f"{self.name}: cannot be opened: {error.strerror}. Check its rights.") from error

    def refuse_bytes(self) -> NoReturn:
        """Raise for the first byte that is no UTF-8 text, naming its line."""
        line = 1
        with self.path.open("rb") as file:
            for raw in file:
                if b"\0" in raw:
                    line += len(_BREAK.findall(raw[: raw.index(b"\0")]))
                    msg = f"{self.name}: line {line} holds a NUL byte, so it is no text in UTF-8. "
                    raise InputError(msg + "Save it as CSV in UTF-8.")
                try:
                    raw.decode()
                except UnicodeDecodeError as error:
                    line += len(_BREAK.findall(raw[: error.start]))
                    msg = f"{self.name}: line {line} holds a byte that is not UTF-8. Save it as CSV in UTF-8."
                    raise InputError(msg) from None
                line += len(_BREAK.findall(raw))
        raise InputError(f"{self.name}: changed while it was read. Start again.")


class _Bytes(io.BufferedReader):
    """A file's bytes, hashed as they pass; a NUL byte counts as undecodable."""

    def __init__(self, path: Path, digest: "Digest | None") -> None:
        super().__init__(io.FileIO(path))
        self._digest = digest

    def read1(self, size: int = -1, /) -> bytes:
        data = super().read1(size)
        if b"\0" in data:
            raise UnicodeDecodeError("utf-8", data, data.index(b"\0"), data.index(b"\0") + 1, "NUL byte")
        if self._digest is not None:
            self._digest.update(data)
        return data


class _Lines:
    """The lines of a text, the ones of the record that is being parsed kept."""

    def __init__(self, text: IO[str], first: int) -> None:
        self._text = text
        self._kept: list[str] = []
        self._kept_from = first
        #: Line on which the current record starts; what stands before it may be forgotten.
        self.start = first

    def __iter__(self) -> Iterator[str]:
        while block := self._text.readlines(_BLOCK):
            del self._kept[: self.start - self._kept_from]
            self._kept_from = self.start
            self._kept += block
            yield from block

    def record(self, last: int) -> list[str]:
        return self._kept[self.start - self._kept_from : last - self._kept_from + 1]


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a file is laid out."""

    source: _Source
    header_line: int
    delimiter: str
    header: list[str]

    def batches(self, size: int, digest: "Digest | None" = None) -> Generator[_Batch, None, None]:
        """The rows in their order, `size` at a time."""
        with self.source.open(digest) as text:
            try:
                yield from self._parse(text, size)
            except UnicodeDecodeError:
                self.source.refuse_bytes()

    def _parse(self, text: IO[str], size: int) -> Iterator[_Batch]:
        above = self.header_line - 1
        for _ in range(above):
            text.readline()
        lines = _Lines(text, self.header_line)
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
        next(reader, None)
        lines.start = reader.line_num + above + 1
        batch, ended = _Batch(self.source.name), False
        while not ended:
            try:
                ended = self._fill(batch, reader, lines, size)
            except csv.Error as error:
                self._keep_broken(batch, lines, reader.line_num + above, error)
            if batch.rows and (ended or len(batch.rows) >= size):
                yield batch
                batch = _Batch(self.source.name)

    def _fill(self, batch: _Batch, reader: "_csv.Reader", lines: _Lines, size: int) -> bool:
        """Add rows until the batch is full (False) or the file ends (True)."""
        above, width = self.header_line - 1, len(self.header)
        for cells in reader:
            if len(cells) == width and (width > 1 or cells[0].strip()):
                batch.rows.append(cells)
                batch.lines.append(lines.start)
            else:
                self._keep_odd(batch, cells, lines, reader.line_num + above)
            lines.start = reader.line_num + above + 1
            if len(batch.rows) >= size:
                return False
        return True

    def _keep_odd(self, batch: _Batch, cells: list[str], lines: _Lines, last: int) -> None:
        """Keep a record that is not as wide as the header, unless it is a blank line."""
        raw = "".join(lines.record(last))
        if not raw.strip() and self.delimiter not in raw:
            return
        width = len(self.header)
        named = max((at + 1 for at, text in enumerate(self.header) if text.strip()), default=0)
        # Cells without a header hold nothing that could shift, so they may be left out or come on top.
        if named <= len(cells) and not any(cells[width:]):
            batch.rows.append(cells[:width] + [""] * (width - len(cells)))
        else:
            batch.malformed[len(batch.rows)] = raw.rstrip("\r\n")
            batch.rows.append([""] * width)
        batch.lines.append(lines.start)

    def _keep_broken(self, batch: _Batch, lines: _Lines, last: int, error: csv.Error) -> None:
        """Keep a record with a quote out of place; one that runs on over further lines ends the reading."""
        record = lines.record(last)
        opened = _left_open(record, self.delimiter)
        if opened is not None:
            msg = (
                f"{self.source.name}: a quote opens on line {lines.start + opened} and is not closed. "
                "Close it, or double the quotes that are part of the cell."
            )
            raise InputError(msg) from error
        batch.malformed[len(batch.rows)] = "".join(record).rstrip("\r\n")
        batch.rows.append([""] * len(self.header))
        batch.lines.append(lines.start)
        lines.start = last + 1


@dataclass(frozen=True, slots=True)
class _Part:
    """One file with its layout and its columns."""

    layout: _Layout
    map: ColumnMap

    @property
    def columns(self) -> tuple[str, ...]:
        return self.map.names + (("first_name", "last_name") if self.map.full_name is not None else ())

    @property
    def notes(self) -> tuple[str, ...]:
        line, name = self.layout.header_line, self.layout.source.name
        above = (f"{name}: the header is on line {line}; what stands above it is left out.",)
        return (above if line > 1 else ()) + self.map.notes

    def frame(self, batch: _Batch, columns: Sequence[str]) -> pd.DataFrame:
        cells = dict(zip(self.map.names, zip(*batch.rows, strict=True), strict=True))
        if self.map.full_name is not None:
            names = [split_name(text) for text in cells[self.map.names[self.map.full_name]]]
            cells["first_name"], cells["last_name"] = zip(*names, strict=True)
        absent = ("",) * len(batch.rows)
        texts = {name: _series(cells.get(name, absent)) for name in columns}
        if batch.malformed:
            texts[MALFORMED] = _series([batch.malformed.get(at) for at in range(len(batch.rows))])
        return pd.DataFrame(texts)


def _series(texts: Sequence[str | None]) -> "pd.Series[str]":
    return pd.Series(list(texts), dtype=_TEXT)


def _look(source: _Source, columns: Columns) -> _Part:
    """A file's layout and columns, by its first lines and rows."""
    with source.open() as text:
        try:
            top = list(itertools.islice(text, PREAMBLE_LINES + _HEADER_LINES))
        except UnicodeDecodeError:
            source.refuse_bytes()
    layout = _layout(source, top, columns)
    with contextlib.closing(layout.batches(SAMPLE_ROWS)) as batches:
        sample = next(batches, None)
    if sample is None:
        raise InputError(f"{source.name}: has a header and no rows. Export it again with its leads.")
    return _Part(layout, map_columns(layout.header, sample.rows, columns=columns, source=source.name))


def _layout(source: _Source, top: Sequence[str], columns: Columns) -> _Layout:
    """The first line is the header, unless the first line with an email column is wider than all above."""
    layouts: list[_Layout] = []
    for at, line in enumerate(top[: PREAMBLE_LINES + 1]):
        if line.strip():
            delimiter = _sniff(top[at:])
            try:
                header = next(csv.reader(top[at:], delimiter=delimiter, strict=True))
            except csv.Error as error:
                if not layouts:
                    msg = f"{source.name}: the header on line {at + 1} has a quote out of place. Correct it."
                    raise InputError(msg) from error
                continue
            widest = max((len(layout.header) for layout in layouts), default=0)
            layouts.append(_Layout(source, at + 1, delimiter, header))
            if len(header) > widest and has_email(header, columns=columns):
                return layouts[-1]
    if not layouts:
        raise InputError(f"{source.name}: is empty. Expected a header line and rows.")
    return layouts[0]


def _sniff(lines: Sequence[str]) -> str:
    """The delimiter that stands most often in the first record outside quotes."""
    record = ""
    for line in lines:
        record += line
        if record.count('"') % 2 == 0:
            break
    bare = _QUOTED.sub("", record)
    best = max(",;\t|", key=bare.count)
    return best if best in bare else _NO_DELIMITER


def _left_open(record: Sequence[str], delimiter: str) -> int | None:
    """Which line of a broken record opens a cell that runs on; None where the fault is within one line."""
    with contextlib.suppress(csv.Error):
        list(csv.reader([*record, '"'], delimiter=delimiter, strict=True))
        return _opening(record, delimiter)
    closed = re.match(rf'(?:[^"]|"")*"(?:[{re.escape(delimiter)}\r\n]|$)', record[-1])
    if len(record) == 1 or closed:
        return None
    return _opening(record[:-1], delimiter)


def _opening(record: Sequence[str], delimiter: str) -> int:
    """Which line opens the last cell of a record whose last cell is open."""

    def cells(lines: int) -> int:
        return len(next(csv.reader(record[:lines], delimiter=delimiter)))

    return bisect_left(range(1, len(record) + 1), cells(len(record)), key=cells)


def _union(columns: Sequence[Sequence[str]]) -> tuple[str, ...]:
    found = dict.fromkeys(itertools.chain.from_iterable(columns))
    return tuple(name for name in CANONICAL if name in found) + tuple(
        name for name in found if name not in CANONICAL
    )


def _place(files: Sequence[str], batches: Sequence[_Batch]) -> pd.MultiIndex:
    """The index of rows, made from codes: no tuple is built, and the lines of a chunk are one range."""
    names = list(dict.fromkeys(files))
    lines = np.concatenate([np.asarray(batch.lines, dtype=np.int64) for batch in batches])
    sources = [np.full(len(batch.lines), names.index(batch.source)) for batch in batches]
    levels = [pd.Index(names), pd.RangeIndex(int(lines.min()), int(lines.max()) + 1)]
    return pd.MultiIndex(
        levels=levels,  # type: ignore[arg-type]  # the stubs know lists only
        codes=[np.concatenate(sources), lines - lines.min()],  # type: ignore[list-item]
        names=["source", "line"],
        verify_integrity=False,
    )


def _check(name: str, path: Path) -> None:
    if _URL.match(name):
        raise InputError(
            "A web address was given where a file is expected. Download it first and name the file."
        )
    if path.is_dir():
        raise InputError(f"{name}: is a folder; expected a file. Name the files in it.")
    if not path.exists():
        raise InputError(f"{name}: there is no such file. Check the name and the folder.")


def _remove(spools: Sequence[str]) -> None:
    for spool in spools:
        Path(spool).unlink(missing_ok=True)
