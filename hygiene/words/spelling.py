"""Spelling: a text in lower case and without marks, so that words of tables are found however they are written."""

import re
import unicodedata

__all__ = ["folded"]

#: Letters that Unicode does not decompose into a plain one and a mark.
_STROKES = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
    | {
        "ى": "ي",
        "ة": "ه",
        "ـ": "",
    }  # two Arabic letters that are written either way, and what stretches a word
)
#: Marks that a plain spelling leaves out: accents, Hebrew points, Arabic vowels and hamzas.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]")


def folded(text: str, /) -> str:
    """Lower-case text without accents and other marks."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text.lower().translate(_STROKES)))
    return unicodedata.normalize("NFC", plain)
