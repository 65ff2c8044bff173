"""One import while a process holds it: begun now, or gone on with where an earlier run left it.

The first run settles the plan; later ones send what is left of it. Nothing here sends.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self, get_args

import numpy as np
import pyarrow as pa

from hygiene.arguments import check_word
from hygiene.cleaning.result import CleanedLeads
from hygiene.errors import HygieneError, JournalLost, Note, SinkError, UsageError
from hygiene.importing.batches import Batches, divide_leads
from hygiene.importing.evidence import with_rows_told
from hygiene.importing.memory_record import MemoryRecord
from hygiene.importing.payload import check_needed, check_renamed, check_size, sent_columns
from hygiene.importing.prior_imports import PriorImports, without_own
from hygiene.importing.receipt import Receipt, receipt_of
from hygiene.importing.records import Frozen, Identity, ImportRecord, Journal, Record
from hygiene.importing.resume import EarlierPlan, Outlook, requests_for
from hygiene.importing.sender import OnUnknown, Progress, Sender
from hygiene.importing.standing import Brought, Standing
from hygiene.prediction.features import TextFeatures
from hygiene.sinks import Addressed, LeadList, ListReader, Sink, form_of

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
            self.notes = [
                Note(f"import {record.import_id}: {text}") for text in record.frozen.differences(frozen)
            ]
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

        Their cells are sent as they were when the import was planned, whatever is asked for now.
        With ``again`` the journal is not asked, and only what the API itself holds is known.
        """
        cleaned = cleaned.sent_as(self.frozen.fields)
        if cleaned.survey.settings.address_form != self.frozen.address_form:
            cleaned = cleaned.again(address_form=self.frozen.address_form)
        known = cleaned.survey.settings.known
        if self._record is None or self._again:
            return cleaned
        changed = (
            without_own(known, self._record, self.frozen.address_form) if known and self.continues else known
        )
        brought = self._others.known(cleaned.addresses().drop_null())
        if brought:
            changed = (*(changed or ()), *brought)
        return cleaned if changed is known else cleaned.again(known=changed)

    def look(self, sink: ListReader, /) -> LeadList:
        """The list as it is now: kept with a plan that is made now, and held against one that an earlier run made.

        Raises:
            JournalBehind: an import that was cut off is to go on, and the list holds more than the journal knows of.
        """
        before = self._brought()
        found = sink.describe()
        if found.size is None or self._record is None:
            return found
        if not self.continues:
            least = {name: each.least for name, each in before.items()}
            self.frozen = replace(self.frozen, standing=Standing(found.size, least))
        elif self.frozen.standing is not None and Batches(self._record.entries()).left():
            self.frozen.standing.check(self.sink.name, found.size, self._brought())
        return found

    def _brought(self) -> Mapping[str, Brought]:
        """How many leads the journal's imports brought to the list."""
        if self._journal is None or not isinstance(self.sink, Addressed):
            return {}
        return self._journal.brought(self.sink.target)

    @property
    def _others(self) -> PriorImports:
        return PriorImports(self._journal, self.sink, self.frozen.policy, self.import_id)

    def left(self, cleaned: CleanedLeads, /) -> int:
        """Leads that are still to be sent."""
        if self._record is None or not self.continues:
            return len(cleaned.rows_to_send(send_all=self._send_all))
        return self._earlier(self._record, cleaned).leads_left()

    def outlook(self, cleaned: CleanedLeads, /) -> Outlook:
        """What `run` would send; nothing is sent, and nothing noted.

        Raises:
            UsageError: the input is read otherwise than it was when the import was planned.
        """
        if self._record is not None and self.continues:
            return self._earlier(self._record, cleaned).outlook()
        rows = cleaned.rows_to_send(send_all=self._send_all)
        return Outlook(rows, requests_for(len(rows), self.frozen.batch_leads))

    def _earlier(self, record: ImportRecord, cleaned: CleanedLeads) -> EarlierPlan:
        return EarlierPlan(record, cleaned, self.frozen, self._others, self._send_all, self._waive_blocklist)

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
                was when the import was planned; or another word for `on_unknown`.
        """
        check_word("on_unknown", on_unknown, get_args(OnUnknown))
        if self._record is not None and self._record.complete and not self.left(cleaned):
            return self._receipt(self._record, None, progressed=False)
        record = self._planned(cleaned)
        run = Sender(
            cleaned,
            self.sink,
            record,
            self.frozen,
            waive_blocklist=self._waive_blocklist,
            send_all=self._send_all,
            on_unknown=on_unknown,
            progress=progress,
            stop=stop,
            forbidden=cleaned.forbidden(send_all=self._send_all),
        )
        error = run.send()
        self.notes += run.notes()
        receipt = self._receipt(record, error, progressed=run.progressed)
        receipt = with_rows_told(receipt, cleaned, custom=self.frozen.custom)
        if isinstance(error, SinkError) and {batch.state for batch in receipt.batches} <= {"planned"}:
            raise error
        if error is None and self._record is not None and receipt.batches:
            try:
                self._record.completed(None)
            except JournalLost as lost:  # the import itself is done, and every batch of it noted
                return replace(receipt, error=lost)
        return receipt

    def stopped(self, error: HygieneError, /) -> Receipt:
        """What is remembered of an import whose run was broken off."""
        record = self._record or MemoryRecord(np.arange(0), TextFeatures(pa.nulls(0)), [])
        return self._receipt(record, error, progressed=True)

    def keep_evidence(self, receipt: Receipt, /) -> None:
        """Let the journal keep what was read back of an import that is done."""
        trace = receipt.reconciliation.trace
        done = all(batch.state not in ("planned", "unknown") for batch in receipt.batches)
        if self._record is not None and receipt.readback is not None and trace is not None and done:
            self._record.keep(trace.evidence)

    def keep(self, summary: Mapping[str, object], /) -> None:
        """Let the journal keep the summary of the run that brought the import to its end."""
        if self._record is not None and self._record.complete and self._record.summary is None:
            self._record.completed(summary)

    def _receipt(self, record: Record, error: HygieneError | None, *, progressed: bool) -> Receipt:
        receipt = receipt_of(
            record,
            self.frozen,
            sink=self.sink.name,
            waive_blocklist=self._waive_blocklist,
            error=error,
            progressed=progressed,
            summary=self._record.summary if self._record is not None and error is None else None,
        )
        return replace(receipt, notes=tuple(self.notes))

    def _planned(self, cleaned: CleanedLeads) -> Record:
        """The record of the import with its plan brought up to now."""
        sent = sent_columns(cleaned.leads(np.arange(0)), self.frozen.custom)
        check_needed(self.frozen.policy.needs, sent, cleaned.columns)
        if self._record is not None and self.continues:
            self.notes += self._earlier(self._record, cleaned).bring_up()
            return self._record
        rows = cleaned.rows_to_send(send_all=self._send_all)
        found = cleaned.predict(send_all=self._send_all, batch_leads=self.frozen.batch_leads)
        self.frozen = replace(self.frozen, unknown=tuple(sorted(found.unknown)))
        entries = [
            entry.with_result(predicted=counts)
            for entry, counts in zip(
                divide_leads(len(rows), self.frozen.batch_leads), found.batches, strict=True
            )
        ]
        if self._record is None:
            return MemoryRecord(rows, found.features, entries)
        self._record.plan(self.frozen)
        self._record.add(rows, cleaned.addresses(rows - 1), found.features, entries)
        self._record.review(cleaned.under_review())
        return self._record


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
        UsageError: a batch size below 1, a sink that a journal cannot name, that renames a column which the
            leads do not have or that names no form of addresses, or a list of another key.
    """
    size = sink.batch_leads if batch_leads is None else batch_leads
    check_size(size)
    shape = dict(sink.shape) if isinstance(sink, Addressed) else {}
    check_renamed(cleaned.columns, shape)
    frozen = Frozen(
        policy=sink.policy,
        batch_leads=size,
        custom=tuple(custom),
        file_name=file_name,
        shape=shape,
        fields=cleaned.survey.settings.fields,
        address_form=form_of(sink),
    )
    record, waive = None, cleaned.survey.settings.waive_blocklist
    if journal is not None:
        if not isinstance(sink, Addressed):
            msg = f"{sink.name}: a journal needs a sink that says where it sends to (target, shape)."
            raise UsageError(msg)
        identity = Identity(sink.target, cleaned.digest, send_all, waive)
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
