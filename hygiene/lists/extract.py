"""Cells: where the entries stand in a list, one a line or in a table.

What a cell names is decided in `pieces`, which columns of a table count in `tables`.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask
from hygiene.lists.csv_rows import Grid, Record, cell
from hygiene.lists.row_states import RowStates
from hygiene.lists.tables import Table, csv_grids, find_table

__all__ = ["PLAIN", "UNSUBSCRIBED", "Cells", "Omitted", "Reading", "cells_of_grids", "find_cells"]

#: Layout of a list that is no table.
PLAIN = "one entry a line"

_Lines: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]

#: Cells looked at together: few enough that the texts made of them on the way need little memory.
_SLICE = 1 << 17
#: Octets that line breaks are looked for in together.
_BLOCK = 1 << 22

#: One to three words that may be a header: no address, domain or hash with something amiss, which have other
#: signs or are long and hex, and no top-level domain, most of which are short.
_HEADER = re.compile(r"(?![0-9a-fA-F]{16,}$)[^\W\d_][\w'-]{3,39}( [\w'-]{1,40}){0,2}")

#: How a snapshot begins; the rest of its first line says what it is, where it comes from and when.
_SNAPSHOT = b"# lead-hygiene snapshot: "
#: How one of leads that unsubscribed begins: all of its rows count, it may have none, and only addresses are entries.
UNSUBSCRIBED = f"{_SNAPSHOT.decode()}unsubscribed leads "


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a list is meant.

    Attributes:
        of_api: Whether it is a snapshot of what the API holds: every row counts, but those of clients other
            than `client`, and of each the first cell that is filled.
        client: The client whose entries are taken beside those of no client.
        all_rows: Whether rows count whose marks say that they may be written to.
        lead_domains: Whether a web address in the address column of a file of leads forbids its domain.
    """

    of_api: bool = False
    client: int | None = None
    all_rows: bool = False
    lead_domains: bool = False


@dataclass(frozen=True, slots=True)
class Omitted:
    """Rows of a table that are not taken.

    Attributes:
        uncounted: Rows whose marks say that they may be written to.
        blank: Rows whose cells with entries are blank, though others are filled.
        others: Rows of other clients.
        web: Cells of a file of leads that hold a web address.
        columns: The columns with entries, for people.
        marks: Headers of the columns whose marks let rows go.
        elsewhere: Headers of columns that hold an address here and there and are not read.
    """

    uncounted: int = 0
    blank: int = 0
    others: int = 0
    web: int = 0
    columns: str = ""
    marks: Sequence[str] = ()
    elsewhere: Sequence[str] = ()

    def __add__(self, other: "Omitted") -> "Omitted":
        """Both, of several tables of one list."""
        return Omitted(
            self.uncounted + other.uncounted,
            self.blank + other.blank,
            self.others + other.others,
            self.web + other.web,
            " and ".join(dict.fromkeys(filter(None, (self.columns, other.columns)))),
            tuple(dict.fromkeys((*self.marks, *other.marks))),
            tuple(dict.fromkeys((*self.elsewhere, *other.elsewhere))),
        )


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a list that should hold an entry.

    Attributes:
        line: Physical line of each, 1 being the first.
        cell: Their texts as they stand.
        layout: How the list is laid out, for people.
        comments: Whether a ``#`` begins a comment.
        headed: Whether a header was known, so that no cell can be one.
        of_leads: Whether they are those of a file that looks like leads.
        broken: Lines that are no CSV.
        unsubscribed: Whose unsubscribed leads the list is a snapshot of; empty for any other.
        instead: Line and text of cells that count where no other cell of their line holds an entry.
        omitted: Rows that are not among them.
    """

    line: _Lines
    cell: pa.Array = field(repr=False)
    layout: str
    comments: bool = False
    headed: bool = False
    of_leads: bool = False
    broken: tuple[int, ...] = ()
    unsubscribed: str = ""
    instead: tuple[_Lines, pa.Array] = field(
        default_factory=lambda: (np.zeros(0, np.int64), pa.array([], pa.large_string())), repr=False
    )
    omitted: Omitted = Omitted()

    def may_be_header(self) -> int | None:
        """Line of the first cells, where no header is known and they are words; None otherwise."""
        first = next(self.slices(), None)
        if self.headed or first is None or not len(first[0]):
            return None
        line, _, text = first
        own = text.filter(pa.array(line == line[0]))
        words = all(map(_HEADER.fullmatch, own.to_pylist()))
        once = pc.sum(pc.equal(text, own[0])).as_py() == 1  # what comes again is no header
        return int(line[0]) if words and once else None

    def slices(self) -> Iterator[tuple[_Lines, pa.Array, pa.Array]]:
        """Line, text as it stands and trimmed text of the cells that are not blank, some at a time."""
        for start in range(0, len(self.cell), _SLICE):
            given = self.cell.slice(start, _SLICE)
            if self.comments:
                given = pc.replace_substring_regex(given, r"(^|\s)#(?s:.)*$", "")
            text = pc.utf8_trim_whitespace(given)
            there = pc.not_equal(text, "")
            lines = self.line[start : start + _SLICE][mask(there)]
            yield lines, (text if self.layout == PLAIN else given).filter(there), text.filter(there)

    def beside(self, without: _Lines, /) -> tuple[_Lines, pa.Array]:
        """Line and trimmed text of the cells that count instead, in lines that are given."""
        line, given = self.instead
        chosen = np.isin(line, without)
        return line[chosen], pc.utf8_trim_whitespace(given.filter(pa.array(chosen)))


def find_cells(data: bytes, /, *, name: str, reading: Reading = Reading()) -> Cells:
    """The cells of a text that should hold an entry.

    Args:
        data: The whole list in UTF-8.
        name: What it is called in messages.
        reading: How it is meant.

    Raises:
        ListError: a quote is opened and not closed.
    """
    table = find_table(csv_grids(data, name=name))
    if table is None:
        return _one_a_line(data)
    found = _in_table(table, reading)
    unsubscribed = _whose_unsubscribed(data) if table.header and not reading.of_api else ""
    return replace(found, layout=_provenance(data) + found.layout, unsubscribed=unsubscribed)


def cells_of_grids(grids: Iterable[Grid], /, *, reading: Reading = Reading()) -> Cells | None:
    """The cells of a list that is a table and no text; None where it holds no entry."""
    table = find_table(grids)
    return None if table is None else _in_table(table, reading)


def _in_table(table: Table, reading: Reading) -> Cells:
    rows = _Rows(table, reading)
    for block in table.blocks():
        rows.add(block)
    return rows.cells()


class _Rows:
    """What is gathered of the records of a table."""

    def __init__(self, table: Table, reading: Reading) -> None:
        self._table, self._reading = table, reading
        self._states = RowStates(table.header, () if reading.of_api or reading.all_rows else table.marks)
        self._owner = table.position("client_id") if reading.of_api else None
        self._rest = [at for at in range(table.width) if at not in table.entries]
        self._elsewhere: dict[int, None] = {}
        self._broken: list[int] = []
        # of the cells that count, and of those that count instead
        self._row: tuple[list[int], list[int]] = ([], [])
        self._line: tuple[list[int], list[int]] = ([], [])
        self._cell: tuple[list[str], list[str]] = ([], [])
        self._blank: list[int] = []
        self._web: list[int] = []
        self._rows = self._others = 0

    def add(self, block: Sequence[Record]) -> None:
        """Take the cells of records."""
        whole = [record for record in block if record[1]]
        self._broken += [line for line, fields in block if not fields]
        columns = list(itertools.zip_longest(*(fields for _, fields in whole), fillvalue=""))
        self._states.add(columns, len(whole))
        self._elsewhere |= {
            at: None for at in self._rest if at < len(columns) and "@" in "".join(columns[at])
        }
        for line, fields in whole:
            self._take(line, fields)
            self._rows += 1

    def _take(self, line: int, fields: list[str]) -> None:
        if self._owner is not None and _is_of_other(cell(fields, self._owner), self._reading.client):
            self._others += 1
            return
        choice = self._table.choice
        first = [fields[at] for at in choice.columns if at < len(fields) and fields[at].strip()]
        other = [fields[at] for at in choice.instead if at < len(fields) and fields[at].strip()]
        sites = [fields[at] for at in choice.web if at < len(fields) and fields[at].strip()]
        if sites and self._reading.lead_domains:
            other += sites
        elif sites and not first and not other:
            self._web.append(self._rows)
        if self._reading.of_api:
            first, other = (first + other)[:1], []
        else:
            first += [text for text in fields[self._table.width :] if "@" in text]
        if not first and not other and any(map(str.strip, fields)):
            self._blank.append(self._rows)
        for kind, cells in enumerate((first, other)):
            self._cell[kind].extend(cells)
            self._line[kind].extend([line] * len(cells))
            self._row[kind].extend([self._rows] * len(cells))

    def cells(self) -> Cells:
        """All that was taken, less the rows whose marks let them go."""
        table = self._table
        gone, marks = self._states.let_go(self._rows)
        kept = [~gone[np.array(rows, dtype=np.int64)] for rows in self._row]
        lines = [
            np.array(line, dtype=np.int64)[chosen] for line, chosen in zip(self._line, kept, strict=True)
        ]
        cells = [
            pa.array(texts, pa.large_string()).filter(pa.array(chosen))
            for texts, chosen in zip(self._cell, kept, strict=True)
        ]
        omitted = Omitted(
            uncounted=int(gone.sum()),
            blank=len(self._blank) - int(gone[self._blank].sum()),
            others=self._others,
            web=len(self._web) - int(gone[self._web].sum()),
            columns=table.named,
            marks=marks,
            elsewhere=[table.header[at] for at in self._elsewhere] if table.header else (),
        )
        return Cells(
            lines[0],
            cells[0],
            table.layout,
            headed=bool(table.header),
            of_leads=table.choice.of_leads,
            broken=tuple(self._broken),
            instead=(lines[1], cells[1]),
            omitted=omitted,
        )


def _is_of_other(owner: str, client: int | None) -> bool:
    # pandas writes a column of whole numbers that has gaps with a ".0"
    return owner != "" and re.sub(r"^([0-9]+)\.0+$", r"\1", owner.lower()) not in (
        "null",
        "none",
        str(client),
    )


def _whose_unsubscribed(data: bytes) -> str:
    """Whose unsubscribed leads a list is a snapshot of; empty for any other."""
    start = UNSUBSCRIBED.encode()
    if not data.startswith(start):
        return ""
    return data[len(start) :].partition(b"\n")[0].decode("utf-8", "replace").strip()


def _provenance(data: bytes) -> str:
    if not data.startswith(_SNAPSHOT):
        return ""
    line = data[len(_SNAPSHOT) : len(_SNAPSHOT) + 500].partition(b"\n")[0]
    return f"snapshot of {line.decode('utf-8', 'replace').strip()}, "


def _one_a_line(data: bytes) -> Cells:
    """The lines as one array over the bytes themselves, line breaks included."""
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    octets = np.frombuffer(data, dtype=np.uint8)
    ends = [
        np.flatnonzero(octets[start : start + _BLOCK] == ord("\n")) + start + 1
        for start in range(0, len(data), _BLOCK)
    ]
    offsets = np.concatenate([np.zeros(1, np.int64), *ends, np.full(1, len(data), np.int64)])
    lines = pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data))
    # an address may hold the sign itself, so that only one after a space begins a comment
    return Cells(np.arange(1, len(offsets)), lines, PLAIN, comments=b"#" in data)
