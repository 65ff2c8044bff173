"""Counting: which class the API puts each lead into under a policy, and the sums of each request.

It works on features alone, and on whole columns. Nothing here knows where the features come from.
"""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from hygiene.arrow.text import Mask
from hygiene.outcomes import Counts
from hygiene.policy import ImportPolicy
from hygiene.prediction.acting_entries import acting
from hygiene.prediction.features import KINDS, Codes, Features, Folding
from hygiene.prediction.layout import Layout

__all__ = [
    "BLOCKED",
    "DROPPED",
    "DUPLICATE",
    "IMPORTED",
    "REFUSED",
    "UNCOUNTED",
    "UPDATED",
    "Classes",
    "Layout",
    "Seen",
    "Table",
    "classes_of",
    "classify",
    "count",
    "folding_of",
    "held",
    "on_block_list",
    "tabulate",
]

#: The class of each lead.
Classes = np.ndarray[Any, np.dtype[np.int8]]

#: Counts by request: total, imported, duplicates, blocked.
Table = np.ndarray[Any, np.dtype[np.int64]]

#: In a request that is refused whole; in the total alone; in one of the three counters; a repeat that counts as
#: imported; past a limit, so that nothing of it was looked at.
REFUSED, UNCOUNTED, IMPORTED, DUPLICATE, BLOCKED, UPDATED, DROPPED = range(7)


class Seen(NamedTuple):
    """What one policy sees of leads, by position.

    Attributes:
        usable: True where a lead has a usable address.
        on_list: True where an entry of the block list acts on it.
        key: Its duplicate key.
        held: True where the scope holds the key before the first request.
    """

    usable: Mask
    on_list: Mask
    key: Codes
    held: Mask


def count(
    features: Features,
    policy: ImportPolicy,
    /,
    *,
    batch: Codes,
    waive_blocklist: bool = False,
    others: Codes | None = None,
    place: Codes | None = None,
) -> tuple[Counts, ...]:
    """The counts of each request that a policy gives.

    Args:
        features: What the policy can see of the leads, in sending order.
        policy: The counting rules.
        batch: The request of each lead, from 0 and never falling.
        waive_blocklist: Whether the requests set ``csvSettings.ignoreGlobalBlockList``.
        others: How many more leads each request holds, which no rule touches; None is none.
        place: Where each lead stands among all of them; None only where there are no others.
    """
    seen = _seen(features, policy, waived=waive_blocklist)
    table = tabulate(seen, policy, Layout.of(batch, others=others, place=place))
    return tuple(Counts(*row) for row in table.tolist())


def classes_of(
    features: Features, policy: ImportPolicy, /, *, batch: Codes, waive_blocklist: bool = False
) -> Classes:
    """The class of each lead that a policy gives; arguments as for `count`."""
    return classify(_seen(features, policy, waived=waive_blocklist), policy, Layout.of(batch))


def _seen(features: Features, policy: ImportPolicy, *, waived: bool) -> Seen:
    folding = folding_of(policy)
    usable = features.usable(trimmed=policy.strip_whitespace, kind=policy.usable_address)
    return Seen(
        usable,
        usable & on_block_list(features, policy, waived=waived),
        features.key(folding),
        held(features, policy, folding),
    )


def folding_of(policy: ImportPolicy, /) -> Folding:
    """Which differences between addresses a policy leaves out."""
    return Folding(
        policy.strip_whitespace,
        policy.fold_case,
        policy.fold_plus_tag,
        policy.fold_gmail_dots,
        policy.fold_gmail_tags,
        policy.fold_googlemail,
        policy.fold_u_labels,
    )


def held(features: Features, policy: ImportPolicy, folding: Folding, /) -> Mask:
    """True where the policy's scope holds a lead's key before the first request."""
    if policy.duplicate_scope == "request":
        return np.zeros(len(features), dtype=bool)
    found = features.known(folding)
    return found | features.elsewhere(folding) if policy.duplicate_scope == "account" else found


def on_block_list(features: Features, policy: ImportPolicy, /, *, waived: bool) -> Mask:
    """True where an entry that acts names the lead."""
    found = np.zeros(len(features), dtype=bool)
    for kind, acts in zip(KINDS, acting(policy, waived=waived), strict=True):
        if acts:
            found |= features.listed(kind, trimmed=policy.strip_whitespace, folded=policy.block_fold_case)
    return found


def classify(seen: Seen, policy: ImportPolicy, layout: Layout, /) -> Classes:
    """The class of each lead under a policy that sees `seen` of it."""
    return _with_credit(_before_credit(seen, policy, layout), policy, layout)[0]


def tabulate(seen: Seen, policy: ImportPolicy, layout: Layout, /) -> Table:
    """The counts of each request as one array; the others are imported, unless they are refused or dropped."""
    classes, others = _with_credit(_before_credit(seen, policy, layout), policy, layout)
    requests = len(layout.others)
    found = np.bincount(layout.batch * 7 + classes, minlength=requests * 7).reshape(-1, 7)
    imported, taken = found[:, IMPORTED] + others, found[:, UNCOUNTED:DROPPED].sum(axis=1) + others
    total = taken
    if policy.total_counts == "rows":
        total = np.where(found[:, REFUSED] > 0, 0, layout.sizes)
    elif policy.total_counts == "added":
        total = imported
    elif policy.total_counts == "distinct":
        total = taken - _again(seen, layout, ~np.isin(classes, (REFUSED, DROPPED)))
    counters = (imported + found[:, UPDATED], found[:, DUPLICATE], found[:, BLOCKED])
    return np.column_stack([total, *counters]).astype(np.int64)


def _again(seen: Seen, layout: Layout, taken: Mask) -> Codes:
    """Usable leads of each request whose key another one of it has, that came first."""
    rows = np.flatnonzero(taken & seen.usable)
    pairs = layout.batch[rows] * (seen.key.max(initial=0) + 1) + seen.key[rows]
    different = np.unique(pairs) // (seen.key.max(initial=0) + 1)
    every = np.bincount(layout.batch[rows], minlength=len(layout.others))
    return every - np.bincount(different, minlength=len(layout.others))


def _before_credit(seen: Seen, policy: ImportPolicy, layout: Layout) -> Classes:
    """The class of each lead where no credit ends."""
    usable, on_list, batch = seen.usable, seen.on_list, layout.batch
    taken = layout.within(policy.request_limit)
    received = np.ones(len(usable), dtype=bool)
    if policy.invalid_rows == "reject_request":
        received = ~np.isin(batch, batch[~usable & taken])
    counted = usable & received & taken
    repeat, here = _repeats(seen, policy, counted=counted, batch=batch)
    on_list = on_list & counted
    blocked = on_list & ~repeat if policy.precedence == "duplicate" else on_list
    invalid = {"blocked": BLOCKED, "imported": IMPORTED}.get(policy.invalid_rows, UNCOUNTED)
    found = np.where(usable, IMPORTED, invalid).astype(np.int8)
    found[repeat] = DUPLICATE
    updates = {"imported": repeat, "imported_in_request": here, "imported_in_list": repeat & ~here}
    if policy.repeats_count_as == "uncounted":
        found[repeat] = UNCOUNTED
    elif policy.repeats_count_as in updates:
        found[updates[policy.repeats_count_as]] = UPDATED
    found[blocked] = BLOCKED
    found[~taken] = DROPPED
    found[~received] = REFUSED
    return found


def _repeats(seen: Seen, policy: ImportPolicy, *, counted: Mask, batch: Codes) -> tuple[Mask, Mask]:
    """True where a lead's key is remembered when it arrives, and where it is from its own request alone."""
    codes = seen.key
    if policy.duplicate_scope == "request":
        pairs = pa.array(batch * (codes.max(initial=0) + 1) + codes).dictionary_encode()
        codes = pairs.indices.to_numpy(zero_copy_only=False)
    remembered = np.flatnonzero(counted if policy.blocked_are_remembered else counted & ~seen.on_list)
    first = np.full(codes.max(initial=0) + 1, len(codes), dtype=np.int64)
    first[codes[remembered[::-1]]] = remembered[::-1]  # the last one written is the first to arrive
    met = first[codes]
    later: Mask = np.arange(len(codes)) > met
    repeat: Mask = counted & (seen.held | later)
    own: Mask = repeat & ~seen.held & later
    own[own] = batch[met[own]] == batch[own]
    return repeat, own


def _with_credit(classes: Classes, policy: ImportPolicy, layout: Layout) -> tuple[Classes, Codes]:
    """The classes with all dropped that the credit does not reach, and the others of each request that are imported."""
    refused = np.zeros(len(layout.others), dtype=bool)
    refused[layout.batch[classes == REFUSED]] = True
    others = np.where(refused, 0, layout.others_within(policy.request_limit))
    if not policy.lead_credit:
        return classes, others
    end = layout.end_of(policy.lead_credit, classes == IMPORTED, others)
    late = (layout.place >= end) & (classes != REFUSED)
    return np.where(late, DROPPED, classes).astype(np.int8), layout.others_until(others, end)
