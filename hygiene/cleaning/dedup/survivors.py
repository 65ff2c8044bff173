"""Duplicates: which rows are the same lead, and which of them stays.

Two rows are the same where their keys are equal; what a key is, `address` and `person` say. Keys are held
against each other as hashes of 128 bits under a random key. A null key is equal to nothing. Which row stays
depends on no chance: of rows that are equally good the first stays, and files come in the order they were
named in. Nothing here asks the API.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.hashing import Hashes, hash_texts
from hygiene.arrow.text import Mask, is_blank
from hygiene.columns.dates import Dated, times
from hygiene.columns.leads import Leads
from hygiene.columns.mapping import MALFORMED
from hygiene.errors import UsageError, option

__all__ = ["Keep", "Repeats", "find_repeats", "join_repeats", "order_repeats"]

_Positions: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]


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
            msg = f"{option('keep', text)}: expected first, last, most-complete or newest:COLUMN."
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

    def merits(self, leads: Leads, /) -> _Positions:
        """One number a row; the row with the highest stays.

        Raises:
            UsageError: the column of dates is not there.
        """
        if self.rule == "most-complete":
            cells = [~is_blank(texts) for name, texts in leads.texts() if name != MALFORMED]
            filled: _Positions = np.array(cells).sum(axis=0, dtype=np.int64)
            return filled
        if self.rule == "newest":
            return self._times(leads)
        return np.zeros(len(leads), dtype=np.int64)

    def dated(self, leads: Leads, merits: _Positions | None, /) -> Dated:
        """How far the column of dates was understood; of no cell where rows do not go by one.

        Args:
            leads: The rows.
            merits: What `merits` says of them.
        """
        if self.rule != "newest" or merits is None:
            return Dated()
        return Dated.of(leads[self.column], merits)

    def _times(self, leads: Leads) -> _Positions:
        if self.column not in leads:
            msg = f"{option('keep', self.text)}: no such column; there are {', '.join(map(str, leads.columns))}."
            raise UsageError(msg)
        return times(leads[self.column])


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
        found[self.order.take(np.flatnonzero(self.among))] = True
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
    total, rows = len(key), np.arange(len(key))
    if key.null_count:
        rows = np.flatnonzero(pc.is_valid(key).to_numpy(zero_copy_only=False))
        key = pc.drop_null(key)
        rank, merit = (None if each is None else each[rows] for each in (rank, merit))
    part = order_repeats(hash_texts(key), rows, rank=rank, merit=merit, last=last)
    return join_repeats(total, [part])[0]


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
    if last:  # turned round, it is the first
        hashes, rows = hashes[::-1], rows[::-1]
        rank, merit = (None if each is None else each[::-1] for each in (rank, merit))
    order, heads = _told_apart(hashes, *_clusters(hashes))
    # A complement turns an order round, where a minus sign may overflow.
    preferred = [~each[order] for each in (merit, rank) if each is not None]
    if preferred:
        order = order[np.lexsort((*preferred, np.cumsum(heads)))]
    numbers = rows[order]
    return numbers, numbers.take(np.flatnonzero(heads)).take(np.cumsum(heads) - 1)


def join_repeats(rows: int, parts: Sequence[tuple[_Positions, _Positions]], /) -> tuple[Repeats, _Positions]:
    """What `order_repeats` found in parts that share no key, as one.

    Returns:
        The repeats, and the order that they stand in now, for what goes along with the parts.
    """
    order = np.concatenate([np.arange(0), *(part[0] for part in parts)])
    stays = np.concatenate([np.arange(0), *(part[1] for part in parts)])
    sorted_ = _stable_order(stays)
    return Repeats(rows, order[sorted_], stays[sorted_]), sorted_


def _stable_order(numbers: _Positions) -> _Positions:
    """`np.argsort(numbers, kind="stable")` of small numbers not below 0, several times as fast."""
    bits = len(numbers).bit_length()
    order: _Positions = numbers << bits
    order |= np.arange(len(numbers))
    order.sort()
    order &= (1 << bits) - 1
    return order


def _clusters(hashes: Hashes) -> tuple[_Positions, Mask]:
    """Positions of the rows whose key several seem to have, key by key and in order; true for the first of each.

    The bits of a hash that a position takes the place of are not looked at.
    """
    last = np.uint64((1 << len(hashes).bit_length()) - 1)
    placed = hashes[:, 0] & ~last
    placed |= np.arange(len(hashes), dtype=np.uint64)
    placed.sort()
    like = np.zeros(len(hashes) + 1, dtype=bool)
    like[1 : len(hashes)] = placed[1:] ^ placed[:-1] <= last  # the one before
    several = np.flatnonzero(like[1:] | like[:-1])
    return (placed.take(several) & last).view(np.int64), ~like.take(several)


def _told_apart(hashes: Hashes, order: _Positions, heads: Mask) -> tuple[_Positions, Mask]:
    """The same by all bits: few rows, mostly none, only seemed to share their key."""
    new = _differs(hashes.take(order, axis=0))
    if (new == heads).all():
        return order, heads
    cluster = np.cumsum(heads)
    mixed = np.flatnonzero(np.isin(cluster, cluster[new & ~heads]))
    keys = hashes.take(order[mixed], axis=0)
    order[mixed] = order[mixed[np.lexsort((keys[:, 1], keys[:, 0]))]]
    new = _differs(hashes.take(order, axis=0))
    more = ~(new & np.append(new[1:], True))
    return order[more], new[more]


def _differs(keys: Hashes) -> Mask:
    """True where a key differs from the one before, and for the first."""
    found: Mask = np.ones(len(keys), dtype=bool)
    differs = keys[1:] != keys[:-1]
    found[1:] = differs[:, 0] | differs[:, 1]
    return found
