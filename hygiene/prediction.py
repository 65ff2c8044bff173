"""What the import API will answer: the four counts that its rules give.

A simulation of the API, not of us: nothing here reads verdicts or knows why a row was cleaned, and
nothing here touches the network.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa

from hygiene.bounds import Bounds, Unknown, find_bounds
from hygiene.counting import count
from hygiene.features import Codes, Features, TextFeatures
from hygiene.policy import ImportPolicy
from hygiene.verdict import Counts

__all__ = ["ImportPolicy", "Prediction", "count", "predict"]


@dataclass(frozen=True)
class Prediction:
    """What the API will answer to an import.

    Attributes:
        counts: The four numbers over all requests.
        batches: The four numbers of each request, in sending order; a request that the API refuses whole
            has zeros.
        features: What the policy can see of the leads.
        batch: The request of each lead, from 0.
        policy: The counting rules.
        waive_blocklist: Whether the requests set ``csvSettings.ignoreGlobalBlockList``.
        unknown: What could not be read.
    """

    counts: Counts
    batches: tuple[Counts, ...]
    features: Features = field(repr=False, compare=False)
    batch: Codes = field(repr=False, compare=False)
    policy: ImportPolicy = field(repr=False, compare=False)
    waive_blocklist: bool = field(default=False, repr=False, compare=False)
    unknown: frozenset[Unknown] = field(default=frozenset(), repr=False, compare=False)

    @cached_property
    def range(self) -> Bounds | None:
        """Lowest and highest counts that missing knowledge leaves open; None where nothing is open."""
        return find_bounds(
            self.features,
            self.policy,
            batch=self.batch,
            waive_blocklist=self.waive_blocklist,
            unknown=self.unknown,
        )


def predict(
    rows: pd.DataFrame | pd.Series | pa.Array,
    /,
    *,
    policy: ImportPolicy | None = None,
    blocklist: Iterable[str] | None = None,
    known: Iterable[str] | None = None,
    elsewhere: Iterable[str] | None = None,
    batch_leads: int | None = None,
    waive_blocklist: bool = False,
) -> Prediction:
    """Predict the counts of an import of these rows, in this order, under a policy.

    What is None is not known: it is counted as empty, and `Prediction.range` allows for it.

    Args:
        rows: Leads in sending order: a frame with a column ``email``, or the addresses alone.
        policy: The API's counting rules; None is the defaults.
        blocklist: The API's block list, addresses and domains.
        known: Addresses that the list holds already: duplicates under list and account scope, of no
            account under request scope.
        elsewhere: Addresses that other lists of the account hold: duplicates under account scope alone.
        batch_leads: Leads a request; None sends all in one.
        waive_blocklist: Whether the requests set ``csvSettings.ignoreGlobalBlockList``.

    Source: the rules of `ImportPolicy`, each with its label.
    """
    policy = policy or ImportPolicy()
    features = TextFeatures(rows, blocklist=blocklist or (), known=known or (), elsewhere=elsewhere or ())
    batch = np.arange(len(features)) // (batch_leads or max(len(features), 1))
    batches = count(features, policy, batch=batch, waive_blocklist=waive_blocklist)
    given = {"known": known, "elsewhere": elsewhere, "blocklist": blocklist}
    unknown = frozenset(Unknown(name) for name, found in given.items() if found is None)
    return Prediction(sum(batches, Counts()), batches, features, batch, policy, waive_blocklist, unknown)
