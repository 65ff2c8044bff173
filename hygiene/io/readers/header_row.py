"""Header: which row of a table names its columns, and how other rows fit under it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from hygiene.columns.mapping import has_email
from hygiene.errors import InputError, option

__all__ = ["PREAMBLE_LINES", "Columns", "check_header", "first_header", "fit", "names_by_content"]

#: Rows above the header that are looked through for it; exports put notes there (LinkedIn: three lines, import
#: templates of Frappe: fifteen).
PREAMBLE_LINES = 30

Columns: TypeAlias = Mapping[str, str] | None

_Cell = TypeVar("_Cell", str, bytes)
_Row = TypeVar("_Row")


def first_header(
    rows: Iterable[tuple[_Row, Sequence[str]]], /, *, columns: Columns = None
) -> tuple[_Row, Sequence[str]] | None:
    """The first row with an email column that has more filled cells than all above it; None without rows.

    Where there is none, the first row of several filled cells, else the first. No row with an address in it is a
    header, nor is one below it.

    Args:
        rows: The first rows that are not blank, each with what stands for it.
        columns: Canonical column -> header text, as the user named them.
    """
    found: list[tuple[_Row, Sequence[str]]] = []
    widest = 0
    for row, cells in rows:
        if found and any("@" in cell for cell in cells):
            break
        filled = sum(bool(cell.strip()) for cell in cells)
        found.append((row, cells))
        if filled > widest and has_email(cells, columns=columns):
            return row, cells
        widest = max(widest, filled)
    several = (each for each in found if sum(bool(cell.strip()) for cell in each[1]) > 1)
    return next(several, found[0] if found else None)


def check_header(header: Sequence[str], source: str, /) -> None:
    """Make sure that the header that was found is none of a person's rows.

    Raises:
        InputError: it holds an address.
    """
    if any("@" in text for text in header):
        raise InputError(
            f"{source}: the first row holds an address, so the file seems to have no header.",
            f"Read it with {option('no_header', given=True)}, or name the header's line with {option('header_row')}.",
        )


def names_by_content(rows: Sequence[Sequence[str]], /) -> list[str]:
    """Names for the columns of rows without a header: the one with most addresses is the email column."""
    width = max(map(len, rows))
    signs = [sum("@" in row[at] for row in rows if at < len(row)) for at in range(width)]
    names = [f"column {at + 1}" for at in range(width)]
    if any(signs):
        names[signs.index(max(signs))] = "email"
    return names


def fit(cells: list[_Cell], header: Sequence[str], /, blank: _Cell) -> list[_Cell] | None:
    """The cells of a row made as wide as the header; None where cells would be lost.

    Programs leave out what is blank at the end of a row, and put blank cells behind it.
    """
    width = len(header)
    if any(cells[width:]):
        return None
    return cells[:width] + [blank] * (width - len(cells))
