"""Reconciliation: predicted against reported counts, batch by batch and in total.

Why they differ is told as far as the counts alone tell it; nothing here asks the API.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from hygiene.display import counted, html_table
from hygiene.outcomes import Counts
from hygiene.prediction.explain import Explanation, Trace, explain
from hygiene.prediction.uncertainty import Bounds

__all__ = ["BatchResult", "BatchState", "Reconciliation", "Status", "reconcile"]

BatchState = Literal["planned", "acknowledged", "settled", "rejected", "unknown"]
Status = Literal["agrees", "within_range", "differs", "incomplete"]

#: What it means for the leads of a batch that it has no counts.
_MEANING: Mapping[str, str] = {
    "planned": "planned, not imported yet",
    "rejected": "rejected by the API, none of it was imported",
    "unknown": "unknown, the answer was lost and it may have landed",
}


@dataclass(frozen=True, slots=True)
class BatchResult:
    """One request of an import and what became of it.

    Attributes:
        batch: Its number, from 1.
        rows: Leads in it.
        state: `acknowledged` (answered), `settled` (landed by other proof), `rejected` (refused by the
            API), `unknown` (no readable answer), `planned` (not sent).
        attempts: How often it was sent.
        predicted: Counts that were predicted for it.
        reported: Counts that the API gave; inferred for a settled batch; None where it gave none.
        extra: Counters and words of the answer that we do not know, its addresses masked.
        replayed: Leads that it reported as duplicates because an earlier send of the batch had landed.
        words: What the API said when it rejected the batch, its addresses masked.
        nonsense: Counters that it gave as something that is no count.
        elsewhere: Leads of a batch counted otherwise that another import sent at the same time.
        job: What the API knows a job by that it made of the batch; empty for none.
        told: One octet a lead, what the API said of it (`hygiene.sinks.rows`); empty where it said nothing.
        told_words: Its words about single leads, by place in the batch, their addresses masked.
        answered_at: When it was answered, handed in or given up, in ms since 1970 in UTC; 0 where nobody knows.
    """

    batch: int
    rows: int
    state: BatchState
    attempts: int
    predicted: Counts
    reported: Counts | None = None
    extra: tuple[tuple[str, object], ...] = field(default=(), repr=False)
    replayed: int = 0
    words: str = ""
    nonsense: tuple[str, ...] = field(default=(), repr=False)
    elsewhere: int = field(default=0, repr=False)
    job: str = field(default="", repr=False)
    told: bytes = field(default=b"", repr=False)
    told_words: tuple[tuple[int, str], ...] = field(default=(), repr=False)
    answered_at: int = field(default=0, repr=False, compare=False)

    @property
    def drift(self) -> Counts | None:
        """Reported less predicted, our own replays apart; None where nothing was reported."""
        once = self.sent_once.reported
        return None if once is None else once - self.predicted

    @property
    def overlap(self) -> int:
        """Leads that the counters of the answer hold beyond its total, so that some must be counted twice; else 0."""
        if self.reported is None or self.reported.total_leads is None:
            return 0
        counters = (self.reported.imported, self.reported.duplicates, self.reported.blocked)
        return max(0, sum(number or 0 for number in counters) - self.reported.total_leads)

    @property
    def sent_once(self) -> "BatchResult":
        """The same with the counts that the API would have reported to one single send."""
        if self.reported is None or not self.replayed:
            return self
        counts = self.reported + Counts(0, self.replayed, -self.replayed, 0)
        return replace(self, reported=counts, replayed=0, attempts=1)

    @property
    def evidence(self) -> "BatchResult":
        """The same with the counts that speak for or against rules.

        Of a batch that had landed before, or whose leads another import sent at the same time, the API does not say
        what it would have imported and counted as a duplicate otherwise, nor when a batch landed that had before.
        """
        if self.reported is None or not (self.replayed or self.elsewhere):
            return self
        counts = replace(self.reported, imported=None, duplicates=None)
        moment = 0 if self.replayed else self.answered_at
        return replace(self, reported=counts, replayed=0, attempts=1, answered_at=moment)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How an import's answers compare with its prediction.

    Attributes:
        status: `agrees`, `within_range`, `differs` (also where the API rejected leads, or gave a counter that is
            no count) or, where a batch has no answer, `incomplete`.
        predicted: Predicted counts of the batches that were answered.
        reported: Reported counts of those batches.
        batches: Every batch, in order.
        replayed: Leads that were reported as duplicates because we sent them before in this import.
        rejected: Leads that the API refused.
        bounds: What missing knowledge left open; None where nothing was.
        trace: What policies can see of the leads; None where that was not kept.
    """

    status: Status
    predicted: Counts
    reported: Counts
    batches: tuple[BatchResult, ...]
    replayed: int = 0
    rejected: int = 0
    bounds: Bounds | None = field(default=None, repr=False, compare=False)
    trace: Trace | None = field(default=None, repr=False, compare=False)
    _found: list[Explanation] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def agrees(self) -> bool:
        """Whether every counter that was reported is as predicted."""
        return self.status == "agrees"

    @property
    def answered(self) -> bool:
        """Whether any batch has an answer."""
        return any(result.reported is not None for result in self.batches)

    @property
    def drift(self) -> Counts:
        """Reported less predicted, over the answered batches, our own replays apart."""
        return sum((result.drift for result in self.batches if result.drift is not None), Counts())

    @property
    def nonsense(self) -> frozenset[str]:
        """Counters that the API gave as something that is no count, in any batch."""
        return frozenset(name for result in self.batches for name in result.nonsense)

    @property
    def not_given(self) -> tuple[str, ...]:
        """Counters that the API did not give of every batch that it answered, so that they are not compared."""
        absent = (name for name, count in self.reported.as_dict().items() if count is None)
        return tuple(name for name in absent if name not in self.nonsense)

    @property
    def unaccounted(self) -> int | None:
        """Leads in the reported total that no reported class holds."""
        return self.reported.unaccounted

    def differences(self) -> list[str]:
        """One sentence for each batch that differs, was sent twice or has no answer; else empty."""
        sentences = [_sentence(result, len(self.batches)) for result in self.batches]
        return [sentence for sentence in sentences if sentence]

    def search(self) -> Explanation:
        """The rules, or what we did not know, that reproduce the reported counts.

        Empty without a trace, and where they are as predicted and what is known of single leads is too.
        """
        if self.trace is None:
            return Explanation()
        known = self.trace.evidence.members is not None or any(result.told for result in self.batches)
        if not known and not any(map(_differs, self.batches)):
            return Explanation()
        if not self._found:  # a report, a summary and an offer of rules all ask
            self._found.append(explain([result.evidence for result in self.batches], self.trace))
        return self._found[0]

    def _repr_html_(self) -> str:
        kinds = (self.predicted, self.reported, self.drift)
        rows = [(name, *(getattr(kind, name) for kind in kinds)) for name in Counts().as_dict()]
        told = [(sentence,) for sentence in self.explain()]
        return html_table(
            f"Predicted and reported: {self.status}", ("", "predicted", "reported", "drift"), rows
        ) + (html_table("What differs", ("batch",), told) if told else "")

    def explain(self) -> list[str]:
        """The differences, then what explains them, one sentence each; empty where all is well."""
        return self.differences() + self.search().sentences()


def reconcile(
    batches: Sequence[BatchResult], /, *, bounds: Bounds | None = None, trace: Trace | None = None
) -> Reconciliation:
    """Compare what was predicted and reported; a counter that the API did not give is not compared.

    Args:
        batches: Every batch, in order.
        bounds: What missing knowledge left open of their predictions.
        trace: What policies can see of the leads, to explain a difference with.
    """
    answered = [result for result in batches if result.reported is not None]
    predicted = sum((result.predicted for result in answered), Counts())
    reported = sum((result.reported for result in answered if result.reported is not None), Counts())
    status: Status = "agrees"
    rejected = sum(result.rows for result in batches if result.state == "rejected")
    if any(result.reported is None and result.state != "rejected" for result in batches):
        status = "incomplete"
    elif rejected or any(result.nonsense for result in batches):
        status = "differs"
    elif any(_differs(result) for result in answered):
        status = "within_range" if all(_possible(result, bounds) for result in answered) else "differs"
    return Reconciliation(
        status,
        predicted,
        reported,
        tuple(batches),
        replayed=sum(result.replayed for result in batches),
        rejected=rejected,
        bounds=bounds,
        trace=trace,
    )


def _possible(result: BatchResult, bounds: Bounds | None) -> bool:
    """Whether a batch's counts are as predicted, or within what is open."""
    if not _differs(result) or _crossed(result):
        return True
    return bounds is not None and bounds.hold(result.sent_once.reported or Counts(), batch=result.batch - 1)


def _crossed(result: BatchResult) -> bool:
    """Whether no more differs than leads that another import sent at the same time: duplicates in place of imported."""
    drift = {name: by for name, by in result.drift.as_dict().items() if by} if result.drift else {}
    more, fewer = drift.pop("duplicates", None), drift.pop("imported", None)
    apart = {by for by in (more, fewer and -fewer) if by is not None}
    return not drift and len(apart) == 1 and 0 < apart.pop() <= result.elsewhere


def _differs(result: BatchResult) -> bool:
    return result.drift is not None and any(result.drift.as_dict().values())


def _sentence(result: BatchResult, of: int) -> str:
    where = f"batch {result.batch} of {of} ({counted(result.rows, 'lead')})"
    if result.reported is None:
        return f"{where}: {_MEANING.get(result.state, result.state)}" + (
            f": {result.words}" if result.words else ""
        )
    drift = result.drift.as_dict() if result.drift else {}
    parts = [f"{abs(by)} {'more' if by > 0 else 'fewer'} {name}" for name, by in drift.items() if by]
    sentences = [f"{', '.join(parts)} than predicted"] if parts else []
    sentences += [f"{name} is nonsense, no number of leads" for name in result.nonsense]
    if result.overlap > max(0, -(result.predicted.unaccounted or 0)):
        more = counted(result.overlap, "lead")
        sentences.append(
            f"its counters overlap: they hold {more} more than its total, so the API counts some twice"
        )
    if result.elsewhere:
        sentences.append(f"another import sent {result.elsewhere} of its leads at the same time")
    if result.replayed:
        sentences.append(_replay(result))
    if result.state == "settled":
        sentences.append("its answer was lost, and its leads were found in the list")
    return f"{where}: {'; '.join(sentences)}" if sentences else ""


def _replay(result: BatchResult) -> str:
    """What a second send of a batch told of the first."""
    landed = "all" if result.replayed == result.predicted.imported else "part"
    return f"{result.replayed} duplicates are our own: an earlier send had landed, {landed} of it"
