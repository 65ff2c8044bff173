"""Name case: a name in capitals, or without any, in the case that its language wants.

A word that holds both is left as somebody wrote it, and so is whatever is no letter of a script with two cases. Nothing
is taken off here.
"""

import re
import unicodedata
from functools import cache

from hygiene.words.name_words import given_names
from hygiene.words.spelling import folded
from hygiene.words.tables import read_words

__all__ = ["DOTLESS", "name_case", "with_dots", "word_case"]

_VOWELS = frozenset("aeiouyæœøıəәөүұўаеёиоуыэюяіїєαειουηωաեէըիոու")
_TURKISH = frozenset("İıĞğ")
#: A letter of Turkish that is one of Romanian too: it tells in Turkish countries alone.
_TURKISH_THERE = frozenset("Şş")
#: Countries whose language writes two letters i, with and without a dot.
DOTLESS = frozenset({"TR", "AZ"})
#: Countries where families from Portugal write the small word of their name with a capital: Da Silva.
_PORTUGUESE_ABROAD, _PORTUGUESE = frozenset({"FR", "LU", "CH"}), frozenset({"da", "das", "do", "dos"})
#: Countries where the first small word of a surname is a capital, and where all of them are.
_FIRST_IS_CAPITAL, _ALL_ARE_CAPITALS = frozenset({"BE", "US"}), frozenset({"IT", "SM"})
#: Countries where the d before an apostrophe is small: d'Estaing, d'Almeida, d'Ors.
_SMALL_D = frozenset({"FR", "BE", "CH", "LU", "MC", "PT", "BR", "ES", "AD"})
#: Countries in whose names no word is small: Tran Van Hung.
_NONE_IS_SMALL = frozenset({"VN"})
_WORD = re.compile(r"[^\s\-\u2010\u2011]+")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?")
#: A prefix in its own case before capitals, which are to be small: McDONALD, O'NEIL.
_PREFIXED = re.compile(r"(Mc|Mac|[OD]['\u2019])([^\W\d_]{3,})")
#: Apostrophes that Unicode counts among the letters.
_APOSTROPHES = frozenset("\u02bb\u02bc")
#: Countries where Md is a short form of Muhammad, which others take for initials.
_MUHAMMAD = frozenset({"BD", "IN", "PK", "NP", "MY", "LK"})
#: Two capitals in a row: without any a word that holds small letters too is left.
_SHOUTED = re.compile("[A-Z][A-Z'\u2019]")
_TWO_CAPITALS = re.compile(r"[A-Z]{2}[a-z]{2,}")
_INVERTED = re.compile(r"[^\W\d_][^\W\d_]{2,}")
#: Mc before a vowel or an h begins names of southern Africa of its own: Mcebisi, Mchunu.
_ZULU, _ZULU_SPOKEN = r"mc[^\W\d_aeiouh][^\W\d_]{2,}", frozenset({"ZA", "SZ", "ZW"})
#: Countries where a letter before an apostrophe takes no capital behind it: E'zoza, S'fiso; so do those of Ukrainian.
_SMALL_BEHIND, _LETTERS_THERE = frozenset({"UZ", "ZA"}), frozenset("egst")
#: Letters from which on a word in capitals beside one that is not is a name, not an abbreviation.
_TOLD = 5


def name_case(text: str, /, *, given: bool, country: str = "", turkish: bool = False) -> str:
    """A name in its case; as it is where that is not certain.

    Args:
        text: One cell.
        given: Whether it holds given names; else surnames.
        country: ISO 3166-1 code, in capitals, where it is known.
        turkish: Whether the i with a dot and that without are two letters for certain.
    """
    if text.isascii() and not text.islower() and not text.isupper() and not _SHOUTED.search(text):
        return text
    letters = [sign for sign in text if sign.isalpha() and sign not in _APOSTROPHES]
    if not letters or not all(map(_has_case, letters)):
        return text
    upper, lower = all(map(_is_upper, letters)), all(map(str.islower, letters))
    known = given and given_names().issuperset(folded(text).split())
    there = country in DOTLESS and _TURKISH.isdisjoint(text) and _TURKISH_THERE.isdisjoint(text)
    if upper and there and (known or not turkish):
        text = _WORD.sub(lambda found: with_dots(found[0], given=given), text)
    turkish = turkish or country in DOTLESS or not _TURKISH.isdisjoint(text)
    words = list(_WORD.finditer(text))
    if not (upper or lower):
        return _WORD.sub(lambda found: _mixed(found, text, turkish=turkish), text)
    pieces: list[str] = []
    end = 0
    for place, found in enumerate(words):
        previous = words[place - 1] if place else None
        last = place == len(words) - 1
        small = (
            not (given and not place) and not last and _is_particle(found, previous, words, place, country)
        )
        pieces += [text[end : found.start()]]
        pieces += [
            _lower(found[0], turkish=turkish) if small else _name(found[0], given, country, upper, turkish)
        ]
        end = found.end()
    return "".join([*pieces, text[end:]])


def _has_case(letter: str) -> bool:
    """Whether it is of an alphabet with two cases that names are written in; Georgian capitals begin no name."""
    return (
        letter.islower() != letter.isupper() and not "\u10a0" <= letter <= "\u10ff" and letter < "\u1c90"
    ) or ("\u1e00" <= letter <= "\u1fff")


def _is_upper(letter: str) -> bool:
    return letter.isupper() or letter in "ßŉʼ"


def with_dots(word: str, /, *, given: bool) -> str:
    """A word in capitals without Turkish letters, each I that is the one with a dot written so.

    A given name, and a surname that is one, has it unless the table says otherwise; of other surnames the vowels say:
    behind or, at first, before a, o, u it has none.
    """
    plain = folded(word)
    if plain in read_words("dotless_names"):
        return word
    if given or plain in given_names():
        return word.replace("I", "İ")
    found = ""
    for place, sign in enumerate(word):
        beside = [each for each in (*reversed(word[:place]), *word[place + 1 :]) if each in "AEOU"]
        found += "İ" if sign == "I" and beside and beside[0] == "E" else sign
    return found


def _lower(text: str, *, turkish: bool) -> str:
    if turkish:
        text = text.replace("I", "ı").replace("İ", "i")
    return unicodedata.normalize("NFC", text.replace("İ", "i").lower())


def word_case(word: str, /, *, turkish: bool = False) -> str:
    """A word with a capital and small letters."""
    first = "İ" if turkish and word[0] == "i" else word[0].upper()
    return first + _lower(word, turkish=turkish)[1:] if len(first) == 1 else word


def _is_particle(
    found: re.Match[str], previous: re.Match[str] | None, words: list[re.Match[str]], place: int, country: str
) -> bool:
    """Whether a word before a surname is written small."""
    word = found[0].lower().replace("\u2019", "'")
    if country in _NONE_IS_SMALL:
        return False
    if word in read_words("particles", kind="after"):
        return previous is not None and previous[0].lower() in read_words("particles", kind="lower")
    if word == "an" and previous is not None and previous[0].lower() in {"mac", "nic", "mhic"}:
        return True
    abroad = country in _PORTUGUESE_ABROAD and word in _PORTUGUESE
    capital = country in _ALL_ARE_CAPITALS or (not place and (country in _FIRST_IS_CAPITAL or abroad))
    if capital or word not in read_words("particles", kind="lower"):
        return False
    following = words[place + 1][0].lower() if place + 1 < len(words) else ""
    return not (word == "de" and not place and following in read_words("particles", kind="italian"))


def _name(word: str, given: bool, country: str, upper: bool, turkish: bool) -> str:  # noqa: FBT001
    """A word that was all capitals or all small."""
    bare = word.strip(".,'\u2019")
    if _INITIALS.fullmatch(word) or (len(bare) == 1 and not upper):
        return word.upper()
    cut = upper and word.endswith(".") and bare.isalpha()  # an abbreviation: MST.
    cut |= upper and bare == "MD" and country in _MUHAMMAD
    if len(bare) == 1 or (given and not cut and (_is_initials(bare) if upper else not _has_vowel(bare))):
        return word
    lower = _lower(word, turkish=turkish)
    if not given and lower in _surnames():
        return _surnames()[lower]
    for mark in ("'", "\u2019", "\u02bc", "\u02bb", "`"):
        before, found, after = lower.partition(mark)
        if found and before and after:
            return _with_apostrophe((before, mark, after), country, given=given, turkish=turkish)
    scottish = _ZULU if country in _ZULU_SPOKEN else r"mc[^\W\d_]{3,}"
    for prefix, shape, capital in (("Mc", scottish, True), ("IJ", r"ij[^aeiouy\W].*", False)):
        if re.fullmatch(shape, lower):
            return prefix + (word_case(lower[2:], turkish=turkish) if capital else lower[2:])
    return word_case(lower, turkish=turkish)


def _is_initials(word: str) -> bool:
    """Whether a given name in capitals is more likely initials."""
    plain = folded(word)
    if len(plain) == 2:
        return not _has_vowel(word) or (
            plain[0] in "aeiou" and plain not in read_words("particles", kind="short")
        )
    return len(plain) <= 4 and not _has_vowel(word) and plain not in given_names()


def _has_vowel(word: str) -> bool:
    return not _VOWELS.isdisjoint(folded(word))


def _with_apostrophe(parts: tuple[str, str, str], country: str, *, given: bool, turkish: bool) -> str:
    before, mark, after = parts
    if before == "d" and country in _SMALL_D and not given:
        return f"d{mark}{word_case(after, turkish=turkish)}"
    small = (country in _SMALL_BEHIND and before in _LETTERS_THERE) or (
        "а" <= before <= "ї" and before != "о"
    )
    single = len(before) == 1 and not small
    capital = len(after) > 1 and (single or before in read_words("particles", kind="elided"))
    capital |= given and before in read_words("particles", kind="elided_given") and len(after) >= 4
    capital &= mark != "\u02bb"  # a letter of Hawaii
    first = word_case(before, turkish=turkish)
    return f"{first}{mark}{word_case(after, turkish=turkish) if capital else after}"


def _mixed(found: re.Match[str], text: str, *, turkish: bool) -> str:
    """A word of a cell that holds both cases: set only where it was plainly meant otherwise."""
    word = found[0]
    prefixed = _PREFIXED.fullmatch(word)
    if prefixed and all(map(_is_upper, prefixed[2])):
        return prefixed[1] + word_case(prefixed[2], turkish=turkish)
    if not word.isalpha():
        return word
    if all(map(_is_upper, word)) and len(word) > 1:
        told = len(word) >= _TOLD and _has_vowel(word)
        told |= len(word) > 2 and (folded(word) in given_names() or _beside_particles(word, text))
        return word_case(word, turkish=turkish) if told else word
    if _TWO_CAPITALS.fullmatch(word) and folded(word) in given_names():
        return word_case(word, turkish=turkish)
    inverted = _INVERTED.fullmatch(word) and word[0].islower() and all(map(_is_upper, word[1:]))
    return word_case(word, turkish=turkish) if inverted else word


def _beside_particles(word: str, text: str) -> bool:
    """Whether small words before a surname are all that a word stands beside."""
    small = read_words("particles", kind="lower") | read_words("particles", kind="after")
    others = [other for other in text.split() if other != word]
    return bool(others) and small.issuperset(others)


@cache
def _surnames() -> dict[str, str]:
    return {name.lower(): name for name in read_words("surname_cases")}
