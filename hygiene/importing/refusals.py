"""Refusals: what follows from one, until it is known whether leads are at fault or the API takes none.

Which leads a refusal points at is said in `bisect`; one that landed and tells whether any is taken still, in `witness`.
"""

from dataclasses import dataclass, field

from hygiene.errors import HygieneError, Rejected
from hygiene.importing.bisect import Suspects, divide
from hygiene.importing.ledger import Ledger
from hygiene.importing.records import Entry
from hygiene.importing.witness import Witness

__all__ = ["Refusals"]


@dataclass(slots=True)
class Refusals:
    """The refusals of one run.

    Attributes:
        ledger: Its batches.
        witness: Tells whether the API takes any lead still.
        batch_leads: Leads a request.
    """

    ledger: Ledger
    witness: Witness
    batch_leads: int
    _suspects: Suspects = field(default_factory=Suspects)

    def next(self, *, after: int = 0) -> Entry | None:
        """The batch to look at next, without those that are under suspicion; see `Batches.next`."""
        return self.ledger.batches.next(after=after, without=self._suspects.by_number)

    def refuse(self, entry: Entry, refusal: Rejected, /) -> HygieneError | None:
        """Divide a batch that was refused; the refusal where nothing is to be sent after it."""
        self._suspects.refusals += 1
        too_many = self._suspects.are_too_many(self.batch_leads)
        if refusal.whole or too_many:
            self.ledger.note(entry.with_result(state="planned"))
            if refusal.whole:
                return refusal
            if self._look_ahead(entry.number):
                return None
            if not self._vouched():
                return refusal
            entry = self.ledger.batches[entry.number]
        divided = len(entry.leads) > 1 and self._make_room(entry.number + 1)
        number = entry.number + 1 if divided else self.ledger.batches.free_number()
        parts, suspects = divide(entry, refusal, number=number, refusals=self._suspects.refusals)
        self.ledger.rearrange([entry.number], parts)
        self._suspects.by_number |= dict.fromkeys(suspects, refusal)
        return None

    def accept(self, *, vouched: int = 0) -> None:
        """Reject the suspects, now that a request without them went through.

        Args:
            vouched: How often in a row that was one of a lead which had landed before.
        """
        self._suspects.refusals, self._suspects.looked_ahead = 0, False
        self._suspects.vouched = vouched
        if self._suspects.by_number:
            self._condemn()
            self.ledger.rearrange([], [])

    def judge(self) -> HygieneError | None:
        """Reject the suspects that are left at the end, unless nothing at all was ever accepted.

        Then only those are rejected that the API itself named; else the request as such is refused. More than are let
        pass without proof need a witness.
        """
        entries = self.ledger.batches.entries()
        if not any(entry.result.state in ("acknowledged", "settled") for entry in entries):
            if (unproved := self._suspects.unproved()) is not None:
                return unproved
        elif self._suspects.need_proof(self.batch_leads) and not self._vouched():
            return next(iter(self._suspects.by_number.values()), None)
        self._condemn()
        return None

    def _condemn(self) -> None:
        """Reject the suspects."""
        for number, refusal in self._suspects.by_number.items():
            words = refusal.said or str(refusal)
            self.ledger.note(self.ledger.batches[number].with_result(state="rejected", words=words))
        self._suspects.by_number = {}

    def _vouched(self) -> bool:
        """Whether a lead that landed is still taken, so that those which were refused since are at fault."""
        self.ledger.write_down()
        taken = self.witness.is_taken(after=self._suspects.refusals)
        if taken:
            self.accept(vouched=self._suspects.vouched + 1)
        return taken

    def _look_ahead(self, number: int) -> bool:
        """Let the last lead of all go out next, alone, before a batch: where it is taken, the others are at fault.

        Whether there is one; where that one is refused too, it tells nothing.
        """
        last = self.ledger.batches.last(after=number, without=self._suspects.by_number)
        if last is None or self._suspects.looked_ahead or not self._make_room(number):
            return False
        self._suspects.looked_ahead = True
        last = self.ledger.batches[last.number + 1]
        rest = [last.part(last.leads[:-1], number=last.number)] if len(last.leads) > 1 else []
        self.ledger.rearrange([last.number], [*rest, last.part(last.leads[-1:], number=number)])
        return True

    def _make_room(self, number: int) -> bool:
        """Let a number be free for what is to go out next, and whether it is."""
        if not self.ledger.make_room(number):
            return False
        self._suspects.make_room(number)
        return True
