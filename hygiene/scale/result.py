"""The result of a cleaning by Dask: what `CleanedLeads` has, as Dask frames and sums."""

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from hygiene.cleaning.changed import ChangedColumn, add_changes
from hygiene.cleaning.decide import decide
from hygiene.cleaning.gate import RowCounts
from hygiene.cleaning.notes import notes_on
from hygiene.cleaning.pipeline import survey_frame
from hygiene.errors import UsageError
from hygiene.io.leftovers import held, new_folder, sweep
from hygiene.outcomes import Counts
from hygiene.prediction.predict import Prediction, predict_touched
from hygiene.prediction.prefilter import Prefilter
from hygiene.scale.outputs import Table, count_changed, lay_out, read_table, seal, tables_of, write_tables
from hygiene.scale.prefilter import Touched, find_touched, gather_touched, look
from hygiene.scale.safe_tasks import pick
from hygiene.scale.survey import SOURCE, Surveyed
from hygiene.scale.tasks import bits_for, compute, exchange, hand_out, hold, task

if TYPE_CHECKING:
    import dask.dataframe as dd
    from dask.delayed import Delayed

__all__ = ["ScaledLeads"]

#: Names of folders that tables are written in until all are whole.
_DRAFT = re.compile(r"\.[0-9a-f]{12}\.tmp")


class ScaledLeads:
    """Leads of a Dask frame with a verdict for every row.

    What the passes found is held by the workers for as long as this object is; the leads are not.

    Attributes:
        counts: Rows by outcome and by reason.
        notes: What is worth telling about the columns, the lists, the suppression columns and the dates.
    """

    def __init__(self, found: Surveyed, /) -> None:
        self._found = found
        self._predictions: dict[int, Prediction] = {}
        self.counts: RowCounts = found.counts
        job = found.job
        stand_ins = job.columns.told(job.header, found.stand_ins, source=SOURCE)
        told = notes_on(found.settings, found.marks, found.dated, found.counts.reasons)
        self.notes = (*job.columns.notes, *stand_ins, *told)

    def __len__(self) -> int:
        return self.counts.rows

    def __repr__(self) -> str:
        outcomes = ", ".join(f"{count} {name}" for name, count in self.counts.outcomes.items() if count)
        parts = len(self._found.partitions)
        return f"<ScaledLeads {len(self)} rows in {parts} partitions: {outcomes or 'none'}>"

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

    @cached_property
    def changed_columns(self) -> dict[str, ChangedColumn]:
        """How many cells of `ready` are not as they came in, by column, with their rules and a few examples."""
        if not self._found.settings.fields.are_any:
            return {}
        parts = enumerate(self._found.partitions)
        return add_changes(
            compute(
                [
                    task(
                        count_changed,
                        part.what,
                        self._sealed(number),
                        self._parts(number),
                        self._found.handed,
                    )
                    for number, part in parts
                ]
            )
        )

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
            self._predictions[size] = self._predict(self._touched, size)
        return self._predictions[size]

    @property
    def predicted(self) -> Counts:
        """The four numbers the API would answer to an import of `ready`."""
        return self.prediction.counts

    @cached_property
    def predicted_raw(self) -> Counts:
        """The four numbers the API would answer if the frame were sent as it is."""
        return self._predict(self._find_touched(raw=True), self._found.settings.batch_leads).counts

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
        with _draft(Path(folder), paths) as draft:
            compute(
                [
                    task(write_tables, part.what, self._sealed(number), self._parts(number), self._found.handed,
                         draft, number)
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
        verdicts = decide(survey_frame(self._empty_leads, settings), 0).assign(changes=np.arange(0))
        return lay_out(self._empty_leads, verdicts, settings.fields)

    @cached_property
    def _touched(self) -> Sequence[Touched]:
        return self._find_touched(raw=False)

    def _find_touched(self, *, raw: bool) -> Sequence[Touched]:
        """The leads that some counting rule can reach, of those that an import sends or of all as they are."""
        lists = {name: texts for name, texts in self._found.settings.of_api.items() if texts is not None}
        touching = hand_out(Prefilter(**lists, policy=self._found.settings.policy, key=self._found.job.key))
        bits = bits_for(len(self))
        parts = [(part.what, part.kept, None if raw else part.placed) for part in self._found.partitions]
        looked = hold([task(look, what, touching, *held, bits) for what, *held in parts])
        pieces = [task(pick, each, "pieces") for each in looked]
        found = exchange(pieces, lambda what, each: task(find_touched, what, touching, each), bits=bits)
        return compute(
            [
                task(gather_touched, what, *held, alone, places)
                for (what, *held), alone, places in zip(parts, looked, found, strict=True)
            ]
        )

    def _predict(self, touched: Sequence[Touched], batch_leads: int) -> Prediction:
        firsts = np.cumsum([0, *(part.leads for part in touched)])
        rows = [part.place + first for part, first in zip(touched, firsts, strict=False)]
        settings = self._found.settings
        return predict_touched(
            pa.concat_arrays([pa.nulls(0, pa.large_string()), *(part.texts for part in touched)]),
            np.concatenate([np.arange(0), *rows]),
            leads=int(firsts[-1]),
            policy=settings.policy,
            **settings.of_api,
            batch_leads=batch_leads,
            waive_blocklist=settings.waive_blocklist,
        )


@contextlib.contextmanager
def _draft(folder: Path, paths: Sequence[Path]) -> Iterator[Path]:
    """A folder with an empty one for each path, which take these places when all went well."""
    there = [path.name for path in paths if path.exists()]
    if there:
        msg = f"{folder}: {' and '.join(there)} is there already; name another folder, so that no old part is imported."
        raise UsageError(msg)
    sweep(folder, _DRAFT)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft, handle = held(lambda: new_folder(folder / f".{secrets.token_hex(6)}.tmp"))
    except OSError as error:
        msg = f"{folder}: cannot be written to ({error.strerror}); name another folder."
        raise UsageError(msg) from error
    try:
        for path in paths:
            (draft / path.name).mkdir(mode=0o700)
        yield draft
        for path in paths:
            (draft / path.name).rename(path)
    finally:
        shutil.rmtree(draft)
        if handle >= 0:
            os.close(handle)
