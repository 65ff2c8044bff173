"""Cells: how the values of a JSON lead become the columns of a row, nested ones included.

An object within a lead gives columns of its own (`name.first`). A list gives its first value, or the preferred one,
where its name says what a lead's column holds; what else it says is kept beside it. Which values of a text the
leads are is decided in `json_records`.
"""

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from hygiene.columns.mapping import has_email, known_columns

__all__ = ["ADDRESS_KEYS", "NESTED", "Number", "address_of", "free_name", "is_email", "spread", "text_of"]

#: Keys of an object that stands for an address. Sources: SCIM 2.0 (RFC 7643 2.4), People API, HubSpot, jCard.
ADDRESS_KEYS = ("value", "email", "address", "emailaddress", "email_address", "mail")

#: Keys of an object that stands for another value. Sources: SCIM 2.0, People API, Apollo's and RocketReach's API.
_VALUE_KEYS = (
    "value", "number", "phone", "phone_number", "phonenumber", "sanitized_number", "raw_number", "url", "link",
)  # fmt: skip

#: Canonical columns whose value such an object can stand for; firms and names have parts of their own.
_VALUES = frozenset({"phone", "website", "linkedin", "title"})

#: Keys that tell which of several values comes first.
_FIRST_KEYS = ("primary", "is_primary", "isprimary", "preferred", "default", "recommended", "current")

#: Keys under which answers put a list, and those beside it. Sources: APIs of Intercom, Stripe, Salesforce, GraphQL.
_LISTS = frozenset({"data", "records", "nodes"})
_LISTING = frozenset({"type", "object", "url", "total_count", "has_more", "totalSize", "done", "pageInfo"})

#: Types of values that hold others.
NESTED = (dict, list)


class Number(str):
    """A number by the digits it is written with."""

    __slots__ = ()


def spread(lead: Mapping[str, Any], /, packed: Container[str] = ()) -> dict[str, Any]:
    """The cells of a lead, each under a name of its own; a list that is no column of a lead's stays one.

    Args:
        lead: The lead.
        packed: Keys whose objects stay as they are.
    """
    cells: dict[str, Any] = {}
    for name, value in lead.items():
        if isinstance(value, NESTED) and name not in packed:
            taken = {*lead, *cells} - {name}
            for key, inner in _columns(name, value):
                cells[free_name(key, taken)] = inner
                taken.add(key)
        else:
            cells[name] = value
    return cells


def text_of(value: Any, /) -> str:
    """A value as a cell."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()
    return "" if value is None else _dump(value).encode("utf-8", "backslashreplace").decode()


def free_name(name: str, taken: Container[str], /) -> str:
    """A name that is not taken."""
    base, number = name, 1
    while name in taken:
        number += 1
        name = f"{base} ({number})"
    return name


@lru_cache(maxsize=1024)
def is_email(name: str, /) -> bool:
    """Whether a key names an address."""
    return has_email([name])


def address_of(value: Any, /) -> str:
    """The address that a value of a list is, or holds; "" for none."""
    if isinstance(value, str):
        return value if "@" in value else ""
    if not isinstance(value, dict):
        return ""
    by_key = {key.casefold(): each for key, each in value.items() if isinstance(each, str)}
    return next((by_key[key] for key in ADDRESS_KEYS if "@" in by_key.get(key, "")), "")


@lru_cache(maxsize=4096)
def _known(name: str) -> frozenset[str]:
    return known_columns([name])


def _columns(name: str, given: Any) -> Iterator[tuple[str, Any]]:
    """The columns of one key, and what stands in them."""
    value = _bare(given)
    if not isinstance(value, NESTED):
        yield name, value
    elif is_email(name):
        yield from _of_addresses(name, value)
    elif isinstance(value, dict):
        yield from _of_object(name, value)
    else:
        yield from _of_list(name, value)


def _of_addresses(name: str, value: dict[str, Any] | list[Any]) -> Iterator[tuple[str, Any]]:
    """The addresses of a list or object, the preferred one first; what else it says is kept as it is given."""
    found = _addresses(value)
    if not found and isinstance(value, list) and not any(isinstance(each, NESTED) for each in value):
        found = [text_of(each) for each in value]
    yield name, found[0] if found else ""
    for number, address in enumerate(found[1:], 2):
        yield f"{name} {number}", address
    objects = [value] if isinstance(value, dict) else value
    if any(isinstance(each, dict) and len(each) > 1 for each in objects):
        yield f"{name} as given", value


def _of_object(name: str, value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The columns of an object; what it stands for, where it stands for something, under the name itself."""
    main = _main(value) if _known(name) & _VALUES else None
    for key, inner in value.items():
        if key == main:
            yield name, inner
        else:
            yield from _columns(f"{name}.{key}", inner)


def _of_list(name: str, value: list[Any]) -> Iterator[tuple[str, Any]]:
    """The columns of a list: of its first value, where that is one of a lead's columns."""
    inner = [_bare(each) for each in value]
    objects = [each for each in inner if isinstance(each, dict)]
    if inner and len(objects) == len(inner):
        first = min(objects, key=lambda each: not _is_first(each))
        columns = dict(
            _of_object(name, {key: first[key] for key in first if key.casefold() not in _FIRST_KEYS})
        )
        if _known(name) or (any(map(_known, columns)) and not any(map(is_email, columns))):
            yield from columns.items()
            if len(objects) > 1:
                yield f"{name} as given", value
            return
    elif _known(name) and not any(isinstance(each, NESTED) for each in inner):
        yield name, inner[0] if inner else ""
        for number, other in enumerate(inner[1:], 2):
            yield f"{name} {number}", other
        return
    yield name, value


def _bare(value: Any) -> Any:
    """What a value says that stands in a wrapper telling its type, or in pieces of formatted text."""
    while isinstance(value, dict):
        kind = value.get("type")
        only = next(iter(value), "")
        if len(value) == 1 and only.startswith("$"):  # MongoDB Extended JSON
            value = value[only]
        elif isinstance(kind, str) and kind != "type" and kind in value:  # a property of Notion's
            value = value[kind]
        elif (listed := _LISTS.intersection(value)) and _LISTING.issuperset(value.keys() - listed):
            value = value[next(iter(listed))]  # a list with how many there are
        else:
            return value
    pieces = value if isinstance(value, list) else []
    if pieces and all(isinstance(each, dict) and isinstance(each.get("plain_text"), str) for each in pieces):
        return "".join(each["plain_text"] for each in pieces)
    return value


def _main(value: Mapping[str, Any]) -> str | None:
    """The key of what an object stands for."""
    by_key = {key.casefold(): key for key, each in value.items() if each and not isinstance(each, NESTED)}
    return next((by_key[key] for key in _VALUE_KEYS if key in by_key), None)


def _addresses(value: dict[str, Any] | list[Any]) -> list[str]:
    """The addresses of a list or object, the preferred one first; none where it holds none."""
    given: Sequence[Any] = value if isinstance(value, list) else [value]
    if isinstance(value, dict) and not address_of(value):
        given = list(
            chain.from_iterable(each if isinstance(each, list) else [each] for each in value.values())
        )
    found = [(each, address) for each in given if (address := address_of(each))]
    return [address for _, address in sorted(found, key=lambda each: not _is_first(each[0]))]


def _is_first(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    told = {**value, **value["metadata"]} if isinstance(value.get("metadata"), dict) else value
    return any(told[key] is True for key in told if key.casefold() in _FIRST_KEYS)


def _dump(value: Any) -> str:
    """A value as JSON, numbers by their digits."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_dump(name)}:{_dump(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_dump, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
