"""Candidates: every policy the API may follow, and what each would answer to requests made one after another.

All policies are counted at once, lead by lead, with one column a policy. Nothing here sends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from hygiene.policy import RULES, ImportPolicy, choices
from hygiene.prediction.acting_entries import Acting, acting_under
from hygiene.prediction.features import Folding, Kind, TextFeatures
from hygiene.rule_values import Value

__all__ = ["Answers", "Hypotheses", "Request"]

_Column = np.ndarray[Any, np.dtype[np.int64]]
_Mask = np.ndarray[Any, np.dtype[np.bool_]]

#: What each candidate answers: total, imported, duplicates, blocked; -1 throughout for a refusal.
Answers = np.ndarray[Any, np.dtype[np.int64]]

_KINDS: tuple[Kind, ...] = ("address", "domain", "parent")


@dataclass(frozen=True, slots=True)
class Request:
    """One request as a policy sees it.

    Attributes:
        place: The list it goes to: 1 or 2.
        leads: Addresses, in order.
        waived: Whether it waives the block list.
        standing: Whether the entries stand on the block list.
    """

    place: int
    leads: tuple[str, ...]
    waived: bool = False
    standing: bool = False


class Hypotheses:
    """Policies that are still possible, each with what the API would remember under it.

    Args:
        rules: Rules that may have any value; the others keep their default.
        leads: Every address that a request may hold.
        entries: Entries that may stand on the block list.
    """

    def __init__(self, rules: Sequence[str], /, *, leads: Sequence[str], entries: Sequence[str]) -> None:
        taken = [choices(name) if name in rules else (getattr(ImportPolicy(), name),) for name in RULES]
        self._values: Mapping[str, tuple[Value, ...]] = dict(zip(RULES, taken, strict=True))
        grid = np.array(list(product(*(range(len(each)) for each in taken))), dtype=np.int64)
        self._grid: Mapping[str, _Column] = dict(zip(RULES, grid.T, strict=True))
        self._place_of = {lead: place for place, lead in enumerate(leads)}
        self._sight = _Sight(leads, entries)
        self._held = {place: np.zeros((len(grid), len(leads)), dtype=bool) for place in (1, 2)}

    def __len__(self) -> int:
        return len(next(iter(self._grid.values())))

    def policy(self, number: int, /) -> ImportPolicy:
        """The policy of one candidate."""
        return ImportPolicy(
            **{name: self._values[name][column[number]] for name, column in self._grid.items()}
        )

    def decided(self) -> dict[str, Value]:
        """The rules that have one value in all candidates that are left, of those that could have several."""
        return {
            name: self._values[name][column[0]]
            for name, column in self._grid.items()
            if len(self._values[name]) > 1 and len(column) and (column == column[0]).all()
        }

    def nearest(self) -> ImportPolicy:
        """The candidate that changes the fewest defaults."""
        changed = sum(np.asarray(self._is(name, getattr(ImportPolicy(), name)) == 0, int) for name in RULES)
        return self.policy(int(np.argmin(changed)))

    def answers(self, request: Request, /) -> Answers:
        """What each candidate answers to a request, which is not taken as sent."""
        return self._run(request)[0]

    def narrowed(self, request: Request, keep: _Mask, /) -> "Hypotheses":
        """The candidates to keep, with the request taken as sent."""
        held = self._run(request)[1]
        left = object.__new__(Hypotheses)
        left.__dict__.update(self.__dict__)
        left._grid = {name: column[keep] for name, column in self._grid.items()}
        left._held = {
            place: (held if place == request.place else self._held[place])[keep] for place in (1, 2)
        }
        return left

    def _is(self, rule: str, value: Value = True) -> _Mask:  # noqa: FBT002 -- a rule's value
        values = self._values[rule]
        return self._grid[rule] == values.index(value) if value in values else np.zeros(len(self), dtype=bool)

    def _run(self, request: Request) -> tuple[Answers, _Mask]:
        """What each candidate answers, and the keys that the list holds afterwards."""
        mine = self._held[request.place]
        other = self._held[3 - request.place]
        now, here = mine.copy(), np.zeros_like(mine)
        counts = np.zeros((len(self), 4), dtype=np.int64)
        refused = np.zeros(len(self), dtype=bool)
        rows = np.arange(len(self))
        sight = _Seen(self, self._sight, request)
        scopes = [self._is("duplicate_scope", scope) for scope in ("request", "account")]
        duplicate_first = self._is("precedence", "duplicate")
        are_remembered = self._is("blocked_are_remembered")
        unusable = {value: self._is("invalid_rows", value) for value in choices("invalid_rows")}
        for lead in request.leads:
            usable, key, listed = sight.of(self._place_of[lead])
            within = _scoped(scopes, here[rows, key], now[rows, key], other[rows, key])
            repeat = usable & within
            blocked = usable & listed & ~(repeat & duplicate_first)
            duplicate = repeat & ~blocked
            imported = usable & ~blocked & ~duplicate
            counts[:, 1] += imported | (~usable & unusable["imported"])
            counts[:, 2] += duplicate
            counts[:, 3] += blocked | (~usable & unusable["blocked"])
            remembered = imported | (blocked & are_remembered)
            now[rows, key] |= remembered
            here[rows, key] |= remembered
            refused |= ~usable & unusable["reject_request"]
        counts[:, 0] = len(request.leads)
        counts[refused] = -1
        now[refused] = mine[refused]
        return counts, now


def _scoped(scopes: Sequence[_Mask], request: _Mask, one: _Mask, other: _Mask) -> _Mask:
    """Whether a key is held, by the scope that a candidate has: a request, the account, else a list."""
    of_request, of_account = scopes
    found: _Mask = np.where(of_request, request, np.where(of_account, one | other, one))
    return found


class _Sight:
    """What every folding sees of every lead, as tables with one column a lead."""

    def __init__(self, leads: Sequence[str], entries: Sequence[str]) -> None:
        features = TextFeatures(_texts(leads), blocklist=entries)
        self.usable = np.array([features.usable(trimmed=trimmed) for trimmed in (False, True)])
        foldings = [Folding(*flags) for flags in product((False, True), repeat=4)]
        self.key = np.array([features.key(folding) for folding in foldings])
        self.listed = {
            kind: np.array(
                [
                    [features.listed(kind, trimmed=trimmed, folded=folded) for folded in (False, True)]
                    for trimmed in (False, True)
                ]
            )
            for kind in _KINDS
        }


class _Seen:
    """What the candidates see of the leads of one request."""

    def __init__(self, candidates: Hypotheses, sight: _Sight, request: Request) -> None:
        is_ = candidates._is
        self._sight = sight
        self._trimmed = is_("strip_whitespace").astype(int)
        self._folded = is_("block_fold_case").astype(int)
        self._folding = (
            8 * self._trimmed + 4 * is_("fold_case") + 2 * is_("fold_plus_tag") + is_("fold_gmail_dots")
        )
        acts = acting_under(
            is_("block_addresses"),
            is_("block_domains"),
            is_("block_subdomains"),
            is_("waive_covers", "domains"),
            is_("block_reach", "registrable"),
            is_("block_reach", "letters"),
            waived=request.waived,
        )
        self._acts = Acting(*(each & request.standing for each in acts))

    def of(self, lead: int) -> tuple[_Mask, _Column, _Mask]:
        """Whether it is usable, its key, and whether an entry that acts names it."""
        named = {kind: self._sight.listed[kind][self._trimmed, self._folded, lead] for kind in _KINDS}
        listed = (
            (self._acts.addresses & named["address"])
            | (self._acts.domains & named["domain"])
            | (self._acts.subdomains & named["parent"])
        )
        return self._sight.usable[self._trimmed, lead], self._sight.key[self._folding, lead], listed


def _texts(leads: Sequence[str]) -> Any:
    import pyarrow as pa

    return pa.array(leads, pa.large_string())
