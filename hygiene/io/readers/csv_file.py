"""Delimited text: where its header stands and what divides its cells."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NoReturn

from hygiene.errors import InputError, UsageError, option
from hygiene.io.readers.batch import Batch, first_rows
from hygiene.io.readers.csv_record import read_record
from hygiene.io.readers.csv_scan import Grid, scan
from hygiene.io.readers.encoding import Text, UnreadableError
from hygiene.io.readers.header_row import PREAMBLE_LINES, Columns, first_header
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.sources import Digest

__all__ = ["CsvFile", "check_delimiter"]

#: Bytes of the text that the header is looked for in.
_TOP = 1 << 20

#: Bytes read at a time for the first rows alone.
_SAMPLE_BLOCK = 1 << 17

#: Lines that a header with line breaks in its cells may take.
_HEADER_LINES = 50

#: Stands for "one column": a cell of a list of addresses may hold commas.
_NO_DELIMITER = "\x1f"

#: Words for delimiters that are hard to type in a shell.
_WORDS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "none": _NO_DELIMITER}

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")
_QUOTED = re.compile(r'"[^"]*("|$)')

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
        lines = _first_lines(top)
        told = _TOLD.fullmatch(top[: lines[0][1]]) if lines else None
        if told and delimiter is None:
            delimiter = told[1].decode()
        found = first_header(_candidates(name, top, lines, delimiter, header_row), columns=columns)
        if found is None:
            _refuse_empty(name, header_row, len(lines))
        (line, grid), header = found
        if len(header) > limits.columns:
            raise limits.refuse("columns", f"{name}: line {line}", f"the header has {len(header):,} columns")
        return cls(text, grid, line, limits)

    @property
    def header(self) -> Sequence[str]:
        """The header's cells."""
        return self.grid.header

    @property
    def notes(self) -> list[str]:
        """What was left out above the header, and an encoding that was fallen back to."""
        notes, line = [], self.header_line
        if line > 1:
            notes.append(f"the header is on line {line}; what stands above it is left out.")
        if self.text.fell_back:
            notes.append(
                "is not UTF-8 and was read as Windows-1252 (cp1252); if letters look wrong, name the "
                f"encoding with {option('encoding')}."
            )
        return notes

    def sample(self, rows: int, /) -> list[list[str]]:
        """The first rows."""
        return first_rows(scan(self.text, self.grid, self.limits, size=_SAMPLE_BLOCK), rows)

    def batches(self, digest: Digest | None = None, /) -> Iterator[Batch]:
        """All rows."""
        return scan(self.text, self.grid, self.limits, digest)


def _first_lines(top: bytes) -> list[tuple[int, int]]:
    """Where the first lines start and end."""
    lines = []
    for line in _LINE.finditer(top):
        lines.append(line.span())
        if len(lines) > PREAMBLE_LINES + _HEADER_LINES:
            break
    return lines


def _candidates(
    name: str, top: bytes, lines: list[tuple[int, int]], delimiter: str | None, header_row: int | None
) -> Iterator[tuple[tuple[int, Grid], list[str]]]:
    """The lines that may be the header, each read as one."""
    if header_row is not None:
        lines = [line.span() for line in _LINE.finditer(top)]
    first = True
    for at, (start, end) in enumerate(lines if header_row is not None else lines[: PREAMBLE_LINES + 1]):
        if (header_row is not None and at + 1 != header_row) or not top[start:end].decode(
            "utf-8", "replace"
        ).strip():
            continue
        if at == 0 and _TOLD.fullmatch(top[start:end]) and header_row is None:
            continue
        divider = delimiter or _sniff(
            [top[a:b].decode("utf-8", "replace") for a, b in lines[at : at + _HEADER_LINES]]
        )
        record = read_record(top, start, divider.encode(), final=True)
        if record.cells is None or record.stop is None:
            if first:
                msg = f"{name}: the header on line {at + 1} has a quote out of place. Correct it."
                raise InputError(msg)
            continue
        first = False
        header = [cell.decode("utf-8", "replace") for cell in record.cells]
        below = at + 1 + len(re.findall(rb"\r\n|\r|\n", top[start : record.stop]))
        yield (at + 1, Grid(divider.encode(), header, record.stop, below)), header


def _refuse_empty(name: str, header_row: int | None, lines: int) -> NoReturn:
    if header_row is not None and lines:
        msg = f"{name}: line {header_row} is blank or not there. Name the header's line with {option('header_row')}."
        raise InputError(msg)
    raise InputError(f"{name}: is empty. Expected a header line and rows.")


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
