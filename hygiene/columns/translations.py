"""Languages: headers in the languages users have, said in English.

Whole headers and their parts are known by phrase, not word by word; what is in no phrase stays as it is.
The words for "name" stand for different things beside others: `Vorname, Name` is a first and a last name.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from hygiene.columns.translated_words import BESIDE_WORDS, NAMES, ONLY_BESIDE, PHRASES, YOUR
from hygiene.words.spelling import folded

__all__ = ["in_english"]

_Words: TypeAlias = tuple[str, ...]

#: English words that stand in headers of every language, where others stand beside them.
_EVERYWHERE = {"email", "mail", "phone", "website", "mobile"}
#: Letters of the scripts that put no spaces between words: Japanese, Chinese, Korean.
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
#: A name in its own language that is a word of English too, and says nothing by itself.
_ENGLISH = {("name",), ("ad",)}


def _split(phrases: str) -> list[_Words]:
    return [tuple(re.findall(r"[^\W\d_]+|\d+", folded(phrase))) for phrase in phrases.split(",")]


def _table(table: Mapping[str, str]) -> dict[_Words, _Words]:
    return {words: tuple(english.split()) for english, phrases in table.items() for words in _split(phrases)}


_PHRASES = _table(PHRASES)
_BESIDE = _table(BESIDE_WORDS)
_NAMES = frozenset(_split(NAMES))
_YOUR = frozenset(word for words in _split(YOUR) for word in words)
_ONLY_BESIDE: dict[_Words, tuple[_Words | None, frozenset[_Words]]] = {
    (word,): (tuple(english.split()), frozenset(_split(others)))
    for word, (english, others) in ONLY_BESIDE.items()
}
#: What a run of letters without spaces may be made of, the longest first.
_PIECES = sorted(
    {
        word
        for words in (*_PHRASES, *_BESIDE, *_NAMES, *_split(YOUR))
        for word in words
        if _UNSPACED.search(word)
    }
    | {"tel", "email", "mail", "url"},
    key=lambda word: (-len(word), word),
)
_LONGEST = max(map(len, _PHRASES))


def in_english(headers: Sequence[_Words], /) -> list[_Words]:
    """Headers as words, foreign ones in English, all others as they are.

    Args:
        headers: The words of each header, lower case.
    """
    plain = [_plain(words) for words in headers]
    english = [None if words in _NAMES else _translated(words) for words in plain]
    foreign = {found[:2] for found in english if found}
    present = frozenset(plain)
    result = []
    for words, told, found in zip(headers, plain, english, strict=True):
        name = _half_a_name(told[:1], foreign) if told in _NAMES else _contacts_half(told, foreign)
        only, others = _ONLY_BESIDE.get(told, (None, frozenset()))
        own = told if told in _NAMES else words
        result.append(name or found or (only if not others.isdisjoint(present) else None) or own)
    return result


def _half_a_name(words: _Words, foreign: set[_Words]) -> _Words | None:
    """What a word for "name" stands for beside the other half of a name; None where it is no foreign word."""
    if ("first", "name") in foreign and ("last", "name") not in foreign:
        return ("last", "name")
    if ("last", "name") in foreign and ("first", "name") not in foreign:
        return ("first", "name")
    return None if words in _ENGLISH else ("name",)


def _contacts_half(words: _Words, foreign: set[_Words]) -> _Words | None:
    """What a word for "name" stands for beside others, as in `prenom_dirigeant, nom_dirigeant`; None without one."""
    for name, others in ((words[:1], words[1:]), (words[-1:], words[:-1])):
        beside = _beside(others) if name in _NAMES and others else None
        if beside == ("company",):
            return ("company", "name")
        half = _half_a_name(name, foreign) if beside and "contact" in beside else None
        if half and beside and len(half) > 1:
            return half + beside
    return None


@lru_cache(maxsize=4096)
def _translated(words: _Words) -> _Words | None:
    """The header in English; None where a word of it is in no phrase."""
    for length in range(min(len(words), _LONGEST), 0, -1):
        for at in range(len(words) - length + 1):
            core = _PHRASES.get(words[at : at + length])
            if core is None and length == 1 and words[at] in _EVERYWHERE:
                core = (words[at],) if len(words) > 1 else None
            beside = _beside(words[:at] + words[at + length :]) if core is not None else None
            if core is not None and beside is not None:
                return core + beside
    return None


def _beside(words: _Words) -> _Words | None:
    """The words beside a phrase in English; None where one is not known."""
    found: list[str] = []
    for word in words:
        if word.isdecimal():
            found.append(word)
        elif (word,) in _BESIDE:
            found += _BESIDE[word,]
        else:
            return None
    return tuple(found)


def _plain(words: _Words) -> _Words:
    """Words without accents and without "your", those that are written without spaces told apart."""
    text = folded(" ".join(words)).split()
    plain = [piece for word in text for piece in (_pieces(word) if _UNSPACED.search(word) else [word])]
    return tuple(word for word in plain if word not in _YOUR) or tuple(plain)


@lru_cache(maxsize=4096)
def _pieces(word: str) -> Sequence[str]:
    """A run of letters as words that are known; itself where it is not made of them."""
    found, at = [], 0
    while at < len(word):
        piece = next((piece for piece in _PIECES if word.startswith(piece, at)), None)
        if piece is None:
            return [word]
        found.append(piece)
        at += len(piece)
    return found
