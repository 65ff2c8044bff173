"""Drift: which rules, or what we did not know, reproduce the counts that the API reported.

The policy space is searched from the fewest changes on. What fits is told, what does not is left as a
remainder; nothing is guessed, and nothing here asks the API.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from hygiene.outcomes import Counts
from hygiene.policy import ImportPolicy, is_seldom
from hygiene.prediction.causes import Result, causes_of
from hygiene.prediction.evidence import Evidence
from hygiene.prediction.explanation import Explanation, Fit
from hygiene.prediction.features import Codes, Features
from hygiene.prediction.policy_grid import PolicyGrid, Table, policies_near
from hygiene.prediction.relevance import values_of

__all__ = ["Trace", "explain"]

#: Most leads that a counter is taken for: more than any import has, and sums of it stay within 64 bits.
MOST_LEADS = 1 << 40
#: Leads times countings that one search may cost.
MOST_WORK = 50_000_000
#: Most changes in which rules are tried that few APIs have otherwise.
SELDOM_CHANGES = 3


@dataclass(frozen=True, slots=True)
class Trace:
    """What policies can see of an import's leads.

    Attributes:
        features: The leads in sending order.
        batch: The number of each lead's request, from 1 and never falling.
        rows: Row number of each lead in the input.
        policy: The rules that it was predicted with.
        waive_blocklist: Whether the requests waived the block list.
        evidence: What the list was seen to hold of the leads afterwards; None where nobody looked.
    """

    features: Features = field(repr=False)
    batch: Codes = field(repr=False)
    rows: Codes = field(repr=False)
    policy: ImportPolicy
    waive_blocklist: bool = False
    evidence: Evidence | None = field(default=None, repr=False)


def explain(results: Sequence[Result], trace: Trace, /) -> Explanation:
    """Search for what reproduces the reported counts of all answered batches.

    Args:
        results: Every batch; those without reported counts are left out, leads and all.
        trace: The leads of the import.
    """
    answered = [result for result in results if result.reported is not None]
    numbers = np.array([result.batch for result in answered], dtype=np.int64)
    chosen = np.flatnonzero(np.isin(trace.batch, numbers))
    if not len(chosen):
        return Explanation()
    trials = PolicyGrid(
        trace.features.take(chosen),
        trace.policy,
        batch=np.searchsorted(numbers, trace.batch[chosen]),
        waive_blocklist=trace.waive_blocklist,
    )
    seen = None if trace.evidence is None else trace.evidence.take(chosen)
    target = _target(answered, trace.rows[chosen], seen)
    drift = target.left(trials.table(trace.policy))
    if not drift.any():
        return Explanation()
    fits, dropped, closest, complete = _search(trials, trace.policy, target, answered)
    causes = causes_of(answered, drift, trials, trace.policy)
    left = None if fits or causes or dropped else closest
    return Explanation(fits, causes, left, complete, dropped)


class _Target(NamedTuple):
    """What a policy has to reproduce.

    Attributes:
        reported: Counts by request.
        given: Which of them the API gave.
        rows: The row number of each lead.
        seen: What the list was seen to hold of the leads.
    """

    reported: Table
    given: Any
    rows: Codes
    seen: Evidence | None

    def left(self, table: Table) -> Table:
        """Reported less counted; zero where the API gave no counter."""
        difference: Table = np.where(self.given, self.reported - table, 0)
        return difference


def _target(answered: Sequence[Result], rows: Codes, seen: Evidence | None) -> _Target:
    cells = [list((result.reported or Counts()).as_dict().values()) for result in answered]
    given = np.array([[cell is not None for cell in row] for row in cells], dtype=bool)
    reported = [[max(-MOST_LEADS, min(cell or 0, MOST_LEADS)) for cell in row] for row in cells]
    return _Target(np.array(reported, dtype=np.int64), given, rows, seen)


class _Found(NamedTuple):
    """What a search came to: what fits, what fits the counts alone, what leaves least over, and whether that is all."""

    fits: tuple[Fit, ...]
    contradicted: tuple[Fit, ...]
    closest: Fit
    complete: bool


def _search(trials: PolicyGrid, base: ImportPolicy, target: _Target, answered: Sequence[Result]) -> _Found:
    """The fits with the fewest changes, and where they all turn over what was measured, those that do not."""
    every = {name: values_of(name, getattr(base, name), answered) for name in trials.relevant()}
    fits, dropped = list[Fit](), list[Fit]()
    closest, least, complete = base, np.inf, True
    for changes in range(len(every) + 1):
        rules = {
            name: values for name, values in every.items() if _is_tried(name, base, changes, doubt=bool(fits))
        }
        for policy in policies_near(base, rules, changes=changes):
            left = int(np.abs(target.left(trials.table(policy))).sum())
            closest, least = (policy, left) if left < least else (closest, least)
            if not left:
                fit = _fit(trials, base, policy, target)
                (dropped if fit.against else fits).append(fit)
            complete = trials.countings * len(trials.rows) <= MOST_WORK
            if not complete:
                break
        if not complete or any(not fit.overturned for fit in fits):
            break
    fits.sort(key=lambda fit: _rank(base, fit.policy))
    fewest = min((len(fit.changes) for fit in fits or dropped), default=0)
    nearest = tuple(fit for fit in dropped if len(fit.changes) <= fewest)
    return _Found(tuple(fits), nearest, _fit(trials, base, closest, target), complete)


def _is_tried(name: str, base: ImportPolicy, changes: int, *, doubt: bool) -> bool:
    """Whether a rule is among those that are changed: what is seldom otherwise only by itself or with one other.

    Args:
        name: The rule.
        base: The policy that was predicted with.
        changes: How many rules change at once.
        doubt: Whether all that fits so far turns over what was measured, so that the rest alone is tried.
    """
    if doubt and name in base.measured:
        return False
    return changes <= SELDOM_CHANGES or not is_seldom(name)


def _rank(base: ImportPolicy, policy: ImportPolicy) -> tuple[int, int]:
    """Those first that change only what is assumed, and of these what is common."""
    changed = set(base.changes(policy))
    return len(changed - set(base.assumed())), sum(map(is_seldom, changed))


def _fit(trials: PolicyGrid, base: ImportPolicy, policy: ImportPolicy, target: _Target) -> Fit:
    moved = trials.classes(base) != trials.classes(policy)
    left = target.left(trials.table(policy)).sum(axis=0)
    rows = tuple(target.rows[trials.rows[moved]].tolist())
    remainder = Counts(*(int(number) for number in left))
    if target.seen is None:
        return Fit(policy, base.changes(policy), rows, remainder)
    against = target.seen.against(trials.every_class(policy), target.rows)
    return Fit(policy, base.changes(policy), rows, remainder, against)
