"""Batches: leads divided into requests, and which request of an import comes next.

One whose answer was lost comes first, then the rest in the order of their numbers. Nothing here sends.
"""

import itertools
from collections.abc import Collection, Iterable

import numpy as np

from hygiene.importing.records import Entry
from hygiene.outcomes import Counts
from hygiene.prediction.reconcile import BatchResult

__all__ = ["Batches", "divide_leads"]

_LEFT = ("planned", "unknown")


def divide_leads(leads: int, size: int, /, *, first: int = 0, number: int = 1) -> list[Entry]:
    """Batches of so many leads, not predicted yet.

    Args:
        leads: How many.
        size: Leads a request.
        first: Place of the first of them.
        number: Number of the first batch.
    """
    ends = [*range(first, first + leads, size), first + leads]
    parts = [np.arange(start, end) for start, end in itertools.pairwise(ends) if start < end]
    return [
        Entry(part, BatchResult(number + at, len(part), "planned", 0, Counts()))
        for at, part in enumerate(parts)
    ]


class Batches:
    """The batches of an import, by number.

    Args:
        entries: All of them.

    Attributes:
        leads: Leads in all of them.
        leads_left: Leads in those that are not done with.
    """

    def __init__(self, entries: Iterable[Entry] = (), /) -> None:
        self.replace(entries)

    def __getitem__(self, number: int) -> Entry:
        return self._all[number]

    def entries(self) -> list[Entry]:
        """Every batch."""
        return list(self._all.values())

    def left(self) -> list[Entry]:
        """Those that are not done with."""
        return list(self._left.values())

    def last(self, *, after: int, without: Collection[int]) -> Entry | None:
        """The last of those that are left and have higher numbers, but for those that are held back."""
        later = (number for number in self._left if number > after and number not in without)
        return self._left.get(max(later, default=0))

    def make_room(self, number: int, /) -> bool:
        """Let a number be free for what is to go out next, and whether it is.

        Batches that were not sent make room; what was sent keeps its number, which is the order it was sent in.
        """
        later = [each for each in self.entries() if each.number >= number]
        if any(each.result.state != "planned" for each in later):
            return False
        kept = [each for each in self.entries() if each.number < number]
        self.replace([*kept, *(each.with_result(batch=each.number + 1) for each in later)])
        return True

    def free_number(self) -> int:
        """A number above all others."""
        return max(self._all, default=0) + 1

    def replace(self, entries: Iterable[Entry], /) -> None:
        """Hold these instead."""
        self._all = {entry.number: entry for entry in entries}
        self._left = {
            number: entry for number, entry in sorted(self._all.items()) if entry.result.state in _LEFT
        }
        self._lost = {number for number, entry in self._left.items() if entry.result.state == "unknown"}
        self.leads = sum(len(entry.leads) for entry in self._all.values())
        self.leads_left = sum(len(entry.leads) for entry in self._left.values())

    def note(self, entry: Entry, /) -> None:
        """Take note of what became of a batch that was left; its leads are the same."""
        self._all[entry.number] = entry
        self._lost.discard(entry.number)
        if entry.result.state in _LEFT:
            self._left[entry.number] = entry
            self._lost |= {entry.number} if entry.result.state == "unknown" else set()
        elif self._left.pop(entry.number, None) is not None:
            self.leads_left -= len(entry.leads)

    def next(self, *, after: int = 0, without: Collection[int] = ()) -> Entry | None:
        """The batch to look at next.

        Args:
            after: A batch whose fate is not known yet; only those with higher numbers are meant.
            without: Numbers that are held back.
        """
        lost = [number for number in self._lost if number > after and number not in without]
        if lost:
            return self._all[min(lost)]
        planned = (number for number in self._left if number > after and number not in without)
        return next((self._left[number] for number in planned), None)
