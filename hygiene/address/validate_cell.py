"""Singles: cells that are judged by themselves, each distinct one once.

A cell is tidied, judged, repaired where it is refused, and last looked at for remains of escapes. Columns
are decided in `fast_accept` and `fast_reject`; here everything can be.
"""

import re
from typing import NamedTuple

import pyarrow as pa

from hygiene.address.repair import Repairs, tidied
from hygiene.address.syntax import Syntax

__all__ = ["Singles"]

#: Longest cell that is searched for something to repair: the longest that a spreadsheet holds. The search takes
#: time in proportion to its length. Source: Excel specifications and limits (documented).
SEARCHED_CHARACTERS = 32_767
#: What is left of escaped characters before an address: URL escapes, and the JSON escapes of ``<``, ``>``,
#: quotes, ``&`` and spaces whose backslash is gone. A digit after them may be part of a user number.
#: Source: observed in scraped lists (u003e, %20), where email-validator accepts both.
_DEBRIS = re.compile(
    r"(?:(?:%[0-9a-f]{2})+|\\?u00(?:3c|3e)|\\?u00(?:20|22|26|27|a0)(?=[a-z]))+", re.IGNORECASE
)


class _Judged(NamedTuple):
    """What one distinct cell turned out to be; its fields are those of `fast_reject.FIELDS`."""

    address: str | None = None
    domain: str | None = None
    repaired: str | None = None
    suggestion: str | None = None
    others: str | None = None
    code: str | None = None


class Singles:
    """Judges cells by themselves, and remembers what each turned out to be."""

    def __init__(self) -> None:
        self._syntax = Syntax()
        self._repairs = Repairs(self._syntax)
        self._known: dict[str | None, _Judged] = {}

    def judge(self, cells: list[str | None], /) -> dict[str, pa.Array]:
        """What the cells turned out to be, by the fields of `fast_reject.FIELDS`."""
        judged = [self._known.get(cell) or self._add(cell) for cell in cells]
        fields = zip(*judged, strict=True) if judged else ((),) * len(_Judged._fields)
        return {
            name: pa.array(texts, pa.large_string())
            for name, texts in zip(_Judged._fields, fields, strict=True)
        }

    def _add(self, cell: str | None) -> _Judged:
        judged = self._known[cell] = _judge_one(cell, self._syntax, self._repairs)
        return judged


def _judge_one(cell: str | None, syntax: Syntax, repairs: Repairs) -> _Judged:
    text, kinds = tidied(cell or "")
    if not text:
        return _Judged(code="missing_email")
    found = syntax.judge(text)
    if found.address is not None:
        return _without_debris(_Judged(found.address, found.domain, ";".join(kinds) or None), syntax)
    if len(text) > SEARCHED_CHARACTERS:
        return _Judged(code=found.code)
    repaired = repairs.repair(text)
    if repaired is None:
        return _Judged(code=found.code, suggestion=repairs.suggest(text))
    judged = _Judged(
        repaired.address,
        repaired.domain,
        repaired=";".join((*kinds, *repaired.kinds)),
        others=";".join(repaired.others) or None,
        code="several_addresses" if repaired.others else None,
    )
    return _without_debris(judged, syntax)


def _without_debris(judged: _Judged, syntax: Syntax) -> _Judged:
    """What was judged, or a refusal where its local part begins with remains of an escape."""
    remains = _DEBRIS.match(judged.address or "")
    if remains is None:
        return judged
    meant = syntax.judge((judged.address or "")[remains.end() :]).address
    return _Judged(code="escape_debris", suggestion=meant)
