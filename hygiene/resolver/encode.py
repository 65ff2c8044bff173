"""Wire: questions to bytes. The bytes of an answer are read in `decode`."""

import struct

from hygiene.deliverability import Kind, Question

__all__ = ["IN", "OPT", "ROOT", "TYPE", "BadName", "pack_query", "pack_question"]

#: Octets that an answer over UDP may have: it then fits one packet on every path. DNS flag day 2020.
UDP_OCTETS = 1232

#: Numbers of types and of the one class. RFC 1035 3.2.
TYPE: dict[Kind, int] = {"A": 1, "NS": 2, "MX": 15, "TXT": 16, "AAAA": 28}
OPT, IN = 41, 1

#: The root's name servers, which any resolver knows by heart.
ROOT = Question("", "NS")

#: The octet in front of a label, as a character, by the octets of the label.
_LENGTH = {length: chr(length) for length in range(1, 64)}
_END = {kind: struct.pack("!BHH", 0, number, IN) for kind, number in TYPE.items()}

#: EDNS (RFC 6891): an empty name, type OPT, the octets we take, no flags, no options.
_EDNS = struct.pack("!BHHIH", 0, OPT, UDP_OCTETS, 0, 0)

#: The header of a query behind its id: recursion desired, one question, EDNS or not.
_WITH_EDNS, _WITHOUT_EDNS = (struct.pack("!HHHHH", 0x0100, 1, 0, 0, edns) for edns in (1, 0))


class BadName(ValueError):  # noqa: N818 -- named after what was handed over
    """A name that DNS cannot carry."""


def pack_question(question: Question, /) -> bytes:
    """The question section.

    Raises:
        BadName: a label is empty, longer than 63 octets, or the name longer than 255.
    """
    name, kind = question
    try:
        labels = "".join([_LENGTH[len(label)] + label for label in name.split(".")]) if name else ""
        packed = labels.encode("ascii")
    except (UnicodeEncodeError, KeyError) as error:
        raise BadName(name) from error
    if len(name) > 253:
        raise BadName(name)
    return packed + _END[kind]


def pack_query(packed: bytes, /, *, edns: bool = True) -> bytes:
    """A query that wants recursion, for a packed question; its id (two octets) goes in front."""
    return (_WITH_EDNS + packed + _EDNS) if edns else _WITHOUT_EDNS + packed
