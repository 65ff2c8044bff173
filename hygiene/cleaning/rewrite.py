"""Rewriting: the cells of leads as they are sent, and what was changed about them.

Mending and tidying are passes of `hygiene.fields`; which column takes which is said here. The leads as they came in
are left as they are, and so is the address.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.columns import Columns
from hygiene.arrow.text import mask, text_column
from hygiene.columns.leads import Leads
from hygiene.columns.mapping import CANONICAL, MALFORMED
from hygiene.errors import UsageError, option
from hygiene.fields.distinct import Tidied
from hygiene.fields.mend import mend
from hygiene.words.tables import read_words

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TIDIED", "Changes", "FieldRules", "Rewritten", "codes_are_countries", "find_changes", "rewrite"]

#: Kinds of fields that are tidied where the user asks for it.
TIDIED = ("names", "companies", "phones", "places", "links")
_TEXT = pa.large_string()
_Numbers: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class FieldRules:
    """What is done to the cells of leads before they are sent.

    Attributes:
        mend: Whether what nobody meant to write is put right: white space, signs, quotes, entities, mojibake.
        tidy: Kinds of fields that are tidied, of `TIDIED`.
        region: ISO 3166-1 code of phone numbers whose row says no country; none where empty.
    """

    mend: bool = False
    tidy: tuple[str, ...] = ()
    region: str = ""

    @classmethod
    def of(cls, *, mend: bool, tidy: Sequence[str] | str, region: str | None) -> "FieldRules":
        """Those that options stand for; ``all`` is every kind.

        Raises:
            UsageError: there is no such kind of field, or no such region.
        """
        words = [tidy] if isinstance(tidy, str) else list(tidy)
        named = [part.strip() for word in words for part in word.split(",") if part.strip()]
        for word in named:
            if word not in (*TIDIED, "all"):
                raise UsageError(f"{option('tidy', [word])}: expected all, or any of {', '.join(TIDIED)}.")
        kinds = TIDIED if "all" in named else tuple(kind for kind in TIDIED if kind in named)
        if "phones" in kinds:
            from hygiene.fields.phones import check_region

            check_region(region or "")
        return cls(mend, kinds, (region or "").upper())

    @property
    def are_any(self) -> bool:
        """Whether anything is done at all."""
        return self.mend or bool(self.tidy)


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """Cells that are not sent as they came in, row after row.

    Attributes:
        row: Number of each one's row.
        column: Name of its column.
        before: What it was.
        after: What it is.
        rule: The rules that changed it, joined by ``;``.
    """

    row: _Numbers
    column: pa.Array
    before: pa.Array
    after: pa.Array
    rule: pa.Array

    @classmethod
    def none(cls) -> "Changes":
        """No cells."""
        return cls(np.zeros(0, dtype=np.int64), *[pa.nulls(0, _TEXT)] * 4)

    @classmethod
    def of(cls, frame: "pd.DataFrame", /) -> "Changes":
        """Those that `frame` told."""
        texts = (text_column(frame[name]) for name in ("column", "before", "after", "rule"))
        return cls(frame["row"].to_numpy(), *texts)

    def __len__(self) -> int:
        return len(self.row)

    def take(self, places: _Numbers, /) -> "Changes":
        """Some of them, by their places here."""
        where = pa.array(places)
        texts = [each.take(where) for each in (self.column, self.before, self.after, self.rule)]
        return Changes(self.row[places], *texts)

    def frame(self) -> "pd.DataFrame":
        """One row a cell: `row`, `column`, `before`, `after`, `rule`."""
        import pandas as pd

        return self.as_columns().frame(pd.RangeIndex(len(self)))

    def as_columns(self) -> Columns:
        """The same as they are written to files."""
        texts = [self.column, self.before, self.after, self.rule]
        return Columns(["row", "column", "before", "after", "rule"], [pa.array(self.row), *texts], len(self))

    def count(self, rows: _Numbers, /) -> _Numbers:
        """How many are in each of some rows, by their numbers, each once."""
        counts = np.zeros(len(rows), dtype=np.int64)
        if len(self):
            changed, times = np.unique(self.row, return_counts=True)
            place = np.minimum(np.searchsorted(changed, rows), len(changed) - 1)
            here = changed[place] == rows
            counts[here] = times[place[here]]
        return counts


class Rewritten(NamedTuple):
    """Leads as they are sent.

    Attributes:
        leads: The rows.
        changes: Their cells that are not as they came in.
    """

    leads: Leads
    changes: Changes


def codes_are_countries(parts: Iterable[Leads], /) -> bool:
    """Whether two letters in the country column of leads may be the code of a country: nowhere they are states."""
    from hygiene.fields.places import has_states

    return not any(has_states(leads["country"]) for leads in parts if "country" in leads)


def rewrite(leads: Leads, rules: FieldRules, /, *, rows: _Numbers, codes: bool | None = None) -> Rewritten:
    """Leads with the cells that are sent.

    Args:
        leads: Rows with canonical columns; left as they are.
        rules: What is done to them.
        rows: Their numbers.
        codes: Whether two letters may be the code of a country; None where these rows are to tell.

    Raises:
        UsageError: a package of the extra `tidy` is not installed.
    """
    cells, changes = _rewritten(leads, rules, rows, codes=codes)
    return Rewritten(leads.with_texts({name: cells[name] for name in cells.rules}), changes)


def find_changes(leads: Leads, rules: FieldRules, /, *, rows: _Numbers, codes: bool | None = None) -> Changes:
    """What `rewrite` changes."""
    return _rewritten(leads, rules, rows, codes=codes)[1]


def _rewritten(
    leads: Leads, rules: FieldRules, rows: _Numbers, *, codes: bool | None
) -> tuple["_Cells", Changes]:
    before = {name: column for name, column in _texts(leads) if name != "email"} if rules.are_any else {}
    cells = _Cells(before)
    if rules.mend:
        for name in before:
            cells.take(name, mend(cells[name], lines=name not in CANONICAL))
    if rules.tidy:
        _tidy(cells, rules, leads["email"], codes=codes)
    return cells, _changes(before, cells, rows)


def _texts(leads: Leads) -> Iterator[tuple[str, pa.Array]]:
    """The columns of text, each whose name is its own."""
    if len({*leads.columns}) != len(leads.columns):
        return
    for place, name in enumerate(leads.columns):
        if name != MALFORMED and leads.holds_text(place):
            yield str(name), leads.at(place)


class _Cells(dict[str, pa.Array]):
    """Columns on their way, and the rules that changed them."""

    def __init__(self, columns: Mapping[str, pa.Array], /) -> None:
        super().__init__(columns)
        self.rules: dict[str, pa.Array] = {}

    def take(self, name: str, found: Tidied, /) -> None:
        """Go on with a column after a pass."""
        if found.changed:
            self[name] = found.cells
            self.rules[name] = _joined(self.rules[name], found.rules) if name in self.rules else found.rules


def _joined(first: pa.Array, second: pa.Array) -> pa.Array:
    """The rules of two passes, those of the first before those of the second.

    Of two nulls Arrow 26 leaves the row out where it is told to skip nulls, so it is not told to.
    """
    both = pc.binary_join_element_wise(first, second, pa.scalar(";", _TEXT))
    return pc.coalesce(both, first, second)


def _tidy(cells: _Cells, rules: FieldRules, addresses: pa.Array, *, codes: bool | None) -> None:
    """Every kind of field that was asked for; countries first, since others depend on them.

    Names and companies are tidied without the extra too, by the endings of addresses alone.
    """
    from hygiene.fields.places import can_read_countries

    countries = _endings(addresses)
    if {"places", "phones"} & set(rules.tidy) or can_read_countries():
        countries = _places(cells, countries, write="places" in rules.tidy, codes=codes)
    none = pa.nulls(len(addresses), _TEXT)
    if "names" in rules.tidy and {"first_name", "last_name"} & cells.keys():
        _names(cells, countries, addresses, none)
    if "companies" in rules.tidy and "company" in cells:
        from hygiene.fields.companies import tidy_companies

        cells.take("company", tidy_companies(cells["company"], countries=countries))
    if "phones" in rules.tidy and "phone" in cells:
        from hygiene.fields.phones import tidy_phones

        cells.take("phone", tidy_phones(cells["phone"], regions=countries, region=rules.region))
    if "links" in rules.tidy:
        from hygiene.fields.links import tidy_linkedins, tidy_websites

        for name, work in (("website", tidy_websites), ("linkedin", tidy_linkedins)):
            if name in cells:
                cells.take(name, work(cells[name]))


def _endings(addresses: pa.Array) -> pa.Array:
    """ISO 3166-1 codes by the top-level domains of addresses; null where they say none."""
    ending = pc.utf8_lower(pc.replace_substring_regex(pc.utf8_trim_whitespace(addresses), r"^.*[.@]", ""))
    known = mask(pc.match_substring_regex(ending, "^[a-z]{2}$"))
    known &= ~mask(pc.is_in(ending, value_set=pa.array(sorted(read_words("generic_endings")), _TEXT)))
    codes = pc.utf8_upper(pc.if_else(pc.equal(ending, "uk"), pa.scalar("gb", _TEXT), ending))
    return pc.if_else(pa.array(known), codes, pa.scalar(None, _TEXT))


def _places(cells: _Cells, countries: pa.Array, *, write: bool, codes: bool | None) -> pa.Array:
    """The codes of countries, by their cells before those of addresses; written anew where that was asked for."""
    if "country" not in cells:
        return countries
    from hygiene.fields.places import country_codes, has_states, tidy_countries, tidy_states

    codes = not has_states(cells["country"]) if codes is None else codes
    own = country_codes(cells["country"], codes=codes)
    if write:
        cells.take("country", tidy_countries(cells["country"], codes=codes))
        if "state" in cells:
            cells.take("state", tidy_states(cells["state"], own))
    return pc.coalesce(own, countries)


def _names(cells: _Cells, countries: pa.Array, addresses: pa.Array, none: pa.Array) -> None:
    from hygiene.fields.names import tidy_names
    from hygiene.fields.notes import is_own_address

    if "first_name" in cells:
        own = is_own_address(cells["first_name"], addresses)
        if own.any():
            where = pa.array(own)
            blank, said = (
                pa.array([""] * int(own.sum()), _TEXT),
                pa.array(["placeholder"] * int(own.sum()), _TEXT),
            )
            found = pc.replace_with_mask(cells["first_name"], where, blank)
            cells.take("first_name", Tidied(found, pc.replace_with_mask(none, where, said)))
    given, surname = cells.get("first_name", none), cells.get("last_name", none)
    for name, found in zip(
        ("first_name", "last_name"), tidy_names(given, surname, countries=countries), strict=True
    ):
        if name in cells:
            cells.take(name, found)


def _changes(before: Mapping[str, pa.Array], cells: _Cells, rows: _Numbers) -> Changes:
    """Every changed cell, row after row."""
    parts = [
        _of_column(name, column, cells[name], cells.rules[name], rows)
        for name, column in before.items()
        if name in cells.rules
    ]
    if not parts:
        return Changes.none()
    row = np.concatenate([each.row for each in parts])
    texts = (
        pa.concat_arrays([getattr(each, name) for each in parts])
        for name in ("column", "before", "after", "rule")
    )
    return Changes(row, *texts).take(np.argsort(row, kind="stable"))


def _of_column(name: str, before: pa.Array, after: pa.Array, rules: pa.Array, rows: _Numbers) -> Changes:
    at = np.flatnonzero(mask(pc.not_equal(before, after)))
    where = pa.array(at)
    column = pa.array(np.full(len(at), name, dtype=object), _TEXT)
    return Changes(rows[at], column, before.take(where), after.take(where), rules.take(where))
