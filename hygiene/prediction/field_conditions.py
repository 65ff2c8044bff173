"""Conditions of fields: what all leads at fault have in common with earlier ones, or in other columns, by their file.

A value of a column is told only where three leads at least share it; no name of a person, no number, no address.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Mask
from hygiene.prediction.address_parts import Parts
from hygiene.prediction.conditions import KINDS, Condition
from hygiene.prediction.evidence import Held
from hygiene.prediction.features import Codes
from hygiene.prediction.patterns import NONE
from hygiene.prediction.text_conditions import LEAST_LEADS, one_of
from hygiene.prediction.traits import BLANKS

__all__ = ["by_blanks", "by_others", "by_same", "by_values", "fields_of", "is_filled"]

#: Columns whose values are told of nobody.
_OF_A_PERSON = frozenset({"email", "first_name", "last_name", "phone", "linkedin", "website"})
#: Columns by which an API may take leads for one, or for too many of one.
_OF_ONE = ("phone", "linkedin", "website", "company")
#: Columns that together are one key of such an API, by how they are told.
_OF_NAMES: Mapping[str, tuple[str, ...]] = {
    "first and last name": ("first_name", "last_name"),
    "name and company": ("first_name", "last_name", "company"),
}
#: Addresses by which an API may take leads for one, and what is left out of their local parts.
_LEFT_OUT = {
    "address but for marks": "[^0-9a-z]",
    "address but for digits": "[0-9]",
    "address but for its tag": r"[+].*",
}
#: Longest words about values, in characters.
_LONGEST_TOLD = 160
#: What stands between names that are taken together, and in none.
_BETWEEN = "\x1f"
#: Most leads that somebody would take of one.
_MOST_OF_ONE = 20


def by_blanks(held: Held, odd: Codes, /) -> Iterator[Condition]:
    """Fields that are blank, or filled, and are no trait."""
    fields = {name: column for name, column in fields_of(held).items() if name not in BLANKS}
    for name, column in fields.items():
        blank = ~is_filled(column)
        tries = 2 * len(fields) * KINDS
        if blank[odd].all():
            yield Condition(f"have nothing in {name}", blank, tries, lacks="" if "," in name else name)
        if not blank[odd].any():
            yield Condition(f"have something in {name}", ~blank, tries)


def by_values(held: Held, odd: Codes, /) -> Iterator[Condition]:
    """The few values that a column has in all of them."""
    fields = {name: column for name, column in fields_of(held).items() if name not in _OF_A_PERSON}
    for name, column in fields.items():
        for found in one_of(f"have {{}} in {name}", column, odd, len(fields) * KINDS, lambda _: NONE):
            told = "@" not in found.words and len(found.words) <= _LONGEST_TOLD
            if told and np.count_nonzero(found.covers) >= LEAST_LEADS:
                yield found


def by_same(held: Held, odd: Codes, /) -> Iterator[Condition]:
    """What earlier leads of the import had already, one or so many of them."""
    parts = held.parts()
    if parts is None:
        return
    columns = {"local part": parts.local, "domain": parts.domain}
    for name, column in columns.items():
        yield from _of_earlier(name, column, odd, (len(columns) + 1) * KINDS)
    yield from _of_earlier("domain", parts.domain, odd, (len(columns) + 1) * KINDS, held.batch)


def by_others(held: Held, odd: Codes, /) -> Iterator[Condition]:
    """The same of other spellings of the address, and of columns by which an API may take leads for one."""
    parts = held.parts()
    columns: dict[str, pa.Array] = {} if parts is None else _spellings(parts, int(odd[0]))
    fields = fields_of(held)
    columns |= {name: column for name, column in fields.items() if name in _OF_ONE}
    columns |= _names(fields)
    tries = (len(_LEFT_OUT) + len(_OF_ONE) + len(_OF_NAMES)) * KINDS
    for name, column in columns.items():
        yield from _of_earlier(name, column, odd, tries)


def _spellings(parts: Parts, first: int) -> dict[str, pa.Array]:
    """Addresses without some characters, as far as the first lead at fault has one of an earlier lead so."""
    codes = parts.domain.indices.to_numpy(zero_copy_only=False)
    near = np.flatnonzero(codes[: first + 1] == codes[first])
    found = {}
    for name, characters in _LEFT_OUT.items():
        few = pc.replace_substring_regex(pc.utf8_lower(parts.local.take(pa.array(near))), characters, "")
        if pc.any(pc.equal(few.slice(0, len(few) - 1), few[-1])).as_py():
            local = pc.replace_substring_regex(pc.utf8_lower(parts.local), characters, "")
            domain = parts.domain.cast(local.type)
            found[name] = pc.binary_join_element_wise(local, domain, pa.scalar("@", local.type))
    return found


def _names(fields: Mapping[str, pa.DictionaryArray]) -> dict[str, pa.Array]:
    """Names, and names with companies, as one text each; none where a part is blank."""
    found = {}
    for told, names in _OF_NAMES.items():
        parts = [
            pc.utf8_trim_whitespace(fields[name].cast(pa.large_string())) for name in names if name in fields
        ]
        if len(parts) == len(names):
            filled = [pc.if_else(pc.equal(part, ""), None, part) for part in parts]
            joined = pc.binary_join_element_wise(*filled, pa.scalar(_BETWEEN, pa.large_string()))
            found[told] = pc.fill_null(joined, "")
    return found


def _of_earlier(
    name: str, column: pa.Array, odd: Codes, tries: int, batch: Codes | None = None
) -> Iterator[Condition]:
    """A value that so many earlier leads have; of most columns the first lead at fault shows that it is not so.

    With the request of each lead only earlier leads of the same request are meant.
    """
    first = int(odd[0])
    if not pc.any(pc.equal(column.slice(0, first), column[first])).as_py():
        return
    values = column if isinstance(column, pa.DictionaryArray) else pc.utf8_lower(column).dictionary_encode()
    rank = _ranks(values, batch)
    others = int(rank[odd].min()) - 1
    if 0 < others <= _MOST_OF_ONE:
        who = "an earlier lead" if others == 1 else f"{others} or more earlier leads"
        where = "" if batch is None else " of their request"
        yield Condition(f"have the {name} of {who}{where}", rank > others, tries * _MOST_OF_ONE)


def fields_of(held: Held, /) -> Mapping[str, pa.DictionaryArray]:
    """What was sent of the leads that were answered for, by column."""
    fields = {} if held.evidence.fields is None else held.evidence.fields()
    return {
        name: column if len(column) == len(held.at) else column.take(pa.array(held.at))
        for name, column in fields.items()
    }


def is_filled(column: pa.DictionaryArray, /) -> Mask:
    """True where a lead has a value."""
    texts = column.dictionary.to_pylist()
    of_each = np.array([bool(text and text.strip()) for text in texts], dtype=bool)
    found: Mask = of_each[column.indices.to_numpy(zero_copy_only=False)]
    return found


def _ranks(column: pa.DictionaryArray, batch: Codes | None = None) -> Codes:
    """Of each lead how many up to it have its value, of its request where these are told; 0 for no value."""
    codes = column.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    codes = codes if batch is None else batch * len(column.dictionary) + codes
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], codes[order], side="left")
    ranks = np.empty(len(codes), dtype=np.int64)
    ranks[order] = np.arange(len(codes)) - starts + 1
    return np.where(is_filled(column), ranks, 0)
