"""Moments: values of Arrow that Python has no object for, as text: days before year 1 and after 9999, long durations.

All other values are Python's own. A moment in a time zone that Python does not have is told in UTC.
"""

import datetime
from typing import Any

import pyarrow as pa

__all__ = ["cells_of"]

#: Units in a second.
_UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_DAY_S = 86_400

#: After so many years and days the calendar is the same again. Source: ISO 8601, the proleptic Gregorian calendar.
_CYCLE_YEARS, _CYCLE_DAYS = 400, 146_097
_EPOCH = datetime.date(1970, 1, 1)

#: What Python raises where it has no such value; the last for a time zone that is not known here.
_NONE = (ValueError, OverflowError, KeyError)


def cells_of(column: pa.Array, /) -> list[Any]:
    """The values of a column: Python's, or text where it has none.

    Raises:
        ArrowException: they are of a type that is not known here, and Python has none.
    """
    try:
        found: list[Any] = column.to_pylist()
    except _NONE:
        found = [_value(scalar) for scalar in column]
    return found


def _value(scalar: Any) -> Any:
    """A value; text where Python has none."""
    if not scalar.is_valid:
        return None
    try:
        return scalar.as_py()
    except _NONE:
        kind = scalar.type
    if pa.types.is_date(kind):
        return _day(scalar.value if pa.types.is_date32(kind) else scalar.value // (_DAY_S * _UNITS["ms"]))
    if pa.types.is_timestamp(kind):
        return _moment(scalar.value, kind)
    if pa.types.is_duration(kind):
        return _duration(scalar.value, kind.unit)
    return _nested(scalar)


def _nested(scalar: Any) -> Any:
    """A value that holds such values."""
    if pa.types.is_struct(scalar.type):
        return {field.name: _value(scalar[at]) for at, field in enumerate(scalar.type)}
    if isinstance(getattr(scalar, "values", None), pa.Array):  # lists of any kind, and maps
        return [_value(each) for each in scalar.values]
    if isinstance(getattr(scalar, "value", None), pa.Scalar):  # dictionaries, runs, extensions, unions
        return _value(scalar.value)
    raise pa.ArrowInvalid(f"no value of {scalar.type}")


def _day(days: int) -> str:
    """A day by its number from 1970 on."""
    cycles, rest = divmod(days, _CYCLE_DAYS)
    day = _EPOCH + datetime.timedelta(rest)
    year = day.year + cycles * _CYCLE_YEARS
    return f"{'-' if year < 0 else ''}{abs(year):04}-{day.month:02}-{day.day:02}"


def _moment(value: int, kind: pa.DataType) -> str:
    seconds, part = divmod(value, _UNITS[kind.unit])
    days, seconds = divmod(seconds, _DAY_S)
    return f"{_day(days)}T{_clock(seconds):0>8}{_fraction(part, kind.unit)}{'+00:00' if kind.tz else ''}"


def _duration(value: int, unit: str) -> str:
    """A duration as Python writes a shorter one."""
    seconds, part = divmod(value, _UNITS[unit])
    days, seconds = divmod(seconds, _DAY_S)
    return f"{days} days, {_clock(seconds)}{_fraction(part, unit)}"


def _clock(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _fraction(part: int, unit: str) -> str:
    return f".{part:0{len(str(_UNITS[unit])) - 1}}" if part else ""
