"""Findings: what leads that were counted otherwise have in common, and the policy that one comes to."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from hygiene.policy import ImportPolicy, choices
from hygiene.prediction.conditions import Condition
from hygiene.prediction.evidence import Held
from hygiene.prediction.induce import Finding, describe
from hygiene.prediction.simulate import BLOCKED, IMPORTED, Table, count
from hygiene.prediction.without import Without

__all__ = ["find", "induced", "missing_of_each"]


def missing_of_each(held: Held, policy: ImportPolicy, /) -> list[int] | None:
    """Leads of each request that the rules have in the list and that are not there; None where nobody looked."""
    if held.evidence.members is None:
        return None
    rows = held.missing(policy, held.classes(policy))
    found: list[int] = np.bincount(held.batch[rows], minlength=len(held.numbers)).tolist()
    return found


def find(held: Held, policy: ImportPolicy, /) -> tuple[Finding, ...]:
    """What leads that were counted otherwise have in common; the list tells more than the answers do."""
    if not held.speaks:
        return ()
    classes = held.classes(policy)
    imported, kept_out = classes == IMPORTED, classes == BLOCKED
    looks = [(held.missing(policy, classes), imported, "are missing from the list")]
    looks.append(
        (held.beyond(policy, classes) & kept_out, kept_out, "are in the list though on the block list")
    )
    if held.evidence.members is None:
        looks = [(held.otherwise(classes), held.told > 0, "the API counted otherwise")]
    found = (describe(held, policy, differs, among, what) for differs, among, what in looks)
    return tuple(finding for finding in found if finding is not None)


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
    """The rule by which leads that meet a condition are invalid."""
    if common.lacks:
        return {"needed_fields": ", ".join([*base.needs, common.lacks])}
    return {"usable_address": common.pattern.lacks}
