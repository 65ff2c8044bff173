"""Cells: where the entries stand in the text of a list, one a line or in a table.

What a cell names is decided in `entries`, which columns of a table count in `tables`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask
from hygiene.lists.csv_rows import cell
from hygiene.lists.tables import Table, find_table

__all__ = ["PLAIN", "UNSUBSCRIBED", "Cells", "Omitted", "find_cells"]

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


@dataclass(frozen=True, slots=True)
class Omitted:
    """Rows of a table that are not taken.

    Attributes:
        uncounted: Rows that no opt-out column marks, where a true/false column says which count.
        blank: Rows whose cells with entries are blank, though others are filled.
        others: Rows of other clients.
        columns: The columns with entries, for people.
    """

    uncounted: int = 0
    blank: int = 0
    others: int = 0
    columns: str = ""


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a list that should hold an entry.

    Attributes:
        line: Physical line of each, 1 being the first.
        cell: Their texts as they stand.
        layout: How the list is laid out, for people.
        comments: Whether a ``#`` begins a comment.
        headed: Whether a header was known, so that no cell can be one.
        broken: Lines that are no CSV.
        omitted: Rows that are not among them.
    """

    line: _Lines
    cell: pa.Array = field(repr=False)
    layout: str
    comments: bool = False
    headed: bool = False
    broken: tuple[int, ...] = ()
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


def find_cells(data: bytes, /, *, name: str, of_api: bool = False, client: int | None = None) -> Cells:
    """The cells of a list that should hold an entry.

    Args:
        data: The whole list in UTF-8.
        name: What it is called in messages.
        of_api: Whether it is a snapshot of what the API holds: every row counts, but those of clients
            other than `client`.
        client: The client whose entries are taken beside those of no client.

    Raises:
        ListError: a quote is opened and not closed, or several columns may be meant.
    """
    table = find_table(data, name=name)
    if table is None:
        return _one_a_line(data)
    return _in_table(data, table, name, of_api=of_api, client=client)


def _in_table(data: bytes, table: Table, name: str, *, of_api: bool, client: int | None) -> Cells:
    rows = _Rows(table, client, table.position("client_id") if of_api else None)
    for block in table.blocks(data, name=name):
        counts = np.ones(len(block), dtype=bool) if of_api else table.counts(block)
        for (line, fields), counted in zip(block, counts.tolist(), strict=True):
            if fields:
                rows.take(line, fields, counted=counted)
            else:
                rows.broken.append(line)
    return Cells(
        np.array(rows.lines, dtype=np.int64),
        pa.array(rows.cells, pa.large_string()),
        _provenance(data) + table.layout,
        headed=bool(table.header),
        broken=tuple(rows.broken),
        omitted=Omitted(**rows.omitted, columns=table.named),
    )


@dataclass(slots=True)
class _Rows:
    """What is gathered of the records of a table; `owner` is the position of the client where that counts."""

    table: Table
    client: int | None
    owner: int | None
    lines: list[int] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    omitted: Counter[str] = field(default_factory=Counter)

    def take(self, line: int, fields: list[str], *, counted: bool) -> None:
        """Take the entries of a record, or count it among those that are omitted."""
        if self.owner is not None and _is_of_other(cell(fields, self.owner), self.client):
            self.omitted["others"] += 1
        elif counted and (entries := self.table.entries(fields)):
            self.cells += entries
            self.lines += [line] * len(entries)
        elif any(map(str.strip, fields)):
            self.omitted["blank" if counted else "uncounted"] += 1


def _is_of_other(owner: str, client: int | None) -> bool:
    # pandas writes a column of whole numbers that has gaps with a ".0"
    return owner != "" and re.sub(r"^([0-9]+)\.0+$", r"\1", owner.lower()) not in (
        "null",
        "none",
        str(client),
    )


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
