"""Masking: addresses as people may see them in reports, the first letter and the domain.

Which reports mask is theirs to say; nothing here decides what is an address beyond the sign in it.
"""

import re

from hygiene.markup import inert

__all__ = ["mask_address", "mask_rule"]

#: What may stand after the last @ of a cell and be shown: a domain, and nothing else that came with it.
_DOMAIN = re.compile(r"[^\s@<>,;:/]{1,253}")


def mask_address(text: str, /) -> str:
    """``a***@birchworks.example``; of a text without an @ only the first letter is left."""
    local, at, rest = text.strip().rpartition("@")
    if not at:
        return f"{inert(rest[:1])}***" if rest else ""
    domain = _DOMAIN.match(rest)
    return f"{inert(local[:1])}***@{inert(domain.group()) if domain else '***'}"


def mask_rule(rule: str, /) -> str:
    """A matched rule, ``list:line:entry``, whose entry is masked where it is an address."""
    place, colon, entry = rule.rpartition(":")
    return inert(place + colon) + (mask_address(entry) if "@" in entry else inert(entry))
