"""Judging: the cells of an email column, all at once.

Plain addresses are decided for the whole column; of the other cells each distinct one is judged by itself,
and repaired where it is refused.
"""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.address.plain import find_plain
from hygiene.address.repair import Repairs, tidied
from hygiene.address.syntax import READ_CHARACTERS, Syntax
from hygiene.text import Mask, mask

__all__ = ["Addresses", "judge"]

_TEXT = pa.large_string()
#: Longest cell that is searched for something to repair.
SEARCHED_CHARACTERS = 2 * READ_CHARACTERS
#: What is left of escaped characters before an address: URL escapes, and the JSON escapes of ``<``, ``>``,
#: quotes, ``&`` and spaces whose backslash is gone. A digit after them may be part of a user number.
#: Source: observed in scraped lists (u003e, %20), where email-validator accepts both.
_DEBRIS = re.compile(
    r"(?:(?:%[0-9a-f]{2})+|\\?u00(?:3c|3e)|\\?u00(?:20|22|26|27|a0)(?=[a-z]))+", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Addresses:
    """The judged cells of an email column, aligned with it by position.

    Attributes:
        address: Normalized address; null where the cell was refused.
        domain: Its domain as A-labels, lower case; null where the cell was refused.
        host: `domain` encoded, for passes that decide once a domain.
        repaired: The kinds of repair after which alone the address was found, joined by semicolons; null
            where there was none.
        suggestion: What the person may have meant, where the cell was refused and that is not certain.
        others: The further addresses of a cell that holds several, joined by semicolons.
        reasons: Reason code to mask.
    """

    address: pa.Array
    domain: pa.Array
    host: pa.DictionaryArray
    repaired: pa.Array
    suggestion: pa.Array
    others: pa.Array
    reasons: dict[str, Mask]


class _Judged(NamedTuple):
    """What one distinct cell turned out to be."""

    address: str | None = None
    domain: str | None = None
    repaired: str | None = None
    suggestion: str | None = None
    others: str | None = None
    code: str | None = None


def judge(cells: pa.Array, /) -> Addresses:
    """Judge every cell; equal cells that are not plain are judged once.

    Args:
        cells: Text array; null is a missing cell.

    Source: `email_validator.validate_email(cell, check_deliverability=False)`; what it refuses is repaired,
    and escape debris is refused though it accepts it.
    """
    trimmed = pc.utf8_trim_whitespace(cells)
    plain = find_plain(trimmed)
    clean = ~_may_be_debris(plain.address)
    if not clean.all():
        plain.rows[plain.rows] = clean
    bare, host = plain.address.filter(pa.array(clean)), plain.host.filter(pa.array(clean))
    others = cells.filter(pa.array(~plain.rows)).dictionary_encode(null_encoding="encode")
    judged = _judge_each(others.dictionary.to_pylist())
    columns = {name: pa.array([getattr(one, name) for one in judged], _TEXT) for name in _Judged._fields}
    place = np.empty(len(cells), dtype=np.int64)
    place[plain.rows] = np.arange(len(bare))
    place[~plain.rows] = len(bare) + others.indices.to_numpy(zero_copy_only=False)
    return Addresses(
        address=pa.concat_arrays([bare, columns["address"]]).take(pa.array(place)),
        **_hosts(host, columns["domain"], place),
        repaired=_repaired(cells, trimmed, columns["repaired"], place, len(bare)),
        suggestion=_spread(columns["suggestion"], place, len(bare)),
        others=_spread(columns["others"], place, len(bare)),
        reasons=_reasons([one.code for one in judged], place - len(bare)),
    )


def _may_be_debris(addresses: pa.Array) -> Mask:
    begins = pc.or_(pc.starts_with(addresses, "%"), pc.starts_with(addresses, "u00", ignore_case=True))
    return mask(begins)


def _judge_each(cells: list[str | None]) -> list[_Judged]:
    syntax = Syntax()
    repairs = Repairs(syntax)
    return [_judge_one(cell, syntax, repairs) for cell in cells]


def _judge_one(cell: str | None, syntax: Syntax, repairs: Repairs) -> _Judged:
    text = tidied(cell or "")
    if not text:
        return _Judged(code="missing_email")
    found = syntax.judge(text)
    if found.address is not None and text == cell:
        return _without_debris(_Judged(found.address, found.domain), syntax)
    if len(text) > SEARCHED_CHARACTERS:
        return _Judged(code=found.code)
    repaired = repairs.repair(cell or "")
    if repaired is None:
        return _Judged(code=found.code, suggestion=repairs.suggest(text))
    judged = _Judged(
        repaired.address,
        repaired.domain,
        repaired=";".join(repaired.kinds),
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


def _hosts(plain: pa.DictionaryArray, others: pa.Array, place: np.ndarray[Any, Any]) -> dict[str, pa.Array]:
    """`domain` and `host`: one dictionary for the domains of plain and of other cells."""
    known = pc.index_in(others, value_set=plain.dictionary)
    new = pc.drop_null(others.filter(pc.is_null(known))).unique()
    names = pa.concat_arrays([plain.dictionary, new])
    codes = pa.concat_arrays([plain.indices.cast(pa.int32()), pc.index_in(others, value_set=names)])
    host = pa.DictionaryArray.from_arrays(codes.take(pa.array(place)), names)
    return {"domain": host.dictionary_decode(), "host": host}


def _repaired(
    cells: pa.Array, trimmed: pa.Array, others: pa.Array, place: np.ndarray[Any, Any], plain: int
) -> pa.Array:
    """The kinds of repair: those found cell by cell, and the white space around plain addresses."""
    spaced = pc.not_equal(pc.binary_length(cells), pc.binary_length(trimmed))
    kinds = _spread(others, place, plain)
    rows = mask(spaced) & (place < plain)
    return pc.if_else(pa.array(rows), pa.scalar("white_space", _TEXT), kinds) if rows.any() else kinds


def _spread(others: pa.Array, place: np.ndarray[Any, Any], plain: int) -> pa.Array:
    """A column that is null for plain addresses."""
    if others.null_count == len(others):
        return pa.nulls(len(place), _TEXT)
    return others.take(pa.array(place - plain, mask=place < plain))


def _reasons(codes: list[str | None], place: np.ndarray[Any, Any]) -> dict[str, Mask]:
    """Reason code to mask; a place below 0 is that of a plain address."""
    reasons = {}
    for code in sorted({code for code in codes if code}):
        given = np.array([code == other for other in codes] + [False])
        reasons[code] = given[np.maximum(place, -1)]
    return reasons
