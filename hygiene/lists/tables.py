"""Tables: where the header of a list stands, and which of its columns and rows count.

The columns are chosen in `column_choice`, the rows in `row_states`. What a cell names is decided in `pieces`.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from hygiene.errors import ListError
from hygiene.lists.column_choice import Choice, by_content, by_header, normalised
from hygiene.lists.csv_rows import Grid, Record, cell, csv_grid
from hygiene.lists.entries import judge
from hygiene.lists.messages import listed
from hygiene.lists.row_states import mark_columns

__all__ = ["Table", "csv_grids", "find_table"]

#: Octets and records that the choice of columns looks at.
_TOP, _SAMPLE = 1 << 16, 1000
#: Records that are looked at together.
_BLOCK = 1 << 11
#: Records above the header that are looked through for it: exports put a title or notes there.
_PREAMBLE = 15
_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Table:
    """A list that is a table.

    Attributes:
        grid: Its records.
        top: Records above those with entries, the header included.
        header: Its header; empty where it has none.
        width: Cells of its records.
        choice: The columns with entries.
        marks: Positions of the columns that say who may be written to and who not.
        layout: All this for people.
    """

    grid: Grid
    top: int
    header: Sequence[str]
    width: int
    choice: Choice
    marks: Sequence[int]
    layout: str

    @classmethod
    def of(cls, grid: Grid, top: int, header: Sequence[str], choice: Choice, *, width: int = 0) -> "Table":
        """The table whose entries stand in the chosen columns."""
        entries = (*choice.columns, *choice.instead)
        what = "a lead file, its " if choice.of_leads else f"{grid.kind}, "
        if not header:
            what = f"{grid.kind} without a header that is known, "
        layout = what + _named(header, choice.columns) + (" by what it holds" if not header else "")
        if len(choice.columns) > 1 and not header:
            layout = layout.removesuffix("it holds") + "they hold"
        if choice.instead:
            layout += f" or else {_shown(header, choice.instead, 'or')}"
        return cls(grid, top, header, width or len(header), choice, mark_columns(header, entries), layout)

    def position(self, name: str) -> int | None:
        """Position of a column by its normalised name; None where there is no such column."""
        names = normalised(self.header)
        return names.index(name) if name in names else None

    def blocks(self) -> Iterator[list[Record]]:
        """The records below the header, some at a time.

        Raises:
            ListError: a quote is opened and not closed.
        """
        below = itertools.islice(self.grid.records(), self.top, None)
        while block := list(itertools.islice(below, _BLOCK)):
            yield block

    @property
    def header_line(self) -> int:
        """Line of the header; 0 where there is none."""
        records = itertools.islice(self.grid.records(), self.top)
        return max((line for line, _ in records), default=0)

    @property
    def entries(self) -> Sequence[int]:
        """Positions of all columns with entries."""
        return (*self.choice.columns, *self.choice.instead)

    @property
    def named(self) -> str:
        """The columns with entries, for people."""
        told = _shown(self.header, self.entries, "and")
        return told if self.header else f"column{'s'[: len(self.entries) - 1]} {told}"


def csv_grids(data: bytes, /, *, name: str) -> Iterator[Grid]:
    """The ways in which a text may be CSV, the likeliest first."""
    top = [line.strip() for line in data[:_TOP].decode("utf-8", "replace").splitlines()]
    above = next((at for at, line in enumerate(top) if line and not line.startswith("#")), None)
    if above is None:
        return
    text = "\n".join(top[above : above + _PREAMBLE])
    for delimiter in sorted(_DELIMITERS, key=text.count, reverse=True):
        if delimiter == "," or delimiter in text:
            yield csv_grid(data, delimiter, above=above, name=name)


def find_table(grids: Iterable[Grid], /) -> Table | None:
    """How a list is laid out, by the first of the grids that is a table; None for one entry a line.

    Raises:
        ListError: a quote is opened and not closed.
    """
    tops, refused = [], None
    for grid in grids:
        try:
            tops.append((grid, list(itertools.islice(grid.records(), _SAMPLE))))
        except ListError as error:  # a quote may only seem to open where another sign divides the cells
            refused = refused or error
    for find in (_headed, _headless):
        for grid, rows in tops:
            if rows and (table := find(grid, [fields for _, fields in rows])) is not None:
                return table
    if refused is not None:
        raise refused
    return None


def _headed(grid: Grid, rows: Sequence[list[str]]) -> Table | None:
    """The table below the first record that is a header with words that are known."""
    for top, header in enumerate(rows[:_PREAMBLE]):
        body = [fields for fields in rows[top + 1 :] if fields]
        choice = by_header(header, body) if header else None
        if choice is not None:
            return Table.of(grid, top + 1, header, choice)
        if _holds_entry(header):
            return None
    return None


def _holds_entry(fields: Sequence[str]) -> bool:
    """Whether a record is one of entries already."""
    cells = pa.array([text.strip() for text in fields], pa.large_string())
    return any("@" in text for text in fields) or bool((judge(cells, hashes=True).kind >= 0).any())


def _headless(grid: Grid, rows: Sequence[list[str]]) -> Table | None:
    """The table, where its cells say which columns mostly hold entries; a first record of other words is its header."""
    body = [fields for fields in rows if fields]
    width = max(map(len, body), default=0)
    if grid.by_lines and (width < 2 or any(len(fields) != width for fields in rows)):
        return None  # of lines that are no rows, each gives all it holds
    choice = by_content(body, width)
    if choice is None:
        return None
    first, others = rows[0], by_content(body[1:], width)
    if others == choice and len(body) > 1 and not by_content(body[:1], width) and _are_words(first, choice):
        return Table.of(grid, 1, first, choice)
    return Table.of(grid, 0, [], choice, width=width)


def _are_words(fields: Sequence[str], choice: Choice) -> bool:
    """Whether a record is likely a header: every cell is filled, where entries stand with words."""
    return all(text.strip() for text in fields) and all(
        any(letter.isalpha() for letter in cell(fields, at)) for at in choice.columns
    )


def _named(header: Sequence[str], columns: Sequence[int]) -> str:
    return f"column{'s'[: len(columns) - 1]} {_shown(header, columns, 'and')}"


def _shown(header: Sequence[str], columns: Sequence[int], word: str) -> str:
    """Columns by their headers, or by their numbers where there is no header."""
    return listed([repr(cell(header, at)) if header else str(at + 1) for at in columns], word)
