"""Which entries of the API's block list act on a request: those that count, less those that a waiver covers.

The emulator has this rule in its own words, so that each can be held against the other. Nothing here looks
at a lead.
"""

from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from hygiene.policy import ImportPolicy

__all__ = ["Acting", "acting", "acting_under"]

#: What holds under one policy, or under many by position.
_Holds = TypeVar("_Holds", bool, np.ndarray[Any, np.dtype[np.bool_]])


class Acting(NamedTuple, Generic[_Holds]):
    """The kinds of entries that act, in the order of `features.KINDS`.

    Attributes:
        addresses: Whether one that is an address acts on that address.
        domains: Whether one that is a domain acts on its addresses.
        subdomains: Whether it acts on addresses of the domains below it too.
        registrable: Whether it acts on those of every domain that somebody registered as the same.
        letters: Whether it acts on those of every domain that ends with its letters.
    """

    addresses: _Holds
    domains: _Holds
    subdomains: _Holds
    registrable: _Holds
    letters: _Holds


def acting(policy: ImportPolicy, /, *, waived: bool) -> Acting[bool]:
    """The kinds of entries that act under a policy.

    Args:
        policy: The counting rules.
        waived: Whether the request sets ``csvSettings.ignoreGlobalBlockList``.
    """
    return acting_under(
        policy.block_addresses,
        policy.block_domains,
        policy.block_subdomains,
        policy.waive_covers == "domains",
        policy.block_reach == "registrable",
        policy.block_reach == "letters",
        waived=waived,
    )


def acting_under(  # noqa: PLR0917 -- the rules in their order
    addresses: _Holds,
    domains: _Holds,
    subdomains: _Holds,
    spares_addresses: _Holds,
    registrable: _Holds,
    letters: _Holds,
    /,
    *,
    waived: bool,
) -> Acting[_Holds]:
    """The same from the values of the rules, of one policy or of many by position.

    Args:
        addresses: `block_addresses`.
        domains: `block_domains`.
        subdomains: `block_subdomains`.
        spares_addresses: Whether `waive_covers` is ``domains``.
        registrable: Whether `block_reach` is ``registrable``.
        letters: Whether it is ``letters``.
        waived: As for `acting`.
    """
    if waived:
        addresses, domains = addresses & spares_addresses, domains & False
    return Acting(addresses, domains, domains & subdomains, domains & registrable, domains & letters)
