"""Roles: which addresses name a function rather than a person, and by which entry of which list."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Octets, mask
from hygiene.lists.name_lists import NameList

__all__ = ["Roles", "find_roles"]

_TEXT = pa.large_string()
_Integers = np.ndarray[Any, np.dtype[Any]]
#: The bit that tells small letters from capitals, in four octets at once.
_SMALL = 0x20202020
#: Knuth's multiplier for hashing (The Art of Computer Programming, 6.4), and the bits that are kept.
_MULTIPLIER, _BITS = np.uint32(2654435761), 16


class Roles(NamedTuple):
    """Role accounts in a column of addresses.

    Attributes:
        rows: Their positions.
        rules: ``list:entry`` of each.
    """

    rows: _Integers
    rules: pa.Array


def find_roles(address: pa.Array, lists: Sequence[NameList], /) -> Roles:
    """The addresses whose local part, without a tag after a plus sign, is on a list; the first list counts."""
    rows, rules = np.zeros(0, dtype=np.int64), pa.nulls(0, _TEXT)
    for one in lists:
        near = _may_begin(address, one.entries)
        near = near[~np.isin(near, rows)]
        found = _rules(address.take(pa.array(near)), one)
        rows = np.concatenate([rows, near[mask(pc.is_valid(found))]])
        rules = pa.concat_arrays([rules, pc.drop_null(found)])
    return Roles(rows, rules)


def _rules(address: pa.Array, one: NameList) -> pa.Array:
    names = "|".join(re.escape(name) for name in sorted(one.entries))
    named = pc.match_substring_regex(address, rf"(?i)^(?:{names})(?:\+[^@]*)?@")
    local = pc.replace_substring_regex(address, r"(?:\+[^@]*)?@.*$", "")
    found = one.rules.take(pc.index_in(pc.utf8_lower(local), value_set=one.names))
    return pc.if_else(named, found, None)


def _may_begin(address: pa.Array, names: Iterable[str]) -> _Integers:
    """Positions of the addresses that may begin with one of the names: all that do, and few others."""
    wanted = [f"{name}{end}" for name in names for end in "@+"]
    octets = Octets.of(address)
    if not all(map(str.isascii, wanted)) or not len(octets.data):
        return np.arange(len(address))
    known = min((len(name) for name in wanted), default=1)
    bits = (1 << 8 * min(known, 4)) - 1
    keys = [int.from_bytes(name[:4].encode(), "little") for name in wanted]
    table = np.zeros(1 << _BITS, dtype=bool)
    table[_hashed(np.array(keys, dtype=np.uint32), bits)] = True
    return np.flatnonzero(table[_hashed(octets.heads(), bits)])


def _hashed(heads: _Integers, bits: int) -> _Integers:
    hashed: _Integers = ((heads | _SMALL) & bits) * _MULTIPLIER >> (32 - _BITS)
    return hashed
