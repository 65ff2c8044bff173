"""Tables: the text files of this room, a word or a row a line, read once.

A line that begins with ``#`` and a space is a comment: it says where the words come from. Cells of a row stand apart
by a tab.
"""

from functools import cache
from importlib.resources import files

__all__ = ["read_rows", "read_words"]


@cache
def read_rows(name: str, /) -> tuple[tuple[str, ...], ...]:
    """The rows of a table, in its order; each as long as its line has cells.

    Args:
        name: Its file without ``.txt``.
    """
    text = (files("hygiene.words") / f"{name}.txt").read_text(encoding="utf-8")
    lines = (line for line in text.split("\n") if line and not line.startswith("# "))
    return tuple(tuple(line.split("\t")) for line in lines)


@cache
def read_words(name: str, /, *, kind: str = "") -> frozenset[str]:
    """The first cells of a table.

    Args:
        name: Its file without ``.txt``.
        kind: What the second cell says; all rows where empty.
    """
    return frozenset(row[0] for row in read_rows(name) if not kind or row[1] == kind)
