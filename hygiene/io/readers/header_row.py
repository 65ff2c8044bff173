"""Header: which row of a table names its columns, and how other rows fit under it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from hygiene.columns.evident import evident_columns, is_row
from hygiene.columns.mapping import email_columns, has_email
from hygiene.errors import InputError, option

__all__ = [
    "PREAMBLE_LINES",
    "Columns",
    "Line",
    "check_header",
    "first_header",
    "fit",
    "headless_note",
    "is_bare",
    "names_by_content",
]

#: Rows above the header that are looked through for it; exports put notes there (LinkedIn: three lines, import
#: templates of Frappe: fifteen).
PREAMBLE_LINES = 30

#: Most rows with an address that are taken for notes above a header.
_NOTES = 3

_BARE = re.compile(r"\s*<?[^\s<>@]+@[^\s<>@]+>?\s*")

Columns: TypeAlias = Mapping[str, str] | None

_Cell = TypeVar("_Cell", str, bytes)
_Place = TypeVar("_Place")


@dataclass(frozen=True, slots=True)
class Line(Generic[_Place]):
    """A row that may be the header.

    Attributes:
        place: What stands for it.
        cells: Its cells.
        below: Gives the first rows below it, read as they are if it is the header.
    """

    place: _Place
    cells: Sequence[str]
    below: Callable[[], Sequence[Sequence[str]]]

    @property
    def filled(self) -> int:
        """How many of its cells say something."""
        return sum(bool(cell.strip()) for cell in self.cells)

    @property
    def has_address(self) -> bool:
        """Whether an address may stand in it."""
        return any("@" in cell for cell in self.cells)

    def is_note_above(self, header: "Line[_Place]") -> bool:
        """Whether a row with an address is no lead, beside what may be the header below it."""
        return self.filled < header.filled or not any(map(is_bare, self.cells))

    def has_addresses_below(self, columns: Columns) -> bool:
        """Whether addresses stand in its email column."""
        wanted = (columns or {}).get("email")
        places = email_columns(self.cells) if wanted is None else range(len(self.cells))
        return any("@" in row[at] for row in self.below() for at in places if at < len(row))

    def fits_below(self) -> bool:
        """Whether it has several cells, and a row below has as many."""
        return self.filled > 1 and any(len(row) == len(self.cells) for row in self.below())


def is_bare(cell: str, /) -> bool:
    """Whether a cell is an address and nothing else, as the rows of leads have it."""
    return _BARE.fullmatch(cell) is not None


def first_header(rows: Iterable[Line[_Place]], /, *, columns: Columns = None) -> Line[_Place] | None:
    """The first row with an email column that has more filled cells than all above it, or addresses below it.

    Where there is none, the first row of several cells under which rows fit, else the first of several, else the
    first; None without rows. No row with an address in it is a header, and above one such rows are notes: they have
    fewer cells, or an address within a sentence.

    Args:
        rows: The first rows that are not blank.
        columns: Canonical column -> header text, as the user named them.
    """
    found: list[Line[_Place]] = []
    notes: list[Line[_Place]] = []
    first, widest = None, 0
    for row in rows:
        first = first or row
        if row.has_address:
            notes.append(row)
            if len(notes) > _NOTES:
                break
            continue
        if has_email(row.cells, columns=columns) and all(note.is_note_above(row) for note in notes):
            wider = row.filled > widest and not notes
            if wider or row.has_addresses_below(columns):
                return row
        if all(note.filled == 1 and not any(map(is_bare, note.cells)) for note in notes):
            found.append(row)
            widest = max(widest, row.filled)
    several = (row for row in found if row.filled > 1)
    fitting = (row for row in found if row.fits_below())
    return next(fitting, None) or next(several, None) or next(iter(found), None) or first


def check_header(header: Sequence[str], rows: Sequence[Sequence[str]], source: str, /) -> None:
    """Make sure that the header that was found is none of a person's rows.

    Raises:
        InputError: it holds an address, or is a row of values over rows with addresses.
    """
    if any("@" in text for text in header):
        below = any(not any("@" in cell for cell in row) and has_email(row) for row in rows)
        further = f", or name the header's line with {option('header_row')}" if below else ""
        raise InputError(
            f"{source}: the first row holds an address, so the file seems to have no header.",
            f"Read it with {option('no_header', given=True)}{further}.",
        )
    if any("@" in cell for row in rows for cell in row) and is_row(header, rows):
        raise InputError(
            f"{source}: the first row looks like a lead's, so the file seems to have no header.",
            f"Read it with {option('no_header', given=True)}.",
        )


def names_by_content(rows: Sequence[Sequence[str]], /) -> list[str]:
    """Names for the columns of rows without a header: what their cells make evident, else their place."""
    names = [f"column {at + 1}" for at in range(max(map(len, rows)))]
    for canonical, at in evident_columns(rows).items():
        names[at] = canonical.replace("full_name", "full name")
    return names


def headless_note(header: Sequence[str], rows: Sequence[Sequence[str]], /) -> str:
    """What to say of columns that were named by what they hold, and how to name the others."""
    unnamed = [name for at, name in enumerate(header) if name == f"column {at + 1}"]
    guessed = {header[at]: name for name, at in evident_columns(rows, guess=True).items()}
    left = [name for name in unnamed if any(row[header.index(name)].strip() for row in rows)]
    told = "has no header; columns are named by what they hold"
    if not left:
        return f"{told}."
    likely = next(((guessed[name], name) for name in left if name in guessed), ("last_name", left[0]))
    taken = option("columns", key=likely[0], value=repr(likely[1]))
    more = f" and {len(left) - _NOTES} more" if len(left) > _NOTES else ""
    listed = ", ".join(map(repr, left[:_NOTES])) + more
    return f"{told}; left as custom: {listed}. Name one by its place, as in {taken}."


def fit(cells: list[_Cell], header: Sequence[str], /, blank: _Cell) -> list[_Cell] | None:
    """The cells of a row made as wide as the header; None where cells would be lost.

    Programs leave out what is blank at the end of a row, and put blank cells behind it.
    """
    width = len(header)
    if any(cell.strip() for cell in cells[width:]):
        return None
    return cells[:width] + [blank] * (width - len(cells))
