"""Findings: what leads that were counted otherwise have in common, and the policy that one comes to."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from hygiene.arrow.text import Mask
from hygiene.policy import ImportPolicy, choices
from hygiene.prediction.conditions import Condition
from hygiene.prediction.evidence import Held
from hygiene.prediction.induce import Finding, describe
from hygiene.prediction.simulate import BLOCKED, IMPORTED, Table, count
from hygiene.prediction.without import Without

__all__ = ["find", "induced", "lost_whole", "missing_of_each"]

#: Where a line of counts has the imported ones.
_IMPORTED = 1


def missing_of_each(held: Held, policy: ImportPolicy, /) -> list[int] | None:
    """Leads of each request that the rules have in the list and that are not there; None where nobody looked."""
    if held.evidence.members is None:
        return None
    rows = held.missing(policy, held.classes(policy))
    found: list[int] = np.bincount(held.batch[rows], minlength=len(held.numbers)).tolist()
    return found


def lost_whole(drift: Table, predicted: Table, /) -> Mask | None:
    """Requests of which nothing was taken though some of it was to be; None where a request lost a part.

    Args:
        drift: Reported less predicted, a line each.
        predicted: The counts that were predicted.
    """
    to_be, less = predicted[:, _IMPORTED], -drift[:, _IMPORTED]
    lost: Mask = (to_be > 0) & (less == to_be) & ~drift[:, _IMPORTED + 1 :].any(axis=1)
    return lost if (less[~lost] == 0).all() else None


def find(held: Held, policy: ImportPolicy, lost: Mask | None = None, /) -> tuple[Finding, ...]:
    """What leads that were counted otherwise have in common; the list tells more than the answers do.

    Args:
        held: What is known of the leads.
        policy: The rules that the import was predicted with.
        lost: Requests that are known to be lost whole, all others being as predicted; None where that is not known.
    """
    classes = held.classes(policy)
    imported, kept_out = classes == IMPORTED, classes == BLOCKED
    if not held.speaks:
        if lost is None or np.count_nonzero(lost) < 2:  # of one the counts say as much
            return ()
        found = describe(held, policy, imported & lost[held.batch], imported, "were not imported")
        return () if found is None else (found,)
    looks = [(held.missing(policy, classes), imported, "are missing from the list", True)]
    looks.append(
        (held.beyond(policy, classes) & kept_out, kept_out, "are in the list though on the block list", False)
    )
    if held.evidence.members is None:
        looks = [(held.otherwise(classes), held.told > 0, "the API counted otherwise", True)]
    told = ((describe(held, policy, *look), may_be_invalid) for *look, may_be_invalid in looks)
    return tuple(replace(found, lost=invalid) for found, invalid in told if found is not None)


def induced(
    findings: Sequence[Finding], held: Held, base: ImportPolicy, /, *, fits: Callable[[Table], bool]
) -> ImportPolicy | None:
    """The policy that takes what leads have in common for what makes them invalid, where it fits every batch."""
    found = [finding.rule for finding in findings if finding.rule is not None]
    tries = product(found, dict.fromkeys((base.invalid_rows, *choices("invalid_rows"))))
    for common, what in tries:
        policy = replace(base, **_rule_of(common, base), invalid_rows=what)
        features = Without(held.features, common.pattern.lacks, common.covers)
        counted = count(features, policy, batch=held.batch, waive_blocklist=held.waived)
        table = np.array([list(counts.as_dict().values()) for counts in counted], dtype=np.int64)
        if fits(table):
            return policy
    return None


def _rule_of(common: Condition, base: ImportPolicy) -> dict[str, Any]:
    """The rules by which leads that meet a condition are invalid."""
    found = {"usable_address": common.pattern.lacks} if common.pattern.lacks else {}
    return found | ({"needed_fields": ", ".join([*base.needs, common.lacks])} if common.lacks else {})
