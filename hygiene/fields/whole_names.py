"""Whole names: first and last name of one cell that holds both, where the other is blank.

A cell is split where its words say how: given names, and behind them a surname that is none. Where a company is
likelier, where both words are given names (`Mary Ann`), and where a country writes the surname first or has none, it is
left whole.
"""

from hygiene.fields.name_parts import is_left, starts_with_particle
from hygiene.fields.placeholders import is_department
from hygiene.words.firm_names import is_firm
from hygiene.words.name_words import given_names
from hygiene.words.spelling import folded
from hygiene.words.tables import read_words

__all__ = ["SURNAME_FIRST", "split_whole"]

#: Countries where the surname comes first, or where many have none. Source: general knowledge (assumed).
SURNAME_FIRST = frozenset(
    ["CN", "HK", "HU", "ID", "JP", "KH", "KP", "KR", "LA", "MM", "MN", "MY", "SG", "TW", "VN"]
)
#: Countries where a surname is of two words; there a cell of last names alone may begin with what is a given name too.
_TWO_SURNAMES = frozenset(
    "AR BO BR CL CO CR CU DO EC ES GT HN MX NI PA PE PT PY SV UY VE".split()  # noqa: SIM905 -- as a line
)


def split_whole(text: str, country: str, /, *, given: bool, titled: bool) -> tuple[str, str]:
    """First and last name of a cell; a blank first name where it is left whole.

    Args:
        text: The cell, without titles and what else stands around a name.
        country: ISO 3166-1 code where it is known.
        given: Whether it is the cell of first names.
        titled: Whether a title stood before it: then two words are a whole name, whatever they are.
    """
    words = text.split()
    count = 1 if titled and len(words) == len(("given", "surname")) else _count_given(words)
    sure = count < len(words)
    if words and not sure and folded(words[-1]) in read_words("surnames_too"):
        count -= 1
    surname = words[count:]
    two = country in _TWO_SURNAMES
    if (
        starts_with_particle(text)
        or country in SURNAME_FIRST
        or not count
        or not surname
        or (two and not given)
    ):
        return "", text
    if is_left(text, given=True) or is_department(text) or is_firm(text) or not all(map(_is_word, words)):
        return "", text
    begun = starts_with_particle(" ".join(surname)) or (_begins_surname(surname[0]) and len(surname) == 2)
    whole = len(surname) == 1 or begun or (two and len(surname) == 2)
    known = folded(surname[0]) in given_names()
    if not whole or (sure and known and not titled and not starts_with_particle(" ".join(surname))):
        return "", text
    return " ".join(words[:count]), " ".join(surname)


def _count_given(words: list[str]) -> int:
    """How many words are given names or, behind one, initials."""
    for count, word in enumerate(words):
        if count and count < len(words) - 1 and _begins_surname(word):
            return count
        initial = count and len(word.rstrip(".")) == 1
        parts = folded(word).split("-")
        if not initial and (not given_names().issuperset(parts) or (count and starts_with_particle(word))):
            return count
    return len(words)


def _begins_surname(word: str) -> bool:
    """Whether a surname of two words begins with it: Ó Briain, Le Goff."""
    return word.lower().rstrip(".") in read_words("particles", kind="begins")


def _is_word(word: str) -> bool:
    """Whether it is written as a word of names, in any case."""
    bare = word.replace("-", "").replace("'", "").replace("\u2019", "").rstrip(".")
    return bare.isalpha() and not (len(bare) > 1 and word.endswith(".") and bare.lower() != "st")
