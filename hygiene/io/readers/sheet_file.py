"""Sheets: the one of a workbook or page that holds the leads, each cell as text.

The formats hand over rows and what they know of them: merged cells, hidden rows, formulas nobody calculated. A
row's line is its number in the sheet. Nothing here opens a file.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from hygiene.columns.mapping import has_email
from hygiene.errors import InputError, option
from hygiene.io.readers.batch import Batch, batch_of_rows, first_rows
from hygiene.io.readers.csv_dialect import without_formulas, without_nulls
from hygiene.io.readers.csv_grid import Seen
from hygiene.io.readers.header_row import PREAMBLE_LINES, Columns, Line, first_header, names_by_content
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.sheet import Sheet, filled_cells
from hygiene.io.readers.sources import Digest, Source

__all__ = ["SheetChoice", "SheetFile", "filled_rows"]

#: Rows of a batch, and those that tell what columns without a header hold.
_ROWS, _SAMPLE_ROWS = 50_000, 1000


@dataclass(frozen=True, slots=True)
class SheetChoice:
    """What the user said of sheets and their rows."""

    columns: Columns = None
    sheet: str | None = None
    header_row: int | None = None
    visible_rows: bool = False
    no_header: bool = False


def filled_rows(source: Source, sheet: Sheet, /) -> list[tuple[int, list[str]]]:
    """Rows of a list that are not blank, hidden ones too, each with its line.

    Raises:
        InputError: a cell is a formula whose value nobody calculated, so that an entry may be missing.
    """
    if sheet.uncalculated:
        line, at = min(sheet.uncalculated)
        msg = (
            f"{source.name}: {sheet.name}: line {line}, column {at + 1} is a formula without a value that was "
            "calculated. Open the file in a spreadsheet program, save it, and use that copy."
        )
        raise InputError(msg)
    sheet.fill_merged(0)
    texts = ((line, [_text(cell) for cell in row]) for line, row in enumerate(sheet.rows, 1))
    return [(line, row) for line, row in texts if any(cell.strip() for cell in row)]


@dataclass(frozen=True, slots=True)
class SheetFile:
    """One sheet of a file."""

    source: Source
    sheet: Sheet
    header_line: int
    header: Sequence[str]
    limits: Limits
    visible_rows: bool
    told: Sequence[str] = field(default=())
    seen: Seen = field(default_factory=Seen, compare=False)

    @property
    def notes(self) -> list[str]:
        """What was left out, filled, made blank and unwrapped."""
        return [*self.told, *self.seen.notes]

    @classmethod
    def look(
        cls, source: Source, sheets: Sequence[Sheet], choice: SheetChoice, limits: Limits, /
    ) -> "SheetFile":
        """The sheet that is named, or the only one with an email column.

        Raises:
            InputError: there is nothing in it, or the sheet has to be named.
        """
        found = {}
        for sheet in sheets:
            sheet.blank_uncalculated()
            first = _header(sheet, choice, limits.columns)
            if first is not None:
                found[sheet.name] = (sheet, *first)
        if not found:
            raise InputError(f"{source.name}: is empty. Expected a header and rows.")
        name = _only(source, {name: header for name, (_, _, header) in found.items()}, choice.columns)
        sheet, line, header = found[name]
        width = max(map(_filled_width, sheet.rows[max(0, line - 1) :]), default=1) or 1
        if width > limits.columns:
            raise limits.refuse("columns", f"{source.name}: sheet {name!r}", f"it has {width:,} columns")
        header = [*header, *[""] * (width - len(header))]
        notes = [
            f"read sheet {name!r}.",
            *_notes(source, sheet, line, header, visible_rows=choice.visible_rows),
        ]
        return cls(source, sheet, line, header, limits, choice.visible_rows, notes)

    def sample(self, rows: int, /) -> list[list[str]]:
        """The first rows."""
        return first_rows(self._batches(rows), rows)

    def batches(self, digest: Digest | None = None, /) -> Iterator[Batch]:
        """All rows that are not blank."""
        self.source.hash_into(digest)
        self.seen.nulls = self.seen.formulas = 0
        return self._batches(_ROWS, self.seen)

    def _batches(self, size: int, seen: Seen | None = None) -> Iterator[Batch]:
        for batch in self._read(size):
            yield _plain(batch, seen or Seen())

    def _read(self, size: int) -> Iterator[Batch]:
        width = len(self.header)
        left_out = self.sheet.hidden if self.visible_rows else frozenset()
        rows: list[list[str]] = []
        lines: list[int] = []
        for line, row in enumerate(self.sheet.rows[self.header_line :], self.header_line + 1):
            cells = [cell if type(cell) is str else _text(cell) for cell in row[:width]]
            whole = "".join(cells)  # looked at first, which is faster than cell by cell
            if not whole.strip() or line in left_out:
                continue
            if len(whole) > self.limits.cell and max(map(len, cells)) > self.limits.cell:
                found = f"line {line} holds a cell of more than {self.limits.cell:,} characters"
                raise self.limits.refuse("cell", self.source.name, found)
            rows.append(cells + [""] * (width - len(cells)))
            lines.append(line)
            if len(rows) == size:
                yield batch_of_rows(rows, lines, width)
                rows, lines = [], []
        if rows:
            yield batch_of_rows(rows, lines, width)


def _plain(batch: Batch, seen: Seen) -> Batch:
    """A batch without a database's sign for nothing and what tells spreadsheets that a cell is text."""
    columns, nulls = zip(*map(without_nulls, batch.columns), strict=True)
    columns, formulas = zip(*map(without_formulas, columns), strict=True)
    seen.nulls += sum(nulls)
    seen.formulas += sum(formulas)
    return replace(batch, columns=columns)


def _notes(
    source: Source, sheet: Sheet, header_line: int, header: Sequence[str], *, visible_rows: bool
) -> Iterator[str]:
    """What was left out, filled and made blank; the filling is done here."""
    if header_line > 1:
        yield f"the header is on line {header_line}; what stands above it is left out."
    lost = [(line, at) for line, at in sheet.uncalculated if line > header_line]
    if lost:
        line, at = min(lost)
        name = header[at] if at < len(header) else ""
        yield (
            f"formulas without a value that was calculated are blank: {len(lost):,}, the first on line {line}, in "
            f"{name or f'column {at + 1}'!r}. Open the file in a spreadsheet program, save it, and read that."
        )
    filled = sheet.fill_merged(header_line)
    if filled:
        yield f"cells that are merged over several rows stand in each of them: {filled:,} were filled."
    rows = sheet.rows
    hidden = sum(
        header_line < line <= len(rows) and any(filled_cells(rows[line - 1])) for line in sheet.hidden
    )
    if hidden and visible_rows and not _visible(sheet, header_line):
        all_are = "its only lead is" if hidden == 1 else f"all of its {hidden:,} leads are"
        raise InputError(
            f"{source.name}: sheet {sheet.name!r}: {all_are} hidden, and "
            f"{option('visible_rows', given=True)} leaves those out.",
            "Read it without that, or show the rows in a spreadsheet program and save it.",
        )
    if hidden and visible_rows:
        yield f"leads in hidden rows are left out: {hidden:,}."
    elif hidden:
        leads = hidden + _visible(sheet, header_line)
        yield (
            f"rows that are hidden, by a filter or by hand, are read too: {hidden:,} of {leads:,}; "
            f"leave them out with {option('visible_rows', given=True)}."
        )


def _visible(sheet: Sheet, header_line: int) -> int:
    """How many rows are filled and not hidden."""
    rows = enumerate(sheet.rows[header_line:], header_line + 1)
    return sum(any(filled_cells(row)) for line, row in rows if line not in sheet.hidden)


def _header(sheet: Sheet, choice: SheetChoice, most: int) -> tuple[int, Sequence[str]] | None:
    """Line and cells of the header; without one the line above the first row, and names by what columns hold.

    Of a header that is wider than what is taken, only so much is looked at.
    """
    if not choice.no_header:
        candidates = _candidates(sheet, choice.header_row)
        cut = (replace(line, cells=line.cells[: most + 1]) for line in candidates)
        found = first_header(cut, columns=choice.columns)
        return None if found is None else (found.place, found.cells)
    texts = [[_text(cell) for cell in row] for row in sheet.rows[:_SAMPLE_ROWS]]
    first = next((at for at, row in enumerate(texts) if any(cell.strip() for cell in row)), None)
    return None if first is None else (first, names_by_content(texts[first:]))


def _candidates(sheet: Sheet, header_row: int | None) -> Iterator[Line[int]]:
    """Rows that may be the header, with their lines; of headers that are merged over lines the last, filled."""
    spans = {first: last for first, last, _ in sheet.merged if last > first}
    above: dict[int, Any] = {}
    for line, row in enumerate(sheet.rows, 1):
        if header_row is not None and line != header_row:
            continue
        if header_row is None and line > PREAMBLE_LINES + 1:
            return
        cells = {at: cell for at, cell in enumerate(row) if cell not in {None, ""}}
        if header_row is None and line in spans and spans[line] <= PREAMBLE_LINES + 1:
            above = {
                at: row[at]
                for first, _, at in sheet.merged
                if first == line and at < len(row) and row[at] not in {None, ""}
            }
            if any(filled_cells(sheet.rows[line] if line < len(sheet.rows) else ())):
                continue
        cells, above = above | cells, {}
        if cells:
            texts = [_text(cells.get(at, "")) for at in range(max(cells) + 1)]
            yield Line(line, texts, partial(_below, sheet, line, len(texts)))


def _below(sheet: Sheet, line: int, width: int) -> list[list[str]]:
    """The first rows below a line that are not blank, cut to a width."""
    rows = sheet.rows[line : line + PREAMBLE_LINES]
    return [[_text(cell) for cell in row[:width]] for row in rows if any(filled_cells(row))]


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


def _filled_width(row: Sequence[Any]) -> int:
    """How many cells a row has down to the last one that says something."""
    width = len(row)
    while width and (row[width - 1] is None or row[width - 1] == ""):
        width -= 1
    return width


def _text(cell: Any) -> str:
    """A cell that is no text as one: whole numbers by their digits, dates in ISO 8601."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)
