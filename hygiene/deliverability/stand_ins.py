"""Stand-ins: who may be asked about domains, and verdicts that are known already.

What is handed over is held against what it should be, as a verdict under a name that nobody asks for, or one of an
unknown kind, would pass for none.
"""

import re
from collections.abc import Collection, Mapping
from typing import Protocol

from hygiene.deliverability.verdict import DomainVerdict
from hygiene.errors import UsageError, option

__all__ = ["KnownVerdicts", "Resolver", "a_labels", "as_resolver"]

#: A name as it is asked for: labels of letters, digits, hyphens and underscores, in lower case, without final dot.
_ASKED = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*").fullmatch


class Resolver(Protocol):
    """Looks domains up; any stand-in with this one method will do."""

    def look_up(self, domains: Collection[str], /) -> Mapping[str, DomainVerdict]:
        """A verdict for every domain (A-labels) asked for; one left out counts as not checked."""


class KnownVerdicts:
    """A resolver that knows some verdicts already and asks nobody.

    Args:
        verdicts: Domain to verdict; the name may be written with U-labels, capitals or a final dot.

    Raises:
        UsageError: a key is no domain, a value no verdict, or one domain has two of them.
    """

    def __init__(self, verdicts: Mapping[str, DomainVerdict], /) -> None:
        self._verdicts = _checked(verdicts)

    def look_up(self, domains: Collection[str], /) -> Mapping[str, DomainVerdict]:
        """The verdicts of those domains that are known."""
        return {domain: self._verdicts[domain] for domain in domains if domain in self._verdicts}


class _StandIn:
    """Somebody who is asked, and whose answers are held against what they should be."""

    def __init__(self, asked: Resolver, /) -> None:
        self._asked = asked

    def look_up(self, domains: Collection[str], /) -> Mapping[str, DomainVerdict]:
        """What was answered.

        Raises:
            UsageError: that is no mapping of domains to verdicts.
        """
        return _checked(self._asked.look_up(domains))


def as_resolver(given: object, /) -> Resolver | None:
    """Who is asked: what was handed over, where it can look up, else the verdicts it holds; None for nobody.

    Raises:
        UsageError: it is neither.
    """
    if given is None or isinstance(given, KnownVerdicts | _StandIn):
        return given
    if not isinstance(given, type):
        if callable(getattr(given, "look_up", None)):
            return _StandIn(given)  # type: ignore[arg-type]  # which has just been seen
        if isinstance(given, Mapping):
            return KnownVerdicts(given)
    what = f"the class {given.__name__}" if isinstance(given, type) else f"of type {type(given).__name__}"
    raise UsageError(
        f"{option('resolver')} is {what}; expected something with a method look_up, such as hygiene.Resolver(), or "
        f"verdicts by domain. Name servers are named with hygiene.Resolver({option('nameservers', ['HOST:PORT'])})."
    )


def a_labels(domain: str, /) -> str | None:
    """A domain as A-labels in lower case without final dot; None where it has no such form."""
    if _ASKED(domain):
        return domain
    import idna

    bare = domain.strip()
    try:
        name = bare.lower() if bare.isascii() else idna.encode(bare, uts46=True).decode("ascii")
    except idna.IDNAError:
        return None
    name = name.removesuffix(".")
    return name if _ASKED(name) else None


def _checked(given: object) -> dict[str, DomainVerdict]:
    """Verdicts by A-labels."""
    if not isinstance(given, Mapping):
        raise UsageError(
            f"{option('resolver')}: look_up gave a {type(given).__name__}; expected verdicts by domain."
        )
    verdicts: dict[str, DomainVerdict] = {}
    for place, (domain, verdict) in enumerate(given.items(), start=1):
        name = a_labels(domain) if isinstance(domain, str) else None
        if name is None:
            msg = f"{option('resolver')}: key {place} is no domain; expected one like 'acme.example'."
            raise UsageError(msg)
        if not isinstance(verdict, DomainVerdict):
            raise UsageError(
                f"{option('resolver')}: what is said of {name} is of type {type(verdict).__name__}; expected a "
                "verdict like hygiene.DomainVerdict('null_mx')."
            )
        if verdicts.setdefault(name, verdict) != verdict:
            raise UsageError(f"{option('resolver')}: two verdicts for {name}; give one.")
    return verdicts
