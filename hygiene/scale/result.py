"""The result of a cleaning by Dask: what `CleanedLeads` has, as Dask frames and sums."""

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hygiene.cleaning.changed import ChangedColumn, add_changes
from hygiene.cleaning.comparison import Comparison
from hygiene.cleaning.decide import decide
from hygiene.cleaning.dedup.fill import Fills
from hygiene.cleaning.gate import RowCounts
from hygiene.cleaning.notes import notes_on
from hygiene.cleaning.pipeline import survey_frame
from hygiene.cleaning.row_explanation import RowExplanation, explain_row
from hygiene.display import counted
from hygiene.errors import UsageError
from hygiene.importing.summary import Facts, summarise
from hygiene.outcomes import Counts
from hygiene.prediction.predict import Prediction
from hygiene.scale.draft import draft
from hygiene.scale.forecast import forecast, touched_leads
from hygiene.scale.groups import compare
from hygiene.scale.outputs import (
    Table,
    count_changed,
    lay_out,
    read_table,
    read_verdict,
    tables_of,
    write_tables,
)
from hygiene.scale.partition import read_fills
from hygiene.scale.prefilter import Touched
from hygiene.scale.safe_tasks import seal
from hygiene.scale.survey import Surveyed
from hygiene.scale.tasks import compute, task
from hygiene.scale.top import SOURCE

if TYPE_CHECKING:
    import dask.dataframe as dd
    from dask.delayed import Delayed

__all__ = ["ScaledLeads"]


class ScaledLeads:
    """Leads of a Dask frame with a verdict for every row.

    What the passes found is held by the workers for as long as this object is; the leads are not.

    Attributes:
        counts: Rows by outcome and by reason.
        files: Names of the files they came from; none for a frame.
        notes: What is worth telling about the columns, the lists, the suppression columns and the dates.
    """

    def __init__(self, found: Surveyed, /, *, files: Sequence[str] = (), notes: Sequence[str] = ()) -> None:
        self._found = found
        self.files = tuple(files)
        self._predictions: dict[int, Prediction] = {}
        self._changed: list[dict[str, ChangedColumn]] | None = None
        self._compared: dict[str, Comparison] = {}
        self.counts: RowCounts = found.counts
        job = found.job
        stand_ins = job.columns.told(job.header, found.stand_ins, source=SOURCE)
        told = notes_on(found.settings, found.marks, found.dated, found.counts.reasons)
        self.notes = (*notes, *job.columns.notes, *stand_ins, *told)

    def __len__(self) -> int:
        return self.counts.rows

    def __repr__(self) -> str:
        outcomes = ", ".join(f"{count} {name}" for name, count in self.counts.outcomes.items() if count)
        parts = len(self._found.partitions)
        return f"<ScaledLeads {counted(len(self), 'row')} in {counted(parts, 'partition')}: {outcomes or 'none'}>"

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the leads' columns."""
        return tuple(self._empty_leads.columns)

    @property
    def ready(self) -> "dd.DataFrame":
        """The leads to import: all columns, `email` being the normalized address."""
        return self._frame("ready")

    @property
    def withheld(self) -> "dd.DataFrame":
        """The rows that are not ready: place, outcome, reasons, suggestion, then the original cells."""
        return self._frame("withheld")

    @cached_property
    def verdicts(self) -> "dd.DataFrame":
        """One row an input row; see `hygiene_schemas.Verdict`."""
        return self._frame("verdicts")

    @property
    def changes(self) -> "dd.DataFrame":
        """The cells of `ready` that are not as they came in: `row`, `column`, `before`, `after`, `rule`."""
        return self._frame("changes")

    @property
    def fills(self) -> "dd.DataFrame":
        """Cells that rows took from the rows they replace: `row`, `column`, `from_row`; none without `fill`."""
        import dask.dataframe as dd

        parts = [task(read_fills, part.what, part.kept) for part in self._found.partitions]
        return dd.from_delayed(parts, meta=Fills().cells, verify_meta=False)

    @property
    def changed_columns(self) -> dict[str, ChangedColumn]:
        """How many cells of `ready` are not as they came in, by column, with their rules and a few examples."""
        if self._changed is None:
            counted = [
                task(count_changed, part.what, self._sealed(number), self._parts(number), self._found.handed)
                for number, part in enumerate(self._found.partitions)
            ]
            self._changed = compute(counted) if self._found.settings.fields.are_any else []
        return add_changes(self._changed)

    def by(self, name: str, /) -> Comparison:
        """The sources that a column's values make, each judged as if alone; the leads are read once for each.

        Args:
            name: The column; ``file`` is the files, ``provider`` who takes the mail.

        Raises:
            UsageError: no such column, or too many values for a comparison.
        """
        if name not in self._compared:
            self._compared[name] = compare(self._found, name)
        return self._compared[name]

    def explain(self, row: int, /, *, show_addresses: bool = False) -> RowExplanation:
        """What happened to one row, told in sentences.

        Args:
            row: Its row number; `verdicts` has it in the column ``row``.
            show_addresses: Whether the address is told whole rather than masked.

        Raises:
            UsageError: there is no such row.
        """
        if isinstance(row, bool) or not isinstance(row, int | np.integer):
            raise UsageError(
                "explain: expected a row number, explain(5); `verdicts` has them in its column row."
            )
        asked = [
            task(read_verdict, part.what, self._parts(number), int(row))
            for number, part in enumerate(self._found.partitions)
            if part.may_hold(int(row))
        ]
        found = [each for each in compute(asked) if len(each)]
        if not found:
            raise UsageError(f"row {row}: no row has that number, of {counted(len(self), 'row', ',')}.")
        return explain_row(found[0].iloc[0], show_addresses=show_addresses)

    def summary(self, *, by: str | None = None) -> dict[str, Any]:
        """The run as the JSON object that ``--format json`` prints; its input has no digest.

        Args:
            by: A column whose groups are compared in it, as `by` compares them.
        """
        found = self._found
        facts = Facts(
            files=self.files,
            counts=self.counts,
            changes=self.changed_columns,
            prediction=self.prediction,
            raw=self.predicted_raw,
            settings=found.settings,
            domains=len(found.asked),
            marks=found.marks,
            clusters=found.clusters,
            undated=found.dated.unread,
            filled=len(self.fills) if found.settings.fill else 0,
        )
        return summarise(facts, comparison=None if by is None else self.by(by))

    def gate(
        self,
        *,
        max: Mapping[str, int | float] | None = None,  # noqa: A002 -- the word of the gate
        min: Mapping[str, int | float] | None = None,  # noqa: A002 -- the word of the gate
    ) -> None:
        """Hold outcomes and reasons against limits: an int counts rows, a float is a share of the input rows.

        Raises:
            GateFailed: naming every limit that was passed and its figure.
            UsageError: a name is neither an outcome nor a reason.
        """
        self.counts.gate(max=max, min=min)

    @property
    def prediction(self) -> Prediction:
        """What the API would answer to an import of `ready`, batch by batch, in the order of the partitions."""
        return self.predict()

    def predict(self, *, batch_leads: int | None = None) -> Prediction:
        """What the API would answer to an import, with the block list and known leads there are."""
        size = batch_leads or self._found.settings.batch_leads
        if size not in self._predictions:
            self._predictions[size] = forecast(self._found, self._touched, batch_leads=size)
        return self._predictions[size]

    @property
    def predicted(self) -> Counts:
        """The four numbers the API would answer to an import of `ready`."""
        return self.prediction.counts

    @cached_property
    def predicted_raw(self) -> Counts:
        """The four numbers the API would answer if the frame were sent as it is."""
        touched = touched_leads(self._found, raw=True)
        return forecast(self._found, touched, batch_leads=self._found.settings.batch_leads).counts

    def write(self, folder: "str | os.PathLike[str]", /) -> list[Path]:
        """Write ready, withheld and verdicts as folders of Parquet files, one a partition; they are there whole or not.

        Where cells are rewritten, the folder ``changes`` beside them holds each that is not as it came in.

        Args:
            folder: Where to, as every worker and this process see it; made where it is not there.

        Returns:
            The three folders.

        Raises:
            InputError: a partition, read again, holds other leads.
            UsageError: one of the folders is there already, or the folder cannot be made.
        """
        paths = [Path(folder) / name for name in tables_of(self._found.settings.fields)]
        with draft(Path(folder), paths) as drafted:
            self._changed = compute(
                [
                    task(write_tables, part.what, self._sealed(number), self._parts(number), self._found.handed,
                         drafted, number)
                    for number, part in enumerate(self._found.partitions)
                ]
            )  # fmt: skip
        return paths[:3]

    def _frame(self, name: Table) -> "dd.DataFrame":
        import dask.dataframe as dd

        parts = [
            task(
                read_table, part.what, name, None if name == "verdicts" else self._sealed(number),
                self._parts(number), self._found.handed,
            )
            for number, part in enumerate(self._found.partitions)
        ]  # fmt: skip
        return dd.from_delayed(parts, meta=self._empty[name], verify_meta=False)

    def _sealed(self, number: int) -> "Delayed":
        return task(seal, self._found.partitions[number].leads)

    def _parts(self, number: int) -> list[Any]:
        part = self._found.partitions[number]
        return [part.kept, part.placed, part.first, self._found.domains]

    @property
    def _empty_leads(self) -> pd.DataFrame:
        return self._found.job.leads(self._found.empty)

    @cached_property
    def _empty(self) -> dict[Table, pd.DataFrame]:
        """The tables without a row."""
        settings = self._found.job.settings
        verdicts = decide(survey_frame(self._empty_leads, settings), 0).frame(self._empty_leads.index)
        return lay_out(self._empty_leads, verdicts.assign(changes=np.arange(0)), settings.fields)

    @cached_property
    def _touched(self) -> Sequence[Touched]:
        return touched_leads(self._found, raw=False)
