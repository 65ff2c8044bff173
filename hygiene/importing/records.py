"""Record: what is remembered of one import, and how its batches are counted.

A journal keeps records on disk; `memory_record` keeps one for as long as it lasts. Nothing here sends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from hygiene.address import AddressRule
from hygiene.arrow.text import Mask
from hygiene.cleaning.rewrite import FieldRules
from hygiene.errors import option
from hygiene.importing.past_imports import Landed
from hygiene.importing.standing import Brought, Standing
from hygiene.policy import ImportPolicy
from hygiene.prediction.evidence import Evidence
from hygiene.prediction.features import Codes, Features
from hygiene.prediction.reconcile import BatchResult
from hygiene.prediction.simulate import count
from hygiene.sinks import Target

__all__ = ["Entry", "Frozen", "Identity", "Journal", "Record", "in_order", "recount"]

#: Places of leads in an import, from 0 in the order they were planned.
Places = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes two commands the same import.

    Attributes:
        target: Base URL, account and list.
        sha256: Digest of the input.
        send_all: Whether blocked and duplicate rows are sent too.
        waive_blocklist: Whether the API is asked to ignore its block list.
    """

    target: Target
    sha256: str
    send_all: bool
    waive_blocklist: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """What the first run of an import settles for all later ones.

    Attributes:
        policy: The API's counting rules.
        batch_leads: Leads a request.
        custom: Custom columns that are sent.
        file_name: Name under which the API files the import.
        shape: How the sink writes leads.
        unknown: What was not known of the API when it was planned (`hygiene.prediction.uncertainty.Unknown`).
        standing: How the list stood when it was planned; None where that was not read.
        fields: What is done to the cells that are sent; nothing where an earlier version planned it.
        address_form: What an address has to be for the sink; nothing where an earlier version planned it.
    """

    policy: ImportPolicy
    batch_leads: int
    custom: tuple[str, ...] = ()
    file_name: str = "leads"
    shape: Mapping[str, object] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    standing: Standing | None = None
    fields: FieldRules = field(default_factory=FieldRules)
    address_form: tuple[AddressRule, ...] = ()

    def differences(self, now: "Frozen", /) -> list[str]:
        """One sentence for each option that is not as it was."""
        words = {
            "policy": option("policy"),
            "batch_leads": option("batch_leads"),
            "custom": option("custom"),
            "shape": f"{option('rename')} or {option('custom_shape')}",
            "fields": f"{option('mend')}, {option('tidy')} or {option('region')}",
            "address_form": "the form of addresses that the sink takes",
        }
        return [
            f"{named} is not as it was when this import was planned; the plan stands "
            f"({option('again', given=True)} makes a new one)"
            for name, named in words.items()
            if getattr(self, name) != getattr(now, name)
        ]


@dataclass(frozen=True, slots=True)
class Entry:
    """One batch of an import as it is remembered.

    Attributes:
        leads: Places of its leads in the import, rising.
        result: What became of it.
        lost: How often it was sent without a readable answer.
    """

    leads: Places = field(repr=False)
    result: BatchResult
    lost: int = 0

    @property
    def number(self) -> int:
        """The batch's number."""
        return self.result.batch

    def with_result(self, **changes: Any) -> "Entry":
        """The same batch with another result."""
        return replace(self, result=replace(self.result, **changes))

    def part(self, leads: Places, /, *, number: int) -> "Entry":
        """A batch of some of its leads."""
        kept = self.result
        result = BatchResult(
            number, len(leads), "planned", kept.attempts, kept.predicted, answered_at=kept.answered_at
        )
        return replace(self, leads=leads, result=result)


class Record(Protocol):
    """Remembers one import; every call that writes is durable when it returns."""

    @property
    def import_id(self) -> str | None:
        """Its name; None where it has none."""

    def rows(self) -> Places:
        """Row number of every planned lead."""

    def features(self) -> Features:
        """What counting rules see of the planned leads."""

    def entries(self) -> list[Entry]:
        """Every batch; one that was being sent when a run died is `unknown`."""

    def sending(self, entry: Entry, /, *, noted: Sequence[Entry] = ()) -> None:
        """Note that a batch is about to be sent, and in the same breath what became of others."""

    def finished(self, entries: Sequence[Entry], /) -> None:
        """Note what became of batches."""

    def rearranged(self, gone: Sequence[int], entries: Sequence[Entry], /) -> None:
        """Replace batches by others, all at once, and note new predictions."""

    def news(self) -> Mapping[str, Places]:
        """Places of leads that other imports brought to the list since this was last asked, by import."""

    def crossed(self) -> Places:
        """Places of leads that other imports sent as well since this one was begun or gone on with."""


class ImportRecord(Record, Protocol):
    """A record that outlives the process; whoever holds it is the only one."""

    @property
    def resumed(self) -> bool:
        """Whether an earlier run planned it, and sent or may have sent something."""

    @property
    def complete(self) -> bool:
        """Whether it was brought to its end."""

    @property
    def frozen(self) -> Frozen | None:
        """What its first run settled; None before it is planned."""

    @property
    def summary(self) -> Mapping[str, object] | None:
        """The summary of the run that completed it."""

    def under_review(self) -> Places:
        """Row numbers that were for review when it was planned, and are in no batch."""

    def digests(self, addresses: pa.Array, /) -> list[bytes]:
        """The HMAC of each address as the exact key of a lead; the same ones that `lead_digests` gives."""

    def lead_digests(self) -> list[bytes]:
        """The HMAC of each planned lead's exact key."""

    def new_to_api(self) -> Mask:
        """True for each planned lead that the API was not known to hold when it was planned."""

    def plan(self, frozen: Frozen, /) -> None:
        """Note that it is planned now, as said; an earlier plan of which nothing was sent is dropped."""

    def add(self, rows: Places, addresses: pa.Array, features: Features, entries: Sequence[Entry], /) -> None:
        """Note further leads and the batches they are in."""

    def review(self, rows: Places, /) -> None:
        """Note which rows are for review."""

    def keep(self, evidence: Evidence, /) -> None:
        """Note what was read back of the leads that the API may hold."""

    def completed(self, summary: Mapping[str, object] | None, /) -> None:
        """Note that it came to its end, and the summary of that run."""

    def close(self) -> None:
        """Let go of it."""


class Journal(Protocol):
    """Keeps the records of many imports."""

    def begin(
        self, identity: Identity, /, *, again: bool = False, accept_new_key: bool = False
    ) -> ImportRecord:
        """The record of an import, held by this caller alone.

        Raises:
            ImportBusy: another process holds it.
            UsageError: the list belongs to another key.
        """

    def landed(
        self, target: Target, addresses: pa.Array, policy: ImportPolicy, /, *, but: str | None = None
    ) -> list[Landed]:
        """Leads that other imports brought to this list, as far as these addresses meet them, by import.

        Args:
            target: The list.
            addresses: Addresses to be sent.
            policy: The counting rules, which say when two leads are the same.
            but: An import that is not asked about.
        """

    def brought(self, target: Target, /) -> Mapping[str, Brought]:
        """How many leads each import brought to this list."""


def recount(
    entries: Sequence[Entry], features: Features, policy: ImportPolicy, /, *, waive_blocklist: bool
) -> list[Entry]:
    """The batches in sending order, those not sent yet with the counts that are predicted for them now."""
    places, batch = in_order(entries)
    found = count(features.take(places), policy, batch=batch, waive_blocklist=waive_blocklist)
    return [
        entry.with_result(predicted=found[entry.number - 1]) if entry.result.state == "planned" else entry
        for entry in sorted(entries, key=lambda entry: entry.number)
    ]


def in_order(entries: Sequence[Entry], /) -> tuple[Places, Codes]:
    """The places of the leads that the API may hold, in sending order, and the batch of each, from 0.

    Rejected batches are left out: their leads are not there for the API, and make no later one a duplicate.
    """
    there = [entry for entry in entries if entry.result.state != "rejected"]
    there.sort(key=lambda entry: entry.number)
    places = np.concatenate([np.arange(0), *(entry.leads for entry in there)])
    batch = np.repeat([entry.number - 1 for entry in there], [len(entry.leads) for entry in there])
    return places, batch.astype(np.int64)
