"""Run: send the batches that are left, one after the other, and note what becomes of each.

A batch is noted as being sent before it goes out, together with the answer to the one before: one commit a
batch. One whose answer is lost is settled by evidence before anything else is sent; after three lost answers
in a row the run stops.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from hygiene.arrow.text import Mask
from hygiene.cleaning.result import CleanedLeads
from hygiene.errors import (
    HygieneError,
    Interrupted,
    JobUnfinished,
    JournalLost,
    LeadLimit,
    Note,
    PartlyTaken,
    Rejected,
    SinkError,
    UnknownOutcome,
)
from hygiene.importing.crossing import Crossing
from hygiene.importing.in_doubt import Doubt, OnUnknown, replays
from hygiene.importing.jobs import follow
from hygiene.importing.ledger import Ledger
from hygiene.importing.partly import Parts
from hygiene.importing.payload import Payload
from hygiene.importing.prefetch import Prefetch
from hygiene.importing.records import Entry, Frozen, Places, Record
from hygiene.importing.refusals import Refusals
from hygiene.importing.witness import Witness
from hygiene.outcomes import Counts
from hygiene.sinks import Job, Reply, Sink, leaves_open
from hygiene.sinks.rows import apart, as_octets

_log = logging.getLogger("hygiene")

__all__ = ["OnUnknown", "Progress", "Sender"]

Progress = Callable[[int, int], None]

#: Lost answers in a row after which a run stops. Others do the same (code-dot-org, pull request 13918).
MOST_LOST = 3


@dataclass(slots=True)
class Sender:
    """One run of an import.

    Attributes:
        cleaned: The leads, as they are now.
        sink: Where to.
        record: What is remembered.
        frozen: What the first run settled.
        waive_blocklist: Whether the block list is waived.
        send_all: Whether leads that the list is known to hold are sent too.
        on_unknown: What is done about lost answers.
        progress: Called with the leads done and all leads.
        stop: Whether to stop before the next request.
        forbidden: Row numbers that must not be sent, though a batch whose answer was lost may hold them.
        progressed: Whether anything may have landed, or was settled.
        crossing: What imports that run at the same time bring to the list.
    """

    cleaned: CleanedLeads
    sink: Sink
    record: Record
    frozen: Frozen
    waive_blocklist: bool = False
    send_all: bool = False
    on_unknown: OnUnknown = "verify"
    progress: Progress | None = None
    stop: Callable[[], bool] | None = None
    forbidden: Places = field(default_factory=lambda: np.arange(0), repr=False)
    progressed: bool = False
    crossing: Crossing = field(init=False)
    _doubt: Doubt = field(init=False, repr=False)
    _ledger: Ledger = field(init=False, repr=False)
    _refusals: Refusals = field(init=False, repr=False)
    _outgoing: Prefetch = field(init=False, repr=False)
    _allowed: Mask = field(init=False, repr=False)
    _lost_in_a_row: int = 0

    def send(self) -> HygieneError | None:
        """Send what is left; why it stopped before the end, None where it did not."""
        self._ledger = Ledger(self.record, self.frozen.policy, self.waive_blocklist)
        rows, self.crossing = self.record.rows(), Crossing(self.record)
        self._doubt = Doubt(
            self.cleaned, self.record, self.frozen.policy, self.crossing, self.waive_blocklist
        )
        self._allowed = ~np.isin(rows, self.forbidden)
        payload = Payload(self.cleaned, custom=self.frozen.custom)
        self._outgoing = Prefetch(self.sink, payload, rows, self.frozen, waive_blocklist=self.waive_blocklist)
        witness = Witness(self.cleaned, self.sink, self._ledger, self._outgoing, self._allowed)
        self._refusals = Refusals(self._ledger, witness, self.frozen.batch_leads)
        try:
            try:
                return self._send_all()
            finally:
                for entry in self.crossing.explained(self._ledger.batches.entries()):
                    self._ledger.note(entry)
                self._ledger.write_down()
        except JournalLost as lost:
            return lost

    def notes(self) -> list[Note]:
        """Sentences worth telling about how it went."""
        return [*self.crossing.notes(), *self._refusals.witness.notes]

    def _send_all(self) -> HygieneError | None:
        while (entry := self._refusals.next()) is not None:
            if self.stop is not None and self.stop():
                return Interrupted("asked to stop.")
            met, error = self.crossing.look(), None
            if not self.send_all:
                self._allowed[met] = False
            if entry.result.state == "unknown":
                error = self._settle(entry)
                entry = self._ledger.batches[entry.number]
            if error is None and entry.result.state in ("unknown", "planned"):
                error = self._post_allowed(entry)
            if error is not None:
                return error
            self._tell()
        return self._refusals.judge()

    def _tell(self) -> None:
        if self.progress is not None:
            batches = self._ledger.batches
            self.progress(batches.leads - batches.leads_left, batches.leads)

    def _post_allowed(self, entry: Entry) -> HygieneError | None:
        """Send a batch without what must not be sent; a batch of nothing else is none any more."""
        kept = entry.leads[self._allowed[entry.leads]]
        if len(kept) < len(entry.leads):
            self.crossing.taken_out(entry.leads[~self._allowed[entry.leads]])
            parts = [entry.part(kept, number=entry.number)] if len(kept) else []
            self._ledger.rearrange([entry.number], parts)
        return self._post(self._ledger.batches[entry.number]) if len(kept) else None

    def _post(self, entry: Entry) -> HygieneError | None:
        """Send one batch, once."""
        request = self._outgoing.request(entry)
        sent = entry.with_result(attempts=entry.result.attempts + 1, job="", answered_at=_now())
        _log.info("batch %d: sending %d leads", entry.number, len(entry.leads))
        self._ledger.sending(sent)
        try:
            try:
                reply = request.send(
                    meanwhile=lambda: self._outgoing.write_ahead(self._refusals.next(after=entry.number))
                )
            finally:
                sent = sent.with_result(answered_at=_now())
        except PartlyTaken as partly:
            return self._take_apart(sent, partly)
        except UnknownOutcome as lost:
            return self._lose(sent, lost)
        except (SinkError, Interrupted) as refusal:
            return self._not_taken(entry, sent, refusal)
        if isinstance(reply, Job):
            sent = sent.with_result(job=reply.id)
            self.record.sending(sent)
            return self._follow(sent)
        return self._acknowledge(sent, reply)

    def _take_apart(self, sent: Entry, partly: PartlyTaken) -> HygieneError | None:
        """Take note of what became of a batch lead by lead, and go on with the rest where it may be gone on with."""
        parts, rows = (
            Parts.of(sent, partly, free=self._ledger.batches.free_number()),
            self._outgoing.rows(sent),
        )
        self._ledger.rearrange([sent.number], list(parts.entries()), became=parts.as_it_came)
        self.progressed = True
        if parts.answered is not None:
            self._lost_in_a_row = 0
            self._refusals.accept()
        if parts.unknown is not None:
            self._ledger.lost_here.add(parts.unknown.number)
            self._lost_in_a_row += 1
        if parts.refused is not None and isinstance(partly.error, Rejected):
            told = partly.error.at(rows)
            return self._refusals.refuse(self._ledger.batches[parts.refused.number], told)
        stops = self.on_unknown == "stop" or self._lost_in_a_row >= MOST_LOST
        return None if isinstance(partly.error, UnknownOutcome) and not stops else partly.error

    def _follow(self, sent: Entry) -> HygieneError | None:
        """Wait for the job that was made of a batch; it is in the record."""
        try:
            reply = follow(self.sink, sent.result.job, stop=self.stop)
        except JobUnfinished as unfinished:
            self._lose(sent, unfinished)
            return unfinished
        except Rejected as refusal:
            return self._refusals.refuse(sent.with_result(job=""), refusal.at(self._outgoing.rows(sent)))
        return self._acknowledge(sent, reply)

    def _not_taken(self, entry: Entry, sent: Entry, refusal: SinkError | Interrupted) -> HygieneError | None:
        """Take note of a refusal, or of a batch that never went out."""
        status = refusal.status if isinstance(refusal, SinkError) else None
        if status is not None and leaves_open(status, of=self.sink):
            msg = f"{self.sink.name}: HTTP {status} does not say what became of batch {entry.number}: {refusal.marked}"
            return self._lose(sent, UnknownOutcome(msg))
        if isinstance(refusal, Rejected):
            return self._refusals.refuse(sent, refusal.at(self._outgoing.rows(entry)))
        self._ledger.note(entry if status is None else sent)
        return refusal

    def _acknowledge(self, entry: Entry, reply: Reply) -> HygieneError | None:
        counts = apart(reply.counts, of=self.sink)
        again = entry.lost and not entry.result.job  # of a job it is the first answer
        self._ledger.note(
            entry.with_result(
                state="acknowledged",
                reported=counts,
                extra=reply.extra,
                replayed=replays(entry.result.predicted, counts) if again else 0,
                nonsense=reply.nonsense,
                told=as_octets(reply.rows, leads=len(entry.leads)),
                told_words=tuple((row.position, row.words) for row in reply.rows if row.words),
            )
        )
        self.progressed, self._lost_in_a_row = True, 0
        self._refusals.accept()
        return LeadLimit(reply.limit) if reply.limit else None

    def _lose(self, entry: Entry, lost: UnknownOutcome) -> HygieneError | None:
        self._ledger.note(replace(entry.with_result(state="unknown"), lost=entry.lost + 1))
        self._ledger.lost_here.add(entry.number)
        self.progressed = True
        self._lost_in_a_row += 1
        stops = self.on_unknown == "stop" or isinstance(lost, LeadLimit)
        return lost if stops or self._lost_in_a_row >= MOST_LOST else None

    def _settle(self, entry: Entry) -> HygieneError | None:
        """Find out what became of a batch; where it stays unknown, it is to be sent again."""
        if entry.result.job and self.on_unknown != "resend":
            return self._follow(entry)
        found = self._doubt.found(entry, self._ledger.batches.entries(), self.sink, self.on_unknown)
        if isinstance(found, HygieneError):
            return found
        evidence, met = found
        if evidence == "landed":
            counts = entry.result.predicted + Counts(0, -met, met, 0)
            once = entry.result.attempts == 1  # of several sends nobody knows which one landed
            moment = entry.result.answered_at if once else 0
            self._ledger.note(entry.with_result(state="settled", reported=counts, answered_at=moment))
            self.progressed = True
            self._refusals.accept()
        else:
            here = entry.number in self._ledger.lost_here
            return self._doubt.against_sending(entry, self.sink, evidence, self.on_unknown, lost_here=here)
        return None


def _now() -> int:
    """This moment, in ms since 1970 in UTC."""
    return time.time_ns() // 1_000_000
