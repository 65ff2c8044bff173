"""What people are shown: text that is safe to print, masked addresses, plain escaped tables for notebooks.

The report for browsers is a page of its own, in `report.html`. Which reports mask is theirs to say; nothing
here decides what is an address beyond the sign in it.
"""

import re
from collections.abc import Sequence
from html import escape

__all__ = ["counted", "html_table", "inert", "mask_address", "mask_rule"]

#: What may stand after the last @ of a cell and be shown: a domain, and nothing else that came with it.
_DOMAIN = re.compile(r"[^\s@<>,;:/]{1,253}")


def inert(text: str, /) -> str:
    """The text without control and direction characters, safe to print."""
    return "".join(character if character.isprintable() else " " for character in text)


def html_table(caption: str, header: Sequence[str], rows: Sequence[Sequence[object]], /) -> str:
    """A table whose every cell is escaped; the first cell of a row is its header, text stands left, numbers right."""
    numbers = [
        any(isinstance(row[at], int | float) for row in rows if at < len(row)) for at in range(len(header))
    ]
    sides = ["right" if number else "left" for number in numbers]
    head = "".join(_cell("th", name, side, ' scope="col"') for name, side in zip(header, sides, strict=True))
    body = "".join(
        "<tr>"
        + "".join(
            _cell("td" if at else "th", cell, side, "" if at else ' scope="row"')
            for at, (cell, side) in enumerate(zip(row, sides, strict=True))
        )
        + "</tr>"
        for row in rows
    )
    title = f'<caption style="text-align: left">{_text(caption)}</caption>'
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(kind: str, cell: object, side: str, more: str) -> str:
    """A cell with its side in it, for a notebook sets every cell right where nothing is said."""
    kind, more = (kind, more) if cell or not more.endswith('"col"') else ("td", "")
    return f'<{kind}{more} style="text-align: {side}">{_text(cell)}</{kind}>'


def _text(cell: object) -> str:
    return escape(inert("not given" if cell is None else str(cell)))


def mask_address(text: str, /) -> str:
    """``a***@birchworks.example``; of a text without an @ only the first letter is left."""
    local, at, rest = text.strip().rpartition("@")
    if not at:
        return f"{inert(rest[:1])}***" if rest else ""
    domain = _DOMAIN.match(rest)
    return f"{inert(local[:1])}***@{inert(domain.group()) if domain else '***'}"


def mask_rule(rule: str, /) -> str:
    """A matched rule, ``list:line:entry``, whose entry is masked where it is an address."""
    place, colon, entry = rule.rpartition(":")
    return inert(place + colon) + (mask_address(entry) if "@" in entry else inert(entry))


def counted(count: int, what: str, /, spec: str = "") -> str:
    """A number with its noun; `spec` is how the number is written, as in a format string."""
    if count == 1:
        return f"1 {what}"
    plural = {"entry": "entries"}.get(what) or what + ("es" if what.endswith(("h", "s")) else "s")
    return f"{count:{spec}} {plural}"
