"""Induction: the shortest description of leads that were counted otherwise, where no rule explains them.

A description has one condition or two. It is told where every lead that it covers was counted otherwise and no other
lead was, and where chance is excluded: of n leads, the k at fault can be any of n choose k sets, and each description
that was tried names one set, so that t tries meet the right one by chance with odds of t to n choose k. What is found
is a finding about these leads, and no rule.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pyarrow.compute as pc

from hygiene.arrow.text import Mask
from hygiene.prediction.evidence import Held
from hygiene.prediction.features import Codes
from hygiene.prediction.traits import TRAITS

__all__ = ["LEAST_ODDS", "Finding", "describe"]

#: Decimal places of the odds under which chance is excluded: one in a thousand.
LEAST_ODDS = 3.0
#: Descriptions that are told where several fit.
NAMED = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """What leads that were counted otherwise have in common, and no other lead has.

    Attributes:
        what: What became of them.
        leads: How many there are.
        others: How many others there are.
        conditions: What each of the first has, one description each.
        odds: Decimal places of the odds against chance: 6 is one in a million.
        without: A pattern of usable addresses that the first do not have and the others may; empty for none.
    """

    what: str
    leads: int
    others: int
    conditions: tuple[str, ...]
    odds: float
    without: str = ""

    @property
    def words(self) -> str:
        """The finding for people."""
        have = "; or, as well: ".join(self.conditions[:NAMED])
        of = (
            f"all {self.leads} leads that {self.what}" if self.leads > 1 else f"the one lead that {self.what}"
        )
        return f"{of} {have}; none of the other {self.others} does (by chance: less than 1 in 10^{int(self.odds)})"


@dataclass(frozen=True, slots=True)
class _Condition:
    """One condition that all odd leads meet: how it is told, and which of the leads that are well meet it too."""

    words: str
    well: Mask
    without: str = ""


def describe(held: Held, differs: Mask, among: Mask, what: str, /) -> Finding | None:
    """The shortest descriptions of some leads among others; None where there is none, or chance could make it.

    Args:
        held: What is known of the leads.
        differs: The leads that were counted otherwise.
        among: All leads that could have been, these among them.
        what: What became of the first, for people.
    """
    well = np.flatnonzero(among & ~differs)
    odd = np.flatnonzero(differs & among)
    if not len(odd) or not len(well):
        return None
    conditions, tried = _conditions(held, odd, well)
    covers = [condition.well for condition in conditions]
    found = [condition.words for condition, over in zip(conditions, covers, strict=True) if not over.any()]
    if not found:
        tried += math.comb(tried, 2)
        found = [
            f"{conditions[one].words} and {conditions[other].words}"
            for one, other in combinations(range(len(conditions)), 2)
            if not (covers[one] & covers[other]).any()
        ]
    odds = _log_choose(len(odd) + len(well), len(odd)) - math.log10(max(tried, 1))
    if not found or odds < LEAST_ODDS:
        return None
    patterns = [
        condition.without for condition in conditions if condition.words in found and condition.without
    ]
    return Finding(what, len(odd), len(well), tuple(found), odds, next(iter(patterns), ""))


def _conditions(held: Held, odd: Codes, well: Codes) -> tuple[list[_Condition], int]:
    """Every condition that all odd leads meet, and how many were tried to find them."""
    found: list[_Condition] = []
    tried = 0
    for part, count in (_by_traits(held, odd, well), _by_domain(held, odd, well), _by_place(held, odd, well)):
        found += list(part)
        tried += count
    return found, tried


def _by_place(held: Held, odd: Codes, well: Codes) -> tuple[Iterator[_Condition], int]:
    """Places in the import and in the request, from one on or up to one."""
    starts = np.searchsorted(held.batch, held.batch, side="left")
    columns = {
        "of the import": held.at + 1,
        "of their request": np.arange(len(held.batch)) - starts + 1,
    }

    def conditions() -> Iterator[_Condition]:
        for name, place in columns.items():
            low, high = int(place[odd].min()), int(place[odd].max())
            if low > 1:
                yield _Condition(f"come after lead {low - 1} {name}", place[well] >= low)
            if high < place.max():
                yield _Condition(f"come before lead {high + 1} {name}", place[well] <= high)

    return conditions(), sum(2 * int(place.max(initial=0)) for place in columns.values())


def _by_traits(held: Held, odd: Codes, well: Codes) -> tuple[Iterator[_Condition], int]:
    """Traits that all have; those that none has are looked at last."""
    if held.evidence.traits is None:
        return iter(()), 0
    bits = held.evidence.traits()[held.at]
    every, some = np.bitwise_and.reduce(bits[odd]), np.bitwise_or.reduce(bits[odd])

    def conditions() -> Iterator[_Condition]:
        for number, trait in enumerate(TRAITS):
            bit = np.uint32(1 << number)
            if every & bit:
                yield _Condition(f"have {trait.words}", (bits[well] & bit) != 0, trait.without)
        for number, trait in enumerate(TRAITS):
            bit = np.uint32(1 << number)
            if not some & bit:
                yield _Condition(f"do not have {trait.words}", (bits[well] & bit) == 0)

    return conditions(), 2 * len(TRAITS)


def _by_domain(held: Held, odd: Codes, well: Codes) -> tuple[Iterator[_Condition], int]:
    """One domain or one last label, while the leads' file is at hand; a label of a made-up kind is still one."""
    if held.evidence.domains is None:
        return iter(()), 0
    domains = held.evidence.domains().take(held.at)
    labels = pc.replace_substring_regex(domains, r"^.*\.", "")
    columns = {"are at the domain": domains, "have the last label": labels}

    def conditions() -> Iterator[_Condition]:
        for words, column in columns.items():
            values = pc.unique(column.take(odd))
            if len(values) == 1:
                value = values[0]
                yield _Condition(
                    f"{words} {value.as_py()}",
                    pc.equal(column.take(well), value).to_numpy(zero_copy_only=False),
                )

    return conditions(), sum(pc.count_distinct(column).as_py() for column in columns.values())


def _log_choose(n: int, k: int) -> float:
    """The decimal logarithm of n choose k."""
    return (math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)) / math.log(10)
