"""Conditions of what is written in fields: marks, beginnings and lengths of all leads at fault, by their file.

A file that is put together by hand breaks at a comma, a database at a letter that it has no room for. A mark tells
nothing of a person, so that it is told of names too.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Mask, mask
from hygiene.prediction.conditions import KINDS, Condition
from hygiene.prediction.evidence import Held
from hygiene.prediction.features import Codes
from hygiene.prediction.field_conditions import fields_of, is_filled
from hygiene.prediction.text_conditions import LEAST_LEADS, MOST_TOLD, common

__all__ = ["by_signs"]

#: What may stand in a cell, as a regular expression.
SIGNS: Mapping[str, str] = {
    "a comma": ",",
    "a semicolon": ";",
    "a quotation mark": '["\u201c\u201d\u201e\u00ab\u00bb]',
    "an apostrophe": "['\u2019]",
    "an ampersand": "&",
    "an angle bracket": "[<>]",
    "a bracket": r"[()\[\]{}]",
    "a slash": r"[/\\]",
    "a tab or a line end": r"[\t\r\n]",
    "a plus sign": r"[+]",
    "a space": " ",
    "a digit": "[0-9]",
    "a picture or another character beyond 16 bits": r"[\x{10000}-\x{10ffff}]",
    "a character outside ASCII": r"[^\x00-\x7f]",
}
#: Signs that a cell may be at fault for lacking: the country of a number, the scheme of a link, a second name.
LACKED = ("a plus sign", "a slash", "a space", "a digit")
#: Columns of which no letters are told.
NAMES_OF_PERSONS = frozenset({"first_name", "last_name", "linkedin"})
#: Longest cell whose length is told, in characters.
_LONGEST = 500


def by_signs(held: Held, odd: Codes, /) -> Iterator[Condition]:
    """A mark that a column has in all of them, or lacks in all; one in any; what it begins with; its length."""
    fields = fields_of(held)
    tries = ((len(fields) + 1) * len(SIGNS) + len(fields) * (len(LACKED) + MOST_TOLD + 2 * _LONGEST)) * KINDS
    for name, column in fields.items():
        yield from _of_column(name, column, odd, tries)
    for sign, pattern in SIGNS.items() if len(fields) > 1 else ():
        anywhere = np.logical_or.reduce(
            [_has(column.take(pa.array(odd)), pattern) for column in fields.values()]
        )
        if anywhere.all():
            covers = np.logical_or.reduce([_has(column, pattern) for column in fields.values()])
            yield Condition(f"have {sign} in some field", covers, tries)


def _of_column(name: str, column: pa.DictionaryArray, odd: Codes, tries: int) -> Iterator[Condition]:
    filled, here = is_filled(column), column.take(pa.array(odd))
    if not filled[odd].all():
        return
    for sign, pattern in SIGNS.items():
        found = _has(here, pattern)
        if found.all():
            yield Condition(f"have {sign} in {name}", _has(column, pattern), tries)
        elif sign in LACKED and not found.any():
            covers = _has(column, pattern)
            if covers.any():
                yield Condition(f"have something in {name} without {sign}", filled & ~covers, tries)
    yield from _begins(name, column, here, tries)
    size = _sizes(column)
    low, high = int(size[odd].min()), int(size[odd].max())
    if size[filled].min() < low <= _LONGEST:
        yield Condition(f"have more than {low - 1} characters in {name}", size >= low, tries)
    if high < min(int(size.max()), _LONGEST):
        yield Condition(f"have fewer than {high + 1} characters in {name}", filled & (size <= high), tries)


def _begins(
    name: str, column: pa.DictionaryArray, here: pa.DictionaryArray, tries: int
) -> Iterator[Condition]:
    """What the cells of a column that names no person begin with, where three leads or more share it."""
    if name in NAMES_OF_PERSONS:
        return
    start = common(pc.unique(here.cast(pa.large_string())).to_pylist())[:MOST_TOLD]
    covers = _spread(pc.starts_with(column.dictionary, start), column)
    if start and "@" not in start and np.count_nonzero(covers) >= LEAST_LEADS:
        yield Condition(f"have something in {name} that begins with {start!r}", covers, tries)


def _spread(of_each: pa.Array, column: pa.DictionaryArray) -> Mask:
    found: Mask = mask(of_each)[column.indices.to_numpy(zero_copy_only=False)]
    return found


def _has(column: pa.DictionaryArray, pattern: str) -> Mask:
    """True where a cell has something that a pattern finds."""
    texts, which = column.dictionary, column.indices.to_numpy(zero_copy_only=False)
    if len(column) < len(texts):  # a few leads of many
        texts, which = column.cast(texts.type), np.arange(len(column))
    found: Mask = mask(pc.match_substring_regex(texts, pattern))[which]
    return found


def _sizes(column: pa.DictionaryArray) -> Codes:
    sizes = pc.utf8_length(column.dictionary).to_numpy(zero_copy_only=False).astype(np.int64)
    found: Codes = sizes[column.indices.to_numpy(zero_copy_only=False)]
    return found
