"""Records: which part of a JSON value the leads are.

Arrays of objects, answers that wrap one, columns or rows by their names as pandas and R write them, arrays of
arrays as spreadsheet APIs answer. How a lead becomes cells is in `json_cells`, the people of a record in
`json_entries`. Nothing here reads a file.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from hygiene.columns.mapping import SAMPLE_ROWS, has_email, known_columns
from hygiene.io.readers.header_row import names_by_content
from hygiene.io.readers.json_cells import free_name, spread, text_of
from hygiene.io.readers.json_entries import STAFF, entries_of, is_of_others

__all__ = ["lift", "pages_in", "records_of", "unpaged"]

#: How deep a key of an answer is looked for that has the leads, or the address of a lead, beneath it.
_DEPTH = 4

#: Values of an array, or lines, that tell whether they are pages of leads.
_SAMPLE = 100


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
    return list(chain.from_iterable(map(unpaged, value))) if pages_in(value) else value


def pages_in(values: Sequence[Any], /) -> bool:
    """Whether values are no leads themselves, and hold some: pages of an answer, firms with their people."""
    objects = [each for each in values[:_SAMPLE] if isinstance(each, dict)]
    return not any(map(_has_address, objects)) and any(_held(each) for each in objects)


def unpaged(value: Any, /) -> Sequence[Any]:
    """The leads that a page holds; a firm without people is a row, a page without leads is none."""
    if not isinstance(value, dict):
        return [value]
    held = _held(value)
    if held is not None:
        return held
    firm = not STAFF.isdisjoint(value) and known_columns(list(value))
    return [value] if firm or "@" in text_of(value) else []


def lift(lead: Mapping[str, Any], /) -> Mapping[str, Any]:
    """A lead with what the only object within it holds that has an address; the lead itself where there is none."""
    key = _within(lead)
    if key is None:
        return lead
    lifted: dict[str, Any] = dict(lead[key])
    for name, value in lead.items():
        if name != key:
            lifted[free_name(name, lifted)] = value
    return lifted


def _held(value: dict[str, Any]) -> Sequence[Any] | None:
    theirs = {key: each for key, each in value.items() if not is_of_others(key)}
    found = entries_of(theirs, of_many=True) or _of_object(theirs)
    return found if isinstance(found, list) else None


def _of_object(value: dict[str, Any]) -> Any:
    """The array of leads in an object; the object where it is itself a lead."""
    for shape in (entries_of, _of_frame, _of_columns, _of_index, _wrapped):
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
    if columns and all(isinstance(each, dict) and each for each in columns):
        keys = list(dict.fromkeys(chain.from_iterable(columns)))
        flat = not any(isinstance(cell, dict | list) for cell in columns[0].values())
        if flat and has_email(list(value)):
            return [{name: column.get(key) for name, column in value.items()} for key in keys]
        if flat and all("@" in key for key in keys) and not any("@" in name for name in value):
            return [
                {"email": key} | {name: column.get(key) for name, column in value.items()} for key in keys
            ]
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
    if known_columns(list(value)) or not leads or not all(isinstance(each, dict) for each in leads):
        return None
    return leads if len(leads) > 1 and all(_holds_address(each) for each in leads[:10]) else None


def _wrapped(value: dict[str, Any]) -> list[Any] | None:
    """The array of leads in an answer that is no lead itself: of those that are nested least the longest."""
    level = [value] if not has_email(list(value)) else []
    others: list[Any] | None = None
    lead = _within(value) or ""
    alone = not lead  # else a list of texts is the person's
    for _ in range(_DEPTH):
        inner = [each for one in level for each in one.values()]
        level = [each for each in inner if isinstance(each, dict)]
        arrays = [
            each for each in inner if isinstance(each, list) and each and (alone or isinstance(each[0], dict))
        ]
        named = next((found for one in level if (found := entries_of(one))), None)
        shaped = (
            found
            for one in level
            if alone or one is value[lead]
            if (found := _of_frame(one) or _of_columns(one) or _of_index(one))
        )
        found = named or max(filter(_is_leads, arrays), key=len, default=None) or next(shaped, None)
        if found:
            return found
        others = others or max(arrays, key=len, default=None)
    return others if alone else None


def _is_leads(array: list[Any]) -> bool:
    """Whether the first value of an array is a lead, or a row that names an email column."""
    first = array[0]
    if isinstance(first, dict):
        return _has_address(first)
    if isinstance(first, list):
        return has_email([text_of(each) for each in first])
    return isinstance(first, str) and "@" in first


def _has_address(lead: Mapping[str, Any]) -> bool:
    """Whether an object has an address, of its own or however deep within it."""
    return _holds_address(lead) or has_email(list(spread(lead)))


def _holds_address(lead: Mapping[str, Any]) -> bool:
    """Whether an object has an address of its own, or in the only object within it that has one."""
    return has_email(list(lead)) or _within(lead) is not None


def _within(lead: Mapping[str, Any]) -> str | None:
    """The key of the only object within a lead that has an address."""
    found = [name for name, value in lead.items() if isinstance(value, dict) and has_email(list(value))]
    return found[0] if len(found) == 1 else None


def _of_rows(rows: Sequence[list[Any]]) -> list[Any]:
    """Rows of cells: under the first, where that names an email column; else under what their cells make evident."""
    first = [text_of(each) for each in rows[0]]
    width = max(map(len, rows))
    if has_email(first):
        names = _distinct([*first, *(f"column {at + 1}" for at in range(len(first), width))])
        rows = rows[1:]
    else:
        names = names_by_content([[text_of(cell) for cell in row] for row in rows[:SAMPLE_ROWS]])
        names += [f"column {at + 1}" for at in range(len(names), width)]
    return [dict(zip(names, row, strict=False)) for row in rows]


def _distinct(names: Sequence[str]) -> list[str]:
    found: dict[str, None] = {}
    for name in names:
        found[free_name(name, found)] = None
    return list(found)
