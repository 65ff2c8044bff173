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
    PartlyTaken,
    Rejected,
    SinkError,
    UnknownOutcome,
)
from hygiene.importing.batches import Batches
from hygiene.importing.bisect import Suspects, divide
from hygiene.importing.crossing import Crossing
from hygiene.importing.in_doubt import Doubt, OnUnknown, replays
from hygiene.importing.jobs import follow
from hygiene.importing.partly import Parts
from hygiene.importing.payload import Payload
from hygiene.importing.prefetch import Prefetch
from hygiene.importing.records import Entry, Frozen, Places, Record, recount
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
    _batches: Batches = field(default_factory=Batches)
    _unwritten: list[Entry] = field(default_factory=list)
    _suspects: Suspects = field(default_factory=Suspects)
    _outgoing: Prefetch = field(init=False, repr=False)
    _allowed: Mask = field(init=False, repr=False)
    _lost_here: set[int] = field(default_factory=set)
    _lost_in_a_row: int = 0

    def send(self) -> HygieneError | None:
        """Send what is left; why it stopped before the end, None where it did not."""
        self._batches.replace(self.record.entries())
        rows, self.crossing = self.record.rows(), Crossing(self.record)
        self._doubt = Doubt(
            self.cleaned, self.record, self.frozen.policy, self.crossing, self.waive_blocklist
        )
        self._allowed = ~np.isin(rows, self.forbidden)
        payload = Payload(self.cleaned, custom=self.frozen.custom)
        self._outgoing = Prefetch(self.sink, payload, rows, self.frozen, waive_blocklist=self.waive_blocklist)
        try:
            try:
                return self._send_all()
            finally:
                for entry in self.crossing.explained(self._batches.entries()):
                    self._note(entry)
                self._write_down()
        except JournalLost as lost:
            return lost

    def _send_all(self) -> HygieneError | None:
        while (entry := self._next()) is not None:
            if self.stop is not None and self.stop():
                return Interrupted("asked to stop.")
            met, error = self.crossing.look(), None
            if not self.send_all:
                self._allowed[met] = False
            if entry.result.state == "unknown":
                error = self._settle(entry)
                entry = self._batches[entry.number]
            if error is None and entry.result.state in ("unknown", "planned"):
                error = self._post_allowed(entry)
            if error is not None:
                return error
            self._tell()
        return self._judge_suspects()

    def _next(self, *, after: int = 0) -> Entry | None:
        return self._batches.next(after=after, without=self._suspects.by_number)

    def _judge_suspects(self) -> HygieneError | None:
        """Reject the suspects that are left at the end, unless nothing at all was ever accepted.

        Then only those are rejected that the API itself named; else the request as such is refused.
        """
        taken = any(entry.result.state in ("acknowledged", "settled") for entry in self._batches.entries())
        unproved = None if taken else self._suspects.unproved()
        if unproved is None:
            self._condemn()
        return unproved

    def _condemn(self) -> None:
        """Reject the suspects."""
        for number, refusal in self._suspects.by_number.items():
            words = refusal.said or str(refusal)
            self._note(self._batches[number].with_result(state="rejected", words=words))
        self._suspects = Suspects()

    def _note(self, entry: Entry) -> None:
        """Take note of what became of a batch; it is written down before anything else is sent."""
        _log.debug("batch %d: %s", entry.number, entry.result.state)
        self._batches.note(entry)
        self._unwritten.append(entry)

    def _write_down(self) -> None:
        if self._unwritten:
            self.record.finished(self._unwritten)
            self._unwritten = []

    def _tell(self) -> None:
        if self.progress is not None:
            self.progress(self._batches.leads - self._batches.leads_left, self._batches.leads)

    def _post_allowed(self, entry: Entry) -> HygieneError | None:
        """Send a batch without what must not be sent; a batch of nothing else is none any more."""
        kept = entry.leads[self._allowed[entry.leads]]
        if len(kept) < len(entry.leads):
            self.crossing.taken_out(entry.leads[~self._allowed[entry.leads]])
            parts = [entry.part(kept, number=entry.number)] if len(kept) else []
            self._rearrange([entry.number], parts)
        return self._post(self._batches[entry.number]) if len(kept) else None

    def _post(self, entry: Entry) -> HygieneError | None:
        """Send one batch, once."""
        request = self._outgoing.request(entry)
        sent = entry.with_result(attempts=entry.result.attempts + 1, job="", answered_at=_now())
        _log.info("batch %d: sending %d leads", entry.number, len(entry.leads))
        self.record.sending(sent, noted=self._unwritten)
        self._unwritten = []
        try:
            try:
                reply = request.send(
                    meanwhile=lambda: self._outgoing.write_ahead(self._next(after=entry.number))
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
        parts, rows = Parts.of(sent, partly, free=self._batches.free_number()), self._outgoing.rows(sent)
        self._rearrange([sent.number], list(parts.entries()), became=parts.as_it_came)
        self.progressed = True
        if parts.answered is not None:
            self._lost_in_a_row = 0
            self._accept()
        if parts.unknown is not None:
            self._lost_here.add(parts.unknown.number)
            self._lost_in_a_row += 1
        if parts.refused is not None and isinstance(partly.error, Rejected):
            told = partly.error.at(rows)
            return self._refuse(self._batches[parts.refused.number], told)
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
            return self._refuse(sent.with_result(job=""), refusal.at(self._outgoing.rows(sent)))
        return self._acknowledge(sent, reply)

    def _not_taken(self, entry: Entry, sent: Entry, refusal: SinkError | Interrupted) -> HygieneError | None:
        """Take note of a refusal, or of a batch that never went out."""
        status = refusal.status if isinstance(refusal, SinkError) else None
        if status is not None and leaves_open(status, of=self.sink):
            msg = f"{self.sink.name}: HTTP {status} does not say what became of batch {entry.number}: {refusal.marked}"
            return self._lose(sent, UnknownOutcome(msg))
        if isinstance(refusal, Rejected):
            return self._refuse(sent, refusal.at(self._outgoing.rows(entry)))
        self._note(entry if status is None else sent)
        return refusal

    def _acknowledge(self, entry: Entry, reply: Reply) -> HygieneError | None:
        counts = apart(reply.counts, of=self.sink)
        again = entry.lost and not entry.result.job  # of a job it is the first answer
        self._note(
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
        self._accept()
        return LeadLimit(reply.limit) if reply.limit else None

    def _accept(self) -> None:
        """Reject the suspects, now that a request without them went through."""
        self._suspects.refusals, self._suspects.looked_ahead = 0, False
        if self._suspects.by_number:
            self._condemn()
            self._recount()

    def _lose(self, entry: Entry, lost: UnknownOutcome) -> HygieneError | None:
        self._note(replace(entry.with_result(state="unknown"), lost=entry.lost + 1))
        self._lost_here.add(entry.number)
        self.progressed = True
        self._lost_in_a_row += 1
        stops = self.on_unknown == "stop" or isinstance(lost, LeadLimit)
        return lost if stops or self._lost_in_a_row >= MOST_LOST else None

    def _refuse(self, entry: Entry, refusal: Rejected) -> HygieneError | None:
        self._suspects.refusals += 1
        too_many = self._suspects.are_too_many(self.frozen.batch_leads)
        if refusal.whole or too_many:
            self._note(entry.with_result(state="planned"))
            return None if not refusal.whole and self._look_ahead(entry.number) else refusal
        divided = len(entry.leads) > 1 and self._make_room(entry.number + 1)
        number = entry.number + 1 if divided else self._batches.free_number()
        parts, suspects = divide(entry, refusal, number=number, refusals=self._suspects.refusals)
        self._rearrange([entry.number], parts)
        self._suspects.by_number |= dict.fromkeys(suspects, refusal)
        return None

    def _look_ahead(self, number: int) -> bool:
        """Let the last lead of all go out next, alone, before a batch: where it is taken, the others are at fault.

        Whether there is one; an API that refuses that one too refuses everything.
        """
        last = self._batches.last(after=number, without=self._suspects.by_number)
        if last is None or self._suspects.looked_ahead or not self._make_room(number):
            return False
        self._suspects.looked_ahead = True
        last = self._batches[last.number + 1]
        rest = [last.part(last.leads[:-1], number=last.number)] if len(last.leads) > 1 else []
        self._rearrange([last.number], [*rest, last.part(last.leads[-1:], number=number)])
        return True

    def _make_room(self, number: int) -> bool:
        """Let a number be free for what is to go out next, and whether it is; the next `_rearrange` writes it down."""
        self._write_down()
        if not self._batches.make_room(number):
            return False
        self._suspects.make_room(number)
        self._lost_here = {each + (each >= number) for each in self._lost_here}
        return True

    def _rearrange(
        self, gone: list[int], parts: list[Entry], became: Callable[[Entry], Entry] = lambda entry: entry
    ) -> None:
        kept = [entry for entry in self._batches.entries() if entry.number not in gone]
        entries = [became(entry) for entry in self._counted([*kept, *parts])]
        self._write_down()
        self.record.rearranged(gone, entries)
        self._batches.replace(entries)

    def _recount(self) -> None:
        self._rearrange([], [])

    def _counted(self, entries: list[Entry]) -> list[Entry]:
        features = self.record.features()
        return recount(entries, features, self.frozen.policy, waive_blocklist=self.waive_blocklist)

    def _settle(self, entry: Entry) -> HygieneError | None:
        """Find out what became of a batch; where it stays unknown, it is to be sent again."""
        if entry.result.job and self.on_unknown != "resend":
            return self._follow(entry)
        found = self._doubt.found(entry, self._batches.entries(), self.sink, self.on_unknown)
        if isinstance(found, HygieneError):
            return found
        evidence, met = found
        if evidence == "landed":
            counts = entry.result.predicted + Counts(0, -met, met, 0)
            once = entry.result.attempts == 1  # of several sends nobody knows which one landed
            moment = entry.result.answered_at if once else 0
            self._note(entry.with_result(state="settled", reported=counts, answered_at=moment))
            self.progressed = True
            self._accept()
        else:
            here = entry.number in self._lost_here
            return self._doubt.against_sending(entry, self.sink, evidence, self.on_unknown, lost_here=here)
        return None


def _now() -> int:
    """This moment, in ms since 1970 in UTC."""
    return time.time_ns() // 1_000_000
