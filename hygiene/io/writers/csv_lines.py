r"""Lines: tables as CSV, a column at a time, byte for byte what the csv module writes.

A cell is quoted where it holds a delimiter, a quote or a part of a line end; lines end by ``\n``.
"""

import csv
import io
from itertools import groupby

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.columns import Columns
from hygiene.io.formulas import guarded
from hygiene.io.writers.cells import text_cells

__all__ = ["header_line", "lines"]

#: What makes a cell one that has to be quoted.
_SPECIAL = (b'"', b",", b"\r", b"\n")
_TEXT = pa.large_string()
_COMMA, _QUOTE, _LINE_END, _NOTHING = (pa.scalar(text, _TEXT) for text in (",", '"', "\n", ""))


def header_line(table: Columns, /, *, guard: bool = False) -> bytes:
    """The line of the column names."""
    line = io.StringIO()
    # A line end of two characters, as the module quotes line breaks only where they are part of it
    # (until Python 3.13), and a bare carriage return makes the cell fall apart when it is read.
    csv.writer(line).writerow([guarded(name) if guard else name for name in table.names])
    return line.getvalue()[:-2].encode() + b"\n"


def lines(table: Columns, /, *, guard: bool = False) -> memoryview:
    """The lines of the rows.

    Args:
        table: What to write; NA is an empty cell.
        guard: Whether texts are guarded against formulas.
    """
    columns = [text_cells(cells, guard=guard) for cells in table.cells]
    if not columns:
        return memoryview(b"")
    cells = [_quoted(column) for column in columns]
    if len(cells) == 1:  # an empty line would be no row
        empty = pc.fill_null(pc.equal(cells[0], ""), fill_value=True)
        cells = [pc.if_else(empty, pa.scalar('""', _TEXT), cells[0])]
    *first, last = _without_blank_columns(cells)
    ended = pc.binary_join_element_wise(
        last, _LINE_END, _NOTHING, null_handling="replace", null_replacement=""
    )
    if isinstance(ended, pa.Scalar) and not any(isinstance(each, pa.Array) for each in first):
        ended = pa.repeat(ended, len(table))
    return _octets(
        pc.binary_join_element_wise(*first, ended, _COMMA, null_handling="replace", null_replacement="")
    )


def _without_blank_columns(cells: list[pa.Array]) -> list[pa.Array | pa.Scalar]:
    """The columns, with one text for each run of them that is null throughout: the delimiters within it."""
    found: list[pa.Array | pa.Scalar] = []
    for blank, run in groupby(cells, key=lambda column: column.null_count == len(column)):
        columns = list(run)
        found += [pa.scalar("," * (len(columns) - 1), _TEXT)] if blank else columns
    return found


def _quoted(texts: pa.Array) -> pa.Array:
    octets = _octets(texts).tobytes()
    if not any(character in octets for character in _SPECIAL):  # nearly all columns, and far cheaper to see
        return texts
    rows = pc.fill_null(pc.match_substring_regex(texts, '[",\r\n]'), fill_value=False)
    doubled = pc.replace_substring(texts.filter(rows), '"', '""')
    new = pc.binary_join_element_wise(_QUOTE, doubled, _QUOTE, _NOTHING)
    return pc.replace_with_mask(texts, rows, new)


def _octets(texts: pa.Array) -> memoryview:
    """All texts on end."""
    _, offsets, data = texts.buffers()
    if data is None or not len(texts):
        return memoryview(b"")
    first, last = np.frombuffer(offsets, np.int64)[[texts.offset, texts.offset + len(texts)]].tolist()
    return memoryview(data)[first:last]
