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
from hygiene.prediction.features import Codes, Features, Folding

__all__ = [
    "BLOCKED",
    "DUPLICATE",
    "IMPORTED",
    "REFUSED",
    "UNCOUNTED",
    "Classes",
    "Seen",
    "Table",
    "add_up",
    "classes_of",
    "classify",
    "count",
    "folding_of",
    "held",
    "on_block_list",
    "table_of",
]

#: The class of each lead.
Classes = np.ndarray[Any, np.dtype[np.int8]]

#: Counts by request: total, imported, duplicates, blocked.
Table = np.ndarray[Any, np.dtype[np.int64]]

#: In a request that is refused whole; in the total alone; in one of the three counters.
REFUSED, UNCOUNTED, IMPORTED, DUPLICATE, BLOCKED = range(5)


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
) -> tuple[Counts, ...]:
    """The counts of each request that a policy gives.

    Args:
        features: What the policy can see of the leads, in sending order.
        policy: The counting rules.
        batch: The request of each lead, from 0 and never falling.
        waive_blocklist: Whether the requests set ``csvSettings.ignoreGlobalBlockList``.
        others: How many more leads each request holds, which no rule touches; None is none.
    """
    return add_up(batch, classes_of(features, policy, batch=batch, waive_blocklist=waive_blocklist), others)


def classes_of(
    features: Features, policy: ImportPolicy, /, *, batch: Codes, waive_blocklist: bool = False
) -> Classes:
    """The class of each lead that a policy gives; arguments as for `count`."""
    folding = folding_of(policy)
    usable = features.usable(trimmed=policy.strip_whitespace)
    seen = Seen(
        usable,
        usable & on_block_list(features, policy, waived=waive_blocklist),
        features.key(folding),
        held(features, policy, folding),
    )
    return classify(seen, policy, batch=batch)


def folding_of(policy: ImportPolicy, /) -> Folding:
    """Which differences between addresses a policy leaves out."""
    return Folding(policy.strip_whitespace, policy.fold_case, policy.fold_plus_tag, policy.fold_gmail_dots)


def held(features: Features, policy: ImportPolicy, folding: Folding, /) -> Mask:
    """True where the policy's scope holds a lead's key before the first request."""
    if policy.duplicate_scope == "request":
        return np.zeros(len(features), dtype=bool)
    found = features.known(folding)
    return found | features.elsewhere(folding) if policy.duplicate_scope == "account" else found


def on_block_list(features: Features, policy: ImportPolicy, /, *, waived: bool) -> Mask:
    """True where an entry that acts names the lead."""
    found = np.zeros(len(features), dtype=bool)
    seen = {"trimmed": policy.strip_whitespace, "folded": policy.block_fold_case}
    acts = acting(policy, waived=waived)
    if acts.addresses:
        found |= features.listed("address", **seen)
    if acts.domains:
        found |= features.listed("domain", **seen)
    if acts.subdomains:
        found |= features.listed("parent", **seen)
    return found


def classify(seen: Seen, policy: ImportPolicy, /, *, batch: Codes) -> Classes:
    """The class of each lead under a policy that sees `seen` of it."""
    usable, on_list = seen.usable, seen.on_list
    received = np.ones(len(usable), dtype=bool)
    if policy.invalid_rows == "reject_request":
        received = ~np.isin(batch, batch[~usable])
    repeat = _repeats(seen, policy, counted=usable & received, batch=batch)
    blocked = on_list & ~repeat if policy.precedence == "duplicate" else on_list
    invalid = {"blocked": BLOCKED, "imported": IMPORTED}.get(policy.invalid_rows, UNCOUNTED)
    found = np.where(usable, IMPORTED, invalid).astype(np.int8)
    found[repeat] = DUPLICATE
    found[blocked] = BLOCKED
    found[~received] = REFUSED
    return found


def _repeats(seen: Seen, policy: ImportPolicy, *, counted: Mask, batch: Codes) -> Mask:
    """True where a lead's key is remembered when it arrives."""
    codes = seen.key
    if policy.duplicate_scope == "request":
        pairs = pa.array(batch * (codes.max(initial=0) + 1) + codes).dictionary_encode()
        codes = pairs.indices.to_numpy(zero_copy_only=False)
    remembered = np.flatnonzero(counted if policy.blocked_are_remembered else counted & ~seen.on_list)
    first = np.full(codes.max(initial=0) + 1, len(codes), dtype=np.int64)
    first[codes[remembered[::-1]]] = remembered[::-1]  # the last one written is the first to arrive
    repeat: Mask = counted & (seen.held | (np.arange(len(codes)) > first[codes]))
    return repeat


def add_up(batch: Codes, classes: Classes, others: Codes | None = None, /) -> tuple[Counts, ...]:
    """The counts of each request; `others` as for `count`."""
    if others is None:
        others = np.zeros(int(batch[-1]) + 1 if len(batch) else 0, dtype=np.int64)
    return tuple(Counts(*row) for row in table_of(batch, classes, others).tolist())


def table_of(batch: Codes, classes: Classes, others: Codes, /) -> Table:
    """The same as one array; the others are imported, unless their request is refused."""
    found = np.bincount(batch * 5 + classes, minlength=len(others) * 5).reshape(-1, 5)
    imported = np.where(found[:, REFUSED] > 0, 0, others)
    total = found[:, UNCOUNTED:].sum(axis=1) + imported
    return np.column_stack([total, found[:, IMPORTED] + imported, found[:, DUPLICATE:]]).astype(np.int64)
