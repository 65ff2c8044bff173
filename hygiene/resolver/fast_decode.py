"""Plain answers: the bytes of a message as most are, read strictly and fast.

What is not fully understood here, malformed messages among it, is `Odd`; what becomes of that is decided in
`decode`.
"""

import socket
import struct
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from hygiene.deliverability import Answer, Kind, Question
from hygiene.resolver.encode import IN, OPT, TYPE

__all__ = ["BY_RCODE", "INCONCLUSIVE", "MOST_TTL_S", "TRUNCATED", "Odd", "Reply", "read_plain"]

_NS, _SOA = 2, 6
#: Octets of an address by its type.
_OCTETS = {1: 4, 28: 16}

_HEADER = struct.Struct("!HHHHHH")
_RECORD = struct.Struct("!HHIH")
#: The same behind an owner that is a pointer.
_ANSWER = struct.Struct("!HHHIH")
_QR_OPCODE, _TC, _RCODE = 0xF800, 0x0200, 0x000F
_ANSWER_FLAGS = 0x8000

#: Pointer to the name of the question, which stands right behind the header. RFC 1035 4.1.4.
_TO_QUESTION = 0xC00C

#: The octets of type CNAME.
_ALIAS = b"\0\5"

#: What plain names are made of: letters, digits, hyphens and underscores, and dots between labels.
_PLAIN = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-."

#: Times that a name may point on before it is taken for a loop. Assumed.
_JUMPS = 32

#: Longest time to live there is; more is none. RFC 2181 8.
MOST_TTL_S = 2**31 - 1


class Reply(NamedTuple):
    """What a message says: an answer, or why there is none."""

    kind: Literal["answer", "truncated", "refused", "failed", "format"]
    answer: Answer | None = None


TRUNCATED, _REFUSED, _FAILED, _FORMAT = (
    Reply("truncated"), Reply("refused"), Reply("failed"), Reply("format"),
)  # fmt: skip

#: A message that leaves open what was asked.
INCONCLUSIVE = Reply("answer", Answer("unknown", cause="inconclusive"))

#: What is said by a response code other than that there is an answer. RFC 1035 4.1.1.
BY_RCODE = {1: _FORMAT, 2: _FAILED, 5: _REFUSED}


class Odd(Exception):  # noqa: N818 -- not an error: a message that is not plain
    """A message that is not plain."""


def read_plain(wire: bytes, packed: bytes, question: Question, /) -> Reply:
    """What a message says whose answers belong to the name of the question, or to aliases of it in order.

    Raises:
        Odd, IndexError, struct.error: the message is not plain, or ends too soon.
    """
    _, flags, questions, answers, authorities, more = _HEADER.unpack_from(wire)
    place = 12 + len(packed)
    if flags & _QR_OPCODE != _ANSWER_FLAGS or questions != 1 or not wire.startswith(packed, 12):
        raise Odd
    if flags & _TC:
        return TRUNCATED
    code = flags & _RCODE
    if code and (code != 3 or answers):
        if code in BY_RCODE and not answers:
            return BY_RCODE[code]
        raise Odd
    records, ttl_s = (), MOST_TTL_S
    if answers:
        records, ttl_s, place = _read_answers(wire, place, answers, question.kind)
    negative_ttl_s = -1
    if authorities:
        negative_ttl_s, place = _read_authority(wire, place, authorities, negative=not records)
    _read_additional(wire, place, more)
    if records:
        return Reply("answer", Answer("found", records, "", ttl_s))
    if authorities and negative_ttl_s < 0 and not code:
        raise Odd  # name servers and no SOA: not an answer, but where one may be had. RFC 2308 2.2
    return Reply("answer", Answer("no_name" if code else "no_data", (), "", max(negative_ttl_s, 0)))


def _read_answers(wire: bytes, place: int, count: int, kind: Kind) -> tuple[tuple[Any, ...], int, int]:
    """Records of the type asked for, their shortest time to live, and where the section ends."""
    owner, least = _TO_QUESTION, MOST_TTL_S
    if wire[place + 2 : place + 4] == _ALIAS:
        owner, least, place, count = _follow_aliases(wire, place, count)
    wanted, read = TYPE[kind], _READERS[kind]
    records: list[Any] = []
    for _ in range(count):
        name, type_, class_, ttl_s, octets = _ANSWER.unpack_from(wire, place)
        place += 12
        end = place + octets
        if name != owner or type_ != wanted or class_ != IN or end > len(wire) or not octets:
            raise Odd
        if ttl_s < least:
            least = ttl_s
        elif ttl_s > MOST_TTL_S:
            raise Odd
        records.append(read(wire, place, end))
        place = end
    return tuple(records), least, place


def _follow_aliases(wire: bytes, place: int, count: int) -> tuple[int, int, int, int]:
    """Follow CNAMEs that stand in order.

    Returns:
        What points to the last name, the shortest time to live, where they end, and how many records are left.
    """
    owner, least = _TO_QUESTION, MOST_TTL_S
    seen = []
    while count and wire[place + 2 : place + 4] == _ALIAS:
        name, _, class_, ttl_s, octets = _ANSWER.unpack_from(wire, place)
        place += 12
        end = _skip_name(wire, place)
        if name != owner or class_ != IN or ttl_s > MOST_TTL_S or end != place + octets:
            raise Odd
        seen.append(owner)
        # The next owner points to the name that stands here, or to where that points: two octets are a pointer,
        # as no plain name but the root is shorter than three.
        owner = int.from_bytes(wire[place:end]) if octets == 2 else 0xC000 | place
        if owner in seen:
            raise Odd
        least, place, count = min(least, ttl_s), end, count - 1
    if not count:
        raise Odd  # an alias of nothing: how long that may be kept is for dnspython to say
    return owner, least, place, count


def _read_authority(wire: bytes, place: int, count: int, *, negative: bool) -> tuple[int, int]:
    """Seconds that a negative answer may be kept (RFC 2308 5), -1 without SOA; and where the section ends.

    Args:
        wire: The message.
        place: Where the section begins.
        count: Its records.
        negative: Whether there are no records, so that an SOA must be of the question's name or one above it.
    """
    keep_s = -1
    for _ in range(count):
        owner, place = place, _skip_name(wire, place)
        kind, class_, ttl_s, octets = _RECORD.unpack_from(wire, place)
        place += 10
        end = place + octets
        # Two names and five numbers, of which the last is the one meant. RFC 1035 3.3.13.
        if kind == _SOA and _skip_name(wire, _skip_name(wire, place)) + 20 == end <= len(wire):
            if negative and not (class_ == IN and _is_above(wire, owner)):
                raise Odd
            keep_s = min(ttl_s, int.from_bytes(wire[end - 4 : end]), MOST_TTL_S)
        elif kind != _NS or class_ != IN or _skip_name(wire, place) != end:
            raise Odd
        place = end
    return keep_s, place


def _is_above(wire: bytes, place: int) -> bool:
    """Whether a name is the root, or points to a label of the question's name, which is then below it."""
    if not wire[place]:
        return True
    target, label = int.from_bytes(wire[place : place + 2]), _TO_QUESTION
    while label < target and (length := wire[label & 0x3FFF]):
        label += 1 + length
    return label == target


def _read_additional(wire: bytes, place: int, count: int) -> None:
    """Walk over addresses and EDNS to the end, which must be the end of the message too."""
    extended = 0
    for _ in range(count):
        start = place
        place = _skip_name(wire, place) if wire[place] else place + 1
        kind, _, ttl, octets = _RECORD.unpack_from(wire, place)
        place += 10 + octets
        if kind == OPT:
            extended += 1
            # The first octet of its time to live is the upper bits of the response code. RFC 6891 6.1.3.
            if ttl >> 24 or octets or wire[start] or extended > 1:
                raise Odd
        elif _OCTETS.get(kind) != octets:
            raise Odd
    if place != len(wire):
        raise Odd


def _skip_name(wire: bytes, place: int) -> int:
    """Where a name ends; what it points to is walked through as well."""
    while 0 < (length := wire[place]) <= 63:
        place += 1 + length
    if not length:
        return place + 1
    end = place + 2
    for _ in range(_JUMPS):
        target = (length << 8 | wire[place + 1]) & 0x3FFF
        if length < 0xC0 or target >= place or target < 12:
            raise Odd
        place = target
        while 0 < (length := wire[place]) <= 63:
            place += 1 + length
        if not length:
            return end
    raise Odd


def _read_name(wire: bytes, place: int) -> tuple[str, int]:
    """A name of letters, digits, hyphens and underscores in lower case; and where it ends."""
    labels: list[bytes] = []
    end = 0
    for _ in range(_JUMPS):
        while 0 < (length := wire[place]) <= 63:
            after = place + 1 + length
            labels.append(wire[place + 1 : after])
            place = after
        if not length:
            break
        target = (length << 8 | wire[place + 1]) & 0x3FFF
        if length < 0xC0 or target >= place or target < 12:
            raise Odd
        end, place = end or place + 2, target
    else:
        raise Odd
    name = b".".join(labels)
    if name.translate(None, _PLAIN) or name.count(b".") >= len(labels) > 0 or len(name) > 253:
        raise Odd
    return name.decode("ascii").lower(), end or place + 1


def _read_mx(wire: bytes, place: int, end: int) -> tuple[int, str]:
    host, stop = _read_name(wire, place + 2)
    if stop != end:
        raise Odd
    return int.from_bytes(wire[place : place + 2]), host


def _read_ipv4(wire: bytes, place: int, end: int) -> str:
    if end - place != 4:
        raise Odd
    return socket.inet_ntoa(wire[place:end])


def _read_ipv6(wire: bytes, place: int, end: int) -> str:
    if end - place != 16:
        raise Odd
    return socket.inet_ntop(socket.AF_INET6, wire[place:end])


def _read_text(wire: bytes, place: int, end: int) -> str:
    parts = []
    while place < end:
        parts.append(wire[place + 1 : place + 1 + wire[place]])
        place += 1 + wire[place]
    if place != end:
        raise Odd
    return b"".join(parts).decode("latin-1")


def _read_other(wire: bytes, place: int, end: int) -> str:
    """What stands in a record whose content nobody asks for."""
    return wire[place:end].hex()


_READERS: dict[Kind, Callable[[bytes, int, int], Any]] = {
    "A": _read_ipv4, "NS": _read_other, "MX": _read_mx, "TXT": _read_text, "AAAA": _read_ipv6,
}  # fmt: skip
