"""Grid: how the rows of a text are laid out, and what was met while they were read."""

from dataclasses import dataclass, field

from hygiene.io.readers.csv_dialect import Dialect

__all__ = ["Grid", "Seen"]


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

    @property
    def notes(self) -> list[str]:
        """What was met, for people."""
        told = (
            (self.short, "row lacks", "rows lack", "cells at the end, which are taken for blank"),
            (self.unfilled, "line", "lines", "of delimiters alone below the last row: left out"),
            (self.nulls, "cell holds", "cells hold", "\\N, which is taken for blank"),
            (self.formulas, "cell is", "cells are", 'wrapped as ="..."; what is inside is read'),
        )
        return [
            f"{count:,} {one if count == 1 else many} {what}." for count, one, many, what in told if count
        ]
