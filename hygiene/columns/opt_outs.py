"""Opt-outs: the marks in a file's own columns, row by row, and what each column says. Nothing here knows a list."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask
from hygiene.columns.leads import Leads
from hygiene.columns.opt_out_cells import (
    NO,
    SILENT,
    UNKNOWN,
    YES,
    Codes,
    Kind,
    are_numbers,
    kind_of,
    may_mark,
    says,
    says_under,
    tags_in,
)
from hygiene.errors import UsageError, option

__all__ = ["ColumnMarks", "Marks", "any_marks", "find_marks", "renumber"]

#: Values that a note shows, and the characters of each.
_SHOWN, _CUT = 3, 40
#: Words and digits up to which a cell may be a state; more may tell of a person.
_WORDS, _DIGITS = 4, 5
#: Where rows stand that were not read from a file.
_UNREAD = "the leads"


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
    """Opt-out marks in the columns of leads.

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


def find_marks(leads: Leads, /, *, first_row: int = 1, named: Sequence[str] = ()) -> Marks:
    """The opt-out marks of leads; of several on a row the first column's is named.

    Args:
        leads: The leads.
        first_row: Number of the first one.
        named: Columns that the user says mark rows: ``HEADER``, or ``HEADER=VALUE,VALUE``.

    Raises:
        UsageError: a column that is named is not there.
    """
    settled = _settled(named, [str(header) for header in leads.columns])
    rule, columns = np.full(len(leads), None, dtype=object), {}
    for at, header in enumerate(map(str, leads.columns)):
        if header not in settled and not may_mark(header):
            continue
        cells = leads.at(at)
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
            rule[rows] = [f"{place}:{header}" for place in _places(leads, rows, first_row)]
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


def _by_values(header: str, cells: pa.Array, values: tuple[str, ...] | None) -> Codes:
    """What cells say where the user names the column, and perhaps values that mean no besides what is known."""
    if values is None:
        return says_under(Kind.TRUTH_IS_NO, cells)
    encoded = pc.fill_null(cells, "").dictionary_encode()
    hit = np.array([_is_one_of(text, values) for text in encoded.dictionary.to_pylist()], dtype=bool)
    known = says(header, cells)
    known[known == UNKNOWN] = SILENT
    return np.where(hit[encoded.indices.to_numpy(zero_copy_only=False)], np.int8(NO), known)


def _is_one_of(cell: str, values: Sequence[str]) -> bool:
    """Whether a cell, or one of the tags in it, is one of these values."""
    return any(text.strip().casefold() in values for text in (cell, *tags_in(cell)))


def _column_marks(header: str, cells: pa.Array, codes: Codes, *, settled: bool) -> ColumnMarks | None:
    """What a column says; None where it is one of states or tags that say nothing of opting out."""
    kind = None if settled else kind_of(header)
    rows, unread = int((codes == NO).sum()), np.flatnonzero(codes == UNKNOWN)
    known = settled or kind is not Kind.STATES or bool(((codes == NO) | (codes == YES)).any())
    if not known and len(unread):  # states that are numbers are those of a program that nobody can tell
        known = bool(are_numbers(cells.take(pa.array(unread))).all())
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


def _places(leads: Leads, rows: np.ndarray[Any, Any], first_row: int) -> list[str]:
    """Source and line of rows that were read; their numbers otherwise."""
    found = leads.places(rows)
    return [f"{_UNREAD}:{row}" for row in (rows + first_row).tolist()] if found is None else found


def renumber(rule: pa.Array, rows: np.ndarray[Any, Any], /) -> pa.Array:
    """Marks of rows that were not read from a file, which were counted from 1, under their row numbers."""
    own = mask(pc.starts_with(rule, f"{_UNREAD}:"))
    column = pc.replace_substring_regex(rule.filter(pa.array(own)), f"^{_UNREAD}:[0-9]+:", "")
    number = pc.cast(pa.array(rows[own]), rule.type)
    source, colon = (pa.scalar(word, rule.type) for word in (_UNREAD, ":"))
    texts = pc.binary_join_element_wise(source, number, column, colon)
    return pc.replace_with_mask(rule, pa.array(own), texts)
