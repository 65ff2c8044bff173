"""Header words: a header as lower-case words in one spelling, without what a form puts around them.

What the words mean is in `candidates`; words of other languages are for `translations`.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from hygiene.columns.vocabulary import ASKING, CALLED, FILLING, NOT_THE_LEADS, SPELLINGS, VOCABULARY
from hygiene.words.spelling import folded

__all__ = ["without_remark", "words_of"]

_KNOWN = frozenset(VOCABULARY)

#: What a form says in brackets of how a cell is filled in: more than one thing, a number, or words that begin so.
_BRACKETS = re.compile(r"[(\[\uff08]([^()\[\]\uff08\uff09]*)[)\]\uff09]")
_REQUIRED = re.compile(
    r"required|optional|mandatory|pflichtfeld|obligatoi?r\w*|obbligatori\w*|obrigat\u00f3ri\w*|verplicht|zorunlu|wymagane"
    r"|povinn\w+|facultati\w+|facoltativo|opcional|opzionale|\u5fc5\u9808|\u5fc5\u586b|\ud544\uc218|\u043e\u0431\u044f\u0437\u0430\u0442\u0435\u043b\u044c\u043d\u043e",
    re.IGNORECASE,
)
_REMARK = re.compile(
    r"[,;:\uff0c\u3001]|\d|\b(?:incl|including|with|without|as|eg|e\.g|zb|z\.b|max|min|only|format|mit|ohne|sans|avec|con|sin)\b",
    re.IGNORECASE,
)


def without_remark(text: str, /) -> str:
    """A header without what stands in brackets of how it is filled in; whose it is stays."""
    return _BRACKETS.sub(lambda found: " " if _is_remark(found[1]) else found[0], text)


def _is_remark(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text.lower())
    whose = any(map(NOT_THE_LEADS.fullmatch, set(words) - {"last"}))
    return bool(_REQUIRED.fullmatch(text.strip()) or _REMARK.search(text)) and not whose


@lru_cache(maxsize=4096)
def words_of(text: str, /) -> tuple[str, ...]:
    """A header as lower-case words, in one spelling; of a question, what it asks for."""
    text = _BRACKETS.sub(lambda found: " " if _REQUIRED.fullmatch(found[1].strip()) else found[0], text)
    asked = "?" in text or "\u061f" in text
    text = re.sub("['\u2019]s\\b|\\([a-z]{1,2}\\)|\u02bc", " ", unicodedata.normalize("NFKC", text))
    text = text.replace(
        "\u0130", "I"
    )  # in lower case it would be two signs, of which the second is no letter
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text).lower()
    text = " ".join(re.findall(r"[^\W\d_]+|\d+", text))
    text = CALLED.sub("name", text)
    for pattern, spelling in SPELLINGS:
        text = pattern.sub(spelling, text)
    if asked or ASKING.match(folded(text)):
        text = _asked_for(text)
    return tuple(part for word in text.split() for part in _segments(word) or [word])


def _asked_for(text: str) -> str:
    """What a question asks for; the text itself where it asks for nothing but yes or no."""
    plain = folded(text)
    found = [match.end() for match in ASKING.finditer(plain)]
    return " ".join(FILLING.sub(" ", plain[found[-1] :]).split()) if found else text


@lru_cache(maxsize=4096)
def _segments(word: str) -> Sequence[str] | None:
    """A run-together word ("workemail") as known words; None where it is not made of them."""
    if word in _KNOWN:
        return [word]
    for part in VOCABULARY:
        tail = _segments(word.removeprefix(part)) if word.startswith(part) else None
        if tail:
            return [part, *tail]
    return None
