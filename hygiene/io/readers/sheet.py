"""Sheet: one as it stands in its file, with what is merged, hidden or not calculated in it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = ["CELLS", "Sheet", "filled_cells"]

#: Most cells of a sheet, blank ones included: the whole rectangle is held in memory, and python-calamine ends the
#: process where there is not enough (observed with 0.9).
CELLS = 32_000_000

Rows: TypeAlias = Sequence[list[Any]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it stands in the file.

    Attributes:
        name: Its name.
        rows: Cells of each line from the first on, blank lines included.
        merged: First line, last line and column (from 0) of each cell that spans lines.
        hidden: Lines that are hidden.
        uncalculated: Line and column (from 0) of each formula without a value that was calculated.
    """

    name: str
    rows: Rows
    merged: Sequence[tuple[int, int, int]] = ()
    hidden: Collection[int] = frozenset()
    uncalculated: Sequence[tuple[int, int]] = ()

    def blank_uncalculated(self) -> None:
        """Make cells blank that no value was calculated for."""
        for line, at in self.uncalculated:
            if line <= len(self.rows) and at < len(self.rows[line - 1]):
                self.rows[line - 1][at] = ""

    def fill_merged(self, below: int) -> int:
        """Give lines what is merged over them, from the line after one on; returns to how many cells.

        A cell that is merged with one above that line is left, and so is a line with nothing of its own.
        """
        filled, at_before, last_before = 0, -1, 0
        for at, first, last in sorted((at, first, last) for first, last, at in self.merged):
            overlaps = at == at_before and first <= last_before
            if overlaps or not below < first <= len(self.rows) or at >= len(self.rows[first - 1]):
                continue
            at_before, last_before = at, last
            cell = self.rows[first - 1][at]
            for row in self.rows[first : last if cell not in {None, ""} else first]:
                if (at >= len(row) or row[at] in {None, ""}) and any(filled_cells(row)):
                    row.extend([""] * (at + 1 - len(row)))
                    row[at] = cell
                    filled += 1
        return filled


def filled_cells(row: Sequence[Any], /) -> Iterator[tuple[int, Any]]:
    """The cells of a row that say something, each with its place."""
    return ((at, cell) for at, cell in enumerate(row) if cell is not None and cell != "")
