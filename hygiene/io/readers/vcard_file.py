"""vCards: one lead a card, of version 2.1 to 4, with its name, company, title, phones and addresses.

The address that the card prefers comes first; further ones are columns `email 2`, `email 3`. Pictures, sounds and
keys are left out. A row's line is that on which its card begins.
"""

import itertools
import quopri
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from hygiene.columns.full_names import split_name
from hygiene.columns.mapping import CANONICAL
from hygiene.errors import InputError
from hygiene.io.readers.batch import Batch, batch_of_rows, first_rows
from hygiene.io.readers.encoding import Text, UnreadableError
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.sources import Digest

__all__ = ["CARD", "CardFile"]

#: What a file of cards begins with, below any byte order mark and blank lines.
CARD = re.compile(rb"\s*BEGIN:VCARD\s*[\r\n]", re.IGNORECASE)

#: Rows of a batch.
_ROWS = 20_000

#: Properties that are for programs, or no text.
_LEFT_OUT = {
    "AGENT", "CALURI", "CALADRURI", "CLIENTPIDMAP", "FBURL", "KEY", "LOGO", "MAILER", "PHOTO", "PRODID",
    "REV", "SORT-STRING", "SOUND", "SOURCE", "TZ", "UID", "VERSION", "X-ABLABEL", "XML",
}  # fmt: skip

#: Where the parts of a property go. Source: RFC 6350 6.2.2, 6.3.1, 6.6.4.
_PARTS = {
    "N": ("last_name", "first_name", "middle name", "honorific prefix", "honorific suffix"),
    "ORG": ("company", "department"),
    "ADR": ("post office box", "address 2", "street", "city", "state", "postal code", "country"),
}

#: Properties that say of whom a card is, and what they say of a firm.
_KINDS = {"KIND": {"org"}, "X-ADDRESSBOOKSERVER-KIND": {"org"}, "X-ABSHOWAS": {"company"}}

#: Column that the name as it is shown is kept in until it is known whether it is needed.
_SHOWN = "\0shown"

#: Columns of properties that are one text; others have their own name.
_NAMES = {
    "BDAY": "birthday", "EMAIL": "email", "FN": _SHOWN, "TEL": "phone", "TITLE": "title", "URL": "website"
}  # fmt: skip

_BEGIN, _END = "BEGIN:VCARD", "END:VCARD"

#: Rank of a property that no preference is told of. Source: RFC 6350 5.3, preferences go from 1 to 100.
_LAST = 101

#: Most characters of a card, its pictures included.
_CARD_CHARACTERS = 32 << 20

_PROPERTY = re.compile(r"""(?:[\w-]+\.)?([\w-]+)((?:;(?:[^:;"]|"[^"]*")*)*):(.*)""", re.DOTALL)
_PARAMETER = re.compile(r""";\s*(?:([\w-]+)\s*=\s*)?((?:[^:;"]|"[^"]*")*)""")
_QUOTED_PRINTABLE = re.compile(r"[^:]*;\s*(?:ENCODING\s*=\s*)?\"?QUOTED-PRINTABLE", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PART = re.compile(r"((?:[^\\;]|\\.|\\$)*)(?:;|$)", re.DOTALL)
_SCHEME = re.compile(r"(?:mailto|tel):", re.IGNORECASE)

_Card: TypeAlias = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Property:
    """One property of a card; the lower its rank, the more it is preferred."""

    name: str
    types: frozenset[str]
    rank: int
    value: str

    @property
    def text(self) -> str:
        return _unescaped(self.value).strip()

    @property
    def parts(self) -> list[str]:
        """A value that is made of several."""
        return [_unescaped(part).strip() for part in _PART.findall(self.value)]


@dataclass(frozen=True, slots=True)
class CardFile:
    """A file of vCards."""

    text: Text
    header: Sequence[str]
    limits: Limits
    notes: Sequence[str] = field(default=())

    @classmethod
    def look(cls, text: Text, limits: Limits, /) -> "CardFile":
        """The columns of all cards, which the file is read through for.

        Raises:
            InputError: it is no text, or passes a limit.
        """
        found: dict[str, None] = {}
        for _, card, _ in _cards(text, limits):
            found.update(dict.fromkeys(card))
            if len(found) > limits.columns:
                raise limits.refuse("columns", text.source.name, f"more than {limits.columns:,} properties")
        header = [name for name in CANONICAL if name in found or name == "email"]
        header += [name for name in found if name not in CANONICAL]
        return cls(text, header, limits)

    def sample(self, rows: int, /) -> list[list[str]]:
        """The first rows."""
        return first_rows(self._batches(rows), rows)

    def batches(self, digest: Digest | None = None, /) -> Iterator[Batch]:
        """All rows."""
        return self._batches(_ROWS, digest)

    def _batches(self, size: int, digest: Digest | None = None) -> Iterator[Batch]:
        cards = _cards(self.text, self.limits, digest)
        while part := list(itertools.islice(cards, size)):
            rows = [[card.get(name, "") for name in self.header] for _, card, _ in part]
            malformed = {at: raw for at, (_, _, raw) in enumerate(part) if raw is not None}
            yield batch_of_rows(rows, [line for line, _, _ in part], len(self.header), malformed)


def _cards(
    text: Text, limits: Limits, digest: Digest | None = None
) -> Iterator[tuple[int, _Card, str | None]]:
    """Each card with its line; the raw text of one that does not end, and of what is none."""
    for line, lines in _divided(text, digest):
        if lines[0].strip().upper() == _BEGIN and lines[-1].strip().upper() == _END:
            card = _card([each for each in map(_property, _unfolded(lines[1:-1])) if each])
            if any(len(cell) > limits.cell for cell in card.values()):
                found = f"the card on line {line} holds a value of more than {limits.cell:,} characters"
                raise limits.refuse("cell", text.source.name, found)
            yield line, card, None
        else:
            yield line, {}, "\n".join(lines)


def _divided(text: Text, digest: Digest | None) -> Iterator[tuple[int, list[str]]]:
    """The lines of each card with the number of the first; cards within cards belong to theirs."""
    card: list[str] = []
    first, size, depth = 1, 0, 0
    for number, line in _lines(text, digest):
        word = line.strip().upper()
        of_agent = word == _BEGIN and depth > 0 and card[-1].strip().upper().startswith("AGENT")
        if card and not of_agent and (word == _BEGIN or not (word or depth)):
            yield first, card
            card, size, depth = [], 0, 0
        if not word and not depth:
            continue
        first = first if card else number
        card.append(line)
        size += len(line)
        depth += (word == _BEGIN) - (word == _END and depth > 0)
        if word == _END and depth == 0:
            yield first, card
            card, size = [], 0
        if size > _CARD_CHARACTERS:
            found = (
                f"the card on line {first} is longer than {_CARD_CHARACTERS:,} characters, or does not end"
            )
            raise InputError(f"{text.source.name}: {found}. Export the cards anew, without pictures.")
    if card:
        yield first, card


def _lines(text: Text, digest: Digest | None) -> Iterator[tuple[int, str]]:
    number = 0
    try:
        for number, line in enumerate(text.lines(digest), 1):
            yield number, line.removesuffix(b"\n").decode().rstrip("\r")
    except UnreadableError as error:
        raise error.on_line(text.source.name, number + 1 + error.before.count(b"\n")) from None


def _unfolded(lines: Sequence[str]) -> Iterator[str]:
    """The properties of a card, each on one line; those of a card within it, an agent's, are left out."""
    whole, depth = "", 0
    for line in lines:
        word = line.strip().upper()
        depth += word == _BEGIN
        if depth:
            depth -= word == _END
        elif whole.endswith("=") and _QUOTED_PRINTABLE.match(whole):
            whole = whole[:-1] + line
        elif line[:1] in {" ", "\t"}:
            whole += line[1:]
        else:
            if whole:
                yield whole
            whole = line
    if whole:
        yield whole


def _property(line: str) -> _Property | None:
    """A property that holds text; None for what is for programs."""
    found = _PROPERTY.fullmatch(line)
    if found is None or found[1].upper() in _LEFT_OUT:
        return None
    types, told, rank = set(), {}, _LAST
    for name, value in _PARAMETER.findall(found[2]):
        values = [each.strip().lower() for each in value.strip().strip('"').split(",")]
        told[name.upper()] = values[0]
        if name.upper() in {"", "TYPE"}:
            types.update(values)
    if told.get("PREF", "").isdecimal() or "pref" in types:
        rank = int(told["PREF"]) if told.get("PREF", "").isdecimal() else 0
    value, encoding = found[3], told.get("ENCODING", "")
    if encoding in {"b", "base64"} or "base64" in types:
        return None
    if encoding == "quoted-printable" or "quoted-printable" in types:
        value = _decoded(quopri.decodestring(value.encode()), told.get("CHARSET", "utf-8"))
    return _Property(found[1].upper(), frozenset(types), rank, value)


def _decoded(octets: bytes, charset: str) -> str:
    for encoding in (charset, "utf-8", "cp1252"):
        try:
            return octets.decode(encoding)
        except (LookupError, UnicodeError):
            continue
    return octets.decode("latin-1")


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], text).replace("\0", "")


def _card(properties: Sequence[_Property]) -> _Card:
    """The cells of a card, by their columns."""
    cells: _Card = {}
    for each in sorted(
        properties, key=lambda each: (each.rank, "fax" in each.types or "pager" in each.types)
    ):
        if each.name in {"N", "ORG", "ADR"}:
            for name, part in zip(_PARTS[each.name], each.parts, strict=False):
                if part:
                    cells.setdefault(name, part)
        elif each.text and each.name != "X-ABSHOWAS":
            _add(cells, *_named(each))
    shown = cells.pop(_SHOWN, "")
    if shown and _is_firm(properties):
        cells.setdefault("company", shown)
        if shown in {cells.get("first_name"), cells.get("last_name")}:
            cells = {name: cell for name, cell in cells.items() if name not in {"first_name", "last_name"}}
    elif shown and shown != cells.get("company") and not {"first_name", "last_name"} & cells.keys():
        cells["first_name"], cells["last_name"] = split_name(shown)
    return cells


def _is_firm(properties: Sequence[_Property]) -> bool:
    """Whether a card is that of a firm. Source: RFC 6350 6.1.4, and what Apple's address book writes in version 3."""
    told = {each.name: each.text.lower() for each in properties if each.name in _KINDS}
    return any(told.get(name) in kinds for name, kinds in _KINDS.items())


def _named(each: _Property) -> tuple[str, str]:
    """The column of a property, and its cell."""
    name, text = _NAMES.get(each.name, each.name.lower()), each.text
    if name in {"email", "phone"}:
        text = _SCHEME.sub("", text, count=1) if _SCHEME.match(text) else text
        name = "fax" if name == "phone" and "fax" in each.types else name
    elif "linkedin.com/" in text.lower() and name in {"website", "x-socialprofile"}:
        name = "linkedin"
    return name, text


def _add(cells: _Card, name: str, text: str) -> None:
    """Put a cell where there is none yet: under its name, or under that and a number."""
    free, number = name, 1
    while free in cells:
        if cells[free] == text:
            return
        number += 1
        free = f"{name} {number}"
    cells[free] = text
