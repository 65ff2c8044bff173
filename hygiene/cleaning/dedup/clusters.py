"""Relations: what the rows of a whole input are to each other, as the chunks of it see that.

Nothing is found out here; that is for `key_index`.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from hygiene.arrow.text import Mask
from hygiene.cleaning.dedup.survivors import Repeats

__all__ = ["Carried", "ChunkClusters", "Cluster", "Clusters"]

_Numbers = np.ndarray[Any, np.dtype[np.int64]]
_Ranks = np.ndarray[Any, np.dtype[np.int8]]


@dataclass(frozen=True, slots=True)
class Carried:
    """Texts of some rows that hold for other rows with their key as well.

    Attributes:
        rows: Positions of those other rows; they rise.
        text: What holds for each.
        source: Positions of the rows that it is from, of several the first.
    """

    rows: _Numbers
    text: pa.Array
    source: _Numbers

    def within(self, start: int, end: int, /) -> pa.Array:
        """The text of each row of a chunk, null elsewhere."""
        first, last = np.searchsorted(self.rows, [start, end])
        place = np.full(end - start, -1, dtype=np.int64)
        place[self.rows[first:last] - start] = np.arange(last - first)
        return self.text.slice(first, last - first).take(pa.array(place, mask=place < 0))


class Cluster(NamedTuple):
    """The rows of one lead: the one that stays, those it replaces, and the kinds of match among them."""

    stays: int
    replaced: list[int]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class ChunkClusters:
    """Where the rows of one chunk end, and what they are to other rows.

    Attributes:
        rows: Their row numbers.
        ranks: Rank of each row's outcome.
        place: Positions of the rows whose key several have.
        stays: Number of the row that stays, for each of them.
        exact: Whether it has the exact key of the row that stays.
        marks: Opt-out mark of another row that holds for the row, by position; null for none.
        named: Suppression entry of another row that holds for it.
        likely: Number of a row that is likely of the same person, and why; None where nobody asked.
    """

    rows: _Numbers
    ranks: _Ranks
    place: _Numbers
    stays: _Numbers
    exact: Mask
    marks: pa.Array
    named: pa.Array
    likely: pa.Array | None = None

    @property
    def among(self) -> Mask:
        """True for the rows of `place` that another row stays for."""
        found: Mask = self.stays != self.rows[self.place]
        return found

    def where(self, chosen: Mask, /) -> Mask:
        """True where a row of `place` is chosen, by position."""
        found = np.zeros(len(self.rows), dtype=bool)
        found[self.place[chosen]] = True
        return found


@dataclass(frozen=True)
class Clusters:
    """What rows are to each other.

    Attributes:
        ranks: Rank of each row's outcome, duplicates included.
        repeats: Which rows stay for which.
        exact: Whether each row of `repeats.order` has the exact key of the row that stays.
        sound: Whether nothing but the row that stays speaks against each row of `repeats.order`.
        marks: Opt-out marks that hold for other rows of the same lead.
        named: Suppression entries that hold for other rows of the same person.
        likely: Rows that are likely of the same person as another; None where nobody asked.
    """

    ranks: _Ranks
    repeats: Repeats
    exact: Mask = field(repr=False)
    sound: Mask = field(repr=False)
    marks: Carried = field(repr=False)
    named: Carried = field(repr=False)
    likely: Carried | None = field(default=None, repr=False)

    @cached_property
    def _by_row(self) -> tuple[_Numbers, _Numbers]:
        """The rows of `repeats.order` as they rise, and where each stands there."""
        order = np.argsort(self.repeats.order)
        return self.repeats.order[order], order

    def largest(self, most: int, /) -> list[Cluster]:
        """The largest clusters first, then in the order of the rows that stay."""
        rows, order = self._by_row
        found = []
        for stays, replaced in self.repeats.largest(most):
            exact = self.exact[order[np.searchsorted(rows, replaced)]]
            kinds = {"exact" if same else "person" for same in exact.tolist()}
            found.append(Cluster(stays, replaced, tuple(sorted(kinds))))
        return found

    def within(self, start: int, end: int, /) -> ChunkClusters:
        """Those of the rows of a chunk."""
        rows, order = self._by_row
        first, last = np.searchsorted(rows, [start, end])
        chosen = order[first:last]
        return ChunkClusters(
            np.arange(start + 1, end + 1),
            self.ranks[start:end],
            rows[first:last] - start,
            self.repeats.stays[chosen] + 1,
            self.exact[chosen],
            self.marks.within(start, end),
            self.named.within(start, end),
            None if self.likely is None else self.likely.within(start, end),
        )
