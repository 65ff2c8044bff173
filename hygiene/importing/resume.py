"""Continuing: an earlier plan brought up to now.

What may not be sent any more is taken out of the batches that are not sent yet, and what was for review and
is ready now goes into further ones. Nothing here sends.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hygiene.cleaning.result import CleanedLeads
from hygiene.display import counted
from hygiene.errors import UsageError, option
from hygiene.importing.batches import Batches, divide_leads
from hygiene.importing.prior_imports import PriorImports
from hygiene.importing.records import Entry, Frozen, ImportRecord, Places, recount

__all__ = ["EarlierPlan", "Outlook", "requests_for"]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a run of an import would send.

    Attributes:
        rows: Row numbers of the leads.
        requests: In how many requests.
        lost: How many of these went out before, and their answers were lost.
    """

    rows: Places
    requests: int
    lost: int = 0


@dataclass(frozen=True, slots=True)
class EarlierPlan:
    """The plan of an earlier run, beside the leads as they are now.

    Attributes:
        record: What is remembered.
        cleaned: The leads.
        frozen: What the first run settled.
        others: Other imports to the same list.
        send_all: Whether blocked and duplicate rows are sent too.
        waive_blocklist: Whether the block list is waived.
    """

    record: ImportRecord
    cleaned: CleanedLeads
    frozen: Frozen
    others: PriorImports
    send_all: bool
    waive_blocklist: bool

    def leads_left(self) -> int:
        """Leads that are still to be sent."""
        return len(self.newly_ready()) + Batches(self.record.entries()).leads_left

    def outlook(self) -> Outlook:
        """What a run would send of it now; nothing is changed.

        Raises:
            UsageError: a row that is still to be sent does not hold the address that was planned.
        """
        entries = self.record.entries()
        self._check_same(entries)
        entries, _ = self._without_forbidden(entries)
        left, more = Batches(entries).left(), self.newly_ready()
        rows = np.concatenate([self.record.rows()[_places(left)], more])
        lost = sum(entry.result.state == "unknown" for entry in left)
        return Outlook(rows, len(left) + requests_for(len(more), self.frozen.batch_leads), lost)

    def newly_ready(self) -> Places:
        """Rows that were for review when the import was planned and are to be sent now."""
        reviewed = self.record.under_review()
        rows: Places = reviewed[self.cleaned.sent(send_all=self.send_all)[reviewed - 1]]
        own = set(self.record.lead_digests())
        fresh = [digest not in own for digest in self.record.digests(self.cleaned.addresses(rows - 1))]
        newly: Places = rows[np.array(fresh, dtype=bool)]
        return newly

    def bring_up(self) -> list[str]:
        """Change what is remembered to how things stand; sentences worth telling about it.

        Raises:
            UsageError: a row that is still to be sent does not hold the address that was planned.
        """
        entries = self.record.entries()
        self._check_same(entries)
        entries, gone = self._without_forbidden(entries)
        further, notes = self._further(entries)
        entries = recount(
            [*entries, *further],
            self.record.features(),
            self.frozen.policy,
            waive_blocklist=self.waive_blocklist,
        )
        self.record.rearranged(gone, entries)
        return notes

    def _check_same(self, entries: Sequence[Entry]) -> None:
        """Refuse to go on where a row that is still to be sent holds another address than it did."""
        rows, digests = self.record.rows(), self.record.lead_digests()
        places = _places(Batches(entries).left())
        places = places[np.argsort(rows[places], kind="stable")]
        now = self.record.digests(self.cleaned.addresses(rows[places] - 1))
        for place, digest in zip(places.tolist(), now, strict=True):
            if digests[place] != digest:
                msg = (
                    f"import {self.record.import_id}: row {rows[place]} does not hold the address that was "
                    "planned to be sent. Name the columns as in the first run, or plan anew with "
                    f"{option('again', given=True)}."
                )
                raise UsageError(msg)

    def _without_forbidden(self, entries: Sequence[Entry]) -> tuple[list[Entry], list[int]]:
        """The batches without rows that may not be sent any more, and the numbers of those that change."""
        unsent = [entry for entry in entries if entry.result.state == "planned" and not entry.lost]
        rows, forbidden = self.record.rows(), self._forbidden(unsent)
        kept = [entry.leads[~np.isin(rows[entry.leads], forbidden)] for entry in unsent]
        pairs = [
            (entry, leads) for entry, leads in zip(unsent, kept, strict=True) if len(leads) < len(entry.leads)
        ]
        gone = [entry.number for entry, _ in pairs]
        changed = [entry.part(leads, number=entry.number) for entry, leads in pairs if len(leads)]
        return [*(entry for entry in entries if entry.number not in gone), *changed], gone

    def _forbidden(self, unsent: Sequence[Entry]) -> Places:
        """Rows that a list forbids to send now, and those that another import brought to the list since."""
        found: Places = self.cleaned.forbidden(send_all=self.send_all)
        if self.send_all:
            return found
        rows = np.sort(self.record.rows()[_places(unsent)])
        addresses = self.cleaned.addresses(rows - 1)
        texts = [text for each in self.others.brought(addresses) for text in each.texts]
        brought = np.isin(addresses.to_numpy(zero_copy_only=False), texts)
        return np.concatenate([found, rows[brought]])

    def _further(self, entries: Sequence[Entry]) -> tuple[list[Entry], list[str]]:
        """Batches of the rows that are newly ready, noted in the record, and what to say of them."""
        rows = self.newly_ready()
        if not len(rows):
            return [], []
        number = Batches(entries).free_number()
        made = divide_leads(len(rows), self.frozen.batch_leads, first=len(self.record.rows()), number=number)
        self.record.add(rows, self.cleaned.addresses(rows - 1), self.cleaned.features(rows - 1), made)
        reviewed = self.record.under_review()
        self.record.review(reviewed[~np.isin(reviewed, rows)])
        one = len(rows) == 1
        were, are, go = ("was", "is", "goes") if one else ("were", "are", "go")
        told = f"{counted(len(rows), 'row')} that {were} for review {are} ready now and {go} into further batches"
        return made, [told]


def requests_for(leads: int, size: int, /) -> int:
    """Requests that so many leads go into."""
    return -(-leads // size)


def _places(entries: Sequence[Entry]) -> Places:
    return np.concatenate([np.arange(0), *(entry.leads for entry in entries)])
