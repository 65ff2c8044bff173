"""Width: JSON whose leads have more keys than a file may have columns, told before any name in it is looked at.

What a name means takes long to find out, and a record may have a hundred thousand.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from hygiene.io.readers.limits import Limits

__all__ = ["check_width"]

#: How deep in an answer its leads may be, as in `json_records`.
_DEPTH = 4


def check_width(name: str, values: Sequence[Any], limits: Limits, /) -> None:
    """Make sure that no value of a text, nor a row or lead that it wraps, is wider than the limit.

    Args:
        name: The file, for messages.
        values: The values of the text, of which there is mostly one.
        limits: The bounds on the file.

    Raises:
        InputError: one is.
    """
    for value in values:
        for record in _records(value):
            if _is_wide(record, limits.columns):
                raise limits.refuse("columns", name, f"more than {limits.columns:,} keys")
    for rows in values:
        if isinstance(rows, list) and all(isinstance(row, list) for row in rows):
            width = max(map(len, rows), default=0)
            if width > limits.columns:
                raise limits.refuse("columns", name, f"a row of more than {limits.columns:,} cells")


def _is_wide(record: Any, most: int) -> bool:
    """Whether keys are too many; those of an object of objects may be those of leads, and are no columns."""
    return (
        isinstance(record, dict)
        and len(record) > most
        and not all(isinstance(each, dict) for each in record.values())
    )


def _records(value: Any) -> Iterator[Any]:
    """A value, and what stands in its lists; a column by its rows' numbers is an object too, and not among them."""
    yield value
    level = [value]
    for _ in range(_DEPTH):
        inner: list[Any] = []
        for each in level:
            if isinstance(each, list):
                yield from each
            elif isinstance(each, dict):
                inner.extend(each.values())
        level = inner
