"""Plain names: those that need no look one by one, by the whole column.

A name in the case of names that no table knows is right as it is; one of two whole words in capitals or small letters,
which no table knows either, is set in the case of names here. That `names` says the same of each is held by a test.
"""

from functools import cache
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Mask, mask
from hygiene.fields.distinct import LONGEST
from hygiene.fields.placeholders import UNFILLED
from hygiene.words.tables import read_words

__all__ = ["Set", "plain_names", "set_plainly"]

#: A name of one word or two with a hyphen in the case of names. What more there may be is looked at one by one.
_PLAIN_FIRST = r"^(\p{Lu}\p{Ll}+(-\p{Lu}\p{Ll}+)?)?$"
_PLAIN_LAST = r"^((O['’]|D['’]|Mc|Mac|De|Di|La|Le|Fitz)?\p{Lu}\p{Ll}+(-\p{Lu}\p{Ll}+)?)?$"
#: One word in one case, with a vowel; initials, and words with a prefix in a case of its own, are looked at one by one.
_ONE_CASE, _VOWEL, _PREFIXED = r"^([A-Z]{3,}|[a-z]{3,}|[A-Z][a-z]{2,})$", "(?i)[aeiouy]", "(?i)^(mc|ij)"
_UNFILLED = f"^(?:{UNFILLED})$"
_TEXT = pa.large_string()


class Set(NamedTuple):
    """Names that were set in the case of names.

    Attributes:
        rows: Where both cells are decided.
        first: The first names; those of other rows are anything.
        last: The last names.
    """

    rows: Mask
    first: pa.Array
    last: pa.Array


def plain_names(first: pa.Array, last: pa.Array, /) -> Mask:
    """Rows of two plain names, neither of which any table knows; a blank one is plain."""
    plain = mask(pc.match_substring_regex(first, _PLAIN_FIRST), null=True)
    plain &= mask(pc.match_substring_regex(last, _PLAIN_LAST), null=True)
    for column in (first, last):
        plain &= ~mask(pc.is_in(column, value_set=_told()))
        plain &= ~mask(pc.match_substring_regex(column, _UNFILLED))
    return plain


def set_plainly(first: pa.Array, last: pa.Array, countries: pa.Array, /, *, dotless: pa.Array) -> Set:
    """Names of one word each, in capitals or small letters, in the case of names.

    Args:
        first: First names.
        last: Last names, aligned.
        countries: ISO 3166-1 codes, aligned.
        dotless: Codes of countries that write two letters i.
    """
    rows = ~mask(pc.is_in(countries, value_set=dotless))
    for column in (first, last):
        rows &= mask(pc.less_equal(pc.binary_length(column), LONGEST))
        rows &= mask(pc.match_substring_regex(column, _ONE_CASE))
        rows &= mask(pc.match_substring_regex(column, _VOWEL))
        rows &= ~mask(pc.match_substring_regex(column, _PREFIXED))
        rows &= ~mask(pc.match_substring_regex(column, _UNFILLED))
        rows &= ~mask(pc.is_in(pc.ascii_lower(column), value_set=_known()))
    return Set(rows, pc.ascii_capitalize(first), pc.ascii_capitalize(last))


@cache
def _told() -> pa.Array:
    """Words in the case of names that a table knows as a whole cell, or as half of one that names nobody."""
    words = set(read_words("titles", kind="title")) | read_words("placeholders")
    for kind in ("nothing", "pair", "test"):
        words |= {word for cell in read_words("placeholders", kind=kind) for word in cell.split()}
    return pa.array(
        sorted({word[:1].upper() + word[1:] for word in words} | set(map(str.title, words))), _TEXT
    )


@cache
def _known() -> pa.Array:
    """Words in small letters that a table knows, those included that are only part of what it has."""
    tables = ("titles", "placeholders", "legal_forms", "particles", "surname_cases")
    cells = {cell.lower() for table in tables for cell in read_words(table)}
    return pa.array(sorted(cells | {word for cell in cells for word in cell.split()}), _TEXT)
