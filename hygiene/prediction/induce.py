"""Induction: the shortest description of leads that were counted otherwise, where no rule explains them.

A description has one condition, two that are both met, or two to five of which one is. It is told where every lead
that it covers was counted otherwise and no other lead was, and where chance is excluded: of n leads, the k at fault can
be any of n choose k sets, and a description names one of them. Each condition has a share of the chance that any is met
(`Condition.tries`), and several the product of theirs: half of all chance is for single ones, a quarter for pairs, and
less than that for those of which one is met. What is found is a finding about these leads, and no rule.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from hygiene.arrow.text import Mask
from hygiene.policy import ImportPolicy
from hygiene.prediction.conditions import (
    Condition,
    by_place,
    by_repeats,
    by_request,
    by_step,
    by_traits,
)
from hygiene.prediction.evidence import Held
from hygiene.prediction.features import Codes
from hygiene.prediction.field_conditions import by_blanks, by_others, by_same, by_values
from hygiene.prediction.patterns import both
from hygiene.prediction.sign_conditions import by_signs
from hygiene.prediction.text_conditions import by_domain, by_length, by_letters
from hygiene.prediction.unions import MOST_LEADS, find_union

__all__ = ["LEAST_ODDS", "Finding", "describe"]

#: Decimal places of the odds under which chance is excluded: one in a thousand.
LEAST_ODDS = 3.0
#: Descriptions that are told where several fit.
NAMED = 4
#: What is said of a finding that no rule of a policy can follow.
NOT_PREDICTED = "no rule of a policy sees that, so that the next prediction cannot follow it"


@dataclass(frozen=True, slots=True)
class Finding:
    """What leads that were counted otherwise have in common, and no other lead has.

    Attributes:
        what: What became of them.
        leads: How many there are.
        others: How many others there are.
        conditions: What each of the first has, each a description by itself, the plainest first.
        odds: Decimal places of the odds against chance: 6 is one in a million.
        lost: Whether they are leads that were not taken, as those that a rule makes invalid are not.
    """

    what: str
    leads: int
    others: int
    conditions: tuple[Condition, ...] = field(repr=False)
    odds: float
    lost: bool = True

    @property
    def words(self) -> str:
        """The finding for people, and whether a rule can follow it."""
        return f"{self.said}{'' if self.rule else f'; {NOT_PREDICTED}'}"

    @property
    def rule(self) -> Condition | None:
        """The plainest description, where a rule of a policy can say it; what is told besides may reach too far."""
        return self.conditions[0] if self.lost and self.conditions[0].is_a_rule else None

    @property
    def said(self) -> str:
        """The finding for people."""
        have = "; or, as well: ".join(each.words for each in self.conditions[:NAMED])
        of = (
            f"all {self.leads} leads that {self.what}" if self.leads > 1 else f"the one lead that {self.what}"
        )
        one = "is" if have.startswith("are ") else "does"
        others = f"none of the other {self.others} {one}" if self.others > 1 else f"the one other {one} not"
        return f"{of} {have}; {others} (by chance: less than 1 in 10^{int(self.odds)})"


def describe(held: Held, policy: ImportPolicy, differs: Mask, among: Mask, what: str, /) -> Finding | None:
    """The shortest descriptions of some leads among others; None where there is none, or chance could make it.

    Args:
        held: What is known of the leads.
        policy: The rules that the import was predicted with.
        differs: The leads that were counted otherwise.
        among: All leads that could have been, these among them.
        what: What became of the first, for people.
    """
    well = np.flatnonzero(among & ~differs)
    odd = np.flatnonzero(differs & among)
    if not len(odd) or not len(well):
        return None
    sets = _log_choose(len(odd) + len(well), len(odd))
    plain = _plain(held, odd, policy)
    found = _alone(plain, well)
    if not found:
        further = _further(held, odd)
        found = _alone(further, well) or _several(
            plain, further, well, odd, lambda some: _all(held, some, policy)
        )
    found = [condition for condition in found if sets - math.log10(condition.tries) >= LEAST_ODDS]
    if not found:
        return None
    odds = sets - math.log10(max(condition.tries for condition in found[:NAMED]))
    return Finding(what, len(odd), len(well), tuple(found), odds)


def _several(
    plain: list[list[Condition]],
    further: list[list[Condition]],
    well: Codes,
    odd: Codes,
    of: Callable[[Codes], list[Condition]],
) -> list[Condition]:
    """Several conditions: pairs that are both met, and those of which one is, those first that chance makes least."""
    pairs = _in_pairs(plain, well) or _in_pairs([*plain, *further], well)
    union = find_union(of, odd, well) if len(odd) + len(well) <= MOST_LEADS else None
    return sorted([*pairs, union] if union else pairs, key=_tries)[:NAMED]


def _joined(one: Condition, other: Condition) -> Condition:
    """Both at once."""
    words = f"{one.words} and {other.words}"
    covers, tries = one.covers & other.covers, 2 * one.tries * other.tries
    return Condition(words, covers, tries, both(one.pattern, other.pattern))


def _alone(kinds: Sequence[Sequence[Condition]], well: Codes) -> list[Condition]:
    """Those that no other lead meets, of each kind the one first that chance makes least; half of it is for several."""
    found = []
    for conditions in kinds:
        fits = sorted((each for each in conditions if not each.covers[well].any()), key=_tries)
        found += [(place, each.tries, each._replace(tries=2 * each.tries)) for place, each in enumerate(fits)]
    return [each for *_, each in sorted(found, key=lambda one: one[:2])]


def _in_pairs(kinds: Sequence[Sequence[Condition]], well: Codes) -> list[Condition]:
    """Pairs that no other lead meets both of, those that chance makes least first."""
    conditions = [condition for of_kind in kinds for condition in of_kind]
    over = [np.packbits(condition.covers[well]) for condition in conditions]
    found = [
        (conditions[one].tries * conditions[other].tries, one, other)
        for one, other in combinations(range(len(conditions)), 2)
        if not (over[one] & over[other]).any()
    ]
    return [_joined(conditions[one], conditions[other]) for _, one, other in sorted(found)[:NAMED]]


def _plain(held: Held, odd: Codes, policy: ImportPolicy) -> list[list[Condition]]:
    """Every condition of the plain kinds that all leads at fault meet, by kind."""
    kinds = (
        by_traits(held, odd),
        by_domain(held, odd),
        by_request(held, odd),
        by_place(held, odd),
        by_repeats(held, odd, policy),
        by_same(held, odd),
    )
    return [list(each) for each in kinds]


def _further(held: Held, odd: Codes) -> list[list[Condition]]:
    """The same of kinds that many leads meet by the way; they are tried where no plain one tells leads apart."""
    kinds = (
        by_blanks(held, odd),
        by_values(held, odd),
        by_others(held, odd),
        by_length(held, odd),
        by_letters(held, odd),
        by_signs(held, odd),
        by_step(held, odd),
    )
    return [list(each) for each in kinds]


def _all(held: Held, some: Codes, policy: ImportPolicy) -> list[Condition]:
    """Every condition that all of some leads meet."""
    kinds = [*_plain(held, some, policy), *_further(held, some)]
    return [condition for of_kind in kinds for condition in of_kind]


def _tries(condition: Condition) -> int:
    return condition.tries


def _log_choose(n: int, k: int) -> float:
    """The decimal logarithm of n choose k."""
    return (math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)) / math.log(10)
