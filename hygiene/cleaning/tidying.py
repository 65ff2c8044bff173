"""Tidying: which column takes which pass of `hygiene.fields`, and what each has to know of the row."""

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask
from hygiene.cleaning.cells import Cells
from hygiene.fields.companies import tidy_companies
from hygiene.fields.distinct import Tidied
from hygiene.fields.links import tidy_linkedins, tidy_websites
from hygiene.fields.names import tidy_names
from hygiene.fields.notes import is_own_address
from hygiene.fields.phones import tidy_phones
from hygiene.fields.places import can_read_countries, country_codes, has_states, tidy_countries, tidy_states
from hygiene.words.tables import read_words

__all__ = ["tidy"]

_TEXT = pa.large_string()


def tidy(
    cells: Cells, kinds: Collection[str], addresses: pa.Array, /, *, region: str, codes: bool | None
) -> None:
    """Tidy every kind of field that was asked for; countries first, since others depend on them.

    Names and companies are tidied without the extra too, by the endings of addresses alone.

    Args:
        cells: The columns; those that are tidied are written anew.
        kinds: Kinds of fields: ``names``, ``companies``, ``phones``, ``places``, ``links``.
        addresses: The addresses of the rows.
        region: The country of phone numbers whose row says none; empty for none.
        codes: Whether two letters may be the code of a country; None where these rows are to tell.

    Raises:
        UsageError: a package of the extra `tidy` is not installed.
    """
    countries = _endings(addresses)
    if {"places", "phones"} & set(kinds) or can_read_countries():
        countries = _places(cells, countries, write="places" in kinds, codes=codes)
    none = pa.nulls(len(addresses), _TEXT)
    if "names" in kinds and {"first_name", "last_name"} & cells.keys():
        _names(cells, countries, addresses, none)
    if "companies" in kinds and "company" in cells:
        cells.take("company", tidy_companies(cells["company"], countries=countries))
    if "phones" in kinds and "phone" in cells:
        cells.take("phone", tidy_phones(cells["phone"], regions=countries, region=region))
    if "links" in kinds:
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


def _places(cells: Cells, countries: pa.Array, *, write: bool, codes: bool | None) -> pa.Array:
    """The codes of countries, by their cells before those of addresses; written anew where that was asked for."""
    if "country" not in cells:
        return countries
    codes = not has_states(cells["country"]) if codes is None else codes
    own = country_codes(cells["country"], codes=codes)
    if write:
        cells.take("country", tidy_countries(cells["country"], codes=codes))
        if "state" in cells:
            cells.take("state", tidy_states(cells["state"], own))
    return pc.coalesce(own, countries)


def _names(cells: Cells, countries: pa.Array, addresses: pa.Array, none: pa.Array) -> None:
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
