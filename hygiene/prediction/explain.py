"""Drift: which rules, or what we did not know, reproduce the counts that the API reported.

The policy space is searched from the fewest changes on, and what fits the counts is held against what is known of
single leads. What fits both is told, what does not is left as a remainder; nothing here asks the API.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from hygiene.outcomes import Counts
from hygiene.policy import RULES, ImportPolicy, Value, as_toml, is_seldom
from hygiene.prediction.causes import NAMED_ROWS, causes_of
from hygiene.prediction.evidence import Held, told_of
from hygiene.prediction.features import Codes
from hygiene.prediction.findings import find, induced, lost_whole, missing_of_each
from hygiene.prediction.induce import Finding
from hygiene.prediction.policy_grid import PolicyGrid, Table, policies_near
from hygiene.prediction.relevance import is_odd_limit, values_of
from hygiene.prediction.trace import Result, Trace

__all__ = ["Explanation", "Fit", "Result", "Trace", "explain"]

#: Most leads that a counter is taken for: more than any import has, and sums of it stay within 64 bits.
MOST_LEADS = 1 << 40
#: Leads times countings that one search may cost.
MOST_WORK = 50_000_000
#: Most changes in which rules are tried that few APIs have otherwise.
SELDOM_CHANGES = 3
#: Most changes in which rules are tried after simpler ones fitted the counts and not the leads.
EVIDENCE_CHANGES = 2
#: Contradicted policies that are told.
NAMED_DROPPED = 2
#: Rules that count leads otherwise whatever these are.
_LIMITS = frozenset({"request_limit", "lead_credit"})
#: Policies that are told where several fit equally well.
NAMED_POLICIES = 5


@dataclass(frozen=True, slots=True)
class Fit:
    """A policy, and what it leaves unexplained.

    Attributes:
        policy: The rules.
        changes: Rule to its value before and in this policy.
        rows: Row numbers that it counts otherwise.
        remainder: Reported less counted under it; zero throughout where it explains everything.
        against: What is known of single leads that contradicts it; empty for nothing.
        overturned: Changed rules that were measured.
    """

    policy: ImportPolicy
    changes: dict[str, tuple[Value, Value]]
    rows: tuple[int, ...]
    remainder: Counts
    against: str = ""
    overturned: tuple[str, ...] = ()

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
        dropped: Policies that fit the counts and are contradicted by what is known of single leads.
        findings: What leads that were counted otherwise have in common, where no rule explains them.
        unknown: Rules, and what else, that could not be tried as nothing was kept of them; only where nothing fits.
        induced: The policy that a finding comes to, as a pattern of usable addresses, where that reproduces every
            batch; nobody knows that the API has such a rule.
    """

    fits: tuple[Fit, ...] = ()
    causes: tuple[str, ...] = ()
    closest: Fit | None = None
    complete: bool = True
    dropped: tuple[Fit, ...] = ()
    findings: tuple[Finding, ...] = ()
    induced: ImportPolicy | None = None
    unknown: tuple[str, ...] = ()

    @property
    def policy(self) -> ImportPolicy | None:
        """The one policy that explains everything; None where there is none, or several."""
        return self.fits[0].policy if len(self.fits) == 1 else None

    def sentences(self) -> list[str]:
        """The explanation for people."""
        lines = [_told(fit) for fit in self.fits[:NAMED_POLICIES]]
        if len(self.fits) > 1:
            more = len(self.fits) - NAMED_POLICIES
            lines.append(
                f"these {len(self.fits)} cannot be told apart by this import"
                + (f" ({more} are not shown)" if more > 0 else "")
            )
        lead = "or no rule differs, and " if self.fits else "no rule explains it; it fits that "
        lines += [lead + "; ".join(self.causes)] if self.causes else []
        lines += [f"{fit.words} fits the counts and is dropped: {fit.against}" for fit in self.dropped]
        lines += [finding.said if self.fits else finding.words for finding in self.findings]
        if self.unknown:
            lines.append(f"not known for this import, and not tried: {', '.join(self.unknown)}")
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
    every = len(chosen) == len(trace.batch)  # then what was worked out of the leads is not worked out again
    features = trace.features if every else trace.features.take(chosen)
    batch = np.searchsorted(numbers, trace.batch[chosen])
    trials = PolicyGrid(features, trace.policy, batch=batch, waive_blocklist=trace.waive_blocklist)
    told = told_of(answered, trace.batch[chosen])
    moments = np.array([result.answered_at for result in answered], dtype=np.int64)
    held = Held(trace.evidence, chosen, features, batch, numbers, moments, told, trace.waive_blocklist)
    target = _target(answered, trace.rows[chosen])
    drift = target.left(predicted := trials.table(trace.policy))
    if not drift.any():
        return Explanation(findings=find(held, trace.policy))
    found = _search(trials, trace.policy, target, answered, held)
    missing = missing_of_each(held, trace.policy)
    causes = causes_of(answered, drift, trials, trace.policy, missing)
    doubtful = all(_is_doubtful(fit, held, target.rows) for fit in found.fits)
    findings = find(held, trace.policy, lost_whole(drift, predicted)) if doubtful else ()
    closest = None if found.fits or causes or findings else found.closest
    common = () if found.fits else findings
    policy = induced(common, held, trace.policy, fits=lambda table: not target.left(table).any())
    dropped = found.dropped[:NAMED_DROPPED]
    unknown = () if found.fits or findings else _unknown(held)
    return Explanation(found.fits, causes, closest, found.complete, dropped, findings, policy, unknown)


def _unknown(held: Held) -> tuple[str, ...]:
    """What could not be tried as nothing was kept of it."""
    rules = tuple(name for name in RULES if not held.features.sees(name))
    rules += () if held.moments.all() or not held.speaks else ("when each request was answered",)
    if held.speaks and held.evidence.parts is None:
        return (*rules, "what stands in addresses and fields, but for coarse traits")
    return rules


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


class _Found(NamedTuple):
    """What a search came to: what fits, what is contradicted, what leaves least over, and if nothing was left out."""

    fits: tuple[Fit, ...]
    dropped: tuple[Fit, ...]
    closest: Fit
    complete: bool


def _search(
    trials: PolicyGrid, base: ImportPolicy, target: _Target, answered: Sequence[Result], held: Held
) -> _Found:
    """The fits with the fewest changes that nothing known of single leads contradicts."""
    taken = held.taken(base)
    every = {name: values_of(name, getattr(base, name), answered, taken=taken) for name in trials.relevant()}
    common = {name: values for name, values in every.items() if not is_seldom(name)}
    closest, least = base, np.inf
    exact: list[ImportPolicy] = []
    against: dict[Hashable, str] = {}
    dropped: list[ImportPolicy] = []
    complete = True
    for changes in range(len(common) + 1):
        rules = every if changes <= SELDOM_CHANGES else common
        for policy in policies_near(base, rules, changes=changes):
            left = int(np.abs(target.left(trials.table(policy))).sum())
            closest, least = (policy, left) if left < least else (closest, least)
            if not left:
                name = trials.signature(policy)
                if name not in against:
                    against[name] = _contradiction(held, policy, target.rows)
                (dropped if against[name] else exact).append(policy)
            complete = trials.countings * len(trials.rows) <= MOST_WORK
            if not complete:
                break
        if exact or not complete or (dropped and changes >= EVIDENCE_CHANGES):
            break
    fits, over = (
        tuple(
            _fit(trials, base, policy, target, held)
            for policy in sorted(some, key=lambda one: _rank(base, one))
        )
        for some in (exact, dropped)
    )
    over = tuple(replace(fit, against=against[trials.signature(fit.policy)]) for fit in over)
    return _Found(fits, over, _fit(trials, base, closest, target, held), complete)


def _contradiction(held: Held, policy: ImportPolicy, rows: Codes) -> str:
    """What is known of single leads that contradicts a policy; empty for nothing."""
    if not held.speaks:
        return ""
    classes = held.classes(policy)
    looks = (
        (held.missing(policy, classes), "would be in the list and {are} missing"),
        (held.beyond(policy, classes), "would not be in the list and {are} there"),
        (held.otherwise(classes), "{are} of another class by the API's own words"),
    )
    said = [f"{_rows(rows[at])} {what.format(are=_are(at))}" for at, what in looks if at.any()]
    return ", ".join(said)


def _are(rows: Any) -> str:
    return "is" if np.count_nonzero(rows) == 1 else "are"


def _is_doubtful(fit: Fit, held: Held, rows: Codes) -> bool:
    """Whether the last leads may be missing for another reason than the limit that is changed.

    It is a number that nobody would set, or a credit that a request used up, so that an hour says the same.
    """
    if any(is_odd_limit(after) for _, after in fit.changes.values()):
        return True
    if set(fit.changes) != {"lead_credit"} or not fit.rows or not held.moments.all():
        return False
    first = int(np.flatnonzero(rows == fit.rows[0])[0])
    return first == 0 or bool(held.batch[first] != held.batch[first - 1])


def _rank(base: ImportPolicy, policy: ImportPolicy) -> tuple[int, int, int]:
    """Those last that turn over what was measured; first those that change what is assumed, of these what is common."""
    changed = set(base.changes(policy))
    return len(changed & base.measured), len(changed - set(base.assumed())), sum(map(is_seldom, changed))


def _fit(trials: PolicyGrid, base: ImportPolicy, policy: ImportPolicy, target: _Target, held: Held) -> Fit:
    changes = base.changes(policy)
    if _LIMITS.isdisjoint(changes):
        moved = trials.rows[trials.classes(base) != trials.classes(policy)]
    else:  # these reach leads that no other rule touches
        moved = np.flatnonzero(held.classes(base) != held.classes(policy))
    left = target.left(trials.table(policy)).sum(axis=0)
    rows = tuple(target.rows[moved].tolist())
    overturned = tuple(name for name in changes if name in base.measured)
    return Fit(policy, changes, rows, Counts(*(int(number) for number in left)), overturned=overturned)


def _told(fit: Fit) -> str:
    rows = f"; it counts {_rows(fit.rows)} otherwise" if fit.rows else ""
    wrong = f"; {' and '.join(fit.overturned)} was measured, and the measurement would have been wrong"
    return f"{fit.words} explains every batch{rows}{wrong if fit.overturned else ''}"


def _rows(rows: Sequence[int] | Codes) -> str:
    more = len(rows) - NAMED_ROWS
    shown = ", ".join(map(str, rows[:NAMED_ROWS]))
    return f"row{'s' * (len(rows) > 1)} {shown}{f' and {more} more' if more > 0 else ''}"


def _unexplained(fit: Fit) -> str:
    left = ", ".join(f"{number:+d} {name}" for name, number in fit.remainder.as_dict().items() if number)
    under = f"under {fit.words}" if fit.changes else "under the policy as it is"
    return f"nothing explains every batch; least is left over {under}: {left or 'counts that cancel out'}"
