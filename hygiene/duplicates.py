"""Duplicates: which rows are the same lead, and which of them stays.

Two rows are the same where their keys are equal; what a key is, `address` and `person` say. Keys are held
against each other as hashes of 128 bits under a random key. A null key is equal to nothing. Which row stays
depends on no chance: of rows that are equally good the first stays, and files come in the order they were
named in. Nothing here asks the API.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.columns import MALFORMED
from hygiene.errors import UsageError
from hygiene.hashing import Hashes, hash_texts
from hygiene.text import Mask, is_blank, mask, text_column

__all__ = ["Keep", "Repeats", "find_repeats", "join_repeats", "order_repeats"]

_Positions: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]

#: Value of a row without a date: older than any.
_UNDATED = int(np.iinfo(np.int64).min)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Numbers from which a whole number is a time: seconds since 1970 in 2001, and the same in milliseconds.
_SECONDS, _MILLISECONDS = 10**9, 10**12


@dataclass(frozen=True, slots=True)
class Keep:
    """Which of several rows of a lead stays, among those otherwise ready.

    Attributes:
        rule: "first", "last", "most-complete" or "newest".
        column: The column of dates that "newest" goes by.
    """

    rule: str = "first"
    column: str = ""

    @classmethod
    def parse(cls, text: str, /) -> "Keep":
        """The rule that ``first``, ``last``, ``most-complete`` or ``newest:COLUMN`` names.

        Raises:
            UsageError: it is none of them.
        """
        rule, colon, column = text.partition(":")
        plain = rule in ("first", "last", "most-complete") and not colon
        if not plain and not (rule == "newest" and column):
            msg = f"--keep {text}: expected first, last, most-complete or newest:COLUMN."
            raise UsageError(msg)
        return cls(rule, column)

    @property
    def text(self) -> str:
        """The rule as it is written."""
        return f"{self.rule}:{self.column}" if self.column else self.rule

    @property
    def has_merits(self) -> bool:
        """Whether rows differ in merit."""
        return self.rule in ("most-complete", "newest")

    def merits(self, frame: pd.DataFrame, /) -> _Positions:
        """One number a row; the row with the highest stays.

        Raises:
            UsageError: the column of dates is not there.
        """
        if self.rule == "most-complete":
            columns = [name for name in frame.columns if name != MALFORMED]
            cells = [~is_blank(text_column(frame[name])) for name in columns]
            filled: _Positions = np.array(cells).sum(axis=0, dtype=np.int64)
            return filled
        if self.rule == "newest":
            return self._times(frame)
        return np.zeros(len(frame), dtype=np.int64)

    def _times(self, frame: pd.DataFrame) -> _Positions:
        if self.column not in frame:
            msg = f"--keep newest:{self.column}: no such column; there are {', '.join(map(str, frame.columns))}."
            raise UsageError(msg)
        return times(text_column(frame[self.column]))


def times(cells: pa.Array, /) -> _Positions:
    """Microseconds since 1970 that cells say; the lowest number for a cell that is no time.

    A time is an ISO 8601 date or date and time, in UTC where it names no zone, or a whole number of seconds
    or milliseconds since 1970. Other spellings are not guessed at: 03/04 is March or April.
    """
    text = pc.utf8_trim_whitespace(pc.fill_null(cells, ""))
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


@dataclass(frozen=True, slots=True)
class Repeats:
    """Which rows another row stands for.

    Attributes:
        rows: Rows in all.
        order: Positions of the rows whose key several have, best row first, cluster by cluster in the order
            of the rows that stay.
        stays: Position of the row that stays, for each row of `order`.
    """

    rows: int
    order: _Positions = field(repr=False)
    stays: _Positions = field(repr=False)

    @property
    def among(self) -> Mask:
        """True for the rows of `order` that another row stays for."""
        found: Mask = self.order != self.stays
        return found

    @property
    def replaced(self) -> Mask:
        """True where another row stays for a row, by position."""
        found = np.zeros(self.rows, dtype=bool)
        found[self.order[self.among]] = True
        return found

    @property
    def clusters(self) -> int:
        """How many keys several rows have."""
        return len(self.order) - int(self.among.sum())

    def largest(self, most: int, /) -> list[tuple[int, list[int]]]:
        """The row that stays and those it replaces, largest cluster first, then in the order of the rows."""
        heads = np.flatnonzero(~self.among)
        ends = np.append(heads[1:], len(self.order))
        ranked = np.lexsort((self.order[heads], heads - ends))[:most]
        groups = [self.order[heads[place] : ends[place]].tolist() for place in ranked]
        return [(group[0], group[1:]) for group in groups]


def find_repeats(
    key: pa.Array,
    /,
    *,
    rank: np.ndarray[Any, Any] | None = None,
    merit: _Positions | None = None,
    last: bool = False,
) -> Repeats:
    """Find for every key the row that stays, and the rows it replaces.

    Args:
        key: Text keys by position, in the order of the rows; null for a row that has none.
        rank: One number a row; of equal keys the row with the highest rank stays.
        merit: One number a row; of equal ranks the row with the highest merit stays.
        last: Whether of rows equal in all that the last stays rather than the first.
    """
    valid = np.flatnonzero(pc.is_valid(key).to_numpy(zero_copy_only=False)) if key.null_count else None
    half = hash_texts(key if valid is None else key.take(pa.array(valid)), lanes=2)[:, 0]
    several = np.flatnonzero(_shared(half))  # half a key finds nearly all that stand alone
    rows = several if valid is None else valid[several]
    order = order_repeats(
        hash_texts(key.take(pa.array(rows))),
        rows,
        rank=None if rank is None else rank[rows],
        merit=None if merit is None else merit[rows],
        last=last,
    )
    return join_repeats(len(key), [order])


def order_repeats(
    hashes: Hashes,
    rows: _Positions,
    /,
    *,
    rank: np.ndarray[Any, Any] | None = None,
    merit: _Positions | None = None,
    last: bool = False,
) -> tuple[_Positions, _Positions]:
    """The rows that share their key with others, best first, and for each the row that stays.

    Args:
        hashes: The keys, hashed, of shape (rows, 2).
        rows: Number of each row, which rises.
        rank: As for `find_repeats`, as are the next two.
        merit: One number a row.
        last: Whether the last of equals stays.
    """
    several = np.flatnonzero(_shared(hashes[:, 0]))
    if not len(several):
        return several, several
    key = hashes[several]
    numbers = rows[several]
    keys = [-numbers if last else numbers]
    if merit is not None:
        keys.append(~merit[several])  # the complement turns the order round, where a minus sign may overflow
    if rank is not None:
        keys.append(-rank[several].astype(np.int64))
    sorted_ = np.lexsort((*keys, key[:, 1], key[:, 0]))
    key, numbers = key[sorted_], numbers[sorted_]
    starts = np.append(True, (key[1:] != key[:-1]).any(axis=1))
    group = np.cumsum(starts) - 1
    stays = numbers[starts][group]
    more = np.bincount(group)[group] > 1
    return numbers[more], stays[more]


def join_repeats(rows: int, parts: Sequence[tuple[_Positions, _Positions]], /) -> Repeats:
    """What `order_repeats` found in parts that share no key, as one."""
    order = np.concatenate([np.arange(0), *(part[0] for part in parts)])
    stays = np.concatenate([np.arange(0), *(part[1] for part in parts)])
    sorted_ = np.argsort(stays, kind="stable")
    return Repeats(rows, order[sorted_], stays[sorted_])


def _shared(hashes: np.ndarray[Any, np.dtype[np.uint64]]) -> Mask:
    """True where another row has the same hash; now and then where none has."""
    ordered = np.sort(hashes)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    table = np.zeros(1 << max(len(hashes).bit_length() + 2, 8), dtype=bool)
    last = np.uint64(len(table) - 1)
    table[twice & last] = True
    found: Mask = table[hashes & last]
    return found
