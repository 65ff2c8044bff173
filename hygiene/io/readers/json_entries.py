"""Entries: the people in an object that is no lead itself, with what it says of all of them.

A firm with its contacts (Close), a domain with its addresses and whose they are (Hunter). Nothing here reads a file.
"""

import re
from collections.abc import Mapping
from typing import Any

from hygiene.columns.mapping import has_email, known_columns
from hygiene.columns.vocabulary import NOT_THE_LEADS
from hygiene.io.readers.json_cells import ADDRESS_KEYS, address_of, free_name, is_email, spread

__all__ = ["STAFF", "entries_of", "is_of_others"]

#: Keys of lists that hold the people of a firm.
STAFF = frozenset({"contacts", "people", "persons", "employees", "emails", "staff", "team"})

#: Canonical columns that an object can say of everybody in it.
_SHARED = frozenset({"company", "website", "city", "state", "country"})

_HALVES = frozenset({"first_name", "last_name"})
_WORD = re.compile(r"[A-Z]?[a-z]+")


def entries_of(value: Mapping[str, Any], /, *, of_many: bool = False) -> list[dict[str, Any]] | None:
    """The leads of the one list of an object that holds people; None where there is none, or the object is a lead.

    Args:
        value: The object.
        of_many: Whether it is a record among others, so that its name is that of a firm and of no list.
    """
    own = known_columns(list(value))
    if own & _HALVES:
        return None
    found = {key: leads for key, each in value.items() if (leads := _people(key, each, "full_name" in own))}
    others = has_email([key for key in value if key not in found])
    if len(found) != 1 or others:
        return None
    ((key, leads),) = found.items()
    shared = _shared(value, key, of_many=of_many)
    return [{**lead, **{free_name(name, lead): each for name, each in shared.items()}} for lead in leads]


def _people(key: str, array: Any, named: bool) -> list[dict[str, Any]] | None:  # noqa: FBT001
    """The entries of a list as leads, where they are people: they say whose their address is."""
    if not isinstance(array, list) or not array or not all(isinstance(each, dict) for each in array):
        return None
    if is_email(key):
        known = known_columns(list(dict.fromkeys(name for each in array for name in each)))
        if not (known & _HALVES or ("full_name" in known and not named)):
            return None
        return [_addressed(each) for each in array]
    theirs = key.lower() in STAFF
    return array if theirs and any(has_email(list(spread(each))) for each in array) else None


def is_of_others(key: str, /) -> bool:
    """Whether a key names people who are no leads: owners, assistants, senders."""
    words = (word.lower().removesuffix("s") for word in _WORD.findall(key))
    return any(map(NOT_THE_LEADS.fullmatch, words))


def _addressed(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry whose address is called one."""
    address = address_of(entry)
    names = (key for key in entry if key.casefold() in ADDRESS_KEYS and entry[key] == address)
    key = next(names, None)
    return {"email": address} | {name: each for name, each in entry.items() if name != key}


def _shared(value: Mapping[str, Any], list_key: str, *, of_many: bool) -> dict[str, Any]:
    """What an object says of everybody in it, under names that tell it from what they say themselves."""
    own = {key: each for key, each in value.items() if key != list_key and not isinstance(each, list)}
    if of_many and known_columns(list(own)):
        return {f"company.{key}": each for key, each in own.items()}
    return {key: each for key, each in own.items() if known_columns([key]) & _SHARED or key == "domain"}
