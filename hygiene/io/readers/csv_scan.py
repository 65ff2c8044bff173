"""Scan: delimited text cut into rows, all at once where that is certain.

Line ends, delimiters and quotes are found with NumPy. A line is certain when its quotes open at the start
of a cell, close at its end, and it has as many cells as the header; runs of certain lines go to Arrow's
CSV reader as they are. Every other line is read by `csv_record`, and put back in its place as a record that
is certain, or as a blank one. So no row is lost, and each keeps its line.
"""

import itertools
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from hygiene.errors import InputError, option
from hygiene.io.readers.batch import Batch
from hygiene.io.readers.csv_dialect import Dialect, without_formulas, without_nulls
from hygiene.io.readers.csv_record import Record, read_record
from hygiene.io.readers.encoding import Text, UnreadableError
from hygiene.io.readers.header_row import fit
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.sources import BLOCK, Digest

__all__ = ["Grid", "Seen", "scan"]

_LF, _CR, _QUOTE = b'\n\r"'
_SPACE, _ASCII_END = 0x20, 0x80

#: Bytes of UTF-8 that a character takes at most.
_WIDEST = 4

#: Bytes that are read record by record sooner than Arrow's reader starts, which takes 0.2 ms (observed with 26.0).
_SMALL = 1 << 11

#: Bytes that Arrow hands to one thread.
_ARROW_BLOCK = 1 << 20

#: Longest record, in bytes, whatever the limits: what is longer is no table.
_RECORD_BYTES = 64 << 20

#: Where columns are put. Arrow's own allocator asks the system for fresh pages far more often, which on some
#: runs took as long as the reading itself.
_POOL = pa.system_memory_pool()

_Places: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
_Flags: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Grid:
    """How the rows of a text are laid out.

    Attributes:
        delimiter: One ASCII character.
        header: The header's cells, those of columns that are dropped included.
        offset: Bytes of UTF-8 above the first row.
        line: Line of the first row.
        dialect: What programs that write no plain CSV do to rows and cells.
        without: How many columns at the left and at the right are dropped.
    """

    delimiter: bytes
    header: list[str]
    offset: int
    line: int
    dialect: Dialect = field(default_factory=Dialect)
    without: tuple[int, int] = (0, 0)

    @property
    def kept(self) -> slice:
        """The columns that are kept."""
        first, last = self.without
        return slice(first, len(self.header) - last)


@dataclass(slots=True)
class Seen:
    """What was met while a text was read, for its notes.

    Attributes:
        short: Rows whose last cells are missing.
        unfilled: Lines of delimiters alone below the last filled row.
        nulls: Cells of a database's sign for nothing.
        formulas: Cells that were wrapped as a formula.
    """

    short: int = 0
    unfilled: int = 0
    nulls: int = 0
    formulas: int = 0


def scan(
    text: Text,
    grid: Grid,
    limits: Limits,
    digest: Digest | None = None,
    /,
    *,
    size: int = BLOCK,
    exact: bool = False,
    seen: Seen | None = None,
) -> Iterator[Batch]:
    """The rows of a text in their order; blank lines, and lines of delimiters below the last filled one, are no rows.

    Args:
        text: The text.
        grid: How it is laid out.
        limits: What is refused.
        digest: What the file's bytes go through.
        size: Bytes read at a time.
        exact: Read every record the slow way, to hold the two against each other.
        seen: Counts what is met.

    Raises:
        InputError: a quote is not closed, a byte is no text, or a limit is passed.
    """
    seen = Seen() if seen is None else seen
    pieces = _pieces(text, grid, limits, digest, size=size, exact=exact, seen=seen)
    return _without_unfilled_end(_batches(pieces), seen)


def _batches(pieces: Iterator["_Piece"]) -> Iterator[Batch]:
    filled = (piece for piece in pieces if piece.rows)
    first = list(itertools.islice(filled, 2))
    if len(first) < 2:  # a thread takes longer to start than a small file to read
        yield from (piece.batch() for piece in first)
        return
    # While one thread makes columns of a piece, this one cuts the next.
    with ThreadPoolExecutor(1) as pool:
        waiting: Future[Batch] | None = None
        for piece in itertools.chain(first, filled):
            ahead = pool.submit(piece.batch)
            if waiting is not None:
                yield waiting.result()
            waiting = ahead
        if waiting is not None:
            yield waiting.result()


def _without_unfilled_end(batches: Iterator[Batch], seen: Seen) -> Iterator[Batch]:
    """The batches as far as the last row that is filled."""
    held: list[Batch] = []
    for batch in batches:
        filled = _filled_rows(batch)
        if filled:
            yield from held
            held = []
            yield batch if filled == len(batch) else batch.cut(0, filled)
        if filled < len(batch):
            held.append(batch.cut(filled, len(batch) - filled))
    seen.unfilled += sum(map(len, held))


def _filled_rows(batch: Batch) -> int:
    """How many rows there are down to the last one that is filled."""
    rows = len(batch)
    while rows and rows - 1 not in batch.malformed:
        if any(column[rows - 1].as_py().strip() for column in batch.columns):
            break
        rows -= 1
    return rows


def _pieces(
    text: Text, grid: Grid, limits: Limits, digest: Digest | None, *, size: int, exact: bool, seen: Seen
) -> Iterator["_Piece"]:
    """The text below the header, cut into whole records."""
    skip, rest, line = grid.offset, b"", grid.line
    blocks = text.blocks(digest, size=size)
    above = 1
    while True:
        try:
            block = next(blocks, None)
        except UnreadableError as error:
            # Above the first row nothing is cut, so that lines are counted from the top of the text.
            ahead = above + _breaks(error.before) if skip else line + _breaks(rest + error.before)
            raise error.on_line(text.source.name, ahead) from None
        if block is not None and skip:
            above += _breaks(block[:skip])
            block, skip = block[skip:], max(0, skip - len(block))
        data = grid.dialect.plain_rows(rest + (block or b""), grid.delimiter)
        piece = _Piece(data, line, grid, limits, text.source.name, final=block is None, seen=seen)
        piece.cut(exact=exact)
        yield piece
        if block is None:
            return
        rest, line = piece.data[piece.stop :], line + piece.lines_used


def _breaks(text: bytes) -> int:
    """How many lines end in a text."""
    return text.count(b"\n") + text.count(b"\r") - text.count(b"\r\n")


@dataclass(slots=True)
class _Piece:
    """Some of a text: whole records, as far as `stop`, and the beginning of another."""

    data: bytes
    line: int
    grid: Grid
    limits: Limits
    name: str
    final: bool
    seen: Seen
    stop: int = 0
    lines_used: int = 0
    malformed: dict[int, str] = field(default_factory=dict)
    _parts: list[bytes] = field(default_factory=list)
    _is_row: _Flags = field(default_factory=lambda: np.zeros(0, dtype=bool))
    _broken_cells: bool = False
    _longest: int = 0

    @property
    def rows(self) -> int:
        return int(self._is_row.sum())

    def cut(self, *, exact: bool) -> None:
        """Find the records, and read the odd ones."""
        starts, ends, odd, missing = self._lines()
        if exact:
            odd[:], missing[:] = True, 0
        self._is_row = np.ones(len(ends), dtype=bool)
        self.stop = int(ends[-1]) + 1 if len(ends) else 0
        copied, line = 0, 0
        for place in np.flatnonzero(odd).tolist():
            if place < line:
                continue
            start = int(starts[place])
            self._parts.append(self.data[copied:start])
            if missing[place] > 0 and (short := self.data[start : ends[place]].rstrip(b"\r")).strip():
                self._parts.append(short + missing[place] * self.grid.delimiter + b"\n")
                self.seen.short += 1
                copied = min(int(ends[place]) + 1, len(self.data))
                continue
            record = read_record(self.data, start, self.grid.delimiter, final=self.final)
            if record.stop is None or record.opened is not None:
                self._refuse_open(record, start, place)
                self._is_row, self.stop = self._is_row[:place], start
                copied = start
                break
            line = place + 1 if record.stop <= ends[place] + 1 else self._line_after(record.stop, ends)
            self._is_row[place + 1 : line] = False
            self._keep(record, start, place)
            copied = record.stop
        self._parts.append(self.data[copied : self.stop])
        self.lines_used = len(self._is_row)
        if not self.final and len(self.data) - self.stop > _RECORD_BYTES:
            where = f"{self.name}: the record on line {self.line + self.lines_used}"
            msg = f"{where} is longer than {_RECORD_BYTES:,} bytes. It is no table of leads; check the file."
            raise InputError(msg)

    def batch(self) -> Batch:
        """The records as columns."""
        lines = np.flatnonzero(self._is_row)
        places = np.searchsorted(lines, list(self.malformed))
        malformed = dict(zip(places.tolist(), self.malformed.values(), strict=True))
        table = self._table(b"".join(self._parts))
        if table.num_rows != len(lines):
            msg = (
                f"{self.name}: lines {self.line} to {self.line + self.lines_used} could not be cut into rows."
            )
            raise InputError(msg)
        self._check_cells(table, lines)
        return Batch(self._plain(table.columns[self.grid.kept]), lines + self.line, malformed)

    def _plain(self, columns: Sequence[pa.ChunkedArray]) -> list[pa.ChunkedArray]:
        """Columns without what their program wraps cells in; only what stands in the text is looked for."""
        data = self.data  # one octet is found far faster than two
        plain: Sequence[pa.ChunkedArray] = columns
        if b"\\" in data and b"\\N" in data:
            plain, counts = zip(*map(without_nulls, plain), strict=True)
            self.seen.nulls += sum(counts)
        if b"=" in data and b'="' in data:
            plain, counts = zip(*map(without_formulas, plain), strict=True)
            self.seen.formulas += sum(counts)
        return [self.grid.dialect.plain_cells(column) for column in plain]

    def _lines(self) -> tuple[_Places, _Places, _Flags, _Places]:
        """Where whole lines start and end, which are not certain, and how many cells a sound line lacks."""
        data, width = self.data, len(self.grid.header)
        if not data:
            none = np.zeros(0, np.int64)
            return none, none, np.zeros(0, dtype=bool), none
        text = np.frombuffer(data, np.uint8)
        breaks = text == _LF
        if b"\r" in data:
            bare = text == _CR
            bare[:-1] &= text[1:] != _LF
            bare[-1] &= self.final  # a line feed may follow it
            breaks |= bare
        marks = np.flatnonzero(breaks | (text == self.grid.delimiter[0]))
        is_end = np.flatnonzero(breaks[marks])
        ends = marks[is_end]
        if self.final and (not len(ends) or ends[-1] != len(data) - 1):
            ends = np.append(ends, len(data))
            marks, is_end = np.append(marks, len(data)), np.append(is_end, len(marks))
        starts = np.concatenate([[0], ends[:-1] + 1]) if len(ends) else ends
        cells = np.diff(is_end, prepend=-1)
        quotes_bad = np.zeros(len(ends), dtype=bool)
        if b'"' in data:
            quotes_bad = self._weigh_quotes(text, starts, ends, marks, is_end, cells)
        odd = quotes_bad | (cells != width)
        self._longest = int((ends - starts).max()) if len(ends) else 0
        if width == 1 and len(ends):
            # Without a delimiter a line of nothing but white space, of which Unicode has more kinds, is no row.
            first = text[np.minimum(starts, len(data) - 1)]
            odd |= (first <= _SPACE) | (first >= _ASCII_END)
        if data.startswith(b"\xef\xbb\xbf") and len(odd):
            odd[0] = True  # Arrow would take it for a mark of the file
        return starts, ends, odd, np.where(quotes_bad | (width == 1), 0, width - cells)

    def _weigh_quotes(  # noqa: PLR0917 -- all are places in the same text
        self, text: Any, starts: _Places, ends: _Places, marks: _Places, is_end: _Places, cells: _Places
    ) -> _Flags:
        """Lines with a quote out of place or open; elsewhere, delimiters in quotes are taken off `cells`."""
        bad = np.zeros(len(ends), dtype=bool)
        quotes = np.flatnonzero(text == _QUOTE)
        if not len(ends):
            return bad
        quotes = quotes[quotes < ends[-1]]
        if not len(quotes):
            return bad
        line = np.searchsorted(ends, quotes)
        lines, first, count = np.unique(line, return_index=True, return_counts=True)
        opens = (np.arange(len(quotes)) - np.repeat(first, count)) % 2 == 0
        delimiter = self.grid.delimiter[0]
        before = text[quotes - 1]  # of the first octet the last; it starts a line, so that does not matter
        after = text[np.minimum(quotes + 1, len(text) - 1)]
        # A quote that opens right after one that closes is the second of a doubled quote.
        starts_cell = (quotes == starts[line]) | (before == delimiter) | (before == _QUOTE)
        ends_cell = (after == delimiter) | (after == _LF) | (after == _CR) | (after == _QUOTE)
        bad[line[~np.where(opens, starts_cell, ends_cell)]] = True
        bad[lines[count % 2 == 1]] = True
        _take_off(quotes, lines, marks, is_end, cells)
        return bad

    def _refuse_open(self, record: Record, start: int, place: int) -> None:
        """Raise where a quote is certainly not closed."""
        if record.opened is None:
            return
        far = len(self.data) - record.opened > self.limits.cell * _WIDEST
        if record.stop is None and not self.final and not far:
            return
        opened = self.line + place + _breaks(self.data[start : record.opened])
        within = "" if self.final or record.stop is not None else f" within {self.limits.cell:,} characters"
        msg = (
            f"{self.name}: a quote opens on line {opened} and is not closed{within}. "
            "Close it, or double the quotes that are part of the cell"
        )
        longer = f"; {option('limits', key='cell', value='N')} allows longer cells" if within else ""
        raise InputError(f"{msg}{longer}.")

    def _keep(self, record: Record, start: int, place: int) -> None:
        """Put a record back in its place: as it is, made as wide as the header, blank, or not at all."""
        header, delimiter = self.grid.header, self.grid.delimiter
        raw = self.data[start : record.stop]
        cells = record.cells
        if cells is not None:
            if delimiter not in raw and not raw.decode().strip():
                self._is_row[place] = False
                return
            self.seen.short += len(cells) < len(header)
            cells = fit(cells, header, b"")
        if cells is None:
            self.malformed[place] = raw.decode().rstrip("\r\n")
            self._parts.append(delimiter * (len(header) - 1) + b"\n" if len(header) > 1 else b'""\n')
        else:
            self._check_length(cells, place)
            # Written anew, a quote takes two octets.
            self._longest = max(self._longest, 2 * len(raw))
            self._broken_cells = self._broken_cells or any(b"\n" in cell or b"\r" in cell for cell in cells)
            self._parts.append(delimiter.join(b'"%b"' % cell.replace(b'"', b'""') for cell in cells) + b"\n")

    def _check_length(self, cells: list[bytes], place: int) -> None:
        longest = max(cells, key=len, default=b"")
        if len(longest) > self.limits.cell and len(longest.decode()) > self.limits.cell:
            raise self._too_long(place)

    def _too_long(self, place: int) -> InputError:
        found = f"line {self.line + place} holds a cell of more than {self.limits.cell:,} characters"
        return self.limits.refuse("cell", self.name, found)

    def _line_after(self, stop: int, ends: _Places) -> int:
        return len(ends) if stop == len(self.data) else int(np.searchsorted(ends, stop))

    def _table(self, text: bytes) -> pa.Table:
        """Records that are certain, by Arrow; one thread of ours beside the cutting is faster than its many."""
        names = [str(at) for at in range(len(self.grid.header))]
        if len(text) < _SMALL:
            return pa.table(self._few(text), names)
        return csv.read_csv(
            pa.BufferReader(text),
            read_options=csv.ReadOptions(
                column_names=names, block_size=self._arrow_block(text), use_threads=False
            ),
            parse_options=csv.ParseOptions(
                delimiter=self.grid.delimiter.decode(),
                newlines_in_values=self._broken_cells,
                ignore_empty_lines=False,
            ),
            convert_options=csv.ConvertOptions(
                check_utf8=False,
                column_types=dict.fromkeys(names, pa.large_string()),
                strings_can_be_null=False,
            ),
            memory_pool=_POOL,
        )

    def _few(self, text: bytes) -> list[pa.Array]:
        """The columns of a text that is read sooner than Arrow's reader starts."""
        rows, stop = [], 0
        while stop < len(text):
            record = read_record(text, stop, self.grid.delimiter, final=True)
            rows.append(record.cells)
            stop = record.stop or len(text)
        return [pa.array(column, pa.large_string()) for column in zip(*rows, strict=True)]

    def _arrow_block(self, text: bytes) -> int:
        """A size that no record passes, as Arrow reads none over two blocks."""
        return max(_ARROW_BLOCK, min(len(text) + 1, 2 * self._longest + 2))

    def _check_cells(self, table: pa.Table, lines: _Places) -> None:
        """Raise where a cell is too long; in bytes first, which needs no count of characters."""
        if self._longest <= self.limits.cell:
            return
        for column in table.columns:
            if (pc.max(pc.binary_length(column)).as_py() or 0) > self.limits.cell:
                long = pc.greater(pc.utf8_length(column), self.limits.cell)
                if pc.any(long).as_py():
                    raise self._too_long(int(lines[pc.index(long, value=True).as_py()]))


def _take_off(quotes: _Places, lines: _Places, marks: _Places, is_end: _Places, cells: _Places) -> None:
    """Lower the number of cells of some lines by the delimiters that stand in quotes."""
    counts = cells[lines]
    last = np.cumsum(counts)
    first = last - counts
    which = np.arange(int(counts.sum())) + np.repeat(is_end[lines] - counts + 1 - first, counts)
    seen = np.searchsorted(quotes, marks[which])
    # Lines between those have no quotes, so what was seen by the end of one is what the next starts with.
    at_start = np.concatenate([[0], seen[last - 1][:-1]])
    inside = (seen - np.repeat(at_start, counts)) % 2
    cells[lines] -= np.add.reduceat(inside, first)
