"""What the import API will answer: the four counts that its rules give.

A simulation of the API, not of us: nothing here reads verdicts or knows why a row was cleaned, and
nothing here touches the network.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from hygiene.features import Codes, Features, Folding, TextFeatures
from hygiene.policy import ImportPolicy
from hygiene.text import Mask
from hygiene.verdict import Counts

__all__ = ["ImportPolicy", "Prediction", "count", "predict"]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the API will answer to an import.

    Attributes:
        counts: The four numbers over all requests.
        batches: The four numbers of each request, in sending order; a request that the API refuses whole
            has zeros.
        range: Lowest and highest counts that missing knowledge leaves open; None where nothing is.
    """

    counts: Counts
    batches: tuple[Counts, ...]
    range: tuple[Counts, Counts] | None = None


def predict(
    rows: pd.DataFrame | pd.Series | pa.Array,
    /,
    *,
    policy: ImportPolicy | None = None,
    blocklist: Iterable[str] = (),
    known: Iterable[str] = (),
    batch_leads: int | None = None,
    waive_blocklist: bool = False,
) -> Prediction:
    """Predict the counts of an import of these rows, in this order, under a policy.

    Args:
        rows: Leads in sending order: a frame with a column ``email``, or the addresses alone.
        policy: The API's counting rules; None is the defaults.
        blocklist: The API's block list, addresses and domains.
        known: Addresses that the list (or, with account scope, the account) holds already.
        batch_leads: Leads a request; None sends all in one.
        waive_blocklist: Whether the requests set ``csvSettings.ignoreGlobalBlockList``.

    Source: the rules of `ImportPolicy`, each with its label.
    """
    features = TextFeatures(rows, blocklist=blocklist, known=known)
    batch = np.arange(len(features)) // (batch_leads or max(len(features), 1))
    batches = count(features, policy or ImportPolicy(), batch=batch, waive_blocklist=waive_blocklist)
    return Prediction(sum(batches, Counts()), batches)


def count(
    features: Features, policy: ImportPolicy, /, *, batch: Codes, waive_blocklist: bool = False
) -> tuple[Counts, ...]:
    """The counts of each request that a policy gives.

    Args:
        features: What the policy can see of the leads, in sending order.
        policy: The counting rules.
        batch: The request of each lead, from 0 and never falling.
        waive_blocklist: Whether the requests set ``csvSettings.ignoreGlobalBlockList``.
    """
    usable = features.usable(trimmed=policy.strip_whitespace)
    received = np.ones(len(features), dtype=bool)
    if policy.invalid_rows == "reject_request":
        received = ~np.isin(batch, batch[~usable])
    on_list = usable & _on_block_list(features, policy, waived=waive_blocklist)
    repeat = _repeats(features, policy, counted=usable & received, on_list=on_list, batch=batch)
    blocked = on_list & ~repeat if policy.precedence == "duplicate" else on_list
    duplicate = repeat & ~blocked
    imported = usable & ~blocked & ~duplicate
    blocked = blocked | (~usable & (policy.invalid_rows == "blocked"))
    imported = imported | (~usable & (policy.invalid_rows == "imported"))
    return _add_up(batch, received, imported & received, duplicate & received, blocked & received)


def _on_block_list(features: Features, policy: ImportPolicy, *, waived: bool) -> Mask:
    """True where an entry that acts names the lead."""
    found = np.zeros(len(features), dtype=bool)
    seen = {"trimmed": policy.strip_whitespace, "folded": policy.block_fold_case}
    if policy.block_addresses and not (waived and policy.waive_covers == "all"):
        found |= features.listed("address", **seen)
    if policy.block_domains and not waived:
        found |= features.listed("domain", **seen)
        if policy.block_subdomains:
            found |= features.listed("parent", **seen)
    return found


def _repeats(features: Features, policy: ImportPolicy, *, counted: Mask, on_list: Mask, batch: Codes) -> Mask:
    """True where a lead's key is remembered when it arrives."""
    folding = Folding(policy.strip_whitespace, policy.fold_case, policy.fold_plus_tag, policy.fold_gmail_dots)
    codes = features.key(folding)
    already = np.zeros(len(features), dtype=bool)
    if policy.duplicate_scope == "request":
        pairs = pa.array(batch * (codes.max(initial=0) + 1) + codes).dictionary_encode()
        codes = pairs.indices.to_numpy(zero_copy_only=False)
    else:
        already = features.known(folding)
    remembered = np.flatnonzero(counted if policy.blocked_are_remembered else counted & ~on_list)
    first = np.full(codes.max(initial=0) + 1, len(codes), dtype=np.int64)
    first[codes[remembered[::-1]]] = remembered[::-1]  # the last one written is the first to arrive
    repeat: Mask = counted & (already | (np.arange(len(codes)) > first[codes]))
    return repeat


def _add_up(batch: Codes, *classes: Mask) -> tuple[Counts, ...]:
    requests = int(batch[-1]) + 1 if len(batch) else 0
    columns = [np.bincount(batch[rows], minlength=requests).tolist() for rows in classes]
    return tuple(Counts(*numbers) for numbers in zip(*columns, strict=True))
