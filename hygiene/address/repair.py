"""Repair: the address in a cell that email-validator refuses, where it is certain what the person meant.

A repair only takes away what stands around an address, or invisible characters in it; every kind that was
needed is named. What only looks repairable becomes a suggestion, which nobody follows unasked.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple
from urllib.parse import unquote

from hygiene.address.syntax import ADDRESS_OCTETS, Syntax, Verdict

__all__ = ["INVISIBLE", "KINDS", "Repaired", "Repairs", "tidied"]

#: What a repair takes away, by the words that verdicts have for it.
KINDS = (
    "white_space",
    "invisible",
    "scheme",
    "brackets",
    "display_name",
    "quotes",
    "punctuation",
    "at_sign",
    "first_of_several",
)

#: Format characters that show nothing: soft hyphen, zero-width, directional and joining marks, BOM.
#: Source: Unicode general category Cf, those that occur in copied text.
INVISIBLE = "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
#: The zero-width joiners belong to the spelling between letters of other scripts, and only there.
_UNSEEN = re.compile(
    rf"[{INVISIBLE}]|(?:(?<=[\x00-\x7f])|^)[\u200c\u200d]|[\u200c\u200d](?=[\x00-\x7f{INVISIBLE}]|$)"
)
_WIDE_AT = str.maketrans("\uff20\ufe6b", "@@")
_SCHEME = re.compile(r"(mailto|smtp)\s*:\s*", re.IGNORECASE)
_ANGLE = re.compile(r"([^<>@]*)<([^<>]*)>\Z")
_ROUND = re.compile(r"([^()@]*)\(([^()]*)\)\Z")
_BRACKETS = ("[]", "{}")
_QUOTES = "\"'`\u00b4\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a"
_TRAILING = ".,; \t\n\r"
#: What stands between several addresses, the surest first. A slash or bar may be part of one address, but
#: such an address is accepted as it is.
_BETWEEN = (
    r":::",
    "[;\uff1b\u061b]",
    r"[|\u00a6]",
    r"(?:[\r\n]|<br ?/?>)+",
    "[,\uff0c\u3001\u060c]",
    "\\s+[/&]\\s*|[/&]\\s+|[\u2022\u00b7\u30fb]",
    r"\s+",
    r"/",
)
_SPLIT = tuple(re.compile(between) for between in _BETWEEN)
#: What ends in a semicolon and divides nothing.
_ENTITY = re.compile(r"&(?:nbsp|amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
#: What may be left before a piece, and after it, where no domain has it.
_BULLET = re.compile("[-*\u2022\u00b7\u2013\u2014]\\s+")
_LEFT_OVER = " \t.,;:/&|+*=>~#!?_-\u2013\u2014"
#: Rounds of taking away: more layers than anybody wraps an address in.
_LAYERS = 8

_AT_WORD = re.compile(r"\s?[\[({<]\s?(?:at|@)\s?[\])}>]\s?|\s+at\s+", re.IGNORECASE)
_DOT_WORD = re.compile(r"\s?[\[({<]\s?(?:dot|\.)\s?[\])}>]\s?|\s+dot\s+", re.IGNORECASE)
#: One word on either side of one @, or none: what is wrong with it no guess below mends.
_HOPELESS = re.compile(r"(?:[\w+\-]+(?:\.[\w+\-]+)*@)?[\w+\-]+(?:\.[\w+\-]+)*\Z")
#: What an at or a dot in words stands among.
_SPACES = re.compile(r"[\s\[({<]")
_OTHER_DOT = re.compile(r"[,;:]+")
_SPACED = re.compile(r"\s*([@.])\s*")
_DOTS, _ATS = re.compile(r"\.{2,}"), re.compile(r"@{2,}")
#: What stands around an address in a sentence.
_AROUND = re.compile(r"[\s<>()\[\]{},;:|\"\u201c-\u201e]+")


class Repaired(NamedTuple):
    """An address that was found in a refused cell.

    Attributes:
        address: Its normal form.
        domain: Its domain as A-labels.
        kinds: What had to be done, in order.
        others: Further addresses of the cell: their normal form or, where they have none, their text.
    """

    address: str
    domain: str
    kinds: tuple[str, ...]
    others: tuple[str, ...] = ()


def tidied(cell: str, /) -> tuple[str, tuple[str, ...]]:
    """The cell without white space around it and without invisible characters, and which of these it had.

    email-validator refuses every text that this changes.
    """
    seen = cell if cell.isascii() else _UNSEEN.sub("", cell)
    text = seen.strip()
    if text == cell:
        return text, ()
    return text, ("white_space",) * (text != seen) + ("invisible",) * (seen != cell)


class Repairs:
    """Repairs of single cells, each result judged by the same `Syntax`."""

    def __init__(self, syntax: Syntax, /) -> None:
        self._syntax = syntax

    def repair(self, text: str, /) -> Repaired | None:
        """The address in a refused text that is tidied; None where there is none for certain."""
        bare, kinds, found = self._unwrapped(text)
        if found is not None and found.address is not None and found.domain is not None:
            return Repaired(found.address, found.domain, kinds)
        return self._first_of_several(bare, kinds) if bare.count("@") > 1 else None

    def suggest(self, text: str, /) -> str | None:
        """What may have been meant by a text that is tidied and cannot be repaired; of a long one what stands in it."""
        if len(text) > ADDRESS_OCTETS:
            return next(filter(None, map(self._found_in, _only_token(text))), None)
        if _HOPELESS.match(text) or ("@" not in text and not _AT_WORD.search(text)):
            return None
        for guess in _guesses(text):
            if guess != text:
                address = self._found_in(guess)
                if address is not None:
                    return address
        return None

    def _unwrapped(self, text: str) -> tuple[str, tuple[str, ...], Verdict | None]:
        """A refused text without what is wrapped around it, the kinds of wrapping, and its verdict.

        The verdict is None where nothing is wrapped around it.
        """
        kinds: list[str] = []
        found = None
        for _ in range(_LAYERS):
            layer = _peeled(text)
            if layer is None:
                break
            kind, text = layer
            text = text.strip()
            kinds += [kind] if kind not in kinds else []
            found = self._syntax.judge(text)
            if found.address is not None:
                break
        return text, tuple(kinds), found

    def _verdict(self, text: str) -> Verdict:
        """The verdict on a text or on what is wrapped in it."""
        found = self._syntax.judge(text)
        return found if found.address is not None else self._unwrapped(text)[2] or found

    def _found_in(self, text: str) -> str | None:
        return self._verdict(text.strip()).address

    def _in_piece(self, piece: str) -> Verdict:
        """The verdict on a piece of a cell with several addresses, without what divides it from its neighbours."""
        found = self._verdict(piece)
        bare = _BULLET.sub("", piece).rstrip(_LEFT_OVER)
        return found if found.address is not None or bare == piece else self._verdict(bare)

    def _first_of_several(self, text: str, kinds: tuple[str, ...]) -> Repaired | None:
        pieces = [piece.strip() for piece in _pieces(_ENTITY.sub(_spelled_out, text))]
        if len(pieces) < 2:
            return None
        found = [self._in_piece(piece) for piece in pieces]
        first = next((one for one in found if one.address is not None), None)
        if first is None or first.address is None or first.domain is None:
            return None
        texts = dict.fromkeys(
            one.address or self._beside_words(piece) for one, piece in zip(found, pieces, strict=True)
        )
        others = tuple(other for other in texts if other != first.address)
        return Repaired(first.address, first.domain, (*kinds, "first_of_several"), others)

    def _beside_words(self, piece: str) -> str:
        """The address in a piece that is not good as it stands, so that lists hear of it; else the piece."""
        found = (self._found_in(word.rstrip(_LEFT_OVER)) for word in _only_token(piece))
        return next(filter(None, found), piece)


def _spelled_out(entity: re.Match[str]) -> str:
    return f" {unescape(entity[0])} "


def _peeled(text: str) -> tuple[str, str] | None:
    """The kind of a text's outermost wrapping and what is left without it; None where it has none."""
    scheme = _SCHEME.match(text)
    if scheme is not None:
        rest = text[scheme.end() :]
        return "scheme", unquote(rest.partition("?")[0]) if scheme[1].lower() == "mailto" else rest
    if "@" not in text:
        wide = text.translate(_WIDE_AT)
        return None if wide == text else ("at_sign", wide)
    for closing, shape in ((">", _ANGLE), (")", _ROUND)):
        named = shape.match(text) if text[-1] == closing else None
        if named is not None:
            return ("display_name" if named[1].strip() else "brackets"), named[2]
    if len(text) > 2 and text[0] + text[-1] in _BRACKETS:
        return "brackets", text[1:-1]
    bare = text.strip(_QUOTES)
    if bare != text:
        return "quotes", bare
    bare = text.rstrip(_TRAILING)
    for opening, closing in ("<>", "()"):  # one without its other half
        if bare == text:
            bare = text.removeprefix(opening) if closing not in text else text
            bare = text.rstrip(closing) if opening not in text else bare
    return ("punctuation", bare) if bare != text else None


def _pieces(text: str) -> Iterator[str]:
    """The pieces of a cell that have an @, divided by what stands between several addresses."""
    for between in _SPLIT:
        pieces = [piece for piece in between.split(text) if "@" in piece]
        if len(pieces) > 1:
            for piece in pieces:
                yield from _pieces(piece) if piece.count("@") > 1 else (piece,)
            return
    yield text


def _guesses(text: str) -> Iterator[str]:
    """Texts that the person may have meant, the likeliest first."""
    spaced = _SPACES.search(text) is not None
    if spaced:
        yield _DOT_WORD.sub(".", _AT_WORD.sub("@", text))
    local, at, domain = text.rpartition("@")
    if at and not _SPACES.search(domain):
        yield f"{local}@{_OTHER_DOT.sub('.', domain)}"
    if spaced:
        yield _SPACED.sub(r"\1", text)
    yield _DOTS.sub(".", _ATS.sub("@", text)).strip(".").replace(".@", "@")
    yield from _only_token(text)


def _only_token(text: str) -> set[str]:
    """The only word of a text with an @ in it; none where there are several."""
    halves = ((word, word.rpartition("@")) for word in _AROUND.split(text) if word != text)
    tokens = {word for word, (local, _, domain) in halves if local and domain}
    return tokens if len(tokens) == 1 else set()
