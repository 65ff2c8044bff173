"""Deliverability: what the DNS answers for a domain say about mail to it.

Pure: answers in, verdict out. Who asks is a `Resolver` that the caller hands in; an address is never
probed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

__all__ = ["REASON_OF", "DomainVerdict", "Resolver", "VerdictCode"]

VerdictCode = Literal[
    "accepts", "accepts_implicit", "null_mx", "domain_not_found", "no_mail_host", "dns_unknown"
]

#: Verdicts that are reasons against a row, or for a look at it. The others are none.
REASON_OF: Mapping[str, str] = {
    "null_mx": "null_mx",
    "domain_not_found": "domain_not_found",
    "no_mail_host": "no_mail_host",
    "dns_unknown": "dns_unknown",
}


@dataclass(frozen=True, slots=True)
class DomainVerdict:
    """What DNS says about mail to a domain.

    Attributes:
        code: The verdict; `accepts_implicit` is a domain without MX whose own address takes the mail
            (RFC 5321 5.1), `dns_unknown` decides nothing.
        cause: Why it is unknown (`timeout`, `servfail`, `refused`), '' otherwise.
        hosts: Mail hosts in order of preference.
    """

    code: VerdictCode
    cause: str = ""
    hosts: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.code


class Resolver(Protocol):
    """Looks domains up; any stand-in with this one method will do."""

    def look_up(self, domains: Collection[str], /) -> Mapping[str, DomainVerdict]:
        """A verdict for every domain (A-labels) asked for."""


def judge_mx(exchanges: Collection[tuple[int, str]]) -> DomainVerdict:
    """The verdict of an MX answer: its preferences and hosts, at least one.

    Source: RFC 7505 3 (null MX is a single record with an empty host, whatever its preference).
    """
    hosts = tuple(host.rstrip(".").lower() for _, host in sorted(exchanges))
    if not any(hosts):
        return DomainVerdict("null_mx")
    return DomainVerdict("accepts", hosts=tuple(host for host in hosts if host))
