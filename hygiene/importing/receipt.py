"""Receipts: what an import did, over all its runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from hygiene.display import inert
from hygiene.errors import HygieneError
from hygiene.importing.records import Frozen, Record, in_order
from hygiene.outcomes import Counts
from hygiene.prediction.explain import Trace
from hygiene.prediction.readback import Readback
from hygiene.prediction.reconcile import BatchResult, BatchState, Reconciliation, reconcile
from hygiene.prediction.uncertainty import Bounds, Unknown, find_bounds

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from hygiene.cleaning.result import CleanedLeads

__all__ = ["DELIVERIES", "Receipt", "bounds_of", "has_drift", "receipt_of"]

#: Files about the rows of an import, and the states of the batches whose rows they hold.
DELIVERIES: Mapping[str, tuple[BatchState, ...]] = {
    "sent.csv": ("acknowledged", "settled"),
    "rejected.csv": ("rejected",),
    "unknown.csv": ("unknown",),
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an import did, over all its runs.

    Attributes:
        sink: Where to.
        predicted: Counts predicted for all batches.
        reconciliation: Predicted against reported.
        error: Why it stopped before its end; None where it did not.
        import_id: Its name in the journal; None without one.
        progressed: Whether this run sent anything that may have landed, or settled what an earlier one sent.
        rows: Row numbers by batch.
        readback: What the list held afterwards against what was sent; None where it was not read.
        summary: What the journal keeps of a finished import that was run again; None elsewhere.
        notes: Sentences worth telling about what was read and how it went on.
    """

    sink: str
    predicted: Counts
    reconciliation: Reconciliation
    error: HygieneError | None = None
    import_id: str | None = None
    progressed: bool = False
    rows: Mapping[int, Sequence[int]] = field(default_factory=dict, repr=False)
    readback: Readback | None = None
    summary: Mapping[str, object] | None = field(default=None, repr=False)
    notes: tuple[str, ...] = ()

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
        from hygiene.plotting import plot_counts

        told = self.reconciliation
        return plot_counts(told.predicted, told.reported, status=told.status)

    def deliveries(self, cleaned: "CleanedLeads", /) -> "dict[str, pd.DataFrame]":
        """By name of file (`DELIVERIES`): row, place, address, batch and state of leads, and the API's words.

        Args:
            cleaned: The leads that were imported.
        """
        return {name: self._rows_in(states, cleaned) for name, states in DELIVERIES.items()}

    def _rows_in(self, states: Sequence[BatchState], cleaned: "CleanedLeads") -> "pd.DataFrame":
        import pandas as pd

        found = [
            (row, batch.batch, batch.state, words.get(place, batch.words))
            for batch in self.batches
            if batch.state in states
            for words in [dict(batch.told_words)]
            for place, row in enumerate(self.rows.get(batch.batch, ()))
        ]
        frame = pd.DataFrame(found, columns=["row", "batch", "state", "words"]).astype({"row": "int64"})
        frame = frame.sort_values("row", kind="stable", ignore_index=True)
        _, verdicts = cleaned.at(frame["row"].to_numpy() - 1)
        place = verdicts[["source", "line", "address"]].reset_index(drop=True)
        columns = ["row", "source", "line", "address", "batch", "state", "words"]
        return pd.concat([frame, place], axis=1)[columns]


def receipt_of(
    record: Record,
    frozen: Frozen,
    /,
    *,
    sink: str,
    waive_blocklist: bool,
    error: HygieneError | None,
    progressed: bool,
    summary: Mapping[str, object] | None,
) -> Receipt:
    """The receipt of what is remembered of an import; see `Receipt` for the arguments."""
    entries = sorted(record.entries(), key=lambda entry: entry.number)
    results, rows = [entry.result for entry in entries], record.rows()
    places, batch = in_order(entries)
    trace = Trace(record.features().take(places), batch + 1, rows[places], frozen.policy, waive_blocklist)
    return Receipt(
        sink,
        sum((result.predicted for result in results), Counts()),
        reconcile(results, bounds=bounds_of(results, trace, frozen.unknown), trace=trace),
        error,
        import_id=record.import_id,
        progressed=progressed,
        rows={entry.number: rows[entry.leads].tolist() for entry in entries},
        summary=summary,
    )


def has_drift(results: Sequence[BatchResult], /) -> bool:
    """Whether any batch was answered otherwise than predicted."""
    return any(result.drift is not None and any(result.drift.as_dict().values()) for result in results)


def bounds_of(results: Sequence[BatchResult], trace: Trace, unknown: Sequence[str], /) -> Bounds | None:
    """What was left open when the import was planned, where anything differs."""
    if not has_drift(results):
        return None
    return find_bounds(
        trace.features,
        trace.policy,
        batch=trace.batch - 1,
        waive_blocklist=trace.waive_blocklist,
        unknown=[Unknown(name) for name in unknown],
    )
