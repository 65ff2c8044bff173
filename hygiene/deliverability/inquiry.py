"""Inquiries: what must be asked to judge a domain, and what the answers make of it.

Pure: answers in, verdict out. Who asks is a `Resolver` that the caller hands in; an address is never
probed.
"""

import ipaddress
from collections.abc import Callable, Generator
from functools import lru_cache
from typing import Literal, NamedTuple

from hygiene.deliverability.verdict import DomainVerdict, Kind, VerdictCode

__all__ = ["HOSTS_ASKED", "Answer", "Inquiry", "Question", "is_routable", "judge"]

#: Networks that mail from the internet cannot reach: private, shared, loopback, link-local, multicast, "this"
#: and reserved. RFC 6890, RFC 6598, RFC 4193, RFC 5771. The documentation networks (RFC 5737, RFC 3849) are
#: left out on purpose: nobody's mail host has them, and examples and tests can then use them as what they
#: stand for.
_UNROUTABLE = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.168.0.0/16", "224.0.0.0/4", "240.0.0.0/4",
        "::/128", "::1/128", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
]  # fmt: skip

#: Mail hosts of one domain that are looked up. What lies beyond is undecided, which counts for the domain.
#: Assumed: even the largest mail providers name fewer.
HOSTS_ASKED = 16

#: The record by which a domain says that it sends no mail. RFC 7208 5.1; email-validator reads it the same.
_SENDS_NO_MAIL = "v=spf1 -all"


class Question(NamedTuple):
    """What is asked: a name as A-labels in lower case without final dot, and a record type."""

    name: str
    kind: Kind


class Answer(NamedTuple):
    """What DNS answered to one question.

    Attributes:
        state: Whether there are records, none of the type, no such name, or nothing that decides.
        records: Of MX (preference, host), else the address or text; in the order they came.
        cause: Why nothing is decided (`timeout`, `servfail`, `refused`, `inconclusive`, `no_resolver`, `deadline`,
            `bad_name`).
        ttl_s: Seconds that the answer may be kept.
        cached: Whether it was kept from before.
    """

    state: Literal["found", "no_data", "no_name", "unknown"]
    records: tuple[tuple[int, str], ...] | tuple[str, ...] = ()
    cause: str = ""
    ttl_s: int = 0
    cached: bool = False


class _Finding(NamedTuple):
    """What a verdict says, apart from how long it holds."""

    code: VerdictCode
    cause: str = ""
    hosts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def _inquire(domain: str) -> Generator[Question, Answer, _Finding]:
    """Ask what is needed to judge a domain: questions out, answers in, in the end what was found."""
    answer = yield Question(domain, "MX")
    if answer.state == "no_data":
        return (yield from _inquire_implicit(domain))
    if answer.state != "found":
        return _judge_nothing(answer)
    hosts = _exchanges(answer)
    if not any(hosts):
        return _Finding("null_mx" if len(answer.records) == 1 else "mail_host_unroutable")
    named = tuple(host for host in hosts if host) if "" in hosts else hosts
    for host in named[:HOSTS_ASKED]:
        if (yield from _can_be_reached(host)):
            return _Finding("accepts", hosts=named)
    return _Finding("accepts" if len(named) > HOSTS_ASKED else "mail_host_unroutable", hosts=named)


def _exchanges(answer: Answer) -> tuple[str, ...]:
    """Mail hosts in order of preference, each once; '' for the root, which is how null MX is written.

    Source: RFC 7505 3 (null MX is a single record with an empty host, whatever its preference).
    """
    records: list[tuple[int, str]] = sorted(answer.records)  # type: ignore[arg-type]  # MX has pairs
    return tuple(dict.fromkeys([host.rstrip(".").lower() for _, host in records]))


def _judge_nothing(answer: Answer) -> _Finding:
    if answer.state == "no_name":
        return _Finding("domain_not_found")
    return _Finding("dns_unknown", cause=answer.cause)


def _can_be_reached(host: str) -> Generator[Question, Answer, bool]:
    """Whether a mail host may be reached; what DNS leaves undecided may be."""
    if _is_literal(host) or host == "localhost" or host.endswith(".localhost"):
        return False
    for kind in ("A", "AAAA"):
        answer = yield Question(host, kind)
        if answer.state == "no_name":
            return False
        if answer.state == "unknown" or any(map(is_routable, answer.records)):
            return True
    return False


def _inquire_implicit(domain: str) -> Generator[Question, Answer, _Finding]:
    """The verdict for a domain that exists and has no MX: its own address takes the mail, if any."""
    answers: list[Answer] = []
    for kind in ("A", "AAAA"):
        answers.append((yield Question(domain, kind)))
        if any(map(is_routable, answers[-1].records)):
            notes = yield from _notes(domain)
            return _Finding("accepts_implicit", hosts=(domain,), notes=notes)
    for answer in answers:
        if answer.state in ("unknown", "no_name"):
            return _judge_nothing(answer)
    if any(answer.records for answer in answers):
        return _Finding("mail_host_unroutable", hosts=(domain,))
    return _Finding("no_mail_host")


def _notes(domain: str) -> Generator[Question, Answer, tuple[str, ...]]:
    answer = yield Question(domain, "TXT")
    texts = [text for text in answer.records if isinstance(text, str)]
    return ("spf_minus_all",) if _SENDS_NO_MAIL in (" ".join(text.lower().split()) for text in texts) else ()


def _is_literal(host: str) -> bool:
    bare = host.strip("[]")
    if not (bare[-1:].isdigit() or ":" in bare):
        return False  # which is nearly every name, and told without the cost of an exception
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=65_536)
def is_routable(address: str, /) -> bool:
    """Whether mail from the internet can reach an IP address."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return not any(found.version == network.version and found in network for network in _UNROUTABLE)


class Inquiry:
    """One domain on its way to a verdict: the next question, then what its answer makes of it.

    Attributes:
        question: What to ask next; None once there is a verdict.
        verdict: What was found; None before that.
    """

    __slots__ = ("_cached", "_steps", "_ttl_s", "domain", "question", "verdict")

    def __init__(self, domain: str, /) -> None:
        self.domain = domain
        self._steps = _inquire(domain)
        self._ttl_s: int | None = None
        self._cached = True
        self.verdict: DomainVerdict | None = None
        self.question: Question | None = next(self._steps)

    def take(self, answer: Answer, /) -> None:
        """Go on with the answer to `question`."""
        if self._ttl_s is None or answer.ttl_s < self._ttl_s:
            self._ttl_s = answer.ttl_s
        self._cached &= answer.cached
        try:
            self.question = self._steps.send(answer)
        except StopIteration as stop:
            self.question = None
            found: _Finding = stop.value
            self.verdict = DomainVerdict(*found, ttl_s=self._ttl_s, cached=self._cached)


def judge(domain: str, known: Callable[[Question], Answer], /) -> DomainVerdict:
    """The verdict for a domain when every question can be answered at once."""
    inquiry = Inquiry(domain)
    while inquiry.question is not None:
        inquiry.take(known(inquiry.question))
    assert inquiry.verdict is not None  # noqa: S101 -- an inquiry without a question has one
    return inquiry.verdict
