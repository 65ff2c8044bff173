"""Partly: a request of leads that went one by one, of which some were answered before something ended it.

It becomes the parts that it fell into: what was answered, what nobody can tell, the lead that was refused, and the
rest, which did not go out. Nothing here sends.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hygiene.arrow.text import Mask
from hygiene.errors import PartlyTaken, Rejected
from hygiene.importing.in_doubt import replays
from hygiene.importing.records import Entry
from hygiene.outcomes import Counts
from hygiene.sinks import RowResult
from hygiene.sinks.rows import as_octets

__all__ = ["Parts"]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a batch, each with a number of its own; None for one that has no leads.

    Attributes:
        answered: Leads that were answered.
        unknown: Leads of which nobody can tell.
        refused: The lead that was refused for what it is.
        rest: Leads that did not go out.
        rows: What was said of the leads that were answered, by their place there.
    """

    answered: Entry | None
    unknown: Entry | None
    refused: Entry | None
    rest: Entry | None
    rows: Sequence[RowResult]

    @classmethod
    def of(cls, sent: Entry, partly: PartlyTaken, /, *, free: int) -> "Parts":
        """The parts of a batch that was sent; the first number that is free is for those but the answered ones."""
        places = np.arange(len(sent.leads))
        answered = np.isin(places, [row.position for row in partly.rows])
        unknown = np.isin(places, partly.unknown) & ~answered
        refused = (places == partly.at) & isinstance(partly.error, Rejected) & ~answered & ~unknown

        def part(mask: Mask, number: int) -> Entry | None:
            return sent.part(sent.leads[mask], number=number) if mask.any() else None

        order = np.cumsum(answered) - 1
        rows = [replace(row, position=int(order[row.position])) for row in partly.rows]
        rest = ~(answered | unknown | refused)
        return cls(
            part(answered, sent.number),
            part(unknown, free),
            part(refused, free + 1),
            part(rest, free + 2),
            rows,
        )

    def entries(self) -> Iterator[Entry]:
        """Those that there are, none of them sent as far as they say."""
        return (part for part in (self.answered, self.unknown, self.refused, self.rest) if part is not None)

    def as_it_came(self, entry: Entry, /) -> Entry:
        """A batch with what became of it, where it is one of these; another as it is."""
        if self.answered is not None and entry.number == self.answered.number:
            counts = _counts(self.rows)
            return entry.with_result(
                state="acknowledged",
                reported=counts,
                replayed=replays(entry.result.predicted, counts) if entry.lost else 0,
                told=as_octets(self.rows, leads=len(entry.leads)),
                told_words=tuple((row.position, row.words) for row in self.rows if row.words),
            )
        if self.unknown is not None and entry.number == self.unknown.number:
            return replace(entry.with_result(state="unknown"), lost=entry.lost + 1)
        return entry


def _counts(rows: Sequence[RowResult]) -> Counts:
    of = Counter(row.became for row in rows)
    return Counts(len(rows), of["imported"] + of["updated"], of["duplicate"], of["blocked"])
