"""Rewriting: the cells of leads as they are sent, and what was changed about them.

Mending and tidying are passes of `hygiene.fields`; which column takes which is said here. The leads as they came in
are left as they are, and so is the address.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask, text_column, text_series
from hygiene.columns.mapping import CANONICAL, MALFORMED
from hygiene.errors import UsageError, option
from hygiene.fields.distinct import Tidied
from hygiene.fields.mend import mend
from hygiene.words.tables import read_words

__all__ = ["TIDIED", "FieldRules", "Rewritten", "codes_are_countries", "count_changes", "rewrite"]

#: Kinds of fields that are tidied where the user asks for it.
TIDIED = ("names", "companies", "phones", "places", "links")
_COLUMNS = ("row", "column", "before", "after", "rule")
_TEXT = pa.large_string()


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


class Rewritten(NamedTuple):
    """Leads as they are sent.

    Attributes:
        leads: The rows, with the index they had.
        changes: One row a changed cell: `row`, `column`, `before`, `after`, `rule`.
    """

    leads: pd.DataFrame
    changes: pd.DataFrame


def count_changes(
    changes: pd.DataFrame, rows: np.ndarray[Any, Any], /
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """How many cells changed in each of some rows, by their numbers, each once."""
    counts = np.zeros(len(rows), dtype=np.int64)
    if len(changes):
        changed, times = np.unique(changes["row"].to_numpy(dtype=np.int64), return_counts=True)
        place = np.minimum(np.searchsorted(changed, rows), len(changed) - 1)
        here = changed[place] == rows
        counts[here] = times[place[here]]
    return counts


def codes_are_countries(frames: Iterable[pd.DataFrame], /) -> bool:
    """Whether two letters in the country column of leads may be the code of a country: nowhere they are states."""
    from hygiene.fields.places import has_states

    return not any(has_states(text_column(frame["country"])) for frame in frames if "country" in frame)


def rewrite(
    leads: pd.DataFrame, rules: FieldRules, /, *, rows: np.ndarray[Any, Any], codes: bool | None = None
) -> Rewritten:
    """Leads with the cells that are sent.

    Args:
        leads: Rows with canonical columns; left as they are.
        rules: What is done to them.
        rows: Their numbers.
        codes: Whether two letters may be the code of a country; None where these rows are to tell.

    Raises:
        UsageError: a package of the extra `tidy` is not installed.
    """
    before = {name: column for name, column in _texts(leads) if name != "email"} if rules.are_any else {}
    cells = _Cells(before)
    if rules.mend:
        for name in before:
            cells.take(name, mend(cells[name], lines=name not in CANONICAL))
    if rules.tidy:
        _tidy(cells, rules, text_column(leads["email"]), codes=codes)
    changed = {name: cells.rules[name] for name in before if name in cells.rules}
    new = {name: text_series(cells[name], leads.index) for name in changed}
    return Rewritten(leads.assign(**new) if new else leads, _changes(before, cells, changed, rows))


def _texts(leads: pd.DataFrame) -> Iterator[tuple[str, pa.Array]]:
    """The columns of text, each whose name is its own."""
    if not leads.columns.is_unique:
        return
    for name, dtype in leads.dtypes.items():
        if name != MALFORMED and (isinstance(dtype, pd.StringDtype) or _is_text(leads[name])):
            yield str(name), text_column(leads[name])


def _is_text(cells: pd.Series) -> bool:
    return cells.dtype == object and pd.api.types.infer_dtype(cells, skipna=True) == "string"


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


def _changes(
    before: Mapping[str, pa.Array], cells: _Cells, changed: Mapping[str, pa.Array], rows: np.ndarray[Any, Any]
) -> pd.DataFrame:
    """Every changed cell, row after row."""
    parts = []
    for name, rules in changed.items():
        differs = pc.not_equal(before[name], cells[name])
        at = np.flatnonzero(mask(differs))
        where = pa.array(at)
        texts = {"before": before[name], "after": cells[name], "rule": rules}
        index = pd.RangeIndex(len(at))
        told = {key: text_series(column.take(where), index) for key, column in texts.items()}
        parts.append(pd.DataFrame({"row": rows[at], "column": name, **told}, index=index))
    if not parts:
        empty = text_series(pa.nulls(0, _TEXT), pd.RangeIndex(0))
        return pd.DataFrame({name: rows[:0] if name == "row" else empty for name in _COLUMNS})
    return pd.concat(parts, ignore_index=True).sort_values("row", kind="stable", ignore_index=True)
