"""Placeholders: cells that name nobody and nothing, though something stands in them."""

import re
import unicodedata
from string import ascii_lowercase

from hygiene.words.tables import read_words

__all__ = [
    "UNFILLED",
    "is_department",
    "is_made_up",
    "is_nothing",
    "names_a_test",
]


#: What a program was to fill in ({{name}}, %NAME%, *|NAME|*, ${name}, <<name>>), and a key that was held down, but for
#: three letters i, which are a suffix.
UNFILLED = (
    r"\{\{.*\}\}|%%[^%]+%%|\[[A-Za-z_ ]*(?:NAME|[Nn]ame)[A-Za-z_ ]*\]|\$?\{[^{}]*\}|%[A-Za-z][A-Za-z0-9_ .-]*%"
    r"|\*\|.*\|\*|<<.*>>|<[A-Za-z_ ]+>|\$[A-Za-z][A-Za-z_]*|"
    + "|".join(f"[{letter}{letter.upper()}]{{3,}}" for letter in ascii_lowercase if letter != "i")
)
#: What stands behind the word of a test: test1.
_TESTED = re.compile(r"(?<=test)\d+$", re.IGNORECASE)
_UNFILLED = re.compile(UNFILLED)


def is_nothing(text: str, /, *, beside: str = "", firm: bool = False, given: bool = False) -> bool:
    """Whether a cell says that there is nothing, or holds what a bored hand left.

    Args:
        text: The cell, without white space around it.
        beside: The other half of a name: a word like ``NULL`` is a surname where that is in capitals too.
        firm: Whether it is the cell of a company.
        given: Whether it is that of a first name, which ``Null`` is never.
    """
    lower = text.lower()
    never = given and (text == "x" or lower in read_words("placeholders", kind="nothing_unless_surname"))
    unfilled = _UNFILLED.fullmatch(text) and not (firm and text.isalpha())
    if never or unfilled or _says_nothing(lower):
        return True
    if lower in read_words("placeholders", kind="nothing_unless_name"):
        if firm:
            return lower != "x"
        if beside.lower() in read_words("placeholders", kind="nothing_unless_name"):
            beside = ""
        alike = beside.isupper() if text.isupper() else beside.islower() if text.islower() else True
        return text == "NaN" or not ((alike and beside.isalpha()) or text.istitle() or len(text) == 1)
    return not firm and lower in read_words("placeholders", kind="junk")


def _says_nothing(lower: str) -> bool:
    """Whether a cell in small letters holds a word for nothing, in brackets or not."""
    nothing = read_words("placeholders", kind="nothing")
    return lower in nothing or (lower[:1] in "-(<[" and lower.strip("-()<>[] ") in nothing)


def are_nobody(first: str, last: str, /) -> bool:
    """Whether both cells together name nobody, though each may be a name: No Name, test1 test, foo bar."""
    whole = f"{first} {last}".strip()
    nothing = whole.lower() in read_words("placeholders", kind="nothing")
    tested = names_a_test(*(_TESTED.sub("", cell) for cell in (first, last)))
    return tested or is_made_up(whole) or (" " in whole and nothing)


def is_empty(text: str, /) -> bool:
    """Whether a cell holds punctuation alone, or a word for nothing twice."""
    if text.isalpha():
        return False
    words = text.split()
    twice = len(words) == len(("n/a", "n/a")) and words[0] == words[1]
    return text != "" and (not any(map(_says, text)) or (twice and _says_nothing(words[0].lower())))


def _says(sign: str) -> bool:
    """Whether a sign is a letter, a digit, a picture or what shapes these."""
    return sign.isalnum() or unicodedata.category(sign) in {"So", "Mn", "Mc", "Me", "Cf", "Co", "Cn"}


def _is_test(text: str, /) -> bool:
    """Whether somebody tried a form."""
    return text.lower() in read_words("placeholders", kind="test")


def names_a_test(first: str, last: str, /) -> bool:
    """Whether first and last name together are what somebody writes who tries a form; Test is a surname as well."""
    return _is_test(first) and (not last or _is_test(last))


def is_made_up(text: str, /) -> bool:
    """Whether first and last name together are what somebody writes who gives none."""
    return text.lower() in read_words("placeholders", kind="pair")


def is_department(text: str, /) -> bool:
    """Whether a cell names a function instead of a person."""
    return text.lower().strip(" .") in read_words("placeholders", kind="department")
