"""Witness: a lead that landed, sent once more after many refusals, to tell whether the API takes any lead still.

Where the last leads of an import are all at fault, none of those that are left can speak against them. A lead that the
list holds can: an API that tells repeats answers it as one, and nothing is held twice. One whose policy says that it
would import a repeat, and one that knows no lead of this import, gets none.
"""

import itertools
from dataclasses import dataclass, field

import numpy as np

from hygiene.arrow.text import Mask
from hygiene.cleaning.result import CleanedLeads
from hygiene.errors import HygieneError, Note, SinkError, UnknownOutcome
from hygiene.importing.in_doubt import Sought, find_evidence
from hygiene.importing.jobs import follow
from hygiene.importing.ledger import Ledger
from hygiene.importing.prefetch import Prefetch
from hygiene.importing.records import Entry
from hygiene.prediction.simulate import folding_of
from hygiene.sinks import Job, ListReader, Reply, Sink
from hygiene.sinks.rows import CLASSES

__all__ = ["Witness"]

#: How often the list is read to find one that an earlier run sent.
MOST_READ = 3
#: Values of `repeats_count_as` by which a repeat of a lead in the list is not imported.
_KEPT_OUT = ("duplicates", "uncounted", "imported_in_request")
#: What became of a lead that the list holds, among what an API says of leads (`hygiene.sinks.RowClass`).
_HELD = ("imported", "updated", "duplicate")


@dataclass(slots=True)
class Witness:
    """What asks for one.

    Attributes:
        cleaned: The leads, as they are now.
        sink: Where to.
        ledger: The batches of the run.
        outgoing: Writes its requests.
        allowed: By place, whether a lead may be sent.
        notes: One sentence for each lead that was sent once more.
    """

    cleaned: CleanedLeads
    sink: Sink
    ledger: Ledger
    outgoing: Prefetch
    allowed: Mask = field(repr=False)
    notes: list[Note] = field(default_factory=list)
    _earlier: frozenset[int] = field(init=False, repr=False)
    _imports_repeats: bool = field(init=False)

    def __post_init__(self) -> None:
        self._earlier = frozenset(entry.number for entry in self._done())
        self._imports_repeats = self.ledger.policy.duplicate_scope == "request"

    def is_taken(self, *, after: int) -> bool:
        """Whether the API takes a lead once more that it took before; false too where there is none to ask with.

        Args:
            after: Refusals in a row that led to this.
        """
        if self._imports_repeats or (entry := self._lead()) is None:
            return False
        try:
            reply = self.outgoing.request(entry).send(meanwhile=_nothing)
            if isinstance(reply, Job):
                reply = follow(self.sink, reply.id)
        except UnknownOutcome:
            self._tell_lost(entry, after)
            return False
        except HygieneError:  # the refusal that led here is told
            return False
        if any(row.became == "invalid" for row in reply.rows):
            return False
        self._tell(entry, reply, after)
        return True

    def _tell_lost(self, entry: Entry, after: int) -> None:
        """Say that nobody knows what became of a lead; none is sent once more after this."""
        self._imports_repeats = True
        [row] = self.outgoing.rows(entry)
        text = f"after {after} refusals in a row, row {row}, which had landed, was sent once more, and the answer was "
        self.notes.append(Note(f"{text}lost: look whether the list holds it twice"))

    def _tell(self, entry: Entry, reply: Reply, after: int) -> None:
        [row] = self.outgoing.rows(entry)
        text = f"after {after} refusals in a row, row {row}, which had landed, was sent once more: it is taken still, "
        text += "so the refused leads are at fault"
        if reply.counts.imported and self.ledger.policy.repeats_count_as in _KEPT_OUT:
            self._imports_repeats = True  # other than its policy says: none is sent once more after this
            text += "; the API counts it as imported, so look whether the list holds it twice"
        self.notes.append(Note(text))

    def _lead(self) -> Entry | None:
        """A lead that the list holds and that may be sent, alone; the last one sent of those of this run.

        One that an earlier run sent has to be in the list still: somebody may have taken it out.
        """
        done = sorted(self._done(), key=lambda each: each.number, reverse=True)
        held = ((entry, entry.leads[self.allowed[entry.leads] & _held(entry)]) for entry in done)
        leads = (entry.part(places[-1:], number=entry.number) for entry, places in held if len(places))
        few = itertools.islice(leads, MOST_READ)
        return next((lead for lead in few if lead.number not in self._earlier or self._is_there(lead)), None)

    def _done(self) -> list[Entry]:
        return [
            entry
            for entry in self.ledger.batches.entries()
            if entry.result.state in ("acknowledged", "settled")
        ]

    def _is_there(self, entry: Entry) -> bool:
        if not isinstance(self.sink, ListReader):
            return False
        addresses = self.cleaned.addresses(np.asarray(self.outgoing.rows(entry)) - 1)
        try:
            sought = Sought(addresses, folding_of(self.ledger.policy))
            return find_evidence(self.sink, sought, known=True) == "landed"
        except SinkError:
            return False


def _held(entry: Entry) -> Mask:
    """Those of a batch's leads that the API does not say it left out."""
    told = np.frombuffer(entry.result.told, dtype=np.uint8)
    if not len(told):
        return np.ones(len(entry.leads), dtype=bool)
    return np.isin(told, [1 + CLASSES.index(each) for each in _HELD])


def _nothing() -> None:
    """Nothing is written ahead."""
