"""Piece: whole records of delimited text as columns.

Runs of lines that are rows for certain go to Arrow's CSV reader as they are. Every other line is read by
`csv_record`, and put back in its place as a record that is certain, or as a blank one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from hygiene.errors import InputError
from hygiene.io.readers.batch import Batch
from hygiene.io.readers.csv_dialect import without_formulas, without_nulls
from hygiene.io.readers.csv_grid import Grid, Seen
from hygiene.io.readers.csv_lines import Flags, Places, count_breaks, find_lines
from hygiene.io.readers.csv_record import Record, read_record
from hygiene.io.readers.csv_unfinished import WIDEST, check_unfinished, unclosed
from hygiene.io.readers.header_row import fit
from hygiene.io.readers.limits import Limits

__all__ = ["Piece"]

#: Bytes that are read record by record sooner than Arrow's reader starts, which takes 0.2 ms (observed with 26.0).
_SMALL = 1 << 11

#: Bytes that Arrow hands to one thread.
_ARROW_BLOCK = 1 << 20

#: Where columns are put. Arrow's own allocator asks the system for fresh pages far more often, which on some
#: runs took as long as the reading itself.
_POOL = pa.system_memory_pool()


@dataclass(slots=True)
class Piece:
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
    _is_row: Flags = field(default_factory=lambda: np.zeros(0, dtype=bool))
    _broken_cells: bool = False
    _longest: int = 0

    @property
    def rows(self) -> int:
        """How many records there are, once they are cut."""
        return int(self._is_row.sum())

    def cut(self, *, exact: bool) -> None:
        """Find the records, and read the odd ones."""
        found = find_lines(self.data, self.grid, final=self.final)
        starts, ends, odd, missing = found.starts, found.ends, found.odd, found.missing
        self._longest = found.longest
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
            record = read_record(
                self.data, start, self.grid.delimiter, final=self.final, escaped=self.grid.dialect.escaped
            )
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
        if not self.final:
            line = self.line + self.lines_used
            check_unfinished(self.data[self.stop :], self.name, line, self.grid, self.limits)

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

    def _refuse_open(self, record: Record, start: int, place: int) -> None:
        """Raise where a quote is certainly not closed."""
        if record.opened is None:
            return
        far = len(self.data) - record.opened > self.limits.cell * WIDEST
        if record.stop is None and not self.final and not far:
            return
        opened = self.line + place + count_breaks(self.data[start : record.opened])
        ends = self.final or record.stop is not None
        raise unclosed(self.name, opened, self.limits, ends=ends)

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

    def _line_after(self, stop: int, ends: Places) -> int:
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

    def _check_cells(self, table: pa.Table, lines: Places) -> None:
        """Raise where a cell is too long; in bytes first, which needs no count of characters."""
        if self._longest <= self.limits.cell:
            return
        for column in table.columns:
            if (pc.max(pc.binary_length(column)).as_py() or 0) > self.limits.cell:
                long = pc.greater(pc.utf8_length(column), self.limits.cell)
                if pc.any(long).as_py():
                    raise self._too_long(int(lines[pc.index(long, value=True).as_py()]))
