"""Opt-outs: which columns of a file say that somebody must not be written to, and which cells say so.

A column is known by the words of its header, a cell by its own, both by the tables in `opt_out_words`. Of some
columns the truth means no (Unsubscribed), of others the falsehood (Subscribed), of others a state. Nothing here
knows a list.
"""

import csv
import enum
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Mask, is_blank, mask, text_column
from hygiene.columns import opt_out_words as words
from hygiene.columns.mapping import CANONICAL, MALFORMED
from hygiene.columns.place import places, was_read
from hygiene.errors import UsageError, option

__all__ = [
    "NO",
    "SILENT",
    "UNKNOWN",
    "YES",
    "ColumnMarks",
    "Kind",
    "Marks",
    "any_marks",
    "are_dates",
    "find_marks",
    "is_mark",
    "kind_of",
    "may_mark",
    "renumber",
    "says",
]

#: What a cell says: must not be written to; may be; nothing; something that is not understood.
NO, SILENT, YES, UNKNOWN = -1, 0, 1, 2
_Codes = np.ndarray[Any, np.dtype[np.int8]]

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
#: Values that a note shows, and the characters of each.
_SHOWN, _CUT = 3, 40
#: Words and digits up to which a cell may be a state; more may tell of a person.
_WORDS, _DIGITS = 4, 5
#: Where rows stand that were not read from a file.
_UNREAD = "the leads"


class Kind(enum.Enum):
    """What the cells of a column are about."""

    TRUTH_IS_NO = "what is true means no"
    FALSEHOOD_IS_NO = "what is false means no"
    STATES = "a state"
    MAIL_STATES = "a state of being mailed"
    TAGS = "tags"
    TELEPHONE = "the telephone"


@dataclass(frozen=True, slots=True)
class ColumnMarks:
    """What one column of opt-outs says; those of several chunks add up.

    Attributes:
        rows: Rows that it marks; of a column about the telephone those that it would.
        unread: Rows whose cell is not understood.
        values: The first of these, as they can be shown.
        known: Whether a cell of it is one of opting out or in; without one a state is that of something else.
        telephone: Whether it is about the telephone, and marks nobody.
        unmet: Values that the user named and that no cell has.
    """

    rows: int = 0
    unread: int = 0
    values: tuple[str, ...] = ()
    known: bool = True
    telephone: bool = False
    unmet: tuple[str, ...] = ()

    def __add__(self, other: "ColumnMarks") -> "ColumnMarks":
        return ColumnMarks(
            self.rows + other.rows,
            self.unread + other.unread,
            tuple(dict.fromkeys((*self.values, *other.values)))[:_SHOWN],
            self.known or other.known,
            self.telephone,
            tuple(value for value in self.unmet if value in other.unmet),
        )

    @property
    def of_note(self) -> "ColumnMarks":
        """The same without what a column of other states leaves open."""
        return self if self.known else replace(self, unread=0, values=())


@dataclass(frozen=True, slots=True)
class Marks:
    """Opt-out marks in the columns of a lead frame.

    Attributes:
        rule: ``source:line:column`` of each row that bears one, by position; null elsewhere.
        columns: What each column says.
    """

    rule: pa.Array
    columns: dict[str, ColumnMarks]

    @classmethod
    def none(cls, rows: int, /) -> "Marks":
        """No marks."""
        return cls(pa.nulls(rows, pa.large_string()), {})


def find_marks(frame: pd.DataFrame, /, *, first_row: int = 1, named: Sequence[str] = ()) -> Marks:
    """The opt-out marks of a lead frame; of several on a row the first column's is named.

    Args:
        frame: The leads.
        first_row: Number of the first one.
        named: Columns that the user says mark rows: ``HEADER``, or ``HEADER=VALUE,VALUE``.

    Raises:
        UsageError: a column that is named is not there.
    """
    settled = _settled(named, [str(header) for header in frame.columns])
    rule, columns = np.full(len(frame), None, dtype=object), {}
    for at, header in enumerate(map(str, frame.columns)):
        if header not in settled and not may_mark(header):
            continue
        cells = text_column(frame.iloc[:, at])
        codes = _by_values(header, cells, settled[header]) if header in settled else says(header, cells)
        found = _column_marks(header, cells, codes, settled=header in settled)
        if found is not None and settled.get(header):
            held = set(map(str.casefold, pc.unique(pc.drop_null(cells)).to_pylist()))
            unmet = tuple(
                value
                for value in settled[header] or ()
                if not any(_is_one_of(each, [value]) for each in held)
            )
            found = replace(found, unmet=unmet)
        if found is None:
            continue
        columns[header] = found
        if not found.telephone:
            rows = np.flatnonzero((codes == NO) & (rule == None))  # noqa: E711 -- elementwise
            rule[rows] = [f"{place}:{header}" for place in _places(frame.index, rows, first_row)]
    return Marks(pa.array(rule, pa.large_string()), columns)


def any_marks(columns: Mapping[str, ColumnMarks], /) -> bool:
    """Whether a column may have marked rows: one about the telephone does not."""
    return any(not marked.telephone for marked in columns.values())


def _settled(named: Sequence[str], headers: Sequence[str]) -> dict[str, tuple[str, ...] | None]:
    """The columns that the user names, with the values that mark; None for those where the truth does."""
    folded = {header.strip().casefold(): header for header in reversed(headers)}
    found: dict[str, tuple[str, ...] | None] = {}
    for text in named:
        name, values = text, None
        if text.strip().casefold() not in folded and "=" in text:
            name, _, given = text.rpartition("=")
            cells = next(csv.reader([given], skipinitialspace=True), [])
            values = tuple(value.strip().casefold() for value in cells)
        header = folded.get(name.strip().casefold())
        if header is None:
            shown = ", ".join(repr(each) for each in headers[:12] if "@" not in each)
            raise UsageError(
                f"{option('suppression_column', [name])}: there is no such column; there are {shown}."
            )
        found[header] = values
    return found


def _by_values(header: str, cells: pa.Array, values: tuple[str, ...] | None) -> _Codes:
    """What cells say where the user names the column, and perhaps values that mean no besides what is known."""
    if values is None:
        return _by_kind(Kind.TRUTH_IS_NO, cells)
    encoded = pc.fill_null(cells, "").dictionary_encode()
    hit = np.array([_is_one_of(text, values) for text in encoded.dictionary.to_pylist()], dtype=bool)
    known = says(header, cells)
    known[known == UNKNOWN] = SILENT
    return np.where(hit[encoded.indices.to_numpy(zero_copy_only=False)], np.int8(NO), known)


def _is_one_of(cell: str, values: Sequence[str]) -> bool:
    """Whether a cell, or one of the tags in it, is one of these values."""
    return any(text.strip().casefold() in values for text in (cell, *_BETWEEN.split(cell)))


def _column_marks(header: str, cells: pa.Array, codes: _Codes, *, settled: bool) -> ColumnMarks | None:
    """What a column says; None where it is one of states or tags that say nothing of opting out."""
    kind = None if settled else kind_of(header)
    rows, unread = int((codes == NO).sum()), np.flatnonzero(codes == UNKNOWN)
    known = settled or kind is not Kind.STATES or bool(((codes == NO) | (codes == YES)).any())
    if not known and len(unread):  # states that are numbers are those of a program that nobody can tell
        known = bool(mask(pc.match_substring_regex(cells.take(pa.array(unread)), _NUMBER)).all())
    silent = kind in (Kind.STATES, Kind.TAGS, Kind.MAIL_STATES, Kind.FALSEHOOD_IS_NO)
    if silent and not rows and not len(unread):
        return None
    values: tuple[str, ...] = ()
    if len(unread):
        distinct = pc.unique(cells.take(pa.array(unread))).slice(0, _SHOWN)
        values = tuple(map(_shown, distinct.to_pylist()))
    return ColumnMarks(rows, len(unread), values, known, kind is Kind.TELEPHONE)


def _shown(value: str) -> str:
    """A cell as a note may show it: never an address, nor what controls a terminal."""
    text = "".join(letter if letter.isprintable() else " " for letter in value.strip())
    if "@" in text:
        return "(a cell with an @)"
    if len(text.split()) > _WORDS or sum(letter.isdigit() for letter in text) > _DIGITS:
        return f"(a text of {len(text.split())} words)"
    return repr(text if len(text) <= _CUT else f"{text[:_CUT]}...")


def _places(index: pd.Index, rows: np.ndarray[Any, Any], first_row: int) -> list[str]:
    """Source and line of rows that were read; their numbers otherwise."""
    if was_read(index):
        return places(index[rows])
    return [f"{_UNREAD}:{row}" for row in (rows + first_row).tolist()]


def renumber(rule: pa.Array, rows: np.ndarray[Any, Any], /) -> pa.Array:
    """Marks of rows that were not read from a file, which were counted from 1, under their row numbers."""
    own = mask(pc.starts_with(rule, f"{_UNREAD}:"))
    column = pc.replace_substring_regex(rule.filter(pa.array(own)), f"^{_UNREAD}:[0-9]+:", "")
    number = pc.cast(pa.array(rows[own]), rule.type)
    source, colon = (pa.scalar(word, rule.type) for word in (_UNREAD, ":"))
    texts = pc.binary_join_element_wise(source, number, column, colon)
    return pc.replace_with_mask(rule, pa.array(own), texts)


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


def says(header: str, cells: pa.Array, /) -> _Codes:
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
    return _by_kind(kind, cells)


def are_dates(cells: pa.Array, /) -> Mask:
    """Whether each cell is a date or a moment, of whatever order."""
    return mask(pc.match_substring_regex(pc.fill_null(cells, ""), _DATE))


def _by_kind(kind: Kind, cells: pa.Array) -> _Codes:
    codes = np.zeros(len(cells), np.int8)
    rows = np.flatnonzero(~is_blank(cells))
    if not len(rows):
        return codes
    encoded = cells.take(pa.array(rows)).dictionary_encode()
    texts = encoded.dictionary
    found = np.full(len(texts), UNKNOWN, np.int8)
    dates = are_dates(texts)
    numbers = mask(pc.match_substring_regex(texts, _NUMBER)) & ~dates
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
    text = re.sub(r"[\u0300-\u036f]", "", text).translate(_PLAIN)
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text)))
