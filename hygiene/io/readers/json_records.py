"""Records: which part of a JSON value the leads are, and how their values become cells.

Arrays of objects, answers that wrap one, columns or rows by their names as pandas and R write them, arrays of
arrays as spreadsheet APIs answer. Nothing here reads a file.
"""

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from hygiene.columns.mapping import has_email

__all__ = ["NESTED", "Number", "lift", "records_of", "spread", "text_of"]

#: Keys of an object that stands for an address. Sources: SCIM 2.0 (RFC 7643 2.4), People API, HubSpot, jCard.
_ADDRESS_KEYS = ("value", "email", "address", "emailaddress", "email_address", "mail")

#: Keys that tell which of several addresses comes first.
_FIRST_KEYS = ("primary", "is_primary", "isprimary", "preferred", "default")

#: Types of values that hold others.
NESTED = (dict, list)

#: How deep a key of an answer is looked for that has the leads, or the address of a lead, beneath it.
_DEPTH = 4


class Number(str):
    """A number by the digits it is written with."""

    __slots__ = ()


def records_of(values: Sequence[Any], /) -> Sequence[Any]:
    """The leads in the values of a text, of which there is mostly one."""
    value = values[0] if len(values) == 1 else list(values)
    if isinstance(value, dict):
        value = _of_object(value)
    if not isinstance(value, list):
        return [value]
    if value and all(isinstance(each, list) for each in value):
        return _of_rows(value)
    if all(isinstance(each, str) for each in value):
        return [{"email": each} for each in value]
    return value


def lift(lead: Mapping[str, Any], /) -> Mapping[str, Any]:
    """A lead with what the only object within it holds that has an address; the lead itself where there is none."""
    key = _within(lead)
    if key is None:
        return lead
    lifted: dict[str, Any] = dict(lead[key])
    for name, value in lead.items():
        if name != key:
            lifted[_free(name, lifted)] = value
    return lifted


def spread(lead: Mapping[str, Any], /) -> Iterator[tuple[str, Any]]:
    """Keys and values of a lead; of a list of addresses the first under its key, the others under keys of their own."""
    for name, value in lead.items():
        addresses = _addresses(value) if isinstance(value, list | dict) and _is_email(name) else []
        if not addresses:
            yield name, "" if value == [] and _is_email(name) else value
            continue
        yield name, addresses[0]
        for number, address in enumerate(addresses[1:], 2):
            yield _free(f"{name} {number}", lead), address
        if isinstance(value, dict) or any(isinstance(each, dict) and len(each) > 1 for each in value):
            yield _free(f"{name} as given", lead), value


def text_of(value: Any, /) -> str:
    """A value as a cell."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()
    return "" if value is None else _dump(value).encode("utf-8", "backslashreplace").decode()


def _of_object(value: dict[str, Any]) -> Any:
    """The array of leads in an object; the object where it is itself a lead."""
    for shape in (_of_frame, _of_columns, _of_index, _wrapped):
        found = shape(value)
        if found is not None:
            return found
    return value


def _of_frame(value: dict[str, Any]) -> list[Any] | None:
    """Rows beside the names of their columns: `orient="split"` of pandas."""
    columns, rows = value.get("columns"), value.get("data", value.get("rows"))
    if not isinstance(columns, list) or not isinstance(rows, list) or not columns:
        return None
    names = [text_of(each.get("name") if isinstance(each, dict) else each) for each in columns]
    if not all(isinstance(row, list) and len(row) == len(names) for row in rows):
        return None
    return [dict(zip(names, row, strict=True)) for row in rows]


def _of_columns(value: dict[str, Any]) -> list[Any] | None:
    """Columns by their names, each a list or an object of the same keys: pandas' `orient="columns"`, R."""
    columns = list(value.values())
    if all(isinstance(each, dict) and each for each in columns) and has_email(list(value)):
        keys = list(dict.fromkeys(chain.from_iterable(columns)))
        if not any(isinstance(cell, dict | list) for cell in columns[0].values()):
            return [{name: column.get(key) for name, column in value.items()} for key in keys]
    lists = [each for each in columns if isinstance(each, list)]
    even = len(lists) == len(value) and len({len(each) for each in lists}) == 1 and has_email(list(value))
    if even and not any(isinstance(cell, dict | list) for each in lists for cell in each):
        return [dict(zip(value, row, strict=True)) for row in zip(*lists, strict=True)]
    return None


def _of_index(value: dict[str, Any]) -> list[Any] | None:
    """Leads by a key that is none of theirs, or is their address: `orient="index"` of pandas, Firebase."""
    leads = list(value.values())
    if leads and all("@" in key and isinstance(lead, dict) for key, lead in value.items()):
        return [{"email": key} | lead for key, lead in value.items()]
    if has_email(list(value)) or not leads or not all(isinstance(each, dict) for each in leads):
        return None
    return leads if len(leads) > 1 and all(_has_address(each) for each in leads[:10]) else None


def _wrapped(value: dict[str, Any]) -> list[Any] | None:
    """The array of leads in an answer that is no lead itself: of those that are nested least the longest."""
    level = [value] if not has_email(list(value)) else []
    others: list[Any] | None = None
    for _ in range(_DEPTH):
        inner = [each for one in level for each in one.values()]
        level = [each for each in inner if isinstance(each, dict)]
        arrays = [each for each in inner if isinstance(each, list) and each]
        shaped = (found for one in level if (found := _of_frame(one) or _of_columns(one) or _of_index(one)))
        found = max(filter(_is_leads, arrays), key=len, default=None) or next(shaped, None)
        if found:
            return found
        others = others or max(arrays, key=len, default=None)
    return others if _within(value) is None else None


def _is_leads(array: list[Any]) -> bool:
    """Whether the first value of an array is a lead, or a row that names an email column."""
    first = array[0]
    if isinstance(first, dict):
        return _has_address(first)
    if isinstance(first, list):
        return has_email([text_of(each) for each in first])
    return isinstance(first, str) and "@" in first


def _has_address(lead: Mapping[str, Any]) -> bool:
    """Whether an object has an address, of its own or in an object within it."""
    return has_email(list(lead)) or _within(lead) is not None


def _within(lead: Mapping[str, Any]) -> str | None:
    """The key of the only object within a lead that has an address."""
    found = [name for name, value in lead.items() if isinstance(value, dict) and has_email(list(value))]
    return found[0] if len(found) == 1 else None


def _of_rows(rows: Sequence[list[Any]]) -> list[Any]:
    """Rows of cells: under the first, where that names an email column; else under the place of each cell."""
    first = [text_of(each) for each in rows[0]]
    width = max(map(len, rows))
    if has_email(first):
        names = _distinct([*first, *(f"column {at + 1}" for at in range(len(first), width))])
        rows = rows[1:]
    else:
        holding = [
            sum("@" in text_of(row[at]) for row in rows[:1000] if at < len(row)) for at in range(width)
        ]
        most = holding.index(max(holding)) if any(holding) else -1
        names = ["email" if at == most else f"column {at + 1}" for at in range(width)]
    return [dict(zip(names, row, strict=False)) for row in rows]


def _distinct(names: Sequence[str]) -> list[str]:
    found: dict[str, None] = {}
    for name in names:
        found[_free(name, found)] = None
    return list(found)


@lru_cache(maxsize=1024)
def _is_email(name: str) -> bool:
    return has_email([name])


def _addresses(value: Any) -> list[str]:
    """The addresses of a list or object, the preferred one first; none where it holds none."""
    given = value
    if isinstance(value, dict):
        given = [value] if _address(value) else list(value.values())
    found = [(each, address) for each in given if (address := _address(each))]
    return [address for _, address in sorted(found, key=lambda each: not _is_first(each[0]))]


def _address(value: Any) -> str:
    """The address that a value of a list is, or holds; "" for none."""
    if isinstance(value, str):
        return value if "@" in value else ""
    if not isinstance(value, dict):
        return ""
    by_key = {key.casefold(): each for key, each in value.items() if isinstance(each, str)}
    return next((by_key[key] for key in _ADDRESS_KEYS if "@" in by_key.get(key, "")), "")


def _is_first(value: Any) -> bool:
    return isinstance(value, dict) and any(
        value.get(key) is True for key in value if key.casefold() in _FIRST_KEYS
    )


def _free(name: str, taken: Container[str]) -> str:
    """A name that is not taken."""
    base, number = name, 1
    while name in taken:
        number += 1
        name = f"{base} ({number})"
    return name


def _dump(value: Any) -> str:
    """A value as JSON, numbers by their digits."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_dump(name)}:{_dump(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_dump, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
