"""Delimited text: where its header stands and what divides its cells."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NoReturn

from hygiene.columns.mapping import email_columns, has_email
from hygiene.errors import InputError, UsageError, option
from hygiene.io.readers.batch import Batch, first_rows
from hygiene.io.readers.csv_dialect import dialect_of
from hygiene.io.readers.csv_grid import Grid, Seen
from hygiene.io.readers.csv_record import read_record
from hygiene.io.readers.csv_sample import NO_DELIMITER, records, sniff, texts, widths
from hygiene.io.readers.csv_scan import scan
from hygiene.io.readers.csv_unfinished import check_header_cells
from hygiene.io.readers.encoding import Text, UnreadableError
from hygiene.io.readers.header_row import (
    PREAMBLE_LINES,
    Columns,
    Line,
    first_header,
    is_bare,
    names_by_content,
)
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.sources import Digest

__all__ = ["CsvFile", "check_delimiter"]

#: Bytes of the text that the header is looked for in.
_TOP = 1 << 20

#: Bytes read at a time for the first rows alone.
_SAMPLE_BLOCK = 1 << 17

#: Lines that are tried as the header, and rare delimiters, before a file is said to have no email column.
_ADVISED_LINES, _RARE = 500, "^~:!#&*/ \x01"

#: Lines that a header with line breaks in its cells may take.
_HEADER_LINES = 50

#: Words for delimiters that are hard to type in a shell.
_WORDS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "none": NO_DELIMITER}

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")

#: First line by which a file tells Excel its delimiter.
_TOLD = re.compile(rb'"?sep=(.)"?\s*', re.IGNORECASE)


def check_delimiter(given: str | None, /) -> str | None:
    """The delimiter that an option names.

    Raises:
        UsageError: it is not one ASCII character, or is one that has another meaning.
    """
    if given is None:
        return None
    delimiter = _WORDS.get(given.lower(), given)
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n\0':
        named = option("delimiter", given, value=repr(given))
        msg = f"{named}: expected one ASCII character, or one of {', '.join(_WORDS)}."
        raise UsageError(msg)
    return delimiter


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV or TSV file, or one of its kin."""

    text: Text
    grid: Grid
    header_line: int
    limits: Limits
    seen: Seen = field(default_factory=Seen, compare=False)

    @classmethod
    def look(
        cls,
        text: Text,
        limits: Limits,
        /,
        *,
        columns: Columns = None,
        delimiter: str | None = None,
        header_row: int | None = None,
        no_header: bool = False,
    ) -> "CsvFile":
        """A file's layout, by its first lines.

        Raises:
            InputError: it is empty, no text, or its header cannot be read.
        """
        name = text.source.name
        try:
            top = next(text.blocks(size=_TOP), b"")
        except UnreadableError as error:
            raise error.on_line(name, 1 + len(re.findall(rb"\r\n|\r|\n", error.before))) from None
        if no_header:
            return cls(text, _headless(name, top, delimiter, limits), 0, limits)
        lines = _first_lines(top)
        told = _TOLD.fullmatch(top[: lines[0][1]]) if lines else None
        if told and delimiter is None:
            delimiter = told[1].decode()
        candidates = _candidates(name, top, lines, delimiter, header_row, limits)
        found = first_header(candidates, columns=columns)
        if found is None:
            _refuse_empty(name, header_row, len(lines))
        line, grid = found.place
        return cls(text, _refined(grid, top), line, limits)

    @property
    def header(self) -> Sequence[str]:
        """The header's cells."""
        return self.grid.header[self.grid.kept]

    @property
    def notes(self) -> list[str]:
        """What was left out above the header, and an encoding that was fallen back to."""
        notes, line, seen = self.grid.dialect.notes, self.header_line, self.seen
        if line > 1:
            notes.append(f"the header is on line {line}; what stands above it is left out.")
        if self.text.fell_back:
            notes.append(
                "is not UTF-8 and was read as Windows-1252 (cp1252); if letters look wrong, name the "
                f"encoding with {option('encoding')}."
            )
        if self.grid.without == (1, 0):
            notes.append("numbers its rows in a column without a header, which is left out.")
        notes += seen.notes
        return notes

    def advice(self) -> str | None:
        """What to say of a header without an email column, where another line or delimiter was tried and has one."""
        top = next(self.text.blocks(size=_TOP), b"")
        lines = [line.span() for line in _LINE.finditer(top)]
        for line, (start, end) in enumerate(lines, 1):
            divider = sniff(top, start) if line > PREAMBLE_LINES else ""
            text = top[start:end].decode("utf-8", "replace").strip()
            if divider and "@" not in text and has_email(text.split(divider)) and len(lines) > line:
                return f"Line {line} names an email column: try {option('header_row', line)}."
            if line > _ADVISED_LINES:
                break
        for delimiter in _RARE:
            found = widths(top, lines[self.header_line - 1][0], delimiter.encode())
            fits = len(found) > 1 and found[0] > 1 and len(set(found)) == 1
            if fits and has_email([text for cell in self.header for text in cell.split(delimiter)]):
                return f"Its cells fit under another delimiter: try {option('delimiter', delimiter)}."
        return None

    def sample(self, rows: int, /) -> list[list[str]]:
        """The first rows."""
        return first_rows(scan(self.text, self.grid, self.limits, size=_SAMPLE_BLOCK), rows)

    def batches(self, digest: Digest | None = None, /) -> Iterator[Batch]:
        """All rows."""
        for name in ("short", "unfilled", "nulls", "formulas"):
            setattr(self.seen, name, 0)
        return scan(self.text, self.grid, self.limits, digest, seen=self.seen)


def _first_lines(top: bytes) -> list[tuple[int, int]]:
    """Where the first lines start and end."""
    lines = []
    for line in _LINE.finditer(top):
        lines.append(line.span())
        if len(lines) > PREAMBLE_LINES + _HEADER_LINES:
            break
    return lines


def _candidates(  # noqa: PLR0917 -- all are of the same text
    name: str,
    top: bytes,
    lines: list[tuple[int, int]],
    delimiter: str | None,
    header_row: int | None,
    limits: Limits,
) -> Iterator[Line[tuple[int, Grid]]]:
    """The lines that may be the header, each read as one.

    Raises:
        InputError: none can be read as one, or one passes a limit.
    """
    if header_row is not None:
        lines = [line.span() for line in _LINE.finditer(top)]
    broken, stop, unread = 0, 0, False
    for at, (start, end) in enumerate(lines if header_row is not None else lines[: PREAMBLE_LINES + 1]):
        if header_row not in (None, at + 1) or (header_row is None and start < stop):
            continue
        text = top[start:end]
        if not text.decode("utf-8", "replace").strip() or (
            at == 0 and _TOLD.fullmatch(text) and header_row is None
        ):
            continue
        divider = (delimiter or sniff(top, start)).encode()
        record = read_record(top, start, divider, final=True)
        if record.cells is None or record.stop is None:
            broken = broken or at + 1
            continue
        unread, stop = bool(broken and not stop), record.stop
        header = [cell.decode("utf-8", "replace") for cell in record.cells]
        if unread and any(map(is_bare, header)):
            break
        check_header_cells(header, name, at + 1, limits)
        if any(header):
            below = at + 1 + len(re.findall(rb"\r\n|\r|\n", top[start : record.stop]))
            grid = Grid(divider, header, record.stop, below)
            yield Line((at + 1, grid), header, partial(texts, top, record.stop, divider))
    if broken and (unread or not stop):
        msg = f"{name}: the header on line {broken} has a quote out of place. Correct it."
        raise InputError(msg)


def _headless(name: str, top: bytes, delimiter: str | None, limits: Limits) -> Grid:
    """The layout of a text whose first row is a lead, its columns named by what they hold.

    Raises:
        InputError: it is empty, or passes a limit.
    """
    start = len(top) - len(top.lstrip(b"\r\n"))
    if start == len(top):
        _refuse_empty(name, None, 0)
    divider = (delimiter or sniff(top, start)).encode()
    rows = texts(top, start, divider)
    line = 1 + len(re.findall(rb"\r\n|\r|\n", top[:start]))
    check_header_cells(rows[0], name, line, limits)
    dialect = dialect_of(top, start, rows[0], divider)
    if dialect.escaped:
        rows = texts(top, start, divider, escaped=True)
    return Grid(divider, names_by_content(rows), start, line, dialect)


def _refined(grid: Grid, top: bytes) -> Grid:
    """A layout with what its program does to rows and cells, by the rows below the header."""
    start = top.rfind(grid.header[0].encode(), 0, grid.offset) if grid.header[0] else grid.offset
    dialect = dialect_of(top, min(start, grid.offset), grid.header, grid.delimiter)
    header = [text.strip() for text in grid.header] if dialect.padded else grid.header
    outer = (1, 1) if dialect.drawn and header[:1] == [""] == header[-1:] else (0, 0)
    grid = replace(grid, header=header, dialect=dialect, without=outer)
    below = dialect.plain_rows(top[grid.offset :], grid.delimiter)
    rows = records(below, 0, grid.delimiter, escaped=dialect.escaped)
    if not rows or any(len(row) != len(header) + 1 for row in rows):
        return grid
    if not any(row[-1].strip() for row in rows):  # every row ends with a delimiter
        return replace(grid, header=[*header, ""], without=(0, 1))
    if _have_names(header, rows):  # as R's write.table leaves out a header
        numbered = [row[0] for row in rows] == [b"%d" % number for number in range(1, len(rows) + 1)]
        return replace(grid, header=["" if numbered else "row names", *header], without=(int(numbered), 0))
    return grid


def _have_names(header: list[str], rows: list[list[bytes]]) -> bool:
    """Whether the first cells of rows, which are one more than the header's, are names of rows.

    They are where addresses stand one further than their header, or else where no two are the same.
    """
    mails = email_columns(header)
    own, further = (sum(b"@" in row[at + step] for row in rows for at in mails) for step in (0, 1))
    if own or further:
        return further > own
    return len({row[0] for row in rows}) == len(rows) and not any(b"@" in row[0] for row in rows)


def _refuse_empty(name: str, header_row: int | None, lines: int) -> NoReturn:
    if header_row is not None and lines:
        msg = f"{name}: line {header_row} is blank or not there. Name the header's line with {option('header_row')}."
        raise InputError(msg)
    raise InputError(f"{name}: is empty. Expected a header line and rows.")
