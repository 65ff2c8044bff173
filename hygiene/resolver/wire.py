"""Wire: questions to bytes, and the bytes of an answer to what they say.

Plain answers are read here, strictly; whatever is not fully understood is handed to dnspython, which has
the last word on what an answer means. Nothing here opens a socket.
"""

import re
import socket
import struct
from typing import Any, Literal, NamedTuple

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rdtypes.ANY.MX
import dns.rdtypes.ANY.TXT

from hygiene.deliverability import Answer, Question

__all__ = ["BadName", "Reply", "pack_query", "pack_question", "read_reply"]

#: Octets that an answer over UDP may have: it then fits one packet on every path. DNS flag day 2020.
UDP_OCTETS = 1232

_TYPE = {"A": 1, "NS": 2, "MX": 15, "TXT": 16, "AAAA": 28}
_NS, _SOA, _OPT, _IN = 2, 6, 41, 1
#: Octets of an address by its type.
_OCTETS = {1: 4, 28: 16}

_LENGTH = [bytes((length,)) for length in range(64)]
_END = {kind: struct.pack("!BHH", 0, number, _IN) for kind, number in _TYPE.items()}

_HEADER = struct.Struct("!HHHHHH")
_RECORD = struct.Struct("!HHIH")
_QR_OPCODE, _TC, _RD, _RCODE = 0xF800, 0x0200, 0x0100, 0x000F
_ANSWER_FLAGS = 0x8000

#: EDNS (RFC 6891): an empty name, type OPT, the octets we take, no flags, no options.
_EDNS = struct.pack("!BHHIH", 0, _OPT, UDP_OCTETS, 0, 0)

#: Pointer to the name of the question, which stands right behind the header. RFC 1035 4.1.4.
_TO_QUESTION = b"\xc0\x0c"

#: Letters, digits, hyphens and underscores, and dots between them.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.-]+").fullmatch

#: Times that a name may point on before it is taken for a loop. Assumed.
_JUMPS = 32

#: Longest time to live there is; more is none. RFC 2181 8.
_MOST_TTL_S = 2**31 - 1


class BadName(ValueError):  # noqa: N818 -- named after what was handed over
    """A name that DNS cannot carry."""


class Reply(NamedTuple):
    """What a message says: an answer, or why there is none."""

    kind: Literal["answer", "truncated", "refused", "failed", "format"]
    answer: Answer | None = None


_TRUNCATED, _REFUSED, _FAILED, _FORMAT = (
    Reply("truncated"), Reply("refused"), Reply("failed"), Reply("format"),
)  # fmt: skip
_BY_RCODE = {1: _FORMAT, 2: _FAILED, 5: _REFUSED}


class _Odd(Exception):  # noqa: N818 -- not an error: a message that dnspython reads
    """A message that is not plain."""


def pack_question(question: Question, /) -> bytes:
    """The question section.

    Raises:
        BadName: a label is empty, longer than 63 octets, or the name longer than 255.
    """
    try:
        labels = question.name.encode("ascii").split(b".") if question.name else []
    except UnicodeEncodeError as error:
        raise BadName(question.name) from error
    if b"" in labels or len(question.name) > 253 or max(map(len, labels), default=0) > 63:
        raise BadName(question.name)
    return b"".join([_LENGTH[len(label)] + label for label in labels]) + _END[question.kind]


def pack_query(ident: int, packed: bytes, /, *, edns: bool = True) -> bytes:
    """A query that wants recursion, for a packed question."""
    return _HEADER.pack(ident, _RD, 1, 0, 0, int(edns)) + packed + (_EDNS if edns else b"")


def read_reply(wire: bytes, packed: bytes, question: Question, /) -> Reply | None:
    """What a message says to a question; None where it is no answer to it, or is malformed.

    Args:
        wire: The message; that its id fits is known already.
        packed: The question as it was sent.
        question: The same in words.
    """
    try:
        return _read_plain(wire, packed, question)
    except (_Odd, IndexError, struct.error, UnicodeDecodeError):
        return _read_odd(wire, packed)


def _read_plain(wire: bytes, packed: bytes, question: Question) -> Reply:
    """Read a message whose answers belong to the name of the question itself."""
    _, flags, questions, answers, authorities, more = _HEADER.unpack_from(wire)
    end = 12 + len(packed)
    if flags & _QR_OPCODE != _ANSWER_FLAGS or questions != 1 or wire[12:end] != packed:
        raise _Odd
    if flags & _TC:
        return _TRUNCATED
    code = flags & _RCODE
    if code not in (0, 3) or (code == 3 and answers):
        if code in _BY_RCODE and not answers:
            return _BY_RCODE[code]
        raise _Odd
    records, ttl_s, place = _read_answers(wire, end, answers, question)
    negative_ttl_s, place = _read_authority(wire, place, authorities)
    _read_additional(wire, place, more)
    if records:
        return Reply("answer", Answer("found", records, ttl_s=ttl_s))
    return Reply("answer", Answer("no_name" if code else "no_data", ttl_s=negative_ttl_s))


def _read_answers(
    wire: bytes, place: int, count: int, question: Question
) -> tuple[tuple[Any, ...], int, int]:
    """Records of the type asked for, their shortest time to live, and where the section ends."""
    wanted = _TYPE[question.kind]
    records: list[Any] = []
    least = _MOST_TTL_S
    for _ in range(count):
        if wire[place : place + 2] != _TO_QUESTION:
            raise _Odd
        kind, class_, ttl_s, octets = _RECORD.unpack_from(wire, place + 2)
        place += 12
        if kind != wanted or class_ != _IN or place + octets > len(wire) or ttl_s > _MOST_TTL_S:
            raise _Odd
        if octets != _OCTETS.get(kind, octets) or not octets:
            raise _Odd
        records.append(_READERS[kind](wire, place, place + octets))
        least = min(least, ttl_s)
        place += octets
    return tuple(records), least, place


def _read_authority(wire: bytes, place: int, count: int) -> tuple[int, int]:
    """Seconds that a negative answer may be kept (RFC 2308 5), 0 without SOA; and where the section ends."""
    keep_s = 0
    for _ in range(count):
        place = _skip_name(wire, place)
        kind, class_, ttl_s, octets = _RECORD.unpack_from(wire, place)
        place += 10
        end = place + octets
        if kind == _SOA and _skip_name(wire, _skip_name(wire, place)) + 20 == end <= len(wire):
            keep_s = min(ttl_s, int.from_bytes(wire[end - 4 : end]), _MOST_TTL_S)
        elif kind != _NS or _skip_name(wire, place) != end or class_ != _IN:
            raise _Odd
        place = end
    return keep_s, place


def _read_additional(wire: bytes, place: int, count: int) -> None:
    """Walk over addresses and EDNS to the end, which must be the end of the message too."""
    extended = 0
    for _ in range(count):
        start = place
        place = _skip_name(wire, place)
        kind, _, ttl, octets = _RECORD.unpack_from(wire, place)
        place += 10 + octets
        if kind == _OPT:
            extended += 1
            if ttl >> 24 or octets or wire[start] or extended > 1:
                raise _Odd
        elif _OCTETS.get(kind) != octets:
            raise _Odd
    if place != len(wire):
        raise _Odd


def _skip_name(wire: bytes, place: int) -> int:
    """Where a name ends; what it points to is walked through as well."""
    end = 0
    for _ in range(_JUMPS):
        while 0 < (length := wire[place]) <= 63:
            place += 1 + length
        if length == 0:
            return end or place + 1
        target = int.from_bytes(wire[place : place + 2]) & 0x3FFF
        if length < 0xC0 or target >= place or target < 12:
            raise _Odd
        end, place = end or place + 2, target
    raise _Odd


def _read_name(wire: bytes, place: int) -> tuple[str, int]:
    """A name of letters, digits, hyphens and underscores in lower case; and where it ends."""
    labels: list[str] = []
    end = 0
    for _ in range(_JUMPS):
        while 0 < (length := wire[place]) <= 63:
            labels.append(wire[place + 1 : place + 1 + length].decode("ascii"))
            place += 1 + length
        if length == 0:
            break
        target = int.from_bytes(wire[place : place + 2]) & 0x3FFF
        if length < 0xC0 or target >= place or target < 12:
            raise _Odd
        end, place = end or place + 2, target
    else:
        raise _Odd
    name = ".".join(labels)
    if labels and (not _PLAIN_NAME(name) or name.count(".") >= len(labels) or len(name) > 253):
        raise _Odd
    return name.lower(), end or place + 1


def _read_mx(wire: bytes, place: int, end: int) -> tuple[int, str]:
    host, stop = _read_name(wire, place + 2)
    if stop != end:
        raise _Odd
    return int.from_bytes(wire[place : place + 2]), host


def _read_address(wire: bytes, place: int, end: int) -> str:
    return socket.inet_ntop(socket.AF_INET if end - place == 4 else socket.AF_INET6, wire[place:end])


def _read_text(wire: bytes, place: int, end: int) -> str:
    parts = []
    while place < end:
        parts.append(wire[place + 1 : place + 1 + wire[place]])
        place += 1 + wire[place]
    if place != end:
        raise _Odd
    return b"".join(parts).decode("latin-1")


def _read_other(wire: bytes, place: int, end: int) -> str:
    """What stands in a record whose content nobody asks for."""
    return wire[place:end].hex()


_READERS = {1: _read_address, 2: _read_other, 15: _read_mx, 16: _read_text, 28: _read_address}


def _read_odd(wire: bytes, packed: bytes) -> Reply | None:
    """Read a message as dnspython's resolver would, which ignores what is malformed or answers something else."""
    query = dns.message.from_wire(pack_query(int.from_bytes(wire[:2]), packed, edns=False))
    try:
        message = dns.message.from_wire(wire)
    except (dns.exception.DNSException, ValueError, IndexError, struct.error):
        return None
    if not query.is_response(message):
        return None
    if message.flags & dns.flags.TC:
        return _TRUNCATED
    if message.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return _BY_RCODE.get(int(message.rcode()), _FAILED)
    return _follow(message) if isinstance(message, dns.message.QueryMessage) else _FAILED


def _follow(message: dns.message.QueryMessage) -> Reply:
    """The answer at the end of a chain of aliases."""
    try:
        chain = message.resolve_chaining()
    except dns.exception.DNSException:
        return _FAILED
    ttl_s = int(chain.minimum_ttl)
    if chain.answer is not None:
        return Reply("answer", Answer("found", tuple(_record(each) for each in chain.answer), ttl_s=ttl_s))
    state: Literal["no_name", "no_data"] = "no_name" if message.rcode() == dns.rcode.NXDOMAIN else "no_data"
    return Reply("answer", Answer(state, ttl_s=0 if ttl_s == _MOST_TTL_S else ttl_s))


def _record(rdata: object) -> Any:
    """What stands in a record, as the plain reading gives it."""
    match rdata:
        case dns.rdtypes.ANY.MX.MX():
            return rdata.preference, rdata.exchange.to_text().rstrip(".").lower()
        case dns.rdtypes.ANY.TXT.TXT():
            return b"".join(rdata.strings).decode("latin-1")
    return str(rdata)
