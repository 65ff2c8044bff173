"""Unions: two to five conditions of which each lead at fault meets one, where none or a pair tells them all.

A server may have several habits, or refuse several characters. Each condition holds of leads at fault alone, so that
what is told of it is true by itself. They are found one after the other: of those that the first lead at fault meets,
the one that most of them do, and so on with what is left.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

from hygiene.prediction.conditions import Condition
from hygiene.prediction.features import Codes
from hygiene.prediction.patterns import neither

__all__ = ["MOST_LEADS", "find_union"]

#: Most conditions that are told together, and most leads of which they are looked for.
MOST_PARTS, MOST_LEADS = 5, 200_000


def find_union(of: Callable[[Codes], Sequence[Condition]], odd: Codes, well: Codes, /) -> Condition | None:
    """The conditions that the leads at fault fall under, as one; None where so few do not hold them all.

    Args:
        of: Gives every condition that all of some leads meet.
        odd: The leads at fault.
        well: All others.
    """
    parts: list[Condition] = []
    left = odd
    while len(left) and len(parts) < MOST_PARTS:
        met = [each for each in of(left[:1]) if not each.covers[well].any()]
        if not met:
            return None
        best = max(met, key=lambda each: (np.count_nonzero(each.covers[left]), -each.tries))
        parts.append(best)
        left = left[~best.covers[left]]
    return None if len(left) or len(parts) < 2 else _either(parts)


def _either(parts: Sequence[Condition]) -> Condition:
    """One of these; each further one doubles what is counted as tried. It is a rule where all of them are at once."""
    told = [each.pattern for each in parts if not each.lacks]
    pattern = neither(told)
    lacks = ", ".join(each.lacks for each in parts if each.lacks) if pattern.lacks or not told else ""
    return Condition(
        " or ".join(each.words for each in parts),
        np.logical_or.reduce([each.covers for each in parts]),
        math.prod(each.tries for each in parts) * 2 ** len(parts),
        pattern,
        lacks,
    )
