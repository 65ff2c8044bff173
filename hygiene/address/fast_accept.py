"""Plain addresses: the ASCII shape that nearly all addresses have, decided for a whole column at once.

What is plain is accepted, and its normal form is email-validator's; what is not plain is left to `syntax`,
which may accept it as well.
"""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from email_validator import SPECIAL_USE_DOMAIN_NAMES

from hygiene.address.syntax import ATEXT, LABEL_OCTETS, LOCAL_OCTETS, ROLES_IN_LOWER_CASE
from hygiene.arrow.text import Mask, Octets, mask

__all__ = ["Plain", "find_plain"]

_TEXT = pa.large_string()
#: A label without hyphens side by side: those of encoded names are judged one by one.
_LABEL = r"[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*"
_SHAPE = rf"^{ATEXT}+(?:\.{ATEXT}+)*@(?:{_LABEL}\.)+(?:{_LABEL}-)?[a-zA-Z0-9]*[a-zA-Z]$"
_ROLES = pa.array([f"{name}@" for name in sorted(ROLES_IN_LOWER_CASE)], _TEXT)
_Integers = np.ndarray[Any, np.dtype[Any]]


def _numbers(words: Iterable[str]) -> _Integers:
    return np.array(sorted({int.from_bytes(word.encode(), "little") for word in words}), dtype=np.uint32)


#: The first four octets of such addresses, and the last two of domains that are for special use: a row
#: without them needs no closer look.
_ROLE_HEADS = _numbers(f"{name}@"[:4] for name in ROLES_IN_LOWER_CASE)
_IS_SPECIAL_TAIL = np.zeros(1 << 16, dtype=bool)
_IS_SPECIAL_TAIL[_numbers(name[-2:] for name in SPECIAL_USE_DOMAIN_NAMES)] = True
_PERCENT, _U00 = ord("%"), int.from_bytes(b"u00", "little")


@dataclass(frozen=True, slots=True)
class Plain:
    """The plain addresses of a column.

    Attributes:
        rows: True where a cell is one.
        texts: Their normal forms, aligned with the column; in other rows nothing to go by.
        halves: Local part with its @, then domain, of one row after the other, in lower case.
    """

    rows: Mask
    texts: pa.Array
    halves: pa.Array

    def address(self) -> pa.Array:
        """The normal forms, one for each true row."""
        return self.texts.filter(pa.array(self.rows))

    def domain(self) -> pa.Array:
        """The domains in lower case, one for each true row."""
        return self.halves.take(pa.array(2 * np.flatnonzero(self.rows) + 1))


def find_plain(cells: pa.Array, /) -> Plain:
    """Find the plain addresses of a text column; nothing is trimmed.

    Those with a domain longer than a label may be, or that may begin with remains of an escape, are left
    out; with both limits kept no address is too long.
    """
    rows = mask(pc.match_substring_regex(cells, _SHAPE))
    lower = pc.ascii_lower(cells)
    octets = Octets.of(lower)
    at = pc.fill_null(pc.find_substring(cells, "@"), -1).to_numpy(zero_copy_only=False)
    lengths = np.empty(2 * len(cells), dtype=np.int64)  # of the halves: no @ is no local part
    lengths[::2] = at + 1
    lengths[1::2] = np.diff(octets.bounds) - lengths[::2]
    # Local part and domain are windows on the octets of all cells, and their ends are compared as numbers: cutting
    # a text out of each cell would cost more than all that is asked of it.
    halves = _cut(octets.data, lengths)
    rows &= (lengths[::2] <= LOCAL_OCTETS + 1) & (lengths[1::2] <= LABEL_OCTETS)
    heads, tails = octets.heads(), octets.tails() >> 16
    rows &= ((heads & 0xFF) != _PERCENT) & ((heads & 0xFFFFFF) != _U00)
    _leave_out_special(rows, halves, tails)
    if np.array_equal(octets.data, Octets.of(cells).data):  # as in most files
        return Plain(rows, cells, halves)
    folded = np.full(2 * len(cells), 0xFF, dtype=np.uint8)  # of each half, all bits where its case is folded
    folded[::2] *= _are_roles(rows, halves, heads)
    return Plain(rows, _folded(cells, octets.data, np.repeat(folded, lengths)), halves)


def _cut(data: _Integers, lengths: _Integers) -> pa.Array:
    """Texts of these lengths, one after the other; nothing is copied."""
    bounds = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=bounds[1:])
    return pa.Array.from_buffers(_TEXT, len(lengths), [None, pa.py_buffer(bounds), pa.py_buffer(data)])


def _leave_out_special(rows: Mask, halves: pa.Array, tails: _Integers) -> None:
    """Take the rows out whose domain is for special use."""
    places = np.flatnonzero(rows & _IS_SPECIAL_TAIL[tails])
    domain = halves.take(pa.array(2 * places + 1))
    special = (
        *(pc.ends_with(domain, f".{name}") for name in SPECIAL_USE_DOMAIN_NAMES),
        # A domain without a dot does not match the shape.
        *(pc.equal(domain, name) for name in SPECIAL_USE_DOMAIN_NAMES if "." in name),
    )
    rows[places] = ~mask(functools.reduce(pc.or_, special))


def _are_roles(rows: Mask, halves: pa.Array, heads: _Integers) -> Mask:
    """True where the local part is a name whose case does not count."""
    roles = rows & np.isin(heads, _ROLE_HEADS)
    places = np.flatnonzero(roles)
    roles[places] = mask(pc.is_in(halves.take(pa.array(2 * places)), value_set=_ROLES))
    return roles


def _folded(cells: pa.Array, lower: _Integers, folded: _Integers) -> pa.Array:
    """The cells with the octets of `lower` where the bits are set; the cells themselves if nothing changes."""
    octets = Octets.of(cells)
    # What differs between a letter and its lower case is one bit, so that both texts have the same bounds.
    changes = (octets.data ^ lower) & folded
    if not changes.any():
        return cells
    buffers = [None, pa.py_buffer(octets.bounds), pa.py_buffer(octets.data ^ changes)]
    return pa.Array.from_buffers(_TEXT, len(cells), buffers)
