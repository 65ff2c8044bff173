"""Bounds: how far missing knowledge lets the API's answer stray from the prediction.

Rules that are merely assumed are tried with every value; what could not be read is allowed for in full. The
prediction itself is not touched.
"""

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from hygiene.outcomes import Counts
from hygiene.policy import ImportPolicy, choices, is_seldom
from hygiene.prediction.acting_entries import acting
from hygiene.prediction.features import KINDS, Codes, Features
from hygiene.prediction.policy_grid import PolicyGrid, Table

__all__ = ["Bounds", "Unknown", "find_bounds"]

#: Leads times countings that are tried before the bounds are taken as wide as they can be.
MOST_WORK = 20_000_000

TOTAL, IMPORTED, DUPLICATES, BLOCKED = range(4)


class Unknown(enum.StrEnum):
    """What could not be read."""

    KNOWN = "known"
    ELSEWHERE = "elsewhere"
    BLOCKLIST = "blocklist"


_MEANING: Mapping[Unknown, str] = {
    Unknown.KNOWN: "the leads that the list holds were not read",
    Unknown.ELSEWHERE: "the leads that the account's other lists hold were not read",
    Unknown.BLOCKLIST: "the API's block list was not read",
}
_UNREADABLE = "lists that no client can read may touch any lead (unreadable_lists)"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Lowest and highest counts that are still possible.

    Attributes:
        low: Lowest counts over all requests.
        high: Highest counts over all requests.
        batches: Lowest and highest counts of each request.
        reasons: What leaves them open, one sentence each.
    """

    low: Counts
    high: Counts
    batches: tuple[tuple[Counts, Counts], ...]
    reasons: tuple[str, ...]

    def hold(self, reported: Counts, /, *, batch: int) -> bool:
        """Whether the counts of a request (from 0) lie within its bounds; a missing counter does."""
        low, high = (bound.as_dict() for bound in self.batches[batch])
        return all(
            count is None or low[name] <= count <= high[name]  # type: ignore[operator]
            for name, count in reported.as_dict().items()
        )


def find_bounds(
    features: Features,
    policy: ImportPolicy,
    /,
    *,
    batch: Codes,
    waive_blocklist: bool = False,
    unknown: Iterable[Unknown] = (),
    others: Codes | None = None,
    place: Codes | None = None,
) -> Bounds | None:
    """The bounds of each request and of all; None where nothing is open.

    Args:
        features: What policies can see of the leads, in sending order.
        policy: The rules, some of which may be assumed.
        batch: The request of each lead, from 0 and never falling.
        waive_blocklist: Whether the requests waive the block list.
        unknown: What could not be read.
        others: How many more leads each request holds, which no rule touches; None is none.
        place: Where each lead stands among all of them; None only where there are no others.
    """
    # How far entries reach is never tried here; finding out takes long where there are many.
    kinds = KINDS[:3] if policy.block_reach == "name" else KINDS
    trials = PolicyGrid(
        features,
        policy,
        batch=batch,
        waive_blocklist=waive_blocklist,
        others=others,
        place=place,
        kinds=kinds,
    )
    open_rules = _open_rules(trials, policy, waived=waive_blocklist)
    low, high = _tried(trials, policy, open_rules)
    reasons = [f"{name} is assumed" for name in _moving(trials, policy, open_rules)]
    reasons = reasons if (low != high).any() else []
    for what in Unknown:
        if what in unknown and _matters(what, policy, waived=waive_blocklist):
            reasons.append(_MEANING[what])
            low, high = _opened(low, high, what, policy, trials.sizes)
    if policy.unreadable_lists != "ignored":
        reasons.append(_UNREADABLE)
        low, high = _opened(low, high, Unknown.BLOCKLIST, policy, trials.sizes)
    if (low == high).all():
        return None
    batches = tuple(zip(_counts(low), _counts(high), strict=True))
    (least,), (most,) = (_counts(table.sum(axis=0, keepdims=True)) for table in (low, high))
    return Bounds(least, most, batches, tuple(reasons))


def _open_rules(trials: PolicyGrid, policy: ImportPolicy, *, waived: bool) -> list[str]:
    """The assumed rules that could matter at all for these leads."""
    idle = {"unreadable_lists"}
    if not len(trials.rows):
        return []
    if not waived:
        idle |= {"waive_covers"}
    if not trials.has_unusable(policy):
        idle |= {"invalid_rows", "strip_whitespace"}
    if not trials.has_listed(policy):
        idle |= {
            "block_subdomains",
            "block_fold_case",
            "waive_covers",
            "precedence",
            "blocked_are_remembered",
        }
    return [name for name in policy.assumed() if name not in idle and not is_seldom(name)]


def _tried(trials: PolicyGrid, policy: ImportPolicy, rules: Sequence[str]) -> tuple[Table, Table]:
    """Lowest and highest counts under every combination of the rules, or as wide as can be."""
    base = trials.table(policy)
    low, high = base.copy(), base.copy()
    for other in _combinations(policy, rules):
        if trials.countings * len(trials.rows) > MOST_WORK:
            return trials.widest(policy)
        table = trials.table(other)
        np.minimum(low, table, out=low)
        np.maximum(high, table, out=high)
    return low, high


def _combinations(policy: ImportPolicy, rules: Sequence[str]) -> Iterator[ImportPolicy]:
    for values in product(*(choices(name) for name in rules)):
        yield replace(policy, **dict(zip(rules, values, strict=True)))  # type: ignore[arg-type]


def _moving(trials: PolicyGrid, policy: ImportPolicy, rules: Sequence[str]) -> list[str]:
    """The rules that move a count, alone or, where none does alone, only together."""
    base = trials.table(policy)
    alone = [
        name
        for name in rules
        if any((trials.table(replace(policy, **{name: value})) != base).any() for value in choices(name))  # type: ignore[arg-type]
    ]
    return alone or list(rules)


def _matters(what: Unknown, policy: ImportPolicy, *, waived: bool) -> bool:
    """Whether what could not be read can change a count.

    Leads of other lists count only where the policy says account, be it assumed or not: while the scope is
    assumed to be narrower they would leave every count of every import open, and no drift would be one.
    """
    if what == Unknown.BLOCKLIST:
        may_cover = choices("waive_covers") if policy.label("waive_covers") == "assumed" else ()
        others = (replace(policy, waive_covers=cover) for cover in may_cover)  # type: ignore[arg-type]
        return not waived or any(acting(each, waived=True).addresses for each in (policy, *others))
    if what == Unknown.KNOWN:
        return policy.duplicate_scope != "request" or policy.label("duplicate_scope") == "assumed"
    return policy.duplicate_scope == "account"


def _opened(
    low: Table, high: Table, what: Unknown, policy: ImportPolicy, sizes: Codes
) -> tuple[Table, Table]:
    """Bounds in which any lead may be known, or listed, as well.

    Where repeats, totals or limits count as few APIs have it, a lead more here is one less anywhere else.
    """
    listed = what != Unknown.BLOCKLIST or policy.unreadable_lists in ("ignored", "blocked")
    seldom = ("total_counts", "repeats_count_as", "request_limit", "lead_credit")
    if listed and all(getattr(policy, name) == getattr(ImportPolicy(), name) for name in seldom):
        return _widened(low, high, what)
    every = np.repeat(sizes[:, None], 4, axis=1)
    if policy.total_counts in ("rows", "taken") and not policy.lead_credit:
        every[:, TOTAL] = high[:, TOTAL]
        return np.where(np.arange(4) == TOTAL, low, 0), every
    return np.zeros_like(low), every


def _widened(low: Table, high: Table, what: Unknown) -> tuple[Table, Table]:
    """Bounds in which any lead may be known, or on the block list, as well."""
    low, high = low.copy(), high.copy()
    most = high[:, TOTAL]
    movable = high[:, IMPORTED] + high[:, DUPLICATES] + high[:, BLOCKED]
    gainer = BLOCKED if what == Unknown.BLOCKLIST else DUPLICATES
    high[:, gainer] = np.minimum(most, movable)
    low[:, IMPORTED] = 0
    if what == Unknown.BLOCKLIST:
        low[:, DUPLICATES] = 0
        high[:, IMPORTED] = np.minimum(most, high[:, IMPORTED] + high[:, DUPLICATES])
    else:
        low[:, BLOCKED] = 0
    return low, high


def _counts(table: Table) -> list[Counts]:
    return [Counts(*row) for row in table.tolist()]
