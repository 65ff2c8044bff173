"""Session: an import that begins now, or goes on where an earlier run left it.

The first run settles the plan; later ones send what is left of it. Nothing here sends.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa

from hygiene.bounds import Bounds, Unknown, find_bounds
from hygiene.cleaned import CleanedLeads
from hygiene.cleaning import clean_again
from hygiene.drift import Trace
from hygiene.errors import HygieneError, SinkError, UsageError
from hygiene.features import TextFeatures
from hygiene.importing.plan import check_size, frame_digest, sent_columns
from hygiene.importing.receipt import Receipt
from hygiene.importing.record import (
    Entry,
    Frozen,
    Identity,
    ImportRecord,
    Journal,
    MemoryRecord,
    Places,
    Record,
    in_order,
    recount,
)  # fmt: skip
from hygiene.importing.run import OnUnknown, Progress, Run
from hygiene.importing.sink import Addressed, Sink
from hygiene.reconcile import BatchResult, reconcile
from hygiene.settings import KnownLeads
from hygiene.verdict import Counts

__all__ = ["Session", "open_session", "run_import"]


class Session:
    """One import, held by this process until it is closed; made by `open_session`.

    Attributes:
        frozen: What the import sends and how, as its first run settled it.
        sink: Where it sends to.
        notes: Sentences worth telling about how it goes on.
    """

    def __init__(
        self,
        sink: Sink,
        frozen: Frozen,
        /,
        *,
        journal: Journal | None,
        record: ImportRecord | None,
        send_all: bool,
        waive_blocklist: bool,
        again: bool,
    ) -> None:
        self.frozen = frozen
        self.notes: list[str] = []
        self.sink, self._journal, self._record = sink, journal, record
        self._send_all, self._waive_blocklist, self._again = send_all, waive_blocklist, again
        if record is not None and record.frozen is not None and self.continues:
            self.notes = [f"import {record.import_id}: {text}" for text in record.frozen.differences(frozen)]
            self.frozen = record.frozen
            sink.policy = self.frozen.policy
            if isinstance(sink, Addressed):
                sink.shape = self.frozen.shape

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._record is not None:
            self._record.close()

    @property
    def import_id(self) -> str | None:
        """The import's name in the journal; None without one."""
        return self._record.import_id if self._record else None

    @property
    def continues(self) -> bool:
        """Whether an earlier run sent something of this import."""
        return self._record is not None and (self._record.resumed or self._record.complete)

    def knowing(self, cleaned: CleanedLeads, /) -> CleanedLeads:
        """The same leads: what this import brought to the list itself is not known, what others did is.

        With ``again`` the journal is not asked, and only what the API itself holds is known.
        """
        known = cleaned.survey.settings.known
        if self._record is None or self._again:
            return cleaned
        changed = _without_own(known, self._record) if known and self.continues else known
        landed = self._landed(cleaned.addresses().drop_null())
        if landed:
            changed = (
                *(changed or ()),
                KnownLeads.from_cells("the journal", pa.array(landed, pa.large_string())),
            )
        return cleaned if changed is known else clean_again(cleaned, known=changed)

    def _landed(self, addresses: pa.Array) -> list[str]:
        """Texts that stand for leads which other imports brought to the list."""
        if self._journal is None or not isinstance(self.sink, Addressed):
            return []
        return self._journal.landed(self.sink.target, addresses, self.frozen.policy, but=self.import_id)

    def left(self, cleaned: CleanedLeads, /) -> int:
        """Leads that are still to be sent."""
        if self._record is None or not self.continues:
            return int(cleaned.sent(send_all=self._send_all).sum())
        further = len(self._newly_ready(self._record, cleaned))
        return further + sum(len(entry.leads) for entry in _open(self._record.entries()))

    def run(
        self,
        cleaned: CleanedLeads,
        /,
        *,
        on_unknown: OnUnknown = "verify",
        progress: Progress | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> Receipt:
        """Send what is left and reconcile all that was ever sent.

        Raises:
            SinkError: the API refused, and nothing of this import was ever sent.
            UsageError: a custom column that the leads do not have, or the input is read otherwise than it
                was when the import was planned.
        """
        if self._record is not None and self._record.complete and not self.left(cleaned):
            return self._receipt(self._record, None, progressed=False)
        record = self._planned(cleaned)
        run = Run(
            cleaned,
            self.sink,
            record,
            self.frozen,
            waive_blocklist=self._waive_blocklist,
            on_unknown=on_unknown,
            progress=progress,
            stop=stop,
            forbidden=cleaned.forbidden(send_all=self._send_all),
        )
        error = run.send()
        receipt = self._receipt(record, error, progressed=run.progressed)
        if isinstance(error, SinkError) and {batch.state for batch in receipt.batches} <= {"planned"}:
            raise error
        if error is None and self._record is not None and receipt.batches:
            self._record.completed(None)
        return receipt

    def stopped(self, error: HygieneError, /) -> Receipt:
        """What is remembered of an import whose run was broken off."""
        record = self._record or MemoryRecord(np.arange(0), TextFeatures(pa.nulls(0)), [])
        return self._receipt(record, error, progressed=True)

    def keep(self, summary: Mapping[str, object], /) -> None:
        """Let the journal keep the summary of the run that brought the import to its end."""
        if self._record is not None and self._record.complete and self._record.summary is None:
            self._record.completed(summary)

    def _receipt(self, record: Record, error: HygieneError | None, *, progressed: bool) -> Receipt:
        entries = sorted(record.entries(), key=lambda entry: entry.number)
        results, rows = [entry.result for entry in entries], record.rows()
        places, batch = in_order(entries)
        trace = Trace(
            record.features().take(places), batch + 1, rows[places], self.frozen.policy, self._waive_blocklist
        )
        return Receipt(
            self.sink.name,
            sum((result.predicted for result in results), Counts()),
            reconcile(results, bounds=self._bounds(results, trace), trace=trace),
            error,
            import_id=record.import_id,
            progressed=progressed,
            rows={entry.number: rows[entry.leads].tolist() for entry in entries},
            summary=self._record.summary if self._record is not None and error is None else None,
        )

    def _bounds(self, results: Sequence[BatchResult], trace: Trace) -> Bounds | None:
        """What was left open when the import was planned, where anything differs."""
        if not any(result.drift is not None and any(result.drift.as_dict().values()) for result in results):
            return None
        return find_bounds(
            trace.features,
            trace.policy,
            batch=trace.batch - 1,
            waive_blocklist=trace.waive_blocklist,
            unknown=[Unknown(name) for name in self.frozen.unknown],
        )

    def _planned(self, cleaned: CleanedLeads) -> Record:
        """The record of the import with its plan brought up to now."""
        sent_columns(cleaned.leads(np.arange(0)), self.frozen.custom)
        if self._record is not None and self.continues:
            self._go_on(self._record, cleaned)
            return self._record
        rows = np.flatnonzero(cleaned.sent(send_all=self._send_all)) + 1
        found = cleaned.predict(send_all=self._send_all, batch_leads=self.frozen.batch_leads)
        self.frozen = replace(self.frozen, unknown=tuple(sorted(found.unknown)))
        made = _batches(len(rows), self.frozen.batch_leads, first=0, number=1)
        entries = [
            entry.with_result(predicted=counts) for entry, counts in zip(made, found.batches, strict=True)
        ]
        if self._record is None:
            return MemoryRecord(rows, found.features, entries)
        self._record.plan(self.frozen)
        self._record.add(rows, _addresses(cleaned, rows), found.features, entries)
        self._record.review(cleaned.under_review())
        return self._record

    def _go_on(self, record: ImportRecord, cleaned: CleanedLeads) -> None:
        """Take out what may not be sent any more, and add what was for review and is ready now."""
        entries = record.entries()
        self._check_same(record, cleaned, entries)
        unsent = [entry for entry in entries if entry.result.state == "planned" and not entry.lost]
        rows, forbidden = record.rows(), self._forbidden(record, cleaned, unsent)
        kept = [entry.leads[~np.isin(rows[entry.leads], forbidden)] for entry in unsent]
        changed = [
            entry.part(leads, number=entry.number)
            for entry, leads in zip(unsent, kept, strict=True)
            if 0 < len(leads) < len(entry.leads)
        ]
        gone = [
            entry.number for entry, leads in zip(unsent, kept, strict=True) if len(leads) < len(entry.leads)
        ]
        entries = [entry for entry in entries if entry.number not in gone]
        entries += [*changed, *self._further(record, cleaned, entries)]
        entries = recount(
            entries, record.features(), self.frozen.policy, waive_blocklist=self._waive_blocklist
        )
        record.rearranged(gone, entries)

    def _forbidden(self, record: ImportRecord, cleaned: CleanedLeads, unsent: Sequence[Entry]) -> Places:
        """Rows that a list forbids to send now, and those that another import brought to the list since."""
        found: Places = cleaned.forbidden(send_all=self._send_all)
        if self._send_all:
            return found
        rows = record.rows()[np.concatenate([np.arange(0), *(entry.leads for entry in unsent)])]
        addresses = _addresses(cleaned, rows)
        landed = np.isin(addresses.to_numpy(zero_copy_only=False), self._landed(addresses))
        return np.concatenate([found, rows[landed]])

    def _newly_ready(self, record: ImportRecord, cleaned: CleanedLeads) -> Places:
        """Rows that were for review when the import was planned and are to be sent now."""
        reviewed = record.under_review()
        rows: Places = reviewed[cleaned.sent(send_all=self._send_all)[reviewed - 1]]
        own = set(record.lead_digests())
        fresh = [digest not in own for digest in record.digests(_addresses(cleaned, rows))]
        newly: Places = rows[np.array(fresh, dtype=bool)]
        return newly

    def _further(self, record: ImportRecord, cleaned: CleanedLeads, entries: Sequence[Entry]) -> list[Entry]:
        """Batches of the rows that are newly ready, noted in the record."""
        rows = self._newly_ready(record, cleaned)
        if not len(rows):
            return []
        number = max((entry.number for entry in entries), default=0) + 1
        made = _batches(len(rows), self.frozen.batch_leads, first=len(record.rows()), number=number)
        record.add(rows, _addresses(cleaned, rows), cleaned.features(rows - 1), made)
        reviewed = record.under_review()
        record.review(reviewed[~np.isin(reviewed, rows)])
        self.notes.append(f"{len(rows)} rows that were for review are ready now and go into further batches")
        return made

    def _check_same(self, record: ImportRecord, cleaned: CleanedLeads, entries: Sequence[Entry]) -> None:
        """Refuse to go on where a row that is still to be sent holds another address than it did."""
        rows, digests = record.rows(), record.lead_digests()
        places = np.concatenate([np.arange(0), *(entry.leads for entry in _open(entries))])
        now = record.digests(_addresses(cleaned, rows[places]))
        for place, digest in zip(places.tolist(), now, strict=True):
            if digests[place] != digest:
                msg = (
                    f"import {record.import_id}: row {rows[place]} does not hold the address that was planned "
                    "to be sent. Name the columns as in the first run, or plan anew with --again."
                )
                raise UsageError(msg)


def open_session(
    cleaned: CleanedLeads,
    sink: Sink,
    /,
    *,
    journal: Journal | None = None,
    batch_leads: int | None = None,
    custom: Sequence[str] = (),
    send_all: bool = False,
    file_name: str = "leads",
    again: bool = False,
    accept_new_key: bool = False,
) -> Session:
    """The import of these leads through this sink: a new one, or the one that an earlier run began.

    Args:
        cleaned: What is to be sent.
        sink: Where to; on a resumed import it is given the policy and shape of the first run.
        journal: Where imports are remembered; None remembers nothing.
        batch_leads: Leads a request; None is the sink's own number.
        custom: Custom columns to send.
        send_all: Also blocked and duplicate rows, to audit the prediction.
        file_name: Name under which the API files the import.
        again: Plan anew, whatever the journal remembers of the same import.
        accept_new_key: Take a key that the list was not imported to with before.

    Raises:
        ImportBusy: another process holds the import.
        UsageError: a batch size below 1, a sink that a journal cannot name, or a list of another key.
    """
    size = sink.batch_leads if batch_leads is None else batch_leads
    check_size(size)
    shape = dict(sink.shape) if isinstance(sink, Addressed) else {}
    frozen = Frozen(
        policy=sink.policy, batch_leads=size, custom=tuple(custom), file_name=file_name, shape=shape
    )
    record, waive = None, cleaned.survey.settings.waive_blocklist
    if journal is not None:
        if not isinstance(sink, Addressed):
            msg = f"{sink.name}: a journal needs a sink that says where it sends to (target, shape)."
            raise UsageError(msg)
        digest = cleaned.sha256 or frame_digest(cleaned.frame)
        identity = Identity(sink.target, digest, send_all, waive)
        record = journal.begin(identity, again=again, accept_new_key=accept_new_key)
    return Session(
        sink, frozen, journal=journal, record=record, send_all=send_all, waive_blocklist=waive, again=again
    )


def run_import(
    cleaned: CleanedLeads,
    sink: Sink,
    /,
    *,
    batch_leads: int | None = None,
    custom: Sequence[str] = (),
    send_all: bool = False,
    file_name: str = "leads",
    on_unknown: OnUnknown = "verify",
    journal: Journal | None = None,
    progress: Progress | None = None,
) -> Receipt:
    """Send cleaned leads through a sink and reconcile its answers; see `open_session` and `Session.run`."""
    with open_session(
        cleaned, sink, journal=journal, batch_leads=batch_leads, custom=custom, send_all=send_all,
        file_name=file_name,
    ) as session:  # fmt: skip
        return session.run(session.knowing(cleaned), on_unknown=on_unknown, progress=progress)


def _open(entries: Sequence[Entry]) -> list[Entry]:
    """The batches that are not done with."""
    return [entry for entry in entries if entry.result.state in ("planned", "unknown")]


def _addresses(cleaned: CleanedLeads, rows: Places) -> pa.Array:
    return cleaned.addresses(rows - 1)


def _batches(leads: int, size: int, *, first: int, number: int) -> list[Entry]:
    """Batches of the leads from place `first` on, numbered from `number`."""
    ends = [*range(first, first + leads, size), first + leads]
    parts = [np.arange(start, end) for start, end in itertools.pairwise(ends) if start < end]
    return [
        Entry(part, BatchResult(number + at, len(part), "planned", 0, Counts()))
        for at, part in enumerate(parts)
    ]


def _without_own(known: Sequence[KnownLeads], record: ImportRecord) -> tuple[KnownLeads, ...]:
    """Known leads without those that the import itself brought to the list."""
    sent = zip(record.lead_digests(), record.new_to_api(), strict=True)
    own = {digest for digest, new in sent if new}
    kept = [
        np.array([digest not in own for digest in record.digests(leads.address)], dtype=bool)
        for leads in known
    ]
    return tuple(leads if rows.all() else leads.where(rows) for leads, rows in zip(known, kept, strict=True))
