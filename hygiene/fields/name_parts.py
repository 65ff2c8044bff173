"""Name parts: what stands around a name in its cell, found by tables and shapes.

Each function takes one kind of it off a text, and gives the text itself where that would leave nothing.
"""

import re

from hygiene.fields.distinct import Change
from hygiene.fields.name_titles import APOSTROPHES, TWO_PEOPLE, name_key
from hygiene.words.firm_names import are_positions, is_firm
from hygiene.words.name_words import LEGAL_FORMS_JOINED, given_names
from hygiene.words.spelling import folded
from hygiene.words.tables import read_words

__all__ = [
    "Cell",
    "before_employer",
    "drop_address",
    "drop_nicknames",
    "drop_pictures",
    "drop_signs",
    "is_company",
    "is_left",
    "starts_with_particle",
]

#: Pictures, flags, stars, hearts and what shapes them. Source: Unicode's blocks of symbols and pictographs.
_PICTURES = re.compile(
    "[\u00a9\u00ae\u2122\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\ufe0e\ufe0f\u20e3\U0001f000-\U0001faff]"
    "|(?<=[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d|\u200d(?=[\u2600-\u27bf\U0001f000-\U0001faff])"
)
_BRACKETS = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])\s*")
_QUOTED = re.compile(
    r"(?:^|(?<=\s))(?:\"[^\"]+\"|\u201c[^\u201d]+[\u201d\"]|\u201e[^\u201c\u201d]+[\u201c\u201d]|\u00ab[^\u00bb]+\u00bb"
    r"|'[^']+'|\u2018[^\u2019]+\u2019)(?=\s|$)"
)
_ALSO = re.compile(
    r"\s+(?:(?:aka|a\.k\.a\.?|alias|goes by|geb\.|geborene|née|né|nee|z d\.|c/o|p\. ?adr\.)\s+.+"
    r"|#\s?\w.*|(?:at|bei|chez)\s(?-i:[A-Z]).*|(?:she|he|they|ze|xe|elle|ella|sie|er|hun)\s*/\s*(?:her|him|them|they|she|he|el|elle|ella|ihr|ihm|iel|hen)"
    r"(?:\s*/\s*[^\W\d_]+)?)$",
    re.IGNORECASE,
)
#: An address beside a name, in brackets or not, and an employer behind "@".
_ADDRESS = re.compile(
    r"\s*[<(\[]?(?:mailto:)?[^\s<>()\[\]@]+@[^\s<>()\[\]@]+\.[^\s<>()\[\]@]+[>)\]]?\s*|\s+@\s*\S.*$"
)
#: Signs that no name begins or ends with.
_AROUND = " *_~-\u2013\u2014=^:;\u00b7\u2022"
#: What sets an employer off behind a name.
_BEFORE = re.compile(r" \| | c/o | @ ?|, | (?:at|bei|chez) (?=[A-Z])|(?<=\w) [-\u2013] (?=\w)")
#: Signs of a cell that is no name of one person.
_OTHER = re.compile(r"[@&/\\_|+:=<>*#%$€£^~{}\[\]()?!;,\"]|\d|https?|www\.|\.(?:com|net|org|de|example)\b")
_ORDINAL = re.compile(r"(?:2nd|3rd|4th)\.?$", re.IGNORECASE)
#: Words between two people that no surname has within.
_TWO_LAST = re.compile(r"\s(?:and|und|et|or|oder|og|och)\s", re.IGNORECASE)
#: Behind "von" these are part of a surname: von und zu.
_NOBLE = re.compile(r"\b(?:von|zu)\s+und\s", re.IGNORECASE)


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

    @property
    def rules(self) -> frozenset[str]:
        """The rules that changed it so far."""
        return frozenset(self._rules)

    def change(self) -> Change:
        """What became of it."""
        return self.text, ";".join(self._rules) if self.text != self.before else ""


def _kept(new: str, old: str) -> str:
    """The new text, where it still holds a letter."""
    new = " ".join(new.split()) if new != old else new
    return new if any(map(str.isalpha, new)) else old


def drop_pictures(text: str, /) -> str:
    """A text without emoji, stars, flags and marks, nor the position behind one."""
    for found in () if text.isascii() else _PICTURES.finditer(text):
        head = _PICTURES.sub(" ", text[: found.start()]).strip()
        if any(map(str.isalpha, head)) and are_positions([text[found.end() :]]):
            return head
    return (
        text if text.isascii() else _kept(_PICTURES.sub(" ", text), text) if _PICTURES.search(text) else text
    )


def drop_signs(text: str, /) -> str:
    """A text without the signs around it: stars, dashes, a pair of quotes, a full stop behind a given name."""
    if text[:1].isalpha() and text[-1:].isalpha():
        return text
    bare = text.strip(_AROUND)
    if len(bare) > 2 and bare[0] == bare[-1] and bare[0] in "\"'":
        bare = bare[1:-1].strip()
    name = bare.removesuffix(".")
    if name != bare and len(name) > len("Wm.") and _is_given(folded(name)):
        bare = name
    return _kept(bare, text) if bare != text else text


def _is_given(word: str) -> bool:
    return word in given_names() and word not in read_words("titles", kind="abbreviated")


def drop_address(text: str, /) -> str:
    """A text without the address or the employer beside a name."""
    return _kept(_ADDRESS.sub(" ", text), text) if "@" in text else text


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
    two = TWO_PEOPLE if given else _TWO_LAST
    return two.search(_NOBLE.sub(" ", text)) is not None


def before_employer(text: str, /) -> str:
    """A text without an employer that a comma, a dash or a word sets off behind a name."""
    head = _BEFORE.split(text, maxsplit=1)[0]
    return head or text


def is_company(first: str, last: str, /) -> bool:
    """Whether the cells of a name hold that of a company."""
    words = f"{first} {last}".partition(" | ")[0].split()
    if len(words) < 2:
        return any(form in first + last for form in LEGAL_FORMS_JOINED)
    if name_key(words[-1]) in read_words("legal_forms", kind="telling") and "." not in words[-1][:-1]:
        return True
    return (not last.strip() or not first.strip()) and is_firm(" ".join(words)) and not _has_given_name(words)


def _has_given_name(words: list[str]) -> bool:
    return folded(words[0]) in given_names()


def starts_with_particle(text: str, /) -> bool:
    """Whether a text begins with a small word before a surname."""
    word = text.partition(" ")[0].lower().translate(APOSTROPHES)
    return word in read_words("particles", kind="lower")
