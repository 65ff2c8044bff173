"""What was mended and tidied, by column: what the report says of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from unicodedata import normalize

from hygiene.display import inert
from hygiene.report.document import Content, Section, Table, cut, number

if TYPE_CHECKING:
    from hygiene.cleaning.result import CleanedLeads

__all__ = ["HEADER", "TITLE", "changed_columns", "changed_section"]

TITLE = "Mended and tidied cells of ready rows"
HEADER = ("column", "cells", "rules", "examples")
#: Characters of a cell that are shown, so that an example stands in a line.
_SHORT = 32


def changed_columns(
    cleaned: "CleanedLeads", shown: Callable[[str], str], /
) -> list[tuple[str, int, str, str]]:
    """The column, its changed cells, their rules, and the first different changes.

    Args:
        cleaned: The leads.
        shown: What is shown of a cell that holds an address, before or after the change.
    """

    def told(pair: tuple[str, str]) -> str:
        holds_address = any("@" in normalize("NFKC", cell) for cell in pair)
        before, after = [shown(cell) if holds_address else inert(cell) for cell in pair]
        start = _first_shown(before, after)
        return f"{_quoted(before, start)} to {_quoted(after, start)}"

    return [
        (
            inert(column),
            found.cells,
            ", ".join(f"{rule} {cells}" for rule, cells in found.rules.items()),
            "; ".join(map(told, found.examples)),
        )
        for column, found in cleaned.changed_columns.items()
    ]


def changed_section(content: Content, /) -> Section | None:
    """The section of the page; None where nothing was changed."""
    rows = tuple(
        (name, number(cells), rules, examples)
        for name, cells, rules, examples in changed_columns(content.cleaned, content.shown)
    )
    if not rows:
        return None
    header = tuple(name.capitalize() for name in HEADER)
    text = "What is ready and sent, beside what came in; every change is in the file of changes."
    return Section("changes", "Mended and tidied", text, (cut(Table(TITLE, header, rows)),))


def _first_shown(before: str, after: str) -> int:
    """Where both texts begin to be shown, so that what was changed is among it."""
    same = next((at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), None)
    same = min(len(before), len(after)) if same is None else same
    return 0 if same < _SHORT or before == after else same - _SHORT // 2


def _quoted(text: str, start: int) -> str:
    end = start + _SHORT
    return f'"{"..." if start else ""}{text[start:end]}{"..." if len(text) > end else ""}"'
