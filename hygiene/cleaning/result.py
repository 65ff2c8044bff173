"""The result of a cleaning: what is ready, what is withheld and why, and what the API would answer.

Everything is derived from the survey of the leads; nothing here changes it.
"""

import copy
import dataclasses
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa

from hygiene.arrow.columns import Columns
from hygiene.arrow.hashing import frame_digest
from hygiene.arrow.parallel import map_in_order
from hygiene.arrow.text import Mask
from hygiene.cleaning.changed import ChangedColumn
from hygiene.cleaning.check_chunk import CheckedChunk
from hygiene.cleaning.decide import decide, leads_of
from hygiene.cleaning.forecast import forecast, forecast_raw, look_at
from hygiene.cleaning.gate import RowCounts
from hygiene.cleaning.outgoing import Outgoing
from hygiene.cleaning.pipeline import resurvey
from hygiene.cleaning.rewrite import FieldRules, Rewritten
from hygiene.cleaning.row_lookup import Positions, labelled, places_at, rows_at, sent_at, together
from hygiene.cleaning.survey import Survey
from hygiene.cleaning.withheld import withheld_columns, withheld_of
from hygiene.columns.mapping import CANONICAL
from hygiene.display import counted
from hygiene.errors import UsageError
from hygiene.outcomes import REASONS, Counts, Outcome
from hygiene.prediction.features import Features
from hygiene.prediction.predict import Prediction

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from hygiene.cleaning.comparison import Comparison
    from hygiene.cleaning.row_explanation import RowExplanation


__all__ = ["Chunk", "CleanedLeads"]

#: Outcomes that `send_all` sends, to audit the prediction. What our own suppression list forbids, and
#: what is invalid, undeliverable or for review, is sent by no option.
_AUDITED = (Outcome.READY, Outcome.BLOCKED, Outcome.DUPLICATE)


class Chunk(NamedTuple):
    """Some rows: those that are ready, those that are withheld, the verdicts of all, the cells that were changed."""

    ready: "pd.DataFrame"
    withheld: "pd.DataFrame"
    verdicts: "pd.DataFrame"
    changes: "pd.DataFrame"


class Part(NamedTuple):
    """A chunk as it is written to files."""

    ready: Columns
    withheld: Columns
    verdicts: Columns
    changes: Columns


class CleanedLeads:
    """Leads with a verdict for every row.

    What is asked for by position is looked up chunk by chunk, so that leads which do not fit in memory need
    not; `frame`, `verdicts`, `ready` and `withheld` put all of it together.

    Attributes:
        survey: What the passes found, and the settings they ran with.
        read_notes: Sentences worth telling about how the input was read.
        files: Names of the files it came from; empty for a frame.
        sha256: Hex digest over those files; None for a frame.
    """

    def __init__(
        self,
        survey: Survey,
        *,
        frame: "pd.DataFrame | None" = None,
        notes: Sequence[str] = (),
        files: Sequence[str] = (),
        sha256: str | None = None,
    ) -> None:
        self._frame = frame
        self.survey = survey
        self.read_notes = tuple(notes)
        self.files = tuple(files)
        self.sha256 = sha256
        self._outgoing = Outgoing(survey)
        self._compared: dict[str, Comparison] = {}
        self._predictions: dict[tuple[bool, int], Prediction] = {}

    def __repr__(self) -> str:
        outcomes = ", ".join(f"{count} {name}" for name, count in self.counts.outcomes.items() if count)
        return f"<CleanedLeads {counted(self.counts.rows, 'row')}: {outcomes or 'none'}>"

    def _repr_html_(self) -> str:
        from hygiene.cleaning.html import outcome_html

        return outcome_html(self.counts, self.predicted)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is worth telling about the input, the lists and the suppression columns that were found."""
        return (*self.read_notes, *self.survey.notes)

    def again(self, **changes: Any) -> "CleanedLeads":
        """The same leads under settings that differ in `changes`; DNS is not asked again."""
        found = resurvey(self.survey, **changes)
        return CleanedLeads(
            found, frame=self._frame, notes=self.read_notes, files=self.files, sha256=self.sha256
        )

    def sent_as(self, fields: FieldRules, /) -> "CleanedLeads":
        """The same leads with other rules for the cells that are sent; no verdict depends on them."""
        if fields == self.survey.settings.fields:
            return self
        found = copy.copy(self.survey)
        found.settings = dataclasses.replace(found.settings, fields=fields)
        return CleanedLeads(
            found, frame=self._frame, notes=self.read_notes, files=self.files, sha256=self.sha256
        )

    def __len__(self) -> int:
        return self.survey.rows

    @property
    def frame(self) -> "pd.DataFrame":
        """The leads as they came in, with canonical columns."""
        if self._frame is None:
            self._frame = together([leads_of(self.survey, chunk).frame for chunk in self.survey])
        return self._frame

    @cached_property
    def verdicts(self) -> "pd.DataFrame":
        """One row an input row, with the index of `frame`; see `hygiene_schemas.Verdict`."""
        parts = [self._verdicts(number, chunk) for number, chunk in enumerate(self.survey)]
        if len(parts) == 1:
            return parts[0]
        import pandas as pd

        return pd.concat(parts, ignore_index=True).set_index(self.frame.index)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of `frame`."""
        return self.survey.columns

    def chunks(self) -> "Iterator[Chunk]":
        """The leads with their verdicts, some at a time, in their order."""
        self._outgoing.prepare()
        return map_in_order(self._chunk, enumerate(self.survey), jobs=self.survey.jobs)

    def parts(self) -> "Iterator[Part]":
        """The same, as they are written to files."""
        self._outgoing.prepare()
        return map_in_order(self._part, enumerate(self.survey), jobs=self.survey.jobs)

    def _chunk(self, numbered: tuple[int, CheckedChunk]) -> "Chunk":
        sent, decided = self._decided(*numbered)
        leads = leads_of(self.survey, numbered[1]).frame
        verdicts = decided.frame(leads.index)
        return Chunk(sent.leads.frame, withheld_of(leads, verdicts), verdicts, sent.changes.frame())

    def _part(self, numbered: tuple[int, CheckedChunk]) -> "Part":
        sent, verdicts = self._decided(*numbered)
        withheld = withheld_columns(leads_of(self.survey, numbered[1]), verdicts)
        return Part(sent.leads.as_columns(), withheld, verdicts, sent.changes.as_columns())

    def _verdicts(self, number: int, chunk: CheckedChunk) -> "pd.DataFrame":
        return self._decided(number, chunk)[1].frame(chunk.frame.index)

    def _decided(self, number: int, chunk: CheckedChunk) -> tuple[Rewritten, Columns]:
        """The leads of a chunk that are ready, as they are sent, and the verdicts of all its rows."""
        verdicts = decide(self.survey, number, chunk)
        sent = self._outgoing.of_chunk(number, chunk)
        counts = sent.changes.count(np.arange(*self.survey.firsts[number : number + 2]) + 1)
        return sent, verdicts.beside(Columns(["changes"], [pa.array(counts)], len(chunk)))

    @property
    def changes(self) -> "pd.DataFrame":
        """The cells of `ready` that are not as they came in: `row`, `column`, `before`, `after`, `rule`."""
        import pandas as pd

        self._outgoing.prepare()
        numbered = enumerate(self.survey)
        sent = map_in_order(lambda each: self._outgoing.of_chunk(*each), numbered, jobs=self.survey.jobs)
        return pd.concat([each.changes.frame() for each in sent], ignore_index=True)

    @cached_property
    def changed_columns(self) -> dict[str, ChangedColumn]:
        """How many cells of `ready` are not as they came in, by column, with their rules and a few examples."""
        return self._outgoing.changed()

    def at(self, positions: Positions, /) -> "tuple[pd.DataFrame, pd.DataFrame]":
        """The leads at these positions, as they came in, and their verdicts."""
        found = self.survey
        leads = rows_at(found, positions, lambda _, chunk: leads_of(found, chunk).frame)
        return leads, rows_at(found, positions, self._verdicts)

    def places(self, positions: Positions, /) -> list[str]:
        """Where the rows at these positions stand: file and line, or the number of a row of a frame."""
        return places_at(self.survey, positions)

    @cached_property
    def fills(self) -> "pd.DataFrame":
        """Cells that rows took from the rows they replace: `row`, `column`, `from_row`; none without `fill`."""
        return self._outgoing.filled.cells

    @property
    def ready(self) -> "pd.DataFrame":
        """The leads to import: all columns, `email` being the normalized address."""
        return self.to_send()

    def to_send(self, *, send_all: bool = False) -> "pd.DataFrame":
        """The leads that an import sends, in the order of the input.

        Args:
            send_all: Also blocked and duplicate rows, to audit the prediction.
        """
        return self.leads(np.flatnonzero(self.sent(send_all=send_all)))

    def leads(self, positions: Positions, /) -> "pd.DataFrame":
        """The leads at these positions as an import sends them: filled, rewritten, the normalized address."""
        return self._outgoing.at(positions, frame=self._frame)

    def addresses(self, positions: Positions | None = None, /) -> pa.Array:
        """The addresses that are sent at these positions, or of all rows; null for none."""
        if positions is None:
            none = pa.nulls(0, pa.large_string())
            return pa.concat_arrays([none, *(self.survey.as_sent(texts) for texts in self.survey.texts())])
        return sent_at(self.survey, positions)

    def features(self, positions: Positions, /) -> Features:
        """What the API's counting rules see of the leads at these positions."""
        return look_at(self.survey, positions)

    def under_review(self) -> Positions:
        """Row numbers of the rows that are for review."""
        return np.flatnonzero(self.survey.relations.ranks == Outcome.REVIEW.rank) + 1

    def forbidden(self, *, send_all: bool = False) -> Positions:
        """Row numbers that a list forbids to send, whatever else is said of them.

        Args:
            send_all: Whether blocked rows are sent all the same; suppressed ones never are.
        """
        outcomes = {Outcome.SUPPRESSED} if send_all else {Outcome.SUPPRESSED, Outcome.BLOCKED}
        codes = [code for code, known in REASONS.items() if known.outcome in outcomes]
        found = [np.arange(0)]
        for number, chunk in enumerate(self.survey):
            masks = self.survey.findings(number, chunk).masks
            rows = [np.flatnonzero(masks[code]) for code in codes if code in masks]
            found += [each + self.survey.firsts[number] + 1 for each in rows]
        return np.unique(np.concatenate(found))

    def sent(self, *, send_all: bool = False) -> Mask:
        """True for the rows of `to_send`, by position."""
        outcomes = _AUDITED if send_all else (Outcome.READY,)
        found: Mask = np.isin(self.survey.relations.ranks, [outcome.rank for outcome in outcomes])
        return found

    def rows_to_send(self, *, send_all: bool = False) -> Positions:
        """The row numbers of `to_send`, which rise."""
        return np.flatnonzero(self.sent(send_all=send_all)) + 1

    @cached_property
    def digest(self) -> str:
        """Hex digest of the input: over its files, or over the cells of a frame."""
        return self.sha256 or frame_digest(self.frame)

    def to_arrow(self, name: Literal["ready", "withheld", "verdicts"], /) -> pa.Table:
        """The frame of that name as an Arrow table, without its index.

        Raises:
            UsageError: there is none.
        """
        if name not in ("ready", "withheld", "verdicts"):
            raise UsageError(f"to_arrow({name!r}): expected ready, withheld or verdicts.")
        return pa.Table.from_pandas(getattr(self, name), preserve_index=False)

    @property
    def withheld(self) -> "pd.DataFrame":
        """The rows that are not ready: place, outcome, reasons, suggestion, then the original cells."""
        return withheld_of(self.frame, self.verdicts)

    @cached_property
    def counts(self) -> RowCounts:
        """Rows by outcome and by reason."""
        return RowCounts.of(self.survey)

    @cached_property
    def prediction(self) -> Prediction:
        """What the API would answer to an import of `ready`, batch by batch."""
        return self.predict()

    def predict(self, *, send_all: bool = False, batch_leads: int | None = None) -> Prediction:
        """What the API would answer to an import, with the block list and known leads there are."""
        size = batch_leads or self.survey.settings.batch_leads
        if (send_all, size) not in self._predictions:
            sent = self.sent(send_all=send_all)
            self._predictions[send_all, size] = forecast(self.survey, sent, batch_leads=size)
        return self._predictions[send_all, size]

    @property
    def predicted(self) -> Counts:
        """The four numbers the API would answer to an import of `ready`."""
        return self.prediction.counts

    @cached_property
    def predicted_raw(self) -> Counts:
        """The four numbers the API would answer if the file were sent as it is."""
        return forecast_raw(self.survey, batch_leads=self.survey.settings.batch_leads).counts

    @cached_property
    def fill_rates(self) -> dict[str, float | None]:
        """Share of rows that fill each canonical column; None where the input has no such column."""
        return {name: self._fill_rate(name) for name in CANONICAL}

    def _fill_rate(self, column: str) -> float | None:
        if column not in self.columns or not len(self):
            return None
        return self.survey.filled[column] / len(self)

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

    def by(self, name: str, /) -> "Comparison":
        """The sources that a column's values make, each judged as if alone.

        Args:
            name: The column; ``file`` is the files, ``provider`` who takes the mail.

        Raises:
            UsageError: no such column, or too many values for a comparison.
        """
        from hygiene.cleaning.comparison import compare

        if name not in self._compared:
            self._compared[name] = compare(self.survey, name)
        return self._compared[name]

    def explain(
        self, row: int | None = None, /, *, label: Hashable = None, show_addresses: bool = False
    ) -> "RowExplanation":
        """What happened to one row, told in sentences.

        Args:
            row: Its row number, from 1; `verdicts` has it in the column ``row``.
            label: In place of it, its label in the index of the frame, which one row alone has.
            show_addresses: Whether the address is told whole rather than masked.

        Raises:
            UsageError: there is no such row, several have the label, or not one of the two was given.
        """
        from hygiene.cleaning.row_explanation import explain_row

        if (row is None) == (label is None):
            msg = "explain: expected a row number, explain(5), or the label of a row in the index, explain(label=...)."
            raise UsageError(msg)
        if not (row is None or isinstance(row, int | np.integer)):
            raise UsageError(
                "explain: a row number is a whole number; labels are given as explain(label=...)."
            )
        position = labelled(self.frame.index, label) if row is None else row - 1
        if not 0 <= position < len(self):
            msg = f"row {row}: expected a row from 1 to {len(self)}."
            raise UsageError(msg)
        verdict = self.at(np.array([position]))[1].iloc[0]
        return explain_row(verdict, show_addresses=show_addresses)

    def plot(self) -> "Figure":
        """A picture of the outcomes; needs the extra `notebook`.

        Raises:
            UsageError: matplotlib is not installed.
        """
        from hygiene.plotting import plot_outcomes

        return plot_outcomes(self.counts.rows, self.counts.outcomes)
