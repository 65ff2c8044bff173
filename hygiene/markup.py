"""HTML fragments for notebooks: a plain, escaped table that also survives where styles are stripped.

The report for browsers is a page of its own, in `report.html`.
"""

from collections.abc import Sequence
from html import escape

__all__ = ["html_table", "inert"]


def inert(text: str, /) -> str:
    """The text without control and direction characters, safe to print."""
    return "".join(character if character.isprintable() else " " for character in text)


def html_table(caption: str, header: Sequence[str], rows: Sequence[Sequence[object]], /) -> str:
    """A table whose every cell is escaped; the first cell of a row is its header."""
    head = "".join(f'<th scope="col">{_cell(name)}</th>' if name else "<td></td>" for name in header)
    body = "".join(
        f'<tr><th scope="row">{_cell(first)}</th>'
        + "".join(f"<td>{_cell(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return f"<table><caption>{_cell(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(cell: object) -> str:
    return escape(inert("not given" if cell is None else str(cell)))
