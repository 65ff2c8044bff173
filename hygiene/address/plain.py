"""Plain addresses: the ASCII shape that nearly all addresses have, decided for a whole column at once.

What is plain is accepted, and its normal form is email-validator's; what is not plain is left to `syntax`,
which may accept it as well.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.address.syntax import (
    ADDRESS_OCTETS,
    ATEXT,
    DOMAIN_OCTETS,
    HOST,
    LOCAL_OCTETS,
    LONG_LABEL,
    PUNYCODE_LIKE,
    ROLES_IN_LOWER_CASE,
    SPECIAL_USE,
)
from hygiene.text import Mask, mask

__all__ = ["Plain", "find_plain"]

_SHAPE = rf"^{ATEXT}+(?:\.{ATEXT}+)*@[a-zA-Z0-9\-.]+$"
_ROLES = pa.array(ROLES_IN_LOWER_CASE, pa.large_string())
_AT = pa.scalar("@", pa.large_string())


@dataclass(frozen=True, slots=True)
class Plain:
    """The plain addresses of a column.

    Attributes:
        rows: True where a cell is one.
        address: Their normal forms, one for each true row.
        host: Their domains in lower case, encoded, one for each true row.
    """

    rows: Mask
    address: pa.Array
    host: pa.DictionaryArray


def find_plain(cells: pa.Array, /) -> Plain:
    """Find the plain addresses of a text column; nothing is trimmed."""
    rows = mask(pc.match_substring_regex(cells, _SHAPE))
    texts = cells.filter(pa.array(rows))
    local, domain = _parts(texts)
    host = pc.ascii_lower(domain).dictionary_encode()
    good = _are_hosts(host.dictionary)[host.indices.to_numpy(zero_copy_only=False)]
    good &= mask(pc.less_equal(pc.binary_length(texts), ADDRESS_OCTETS))
    good &= mask(pc.less_equal(pc.binary_length(local), LOCAL_OCTETS))
    if not good.all():
        rows[rows] = good
        local, host = local.filter(pa.array(good)), host.filter(pa.array(good))
    address = pc.binary_join_element_wise(_folded(local), host.dictionary_decode(), _AT)
    return Plain(rows, address, host)


def _parts(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Local parts and domains of texts with exactly one @."""
    parts = pc.split_pattern(texts, "@").flatten()
    places = np.arange(0, 2 * len(texts), 2)
    return parts.take(pa.array(places)), parts.take(pa.array(places + 1))


def _folded(local: pa.Array) -> pa.Array:
    """Local parts as the normal form has them: in lower case where their case does not count."""
    lower = pc.ascii_lower(local)
    roles = pc.is_in(lower, value_set=_ROLES)
    return pc.if_else(roles, lower, local) if pc.any(roles).as_py() else local


def _are_hosts(names: pa.Array) -> Mask:
    """True where a name in lower case is a domain that the library accepts as it stands."""
    good = mask(pc.match_substring_regex(names, f"^{HOST}$"))
    for fault in (LONG_LABEL, PUNYCODE_LIKE, SPECIAL_USE):
        good &= ~mask(pc.match_substring_regex(names, fault))
    short: Mask = mask(pc.less_equal(pc.binary_length(names), DOMAIN_OCTETS))
    return good & short
