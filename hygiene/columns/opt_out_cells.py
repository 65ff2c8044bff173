"""What the header of a column and its cells say of writing to a person.

A column is known by the words of its header, a cell by its own, both by the tables in `opt_out_words`. Of some
columns the truth means no (Unsubscribed), of others the falsehood (Subscribed), of others a state.
"""

import enum
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Mask, is_blank, mask
from hygiene.columns import opt_out_words as words
from hygiene.columns.mapping import CANONICAL, MALFORMED

__all__ = [
    "NO",
    "SILENT",
    "UNKNOWN",
    "YES",
    "Codes",
    "Kind",
    "are_dates",
    "are_numbers",
    "is_mark",
    "kind_of",
    "may_mark",
    "says",
    "says_under",
    "tags_in",
]

#: What a cell says: must not be written to; may be; nothing; something that is not understood.
NO, SILENT, YES, UNKNOWN = -1, 0, 1, 2
Codes = np.ndarray[Any, np.dtype[np.int8]]

#: A date or a moment, of whatever order.
_DATE = (
    r"^\s*[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}(?:[ T,].*)?$|^\s*[0-9]{10}(?:[0-9]{3})?\s*$"
    r"|^\s*[0-9]{1,2}\.? [A-Za-z]{3,9}\.? [0-9]{4}"
)
#: A date that databases write where there is none.
_NO_DATE = r"^\s*0{4}[-/.]0{1,2}[-/.]0{1,2}"
_NUMBER = r"^\s*[-+]?[0-9]+(?:[.,][0-9]+)?\s*$"
_ZERO = r"^\s*[-+]?0+(?:[.,]0+)?\s*$"
#: Between the tags of a cell.
_BETWEEN = re.compile(r"[;,|\n]")
#: Words of a tag.
_TAG_WORDS = 4
#: Endings of both sexes in one word: désabonné·e, inscrit(e), abonné/e.
_BOTH = re.compile(r"(?<=\w\w\w)(?:[\u00b7\u2022.]|\(|/)(?:e|a|ne|in|innen|trice)s?\)?(?!\w)")
#: Letters of the tables' languages that are none with an accent.
_PLAIN = str.maketrans({"\u0131": "i", "\u0142": "l", "\u00f8": "o", "\u0111": "d"})
#: The first word of a cell that goes on.
_HEAD = re.compile(r"(\w{2,}) ")


class Kind(enum.Enum):
    """What the cells of a column are about."""

    TRUTH_IS_NO = "what is true means no"
    FALSEHOOD_IS_NO = "what is false means no"
    STATES = "a state"
    MAIL_STATES = "a state of being mailed"
    TAGS = "tags"
    TELEPHONE = "the telephone"


def may_mark(header: str, /) -> bool:
    """Whether a column is one whose cells may say something of opting out."""
    return header not in (*CANONICAL, MALFORMED) and kind_of(header) is not None


def is_mark(header: str, /) -> bool:
    """Whether a column says who may be written to and who not; one about the telephone does not."""
    return kind_of(header) not in (None, Kind.TELEPHONE)


@cache
def kind_of(header: str, /) -> Kind | None:
    """What the cells of a column are about, by its header; None where it says nothing of opting out."""
    text = _folded(header)
    of_mail = words.MAIL.search(words.DO_NOT_CALL.sub(" ", text)) is not None
    no, yes = _evidence(text)
    by_call = words.DO_NOT_CALL.search(text) is not None
    strong = words.STRONG.search(text) or words.DIRECT_NO.search(text) or (by_call and of_mail)
    telephone = by_call or ((no or yes) and words.TELEPHONE.search(text))
    marketing = "marketing" in text
    found: list[tuple[object, Kind | None]] = [  # the first that holds
        (telephone and not of_mail, Kind.TELEPHONE),
        (words.TAGS.search(text) and not no and not yes and not words.COMPANY.search(text), Kind.TAGS),
        (words.OTHER.search(text) and not strong, None),
        (no and yes and words.PAIR.search(text), Kind.MAIL_STATES),
        (yes and words.CANCELLED.search(text), Kind.TRUTH_IS_NO),
        (strong or (no and not words.SOFT.search(text)), Kind.TRUTH_IS_NO),
        (no or words.COMPANY.search(text), None),
        (yes and not words.YES.search(words.WEAK.sub(" ", text)) and not words.NEGATION.search(text), None),
        (yes, Kind.FALSEHOOD_IS_NO),
        (words.TELEPHONE.search(text) and not of_mail, None),
        (words.STATUS.search(text), Kind.MAIL_STATES if marketing else Kind.STATES),
    ]
    return next((kind for holds, kind in found if holds), None)


def says(header: str, cells: pa.Array, /) -> Codes:
    """What each cell of a column says of writing to the person: `NO`, `YES`, `SILENT` or `UNKNOWN`.

    Args:
        header: Of a column that `kind_of` knows.
        cells: Text, null where missing.
    """
    kind = kind_of(header)
    if kind is None:
        return np.zeros(len(cells), np.int8)
    if kind is Kind.TELEPHONE:
        no, _ = _evidence(_folded(header))
        agreed = not no and not words.DO_NOT_CALL.search(_folded(header))
        kind = Kind.FALSEHOOD_IS_NO if agreed else Kind.TRUTH_IS_NO
    return says_under(kind, cells)


def are_dates(cells: pa.Array, /) -> Mask:
    """Whether each cell is a date or a moment, of whatever order."""
    return mask(pc.match_substring_regex(pc.fill_null(cells, ""), _DATE))


def are_numbers(cells: pa.Array, /) -> Mask:
    """Whether each cell is a number."""
    return mask(pc.match_substring_regex(pc.fill_null(cells, ""), _NUMBER))


def tags_in(cell: str, /) -> list[str]:
    """The tags of a cell."""
    return _BETWEEN.split(cell)


def says_under(kind: Kind, cells: pa.Array, /) -> Codes:
    """The same of a column whose kind is known."""
    codes = np.zeros(len(cells), np.int8)
    rows = np.flatnonzero(~is_blank(cells))
    if not len(rows):
        return codes
    encoded = cells.take(pa.array(rows)).dictionary_encode()
    texts = encoded.dictionary
    found = np.full(len(texts), UNKNOWN, np.int8)
    dates = are_dates(texts)
    numbers = are_numbers(texts) & ~dates
    zeros = numbers & mask(pc.match_substring_regex(texts, _ZERO))
    never = mask(pc.match_substring_regex(texts, _NO_DATE))
    filled, empty = _MEANS[kind]
    found[dates | numbers] = filled
    found[zeros] = empty
    found[never] = SILENT
    for at in np.flatnonzero(~(dates | numbers)).tolist():
        found[at] = _said(kind, texts[at].as_py())
    codes[rows] = found[encoded.indices.to_numpy(zero_copy_only=False)]
    return codes


#: What a date or a number, and a zero, say in a column of each kind.
_MEANS: Mapping[Kind, tuple[int, int]] = {
    Kind.TRUTH_IS_NO: (NO, YES),
    Kind.FALSEHOOD_IS_NO: (YES, NO),
    Kind.STATES: (UNKNOWN, UNKNOWN),
    Kind.MAIL_STATES: (UNKNOWN, UNKNOWN),
    Kind.TAGS: (SILENT, SILENT),
}


@cache
def _said(kind: Kind, cell: str) -> int:
    """What one cell that is neither blank nor a number says."""
    bare, text = cell.strip().removesuffix("\ufe0f").casefold(), _folded(cell)
    truth = _truth(bare, text)
    if truth is None and (text in words.NOTHING or bare in words.NOTHING):
        return SILENT
    if kind is Kind.TAGS:
        pieces = [_folded(piece) for piece in _BETWEEN.split(cell)]
        return NO if any(_state(each) == NO for each in pieces if len(each.split()) <= _TAG_WORDS) else SILENT
    if kind in (Kind.STATES, Kind.MAIL_STATES):
        states = {_state(_folded(piece)) for piece in _BETWEEN.split(cell)}
        known = NO if NO in states else YES if YES in states else UNKNOWN
        if kind is Kind.MAIL_STATES and words.CANCELLED.search(text):
            known = NO
        return SILENT if text in words.NEUTRAL and known != NO else known
    return _said_of_mark(kind, text, truth=truth)


def _said_of_mark(kind: Kind, text: str, *, truth: bool | None) -> int:
    """What a cell of a column says whose truth or falsehood means no."""
    if kind is Kind.TRUTH_IS_NO and text in words.GOOD:
        return YES
    if text in words.NEVER:
        truth = False
    if truth is None and (head := _HEAD.match(text)) and _state(text[head.end() :]) == UNKNOWN:
        truth = _truth(head[1], head[1])  # Nein (03.02.2026)
    if truth is not None:
        return YES if truth == (kind is Kind.FALSEHOOD_IS_NO) else NO
    said = _state(text)
    if said == UNKNOWN and (kind is Kind.TRUTH_IS_NO or words.CANCELLED.search(text)):
        return NO
    return said


def _truth(bare: str, text: str) -> bool | None:
    """Whether a cell says yes or no by itself; None where it says neither."""
    for each in (bare, text):
        if each in words.TRUE:
            return True
        if each in words.FALSE:
            return False
    return None


def _state(text: str) -> int:
    """What a folded phrase says."""
    if words.DO_NOT_CALL.search(text):
        return NO if words.MAIL.search(words.DO_NOT_CALL.sub(" ", text)) else UNKNOWN
    no, yes = _evidence(words.SOFT.sub(" ", text))
    if no or words.STATE_NO.search(text):
        return YES if not no and _is_negated(text, words.STATE_NO.search(text)) else NO
    return YES if yes else UNKNOWN


def _evidence(text: str) -> tuple[bool, bool]:
    """Whether a folded phrase says that somebody must not, and that somebody may be written to."""
    if words.DIRECT_NO.search(text):
        return True, False
    no = [_is_negated(text, found) for found in words.NO.finditer(text)]
    rest = words.NO.sub(" ", text)
    yes = [_is_negated(rest, found) for found in words.YES.finditer(rest)]
    return False in no or True in yes, True in no or False in yes


def _is_negated(text: str, found: "re.Match[str] | None") -> bool:
    """Whether a word of negation stands right before what was found, or with one word between."""
    before = text[: found.start() if found else 0].split()[-2:]
    return any(words.NEGATION.fullmatch(word) for word in before)


@cache
def _folded(text: str) -> str:
    """Text in lower case without accents, its words apart."""
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", _BOTH.sub("", text))
    text = unicodedata.normalize("NFKD", text.casefold())
    text = re.sub(r"[\u0300-\u036f\u0591-\u05c7\u064b-\u0655\u0670]", "", text).translate(_PLAIN)
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text)))
