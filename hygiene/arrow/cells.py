"""Columnar cells: an Arrow column of any type as text.

Text stays as it is, whatever it looks like; numbers, dates, spans of time and nested values become text. What
octets stand for, text or not, is decided over a whole column, by the caller.
"""

import json
import re
from typing import Any, Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.moments import cells_of

__all__ = ["Octets", "as_text", "octets_are", "of_octets", "plain_values", "value_type"]

#: What a column of octets holds: text that is not marked as such, identifiers to be shown as hex, a Parquet
#: INTERVAL, or something for programs alone.
Octets: TypeAlias = Literal["text", "hex", "interval", "left out"]

#: Longest value that is shown as hex, in octets: a SHA-512 or a UUID is an identifier, a picture is none.
_HEX_OCTETS = 64

#: What no text that was typed holds. Source: Unicode Standard 23.1 (control codes but tab and line breaks).
_CONTROLS = "[\\x00-\\x08\\x0e-\\x1f]"

_NS = 1_000_000_000


def value_type(kind: pa.DataType, /) -> pa.DataType:
    """The type of a column's values, however they are stored."""
    while True:
        if pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind):
            kind = kind.value_type
        elif isinstance(kind, pa.ExtensionType):
            kind = kind.storage_type
        else:
            return kind


def of_octets(kind: pa.DataType, /) -> bool:
    """Whether a column of this type holds octets; a UUID is none, as it has a text of its own."""
    if isinstance(kind, pa.UuidType):
        return False
    kind = value_type(kind)
    tests = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)
    return pa.types.is_fixed_size_binary(kind) or any(test(kind) for test in tests)


def octets_are(column: pa.Array, /) -> Octets:
    """What the octets of a column are, as far as this part of it tells."""
    octets = plain_values(column).cast(pa.large_binary())
    try:
        texts = octets.cast(pa.large_string())
        if not pc.any(pc.match_substring_regex(texts, _CONTROLS)).as_py():
            return "text"
    except pa.ArrowInvalid:  # no UTF-8
        pass
    return "hex" if (pc.max(pc.binary_length(octets)).as_py() or 0) <= _HEX_OCTETS else "left out"


def as_text(column: pa.Array, octets: Octets | None = None, /) -> pa.Array:
    """A column as `large_string`, absent cells null.

    Args:
        column: The column.
        octets: What its octets hold, where it is one of octets.

    Raises:
        ArrowException: it is of a type that Arrow itself cannot show.
    """
    column = plain_values(column)
    kind = column.type
    if octets is not None:
        column = column.cast(pa.large_binary())
        if octets == "text":
            return column.cast(pa.large_string())
        show = _interval_text if octets == "interval" else bytes.hex
        return pa.array([cell and show(cell) for cell in column.to_pylist()], pa.large_string())
    if any(test(kind) for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)):
        return column.cast(pa.large_string())
    if pa.types.is_integer(kind):
        return column.cast(pa.large_string())
    if pa.types.is_float32(kind):  # by its own shortest digits, not by those of the double it is read as
        cells: list[Any] = [cell and float(cell) for cell in column.cast(pa.string()).to_pylist()]
    else:
        cells = cells_of(column)
    return pa.array([_cell_text(cell) for cell in cells], pa.large_string())


def plain_values(column: pa.Array, /) -> pa.Array:
    """A column's values one by one; Arrow itself does neither for views of text (observed with 26.0)."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return plain_values(column.dictionary).take(column.indices)
    if pa.types.is_run_end_encoded(kind):
        at = pa.RunEndEncodedArray.from_arrays(column.run_ends, pa.array(range(len(column.values))))
        places = pc.run_end_decode(at.slice(column.offset, len(column)))
        return plain_values(column.values).take(places)
    if pa.types.is_string_view(kind):
        return column.cast(pa.large_string())
    if pa.types.is_binary_view(kind):
        return column.cast(pa.large_binary())
    return column


def _cell_text(cell: Any) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return None if cell != cell else str(int(cell)) if cell.is_integer() else repr(cell)  # noqa: PLR0124 -- NaN
    if isinstance(cell, pa.MonthDayNano):
        return _span(cell.months, cell.days, cell.nanoseconds)
    if isinstance(cell, dict | list):
        return json.dumps(cell, ensure_ascii=False, default=str, separators=(",", ":"))
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


def _interval_text(octets: bytes) -> str:
    """A Parquet INTERVAL: months, days and milliseconds. Source: parquet-format, LogicalTypes.md."""
    months, days, milliseconds = (int.from_bytes(octets[at : at + 4], "little") for at in (0, 4, 8))
    return _span(months, days, milliseconds * 1_000_000)


def _span(months: int, days: int, nanoseconds: int) -> str:
    """A span of time in ISO 8601."""
    sign = "-" if nanoseconds < 0 else ""
    whole, part = divmod(abs(nanoseconds), _NS)
    seconds = f"{whole}.{part:09}".rstrip("0") if part else str(whole)
    date = (f"{months}M" if months else "") + (f"{days}D" if days else "")
    time = f"T{sign}{seconds}S" if nanoseconds or not date else ""
    return re.sub(r"\.$", "", f"P{date}{time}")
