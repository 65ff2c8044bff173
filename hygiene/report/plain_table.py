"""A table of plain text, as a terminal or a log shows it; nothing here knows what is in it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["table"]

#: How a terminal shows the rows that people look for; piped output has no styles.
_STYLE = {
    "ready": "green",
    "invalid": "red",
    "undeliverable": "red",
    "suppressed": "magenta",
    "blocked": "yellow",
    "duplicate": "yellow",
    "review": "yellow",
}


def table(
    title: str, header: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] | range
) -> "RenderableType":
    """A table of plain text; the columns at the places `right` are numbers."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(title),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        min_width=len(title),
    )
    for place, name in enumerate(header):
        table.add_column(Text(name), justify="right" if place in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row), style=_STYLE.get(row[0]))
    return table
