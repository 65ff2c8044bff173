"""Settle: what became of a batch whose answer was lost.

The API has no request id to ask by, so the evidence is the list itself: whether the leads that the batch
would have brought are in it. Nothing here sends leads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.cleaning.result import CleanedLeads
from hygiene.errors import HygieneError, SinkError, UnknownOutcome, option
from hygiene.importing.crossing import Crossing
from hygiene.importing.records import Entry, Places, Record
from hygiene.outcomes import Counts
from hygiene.policy import ImportPolicy
from hygiene.prediction.features import Features, Folding, fold
from hygiene.prediction.simulate import IMPORTED, classes_of, folding_of
from hygiene.sinks import ListReader, RunsJobs, Sink

__all__ = ["Doubt", "Evidence", "OnUnknown", "Sought", "find_evidence", "replays", "would_land"]

#: `landed`: every lead the batch would have brought is in the list; `absent`: none is; `partly`: some are;
#: `unclear`: the list cannot tell.
Evidence = Literal["landed", "absent", "partly", "unclear"]

#: What is done about a batch whose answer was lost: ask the list, send it again, or stop.
OnUnknown = Literal["verify", "resend", "stop"]

#: Members that are compared at a time: a page of the listing.
PAGE = 1000


def would_land(
    entry: Entry, earlier: Places, features: Features, policy: ImportPolicy, /, *, waive_blocklist: bool
) -> Places:
    """Places of the batch's leads that would be new to the list.

    Args:
        entry: The batch.
        earlier: Places of all leads that were sent before it.
        features: What rules see of all leads.
        policy: The counting rules.
        waive_blocklist: Whether the block list is waived.
    """
    one = np.zeros(len(entry.leads), dtype=np.int64)
    classes = classes_of(features.take(entry.leads), policy, batch=one, waive_blocklist=waive_blocklist)
    keys = features.key(folding_of(policy))
    fresh: Places = entry.leads[(classes == IMPORTED) & ~np.isin(keys[entry.leads], keys[earlier])]
    return fresh


class Sought:
    """Leads that are looked for in a list; its repr, and so no traceback, shows none of them.

    Args:
        addresses: Addresses of leads that were in no list before.
        folding: How the API tells leads apart.
    """

    def __init__(self, addresses: pa.Array, folding: Folding, /) -> None:
        self._folding = folding
        self._wanted = frozenset(fold(addresses, folding).to_pylist())
        self._missing = set(self._wanted)
        self._page: list[str] = []

    def note(self, member: str, /) -> bool:
        """Take note of a member; whether the look can end."""
        self._page.append(member.encode("utf-8", "backslashreplace").decode())
        if len(self._page) == PAGE:
            self._compare()
        return not self._missing

    def evidence(self) -> Evidence:
        """What the members noted so far tell."""
        self._compare()
        if not self._wanted:
            return "unclear"
        if not self._missing:
            return "landed"
        return "absent" if self._missing == self._wanted else "partly"

    def _compare(self) -> None:
        column = pa.array(self._page, pa.large_string())
        texts = pc.utf8_trim_whitespace(column) if self._folding.trimmed else column
        self._missing -= set(fold(texts, self._folding).to_pylist())
        self._page = []


def find_evidence(reader: ListReader, sought: Sought, /, *, known: bool) -> Evidence:
    """Whether the leads sought are in the list; all of it is read, however long, to say that one is not.

    Args:
        reader: Reads the list.
        sought: The leads.
        known: Whether it was read before anything was sent; else a lead that is there may have been there before.

    Raises:
        SinkError: the list cannot be read.
    """
    any(map(sought.note, reader.members()))  # ends at the first that says so
    evidence = sought.evidence()
    return evidence if known or evidence == "absent" else "unclear"


@dataclass(frozen=True, slots=True)
class Doubt:
    """What settles lost answers by evidence.

    Attributes:
        cleaned: The leads, as they are now.
        record: What is remembered.
        policy: The counting rules.
        crossing: What imports that run at the same time bring to the list.
        waive_blocklist: Whether the block list is waived.
    """

    cleaned: CleanedLeads
    record: Record
    policy: ImportPolicy
    crossing: Crossing
    waive_blocklist: bool

    def evidence(self, entry: Entry, entries: Sequence[Entry], reader: ListReader, /) -> tuple[Evidence, int]:
        """What the list tells of a batch, and how many of its leads another import brought there.

        Those are there whatever became of the batch, so that they say nothing of it; nor do those that were brought
        while the list was read.

        Raises:
            SinkError: the list cannot be read.
        """
        before = np.concatenate(
            [np.arange(0), *(each.leads for each in entries if each.number < entry.number)]
        )
        features, waive = self.record.features(), self.waive_blocklist
        fresh = would_land(entry, before, features, self.policy, waive_blocklist=waive)
        known = self.cleaned.survey.settings.known is not None
        ours = self._not_brought(fresh)
        while True:
            # no address has a name here, so that none is in the traceback where the list cannot be read
            sought = Sought(self.cleaned.addresses(self.record.rows()[ours] - 1), folding_of(self.policy))
            found, asked = find_evidence(reader, sought, known=known), len(ours)
            ours = self._not_brought(ours)
            if len(ours) == asked:
                return found, len(fresh) - len(ours)

    def found(
        self, entry: Entry, entries: Sequence[Entry], sink: Sink, on_unknown: OnUnknown, /
    ) -> tuple[Evidence, int] | HygieneError:
        """What the list tells, as `evidence`, as far as it may be asked; why the run stops where it cannot be told."""
        where = f"batch {entry.number}: its answer was lost"
        if on_unknown == "stop":
            return UnknownOutcome(
                f"{where}. Settle it with {option('on_unknown', 'verify')}, or send it again with resend."
            )
        if on_unknown == "resend":
            return "unclear", 0
        if not isinstance(sink, ListReader):
            return UnknownOutcome(
                f"{where}, and {sink.name} cannot be read. Use {option('on_unknown', 'resend')}."
            )
        try:
            return self.evidence(entry, entries, sink)
        except SinkError as error:
            msg = f"{where}, and what the list holds could not be read: {error.marked}"
            return UnknownOutcome(
                f"{msg} Settle it with {option('on_unknown', 'resend')} where that stays so."
            )
        except HygieneError as error:
            return error

    def against_sending(
        self, entry: Entry, sink: Sink, evidence: Evidence, on_unknown: OnUnknown, /, *, lost_here: bool
    ) -> UnknownOutcome | None:
        """Why a batch that is not proved to have landed is not sent again; None where it can be.

        One that is not in the list may still be under way, so an earlier run must have sent it where the API
        remembers no leads and could hold it twice, or makes jobs of what it is handed.
        """
        absent = evidence == "absent" and not lost_here
        later = "Run the same command again later: a batch that is not in the list then is sent."
        if self.policy.duplicate_scope == "request" and not absent:
            why = "by its policy the API would import the same leads again"
        elif isinstance(sink, RunsJobs) and not absent and on_unknown != "resend":
            why = "the API may have made a job of it, which may still run"
        else:
            return None
        return UnknownOutcome(f"batch {entry.number}: its answer was lost, and {why}. {later}")

    def _not_brought(self, places: Places) -> Places:
        left: Places = places[~np.isin(places, self.crossing.look())]
        return left


def replays(predicted: Counts, reported: Counts, /) -> int:
    """Leads of a batch sent again that are duplicates because an earlier send of it had landed.

    Between 0 and what the batch was to bring: all of it where the first send had landed, none where it had
    not.
    """
    most = predicted.imported or 0
    if reported.duplicates is not None and predicted.duplicates is not None:
        more = reported.duplicates - predicted.duplicates
    elif reported.imported is not None:
        more = most - reported.imported
    else:
        more = 0
    return max(0, min(more, most))
