"""Plain addresses: the ASCII shape that nearly all addresses have, decided for a whole column at once.

What is plain is accepted, and its normal form is email-validator's; what is not plain is left to `syntax`,
which may accept it as well.
"""

import functools
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from email_validator import SPECIAL_USE_DOMAIN_NAMES

from hygiene.address.syntax import ATEXT, LABEL_OCTETS, LOCAL_OCTETS, ROLES_IN_LOWER_CASE
from hygiene.text import Mask, mask

__all__ = ["Plain", "find_plain"]

#: A label without hyphens side by side: those of encoded names are judged one by one.
_LABEL = r"[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*"
_SHAPE = rf"^{ATEXT}+(?:\.{ATEXT}+)*@(?:{_LABEL}\.)+(?:{_LABEL}-)?[a-zA-Z0-9]*[a-zA-Z]$"
_ROLES = pa.array(sorted(ROLES_IN_LOWER_CASE), pa.large_string())
_AT = pa.scalar("@", pa.large_string())


@dataclass(frozen=True, slots=True)
class Plain:
    """The plain addresses of a column.

    Attributes:
        rows: True where a cell is one.
        address: Their normal forms, one for each true row.
        domain: Their domains in lower case, one for each true row.
    """

    rows: Mask
    address: pa.Array
    domain: pa.Array


def find_plain(cells: pa.Array, /) -> Plain:
    """Find the plain addresses of a text column; nothing is trimmed.

    Those with a domain longer than a label may be, or that may begin with remains of an escape, are left
    out; with both limits kept no address is too long.
    """
    shaped = pc.match_substring_regex(cells, _SHAPE)
    texts = cells.filter(shaped)
    parts = pc.split_pattern(texts, "@").flatten()
    places = np.arange(0, 2 * len(texts), 2)
    local, domain = parts.take(pa.array(places)), pc.ascii_lower(parts.take(pa.array(places + 1)))
    rows, good = mask(shaped), _are_good(local, domain)
    if good.true_count < len(good):
        rows[rows] = good.to_numpy(zero_copy_only=False)
        local, domain = local.filter(good), domain.filter(good)
    return Plain(rows, pc.binary_join_element_wise(_folded(local), domain, _AT), domain)


def _are_good(local: pa.Array, domain: pa.Array) -> pa.Array:
    limits = (
        pc.less_equal(pc.binary_length(local), LOCAL_OCTETS),
        pc.less_equal(pc.binary_length(domain), LABEL_OCTETS),
    )
    faults = (
        pc.starts_with(local, "%"),
        pc.starts_with(local, "u00", ignore_case=True),
        *(pc.ends_with(domain, f".{name}") for name in SPECIAL_USE_DOMAIN_NAMES),
        *(pc.equal(domain, name) for name in SPECIAL_USE_DOMAIN_NAMES if "." in name),
    )
    return pc.and_not(functools.reduce(pc.and_, limits), functools.reduce(pc.or_, faults))


def _folded(local: pa.Array) -> pa.Array:
    """Local parts as the normal form has them: in lower case where their case does not count."""
    lower = pc.ascii_lower(local)
    roles = pc.is_in(lower, value_set=_ROLES)
    return pc.if_else(roles, lower, local) if pc.any(roles).as_py() else local
