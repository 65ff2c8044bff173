"""Reach: domains that entries cover without naming them, by each value of the rule `block_reach`.

Domains come as distinct texts. Nothing here knows which entries act.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Mask, lower_case, mask
from hygiene.lists.suffixes import registrable

__all__ = ["domains_of", "ends_with_one", "named_above", "registered_with_one"]


def domains_of(entries: pa.Array, /) -> pa.Array:
    """The entries that are no addresses."""
    return entries.filter(pc.invert(pc.match_substring(entries, "@")))


def named_above(names: pa.Array, entries: pa.Array, /) -> Mask:
    """True where an entry is a domain above a name, however far up."""
    found = np.zeros(len(names), dtype=bool)
    while pc.any(pc.match_substring(names, ".")).as_py():
        names = pc.replace_substring_regex(names, r"^[^.]*(\.|$)", "")
        found |= mask(pc.is_in(names, value_set=entries))
    return found


def registered_with_one(names: pa.Array, entries: pa.Array, /) -> Mask:
    """True where somebody registered a name and an entry as one domain; case does not matter."""
    registered = {registrable(entry) for entry in lower_case(domains_of(entries)).to_pylist()} - {""}
    values = pa.array(sorted(registered), entries.type)
    lowered = lower_case(names)
    near = mask(pc.is_in(lowered, value_set=values)) | named_above(lowered, values)
    for place in np.flatnonzero(near):
        near[place] = registrable(lowered[int(place)].as_py()) in registered
    return near


def ends_with_one(names: pa.Array, entries: pa.Array, /) -> Mask:
    """True where a name ends with the letters of an entry."""
    wanted = sorted(entry[::-1].encode() for entry in domains_of(entries).to_pylist() if entry)
    kept: list[bytes] = []  # those that another begins are found with it
    for entry in wanted:
        if not kept or not entry.startswith(kept[-1]):
            kept.append(entry)
    if not kept or not len(names):
        return np.zeros(len(names), dtype=bool)
    backwards = [name[::-1].encode() for name in names.to_pylist()]
    before = (
        np.searchsorted(np.array(kept, dtype=object), np.array(backwards, dtype=object), side="right") - 1
    )
    pairs = zip(backwards, before.tolist(), strict=True)
    return np.array([at >= 0 and name.startswith(kept[at]) for name, at in pairs], dtype=bool)
