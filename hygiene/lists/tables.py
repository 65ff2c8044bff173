"""Tables: a list that is CSV, which of its columns hold the entries, and which of its rows count.

The columns are found by `column_choice`, or by what their cells hold. What a cell names is decided in `entries`,
what marks a row in `columns.opt_outs`.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Mask, mask
from hygiene.columns.opt_outs import FALSE, TRUE, is_flag, is_status, marked
from hygiene.lists.column_choice import Choice, as_leads, by_header, normalised
from hygiene.lists.csv_rows import Record, cell, read_records
from hygiene.lists.entries import KINDS, judge
from hygiene.lists.messages import listed

__all__ = ["Table", "find_table"]

#: Octets and records that the choice of columns looks at.
_TOP, _SAMPLE = 1 << 16, 1000
#: Records that are looked at together.
_BLOCK = 1 << 11


@dataclass(frozen=True, slots=True)
class Table:
    """A list that is CSV.

    Attributes:
        above: Lines above the first record.
        delimiter: Between its cells.
        header: Its header; empty where it has none.
        columns: Positions of the cells with entries.
        flags: Positions of the opt-out columns that say which rows count; none where all do.
        layout: All this for people.
        every: Whether all columns with entries count; of each record the first that is filled otherwise.
    """

    above: int
    delimiter: str
    header: Sequence[str]
    columns: Sequence[int]
    flags: Sequence[int]
    layout: str
    every: bool = False

    def position(self, name: str) -> int | None:
        """Position of a column by its normalised name; None where there is no such column."""
        names = normalised(self.header)
        return names.index(name) if name in names else None

    def blocks(self, data: bytes, /, *, name: str) -> Iterator[list[Record]]:
        """The records below the header, some at a time.

        Raises:
            ListError: a quote is opened and not closed.
        """
        rows = read_records(data, self.delimiter, above=self.above, name=name)
        below = itertools.islice(rows, 1 if self.header else 0, None)
        while block := list(itertools.islice(below, _BLOCK)):
            yield block

    def counts(self, block: Sequence[Record], /) -> Mask:
        """Whether each record counts: no true/false column says which do, or an opt-out column marks it."""
        found = np.full(len(block), not self.flags)
        for flag in self.flags:
            cells = pa.array([cell(fields, flag) for _, fields in block], pa.large_string())
            found |= marked(self.header[flag], cells)
        return found

    def entries(self, fields: Sequence[str], /) -> list[str]:
        """The cells of a record that hold its entries, as they stand."""
        filled = [fields[at] for at in self.columns if at < len(fields) and fields[at].strip()]
        return filled if self.every else filled[:1]

    @property
    def named(self) -> str:
        """The columns with entries, for people."""
        told = _shown(self.header, self.columns, "and")
        return told if self.header else f"column{'s'[: len(self.columns) - 1]} {told}"


@dataclass(frozen=True, slots=True)
class _Top:
    """The first records of a list."""

    above: int
    delimiter: str
    header: list[str]
    body: list[list[str]]

    def table(self, choice: Choice) -> Table:
        """The table whose entries stand in the chosen columns."""
        told = _shown(self.header, choice.columns, "and")
        several = len(choice.columns) > 1
        columns = f"columns {told}, of each row the first that is filled" if several else f"column {told}"
        flags, rows = self._flags(choice.columns)
        layout = f"a lead file, its {columns}" if choice.of_leads else f"CSV, {columns}"
        return Table(self.above, self.delimiter, self.header, choice.columns, flags, layout + rows)

    def _flags(self, entries: Sequence[int]) -> tuple[list[int], str]:
        """The opt-out columns, where one of them is true or false, and which rows they let count."""
        found = [
            at
            for at, text in enumerate(self.header)
            if at not in entries and (is_flag(text) or is_status(text))
        ]
        booleans = [at for at in found if is_flag(self.header[at]) and self._is_boolean(at)]
        if not booleans:
            return [], ""
        others = [at for at in found if at not in booleans]
        marks = f", or with a mark in {_shown(self.header, others, 'or')}" if others else ""
        return found, f", rows with true in {_shown(self.header, booleans, 'or')}{marks}"

    def _is_boolean(self, at: int) -> bool:
        words = {cell(row, at).casefold() for row in self.body}
        return words <= TRUE | FALSE | {""} and bool(words & (TRUE | FALSE))

    def by_content(self) -> Table | None:
        """The table, where its cells say which columns mostly hold entries."""
        columns = _columns_by_content([self.header, *self.body], len(self.header))
        if not columns:
            return None
        told = f"columns {_shown([], columns, 'and')} by what they hold"
        if len(columns) == 1:
            told = f"column {columns[0] + 1} by what it holds"
        layout = f"CSV without a header that is known, {told}"
        return Table(self.above, self.delimiter, [], columns, [], layout, every=True)


def find_table(data: bytes, /, *, name: str) -> Table | None:
    """How a list that is CSV is laid out; None for one entry a line.

    Raises:
        ListError: a quote is opened and not closed, or several columns have an equal claim to the address.
    """
    top = [line.strip() for line in data[:_TOP].decode("utf-8", "replace").splitlines()]
    above = next((at for at, line in enumerate(top) if line and not line.startswith("#")), None)
    if above is None:
        return None
    for delimiter in (",", ";", "\t", "|"):
        if delimiter not in top[above] and delimiter != ",":
            continue
        rows = list(itertools.islice(read_records(data, delimiter, above=above, name=name), _SAMPLE))
        found = _Top(above, delimiter, rows[0][1], [fields for _, fields in rows[1:] if fields])
        choice = by_header(found.header, found.body, name=name)
        if choice is None and len(found.header) > 1 and not any("@" in text for text in found.header):
            choice = as_leads(found.header, found.body, name=name)
        if choice is not None:
            return found.table(choice)
        if len(found.header) > 1:
            return found.by_content()
    return None


def _shown(header: Sequence[str], columns: Sequence[int], word: str) -> str:
    """Columns by their headers, or by their numbers where there is no header."""
    return listed([repr(header[at]) if header else str(at + 1) for at in columns], word)


def _columns_by_content(rows: list[list[str]], width: int) -> list[int]:
    """Every column that mostly holds addresses, else the first that mostly holds hashes or domains."""
    cells = pa.array([cell(row, at) for at in range(width) for row in rows], pa.large_string())
    kinds = judge(cells, hashes=True).kind.reshape(width, len(rows))
    filled = mask(pc.not_equal(cells, "")).reshape(width, len(rows)).sum(axis=1)
    for wanted in ([KINDS.index("address")], list(range(2, len(KINDS))), [KINDS.index("domain")]):
        held = np.isin(kinds, wanted).sum(axis=1)
        columns = [at for at in range(width) if held[at] and 2 * held[at] >= filled[at]]
        if columns:
            return columns if wanted == [0] else columns[:1]
    return []
