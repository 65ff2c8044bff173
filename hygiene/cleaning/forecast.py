"""Forecasting: what the API would answer to an import of some rows of a survey.

Addresses are looked at chunk by chunk; only those that some rule can touch are put together.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.hashing import Hashes
from hygiene.arrow.text import Mask, mask, not_null
from hygiene.cleaning.row_lookup import Positions, sent_at, texts_at
from hygiene.cleaning.survey import Survey
from hygiene.outcomes import Outcome
from hygiene.prediction.features import Features, TextFeatures
from hygiene.prediction.predict import Prediction, predict_touched
from hygiene.prediction.prefilter import Prefilter

__all__ = ["forecast", "forecast_raw", "forecast_ready", "look_at"]


class _Leads(Protocol):
    """Leads that are looked at chunk by chunk."""

    def texts(self) -> Iterator[tuple[pa.Array, Mask]]:
        """Their addresses, and those of them that are known to be usable."""

    def hashed(self) -> Iterator[tuple[Hashes, Mask]]:
        """Their coarse keys, and those that are no usable address."""

    def at(self, rows: Positions, /) -> pa.Array:
        """The addresses of those with these numbers."""


@dataclass(frozen=True)
class _Sent:
    """The addresses of some rows as they are sent."""

    found: Survey
    sent: Mask

    def _cut(self) -> Iterator[Mask]:
        return (self.sent[start:end] for start, end in pairwise(self.found.firsts))

    def texts(self) -> Iterator[tuple[pa.Array, Mask]]:
        for texts, rows in zip(self.found.texts(), self._cut(), strict=True):
            address = self.found.as_sent(texts).filter(pa.array(rows))
            yield address, not_null(address)

    def hashed(self) -> Iterator[tuple[Hashes, Mask]]:
        return (self.found.coarse[number].sent(rows) for number, rows in enumerate(self._cut()))

    def at(self, rows: Positions, /) -> pa.Array:
        return sent_at(self.found, np.flatnonzero(self.sent)[rows])


@dataclass(frozen=True)
class _Raw:
    """The email cells of all rows."""

    found: Survey

    def texts(self) -> Iterator[tuple[pa.Array, Mask]]:
        return ((texts.cells, mask(pc.equal(texts.cells, texts.address))) for texts in self.found.texts())

    def hashed(self) -> Iterator[tuple[Hashes, Mask]]:
        return (self.found.coarse[number].raw() for number in range(len(self.found.coarse)))

    def at(self, rows: Positions, /) -> pa.Array:
        return texts_at(self.found, rows, "cells")


def forecast(found: Survey, sent: Mask, /, *, batch_leads: int) -> Prediction:
    """The prediction for the addresses of some rows as they are sent."""
    look = partial(look_at, found, np.flatnonzero(sent))
    return _predicted(found, _Sent(found, sent), batch_leads, look=look)


def forecast_ready(found: Survey, /) -> Prediction:
    """The prediction for the rows that are ready."""
    ready = found.relations.ranks == Outcome.READY.rank
    return forecast(found, ready, batch_leads=found.settings.batch_leads)


def forecast_raw(found: Survey, /, *, batch_leads: int) -> Prediction:
    """The prediction for the email cells of all rows, as they came in."""
    return _predicted(found, _Raw(found), batch_leads)


def look_at(found: Survey, positions: Positions, /) -> Features:
    """What the API's counting rules see of the rows at these positions."""
    held = {name: texts for name, texts in found.settings.of_api.items() if texts is not None}
    return TextFeatures(sent_at(found, positions), **held)


def _predicted(
    found: Survey, leads: _Leads, batch_leads: int, look: Callable[[], Features] | None = None
) -> Prediction:
    lists = found.settings.of_api
    policy = found.settings.policy
    touching = Prefilter(**{name: each for name, each in lists.items() if each is not None}, policy=policy)
    if touching.needs_texts or len(found.coarse) < len(found.chunks):
        touching.add_known(leads.texts(), jobs=found.jobs)
    else:
        for keys, others in leads.hashed():
            touching.add_hashed(keys, others)
    rows = touching.rows()
    return predict_touched(
        leads.at(rows),
        rows,
        leads=len(touching),
        policy=policy,
        **lists,
        batch_leads=batch_leads,
        waive_blocklist=found.settings.waive_blocklist,
        look=look,
    )
