"""Layout: where in its request each lead stands, and how many others lie between.

Others are leads that no rule touches: of them it matters alone how many are past a limit. Nothing here knows what a
lead is counted as.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from hygiene.arrow.text import Mask
from hygiene.prediction.features import Codes

__all__ = ["Layout"]


@dataclass(frozen=True)
class Layout:
    """How leads lie in requests.

    Attributes:
        batch: The request of each lead, from 0 and never falling.
        others: How many more leads each request holds.
        place: Where each lead stands among all, others included.
    """

    batch: Codes
    others: Codes
    place: Codes

    @classmethod
    def of(cls, batch: Codes, /, *, others: Codes | None = None, place: Codes | None = None) -> Self:
        """The same, where without others every lead stands after the one before."""
        if others is None:
            others = np.zeros(int(batch[-1]) + 1 if len(batch) else 0, dtype=np.int64)
        return cls(batch, others, np.arange(len(batch)) if place is None else place)

    @cached_property
    def sizes(self) -> Codes:
        """Leads of each request, others included."""
        return self.others + np.bincount(self.batch, minlength=len(self.others))

    @cached_property
    def firsts(self) -> Codes:
        """Where each request begins."""
        return np.cumsum(self.sizes) - self.sizes

    def within(self, limit: int, /) -> Mask:
        """True where a lead is among the first of its request; all are where the limit is 0."""
        if not limit:
            return np.ones(len(self.batch), dtype=bool)
        found: Mask = self.place - self.firsts[self.batch] < limit
        return found

    def others_within(self, limit: int, /) -> Codes:
        """Others of each request among its first leads."""
        if not limit:
            return self.others
        return self._others_up_to(self.firsts + np.minimum(limit, self.sizes))

    def others_until(self, others: Codes, end: int, /) -> Codes:
        """Others of each request that stand before a place, at most so many and the first of them."""
        return np.minimum(others, self._others_up_to(np.clip(end, self.firsts, self.firsts + self.sizes)))

    def _others_up_to(self, ends: Codes) -> Codes:
        """Others of each request before its end."""
        touched = np.searchsorted(self.place, ends) - np.searchsorted(self.place, self.firsts)
        return ends - self.firsts - touched

    def end_of(self, credit: int, imported: Mask, others: Codes, /) -> int:
        """The place behind the lead that takes the last of a credit; behind all where some of it is left.

        Args:
            credit: Leads that may be imported.
            imported: Which leads are, were there no end.
            others: How many of each request's others are, the first of them.
        """
        before = np.concatenate([[0], np.cumsum(imported)])
        low, high = 0, int(self.sizes.sum())
        while low < high:
            middle = (low + high) // 2
            taken = before[np.searchsorted(self.place, middle)] + self.others_until(others, middle).sum()
            low, high = (low, middle) if taken >= credit else (middle + 1, high)
        return low
