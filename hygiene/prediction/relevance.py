"""Relevance: which rules could matter at all for these leads, so that a search leaves the others alone.

A rule that matters in no context tried here is as good as idle; none is counted by here.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from hygiene.outcomes import Counts
from hygiene.policy import RULES, USABLE, Value, choices
from hygiene.prediction.features import KINDS, Features, Folding

__all__ = ["Answered", "is_odd_limit", "relevant_rules", "values_of"]

#: Most numbers that one rule is tried with.
MOST_VALUES = 6
#: A limit that somebody set is a multiple of this, more often than chance is.
ROUND = 10

_OF_USABLE = frozenset({"usable_address", "invalid_rows", "strip_whitespace"})
_OF_ENTRIES = frozenset(
    {
        "block_addresses", "block_domains", "block_subdomains", "block_reach", "block_fold_case",
        "blocked_are_remembered", "waive_covers", "precedence",
    }
)  # fmt: skip
#: Rules that shape the key, by the part of a folding that each is.
_OF_KEY = {
    "fold_case": "case",
    "fold_plus_tag": "plus_tag",
    "fold_gmail_dots": "gmail_dots",
    "fold_gmail_tags": "gmail_tags",
    "fold_googlemail": "googlemail",
    "fold_u_labels": "a_labels",
}
#: What covers a part where it is on, so that the part shows only without.
_COVERED = {"gmail_tags": "plus_tag", "googlemail": "gmail_dots"}


class Answered(Protocol):
    """One request that was answered."""

    @property
    def rows(self) -> int:
        """Leads in it."""

    @property
    def reported(self) -> Counts | None:
        """Counts that the API gave."""


def relevant_rules(features: Features, /, *, waived: bool) -> list[str]:
    """The rules that could move a count of these leads, in the order in which they are told.

    Args:
        features: What rules see of the leads that some rule touches.
        waived: Whether the requests waive the block list.
    """
    idle = {"unreadable_lists", "needed_fields", *(name for name in RULES if not features.sees(name))}
    kinds = USABLE if features.sees("usable_address") else USABLE[:1]
    if all(features.usable(trimmed=False, kind=kind).all() for kind in kinds):
        idle |= _OF_USABLE
    reach = KINDS if features.sees("block_reach") else KINDS[:3]
    if not any(features.listed(kind, trimmed=True, folded=True).any() for kind in reach):
        idle |= _OF_ENTRIES
    if not waived:
        idle.add("waive_covers")
    idle |= {rule for rule, part in _OF_KEY.items() if rule not in idle and not _shapes_keys(features, part)}
    return [name for name in RULES if name not in idle]


def _shapes_keys(features: Features, part: str) -> bool:
    """Whether a part of a folding makes leads one, beside trimming and case or beside all others."""
    little = Folding(trimmed=True, case=part != "case", plus_tag=False, gmail_dots=False)
    parts = [name for rule, name in _OF_KEY.items() if features.sees(rule)]
    much = little._replace(**dict.fromkeys(parts, True))
    much = much._replace(**{_COVERED[part]: False}) if part in _COVERED else much
    pairs = ((each._replace(**{part: False}), each._replace(**{part: True})) for each in (little, much))
    return any(_differ(features, *pair) for pair in pairs)


def _differ(features: Features, one: Folding, other: Folding) -> bool:
    same = _partition(features, one) == _partition(features, other)
    held = (features.known, features.elsewhere)
    return not same or any((look(one) != look(other)).any() for look in held)


def _partition(features: Features, folding: Folding) -> bytes:
    """Equal where the same leads are one."""
    _, first, place = np.unique(features.key(folding), return_index=True, return_inverse=True)
    return first[place].tobytes()


def values_of(
    rule: str, base: Value, answered: Sequence[Answered], /, *, taken: int | None = None
) -> tuple[Value, ...]:
    """The values of a rule that are worth a try: of a number those that the reported counts speak for.

    Args:
        rule: Its name.
        base: The value that it has.
        answered: The requests.
        taken: How many leads the list gained; None where nobody looked, and a number wants more than one sign.
    """
    found: list[int] = []
    if rule == "lead_credit":
        found = _credits(answered, taken)
    elif rule == "request_limit":
        found = _limits(answered, sure=taken is not None)
    return tuple(dict.fromkeys([*choices(rule), base, *found]))


def _credits(answered: Sequence[Answered], taken: int | None) -> list[int]:
    """The number of leads after which nothing was taken any more, where the counts look like it."""
    if taken is not None:
        return [taken] if taken else []
    imported = [None if each.reported is None else each.reported.imported for each in answered]
    short = sum(_accounted(each) not in (None, each.rows) for each in answered)
    total = sum(number or 0 for number in imported)
    return [total] if None not in imported and _is_a_sign(total, short) else []


def _limits(answered: Sequence[Answered], *, sure: bool) -> list[int]:
    """Numbers of leads that requests larger than them may have been cut to."""
    seen: dict[int, int] = {}
    for each in answered:
        total = None if each.reported is None else each.reported.total_leads
        for number in {_accounted(each), total}:
            if number is not None and number < each.rows:
                seen[number] = seen.get(number, 0) + 1
    found = [number for number, requests in seen.items() if (sure and number) or _is_a_sign(number, requests)]
    return sorted(found, key=lambda number: -seen[number])[:MOST_VALUES]


def is_odd_limit(value: Value, /) -> bool:
    """Whether a value of a rule is a number that nobody would set."""
    return not isinstance(value, bool | str) and value % ROUND != 0


def _is_a_sign(number: int, requests: int) -> bool:
    """Whether a number is more than what any loss of leads gives: seen more than once, or round."""
    return number > 0 and (requests > 1 or (requests == 1 and number % ROUND == 0))


def _accounted(each: Answered) -> int | None:
    """Leads of a request that are in one of the counters; None where the API gives too few of these."""
    if each.reported is None:
        return None
    counters = (each.reported.imported, each.reported.duplicates, each.reported.blocked)
    return None if None in counters else sum(number or 0 for number in counters)
