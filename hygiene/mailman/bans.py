"""Bans: which addresses may not subscribe, by address or by pattern.

A ban that begins with ``^`` is a regular expression that an address matches from its start, in any case. Any other is
an address; it acts only where it has no capitals, as Mailman looks for addresses in lower case (measured, 3.3.10).
"""

from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from hygiene.errors import ListingIncomplete

__all__ = ["addresses_of", "matching"]


def addresses_of(bans: Iterable[str], /) -> Iterator[str]:
    """Bans that are addresses and act."""
    return (ban for ban in bans if not ban.startswith("^") and ban == ban.lower())


def matching(bans: Iterable[str], addresses: Sequence[str], /) -> Iterator[str]:
    """Those of the addresses that a ban which is a pattern matches; `ListingIncomplete` where only Mailman reads it."""
    column = pa.array(addresses, pa.large_string())
    hit = pa.array([False] * len(column))
    odd = 0
    for ban in bans:
        if not ban.startswith("^"):
            continue
        try:
            found = pc.match_substring_regex(column, f"^(?:{ban})", ignore_case=True)
        except pa.ArrowInvalid:
            odd += 1
        else:
            hit = pc.or_(hit, found)
    if odd:
        msg = f"{odd} of the bans are patterns that only Mailman can read, so who is banned by them is not known."
        raise ListingIncomplete(msg)
    yield from column.filter(hit).to_pylist()
