"""Tally: rows by outcome and by reason, and how they are held against limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hygiene.errors import UsageError
from hygiene.gate import check_gate
from hygiene.settings import Settings
from hygiene.survey import Survey
from hygiene.verdict import Outcome

__all__ = ["Tally"]


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

    @classmethod
    def of(cls, found: Survey, /) -> "Tally":
        """The tally of a survey."""
        by_rank = np.bincount(found.relations.ranks, minlength=len(Outcome)).tolist()
        return cls.counted(by_rank, found.reasons, found.settings, marked=bool(found.marks))

    @classmethod
    def counted(
        cls, by_rank: Sequence[int], reasons: Mapping[str, int], settings: Settings, /, *, marked: bool
    ) -> "Tally":
        """The tally of rows that were counted already.

        Args:
            by_rank: Rows by the rank of their outcome.
            reasons: Rows by reason.
            settings: Which passes ran.
            marked: Whether there was a suppression column.
        """
        ran = {
            Outcome.UNDELIVERABLE: settings.resolver is not None,
            Outcome.SUPPRESSED: settings.suppress is not None or marked,
            Outcome.BLOCKED: settings.blocklist is not None,
        }
        outcomes = {
            outcome.value: int(by_rank[outcome.rank]) if ran.get(outcome, True) else None
            for outcome in Outcome
        }
        return cls(int(sum(by_rank)), outcomes, reasons)

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
        unchecked = {name for name, rows in self.outcomes.items() if rows is None} & {
            *(max or {}),
            *(min or {}),
        }
        if unchecked:
            msg = f"limit on {sorted(unchecked)[0]}: it was not checked; hand over the list or resolver that checks it."
            raise UsageError(msg)
        counts = {**self.reasons, **{name: rows or 0 for name, rows in self.outcomes.items()}}
        check_gate(counts, rows=self.rows, max=max or {}, min=min or {})
