"""Lines of delimited text: where they start and end, and which of them are rows for certain.

Line ends, delimiters and quotes are found with NumPy, in all of the text at once. A line is certain when its
quotes open at the start of a cell, close at its end, and it has as many cells as the header.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from hygiene.io.readers.csv_grid import Grid

__all__ = ["Flags", "Lines", "Places", "count_breaks", "find_lines"]

Places: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
Flags: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]

_LF, _CR, _QUOTE, _BACKSLASH = b'\n\r"\\'
_SPACE, _ASCII_END = 0x20, 0x80


@dataclass(slots=True)
class Lines:
    """The whole lines of a text.

    Attributes:
        starts: Where each starts.
        ends: Where its end stands.
        odd: Whether it is no row for certain.
        missing: How many cells it lacks, less than 0 where it has too many; 0 where its quotes are in doubt.
    """

    starts: Places
    ends: Places
    odd: Flags
    missing: Places

    @property
    def longest(self) -> int:
        """Octets of the longest."""
        return int((self.ends - self.starts).max()) if len(self.ends) else 0


def find_lines(data: bytes, grid: Grid, /, *, final: bool) -> Lines:
    """The whole lines of a text; its end is one where it is `final`."""
    text = np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8)
    breaks = _breaks(data, text, final=final)
    marks = np.flatnonzero(breaks | (text == grid.delimiter[0]))
    is_end = np.flatnonzero(breaks[marks])
    ends = marks[is_end]
    if final and data and (not len(ends) or ends[-1] != len(data) - 1):
        ends = np.append(ends, len(data))
        marks, is_end = np.append(marks, len(data)), np.append(is_end, len(marks))
    if not len(ends):
        return Lines(ends, ends, np.zeros(0, dtype=bool), ends)
    starts = np.concatenate([[0], ends[:-1] + 1])
    cells = np.diff(is_end, prepend=-1)
    doubtful = np.zeros(len(ends), dtype=bool)
    if b'"' in data:
        doubtful = _weigh_quotes(text, grid.delimiter[0], _Marks(starts, ends, marks, is_end), cells)
    if grid.dialect.escaped:
        doubtful[np.searchsorted(ends, _escapes(text, grid.delimiter[0], ends))] = True
    width = len(grid.header)
    odd = doubtful | (cells != width)
    if width == 1:
        # Without a delimiter a line of nothing but white space, of which Unicode has more kinds, is no row.
        first = text[np.minimum(starts, len(data) - 1)]
        odd |= (first <= _SPACE) | (first >= _ASCII_END)
    if data.startswith(b"\xef\xbb\xbf"):
        odd[0] = True  # Arrow would take it for a mark of the file
    return Lines(starts, ends, odd, np.where(doubtful | (width == 1), 0, width - cells))


def count_breaks(text: bytes, /) -> int:
    """How many lines end in a text."""
    return text.count(b"\n") + text.count(b"\r") - text.count(b"\r\n")


def _breaks(data: bytes, text: Any, *, final: bool) -> Flags:
    """The octets that end a line."""
    breaks: Flags = text == _LF
    if b"\r" in data:
        bare = text == _CR
        bare[:-1] &= text[1:] != _LF
        bare[-1] &= final  # a line feed may follow it
        breaks |= bare
    return breaks


def _escapes(text: Any, delimiter: int, ends: Places) -> Places:
    """The backslashes before what else would end a cell or line, as far as whole lines go."""
    slashes = np.flatnonzero(text == _BACKSLASH)
    after = text[np.minimum(slashes + 1, len(text) - 1)]
    found: Places = slashes[np.isin(after, [_LF, _CR, _QUOTE, delimiter]) & (slashes < ends[-1])]
    return found


@dataclass(slots=True)
class _Marks:
    """Where lines start and end, every delimiter and end, and which of these are ends."""

    starts: Places
    ends: Places
    marks: Places
    is_end: Places


def _weigh_quotes(text: Any, delimiter: int, at: _Marks, cells: Places) -> Flags:
    """Lines with a quote out of place or open; elsewhere, delimiters in quotes are taken off `cells`."""
    bad = np.zeros(len(at.ends), dtype=bool)
    quotes = np.flatnonzero(text == _QUOTE)
    quotes = quotes[quotes < at.ends[-1]]
    if not len(quotes):
        return bad
    line = np.searchsorted(at.ends, quotes)
    lines, first, count = np.unique(line, return_index=True, return_counts=True)
    opens = (np.arange(len(quotes)) - np.repeat(first, count)) % 2 == 0
    before = text[quotes - 1]  # of the first octet the last; it starts a line, so that does not matter
    after = text[np.minimum(quotes + 1, len(text) - 1)]
    # A quote that opens right after one that closes is the second of a doubled quote.
    starts_cell = (quotes == at.starts[line]) | (before == delimiter) | (before == _QUOTE)
    ends_cell = (after == delimiter) | (after == _LF) | (after == _CR) | (after == _QUOTE)
    bad[line[~np.where(opens, starts_cell, ends_cell)]] = True
    bad[lines[count % 2 == 1]] = True
    _take_off(quotes, lines, at, cells)
    return bad


def _take_off(quotes: Places, lines: Places, at: _Marks, cells: Places) -> None:
    """Lower the number of cells of some lines by the delimiters that stand in quotes."""
    counts = cells[lines]
    last = np.cumsum(counts)
    first = last - counts
    which = np.arange(int(counts.sum())) + np.repeat(at.is_end[lines] - counts + 1 - first, counts)
    seen = np.searchsorted(quotes, at.marks[which])
    # Lines between those have no quotes, so what was seen by the end of one is what the next starts with.
    at_start = np.concatenate([[0], seen[last - 1][:-1]])
    inside = (seen - np.repeat(at_start, counts)) % 2
    cells[lines] -= np.add.reduceat(inside, first)
