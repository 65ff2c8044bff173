"""Isolate: which leads of a refused request are at fault.

Rows that the API names are set aside and the rest is sent; where it names none, the batch is halved. A
lead counts as rejected only once a request without it was accepted: an API that refuses every request
says nothing about leads, and the import stops before that eats the list. Nothing here sends.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from hygiene.errors import Rejected
from hygiene.importing.records import Entry

__all__ = ["Suspects", "divide"]

#: Refusals in a row after which named rows are not believed to be the only ones, and batches are halved.
MOST_NAMED = 4


@dataclass(slots=True)
class Suspects:
    """Batches that are held back because a refusal points at all of their leads.

    Attributes:
        by_number: The refusal, by batch number.
        refusals: Refusals since a request was last accepted.
        looked_ahead: Whether a lead that is far from them was tried since.
        vouched: How often in a row a lead that had landed was taken once more, and no other.
    """

    by_number: dict[int, Rejected] = field(default_factory=dict)
    refusals: int = 0
    looked_ahead: bool = False
    vouched: int = 0

    def unproved(self) -> Rejected | None:
        """A refusal that names no lead and no accepted request speaks for; None where there is none."""
        return next((refusal for refusal in self.by_number.values() if not refusal.positions), None)

    def make_room(self, free: int, /) -> None:
        """Let every batch from a number on have the next one."""
        self.by_number = {number + (number >= free): refusal for number, refusal in self.by_number.items()}

    def are_too_many(self, batch_leads: int, /) -> bool:
        """Whether so many requests in a row were refused that the request itself may be at fault.

        Each time that proves wrong twice as many are let pass, so that few leads have to vouch for many refusals.
        """
        return self.refusals > _let_pass(batch_leads) << self.vouched

    def need_proof(self, batch_leads: int, /) -> bool:
        """Whether more were refused since the last proof than are let pass without any."""
        return self.refusals > _let_pass(batch_leads)


def _let_pass(batch_leads: int) -> int:
    """Refusals in a row that say nothing yet.

    To halve a batch down to one lead takes its binary logarithm of refusals; a few more are let pass.
    """
    return math.ceil(math.log2(max(batch_leads, 2))) + 2 * MOST_NAMED


def divide(entry: Entry, refusal: Rejected, /, *, number: int, refusals: int) -> tuple[list[Entry], set[int]]:
    """What a refused batch becomes, and the numbers of those parts that are under suspicion.

    Args:
        entry: The batch.
        refusal: The refusal; positions in it count from 0.
        number: A batch number that is free, of the part that goes out later.
        refusals: Refusals since a request was last accepted, this one among them.
    """
    named = sorted({place for place in refusal.positions if 0 <= place < len(entry.leads)})
    if len(entry.leads) == 1 or len(named) == len(entry.leads):
        return [entry.with_result(state="planned")], {entry.number}
    if named and refusals <= MOST_NAMED:
        return _named(entry, named, number)
    half = len(entry.leads) // 2
    first, second = entry.leads[:half], entry.leads[half:]
    return [entry.part(first, number=entry.number), entry.part(second, number=number)], set()


def _named(entry: Entry, named: Sequence[int], number: int) -> tuple[list[Entry], set[int]]:
    at_fault = np.isin(np.arange(len(entry.leads)), named)
    rest = entry.part(entry.leads[~at_fault], number=entry.number)
    suspect = entry.part(entry.leads[at_fault], number=number)
    return [rest, suspect], {number}
