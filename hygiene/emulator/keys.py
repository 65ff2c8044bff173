"""Keys of leads and of block-list entries, as the words of `ImportPolicy` give them.

Nothing here knows what is stored: which keys are remembered or blocked is asked in SQL by `counting`.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from hygiene.policy import ImportPolicy

__all__ = ["address_of", "block_key", "block_keys", "first_unusable", "lead_key"]

#: Domains whose local parts ignore dots; both reach one mailbox.
GMAIL_DOMAINS = ("gmail.com", "googlemail.com")


def address_of(lead: Mapping[str, Any], /, *, policy: ImportPolicy) -> str | None:
    """The text of the lead's `email` field, trimmed where the policy trims; None where it has none."""
    email = lead.get("email")
    if not isinstance(email, str):
        return None
    return email.strip() if policy.strip_whitespace else email


def first_unusable(leads: Sequence[Mapping[str, Any]], /, *, policy: ImportPolicy) -> int | None:
    """Position of the first lead without a usable address, from 0; None where all have one."""
    for position, lead in enumerate(leads):
        if not _is_usable(address_of(lead, policy=policy)):
            return position
    return None


def lead_key(address: str | None, /, *, policy: ImportPolicy) -> str | None:
    """The duplicate key of an address; None where the address is not usable."""
    if address is None or not _is_usable(address):
        return None
    text = address.lower() if policy.fold_case else address
    local, _, domain = text.partition("@")
    if policy.fold_plus_tag:
        local = local.partition("+")[0] or local
    if policy.fold_gmail_dots and domain in GMAIL_DOMAINS:
        local, domain = local.replace(".", ""), GMAIL_DOMAINS[0]
    return f"{local}@{domain}"


def block_key(entry: str, /, *, policy: ImportPolicy) -> str:
    """The text under which a block-list entry is looked up."""
    return entry.lower() if policy.block_fold_case else entry


def block_keys(address: str, /, *, policy: ImportPolicy, waive: bool) -> list[str]:
    """The keys of all entries that would block a usable address.

    Args:
        address: An address as `address_of` gives it.
        policy: The rules.
        waive: Whether the request asks to ignore the block list.
    """
    domain = address.partition("@")[2]
    labels = domain.split(".")
    parents = [".".join(labels[start:]) for start in range(1, len(labels))]
    keys = []
    if policy.block_addresses and not (waive and policy.waive_covers == "all"):
        keys.append(address)
    if policy.block_domains and not waive:
        keys.append(domain)
        keys += parents if policy.block_subdomains else []
    return [block_key(key, policy=policy) for key in keys]


def _is_usable(address: str | None) -> bool:
    if address is None or address.count("@") != 1:
        return False
    local, _, domain = address.partition("@")
    labels = domain.split(".")
    clean = not any(letter.isspace() or unicodedata.category(letter) == "Cc" for letter in address)
    return clean and local != "" and len(labels) > 1 and all(labels)
