"""Trials: many policies counted on the same leads, each thing they share worked out once.

Leads that no rule in question can touch are counted as a number. What the counts mean is not decided here.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product
from typing import Any

import numpy as np

from hygiene.arrow.text import Mask
from hygiene.policy import USABLE, ImportPolicy, Value
from hygiene.prediction.acting_entries import acting
from hygiene.prediction.features import KINDS, Codes, Features, Folding, Kind
from hygiene.prediction.layout import Layout
from hygiene.prediction.relevance import relevant_rules
from hygiene.prediction.simulate import (
    BLOCKED,
    DUPLICATE,
    Classes,
    Seen,
    Table,
    classify,
    folding_of,
    held,
    on_block_list,
    tabulate,
)

__all__ = ["PolicyGrid", "Table", "policies_near", "touched"]

#: Foldings under which two leads are one wherever any folding makes them one: all of them, and, for a
#: plus sign behind dots alone, all but that of the tag.
_COARSEST = tuple(
    Folding(True, True, tag, True, tag, True, True)  # noqa: FBT003 -- named fields
    for tag in (True, False)
)


def touched(features: Features, usable: str = "loose", /, *, kinds: Sequence[Kind] = KINDS) -> Mask:
    """True where some rule could count a lead otherwise than as imported.

    Args:
        features: What policies can see of the leads.
        usable: What a usable address may be beside the named ways.
        kinds: What entries of the block list may name.
    """
    ways = {usable, *USABLE} if features.sees("usable_address") else {usable}
    found: Mask = ~np.logical_and.reduce([features.usable(trimmed=False, kind=way) for way in ways])
    for folding in (
        _COARSEST if features.sees("fold_u_labels") else [Folding(*each[:4]) for each in _COARSEST]
    ):
        key = features.key(folding)
        found |= np.bincount(key, minlength=1)[key] > 1
        found |= features.known(folding) | features.elsewhere(folding)
    for kind in kinds if features.sees("block_reach") else KINDS[:3]:
        found |= features.listed(kind, trimmed=True, folded=True)
    return found


class PolicyGrid:
    """Leads on which policies are tried.

    Args:
        features: What policies can see of the leads, in sending order.
        policy: The rules from which others are tried.
        batch: The request of each lead, from 0 and never falling.
        waive_blocklist: Whether the requests waive the block list.
        others: How many more leads each request holds, which no rule touches; None is none.
        place: Where each lead stands among all of them; None only where there are no others.
        kinds: What entries of the block list may name under the policies that are tried.
    """

    def __init__(
        self,
        features: Features,
        policy: ImportPolicy,
        /,
        *,
        batch: Codes,
        waive_blocklist: bool = False,
        others: Codes | None = None,
        place: Codes | None = None,
        kinds: Sequence[Kind] = KINDS,
    ) -> None:
        self._waived = waive_blocklist
        self.rows = np.flatnonzero(touched(features, policy.usable_address, kinds=kinds))
        self._features = features.take(self.rows)
        every = Layout.of(batch, others=others, place=place)
        self.requests, self._batch = len(every.others), batch[self.rows]
        untouched = np.bincount(np.delete(batch, self.rows), minlength=self.requests)
        self._layout = Layout(self._batch, every.others + untouched, every.place[self.rows])
        self._others = self._layout.others
        self._found: dict[Hashable, Any] = {}
        self._same: dict[bytes, int] = {}
        self._tables: dict[Hashable, Table] = {}

    def relevant(self) -> list[str]:
        """The rules that could move a count of these leads."""
        return relevant_rules(self._features, waived=self._waived)

    def signature(self, policy: ImportPolicy, /) -> Hashable:
        """Equal for policies that cannot differ on these leads."""
        seen, names = self._seen(policy)
        listed, usable = bool(seen.on_list.any()), bool(seen.usable.all())
        return (
            names,
            policy.duplicate_scope == "request",
            listed and (policy.precedence, policy.blocked_are_remembered),
            usable or policy.invalid_rows,
            (policy.total_counts, policy.repeats_count_as, policy.request_limit, policy.lead_credit),
        )

    def table(self, policy: ImportPolicy, /) -> Table:
        """The counts of each request under a policy; the array is shared and not to be written to."""
        signature = self.signature(policy)
        if signature not in self._tables:
            self._tables[signature] = tabulate(self._seen(policy)[0], policy, self._layout)
        return self._tables[signature]

    def classes(self, policy: ImportPolicy, /) -> Classes:
        """The class of each lead in `rows`; every other lead shares the fate of its request."""
        return classify(self._seen(policy)[0], policy, self._layout)

    def known(self, policy: ImportPolicy, /) -> Codes:
        """Different leads of each request that are duplicates since the scope held them before the first."""
        seen = self._seen(policy)[0]
        rows = np.flatnonzero(seen.held & (self.classes(policy) == DUPLICATE))
        leads = np.unique(np.column_stack([self._batch[rows], seen.key[rows]]), axis=0)
        return np.bincount(leads[:, 0], minlength=self.requests)

    def listed(self, policy: ImportPolicy, /) -> Codes:
        """Leads of each request that are blocked since an entry names them."""
        blocked = self._seen(policy)[0].on_list & (self.classes(policy) == BLOCKED)
        return np.bincount(self._batch[blocked], minlength=self.requests)

    @property
    def sizes(self) -> Codes:
        """Leads of each request."""
        return self._layout.sizes

    @property
    def countings(self) -> int:
        """How often the leads were counted so far."""
        return len(self._tables)

    def has_unusable(self, policy: ImportPolicy, /) -> bool:
        """Whether some lead has no usable address as it is."""
        return not bool(self._features.usable(trimmed=False, kind=policy.usable_address).all())

    def has_listed(self, policy: ImportPolicy, /) -> bool:
        """Whether some entry of the block list names a lead in any way that the policy's reach has."""
        kinds = KINDS if policy.block_reach != "name" else KINDS[:3]
        return any(bool(self._features.listed(kind, trimmed=True, folded=True).any()) for kind in kinds)

    def widest(self, policy: ImportPolicy, /) -> tuple[Table, Table]:
        """Lowest and highest counts of each request where nothing is known of any touched lead."""
        here = np.bincount(self._batch, minlength=self.requests)
        nothing = np.zeros_like(here)
        may_be_refused = nothing if not self.has_unusable(policy) else here + self._others
        low = np.column_stack([here + self._others, self._others, nothing, nothing])
        low[:, :2] -= np.minimum(low[:, :2], may_be_refused[:, None])
        if policy.total_counts != "rows":
            low[:, 0] = 0
        if policy.request_limit or policy.lead_credit:
            low[:, 1] = 0
        return low, np.column_stack([here + self._others, here + self._others, here, here])

    def _seen(self, policy: ImportPolicy) -> tuple[Seen, tuple[int, ...]]:
        folding, kind = folding_of(policy), policy.usable_address
        usable, of_usable = self._once(
            ("usable", folding.trimmed, kind),
            lambda: self._features.usable(trimmed=folding.trimmed, kind=kind),
        )
        named = (acting(policy, waived=self._waived), policy.block_fold_case)
        on_list, of_list = self._once(
            ("listed", folding.trimmed, kind, named),
            lambda: (
                self._features.usable(trimmed=folding.trimmed, kind=kind)
                & on_block_list(self._features, policy, waived=self._waived)
            ),
        )
        key, of_key = self._once(("key", folding), lambda: self._features.key(folding))
        held_, of_held = self._once(
            ("held", folding, policy.duplicate_scope), lambda: held(self._features, policy, folding)
        )
        return Seen(usable, on_list, key, held_), (of_usable, of_list, of_key, of_held)

    def _once(self, name: Hashable, work: Any) -> Any:
        """What `work` gives for the rows, and a number that equal results share."""
        if name not in self._found:
            column = work()
            if column.dtype != bool:
                column = np.unique(column, return_inverse=True)[1]
                first = np.full(column.max(initial=0) + 1, len(column))
                np.minimum.at(first, column, np.arange(len(column)))
                column = first[column]  # equal partitions look equal, whatever their codes were
            self._found[name] = (column, self._same.setdefault(column.tobytes(), len(self._same)))
        return self._found[name]


def policies_near(
    base: ImportPolicy, rules: Mapping[str, Sequence[Value]], /, *, changes: int
) -> Iterator[ImportPolicy]:
    """Every policy that differs from `base` in exactly this many of these rules, which are tried with these values."""
    for chosen in combinations(rules, changes):
        others = ([value for value in rules[name] if value != getattr(base, name)] for name in chosen)
        for values in product(*others):
            yield replace(base, **dict(zip(chosen, values, strict=True)))  # type: ignore[arg-type]
