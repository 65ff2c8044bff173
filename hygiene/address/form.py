"""Form: how an address is written for who does not take every one.

What cannot be written so has no form; what becomes of its lead is not decided here.
"""

from collections.abc import Collection
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from hygiene.address.syntax import ADDRESS_OCTETS

__all__ = ["LOCAL_OCTETS", "AddressRule", "in_form"]

#: What an address may have to be: `a_labels`, its domain in A-labels (``xn--``); `ascii`, without letters outside
#: ASCII; `local_64`, with no more octets before the @ than SMTP has to take.
AddressRule = Literal["a_labels", "ascii", "local_64"]

#: Longest part before the @ that every server must take, in octets. RFC 5321 4.5.3.1.1.
LOCAL_OCTETS = 64


def in_form(address: pa.Array, domain: pa.Array, form: Collection[AddressRule], /) -> pa.Array:
    """The addresses as they are written in a form; null for one that cannot be.

    Args:
        address: Normalized addresses by position; null for none.
        domain: Their domains as A-labels.
        form: What an address has to be; nothing where empty.
    """
    if not form:
        return address
    plain = pc.and_(pc.string_is_ascii(address), pc.less_equal(pc.binary_length(address), LOCAL_OCTETS))
    odd = pc.fill_null(pc.invert(plain), fill_value=False)
    if not odd.true_count:
        return address
    pairs = zip(address.filter(odd).to_pylist(), domain.filter(odd).to_pylist(), strict=True)
    written = [_written(text, name, form) for text, name in pairs]
    return pc.replace_with_mask(address, odd, pa.array(written, address.type))


def _written(address: str, domain: str, form: Collection[AddressRule]) -> str | None:
    local, _, host = address.rpartition("@")
    text = f"{local}@{domain if 'a_labels' in form else host}"
    too_long = len(text.encode()) > ADDRESS_OCTETS or (
        "local_64" in form and len(local.encode()) > LOCAL_OCTETS
    )
    return None if too_long or ("ascii" in form and not text.isascii()) else text
