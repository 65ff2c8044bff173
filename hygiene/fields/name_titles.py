"""Name titles: which words before a name are a title, and the name behind them.

By tables, some of them by country, and by shape: an abbreviation that no given name begins with is a title before one.
"""

import re
from functools import cache, lru_cache

from hygiene.words.firm_names import are_positions
from hygiene.words.name_words import given_names
from hygiene.words.spelling import folded
from hygiene.words.tables import read_rows, read_words

__all__ = ["APOSTROPHES", "TWO_PEOPLE", "is_title", "name_key", "split_titles"]

#: Keys of words that are kept, since titles and credentials repeat.
_KEYS = 1 << 12
#: Words between two people; some of them stand within surnames.
TWO_PEOPLE = re.compile(r"\s(?:and|und|u\.|et|og|och|oder|or|y|e|en|és|ve|и|та|και)\s", re.IGNORECASE)
#: A title without a space behind it.
_GLUED = re.compile(r"^([^\W\d_]{2,6}\.)(?=[^\W\d_a-z][^\W\d_]{2,}(?:[\s\-,]|$))")
#: An abbreviation of three letters or more, or of two such: Geom., Priv.-Doz.
_ABBREVIATED = re.compile(r"[^\W\d_]{3,}\.(?:-?[^\W\d_]{2,}\.)?")
#: An Italian abbreviation with the end of its word behind it: Gent.ma, Ill.mo, Prof.ssa.
_RAISED = re.compile(r"[^\W\d_]{2,}\.(?:mo|ma|le|ssa|ra|na)")
#: Countries where M. is Monsieur.
_MONSIEUR = frozenset({"FR", "BE", "CH", "LU", "MC", "CI", "CM", "DZ", "MA", "SN", "TN"})
#: Degrees of Russian scholars: к.т.н., д.м.н.
_RUSSIAN = re.compile(r"[кд]\.[а-я]{1,4}\.н\.?")
#: Signs of an apostrophe, and marks that no word has.
APOSTROPHES = str.maketrans(
    {"\u2019": "'", "`": "'", "\u00b4": "'", "\u00ae": None, "\u2122": None, "\u00aa": None, "\u00ba": None}
)


@lru_cache(_KEYS)
def name_key(word: str, /) -> str:
    """A word as the tables of titles have it: small, without full stops, commas and marks."""
    return word.translate(APOSTROPHES).replace(".", "").strip(",").lower()


def split_titles(text: str, country: str, /, *, alone: bool) -> tuple[list[str], str]:
    """The titles that a text begins with, and the rest.

    Args:
        text: A cell.
        country: ISO 3166-1 code where it is known: ``M.`` is a title where French is spoken.
        alone: Whether titles may be all there is.
    """
    if not alone and " " not in text and "." not in text:
        return [], text
    glued = _GLUED.match(text) if "." in text else None
    if glued and is_title(glued[1], country, after=False):
        text = f"{glued[1]} {text[glued.end() :]}"
    words = text.split()
    count = int(
        len(words) > 1 and words[0].lower() == "the" and _titles_at(words, 1, country, given=alone) > 0
    )
    while count < len(words) and (found := _titles_at(words, count, country, given=alone)):
        count += found
    rest = " ".join(words[count:])
    two = count and TWO_PEOPLE.match(f" {rest} ")
    if (
        two
        or (not alone and not rest)
        or (count and are_positions([rest]) and folded(words[count]) not in given_names())
    ):
        count = 0
    if count == len(words) and len(words) == 1 and not is_title(words[0], country, after=False, only=True):
        count = 0
    return words[:count], " ".join(words[count:]) if count else text


def _titles_at(words: list[str], place: int, country: str, *, given: bool) -> int:
    """How many words at a place are a title: an abbreviation that no given name begins with is one before a name.

    Args:
        words: Those of a cell.
        place: Which of them is looked at.
        country: ISO 3166-1 code where it is known.
        given: Whether the cell begins with given names: then offices are titles too, which are surnames as well.
    """
    following = folded(words[place + 1]) if place + 1 < len(words) else ""
    pair = f"{name_key(words[place])} {following.rstrip('.')}"
    two = pair in read_words("titles", kind="title_two")
    more = place > 0 and place + 2 < len(words)
    two |= more and pair in read_words("titles", kind="title_after_two")
    if two or is_title(words[place], country, after=place > 0):
        return 1 + two
    word = folded(words[place])
    if place + 1 < len(words) and _RAISED.fullmatch(word):
        return 1
    named = following in given_names() or (
        following != "" and is_title(words[place + 1], country, after=True)
    )
    if given and following and _is_office(name_key(words[place]), named=named):
        return int(word not in given_names() or place == 0)
    if not named or not _ABBREVIATED.fullmatch(word):
        return 0
    return int(words[place].islower() != words[place + 1].islower() or not _begins_name(word.rstrip(".")))


def _is_office(key: str, *, named: bool) -> bool:
    """Whether a word is a profession or an office, or one of those that are names as well and a given name follows."""
    named = named and key in read_words("titles", kind="title_named")
    return named or key in read_words("titles", kind="title_before")


def _begins_name(word: str) -> bool:
    """Whether an abbreviation may be that of a given name."""
    first = re.split(r"[.-]", word)[0]
    return first in read_words("titles", kind="abbreviated") or first in _beginnings()


@cache
def _beginnings() -> frozenset[str]:
    """What given names begin with, from three letters on."""
    return frozenset(name[:length] for name in given_names() for length in range(3, len(name) + 1))


def is_title(word: str, country: str, *, after: bool, only: bool = False) -> bool:
    """Whether a word is a title.

    Args:
        word: The word.
        country: ISO 3166-1 code where it is known.
        after: Whether another title stands before it.
        only: Whether nothing stands behind it.
    """
    key, dotted = name_key(word), word.translate(APOSTROPHES).endswith(".")
    if not only and (key, country) in _titles_in():
        return True
    if key in read_words("titles", kind="title") or word.lower() in read_words("titles", kind="title"):
        return not only or dotted or key not in read_words("titles", kind="title_kept")
    if dotted and key in read_words("titles", kind="title_dotted"):
        return True
    if after and "." in word and (key in read_words("titles", kind="title_after") or _are_after(word)):
        return True
    if _RUSSIAN.fullmatch(word.lower()) or (word.count(".") > 0 and len(key) > 2 and key in _degrees()):
        return True
    return (dotted and key == "m" and country in _MONSIEUR) or bool(
        re.fullmatch(r"(?:dr|prof|dipl)(?:\.-?[a-z]+)+\.?", word.lower())
    )


@cache
def _titles_in() -> frozenset[tuple[str, str]]:
    """Titles that are names elsewhere, each with its country."""
    return frozenset((row[0], row[2]) for row in read_rows("titles") if row[1] == "title_in")


def _are_after(word: str) -> bool:
    """Whether all parts of a word are what follows a title: phil.nat."""
    parts = [part.strip("-") for part in word.lower().split(".") if part]
    return bool(parts) and read_words("titles", kind="title_after").issuperset(parts)


def _degrees() -> frozenset[str]:
    """Credentials that stand before a name too, with full stops: M.Sc."""
    return read_words("titles", kind="credential_plain")
