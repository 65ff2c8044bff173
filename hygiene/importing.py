"""Importing: cleaned leads through a sink, batch by batch, to a receipt.

What a sink has to offer is said here; the API itself is spoken elsewhere. A batch whose answer is lost
is never sent again here: its outcome is unknown and the import stops.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import pandas as pd
import pyarrow.compute as pc

from hygiene.cleaned import CleanedLeads
from hygiene.columns import CANONICAL
from hygiene.drift import Trace
from hygiene.errors import (
    AuthError,
    HygieneError,
    ListNotFound,
    RateLimited,
    SinkError,
    UnknownOutcome,
    Unreachable,
    UsageError,
)
from hygiene.markup import inert
from hygiene.policy import ImportPolicy
from hygiene.readback import Readback
from hygiene.reconcile import BatchResult, Reconciliation, reconcile
from hygiene.text import text_column
from hygiene.verdict import Counts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "Batch",
    "BlockListEditor",
    "Journal",
    "LeadList",
    "ListReader",
    "Receipt",
    "Reply",
    "Sink",
    "plan",
    "run_import",
]

_log = logging.getLogger("hygiene")

Progress = Callable[[int, int], None]
Lead = dict[str, str]

#: Refusals that say nothing against the leads of the batch: it is still to be sent.
_STILL_PLANNED = (AuthError, ListNotFound, RateLimited, Unreachable)


@dataclass(frozen=True, slots=True)
class Reply:
    """A well-formed answer to an import request.

    Attributes:
        counts: The four numbers; None for one that the answer does not hold.
        extra: Counters and words of the answer that we do not know; a sink masks addresses in them.
        raw: The whole answer.
    """

    counts: Counts
    extra: tuple[tuple[str, object], ...] = field(default=(), repr=False)
    raw: Mapping[str, object] = field(default_factory=dict, repr=False)


class Sink(Protocol):
    """Where leads are imported to.

    Attributes:
        batch_leads: Leads a request it takes.
        policy: How it is believed to count.
    """

    batch_leads: int
    policy: ImportPolicy

    @property
    def name(self) -> str:
        """What it is called in messages."""

    def send(self, leads: Sequence[Lead], /, *, file_name: str, waive_blocklist: bool = False) -> Reply:
        """Import these leads in one request.

        Raises:
            SinkError: refused or not sent; none of the leads landed.
            UnknownOutcome: sent, and the answer lost or unreadable.
        """


@dataclass(frozen=True, slots=True)
class LeadList:
    """A lead list of the account.

    Attributes:
        id: Its number.
        name: Its name.
        size: Leads in it; None where the API does not say.
    """

    id: int
    name: str
    size: int | None


@runtime_checkable
class ListReader(Protocol):
    """Reads what the API holds already."""

    def describe(self) -> LeadList:
        """The list that is imported to. Raises `ListNotFound` where there is none."""

    def members(self, *, whole_account: bool = False) -> Iterator[str]:
        """Addresses of the leads in it, or in every list of the account."""

    def blocked(self) -> Iterator[str]:
        """Entries of the API's block list that apply to the list."""


@runtime_checkable
class BlockListEditor(Protocol):
    """Changes the API's block list, which acts on every campaign of the account."""

    def block(self, entries: Sequence[str], /) -> None:
        """Put entries on it."""

    def unblock(self, entries: Sequence[str], /) -> None:
        """Take these entries off it, where they are on it."""


class Journal(Protocol):
    """Remembers what was sent; every call is durable when it returns."""

    def sending(self, batch: "Batch", /) -> None:
        """Note that a batch is about to be sent."""

    def finished(self, result: BatchResult, /) -> None:
        """Note what became of it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One request of an import.

    Attributes:
        number: From 1.
        rows: Row numbers of its leads, in sending order.
        leads: What is sent, blank fields left out.
    """

    number: int
    rows: tuple[int, ...]
    leads: tuple[Lead, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an import did.

    Attributes:
        sink: Where to.
        predicted: Counts predicted for all batches.
        reconciliation: Predicted against reported.
        error: Why it stopped before its end; None where it did not.
        readback: What the list held afterwards against what was sent; None where it was not read.
    """

    sink: str
    predicted: Counts
    reconciliation: Reconciliation
    error: HygieneError | None = None
    readback: Readback | None = None

    @property
    def reported(self) -> Counts:
        """Counts that the API reported, over all answered batches."""
        return self.reconciliation.reported

    @property
    def batches(self) -> tuple[BatchResult, ...]:
        """Every batch, in order."""
        return self.reconciliation.batches

    def _repr_html_(self) -> str:
        return f"<p>{escape(inert(self.sink))}</p>{self.reconciliation._repr_html_()}"

    def plot(self) -> "Figure":
        """A picture of predicted beside reported counts; needs the extra `notebook`.

        Raises:
            UsageError: matplotlib is not installed.
        """
        from hygiene.report.plots import plot_counts

        return plot_counts(self)


def plan(
    cleaned: CleanedLeads, /, *, batch_leads: int, custom: Sequence[str] = (), send_all: bool = False
) -> Iterator[Batch]:
    """The requests of an import, in order.

    Args:
        cleaned: What is to be sent.
        batch_leads: Leads a request.
        custom: Custom columns to send besides the canonical ones; ``("all",)`` sends every one.
        send_all: Also blocked and duplicate rows.

    Raises:
        UsageError: a custom column that the leads do not have, or a batch size below 1.
    """
    _check_size(batch_leads)
    frame = cleaned.to_send(send_all=send_all)
    columns = sent_columns(frame, custom)
    rows = cleaned.verdicts.loc[cleaned.sent(send_all=send_all).to_numpy(), "row"].to_numpy()
    for number, start in enumerate(range(0, len(frame), batch_leads), 1):
        here = slice(start, start + batch_leads)
        yield Batch(number, tuple(rows[here].tolist()), _leads(frame.iloc[here], columns))


def _check_size(batch_leads: int) -> None:
    if batch_leads < 1:
        msg = f"--batch-size {batch_leads}: a request holds 1 lead or more."
        raise UsageError(msg)


def sent_columns(frame: pd.DataFrame, custom: Sequence[str], /) -> list[str]:
    """The columns of a lead that are sent: the canonical ones there are, then the custom ones asked for.

    Raises:
        UsageError: a custom column that the frame does not have.
    """
    others = [name for name in frame.columns if name not in CANONICAL]
    chosen = others if list(custom) == ["all"] else list(custom)
    for name in chosen:
        if name not in others:
            msg = f"--custom {name}: no such custom column; there are {', '.join(others) or 'none'}."
            raise UsageError(msg)
    return [name for name in CANONICAL if name in frame] + chosen


def _leads(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[Lead, ...]:
    cells = [pc.fill_null(text_column(frame[name]), "").to_pylist() for name in columns]
    return tuple(
        {name: cell for name, cell in zip(columns, row, strict=True) if cell.strip()}
        for row in zip(*cells, strict=True)
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
    journal: Journal | None = None,
    progress: Progress | None = None,
) -> Receipt:
    """Send cleaned leads through a sink and reconcile its answers.

    Args:
        cleaned: What is to be sent, cleaned under the sink's policy.
        sink: Where to.
        batch_leads: Leads a request; None is the sink's own number.
        custom: Custom columns to send.
        send_all: Also blocked and duplicate rows, to audit the prediction.
        file_name: Name under which the API files the import.
        journal: Told before and after every request.
        progress: Called with the leads answered and the leads to send.

    Returns:
        A receipt; where an answer was lost, or a later batch refused, it is incomplete and says why.

    Raises:
        SinkError: the first batch was refused, so nothing was sent.
        UsageError: a custom column that the leads do not have, or a batch size below 1.
    """
    size = sink.batch_leads if batch_leads is None else batch_leads
    _check_size(size)
    waive = cleaned.survey.settings.waive_blocklist
    prediction = cleaned.predict(send_all=send_all, batch_leads=size)
    to_send = int(cleaned.sent(send_all=send_all).sum())
    results: list[BatchResult] = []
    error: HygieneError | None = None
    for batch in plan(cleaned, batch_leads=size, custom=custom, send_all=send_all):
        predicted = prediction.batches[batch.number - 1]
        result = BatchResult(batch.number, len(batch.rows), "planned", 0, predicted)
        if error is None:
            if journal is not None:
                journal.sending(batch)
            _log.info("batch %d: sending %d leads", batch.number, len(batch.rows))
            result, error = _send(batch, sink, result, file_name=file_name, waive_blocklist=waive)
            _log.debug("batch %d: %s", batch.number, result.state)
            if journal is not None:
                journal.finished(result)
        results.append(result)
        if error is None and progress is not None:
            progress(sum(each.rows for each in results), to_send)
    if isinstance(error, SinkError) and results[0].state != "acknowledged":
        raise error
    rows = cleaned.verdicts.loc[cleaned.sent(send_all=send_all).to_numpy(), "row"].to_numpy()
    trace = Trace(
        prediction.features, prediction.batch + 1, rows, prediction.policy, prediction.waive_blocklist
    )
    differs = any(result.reported not in (None, result.predicted) for result in results)
    told = reconcile(results, bounds=prediction.range if differs else None, trace=trace)
    return Receipt(sink.name, prediction.counts, told, error)


def _send(
    batch: Batch, sink: Sink, planned: BatchResult, *, file_name: str, waive_blocklist: bool
) -> tuple[BatchResult, HygieneError | None]:
    """Send one batch, once; what became of it, and why the import stops where it does."""
    sent = replace(planned, attempts=planned.attempts + 1)
    try:
        reply = sink.send(batch.leads, file_name=file_name, waive_blocklist=waive_blocklist)
    except UnknownOutcome as lost:
        return replace(sent, state="unknown"), lost
    except Unreachable as refusal:
        return planned, refusal
    except SinkError as refusal:
        return replace(sent, state="planned" if isinstance(refusal, _STILL_PLANNED) else "rejected"), refusal
    return replace(sent, state="acknowledged", reported=reply.counts, extra=reply.extra), None
