"""Suffixes: what the names of the public suffix list, and those kept for documents and tests, say of a domain."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

__all__ = ["is_public_suffix", "is_registrable", "registrable"]

#: Top-level domains that no registry has and that documents and tests use. Source: RFC 2606 2, RFC 6762 3.
_KEPT = frozenset({"example", "invalid", "local", "localhost", "test"})


def is_public_suffix(domain: str, /) -> bool:
    """Whether people register names under a domain, so that it is nobody's own.

    Args:
        domain: A-labels, lower case.

    Source: the public suffix list, as the package publicsuffixlist has it.
    """
    # the list's own unknown suffixes count as none: what nobody registers under forbids nobody
    return _suffixes().publicsuffix(domain) == domain


def is_registrable(domain: str, /) -> bool:
    """Whether a text with dots is likely the name of a domain: it stands under a suffix that there is."""
    return registrable(domain) != ""


def registrable(domain: str, /) -> str:
    """The domain that somebody registered, of one that stands under it; empty where there is none.

    Args:
        domain: A-labels, lower case.
    """
    labels = domain.split(".")
    if labels[-1] in _KEPT:
        return ".".join(labels[-2:]) if len(labels) > 1 else ""
    return _suffixes().privatesuffix(domain) or ""


@cache
def _suffixes() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(accept_unknown=False)
