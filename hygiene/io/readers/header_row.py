"""Header: which row of a table names its columns, and how other rows fit under it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from hygiene.columns.mapping import has_email

__all__ = ["PREAMBLE_LINES", "Columns", "first_header", "fit"]

#: Rows above the header that are looked through for it; exports put notes there (LinkedIn: three lines).
PREAMBLE_LINES = 10

Columns: TypeAlias = Mapping[str, str] | None

_Cell = TypeVar("_Cell", str, bytes)
_Row = TypeVar("_Row")


def first_header(
    rows: Iterable[tuple[_Row, Sequence[str]]], /, *, columns: Columns = None
) -> tuple[_Row, Sequence[str]] | None:
    """The first row, unless a row with an email column is wider than all above it; None without rows.

    Args:
        rows: The first rows that are not blank, each with what stands for it.
        columns: Canonical column -> header text, as the user named them.
    """
    first, widest = None, 0
    for row, cells in rows:
        first = first or (row, cells)
        if len(cells) > widest and has_email(cells, columns=columns):
            return row, cells
        widest = max(widest, len(cells))
    return first


def fit(cells: list[_Cell], header: Sequence[str], /, blank: _Cell) -> list[_Cell] | None:
    """The cells of a row made as wide as the header; None where cells would be lost or made up.

    Cells without a header hold nothing that could shift, so blank ones may be left out or come on top.
    """
    width = len(header)
    if len(cells) == width:
        return cells
    if not any(text.strip() for text in header[len(cells) :]) and not any(cells[width:]):
        return cells[:width] + [blank] * (width - len(cells))
    return None
