"""Finding notes about fields: which rows have a name, number or website that a person should look at.

The cells are read as they came in, and nothing is changed; `hygiene.fields` says what is to be noted.
"""

import pyarrow as pa

from hygiene.arrow.text import Mask
from hygiene.columns.leads import Leads
from hygiene.fields.notes import damaged_number, domain_mismatch, name_is_company, placeholder_name
from hygiene.fields.suspects import Ends
from hygiene.lists.name_lists import PROVIDERS, TraitLists
from hygiene.lists.suffixes import registrable

__all__ = ["find_field_notes", "public_domains"]

_TEXT = pa.large_string()


def find_field_notes(leads: Leads, domains: pa.Array, lists: TraitLists, /) -> dict[str, Mask]:
    """The rows of each note about fields, for the notes whose columns are there.

    Args:
        leads: Leads with canonical columns.
        domains: Domains of their addresses as A-labels, aligned; null for none.
        lists: Which domains are those of public providers.
    """
    names = [leads.alone(name) for name in ("first_name", "last_name")]
    website, phone = leads.alone("website"), leads.alone("phone")
    found = {}
    if any(column is not None for column in names):
        given, surname = [_or_none(column, leads) for column in names]
        ends = Ends(given), Ends(surname)
        found["placeholder_name"] = placeholder_name(given, surname, leads["email"], ends=ends)
        company = _or_none(leads.alone("company"), leads)
        found["name_is_company"] = name_is_company(given, surname, company, ends=ends)
    if phone is not None:
        found["damaged_number"] = damaged_number(phone)
    if website is not None:
        public = public_domains(lists)
        found["domain_mismatch"] = domain_mismatch(website, domains, registrable=registrable, public=public)
    return found


def _or_none(column: pa.Array | None, leads: Leads) -> pa.Array:
    return pa.nulls(len(leads), _TEXT) if column is None else column


def public_domains(lists: TraitLists, /) -> frozenset[str]:
    """Domains of public providers: the well-known ones, and those of lists of free ones."""
    return frozenset(PROVIDERS).union(*(one.entries for one in lists.free))
