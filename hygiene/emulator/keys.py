"""Keys of leads and of block-list entries, as the words of `ImportPolicy` give them.

Nothing here knows what is stored: which keys are remembered or blocked is asked in SQL by `counting`.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from hygiene.policy import ImportPolicy

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

__all__ = [
    "address_of",
    "block_key",
    "block_keys",
    "covers",
    "first_unusable",
    "held_key",
    "lacks",
    "lead_key",
]

#: Domains whose local parts ignore dots; both reach one mailbox.
GMAIL_DOMAINS = ("gmail.com", "googlemail.com")

#: Domains that no registry has and documents use: their second label is somebody's (RFC 2606, RFC 6762).
KEPT_DOMAINS = ("example", "invalid", "local", "localhost", "test")

_COMMON_ASCII = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")


def address_of(lead: Mapping[str, Any], /, *, policy: ImportPolicy) -> str | None:
    """The text of the lead's `email` field, trimmed where the policy trims; None where it has none."""
    email = lead.get("email")
    if not isinstance(email, str):
        return None
    return email.strip() if policy.strip_whitespace else email


def lacks(lead: Mapping[str, Any], /, *, policy: ImportPolicy) -> bool:
    """Whether a needed field is not there, or blank; the user's own may stand under `custom_fields`."""
    own = lead.get("custom_fields")
    fields = {**own, **lead} if isinstance(own, Mapping) else lead
    return not all(str(fields.get(name) or "").strip() for name in policy.needs)


def first_unusable(leads: Sequence[Mapping[str, Any]], /, *, policy: ImportPolicy) -> int | None:
    """Position of the first lead without a usable address, from 0; None where all have one."""
    for position, lead in enumerate(leads[: policy.request_limit or None]):
        address = address_of(lead, policy=policy)
        if not _is_usable(address, policy.usable_address) or lacks(lead, policy=policy):
            return position
    return None


def lead_key(address: str | None, /, *, policy: ImportPolicy) -> str | None:
    """The duplicate key of an address; None where the address is not usable."""
    if address is None or not _is_usable(address, policy.usable_address):
        return None
    return held_key(address, policy=policy)


def held_key(address: str | None, /, *, policy: ImportPolicy) -> str | None:
    """The duplicate key of an address that a list held before: usable or not, it is there."""
    if address is None:
        return None
    text = address.lower() if policy.fold_case else address
    local, _, domain = text.partition("@")
    if policy.fold_u_labels:
        domain = ".".join(map(_a_label, domain.split(".")))
    if policy.fold_plus_tag or (policy.fold_gmail_tags and domain in GMAIL_DOMAINS):
        local = local.partition("+")[0] or local
    if policy.fold_googlemail and domain == GMAIL_DOMAINS[1]:
        domain = GMAIL_DOMAINS[0]
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
    if _domains_act(policy, waive=waive):
        keys.append(domain)
        keys += parents if policy.block_subdomains else []
    return [block_key(key, policy=policy) for key in keys]


def covers(entry: str, address: str, /, *, policy: ImportPolicy, waive: bool) -> bool:
    """Whether an entry for a domain covers an address whose domain it does not name, by `block_reach`.

    Args:
        entry: The text under which the entry is looked up.
        address: A usable address as `address_of` gives it.
        policy: The rules.
        waive: Whether the request asks to ignore the block list.
    """
    if "@" in entry or not entry or not _domains_act(policy, waive=waive):
        return False
    domain = block_key(address.partition("@")[2], policy=policy)
    if policy.block_reach == "letters":
        return domain.endswith(entry)
    if policy.block_reach == "registrable":
        owner = _registered(domain.lower())
        return owner is not None and owner == _registered(entry.lower())
    return False


def _domains_act(policy: ImportPolicy, *, waive: bool) -> bool:
    return policy.block_domains and not waive


@cache
def _registered(domain: str) -> str | None:
    """The domain that somebody registered, of one at or under it; None for a suffix, or below none."""
    labels = domain.split(".")
    if labels[-1] in KEPT_DOMAINS:
        return ".".join(labels[-2:]) if len(labels) > 1 else None
    found: str | None = _suffixes().privatesuffix(domain)
    return found


@cache
def _suffixes() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(accept_unknown=False)


def _a_label(label: str) -> str:
    if label.isascii():
        return label
    import idna

    try:
        return idna.encode(label.lower(), uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return label


def _is_usable(address: str | None, kind: str) -> bool:
    if address is None:
        return False
    if "@" in kind:
        return "@" in address and re.fullmatch(kind, address, re.ASCII) is not None
    if kind == "ascii":
        return _COMMON_ASCII.fullmatch(address) is not None
    return _is_valid(address) if kind == "email-validator" else _is_loose(address)


def _is_valid(address: str) -> bool:
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def _is_loose(address: str) -> bool:
    local, _, domain = address.partition("@")
    labels = domain.split(".")
    clean = not any(letter.isspace() or unicodedata.category(letter) == "Cc" for letter in address)
    return address.count("@") == 1 and clean and local != "" and len(labels) > 1 and all(labels)
