"""Times: the moments that cells say, and how many cells of a column say none."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import is_blank, mask
from hygiene.errors import Note, UsageError, option

__all__ = ["Dated", "times"]

_Numbers: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]

#: Value of a cell that is no time: older than any.
_UNDATED = int(np.iinfo(np.int64).min)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Numbers from which a whole number is a time: seconds since 1970 in 2001, and the same in milliseconds.
_SECONDS, _MILLISECONDS = 10**9, 10**12
#: Spellings that are understood, for whoever is told that theirs are not.
_FORMS = "write dates as 2026-03-31 or 2026-03-31T14:30:00Z"


@dataclass(frozen=True, slots=True)
class Dated:
    """How far a column of dates was understood; those of several chunks add up.

    Attributes:
        filled: Cells that are not blank.
        unread: Those of them that are no time.
    """

    filled: int = 0
    unread: int = 0

    @classmethod
    def of(cls, cells: pa.Array, found: _Numbers, /) -> "Dated":
        """That of cells of which `times` found this."""
        filled = ~is_blank(cells)
        return cls(int(filled.sum()), int((filled & (found == _UNDATED)).sum()))

    def __add__(self, other: "Dated") -> "Dated":
        return Dated(self.filled + other.filled, self.unread + other.unread)

    def check(self, column: str, /) -> None:
        """Make sure that the column can be gone by.

        Raises:
            UsageError: it has filled cells, and none is a time.
        """
        if self.filled and self.unread == self.filled:
            msg = (
                f"{option('keep', f'newest:{column}')}: none of the {self.filled:,} filled cells is a date that is "
                f"understood; {_FORMS}."
            )
            raise UsageError(msg)

    def notes(self, column: str, /) -> tuple[str, ...]:
        """A sentence about the cells that are no time, where there are any."""
        if not self.unread:
            return ()
        told = f"{self.unread:,} of {self.filled:,} filled cells are no date that is understood"
        return (Note(f"{option('keep', f'newest:{column}')}: {told} and count as the oldest; {_FORMS}."),)


def times(cells: pa.Array, /) -> _Numbers:
    """Microseconds since 1970 that cells say; the lowest number for a cell that is no time.

    A time is an ISO 8601 date or date and time, in UTC where it names no zone, or a whole number of seconds
    or milliseconds since 1970; a date may have slashes. Other spellings are not guessed at: 03/04 is March
    or April, and eight digits may be a number.
    """
    import pandas as pd

    text = pc.utf8_trim_whitespace(pc.fill_null(cells, ""))
    text = pc.replace_substring_regex(text, "^([0-9]{4})/([0-9]{2})/([0-9]{2})", r"\1-\2-\3")
    found = np.full(len(text), _UNDATED, dtype=np.int64)
    digits = mask(pc.match_substring_regex(text, "^[0-9]{10,13}$"))
    numbers = pc.cast(text.filter(pa.array(digits)), pa.int64()).to_numpy()
    factor = np.where(numbers < _MILLISECONDS, 10**6, 10**3)
    found[digits] = np.where(numbers >= _SECONDS, numbers * factor, _UNDATED)
    dated = mask(pc.match_substring_regex(text, "^[0-9]{4}-[0-9]{2}-[0-9]{2}"))
    words = pd.Series(text.filter(pa.array(dated)).to_pylist(), dtype=object)
    parsed = pd.to_datetime(words, errors="coerce", format="ISO8601", utc=True).dt.as_unit("us")
    numbers = np.where(parsed.isna(), _UNDATED, parsed.astype("int64"))
    for place in np.flatnonzero(parsed.isna()).tolist():
        numbers[place] = _far_time(words.iloc[place])
    found[dated] = numbers
    return found


def _far_time(text: str) -> int:
    """Microseconds since 1970 of a time that pandas 2 cannot hold, as it counts nanoseconds."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return _UNDATED
    return (time.replace(tzinfo=time.tzinfo or UTC) - _EPOCH) // timedelta(microseconds=1)
