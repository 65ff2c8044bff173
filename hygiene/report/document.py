"""What a report is made of: sections of tables of cells, before they look like anything.

How they look is the template's to say.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hygiene.display import inert, mask_address
from hygiene.outcomes import NOT_CHECKED

if TYPE_CHECKING:
    from hygiene.cleaning.comparison import Comparison
    from hygiene.cleaning.result import CleanedLeads
    from hygiene.importing import Receipt

__all__ = ["MOST_ROWS", "Cell", "Content", "Row", "Section", "Table", "cut", "left_out", "number", "share"]

#: Rows of any one table.
MOST_ROWS = 50
#: Characters of a cell that is shown whole.
CELL = 80


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell whose figure is sorted by `value`, while `text` is what is read."""

    text: str
    value: float | None


#: Cells of a row, its name first.
Row = tuple[str | Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a section.

    Attributes:
        caption: What it lists.
        header: Names of its columns.
        rows: Cells, the first of each row being its name.
        more: What was left out; "" for nothing.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    more: str = ""

    @property
    def columns(self) -> list[tuple[str, bool]]:
        """The header with, for each column, whether it holds figures."""
        first: Row = self.rows[0] if self.rows else ()
        return [
            (name, place < len(first) and isinstance(first[place], Cell))
            for place, name in enumerate(self.header)
        ]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report under its own heading.

    Attributes:
        anchor: Its name in the page.
        title: Its heading.
        text: What it shows, or why there is nothing to show.
        tables: Its tables.
    """

    anchor: str
    title: str
    text: str
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """What a report is made of.

    Attributes:
        cleaned: The cleaned leads.
        receipt: What the import did; None where nothing was sent.
        comparison: The sources side by side; None where none was asked for.
        show_addresses: Whether addresses are shown whole rather than masked.
        send_all: Whether blocked and duplicate rows are sent too.
        told: How notes and errors are spelled.
    """

    cleaned: "CleanedLeads"
    receipt: "Receipt | None" = None
    comparison: "Comparison | None" = None
    show_addresses: bool = False
    send_all: bool = False
    told: Callable[[Any], str] = str

    def shown(self, text: str | None) -> str:
        """An address as the report may show it."""
        if text is None:
            return ""
        return inert(text[:CELL]) if self.show_addresses else mask_address(text)


def number(count: int | None, /, missing: str = NOT_CHECKED) -> Cell:
    """A count, or the words that stand for none."""
    return Cell(missing, None) if count is None else Cell(f"{count:,}", count)


def share(count: int | None, rows: int, /) -> Cell:
    """A count as a share of the rows."""
    return Cell("", None) if count is None or not rows else Cell(f"{count / rows:.1%}", count / rows)


def cut(table: Table, /) -> Table:
    """The first rows of a table, and how many were left out."""
    return Table(table.caption, table.header, table.rows[:MOST_ROWS], left_out(len(table.rows)))


def left_out(rows: int, /) -> str:
    """How many rows a table does not show; "" where it shows all."""
    left = rows - MOST_ROWS
    return f"{left:,} more {'is' if left == 1 else 'are'} not shown." if left > 0 else ""
