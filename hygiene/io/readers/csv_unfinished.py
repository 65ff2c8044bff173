"""Unfinished records: what is refused of a record whose end is not read yet, so that no file is held for one.

Only what is certain whatever follows. A record that is whole is judged in `csv_piece`.
"""

from hygiene.errors import InputError, option
from hygiene.io.readers.csv_grid import Grid
from hygiene.io.readers.csv_lines import count_breaks
from hygiene.io.readers.csv_record import patterns
from hygiene.io.readers.limits import Limits

__all__ = ["RECORD_BYTES", "WIDEST", "check_header_cells", "check_unfinished", "unclosed"]

#: Longest record, in bytes, whatever the limits: what is longer is no table.
RECORD_BYTES = 64 << 20

#: Bytes of UTF-8 that a character takes at most; a quote that is doubled takes two.
WIDEST = 4


def check_unfinished(rest: bytes, name: str, line: int, grid: Grid, limits: Limits, /) -> None:
    """Make sure that the beginning of a record may still become one.

    Args:
        rest: The beginning.
        name: The file, for messages.
        line: Where it stands.
        grid: How the text is laid out.
        limits: What is refused.

    Raises:
        InputError: it holds a cell that is too long, too many cells, or is itself too long.
    """
    if len(rest) <= limits.cell * WIDEST:
        return
    last = rest.rfind(grid.delimiter) + 1
    if len(rest) - last > limits.cell * WIDEST:
        if rest.startswith(b'"', last):
            raise unclosed(name, line + count_breaks(rest[:last]), limits, ends=False)
        raise limits.refuse("cell", name, f"line {line} holds a cell of more than {limits.cell:,} characters")
    if _has_cells(rest, limits.columns, grid):
        raise limits.refuse("columns", name, f"line {line} has more than {limits.columns:,} cells")
    if len(rest) > RECORD_BYTES:
        found = f"the record on line {line} is longer than {RECORD_BYTES:,} bytes"
        raise InputError(f"{name}: {found}. It is no table of leads; check the file.")


def _has_cells(rest: bytes, count: int, grid: Grid) -> bool:
    """Whether the beginning of a record holds so many cells and the delimiter after the last."""
    quoted, bare = patterns(grid.delimiter, grid.dialect.escaped)
    at = 0
    for _ in range(count):
        found = quoted.match(rest, at) or bare.match(rest, at)
        if found is None or not rest.startswith(grid.delimiter, found.end()):
            return False
        at = found.end() + 1
    return True


def unclosed(name: str, line: int, limits: Limits, /, *, ends: bool) -> InputError:
    """The error of a quote that is not closed where its record ends, or within the longest cell."""
    within = "" if ends else f" within {limits.cell:,} characters"
    msg = (
        f"{name}: a quote opens on line {line} and is not closed{within}. "
        "Close it, or double the quotes that are part of the cell"
    )
    longer = f"; {option('limits', key='cell', value='N')} allows longer cells" if within else ""
    return InputError(f"{msg}{longer}.")


def check_header_cells(cells: list[str], name: str, line: int, limits: Limits, /) -> None:
    """Make sure that a line may be a header, before its cells are looked at one by one.

    Raises:
        InputError: it has too many cells, or one that is too long.
    """
    if len(cells) > limits.columns:
        raise limits.refuse("columns", f"{name}: line {line}", f"the header has {len(cells):,} columns")
    if max(map(len, cells), default=0) > limits.cell:
        raise limits.refuse("cell", name, f"line {line} holds a cell of more than {limits.cell:,} characters")
