"""Mail provider: who takes the mail of a domain, by the names of its mail hosts.

A table of suffixes, each with its source. Behind a gateway or a forwarder the mailbox is not known, and not guessed:
neither SPF nor anything else is asked. Nothing here looks anything up in DNS.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

__all__ = ["OTHER", "MailProvider", "mail_provider"]

#: What stands for a provider that is in no row of the table; a firm's own hosts are such.
OTHER = "other"


@dataclass(frozen=True, slots=True)
class MailProvider:
    """Who takes the mail of a domain.

    Attributes:
        code: Whose hosts they are, or `other`.
        kind: What they do: `mailbox`, `gateway`, `forwarder`, `relay`; empty for `other`.
        mixed: Whether hosts of somebody else take it as well.
    """

    code: str = OTHER
    kind: str = ""
    mixed: bool = False

    def __str__(self) -> str:
        return self.code


def mail_provider(hosts: Sequence[str], /) -> MailProvider | None:
    """Who takes the mail of a domain; None where it has no mail hosts, or they are not known.

    Args:
        hosts: Its mail hosts in order of preference, as `DomainVerdict.hosts` has them: that of the first counts.
    """
    if not hosts:
        return None
    found = [_of_host(host) for host in hosts]
    code, kind = found[0]
    return MailProvider(code, kind, mixed=len({each for each, _ in found}) > 1)


@lru_cache(maxsize=4096)
def _of_host(host: str) -> tuple[str, str]:
    """Whose a host is, by whole labels, the longest suffix first."""
    exact, patterns = _table()
    name = host.rstrip(".").lower()
    labels = name.split(".")
    for start in range(len(labels)):
        found = exact.get(".".join(labels[start:]))
        if found:
            return found
    return next((found for pattern, found in patterns if pattern.search(name)), (OTHER, ""))


@cache
def _table() -> tuple[Mapping[str, tuple[str, str]], Sequence[tuple[re.Pattern[str], tuple[str, str]]]]:
    """The suffixes, those of plain labels and those with a star."""
    text = (files("hygiene.deliverability") / "mail_providers.txt").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("# ")]
    exact = {suffix: (code, kind) for suffix, code, kind, *_ in rows if "*" not in suffix}
    starred = [
        (re.compile(rf"(?:^|\.){re.escape(suffix).replace(re.escape('*'), '[^.]+')}$"), (code, kind))
        for suffix, code, kind, *_ in rows
        if "*" in suffix
    ]
    return exact, starred
