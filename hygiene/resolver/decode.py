"""Replies: what a message says to a question.

Plain messages are read in `fast_decode`; all others by dnspython, which has the last word on what an answer means.
"""

import struct
from typing import Any, Literal

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.MX
import dns.rdtypes.ANY.TXT

from hygiene.deliverability import Answer, Question
from hygiene.resolver.encode import pack_query
from hygiene.resolver.fast_decode import (
    BY_RCODE,
    INCONCLUSIVE,
    MOST_TTL_S,
    TRUNCATED,
    Odd,
    Reply,
    read_plain,
)

__all__ = ["read_odd", "read_reply"]


def read_reply(wire: bytes, packed: bytes, question: Question, /) -> Reply | None:
    """What a message says to a question; None where it is no answer to it, or is malformed.

    Args:
        wire: The message; that its id fits is known already.
        packed: The question as it was sent.
        question: The same in words.
    """
    try:
        return read_plain(wire, packed, question)
    except (Odd, IndexError, struct.error):
        return read_odd(wire, packed)


def read_odd(wire: bytes, packed: bytes) -> Reply | None:
    """Read a message as dnspython's resolver would, which ignores what is malformed or answers something else."""
    query = dns.message.from_wire(wire[:2] + pack_query(packed, edns=False))
    try:
        message = dns.message.from_wire(wire)
    except (dns.exception.DNSException, ValueError, IndexError, struct.error):
        return None
    if not query.is_response(message):
        return None
    if message.flags & dns.flags.TC:
        return TRUNCATED
    if message.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return BY_RCODE.get(int(message.rcode()), BY_RCODE[2])
    return _follow(message) if isinstance(message, dns.message.QueryMessage) else BY_RCODE[2]


def _follow(message: dns.message.QueryMessage) -> Reply:
    """The answer at the end of a chain of aliases."""
    try:
        chain = message.resolve_chaining()
    except dns.exception.DNSException:
        return BY_RCODE[2]
    ttl_s = int(chain.minimum_ttl)
    if chain.answer is not None:
        return Reply("answer", Answer("found", tuple(_record(each) for each in chain.answer), ttl_s=ttl_s))
    gone = message.rcode() == dns.rcode.NXDOMAIN
    if _says_nothing(message, chain, gone=gone):
        return INCONCLUSIVE
    state: Literal["no_name", "no_data"] = "no_name" if gone else "no_data"
    return Reply("answer", Answer(state, ttl_s=0 if ttl_s == MOST_TTL_S else ttl_s))


def _says_nothing(
    message: dns.message.QueryMessage, chain: dns.message.ChainingResult, *, gone: bool
) -> bool:
    """Whether a message without the records that were asked for leaves open whether there are any.

    So do records of something else, an alias that nothing is said of, and a referral. An empty message is an
    answer, and what says that a name does not exist is one without SOA too. RFC 2308 2.1, 2.2.
    """
    if message.answer and not chain.cnames:
        return True
    zones = [rrset for rrset in message.authority if rrset.rdtype == dns.rdatatype.SOA]
    if zones or gone:
        return bool(zones) and not any(
            rrset.rdclass == dns.rdataclass.IN and chain.canonical_name.is_subdomain(rrset.name)
            for rrset in zones
        )
    return bool(message.answer or message.authority)


def _record(rdata: object) -> Any:
    """What stands in a record, as the plain reading gives it."""
    match rdata:
        case dns.rdtypes.ANY.MX.MX():
            return rdata.preference, rdata.exchange.to_text().rstrip(".").lower()
        case dns.rdtypes.ANY.TXT.TXT():
            return b"".join(rdata.strings).decode("latin-1")
    return str(rdata)
