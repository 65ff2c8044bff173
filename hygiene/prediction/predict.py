"""What the import API will answer: the four counts that its rules give.

A simulation of the API, not of us: nothing here reads verdicts or knows why a row was cleaned, and
nothing here touches the network. What is costly is worked out on the leads that some rule can touch.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from hygiene.arguments import check_names
from hygiene.arrow.text import Mask, is_blank, text_column
from hygiene.columns.frames import ArrowStream, as_frame, is_column, is_table, not_a_table, texts_of
from hygiene.errors import UsageError
from hygiene.outcomes import Counts
from hygiene.policy import ImportPolicy
from hygiene.prediction.features import Codes, Features, TextFeatures, literal_texts
from hygiene.prediction.prefilter import Prefilter, near
from hygiene.prediction.simulate import count
from hygiene.prediction.uncertainty import Bounds, Unknown, find_bounds
from hygiene.prediction.without import Without

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ImportPolicy",
    "Prediction",
    "Touched",
    "count",
    "lacking",
    "predict",
    "predict_touched",
    "without",
]


@dataclass(frozen=True)
class Touched:
    """The leads of an import that some rule can touch.

    Attributes:
        features: What policies can see of them.
        batch: The request of each, from 0.
        others: How many more leads each request holds.
        place: Where each of them stands among all leads.
    """

    features: Features
    batch: Codes
    others: Codes
    place: Codes


@dataclass(frozen=True)
class Prediction:
    """What the API will answer to an import.

    Attributes:
        counts: The four numbers over all requests.
        batches: The four numbers of each request, in sending order; a request that the API refuses whole
            has zeros.
        touched: The leads that some rule can touch; all others are imported.
        policy: The counting rules.
        waive_blocklist: Whether the requests set ``csvSettings.ignoreGlobalBlockList``.
        unknown: What could not be read.
        look: Gives what policies can see of all leads; None where that is not at hand.
    """

    counts: Counts
    batches: tuple[Counts, ...]
    touched: Touched = field(repr=False, compare=False)
    policy: ImportPolicy = field(repr=False, compare=False)
    waive_blocklist: bool = field(default=False, repr=False, compare=False)
    unknown: frozenset[Unknown] = field(default=frozenset(), repr=False, compare=False)
    look: Callable[[], Features] | None = field(default=None, repr=False, compare=False)

    @cached_property
    def features(self) -> Features:
        """What policies can see of all leads, in sending order; made when it is asked for.

        Raises:
            UsageError: the prediction was made from the touched leads alone.
        """
        if self.look is None:
            msg = "this prediction was made from the touched leads alone; predict from all of them"
            raise UsageError(msg)
        return self.look()

    @cached_property
    def batch(self) -> Codes:
        """The request of each lead, from 0."""
        requests = np.arange(len(self.touched.others))
        sizes = self.touched.others + np.bincount(self.touched.batch, minlength=len(requests))
        return np.repeat(requests, sizes)

    @cached_property
    def range(self) -> Bounds | None:
        """Lowest and highest counts that missing knowledge leaves open; None where nothing is open."""
        return find_bounds(
            self.touched.features,
            self.policy,
            batch=self.touched.batch,
            waive_blocklist=self.waive_blocklist,
            unknown=self.unknown,
            others=self.touched.others,
            place=self.touched.place,
        )


def _addresses(rows: Any) -> pa.Array:
    """The addresses of rows, or rows that are the addresses alone."""
    if is_column(rows):
        return texts_of(rows)
    if isinstance(rows, pa.ChunkedArray):
        rows = rows.combine_chunks()
    if isinstance(rows, pa.Array) and not pa.types.is_struct(rows.type):
        return literal_texts(rows)
    if not is_table(rows):
        if isinstance(rows, list | tuple) and all(each is None or isinstance(each, str) for each in rows):
            return literal_texts(rows)
        raise UsageError(not_a_table(rows, paths=False))
    frame = as_frame(rows)
    columns = int((frame.columns == "email").sum())
    if columns != 1:
        msg = (
            f"rows have {columns or 'no'} column{'s' * (columns > 1)} 'email'; rename the one with the addresses, "
            "or hand over that column alone."
        )
        raise UsageError(msg)
    return text_column(frame["email"])


def _lacking(rows: Any, policy: ImportPolicy) -> Mask:
    """True for each row that lacks a field which the policy needs."""
    if is_column(rows) or isinstance(rows, pa.Array | pa.ChunkedArray) or not is_table(rows):
        msg = (
            f"the policy needs {', '.join(policy.needs)}, and rows are addresses alone; hand over the table "
            "that they are of, or leave needed_fields out."
        )
        raise UsageError(msg)
    return lacking(as_frame(rows), policy.needs)


def lacking(frame: "pd.DataFrame", names: Iterable[str], /) -> Mask:
    """True for each row in which one of these columns is blank; a column that is not there is blank throughout."""
    found = np.zeros(len(frame), dtype=bool)
    for name in names:
        found |= is_blank(text_column(frame[name])) if name in frame else True
    return found


def without(features: Features, lacks: Mask | None, /) -> Features:
    """What policies can see of leads of which some lack a field, so that their addresses are of no use."""
    return features if lacks is None or not lacks.any() else Without(features, "", lacks)


def predict(
    rows: "pd.DataFrame | ArrowStream | pd.Series | pa.Array | pa.ChunkedArray",
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
        rows: Leads in sending order: a frame of pandas or of whatever speaks Arrow with a column ``email``, or
            the addresses alone.
        policy: The API's counting rules; None is the defaults.
        blocklist: The API's block list, addresses and domains.
        known: Addresses that the list holds already: duplicates under list and account scope, of no
            account under request scope.
        elsewhere: Addresses that other lists of the account hold: duplicates under account scope alone.
        batch_leads: Leads a request; None sends all in one.
        waive_blocklist: Whether the requests set ``csvSettings.ignoreGlobalBlockList``.

    Raises:
        UsageError: rows are no table and no addresses, or a list is one text, for instance the path of a file.

    Source: the rules of `ImportPolicy`, each with its label.
    """
    check_names(blocklist=blocklist, known=known, elsewhere=elsewhere)
    texts = _addresses(rows)
    lacks = _lacking(rows, policy) if policy and policy.needs else None
    given = {"blocklist": blocklist, "known": known, "elsewhere": elsewhere}
    lists = {name: None if found is None else literal_texts(found) for name, found in given.items()}
    read = {name: found for name, found in lists.items() if found is not None}
    touching = Prefilter(**read, policy=policy)
    touching.add(texts)
    places = touching.rows() if lacks is None else np.union1d(touching.rows(), np.flatnonzero(lacks))
    return predict_touched(
        texts.take(pa.array(places)),
        places,
        leads=len(texts),
        policy=policy,
        **lists,
        batch_leads=batch_leads,
        waive_blocklist=waive_blocklist,
        lacks=None if lacks is None else lacks[places],
        look=lambda: without(TextFeatures(texts, **read), lacks),
    )


def predict_touched(
    texts: pa.Array,
    rows: Codes,
    /,
    *,
    leads: int,
    policy: ImportPolicy | None = None,
    blocklist: Iterable[str] | None = None,
    known: Iterable[str] | None = None,
    elsewhere: Iterable[str] | None = None,
    batch_leads: int | None = None,
    waive_blocklist: bool = False,
    lacks: Mask | None = None,
    look: Callable[[], Features] | None = None,
) -> Prediction:
    """Predict the counts of an import from those of its leads that some rule can touch.

    Args:
        texts: Their addresses, in sending order.
        rows: Their positions among all leads, as `Prefilter.rows` gives them.
        leads: How many leads there are in all.
        policy: As for `predict`, and so are the rest; what is known and listed is the same that `Prefilter`
            was given.
        blocklist: The API's block list.
        known: Addresses that the list holds already.
        elsewhere: Addresses that other lists of the account hold.
        batch_leads: Leads a request; None sends all in one.
        waive_blocklist: Whether the requests set ``csvSettings.ignoreGlobalBlockList``.
        lacks: True for each lead that lacks a field which the policy needs; None for none.
        look: Gives what policies can see of all leads, for `Prediction.features`.
    """
    policy = policy or ImportPolicy()
    given = {"known": known, "elsewhere": elsewhere, "blocklist": blocklist}
    held = {name: near(literal_texts(given[name] or ()), texts) for name in ("known", "elsewhere")}
    features = without(TextFeatures(texts, blocklist=blocklist or (), **held), lacks)
    touched = _touched(features, rows, leads, batch_leads or max(leads, 1))
    batches = count(
        features,
        policy,
        batch=touched.batch,
        waive_blocklist=waive_blocklist,
        others=touched.others,
        place=touched.place,
    )
    unknown = frozenset(Unknown(name) for name, found in given.items() if found is None)
    return Prediction(sum(batches, Counts()), batches, touched, policy, waive_blocklist, unknown, look)


def _touched(features: Features, rows: Codes, leads: int, batch_leads: int) -> Touched:
    batch = rows // batch_leads
    firsts = np.arange(0, leads, batch_leads)
    sizes = np.minimum(batch_leads, leads - firsts)
    return Touched(features, batch, sizes - np.bincount(batch, minlength=len(firsts)), rows)
