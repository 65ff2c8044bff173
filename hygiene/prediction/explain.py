"""Drift: which rules, or what we did not know, reproduce the counts that the API reported.

The policy space is searched from the fewest changes on. What fits is told, what does not is left as a
remainder; nothing is guessed, and nothing here asks the API.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np

from hygiene.display import counted
from hygiene.outcomes import Counts
from hygiene.policy import ImportPolicy, Value, as_toml, is_seldom
from hygiene.prediction.features import Codes, Features
from hygiene.prediction.policy_grid import PolicyGrid, Table, policies_near
from hygiene.prediction.relevance import values_of

__all__ = ["Explanation", "Fit", "Result", "Trace", "explain"]

#: Most leads that a counter is taken for: more than any import has, and sums of it stay within 64 bits.
MOST_LEADS = 1 << 40
#: Leads times countings that one search may cost.
MOST_WORK = 50_000_000
#: Most changes in which rules are tried that few APIs have otherwise.
SELDOM_CHANGES = 3
#: Row numbers that a sentence names.
NAMED_ROWS = 10
#: Policies that are told where several fit equally well.
NAMED_POLICIES = 5

TOTAL, IMPORTED, DUPLICATES, BLOCKED = range(4)


class Result(Protocol):
    """What is known of one request: `hygiene.prediction.reconcile.BatchResult`, or what a journal kept of it."""

    @property
    def batch(self) -> int:
        """Its number, from 1."""

    @property
    def rows(self) -> int:
        """Leads in it."""

    @property
    def attempts(self) -> int:
        """How often it was sent."""

    @property
    def reported(self) -> Counts | None:
        """Counts that the API gave; None where it gave none."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What policies can see of an import's leads.

    Attributes:
        features: The leads in sending order.
        batch: The number of each lead's request, from 1 and never falling.
        rows: Row number of each lead in the input.
        policy: The rules that it was predicted with.
        waive_blocklist: Whether the requests waived the block list.
    """

    features: Features = field(repr=False)
    batch: Codes = field(repr=False)
    rows: Codes = field(repr=False)
    policy: ImportPolicy
    waive_blocklist: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """A policy, and what it leaves unexplained.

    Attributes:
        policy: The rules.
        changes: Rule to its value before and in this policy.
        rows: Row numbers that it counts otherwise.
        remainder: Reported less counted under it; zero throughout where it explains everything.
    """

    policy: ImportPolicy
    changes: dict[str, tuple[Value, Value]]
    rows: tuple[int, ...]
    remainder: Counts

    @property
    def words(self) -> str:
        """The changed rules as TOML writes them, each with its value before."""
        before = {name: str(pair[0]).lower() for name, pair in self.changes.items()}
        return " and ".join(
            f"{name} = {as_toml(self.policy, name)} (was {before[name]})" for name in self.changes
        )


@dataclass(frozen=True, slots=True)
class Explanation:
    """What reproduces the reported counts.

    Attributes:
        fits: Policies with the fewest changes that explain every batch; empty where none does.
        causes: What would explain every batch without a change of rules, one sentence each.
        closest: The policy that leaves least unexplained, where nothing explains everything.
        complete: Whether every policy was tried that differs no more than the fits do.
    """

    fits: tuple[Fit, ...] = ()
    causes: tuple[str, ...] = ()
    closest: Fit | None = None
    complete: bool = True

    @property
    def policy(self) -> ImportPolicy | None:
        """The one policy that explains everything; None where there is none, or several."""
        return self.fits[0].policy if len(self.fits) == 1 else None

    def sentences(self) -> list[str]:
        """The explanation for people."""
        lines = [f"{fit.words} explains every batch{_named(fit.rows)}" for fit in self.fits[:NAMED_POLICIES]]
        if len(self.fits) > 1:
            more = len(self.fits) - NAMED_POLICIES
            lines.append(
                f"these {len(self.fits)} cannot be told apart by this import"
                + (f" ({more} are not shown)" if more > 0 else "")
            )
        lead = "or no rule differs, and " if self.fits else "no rule explains it; it fits that "
        lines += [lead + "; ".join(self.causes)] if self.causes else []
        if self.closest is not None:
            lines.append(_unexplained(self.closest))
        if not self.complete:
            lines.append("the search was stopped before all rules were tried: there are many leads here")
        return lines


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
    target = _target(answered, trace.rows[chosen])
    drift = target.left(trials.table(trace.policy))
    if not drift.any():
        return Explanation()
    fits, closest, complete = _search(trials, trace.policy, target, answered)
    causes = _causes(answered, drift, trials, trace.policy)
    return Explanation(fits, causes, None if fits or causes else closest, complete)


class _Target(NamedTuple):
    """What a policy has to reproduce: counts by request, which of them the API gave, and the leads' rows."""

    reported: Table
    given: Any
    rows: Codes

    def left(self, table: Table) -> Table:
        """Reported less counted; zero where the API gave no counter."""
        difference: Table = np.where(self.given, self.reported - table, 0)
        return difference


def _target(answered: Sequence[Result], rows: Codes) -> _Target:
    cells = [list((result.reported or Counts()).as_dict().values()) for result in answered]
    given = np.array([[cell is not None for cell in row] for row in cells], dtype=bool)
    reported = [[max(-MOST_LEADS, min(cell or 0, MOST_LEADS)) for cell in row] for row in cells]
    return _Target(np.array(reported, dtype=np.int64), given, rows)


def _search(
    trials: PolicyGrid, base: ImportPolicy, target: _Target, answered: Sequence[Result]
) -> tuple[tuple[Fit, ...], Fit, bool]:
    """The fits with the fewest changes, the policy that leaves least over, and whether none was left out."""
    every = {name: values_of(name, getattr(base, name), answered) for name in trials.relevant()}
    common = {name: values for name, values in every.items() if not is_seldom(name)}
    closest, least = base, np.inf
    exact: list[ImportPolicy] = []
    complete = True
    for changes in range(len(common) + 1):
        rules = every if changes <= SELDOM_CHANGES else common
        for policy in policies_near(base, rules, changes=changes):
            left = int(np.abs(target.left(trials.table(policy))).sum())
            closest, least = (policy, left) if left < least else (closest, least)
            exact += [] if left else [policy]
            complete = trials.countings * len(trials.rows) <= MOST_WORK
            if not complete:
                break
        if exact or not complete:
            break
    ranked = sorted(exact, key=lambda policy: _rank(base, policy))
    fits = tuple(_fit(trials, base, policy, target) for policy in ranked)
    return fits, _fit(trials, base, closest, target), complete


def _rank(base: ImportPolicy, policy: ImportPolicy) -> tuple[int, int]:
    """Those first that change only what is assumed, and of these what is common."""
    changed = set(base.changes(policy))
    return len(changed - set(base.assumed())), sum(map(is_seldom, changed))


def _fit(trials: PolicyGrid, base: ImportPolicy, policy: ImportPolicy, target: _Target) -> Fit:
    moved = trials.classes(base) != trials.classes(policy)
    left = target.left(trials.table(policy)).sum(axis=0)
    rows = tuple(target.rows[trials.rows[moved]].tolist())
    return Fit(policy, base.changes(policy), rows, Counts(*(int(number) for number in left)))


class _Predicted(NamedTuple):
    """What was predicted of a batch.

    Attributes:
        imported: Leads counted as imported.
        known: Different leads that are duplicates since they were held before.
        listed: Leads that are blocked by an entry.
    """

    imported: int
    known: int
    listed: int


def _causes(
    answered: Sequence[Result], drift: Table, trials: PolicyGrid, policy: ImportPolicy
) -> tuple[str, ...]:
    """What we did not know that would explain every batch; empty where something is left over."""
    columns = (trials.table(policy)[:, IMPORTED], trials.known(policy), trials.listed(policy))
    predicted = [_Predicted(*map(int, row)) for row in zip(*columns, strict=True)]
    found: dict[str, list[tuple[int, int]]] = {}
    for place, result in enumerate(answered):
        if not drift[place].any():
            continue
        parts = _parts(drift[place], predicted[place], policy, sent_again=result.attempts > 1)
        if parts is None:
            return ()
        for cause, leads in parts.items():
            found.setdefault(cause, []).append((result.batch, leads))
    return tuple(
        cause.format(n=counted(sum(leads for _, leads in where), "lead")) + _where(where)
        for cause, where in found.items()
    )


def _parts(
    drift: Any, predicted: _Predicted, policy: ImportPolicy, *, sent_again: bool
) -> dict[str, int] | None:
    """The drift of one batch by cause; None where causes of this kind cannot make it."""
    total, imported, duplicates, blocked = (int(number) for number in drift)
    if not (total or blocked) and 0 < imported == -duplicates <= predicted.known:
        return {"the list held {n} no more that we took for known": imported}
    gone = imported + duplicates == -blocked and min(imported, duplicates) >= 0
    if gone and not total and 0 < -blocked <= predicted.listed:
        return {"the block list named {n} no more": -blocked}
    lost = -(imported + duplicates + blocked)
    if imported > 0 or min(duplicates, blocked, lost) < 0 or total not in (0, -lost):
        return None
    if (duplicates and policy.duplicate_scope == "request") or -imported > predicted.imported:
        return None
    held = (
        "our own earlier attempt had brought {n}" if sent_again else "the list held {n} that we did not know"
    )
    dropped = "the API dropped {n} uncounted" if not total else "{n} did not reach the API"
    parts = {held: duplicates, "the block list names {n} by entries that we do not have": blocked}
    return {cause: leads for cause, leads in {**parts, dropped: lost}.items() if leads}


def _where(parts: Sequence[tuple[int, int]]) -> str:
    shown = ", ".join(f"{leads} in batch {batch}" for batch, leads in parts[:NAMED_ROWS])
    more = len(parts) - NAMED_ROWS
    return f" ({shown}{f' and {more} more batches' if more > 0 else ''})"


def _named(rows: Sequence[int]) -> str:
    if not rows:
        return ""
    shown = ", ".join(map(str, rows[:NAMED_ROWS]))
    more = len(rows) - NAMED_ROWS
    return (
        f"; it counts row{'s' * (len(rows) > 1)} {shown}{f' and {more} more' if more > 0 else ''} otherwise"
    )


def _unexplained(fit: Fit) -> str:
    left = ", ".join(f"{number:+d} {name}" for name, number in fit.remainder.as_dict().items() if number)
    under = f"under {fit.words}" if fit.changes else "under the policy as it is"
    return f"nothing explains every batch; least is left over {under}: {left or 'counts that cancel out'}"
