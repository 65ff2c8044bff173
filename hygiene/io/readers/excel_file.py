"""Workbooks: the sheet of an XLSX or XLS file that holds the leads, each cell as text.

A row's line is its number in the sheet. Needs the extra `excel`.
"""

import datetime
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from hygiene.columns.mapping import has_email
from hygiene.errors import InputError, UsageError, option
from hygiene.io.readers.batch import Batch, batch_of_rows, first_rows
from hygiene.io.readers.header_row import PREAMBLE_LINES, Columns, first_header, names_by_content
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.sources import Digest, Source

__all__ = ["ExcelFile", "is_workbook", "sheets"]

#: Rows of a batch.
_ROWS = 50_000

#: Rows that tell what columns without a header hold.
_SAMPLE_ROWS = 1000

#: Bytes that a workbook may unpack to whatever its ratio.
_HARMLESS = 64 << 20

#: Most cells of a sheet, blank ones included: python-calamine holds the whole rectangle in memory, and ends
#: the process where there is not enough (observed with 0.9).
_CELLS = 32_000_000

#: Bytes of a sheet's XML looked at together, and the most that a cell's place takes.
_XML_BLOCK, _PLACE_BYTES = 1 << 20, 64

_CELL = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")

Rows = Sequence[Sequence[Any]]


def is_workbook(source: Source, /) -> bool:
    """Whether a file is a workbook, by its first bytes and, for a zip archive, by what is in it.

    Raises:
        InputError: it is a zip archive of something else.
    """
    starts = source.starts()
    if starts.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return True
    if not starts.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(source.path) as archive:
            if "xl/workbook.xml" in archive.namelist():
                return True
    except (zipfile.BadZipFile, OSError) as error:
        raise InputError(f"{source.name}: begins like a workbook and is damaged. Save it anew.") from error
    raise InputError(f"{source.name}: is a zip archive. Unpack it, and name the file or folder in it.")


def sheets(source: Source, limits: Limits, /) -> Iterator[tuple[str, list[tuple[int, list[str]]]]]:
    """Name and filled rows of every sheet, each row with its line.

    Raises:
        InputError: it is no readable workbook, or passes a limit.
        UsageError: the extra `excel` is not installed.
    """
    _check_size(source, limits)
    book = _open(source)
    for name in book.sheet_names:
        rows = enumerate(_rows(source, book, name), 1)
        texts = ((line, [_text(cell) for cell in row]) for line, row in rows)
        yield name, [(line, row) for line, row in texts if any(cell.strip() for cell in row)]


@dataclass(frozen=True, slots=True)
class ExcelFile:
    """One sheet of a workbook."""

    source: Source
    sheet: str
    rows: Rows
    header_line: int
    header: Sequence[str]
    limits: Limits

    @classmethod
    def look(
        cls,
        source: Source,
        limits: Limits,
        /,
        *,
        columns: Columns = None,
        sheet: str | None = None,
        header_row: int | None = None,
        no_header: bool = False,
    ) -> "ExcelFile":
        """The sheet that is named, or the only one with an email column.

        Raises:
            InputError: it is no readable workbook, or the sheet has to be named.
            UsageError: the extra `excel` is not installed.
        """
        _check_size(source, limits)
        book = _open(source)
        sheets = {name: _rows(source, book, name) for name in _chosen(source, book, sheet)}
        look = _without_header if no_header else partial(_header, columns=columns, header_row=header_row)
        found = {name: first for name, rows in sheets.items() if (first := look(rows)) is not None}
        if not found:
            raise InputError(f"{source.name}: is empty. Expected a header and rows.")
        name = _only(source, {name: header for name, (_, header) in found.items()}, columns)
        line, header = found[name]
        width = max(
            (at + 1 for row in sheets[name][max(0, line - 1) :] for at, cell in _filled(row)), default=1
        )
        if width > limits.columns:
            raise limits.refuse("columns", f"{source.name}: sheet {name!r}", f"it has {width:,} columns")
        header = [*header, *[""] * (width - len(header))]
        return cls(source, name, sheets[name], line, header, limits)

    @property
    def notes(self) -> list[str]:
        """Which sheet was read, and what was left out above the header."""
        notes = [f"read sheet {self.sheet!r}."]
        if self.header_line > 1:
            notes.append(f"the header is on line {self.header_line}; what stands above it is left out.")
        return notes

    def sample(self, rows: int, /) -> list[list[str]]:
        """The first rows."""
        return first_rows(self._batches(rows), rows)

    def batches(self, digest: Digest | None = None, /) -> Iterator[Batch]:
        """All rows that are not blank."""
        self.source.hash_into(digest)
        return self._batches(_ROWS)

    def _batches(self, size: int) -> Iterator[Batch]:
        width = len(self.header)
        rows: list[list[str]] = []
        lines: list[int] = []
        for line, row in enumerate(self.rows[self.header_line :], self.header_line + 1):
            cells = [_text(cell) for cell in row[:width]]
            if not any(cell.strip() for cell in cells):
                continue
            if max(map(len, cells)) > self.limits.cell:
                found = f"line {line} holds a cell of more than {self.limits.cell:,} characters"
                raise self.limits.refuse("cell", self.source.name, found)
            rows.append(cells + [""] * (width - len(cells)))
            lines.append(line)
            if len(rows) == size:
                yield batch_of_rows(rows, lines, width)
                rows, lines = [], []
        if rows:
            yield batch_of_rows(rows, lines, width)


def _open(source: Source) -> Any:
    try:
        import python_calamine
    except ImportError as error:
        msg = f"{source.name}: reading workbooks needs python-calamine: pip install 'lead-hygiene[excel]'."
        raise UsageError(msg) from error
    try:
        return python_calamine.CalamineWorkbook.from_path(str(source.path))
    except Exception as error:
        msg = f"{source.name}: the workbook cannot be read; it is damaged or locked with a password. Save it anew."
        raise InputError(msg) from error


def _check_size(source: Source, limits: Limits) -> None:
    """Refuse a workbook that unpacks, or spreads, to more than is held."""
    if not zipfile.is_zipfile(source.path):
        return
    with zipfile.ZipFile(source.path) as archive:
        packed = sum(member.compress_size for member in archive.infolist())
        unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > limits.size:
            raise limits.refuse("size", source.name, f"unpacks to {unpacked:,} bytes")
        if unpacked > max(_HARMLESS, packed * limits.ratio):
            found = f"unpacks to more than {limits.ratio:,} times its own size"
            raise limits.refuse("ratio", source.name, found)
        for name in archive.namelist():
            if name.lower().startswith("xl/worksheets/") and name.lower().endswith(".xml"):
                _check_spread(source, archive, name)


def _check_spread(source: Source, archive: zipfile.ZipFile, name: str) -> None:
    """Refuse a sheet whose cells, few as they may be, stand too far apart."""
    columns, rows, rest = 0, 0, b""
    try:
        with archive.open(name) as file:
            while block := file.read(_XML_BLOCK):
                places = _CELL.findall(rest + block)
                columns = max([columns, *map(_column, {letters for letters, _ in places})])
                rows = max([rows, *map(int, {number for _, number in places})])
                rest = block[-_PLACE_BYTES:]
    # zipfile raises the last two where a compression is unknown to it, and where a password is asked for
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise InputError(f"{source.name}: the workbook is damaged or locked. Save it anew.") from error
    if columns * rows > _CELLS:
        msg = f"{source.name}: a sheet spans {columns * rows:,} cells, most of them blank. Save the leads alone."
        raise InputError(msg)


def _column(letters: bytes) -> int:
    """The number of a column by its letters: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _chosen(source: Source, book: Any, sheet: str | None) -> Sequence[str]:
    names: Sequence[str] = book.sheet_names
    if sheet is None:
        return names
    if sheet not in names:
        raise InputError(f"{source.name}: no sheet {sheet!r}; there are {', '.join(map(repr, names))}.")
    return [sheet]


def _rows(source: Source, book: Any, name: str) -> Rows:
    try:
        rows: Rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except Exception as error:
        msg = (
            f"{source.name}: sheet {name!r} cannot be read. Save the workbook anew, or name another with "
            f"{option('sheet')}."
        )
        raise InputError(msg) from error
    return rows


def _header(rows: Rows, *, columns: Columns, header_row: int | None) -> tuple[int, Sequence[str]] | None:
    """Line and cells of the header; None for a blank sheet."""
    return first_header(_candidates(rows, header_row), columns=columns)


def _without_header(rows: Rows) -> tuple[int, Sequence[str]] | None:
    """The line above the first row, and names by what the columns hold; None for a blank sheet."""
    texts = [[_text(cell) for cell in row] for row in rows[:_SAMPLE_ROWS]]
    first = next((at for at, row in enumerate(texts) if any(cell.strip() for cell in row)), None)
    return None if first is None else (first, names_by_content(texts[first:]))


def _candidates(rows: Rows, header_row: int | None) -> Iterator[tuple[int, list[str]]]:
    """Rows that may be the header, with their lines."""
    for line, row in enumerate(rows, 1):
        if header_row is not None and line != header_row:
            continue
        if header_row is None and line > PREAMBLE_LINES + 1:
            return
        filled = [at for at, _ in _filled(row)]
        if filled:
            yield line, [_text(cell) for cell in row[: filled[-1] + 1]]


def _only(source: Source, headers: dict[str, Sequence[str]], columns: Columns) -> str:
    """The sheet to read: the only one, or the only one with an email column."""
    fitting = [name for name, header in headers.items() if has_email(header, columns=columns)]
    choice = list(headers) if len(headers) == 1 else fitting
    if len(choice) == 1:
        return choice[0]
    found = "no sheet has" if not fitting else f"{len(fitting)} sheets have"
    names = ", ".join(map(repr, fitting or headers))
    raise InputError(
        f"{source.name}: {found} an email column.", f"Name the sheet with {option('sheet')}: {names}."
    )


def _filled(row: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    return ((at, cell) for at, cell in enumerate(row) if cell is not None and cell != "")


def _text(cell: Any) -> str:
    """A cell as text: whole numbers by their digits, dates in ISO 8601."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)
