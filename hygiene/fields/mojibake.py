"""Mojibake: text in UTF-8 that was read as a code page, put right where that is certain.

Certain is what no language writes: a run that is UTF-8 throughout, gives letters of one kind, and does not stand
where a capital with an accent is merely followed by a sign (``CAFÉ®``). What is not certain is left as it was.

Why no library: ftfy leaves cells as short as names half mended (``Ã…se``), and knows no code page of Central Europe.
"""

import re
import unicodedata
from functools import cache

__all__ = ["MAY_BE_MOJIBAKE", "repair_mojibake"]

#: Code pages that UTF-8 is read as by mistake, in the order in which they are tried.
_PAGES = ("cp1252", "cp1250", "cp1251")
#: Times that a text is put right: it may have been read wrongly several times.
_TIMES = 3
#: Letters of Romanian that are no letters of Latin Extended-A.
_ROMANIAN = "ȘșȚț"
#: Blocks whose letters a broken name may stand for, by their first and last character. Source: Unicode's Blocks.txt.
_LETTERS = (
    (0x00A0, 0x017F), (0x0218, 0x021B), (0x0300, 0x036F), (0x0370, 0x03FF), (0x0400, 0x04FF), (0x0531, 0x058A),
    (0x05D0, 0x05F4), (0x0600, 0x06FF), (0x0900, 0x0DFF), (0x0E00, 0x0E7F), (0x10D0, 0x10FF), (0x1E00, 0x1EFF),
    (0x2010, 0x2027), (0x2030, 0x205E), (0x20A0, 0x20BF), (0x2122, 0x2122), (0x3000, 0x30FF), (0x3400, 0x9FFF),
    (0xAC00, 0xD7A3), (0xFF01, 0xFFEF), (0x1F300, 0x1FAFF),
)  # fmt: skip

#: A sign that every repairable text holds: one that a first octet of UTF-8 becomes, then one that a later octet does.
MAY_BE_MOJIBAKE = re.compile(
    "[\u00c2-\u00f4\u0102\u0106\u0108-\u010f\u0139-\u013a\u0155\u0415-\u0453][^\x00-\x7f]"
)


def repair_mojibake(text: str, /) -> str:
    """The text as it was before it was read wrongly, the text itself where that is not certain."""
    for _ in range(_TIMES):
        found = next((new for new in (_once(text, page) for page in _PAGES) if new != text), text)
        if found == text:
            break
        text = found
    return text


def _once(text: str, page: str) -> str:
    pattern, octets = _sequences(page)
    found = list(pattern.finditer(text))
    if not found:
        return text
    # other signs beside the ASCII ones were read rightly: then only what nobody writes is put right
    whole = sum(len(match[0]) for match in found) == sum(sign > "\x7f" for sign in text)

    def mend(match: re.Match[str]) -> str:
        try:
            new = bytes(octets[sign] for sign in match[0]).decode("utf-8")
        except UnicodeDecodeError:
            return match[0]
        around = (text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1])
        return new if _is_certain(match[0], new, around, page, whole=whole) else match[0]

    return pattern.sub(mend, text)


@cache
def _sequences(page: str) -> tuple[re.Pattern[str], dict[str, int]]:
    """What sequences of UTF-8 look like in a code page, and the octet of each sign; unused octets are themselves."""
    octets = {}
    for octet in range(0x80, 0x100):
        octets[chr(octet)] = octet
    for octet in range(0x80, 0x100):
        sign = bytes([octet]).decode(page, "replace")
        if sign != "\ufffd":
            octets[sign] = octet
    if page != "cp1252":  # a sign of Latin-1 that the page has not is none of its octets, controls apart
        kept = {bytes([octet]).decode(page, "replace") for octet in range(0x80, 0x100)}
        octets = {sign: octet for sign, octet in octets.items() if sign in kept or sign < "\xa0"}

    def signs(first: int, last: int) -> str:
        return (
            "[" + "".join(re.escape(sign) for sign, octet in octets.items() if first <= octet <= last) + "]"
        )

    later = signs(0x80, 0xBF)
    sequence = f"{signs(0xC2, 0xDF)}{later}|{signs(0xE0, 0xEF)}{later}{{2}}|{signs(0xF0, 0xF4)}{later}{{3}}"
    return re.compile(f"(?:{sequence})+"), octets


def _is_certain(old: str, new: str, around: tuple[str, str], page: str, *, whole: bool) -> bool:
    if not all(_is_of_a_name(sign) for sign in new):
        return False
    if (
        page == "cp1251"
    ):  # Cyrillic that became pairs of Cyrillic: every second one is no letter of any language
        whole_word = not any("\u0400" <= sign <= "\u04ff" for sign in around)
        return whole_word and len(new) > 2 and all("\u0400" <= sign <= "\u04ff" for sign in new)
    if any("\x80" <= sign < "\xa0" for sign in old) or all(_is_sign(sign) for sign in new):
        return True
    if all(sign < "\u0180" or sign in _ROMANIAN or "\u1e00" <= sign <= "\u1eff" for sign in new):
        return (whole or len(new) > 1 or page == "cp1252") and _is_latin(old, new, around)
    marks = all(unicodedata.combining(sign) for sign in new)
    return around[0].islower() if marks else whole and len(new) > 1


def _is_of_a_name(sign: str) -> bool:
    known = any(first <= ord(sign) <= last for first, last in _LETTERS)
    return known and unicodedata.category(sign) not in {"Cn", "Cc", "Cs", "Co"}


def _is_sign(sign: str) -> bool:
    """Whether it is a dash, a curly quote, a trade mark, a picture: what three or four octets that begin oddly give."""
    return "\u2010" <= sign <= "\u2122" or sign >= "\U0001f300"


def _is_latin(old: str, new: str, around: tuple[str, str]) -> bool:
    """Whether letters of Latin alphabets are certain: between small ones, before one, or written as two letters."""
    before, after = around
    if old[0] == "\u00c2":  # as a capital it ends no word
        return not (new.isalpha() and before.isupper())
    if len(new) > 1 or before.islower() or after.islower():
        return True
    return all(sign.isalpha() for sign in old) and (before == "" or not before.isalpha() or after.isalpha())
