"""Plain phones: numbers of common shapes in E.164, by the whole column.

With a country code in front, of North America, and of regions whose numbers begin with a zero at home: for these what
`phones` asks of phonenumbers number by number is asked here of its tables once. That both say the same is held by a
test.
"""

import re
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Mask, mask
from hygiene.fields.numbering_plans import DATE, NANP, numbering_plans
from hygiene.words.tables import read_words

__all__ = ["plain_phones"]

#: Digits, and one sign or bracket between them.
_BETWEEN = r"[ ().\-]+"
_ABROAD = r"^\+\d[\d .\-]*(\([1-9]\d*\)[\d .\-]*)?$"
_LEADING = r"^\+(\d+).*$"
_NANP = r"^(1[ .\-]?)?(\([2-9]\d{2}\)|[2-9]\d{2})[ .\-]?[2-9]\d{2}[ .\-]?\d{4}$"
_AT_HOME = r"^0[\d .\-]*$"
#: What has a label, an extension, zeros in place of a plus, or a zero in brackets behind a country code.
_DRESSED = r"[A-Za-z:]|^00|\(0\)"
#: A number of enough digits and its extension; a number that a spreadsheet cut, which is left as it is.
_EXTENSION = r"(?i)^((?:\D*\d){7,}[ .\-)]*?) *(?:x|ext\.?) ?(\d{1,6})$"
_EXPONENT = r"^[+-]?\d+([.,]\d+)?[eE][+-]?\d{1,3}$"
#: A number that was one with a point before it was text: its zeros are none of its digits.
_FLOAT = r"[.,]0+$"
_TEXT = pa.large_string()
_TYPES = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager", "uan",
    "voicemail",
)  # fmt: skip


def plain_phones(column: pa.Array, regions: pa.Array, /) -> tuple[Mask, pa.Array]:
    """The rows that are decided here, and their numbers; of the other rows anything.

    Args:
        column: Phone numbers (`large_string`).
        regions: ISO 3166-1 codes in capitals, aligned; empty where none is known.
    """
    plans = numbering_plans()
    bare, extensions = column, pa.nulls(len(column), _TEXT)
    dressed = pc.fill_null(pc.match_substring_regex(column, _DRESSED), fill_value=False)
    if pc.any(dressed).as_py():
        opened = _opened(column.filter(dressed), plans)
        bare, extensions = (
            pc.replace_with_mask(old, dressed, new)
            for old, new in zip((bare, extensions), opened, strict=True)
        )
    decided = mask(pc.match_substring_regex(column, _EXPONENT))
    left, numbers = np.flatnonzero(~decided & ~mask(pc.match_substring_regex(column, _FLOAT))), column
    for find in (_abroad, _nanp, _at_home):
        at = pa.array(left)
        rows, found = find(bare.take(at), regions.take(at), plans) if len(left) else (left > 0, column)
        if rows.any():
            decided[left[rows]] = True
            where = np.zeros(len(column), dtype=bool)
            where[left[rows]] = True
            numbers = pc.replace_with_mask(numbers, pa.array(where), found.filter(pa.array(rows)))
        left = left[~rows]
    behind = pc.binary_join_element_wise(numbers, extensions, pa.scalar(" ext. ", _TEXT))
    return decided, pc.coalesce(behind, numbers)


def _opened(column: pa.Array, plans: ModuleType) -> tuple[pa.Array, pa.Array]:
    """Texts without a label in front, with a plus in place of two zeros, and apart from them their extensions.

    A zero in brackets goes where it is dialled at home alone: +49 (0) 30 123456.
    """
    labels = pc.ascii_lower(pc.replace_substring_regex(column, r"[ .]*:[\s\S]*$", ""))
    labelled = pc.is_in(labels, value_set=pa.array(sorted(read_words("phone_labels")), _TEXT))
    labelled = pc.and_(labelled, pc.match_substring(column, ":"))
    bare = pc.if_else(labelled, pc.replace_substring_regex(column, r"^[^:]*:[ ]*", ""), column)
    behind = pc.match_substring_regex(bare, _EXTENSION)
    none = pa.scalar(None, _TEXT)
    extensions = pc.if_else(behind, pc.replace_substring_regex(bare, _EXTENSION, r"\2"), none)
    bare = pc.if_else(behind, pc.replace_substring_regex(bare, _EXTENSION, r"\1"), bare)
    bare = pc.replace_substring_regex(bare, r"^00 ?([1-9])", r"+\1")
    return pc.replace_substring_regex(bare, _zeroed(plans), r"+\1 \2"), extensions


@cache
def _zeroed(plans: ModuleType) -> str:
    """A number with a zero in brackets behind the code of a country that dials 0 at home and nothing else."""
    codes = [
        str(code)
        for code, regions in plans.COUNTRY_CODE_TO_REGION_CODE.items()
        if regions[0] != "001"
        and plans.PhoneMetadata.metadata_for_region(regions[0]).national_prefix_for_parsing == "0"
    ]
    return rf"^\+({'|'.join(sorted(codes))})[ .\-]*\(0\)[ .\-]*([1-9])"


def _abroad(column: pa.Array, _regions: pa.Array, plans: ModuleType) -> tuple[Mask, pa.Array]:
    """Numbers with a country code, which have a length of it and no prefix of its own behind it."""
    rows = mask(pc.match_substring_regex(column, _ABROAD))
    places = np.flatnonzero(rows)
    cells = column.take(pa.array(places))
    bare = pc.replace_substring_regex(cells, _BETWEEN, "")
    leading = pc.utf8_length(pc.replace_substring_regex(cells, _LEADING, r"\1"))
    starts = pc.utf8_rpad(pc.utf8_slice_codeunits(bare, 1, 4), 3, "0")
    codes = _codes(plans)[np.asarray(pc.cast(starts, pa.int64()))]
    fits = np.zeros(len(places), dtype=bool)
    for code in np.unique(codes[codes > 0]):
        at = np.flatnonzero(codes == code)
        chosen = bare.take(pa.array(at))
        national = pc.utf8_slice_codeunits(chosen, 1 + len(str(code)))
        known = _of_code(int(code), plans)
        good = mask(pc.is_in(pc.utf8_length(national), value_set=known["lengths"]))
        good &= mask(pc.match_substring_regex(national, known["starts"]))
        good &= np.asarray(leading.take(pa.array(at))) >= len(str(code))
        fits[at] = good
    fits &= mask(pc.greater_equal(pc.utf8_length(bare), 8))
    rows[places] = fits
    numbers = pc.replace_with_mask(column, pa.array(rows), bare.filter(pa.array(fits)))
    return rows, numbers


@cache
def _codes(plans: ModuleType) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The country code of every first three digits; 0 where there is none, or one that needs a closer look."""
    table = np.zeros(1000, dtype=np.int64)
    for code, regions in plans.COUNTRY_CODE_TO_REGION_CODE.items():
        if regions[0] != "001":
            step = 10 ** (3 - len(str(code)))
            table[code * step : (code + 1) * step] = code
    return table


@cache
def _of_code(code: int, plans: ModuleType) -> dict[str, Any]:
    """The lengths of a country's numbers, and what they begin with: no zero, and no prefix that is left out abroad."""
    plan = plans.PhoneMetadata.metadata_for_region(plans.COUNTRY_CODE_TO_REGION_CODE[code][0])
    starts = "^[1-9]"
    if code == NANP:
        starts = r"^[2-9]\d{2}[2-9]"
    elif plan.national_prefix_for_parsing:
        prefixed = "".join(sorted(_begins(plan.national_prefix_for_parsing)))
        starts = f"^[^0{prefixed}]"
    lengths = [length for length in plan.general_desc.possible_length if length > 0]
    return {"lengths": pa.array(lengths, pa.int32()), "starts": starts}


def _begins(pattern: str) -> set[str]:
    """The digits that a pattern of prefixes may begin with."""
    found = set[str]()
    for atoms in _alternatives(pattern):
        for atom, may_lack in atoms:
            if atom.startswith("("):
                found |= _begins(re.sub(r"^\((\?[:=])?|\)$", "", atom))
            else:
                found |= {digit for digit in "0123456789" if re.fullmatch(atom, digit)}
            if not may_lack:
                break
    return found


def _alternatives(pattern: str) -> Iterator[list[tuple[str, bool]]]:
    """What stands between the strokes of a pattern, in pieces, each with whether it may be left out."""
    atoms: list[tuple[str, bool]] = []
    place = 0
    while place < len(pattern):
        size = _size(pattern[place:])
        atom, place = pattern[place : place + size], place + size
        counted = re.match(r"\?|\{\d+(?:,\d*)?\}", pattern[place:])
        place += len(counted[0]) if counted else 0
        if atom == "|":
            yield atoms
            atoms = []
        elif atom != "$":
            atoms.append((atom, counted is not None and counted[0][:2] in {"?", "{0"}))
    yield atoms


def _size(pattern: str) -> int:
    """The length of the first piece of a pattern: a group, a class, an escaped sign, or one sign."""
    if pattern[0] == "[":
        return pattern.index("]") + 1
    if pattern[0] != "(":
        return 2 if pattern[0] == "\\" else 1
    depth = 0
    for place, sign in enumerate(pattern):
        depth += (sign == "(") - (sign == ")")
        if not depth:
            return place + 1
    return len(pattern)


def _nanp(column: pa.Array, regions: pa.Array, plans: ModuleType) -> tuple[Mask, pa.Array]:
    """Numbers of North America as they are written there."""
    at_home = pa.array(sorted(plans.COUNTRY_CODE_TO_REGION_CODE[NANP]), _TEXT)
    rows = mask(pc.match_substring_regex(column, _NANP)) & mask(pc.is_in(regions, value_set=at_home))
    digits = pc.utf8_slice_codeunits(pc.replace_substring_regex(column, r"\D+", ""), 0)
    ten = pc.replace_substring_regex(digits, r"^1?(\d{10})$", r"+1\1")
    return rows, ten


def _at_home(column: pa.Array, regions: pa.Array, plans: ModuleType) -> tuple[Mask, pa.Array]:
    """Numbers that begin with a zero, of regions where that and nothing else is left out abroad."""
    rows = mask(pc.match_substring_regex(column, _AT_HOME)) & ~mask(pc.match_substring_regex(column, DATE))
    found = pa.nulls(len(column), _TEXT)
    if not rows.any():
        return rows, column
    digits = pc.replace_substring_regex(column, r"\D+", "")
    national = pc.utf8_slice_codeunits(digits, 1)
    decided = np.zeros(len(column), dtype=bool)
    for region in pc.unique(regions.filter(pa.array(rows))).to_pylist():
        pattern, code = _pattern(region, plans)
        if pattern:
            here = rows & mask(pc.equal(regions, region)) & mask(pc.match_substring_regex(national, pattern))
            here &= mask(pc.greater_equal(pc.utf8_length(digits), 8))
            prefix = pa.scalar(f"+{code}", _TEXT)
            joined = pc.binary_join_element_wise(prefix, national, pa.scalar("", _TEXT))
            found = pc.if_else(pa.array(here), joined, found)
            decided |= here
    return decided, found


@cache
def _pattern(region: str, plans: ModuleType) -> tuple[str, int]:
    """The numbers of a region as a pattern, where it has a country code by itself and a zero as only prefix."""
    if region not in plans.SUPPORTED_REGIONS:
        return "", 0
    plan = plans.PhoneMetadata.metadata_for_region(region)
    if plan.national_prefix_for_parsing != "0" or plan.national_prefix_transform_rule:
        return "", 0
    if len(plans.COUNTRY_CODE_TO_REGION_CODE[plan.country_code]) > 1:
        return "", 0
    kinds = [getattr(plan, kind) for kind in _TYPES]
    shapes = [
        kind.national_number_pattern
        for kind in kinds
        if kind and kind.national_number_pattern not in {None, "NA"}
    ]
    lookahead = any("(?=" in shape or "(?!" in shape for shape in shapes)
    return ("", 0) if lookahead or not shapes else (f"^(?:{'|'.join(shapes)})$", plan.country_code)
