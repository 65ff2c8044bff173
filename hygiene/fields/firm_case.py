"""Firm case: the name of a company in capitals throughout, in the case that people write it in.

Words that can be spoken get small letters; initials, words with digits and those that a table knows keep their
capitals. A name that holds small letters is left as somebody wrote it.
"""

import re
from collections.abc import Callable

from hygiene.fields.name_case import DOTLESS, with_dots, word_case
from hygiene.words.name_words import FIRM_WORDS, given_names
from hygiene.words.spelling import folded
from hygiene.words.tables import read_words

__all__ = ["firm_case"]

_WORD = re.compile(r"[^\s\-/&+]+")
_VOWEL = re.compile(r"[aeiouyаеёиоуыэюяіїєαειουηωաեէըիոուə]")
#: Three consonants in a row of a word of four letters: it is spelled, not spoken.
_SPELLED = re.compile(r"[^aeiouy]{3}")
_SPOKEN, _SHORT = 4, 3
_ORDINAL = re.compile(r"\d+(?:ST|ND|RD|TH)")
_POSSESSIVE = re.compile(r"(.+)(['\u2019]S)")
#: Small words of other countries that begin a surname there: De Ridder.
_CAPITAL_IN = {"BE": frozenset({"de", "den", "der", "van", "le", "la"}), "FR": frozenset({"le"})}
#: "And" in Turkish, which is a name elsewhere.
_TURKISH_AND = "ve"
#: What stands before a hyphen and half of a name: El-Baz.
_PREFIX = re.compile(r"\b(?:EL|AL|BEN|BIN|ABU|BAR)-$")
_MC = re.compile(r"mc[^\W\d_]{3,}")


def firm_case(
    text: str, /, *, shouted: bool, sloppy: bool = False, turkish: bool = False, country: str = ""
) -> str:
    """A name in its case; as it is where that is not certain.

    Args:
        text: A name without its legal form.
        shouted: Whether it stood in capitals together with that.
        sloppy: Whether it stood in small letters together with a legal form.
        turkish: Whether an I is the one without a dot.
        country: ISO 3166-1 code where it is known.
    """
    letters = [sign for sign in text if sign.isalpha() and sign not in "\u02bb\u02bc"]
    if not letters or not all(sign.islower() != sign.isupper() for sign in letters):
        return text
    if any("\u10a0" <= sign <= "\u10ff" or "\u1c90" <= sign <= "\u1cbf" for sign in letters):
        return text
    if sloppy and text.islower():
        return _WORD.sub(lambda found: _small(found, text) or _capital(found[0]), text)
    if not (shouted and text.isupper()):
        return text
    alone = len(_WORD.findall(text)) == 1
    spoken = _spoken_in(country, turkish=turkish)
    return _WORD.sub(
        lambda found: _small(found, text, country) or _word(found, text, spoken, alone=alone), text
    )


def _spoken_in(country: str, *, turkish: bool) -> Callable[[str], str]:
    """How a word in capitals is written that is one."""
    if turkish:
        return lambda word: word_case(word, turkish=True)
    if country in DOTLESS:
        return lambda word: word_case(with_dots(word, given=False), turkish=True)
    return _spoken


def _small(found: re.Match[str], text: str, country: str = "") -> str:
    """A word within a name that is written small; nothing where it is none."""
    word = found[0].lower()
    if country in _CAPITAL_IN and word in _CAPITAL_IN[country]:
        return ""
    if word == _TURKISH_AND and country not in DOTLESS:
        return ""
    inside = found.start() and found.end() < len(text) and text[found.start() - 1] == " " == text[found.end()]
    return word if inside and word in read_words("firm_cases", kind="small") else ""


def _word(found: re.Match[str], text: str, spoken: Callable[[str], str], /, *, alone: bool) -> str:
    word = found[0]
    possessive = _POSSESSIVE.fullmatch(word)
    if possessive or _ORDINAL.fullmatch(word):
        return spoken(possessive[1]) + possessive[2].lower() if possessive else word.lower()
    around = text[max(found.start() - 1, 0) : found.start()] + text[found.end() : found.end() + 1]
    if any(sign.isdigit() for sign in word) or ("&" in around and len(word) < _SPOKEN):
        return word
    bare = word.strip(".,'\u2019\"!?()")
    if "." in bare or not bare:
        return word
    plain = folded(bare)
    kept = read_words("firm_cases", kind="kept")
    if bare in kept or (bare[-1:] == "S" and bare[:-1] in kept and len(bare) > _SHORT):
        return word if bare in kept else word.replace(bare, f"{bare[:-1]}s")
    half = _PREFIX.search(text[: found.start()]) is not None
    return spoken(word) if half or _is_spoken(bare, plain, alone=alone) else word


def _is_spoken(bare: str, plain: str, *, alone: bool) -> bool:
    """Whether capitals are a word or a name, and no initials."""
    if len(bare) <= _SHORT:
        return _is_short_word(bare, plain, alone=alone)
    spelled = not _VOWEL.search(plain) or (
        len(bare) == _SPOKEN and _SPELLED.search(plain) and plain.isascii()
    )
    return not spelled or plain in FIRM_WORDS or plain in read_words("firm_cases", kind="word")


def _is_short_word(bare: str, plain: str, *, alone: bool) -> bool:
    """Whether up to three letters are a word or a name: by the tables, and by an accent on a vowel."""
    if not bare.isascii() and not alone and _VOWEL.search(plain):
        return True
    table = any(plain in read_words("firm_cases", kind=kind) for kind in ("word", "small"))
    named = len(bare) == _SHORT and plain in given_names() and _VOWEL.search(plain) is not None
    return not alone and (table or plain in FIRM_WORDS or named)


def _capital(word: str) -> str:
    """A word in small letters with a capital, or in capitals where a table knows it so."""
    return word.upper() if word.upper() in read_words("firm_cases", kind="kept") else _spoken(word)


def _spoken(word: str) -> str:
    lower = word.lower()
    if _MC.fullmatch(lower):
        return "Mc" + word_case(lower[2:])
    before, mark, after = lower.partition("'" if "'" in lower else "\u2019")
    if mark and len(before) == 1 and len(after) > 1:
        return before.upper() + mark + word_case(after)
    start = next((place for place, sign in enumerate(word) if sign.isalpha()), 0)
    return word[:start] + word_case(word[start:])
