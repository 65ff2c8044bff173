"""Usable addresses: which texts an API takes for one, by each value of the rule `usable_address`.

Texts come as they are compared, trimmed where that is asked for. Nothing here knows a policy.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.address.fast_accept import find_plain
from hygiene.address.syntax import Syntax
from hygiene.arrow.text import Mask, mask
from hygiene.policy import is_pattern

__all__ = ["is_usable"]

_LOOSE = r"^[^@\pZ\p{Cc}]+@[^@.\pZ\p{Cc}]+(\.[^@.\pZ\p{Cc}]+)+$"
#: What most sign-up forms check by. Source: regular-expressions.info/email.html.
_ASCII = r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$"


def is_usable(addresses: pa.Array, kind: str = "loose", /) -> Mask:
    """True where a text is a usable address.

    Args:
        addresses: Texts without nulls.
        kind: A value of `usable_address`.
    """
    if is_pattern(kind):
        found = pc.match_substring_regex(addresses, f"^(?:{kind})$")
        return mask(pc.and_(found, pc.match_substring(addresses, "@")))
    if kind == "email-validator":
        return _validated(addresses)
    return mask(pc.match_substring_regex(addresses, _ASCII if kind == "ascii" else _LOOSE))


def _validated(addresses: pa.Array) -> Mask:
    """True where email-validator takes a text; what is plain is known without it."""
    found = find_plain(addresses).rows.copy()
    odd = np.flatnonzero(~found)
    syntax = Syntax()
    for place, text in zip(odd, addresses.take(pa.array(odd)).to_pylist(), strict=True):
        found[place] = syntax.judge(text).address is not None
    return found
