"""Verdicts: what may be said of a domain, and when it is not believed."""

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from hygiene.errors import UsageError

__all__ = ["CAUSES", "REASON_OF", "DomainVerdict", "Kind", "VerdictCode", "doubt", "withhold_belief"]

VerdictCode = Literal[
    "accepts",
    "accepts_implicit",
    "null_mx",
    "domain_not_found",
    "no_mail_host",
    "mail_host_unroutable",
    "dns_unknown",
]

#: What each cause of `dns_unknown` means.
CAUSES: Mapping[str, str] = {
    "timeout": "no answer within the time for one question, all tries together",
    "servfail": "the name server answered SERVFAIL or the like each time",
    "refused": "the name server refused each time",
    "no_resolver": "the system said that the name server cannot be reached",
    "deadline": "the time for all look-ups was over",
    "inconclusive": "the name server answered without saying: it named other servers (a referral), spoke of another "
    "name or class, or ended at an alias",
    "unproven": "it said that nothing is there, and gave no record at all in this run",
    "captive": "the name server makes up records, so that this answer says nothing",
    "bad_name": "DNS cannot carry the name",
}

Kind = Literal["MX", "A", "AAAA", "TXT", "NS"]

_CODES: tuple[str, ...] = get_args(VerdictCode)

#: Verdicts that are reasons against a row, or for a look at it. The others are none.
REASON_OF: Mapping[str, str] = {
    "null_mx": "null_mx",
    "domain_not_found": "domain_not_found",
    "no_mail_host": "no_mail_host",
    "mail_host_unroutable": "mail_host_unroutable",
    "dns_unknown": "dns_unknown",
}


@dataclass(frozen=True, slots=True)
class DomainVerdict:
    """What DNS says about mail to a domain.

    Attributes:
        code: The verdict; `accepts_implicit` is a domain without MX whose own address takes the mail
            (RFC 5321 5.1), `dns_unknown` decides nothing.
        cause: Why it is unknown, one of `CAUSES`; '' otherwise.
        hosts: Mail hosts in order of preference.
        notes: What else was seen and decides nothing: `spf_minus_all` for a domain without MX that says it
            sends no mail.
        ttl_s: Seconds that all answers behind the verdict may be kept; None where nobody was asked.
        cached: Whether all answers behind the verdict were kept from before.

    Raises:
        UsageError: the code is none of the verdicts.
    """

    code: VerdictCode
    cause: str = ""
    hosts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    ttl_s: int | None = field(default=None, compare=False)
    cached: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a code that nothing is known of, which would be taken for no verdict at all."""
        if self.code not in _CODES:
            msg = f"DomainVerdict({self.code!r}): expected one of {', '.join(_CODES)}."
            raise UsageError(msg)

    def __str__(self) -> str:
        return self.code


def doubt(verdict: DomainVerdict, /, *, invented: Collection[Kind]) -> DomainVerdict:
    """The verdict, or unknown (`captive`) where it rests on records of a type that the resolver makes up.

    Args:
        verdict: What its answers say.
        invented: Types of record that it answered for a name that cannot exist.
    """
    rests_on_mx = verdict.code in ("accepts", "null_mx", "mail_host_unroutable")
    rests_on_address = verdict.code in ("accepts_implicit", "mail_host_unroutable", "no_mail_host")
    if (rests_on_mx and "MX" in invented) or (rests_on_address and "A" in invented):
        return dataclasses.replace(verdict, code="dns_unknown", cause="captive", hosts=(), notes=())
    return verdict


def withhold_belief(verdict: DomainVerdict, /) -> DomainVerdict:
    """The verdict, or unknown (`unproven`) where it says that something does not exist."""
    says_so = verdict.code in ("domain_not_found", "no_mail_host", "mail_host_unroutable")
    return DomainVerdict("dns_unknown", cause="unproven", ttl_s=0) if says_so else verdict
