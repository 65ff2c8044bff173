"""Cells: where the entries stand in the text of a list, one a line or in a table.

What a cell names is decided in `entries`, which columns of a table count in `table`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.blocklist.table import Table, find_table
from hygiene.text import mask

__all__ = ["PLAIN", "Cells", "find_cells"]

#: Layout of a list that is no table.
PLAIN = "one entry a line"

_Lines: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]

#: Cells looked at together: few enough that the texts made of them on the way need little memory.
_SLICE = 1 << 17
#: Octets that line breaks are looked for in together.
_BLOCK = 1 << 22

#: How a snapshot begins; the rest of its first line says what it is, where it comes from and when.
_SNAPSHOT = b"# lead-hygiene snapshot: "


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a list that should hold an entry.

    Attributes:
        line: Physical line of each, 1 being the first.
        cell: Their texts as they stand.
        layout: How the list is laid out, for people.
        comments: Whether a ``#`` begins a comment.
        broken: Lines that are no CSV.
        uncounted: Rows that are not taken, as every true/false column says false.
        others: Rows of other clients.
    """

    line: _Lines
    cell: pa.Array = field(repr=False)
    layout: str
    comments: bool = False
    broken: tuple[int, ...] = ()
    uncounted: int = 0
    others: int = 0

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
    taken, lines, broken, uncounted, others = [], [], [], 0, 0
    owner = table.position("client_id") if of_api else None
    for line, fields in table.records(data, name=name):
        if not fields:
            broken.append(line)
        elif owner is not None and _is_of_other(fields, owner, client):
            others += 1
        elif not of_api and not table.counts(fields):
            uncounted += 1
        else:
            cells = [fields[at] for at in table.columns if at < len(fields)]
            taken += cells
            lines += [line] * len(cells)
    return Cells(
        np.array(lines, dtype=np.int64),
        pa.array(taken, pa.large_string()),
        _provenance(data) + table.layout,
        broken=tuple(broken),
        uncounted=uncounted,
        others=others,
    )


def _is_of_other(fields: list[str], owner: int, client: int | None) -> bool:
    found = fields[owner].strip() if owner < len(fields) else ""
    return found.lower() not in ("", "null", "none", str(client))


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
