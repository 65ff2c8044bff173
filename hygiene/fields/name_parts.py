"""Name parts: what stands around a name in its cell, found by tables and shapes.

Each function takes one kind of it off a text, and gives the text itself where that would leave nothing.
"""

import re
from collections.abc import Iterator
from functools import cache

from hygiene.fields.distinct import Change
from hygiene.words.firm_names import are_positions, is_firm
from hygiene.words.name_words import LEGAL_FORMS_JOINED, given_names
from hygiene.words.spelling import folded
from hygiene.words.tables import read_rows, read_words

__all__ = [
    "Cell",
    "cut_end",
    "drop_nicknames",
    "drop_pictures",
    "is_company",
    "is_left",
    "is_turned",
    "split_titles",
    "starts_with_particle",
]

#: Pictures, flags, stars, hearts and what shapes them. Source: Unicode's blocks of symbols and pictographs.
_PICTURES = re.compile(
    "[\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\ufe0e\ufe0f\u20e3\U0001f000-\U0001faff]"
    "|(?<=[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d|\u200d(?=[\u2600-\u27bf\U0001f000-\U0001faff])"
)
_BRACKETS = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])\s*")
_QUOTED = re.compile(
    r"(?:^|(?<=\s))(?:\"[^\"]+\"|\u201c[^\u201d]+[\u201d\"]|\u201e[^\u201c]+\u201c|\u00ab[^\u00bb]+\u00bb"
    r"|'[^']+'|\u2018[^\u2019]+\u2019)(?=\s|$)"
)
_ALSO = re.compile(
    r"\s+(?:(?:aka|a\.k\.a\.?|alias|goes by|geb\.|geborene|née|né|nee|z d\.)\s+.+"
    r"|(?:she|he|they)\s*/\s*(?:her|him|them)(?:\s*/\s*(?:hers|his|theirs))?)$",
    re.IGNORECASE,
)
#: Signs of a cell that is no name of one person.
_OTHER = re.compile(r"[@&/\\_|+:=<>*#%$€£^~{}\[\]()?!;,\"]|\d|https?|www\.|\.(?:com|net|org|de|example)\b")
_ORDINAL = re.compile(r"(?:2nd|3rd|4th)\.?$", re.IGNORECASE)
#: Words between two people; some of them stand within surnames.
_TWO = re.compile(r"\s(?:and|und|et|og|och|oder|or|y|e|en|és|ve|и|та|και)\s", re.IGNORECASE)
_TWO_LAST = re.compile(r"\s(?:and|und|et|or|oder|og|och)\s", re.IGNORECASE)
#: A title without a space behind it.
_GLUED = re.compile(r"^((?:Mr|Mrs|Ms|Dr|Prof)\.)(?=[^\W\d_]{2}[^\W\d_.]*(?:\s|$))")
#: Behind "von" these are part of a surname: von und zu.
_NOBLE = re.compile(r"\b(?:von|zu)\s+und\s", re.IGNORECASE)
_JOB = re.compile(r"\s+[-\u2013\u2014|]\s+|\s*\|\s*")
_APOSTROPHES = str.maketrans({"\u2019": "'", "`": "'", "\u00b4": "'", "\u00ae": None, "\u2122": None})


class Cell:
    """A cell on its way, and the rules that changed it."""

    def __init__(self, text: str, /) -> None:
        self.before = self.text = text
        self._rules: dict[str, None] = {}

    def set(self, text: str, rule: str, /) -> None:
        """Go on with another text, if it is one."""
        if text != self.text:
            self.text = text
            self._rules[rule] = None

    def change(self) -> Change:
        """What became of it."""
        return self.text, ";".join(self._rules) if self.text != self.before else ""


def _key(word: str) -> str:
    return word.translate(_APOSTROPHES).replace(".", "").strip(",").lower()


def _kept(new: str, old: str) -> str:
    """The new text, where it still holds a letter."""
    new = " ".join(new.split()) if new != old else new
    return new if any(map(str.isalpha, new)) else old


def drop_pictures(text: str, /) -> str:
    """A text without emoji, stars and flags."""
    return (
        text if text.isascii() else _kept(_PICTURES.sub(" ", text), text) if _PICTURES.search(text) else text
    )


def drop_nicknames(text: str, /) -> str:
    """A text without what stands in brackets or quotes, and without another name or the pronouns behind it."""
    for pattern in (_BRACKETS, _QUOTED, _ALSO):
        if pattern.search(text):
            text = _kept(pattern.sub(" ", text), text)
    return text


def is_left(text: str, /, *, given: bool) -> bool:
    """Whether a cell is not the name of one person for certain: it is left as it is."""
    bare = _ORDINAL.sub("", text)
    if not text or _OTHER.search(bare) or ("." in text.strip(".") and re.search(r"\w{2}\.\w", text)):
        return True
    two = _TWO if given else _TWO_LAST
    return two.search(_NOBLE.sub(" ", text)) is not None


def is_turned(text: str, /) -> bool:
    """Whether a cell is a surname, a comma and one given name."""
    surname, comma, given = text.partition(",")
    words = surname.split()
    if not comma or is_left(surname, given=False) or is_left(given.strip(), given=True):
        return False
    return (len(words) == 1 or starts_with_particle(surname)) and folded(given.strip()) in given_names()


def is_company(first: str, last: str, /) -> bool:
    """Whether the cells of a name hold that of a company."""
    words = f"{first} {last}".partition(" | ")[0].split()
    if len(words) < 2:
        return any(form in first + last for form in LEGAL_FORMS_JOINED)
    if _key(words[-1]) in read_words("legal_forms", kind="telling") and "." not in words[-1][:-1]:
        return True
    return (not last.strip() or not first.strip()) and is_firm(" ".join(words)) and not _has_given_name(words)


def _has_given_name(words: list[str]) -> bool:
    return folded(words[0]) in given_names()


def starts_with_particle(text: str, /) -> bool:
    """Whether a text begins with a small word before a surname."""
    word = text.partition(" ")[0].lower().translate(_APOSTROPHES)
    return word in read_words("particles", kind="lower")


def split_titles(text: str, country: str, /, *, alone: bool) -> tuple[list[str], str]:
    """The titles that a text begins with, and the rest.

    Args:
        text: A cell.
        country: ISO 3166-1 code where it is known: ``M.`` is a title where French is spoken.
        alone: Whether titles may be all there is.
    """
    words = _GLUED.sub(r"\1 ", text).split()
    count = 0
    while count < len(words) and _is_title(words[count], country, after=count > 0):
        count += 1
    if (not alone and count == len(words)) or (count and _TWO.match(f" {' '.join(words[count:])} ")):
        count = 0
    if count == len(words) and len(words) == 1 and not _is_title(words[0], country, after=False, only=True):
        count = 0
    return words[:count], " ".join(words[count:]) if count else text


def _is_title(word: str, country: str, *, after: bool, only: bool = False) -> bool:
    key, dotted = _key(word), word.endswith(".")
    if not only and (key, country) in _titles_in():
        return True
    if key in read_words("titles", kind="title"):
        return (
            not only
            or dotted
            or key not in {"sir", "dame", "mister", "captain", "ms", "mm", "ibu", "puan"}
            or (key == "ms")
        )
    if dotted and key in read_words("titles", kind="title_dotted"):
        return True
    if after and "." in word and all(_is_after(part) for part in word.lower().split(".") if part):
        return True
    return (dotted and key == "m" and country in {"FR", "BE", "CH", "LU", "MC"}) or bool(
        re.fullmatch(r"(?:dr|prof|dipl)\.-?[a-z]+\.?", word.lower())
    )


@cache
def _titles_in() -> frozenset[tuple[str, str]]:
    """Titles that are names elsewhere, each with its country."""
    return frozenset((row[0], row[2]) for row in read_rows("titles") if row[1] == "title_in")


def _is_after(part: str) -> bool:
    return part.strip("-") in read_words("titles", kind="title_after")


def cut_end(text: str, /, *, given: bool) -> Iterator[Change]:
    """What is left of a text whenever something behind the name was taken off, with the rule."""
    head, found, tail = _split_job(text)
    if found:
        text = head
        yield text, "credential"
    parts = [part.strip() for part in text.split(",")]
    while len(parts) > 1 and (not parts[-1] or _is_all_told(parts[-1])):
        rule = "suffix" if _key(parts[-1]) in _suffixes() else "credential"
        parts.pop()
        if parts[-1]:
            text = ", ".join(parts) + ("," if not tail and len(parts) == 1 and text.endswith(",") else "")
            yield text, rule
    words = text.split()
    shouted = text.isupper()
    while words and _is_told(words[-1], shouted=shouted, given=given):
        if len(words) == 1 and (given or not _is_plainly_told(words[0])):
            break
        rule = "suffix" if _key(words.pop()) in _suffixes() else "credential"
        yield " ".join(words).rstrip(","), rule


def _split_job(text: str) -> tuple[str, bool, str]:
    """A text cut before a position or credentials that a dash or a stroke sets off."""
    found = _JOB.search(text)
    if not found or not any(map(str.isalpha, text[: found.start()])):
        return text, False, ""
    head, tail = text[: found.start()].rstrip(), text[found.end() :].strip()
    words = tail.split()
    if not words:
        return text, False, ""
    person = folded(words[0]) in given_names()
    told = (
        are_positions([tail])
        or is_company(tail, "")
        or _is_all_told(tail)
        or ("|" in found[0] and not person)
    )
    return (head, True, tail) if told else (text, False, "")


def _is_all_told(text: str) -> bool:
    """Whether words behind a comma are all suffixes, credentials or positions."""
    words = re.split(r"[\s/]+", text.strip())
    known = (
        _suffixes() | read_words("titles", kind="credential") | read_words("titles", kind="credential_comma")
    )
    return all(_key(word) in known or word in {"&", "and", "of"} for word in words if word) or (
        len(words) > 1 and are_positions([text])
    )


def _is_told(word: str, *, shouted: bool, given: bool) -> bool:
    """Whether a word behind a name is a suffix or a credential."""
    key = _key(word)
    if key in _suffixes():
        return not given or key not in {"sr", "2nd", "3rd", "4th"} or word.endswith(".")
    dots = word.count(".")
    if key in read_words("titles", kind="credential_comma"):
        return (
            dots > 1
            or (dots == 1 and not word.endswith("."))
            or (key == "md" and word == "MD" and not shouted and not given)
        )
    if key not in read_words("titles", kind="credential") | _plain_credentials():
        return False
    if key in _plain_credentials() or dots > 1:
        return True
    capitals = sum(map(str.isupper, word))
    return capitals > 1 and (not shouted or not any(sign in "aeiou" for sign in key))


def _is_plainly_told(word: str) -> bool:
    """Whether a word alone is a suffix or a credential, and no name."""
    return (_key(word) in _suffixes() | _plain_credentials() and not word.istitle()) or word.endswith(".")


@cache
def _suffixes() -> frozenset[str]:
    return read_words("titles", kind="suffix")


def _plain_credentials() -> frozenset[str]:
    """Credentials that stand behind a name without a comma however they are written."""
    return read_words("titles", kind="credential_plain")
