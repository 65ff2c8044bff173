"""Candidates: every policy the API may follow, and what each would answer to requests made one after another.

All policies are counted at once, lead by lead, with one column a policy. Nothing here sends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hygiene.policy import RULES, ImportPolicy, Value, choices
from hygiene.prediction.probe.sight import Seen, Sight

__all__ = ["Answers", "Hypotheses", "Request"]

_Column = np.ndarray[Any, np.dtype[Any]]
_Mask = np.ndarray[Any, np.dtype[np.bool_]]

#: What each candidate answers: total, imported, duplicates, blocked; -1 throughout for a refusal.
Answers = np.ndarray[Any, np.dtype[np.int64]]

#: The column that says which values of closed rules are left, one bit a combination.
_BITS = "\0bits"
_INDEX = np.int16


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
        rules: Rules that may have any value; the others keep their default, or are opened later.
        leads: Every address that a request may hold.
        entries: Entries that may stand on the block list.
        largest: Leads of the largest request, below which a limit of a request is tried.
    """

    def __init__(
        self, rules: Sequence[str], /, *, leads: Sequence[str], entries: Sequence[str], largest: int = 0
    ) -> None:
        defaults = ImportPolicy()
        self._values: dict[str, tuple[Value, ...]] = {
            name: choices(name) if name in rules else (getattr(defaults, name),) for name in RULES
        }
        if "request_limit" in rules:
            self._values["request_limit"] = tuple(range(largest))
        self._varied = tuple(rules)
        self._grid: dict[str, _Column] = {}
        self._spread({name: np.zeros(1, dtype=_INDEX) for name in RULES}, rules)
        if {"total_counts", "request_limit"} <= set(rules):  # without a limit nothing is dropped
            told = ~(self._is("total_counts", "taken") & self._is("request_limit", 0))
            self._grid = {name: column[told] for name, column in self._grid.items()}
        self._loose: tuple[str, ...] = ()
        self._place_of = {lead: place for place, lead in enumerate(leads)}
        self._sight = Sight(leads, entries)
        self._held = {place: np.zeros((len(self), len(leads)), dtype=bool) for place in (1, 2)}
        self._ran: (
            dict[Request, tuple[Answers, _Mask]] | None
        ) = {}  # of all of them, which every probe begins with

    def _spread(self, grid: Mapping[str, _Column], rules: Sequence[str]) -> int:
        """Take every value of some rules with every candidate; into how many each has become."""
        sizes = [len(self._values[name]) for name in rules]
        times = int(np.prod(sizes, dtype=np.int64))
        before = len(next(iter(grid.values())))
        self._grid = {name: np.repeat(column, times) for name, column in grid.items()}
        cells = np.unravel_index(np.arange(times), sizes or (1,))
        for name, column in zip(rules, cells, strict=False):
            self._grid[name] = np.tile(column.astype(_INDEX), before)
        return times

    def __len__(self) -> int:
        return len(self._grid["fold_case"])

    def opened(self, rules: Sequence[str], /) -> "Hypotheses":
        """The same with any value of further rules, which no request so far could touch."""
        left = self._copy()
        left._values = self._values | {name: choices(name) for name in rules}
        left._varied = (*self._varied, *rules)
        times = left._spread(self._grid, rules)
        left._held = {place: np.repeat(held, times, axis=0) for place, held in self._held.items()}
        return left

    def closed(self, rules: Sequence[str], /) -> "Hypotheses":
        """The same where candidates that differ in these rules alone, which no later request can touch, are one."""
        rules = [name for name in rules if name in self._varied]
        left, sizes = self._copy(), [len(self._values[name]) for name in rules]
        combination = np.ravel_multi_index([self._grid[name] for name in rules], sizes) if rules else 0
        others = np.stack([column for name, column in self._grid.items() if name not in rules], axis=1)
        _, first, group = np.unique(others, axis=0, return_index=True, return_inverse=True)
        bits = np.zeros(len(first), dtype=np.uint64)
        np.bitwise_or.at(bits, group.ravel(), np.uint64(1) << np.asarray(combination, dtype=np.uint64))
        left._grid = {name: column[first] for name, column in self._grid.items()}
        left._grid[_BITS] = bits
        left._held = {place: held[first] for place, held in self._held.items()}
        left._loose = tuple(rules)
        return left

    def _copy(self) -> "Hypotheses":
        left = object.__new__(Hypotheses)
        left.__dict__.update(self.__dict__, _ran=None)
        return left

    def policy(self, number: int, /) -> ImportPolicy:
        """The policy of one candidate, with what is nearest to the defaults of rules that were closed."""
        found = {name: self._values[name][self._grid[name][number]] for name in RULES}
        if self._loose:
            left = [self._combination(each) for each in self._combinations(self._grid[_BITS][number])]
            found |= sorted(left, key=_changes)[0]
        return ImportPolicy(**found)

    def _combinations(self, bits: np.uint64) -> list[int]:
        return [place for place in range(64) if int(bits) >> place & 1]

    def _combination(self, number: int) -> dict[str, Value]:
        cells = np.unravel_index(number, [len(self._values[name]) for name in self._loose])
        return {name: self._values[name][int(cell)] for name, cell in zip(self._loose, cells, strict=True)}

    def decided(self) -> dict[str, Value]:
        """The rules that have one value in all candidates that are left, of those that could have several."""
        left = {
            name: {self._values[name][cell] for cell in np.unique(self._grid[name])} for name in self._varied
        }
        if self._loose:
            every = np.bitwise_or.reduce(self._grid[_BITS], initial=np.uint64(0))
            combinations = [self._combination(each) for each in self._combinations(every)]
            left |= {name: {each[name] for each in combinations} for name in self._loose}
        # that no limit was met says nothing of one above the largest request
        return {
            name: next(iter(values))
            for name, values in left.items()
            if len(values) == 1 and not (name == "request_limit" and values == {0})
        }

    def nearest(self) -> ImportPolicy:
        """The candidate that changes the fewest defaults."""
        defaults, changed = ImportPolicy(), np.zeros(len(self), dtype=np.int64)
        for name in RULES:
            changed += ~self._is(name, getattr(defaults, name))
        return self.policy(int(np.argmin(changed)))

    def without_limit(self) -> _Mask:
        """True where a candidate has no limit of a request."""
        return self._is("request_limit", 0)

    def answers(self, request: Request, /) -> Answers:
        """What each candidate answers to a request, which is not taken as sent."""
        return self._run(request)[0]

    def narrowed(self, request: Request, keep: _Mask, /) -> "Hypotheses":
        """The candidates to keep, with the request taken as sent."""
        held, left = self._run(request)[1], self._copy()
        left._grid = {name: column[keep] for name, column in self._grid.items()}
        left._held = {
            place: (held if place == request.place else self._held[place])[keep] for place in (1, 2)
        }
        return left

    def deciding_rows(self, request: Request, found: ImportPolicy, rule: str, /) -> list[int]:
        """Rows of a request, from 1, that count otherwise where a rule has another value than in the policy found.

        Empty where no two candidates are left that differ in that rule alone.
        """
        same = np.ones(len(self), dtype=bool)
        for name in RULES:
            if name not in {rule, *self._loose}:
                same &= self._is(name, getattr(found, name))
        other = same & ~self._is(rule, getattr(found, rule))
        pair = np.flatnonzero(same & ~other)[:1].tolist() + np.flatnonzero(other)[:1].tolist()
        if len(pair) < 2:
            return []
        left, two = self._copy(), np.array(pair)
        left._grid = {name: column[two] for name, column in self._grid.items()}
        left._held = {place: held[two] for place, held in self._held.items()}
        run = _Run(left, request)
        run.counted(request)
        return [row for row, (one, another) in enumerate(run.classes, 1) if one != another]

    def _is(self, rule: str, value: Value = True) -> _Mask:  # noqa: FBT002 -- a rule's value
        values = self._values[rule]
        return self._grid[rule] == values.index(value) if value in values else np.zeros(len(self), dtype=bool)

    def _run(self, request: Request) -> tuple[Answers, _Mask]:
        """What each candidate answers, and the keys that the list holds afterwards."""
        if self._ran is None:
            return _Run(self, request).counted(request)
        if request not in self._ran:
            self._ran[request] = _Run(self, request).counted(request)
        return self._ran[request]


class _Run:
    """One request as all candidates count it."""

    def __init__(self, candidates: Hypotheses, request: Request) -> None:
        is_ = candidates._is
        self._mine, self._other = candidates._held[request.place], candidates._held[3 - request.place]
        self._sight = Seen(is_, candidates._sight, waived=request.waived, standing=request.standing)
        self._place_of = candidates._place_of
        self._scopes = [is_("duplicate_scope", scope) for scope in ("request", "account")]
        self._duplicate_first = is_("precedence", "duplicate")
        self._are_remembered = is_("blocked_are_remembered")
        self._unusable = {value: is_("invalid_rows", value) for value in choices("invalid_rows")}
        self._updates = {value: is_("repeats_count_as", value) for value in choices("repeats_count_as")}
        self._totals = {value: is_("total_counts", value) for value in choices("total_counts")}
        self.classes: list[_Column] = []
        limits = np.array(candidates._values["request_limit"], dtype=np.int64)
        self._limit = limits[candidates._grid["request_limit"]]

    def counted(self, request: Request) -> tuple[Answers, _Mask]:
        """What each candidate answers, and what it holds afterwards."""
        places = [self._place_of[lead] for lead in request.leads]
        used = self._sight.keys_of(places)  # the others stay as they are, and are many
        mine, others = self._mine[:, used], self._other[:, used]
        now, here, met = mine.copy(), np.zeros_like(mine), np.zeros_like(mine)
        counts = np.zeros((len(now), 4), dtype=np.int64)
        added, different, taken_all = np.zeros((3, len(now)), dtype=np.int64)
        refused, rows = np.zeros(len(now), dtype=bool), np.arange(len(now))
        for position, place in enumerate(places):
            usable, code, listed = self._sight.of(place)
            key = np.searchsorted(used, code)
            taken = (self._limit == 0) | (position < self._limit)
            refused |= taken & ~usable & self._unusable["reject_request"]
            usable, invalid = usable & taken, ~usable & taken
            other = others[rows, key]
            before = usable & _scoped(self._scopes, np.zeros_like(usable), mine[rows, key], other)
            repeat = usable & _scoped(self._scopes, here[rows, key], now[rows, key], other)
            blocked = usable & listed & ~(repeat & self._duplicate_first)
            again = repeat & ~blocked
            updated = again & self._is_update(before)
            new = usable & ~blocked & ~again
            counts[:, 1] += new | updated | (invalid & self._unusable["imported"])
            counts[:, 2] += again & ~updated & ~self._updates["uncounted"]
            counts[:, 3] += blocked | (invalid & self._unusable["blocked"])
            if len(now) == 2:  # two that are compared
                self.classes.append(new + 2 * updated + 3 * (again & ~updated) + 4 * blocked + 5 * invalid)
            added += new | (invalid & self._unusable["imported"])
            different += invalid | (usable & ~met[rows, key])
            taken_all += taken
            met[rows, key] |= usable
            remembered = new | (blocked & self._are_remembered) | updated
            now[rows, key] |= remembered
            here[rows, key] |= remembered
        counts[:, 0] = self._total(added, different, taken_all, len(request.leads))
        counts[refused] = -1
        now[refused] = mine[refused]
        after = self._mine.copy()
        after[:, used] = now
        return counts, after

    def _total(self, added: _Column, different: _Column, taken: _Column, rows: int) -> _Column:
        """The total of a request, as each candidate counts it."""
        totals = self._totals
        return np.select(
            [totals["added"], totals["distinct"], totals["taken"]], [added, different, taken], rows
        )

    def _is_update(self, before: _Mask) -> _Mask:
        """Whether a repeat counts as imported."""
        own = self._updates["imported_in_request"] & ~before
        return self._updates["imported"] | (self._updates["imported_in_list"] & before) | own


def _changes(values: Mapping[str, Value]) -> int:
    """How many of the values are no defaults."""
    defaults = ImportPolicy()
    return sum(getattr(defaults, name) != value for name, value in values.items())


def _scoped(scopes: Sequence[_Mask], request: _Mask, one: _Mask, other: _Mask) -> _Mask:
    """Whether a key is held, by the scope that a candidate has: a request, the account, else a list."""
    of_request, of_account = scopes
    found: _Mask = np.where(of_request, request, np.where(of_account, one | other, one))
    return found
