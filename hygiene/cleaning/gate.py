"""Rows by outcome and by reason, and how they are held against the limits a list has to keep.

What happens after a failed gate is the caller's to say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hygiene.cleaning.settings import Settings
from hygiene.cleaning.survey import Survey
from hygiene.columns.opt_outs import any_marks
from hygiene.display import counted
from hygiene.errors import GateFailed, UsageError
from hygiene.outcomes import REASONS, Outcome

__all__ = ["RowCounts", "check_gate", "parse_limit"]

#: Prefixes of reason codes whose rest the user's own columns and rules make up.
_FAMILIES = ("missing_", "schema_", "rule_")


@dataclass(frozen=True, slots=True)
class RowCounts:
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
    def of(cls, found: Survey, /) -> "RowCounts":
        """The tally of a survey."""
        by_rank = np.bincount(found.relations.ranks, minlength=len(Outcome)).tolist()
        return cls.counted(by_rank, found.reasons, found.settings, marked=any_marks(found.marks))

    @classmethod
    def counted(
        cls, by_rank: Sequence[int], reasons: Mapping[str, int], settings: Settings, /, *, marked: bool
    ) -> "RowCounts":
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


def parse_limit(text: str, /) -> tuple[str, int | float]:
    """The name and limit of ``NAME=LIMIT``: ``1`` is a row, ``2%`` or ``0.02`` a share of the input rows.

    Raises:
        UsageError: not that form, or the name is neither an outcome nor a reason.
    """
    name, equals, limit = text.partition("=")
    try:
        share = float(limit.removesuffix("%")) / (100 if limit.endswith("%") else 1)
        value = int(limit) if limit.isdigit() else share
    except ValueError:
        value = -1
    if not equals or not (value >= 0 and (isinstance(value, int) or value <= 1)):
        msg = f"limit {text!r}: expected NAME=LIMIT, for instance invalid=2%, invalid=0.02 or invalid=10 (rows)."
        raise UsageError(msg)
    _check_name(name)
    return name, value


def _check_name(name: str) -> None:
    if name not in REASONS and name not in set(Outcome) and not name.startswith(_FAMILIES):
        msg = f"limit on {name!r}: expected an outcome ({', '.join(Outcome)}) or a reason code."
        raise UsageError(msg)


def check_gate(
    counts: Mapping[str, int],
    /,
    *,
    rows: int,
    max: Mapping[str, int | float],  # noqa: A002 -- the word of the gate
    min: Mapping[str, int | float],  # noqa: A002 -- the word of the gate
) -> None:
    """Hold counts against limits.

    Args:
        counts: Rows by outcome and by reason; a name that is not there counts 0.
        rows: Input rows, the whole that shares are of.
        max: Most rows (int) or share (float) by name.
        min: Fewest rows (int) or share (float) by name.

    Raises:
        GateFailed: naming every limit that was passed and its figure.
        UsageError: a name is neither an outcome nor a reason.
    """
    failures = []
    for limits, word, sign in ((max, "at most", 1), (min, "at least", -1)):
        for name, limit in limits.items():
            _check_name(name)
            found = counts.get(name, 0)
            allowed = limit if isinstance(limit, int) else limit * rows
            if (found - allowed) * sign > 0:
                failures.append(f"{name} is {_figure(found, rows, limit)}, {word} {_limit(limit)} allowed")
    if failures:
        raise GateFailed(failures)


def _figure(found: int, rows: int, limit: int | float) -> str:
    return (
        counted(found, "row")
        if isinstance(limit, int)
        else f"{found} of {rows} rows ({found / max(rows, 1):.2%})"
    )


def _limit(limit: int | float) -> str:
    return counted(limit, "row") if isinstance(limit, int) else f"{limit:.2%}"
