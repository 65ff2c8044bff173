"""The result of a cleaning: what is ready, what is withheld and why, and what the API would answer.

Everything is derived from the lead frame and its verdicts; nothing here changes either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hygiene.columns import CANONICAL, MALFORMED
from hygiene.errors import UsageError
from hygiene.features import Features
from hygiene.filling import Fills, fill_blanks
from hygiene.gate import check_gate
from hygiene.prediction import Prediction, predict
from hygiene.text import is_blank, text_column
from hygiene.verdict import REASONS, Counts, Outcome

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from hygiene.comparing import Comparison
    from hygiene.story import Story
    from hygiene.survey import Survey

__all__ = ["CleanedLeads", "Tally"]

#: Outcomes that `send_all` sends, to audit the prediction. What our own suppression list forbids, and
#: what is invalid, undeliverable or for review, is sent by no option.
_AUDITED = (Outcome.READY, Outcome.BLOCKED, Outcome.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Tally:
    """Rows by outcome and by reason. Outcomes add up to `rows`; reasons need not.

    Attributes:
        rows: Input rows.
        outcomes: Every outcome; None for one that was not checked.
        reasons: Reasons that some row has.
    """

    rows: int
    outcomes: Mapping[str, int | None]
    reasons: Mapping[str, int]


class CleanedLeads:
    """A lead frame with a verdict for every row.

    Attributes:
        frame: The leads as they came in, with canonical columns.
        verdicts: One row an input row, aligned with `frame`; see `hygiene_schemas.Verdict`.
        survey: What the passes found, and the settings they ran with.
        read_notes: Sentences worth telling about how the input was read.
        notes: These, and those about the lists and suppression columns that were found.
        files: Names of the files it came from; empty for a frame.
        sha256: Hex digest over those files; None for a frame.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        verdicts: pd.DataFrame,
        survey: "Survey",
        *,
        notes: Sequence[str] = (),
        files: Sequence[str] = (),
        sha256: str | None = None,
    ) -> None:
        self.frame = frame
        self.verdicts = verdicts
        self.survey = survey
        self.read_notes = tuple(notes)
        self.notes = (*notes, *survey.notes)
        self.files = tuple(files)
        self.sha256 = sha256
        self._compared: dict[str, Comparison] = {}
        self._predictions: dict[tuple[bool, int], Prediction] = {}

    def __repr__(self) -> str:
        outcomes = ", ".join(f"{count} {name}" for name, count in self.counts.outcomes.items() if count)
        return f"<CleanedLeads {self.counts.rows} rows: {outcomes or 'none'}>"

    def _repr_html_(self) -> str:
        from hygiene.report.notebook import cleaned_html

        return cleaned_html(self)

    @cached_property
    def fills(self) -> pd.DataFrame:
        """Cells that rows took from the rows they replace: `row`, `column`, `from_row`; none without `fill`."""
        return self._filled.cells

    @cached_property
    def _filled(self) -> Fills:
        if not self.survey.settings.fill:
            return Fills(self.frame)
        donors = (self.verdicts["outcome"] != Outcome.SUPPRESSED.value).to_numpy()
        return fill_blanks(self.frame, self.survey.repeats, donors=donors, without=tuple(self.survey.marks))

    @property
    def ready(self) -> pd.DataFrame:
        """The leads to import: all columns, `email` being the normalized address."""
        return self.to_send()

    def to_send(self, *, send_all: bool = False) -> pd.DataFrame:
        """The leads that an import sends, in the order of the input.

        Args:
            send_all: Also blocked and duplicate rows, to audit the prediction.
        """
        return self.leads(np.flatnonzero(self.sent(send_all=send_all).to_numpy()))

    def leads(self, positions: "np.ndarray[Any, Any]", /) -> pd.DataFrame:
        """The leads at these positions as an import sends them: all columns, the normalized address."""
        leads = self._filled.frame.iloc[positions].drop(columns=MALFORMED, errors="ignore")
        return leads.assign(email=self.verdicts["address"].iloc[positions].to_numpy())

    def features(self, positions: "np.ndarray[Any, Any]", /) -> Features:
        """What the API's counting rules see of the leads at these positions."""
        addresses = self.verdicts["address"].iloc[positions]
        return self._predict(addresses, max(len(positions), 1)).features

    def forbidden(self, *, send_all: bool = False) -> "np.ndarray[Any, Any]":
        """Row numbers that a list forbids to send, whatever else is said of them.

        Args:
            send_all: Whether blocked rows are sent all the same; suppressed ones never are.
        """
        outcomes = {Outcome.SUPPRESSED} if send_all else {Outcome.SUPPRESSED, Outcome.BLOCKED}
        found = [
            np.flatnonzero(rows) + chunk.first_row
            for chunk in self.survey.chunks
            for code, rows in chunk.findings.masks.items()
            if code in REASONS and REASONS[code].outcome in outcomes
        ]
        return np.unique(np.concatenate([np.arange(0), *found]))

    def sent(self, *, send_all: bool = False) -> "pd.Series[bool]":
        """True for the rows of `to_send`."""
        outcomes = [outcome.value for outcome in _AUDITED] if send_all else [Outcome.READY.value]
        return self.verdicts["outcome"].isin(outcomes)

    @property
    def withheld(self) -> pd.DataFrame:
        """The rows that are not ready: place, outcome, reasons, suggestion, then the original cells."""
        rows = (self.verdicts["outcome"] != Outcome.READY.value).to_numpy()
        place = self.verdicts.loc[rows, ["row", "source", "line", "outcome", "reasons", "suggestion"]]
        cells = self.frame.loc[rows].rename(columns={name: f"{name} (2)" for name in place.columns})
        return pd.concat([place.reset_index(drop=True), cells.reset_index(drop=True)], axis=1).set_index(
            place.index
        )

    @cached_property
    def counts(self) -> Tally:
        """Rows by outcome and by reason."""
        found = self.verdicts["outcome"].value_counts()
        reasons: dict[str, int] = {}
        for chunk in self.survey.chunks:
            for code, rows in chunk.findings.tally().items():
                reasons[code] = reasons.get(code, 0) + rows
        unchecked = self._unchecked()
        outcomes = {
            outcome.value: None if outcome in unchecked else int(found.get(outcome.value, 0))
            for outcome in Outcome
        }
        return Tally(len(self.verdicts), outcomes, reasons)

    def _unchecked(self) -> set[Outcome]:
        """Outcomes whose pass did not run."""
        settings = self.survey.settings
        passes = {
            Outcome.UNDELIVERABLE: settings.resolver is not None,
            Outcome.SUPPRESSED: settings.suppress is not None or bool(self.survey.marks),
            Outcome.BLOCKED: settings.blocklist is not None,
        }
        return {outcome for outcome, ran in passes.items() if not ran}

    @cached_property
    def prediction(self) -> Prediction:
        """What the API would answer to an import of `ready`, batch by batch."""
        return self.predict()

    def predict(self, *, send_all: bool = False, batch_leads: int | None = None) -> Prediction:
        """What the API would answer to an import, with the block list and known leads there are."""
        size = batch_leads or self.survey.settings.batch_leads
        if (send_all, size) not in self._predictions:
            addresses = self.verdicts.loc[self.sent(send_all=send_all).to_numpy(), "address"]
            self._predictions[send_all, size] = self._predict(addresses, size)
        return self._predictions[send_all, size]

    def _predict(self, addresses: pd.Series, batch_leads: int) -> Prediction:
        settings = self.survey.settings
        return predict(
            addresses,
            policy=settings.policy,
            blocklist=None
            if settings.blocklist is None
            else [cell for rules in settings.blocklist for cell in rules.literal.to_pylist()],
            known=settings.addresses_held("list"),
            elsewhere=settings.addresses_held("account"),
            batch_leads=batch_leads,
            waive_blocklist=settings.waive_blocklist,
        )

    @property
    def predicted(self) -> Counts:
        """The four numbers the API would answer to an import of `ready`."""
        return self.prediction.counts

    @cached_property
    def predicted_raw(self) -> Counts:
        """The four numbers the API would answer if the file were sent as it is."""
        return self._predict(self.frame["email"], self.survey.settings.batch_leads).counts

    @cached_property
    def fill_rates(self) -> dict[str, float | None]:
        """Share of rows that fill each canonical column; None where the input has no such column."""
        return {name: self._fill_rate(name) for name in CANONICAL}

    def _fill_rate(self, column: str) -> float | None:
        if column not in self.frame or not len(self.frame):
            return None
        return 1 - float(is_blank(text_column(self.frame[column])).mean())

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
        unchecked = {outcome.value for outcome in self._unchecked()} & {*(max or {}), *(min or {})}
        if unchecked:
            msg = f"limit on {sorted(unchecked)[0]}: it was not checked; hand over the list or resolver that checks it."
            raise UsageError(msg)
        counts = {**self.counts.reasons, **{name: rows or 0 for name, rows in self.counts.outcomes.items()}}
        check_gate(counts, rows=self.counts.rows, max=max or {}, min=min or {})

    def by(self, name: str, /) -> "Comparison":
        """The sources that a column's values (or the files, for ``file``) make, each judged as if alone.

        Raises:
            UsageError: no such column, or too many values for a comparison.
        """
        from hygiene.comparing import compare

        if name not in self._compared:
            self._compared[name] = compare(self, name)
        return self._compared[name]

    def explain(self, row: int, /, *, show_addresses: bool = False) -> "Story":
        """What happened to one row, told in sentences.

        Args:
            row: Its row number, from 1; `verdicts` has it in the column ``row``.
            show_addresses: Whether the address is told whole rather than masked.

        Raises:
            UsageError: there is no such row.
        """
        from hygiene.story import tell

        return tell(self, row, show_addresses=show_addresses)

    def plot(self) -> "Figure":
        """A picture of the outcomes; needs the extra `notebook`.

        Raises:
            UsageError: matplotlib is not installed.
        """
        from hygiene.report.plots import plot_outcomes

        return plot_outcomes(self.counts)
