"""Mend: a last look at a cell before it is sent, for what nobody meant to write.

White space at the ends and doubled inside, invisible characters, quotes around the whole, HTML entities, and UTF-8 that
was read as a code page. Never yields ``<``, ``>``, a control character, or the beginning of a formula. Nothing here
knows which column a cell is of.
"""

import html.entities
import re
import unicodedata

import numpy as np
import pyarrow as pa

from hygiene.arrow.text import Mask, Octets
from hygiene.fields.distinct import Change, Tidied, by_distinct
from hygiene.fields.mojibake import MAY_BE_MOJIBAKE, repair_mojibake

__all__ = ["is_left_encoded", "mend", "mend_text"]

#: Times that all rules are tried on a cell; one that still changes then is left as it was.
_ROUNDS = 4
#: The printed ASCII: a text that needs no mending has no other octet, and not the sign that entities begin with.
_PRINTED, _PRINTED_COUNT = np.uint8(0x20), np.uint8(0x7F - 0x20)
_AT_FIRST = np.array([chr(octet) in " \"'`" for octet in range(256)])
_ENTITY = re.compile(r"&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));")
#: First signs that make a spreadsheet take a cell for a formula. OWASP: CSV injection.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
#: What begins like a formula and is a number: a phone number, a negative amount.
_NUMBER = re.compile(r"[+-][\d(][\d ()./-]*(?:(?:x|ext\.?) ?\d+)?")

#: Quotes that stand around a whole cell.
_QUOTES = {
    '"': '"', "'": "'", "`": "`", "\u201c": "\u201d", "\u201e": "\u201c\u201d", "\u2018": "\u2019", "\u00ab": "\u00bb",
    "\u201d": "\u201d", "\u00b4": "\u00b4", "\u201a": "\u2018\u2019",
}  # fmt: skip

#: Signs that are never seen and say nothing in any script: fillers, joiners of words, language tags, byte order marks.
#: Source: Unicode 16, general category Cf and DerivedCoreProperties' Default_Ignorable_Code_Point.
_UNSEEN = re.compile("[\u00ad\u034f\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0001]")
_TAGS = re.compile("[\U000e0020-\U000e007f]")
#: Controls: white space among them is a space.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
#: Signs that order text from right to left. The marks (RLM, ALM) always stay, the others where such text is.
_DIRECTIONS = re.compile("[\u200e\u202a-\u202e\u2066-\u2069]")
#: Joiners (ZWNJ, ZWJ): within a word they shape letters, at its ends they do nothing.
_JOINERS = re.compile("(?:(?<![^\\s])[\u200c\u200d]+)|(?:[\u200c\u200d]+(?![^\\s]))")
#: Signs of letters that are blank, which stand at an end: Hangul fillers, the blank of Braille.
_FILLERS = "\u115f\u1160\u3164\uffa0\u2800"
#: White space that is not a space: by itself between words it becomes one. The ideographic space stays between signs.
_SPACE = re.compile("[\t\x1c-\x1f\u00a0\u1680\u2000-\u200a\u202f\u205f]")
_LINES = re.compile("\\s*[\n\r\v\f\x85\u2028\u2029]\\s*")
_SPACES = re.compile(r"[^\S\n\r]{2,}")


def mend(column: pa.Array, /, *, lines: bool = False) -> Tidied:
    """The cells as they were meant.

    Args:
        column: Texts (`large_string`).
        lines: Whether a cell may hold several lines, which then stay.

    Returns:
        The cells, and for each that changed the rules: ``mojibake``, ``entity``, ``invisible``, ``white_space``,
        ``quotes``.
    """
    return by_distinct(column, lambda text: mend_text(text, lines=lines), plain=_plain(column))


def _plain(column: pa.Array) -> Mask:
    """Texts of printed ASCII without an entity, a space or quote at an end, or two spaces; told by their octets."""
    octets = Octets.of(column)
    plain = np.ones(len(column), dtype=bool)
    data, bounds = octets.data, octets.bounds
    if not len(data):
        return plain
    filled = np.flatnonzero(bounds[1:] > bounds[:-1])
    first, last = data[bounds[:-1][filled]], data[bounds[1:][filled] - 1]
    plain[filled[_AT_FIRST[first] | (last == _PRINTED)]] = False
    if (
        data.min() >= _PRINTED and data.max() < _PRINTED + _PRINTED_COUNT
    ):  # as most columns are, and far cheaper to see
        text = data.tobytes()
        if b"&" not in text and b"  " not in text:
            return plain
    odd = (data - _PRINTED >= _PRINTED_COUNT) | (data == ord("&"))  # less than the first wraps round
    space = data == ord(" ")
    odd[1:] |= space[1:] & space[:-1]
    plain[np.searchsorted(bounds, np.flatnonzero(odd), "right") - 1] = False
    return plain


def mend_text(text: str, /, *, lines: bool = False) -> Change:
    """One cell as it was meant, and the rules that changed it."""
    found, rules = text, dict[str, None]()
    space = _white_space_in_lines if lines else _white_space
    for _ in range(_ROUNDS):  # what one rule brings to light, another may mend
        before = found
        for rule, apply in (*_SIGNS, ("white_space", space), ("quotes", _quotes)):
            new = apply(found)
            if new != found:
                found = new
                rules[rule] = None
        if found == before:
            break
    else:
        return text, ""
    if found == text or _is_harm(text, found):
        return text, ""
    return found, ";".join(rules)


def is_left_encoded(text: str, /) -> bool:
    """Whether a text stays as it is since its entities stand for a formula or a tag: no pass goes on with it."""
    if "&" not in text or not _ENTITY.search(text):
        return False
    plain = text
    for _ in range(_ROUNDS):
        plain = html.unescape(plain)
    return _is_harm(text, plain.lstrip(" '\"")) or any(sign in plain and sign not in text for sign in "<>")


def _is_harm(old: str, new: str) -> bool:
    """Whether a text became the beginning of a formula; numbers are none."""
    return new.startswith(_FORMULA) and not old.startswith(_FORMULA) and not _NUMBER.fullmatch(new)


def _mojibake(text: str) -> str:
    return repair_mojibake(text) if MAY_BE_MOJIBAKE.search(text) else text


def _entities(text: str) -> str:
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(found: re.Match[str]) -> str:
    """What an entity stands for; the entity where that must not stand in a cell."""
    decimal, hexadecimal, name = found.groups()
    if name:
        text = html.entities.html5.get(f"{name};", "")
    else:
        number = int(decimal) if decimal else int(hexadecimal, 16)
        text = chr(number) if number <= 0x10FFFF else ""
    harmful = not text or any(
        sign in "<>" or unicodedata.category(sign) in {"Cc", "Cs", "Cn", "Co"} for sign in text
    )
    return found[0] if harmful else text


def _invisible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    text = _CONTROLS.sub("", _UNSEEN.sub("", text))
    if "\U0001f3f4" not in text:  # a black flag, which tags make that of a region
        text = _TAGS.sub("", text)
    if not any(unicodedata.bidirectional(sign) in {"R", "AL", "AN"} for sign in _DIRECTIONS.sub("", text)):
        text = _DIRECTIONS.sub("", text)
    return _JOINERS.sub("", text)


def _white_space(text: str) -> str:
    text = text.strip().strip(_FILLERS).strip()
    if text.isascii() and "  " not in text and text.isprintable():
        return text
    return _SPACES.sub(_one_space, _LINES.sub(" ", _SPACE.sub(" ", text)))


def _white_space_in_lines(text: str) -> str:
    """Like `_white_space`, for a cell that may hold several lines."""
    return _SPACES.sub(_one_space, _SPACE.sub(" ", text.strip().strip(_FILLERS).strip()))


def _one_space(found: re.Match[str]) -> str:
    return "\u3000" if set(found[0]) == {"\u3000"} else " "


def _quotes(text: str) -> str:
    """The text without quotes around it: a pair, and none like them inside but doubled ones."""
    closing = _QUOTES.get(text[:1], "")
    if len(text) < 2 or text[-1] not in closing:
        return text
    inner = text[1:-1]
    if text[0] == '"' and '"' in inner.replace('""', ""):
        return text
    if text[0] != '"' and (text[0] in inner or any(sign in inner for sign in closing)):
        return text
    return inner.replace('""', '"') if text[0] == '"' else inner


#: What puts the signs of a cell right; then follow those rules that look at its ends.
_SIGNS = (("mojibake", _mojibake), ("entity", _entities), ("invisible", _invisible))
