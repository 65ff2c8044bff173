"""Judging: the cells of an email column, all at once.

Plain addresses, and those with a common wrapping, are decided for the whole column; of the other cells each
distinct one is judged by itself, and repaired where it is refused.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.address.plain import find_plain
from hygiene.address.repair import Repairs, tidied
from hygiene.address.syntax import READ_CHARACTERS, Syntax
from hygiene.address.wrapping import find_wrapped
from hygiene.text import Mask, mask

__all__ = ["Addresses", "judge"]

_TEXT = pa.large_string()
_WHITE_SPACE = pa.scalar("white_space", _TEXT)
_COLUMNS = ("address", "domain", "repaired", "suggestion", "others")
_Places = np.ndarray[Any, np.dtype[np.int64]]
#: Rows at once, so that what is made on the way is small and its memory is used again.
_SLICE = 1 << 16
#: Longest cell that is searched for something to repair.
SEARCHED_CHARACTERS = 2 * READ_CHARACTERS
#: A word without an @ or anything that may stand for one.
_ONE_WORD = r"^[!-;=?A-Z\\^-z|}~]+$"
#: What is left of escaped characters before an address: URL escapes, and the JSON escapes of ``<``, ``>``,
#: quotes, ``&`` and spaces whose backslash is gone. A digit after them may be part of a user number.
#: Source: observed in scraped lists (u003e, %20), where email-validator accepts both.
_DEBRIS = re.compile(
    r"(?:(?:%[0-9a-f]{2})+|\\?u00(?:3c|3e)|\\?u00(?:20|22|26|27|a0)(?=[a-z]))+", re.IGNORECASE
)


@dataclass(frozen=True)
class Addresses:
    """The judged cells of an email column, aligned with it by position.

    Attributes:
        address: Normalized address; null where the cell was refused.
        domain: Its domain as A-labels, lower case; null where the cell was refused.
        repaired: The kinds of repair after which alone the address was found, joined by semicolons; null
            where there was none.
        suggestion: What the person may have meant, where the cell was refused and that is not certain.
        others: The further addresses of a cell that holds several, joined by semicolons.
        reasons: Reason code to mask.
    """

    address: pa.Array
    domain: pa.Array
    repaired: pa.Array
    suggestion: pa.Array
    others: pa.Array
    reasons: dict[str, Mask]

    @cached_property
    def host(self) -> pa.DictionaryArray:
        """`domain` encoded, for passes that decide once a domain."""
        return self.domain.dictionary_encode()


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
    judged = _OneByOne()
    slices = [cells.slice(start, _SLICE) for start in range(0, max(len(cells), 1), _SLICE)]
    if len(slices) == 1:
        return _judge_slice(cells, judged)
    with ThreadPoolExecutor(pa.cpu_count()) as threads:  # Arrow lets go of the interpreter while it counts
        return _joined(list(threads.map(partial(_judge_slice, judged=judged), slices)))


def _judge_slice(cells: pa.Array, judged: "_OneByOne") -> Addresses:
    trimmed = pc.utf8_trim_whitespace(cells)
    plain = find_plain(trimmed)
    left = np.flatnonzero(~plain.rows)
    wrapped = find_wrapped(trimmed.take(pa.array(left)))
    place = np.empty(len(cells), dtype=np.int64)  # of each row in what the three ways give, one after another
    place[plain.rows] = np.arange(len(plain.address))
    place[left[wrapped.plain.rows]] = len(plain.address) + np.arange(len(wrapped.kinds))
    left = left[~wrapped.plain.rows]
    others = _without_clear(cells.take(pa.array(left))).dictionary_encode(null_encoding="encode")
    first = len(plain.address) + len(wrapped.kinds)
    place[left] = first + others.indices.to_numpy(zero_copy_only=False)
    columns = judged.columns(others.dictionary.to_pylist())
    found = (plain, wrapped.plain)
    kinds = pa.concat_arrays([pa.nulls(len(plain.address), _TEXT), wrapped.kinds, columns["repaired"]])
    return Addresses(
        address=_gathered([*(one.address for one in found), columns["address"]], place),
        domain=_gathered([*(one.domain for one in found), columns["domain"]], place),
        repaired=_repaired(cells, trimmed, kinds.take(pa.array(place)), place < first),
        suggestion=_spread(columns["suggestion"], place - first),
        others=_spread(columns["others"], place - first),
        reasons=_reasons(columns["code"], place - first),
    )


def _gathered(parts: list[pa.Array], place: _Places) -> pa.Array:
    return pa.concat_arrays(parts).take(pa.array(place))


def _joined(parts: list[Addresses]) -> Addresses:
    """The parts as one; they are let go of column by column, so that not everything is there twice."""
    sizes = [len(part.address) for part in parts]
    masks = [part.reasons for part in parts]
    columns = {name: [getattr(part, name) for part in parts] for name in _COLUMNS}
    parts.clear()
    texts = {name: pa.concat_arrays(columns.pop(name)) for name in _COLUMNS}
    reasons = {
        code: np.concatenate(
            [
                found[code] if code in found else np.zeros(rows, bool)
                for found, rows in zip(masks, sizes, strict=True)
            ]
        )
        for code in sorted({code for found in masks for code in found})
    }
    return Addresses(**texts, reasons=reasons)


def _without_clear(cells: pa.Array) -> pa.Array:
    """The cells, all of those that are one word without an @ being the same one: so they are judged once."""
    return pc.if_else(pc.match_substring_regex(cells, _ONE_WORD), pa.scalar("-", _TEXT), cells)


class _OneByOne:
    """Cells judged by themselves, each distinct one once."""

    def __init__(self) -> None:
        self._syntax = Syntax()
        self._repairs = Repairs(self._syntax)
        self._known: dict[str | None, _Judged] = {}

    def columns(self, cells: list[str | None]) -> dict[str, pa.Array]:
        """What the cells turned out to be, by the fields of `_Judged`."""
        judged = [self._known.get(cell) or self._add(cell) for cell in cells]
        fields = zip(*judged, strict=True) if judged else ((),) * len(_Judged._fields)
        return {name: pa.array(texts, _TEXT) for name, texts in zip(_Judged._fields, fields, strict=True)}

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


def _repaired(cells: pa.Array, trimmed: pa.Array, kinds: pa.Array, by_column: Mask) -> pa.Array:
    """The kinds of repair; those of cells judged by column lack the white space around them."""
    spaced = mask(pc.not_equal(pc.binary_length(cells), pc.binary_length(trimmed))) & by_column
    if not spaced.any():
        return kinds
    rows = pa.array(spaced)
    told = pc.coalesce(
        pc.binary_join_element_wise(_WHITE_SPACE, kinds.filter(rows), pa.scalar(";", _TEXT)), _WHITE_SPACE
    )
    return pc.replace_with_mask(kinds, rows, told)


def _spread(others: pa.Array, place: _Places) -> pa.Array:
    """A column that is null for what was judged by column, whose places are below 0."""
    if others.null_count == len(others):
        return pa.nulls(len(place), _TEXT)
    return others.take(pa.array(place, mask=place < 0))


def _reasons(codes: pa.Array, place: _Places) -> dict[str, Mask]:
    """Reason code to mask."""
    last = np.where(place < 0, len(codes), place)
    return {
        code: np.append(mask(pc.equal(codes, code)), [False])[last]
        for code in pc.drop_null(codes).unique().to_pylist()
    }
