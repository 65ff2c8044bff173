"""Forecasting: what the API would answer to an import of some rows of a survey.

Addresses are looked at chunk by chunk; only those that some rule can touch are put together.
"""

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Mask, mask, not_null
from hygiene.cleaning.row_lookup import Positions, texts_at
from hygiene.cleaning.survey import Survey
from hygiene.outcomes import Outcome
from hygiene.prediction.features import Features, TextFeatures
from hygiene.prediction.predict import Prediction, predict_touched
from hygiene.prediction.prefilter import Prefilter

__all__ = ["forecast", "forecast_raw", "forecast_ready", "look_at"]


def forecast(found: Survey, sent: Mask, /, *, batch_leads: int) -> Prediction:
    """The prediction for the normalized addresses of some rows."""
    parts = (
        _usable(texts.address.filter(pa.array(sent[start : start + len(texts.address)])))
        for start, texts in zip(found.firsts, found.texts(), strict=False)
    )
    positions = np.flatnonzero(sent)
    return _predicted(
        found,
        parts,
        lambda rows: texts_at(found, positions[rows], "address"),
        batch_leads,
        look=partial(look_at, found, positions),
    )


def forecast_ready(found: Survey, /) -> Prediction:
    """The prediction for the rows that are ready."""
    ready = found.relations.ranks == Outcome.READY.rank
    return forecast(found, ready, batch_leads=found.settings.batch_leads)


def forecast_raw(found: Survey, /, *, batch_leads: int) -> Prediction:
    """The prediction for the email cells of all rows, as they came in."""
    cells = ((texts.cells, mask(pc.equal(texts.cells, texts.address))) for texts in found.texts())
    return _predicted(found, cells, lambda rows: texts_at(found, rows, "cells"), batch_leads)


def look_at(found: Survey, positions: Positions, /) -> Features:
    """What the API's counting rules see of the rows at these positions."""
    held = {name: texts for name, texts in found.settings.of_api.items() if texts is not None}
    return TextFeatures(texts_at(found, positions, "address"), **held)


def _usable(address: pa.Array) -> tuple[pa.Array, Mask]:
    """Normalized addresses, of which all are usable that are there."""
    return address, not_null(address)


def _predicted(
    found: Survey,
    parts: Iterable[tuple[pa.Array, Mask]],
    take: Callable[[Positions], pa.Array],
    batch_leads: int,
    look: Callable[[], Features] | None = None,
) -> Prediction:
    lists = found.settings.of_api
    policy = found.settings.policy
    touching = Prefilter(**{name: texts for name, texts in lists.items() if texts is not None}, policy=policy)
    touching.add_known(parts, jobs=found.jobs)
    rows = touching.rows()
    return predict_touched(
        take(rows),
        rows,
        leads=len(touching),
        policy=policy,
        **lists,
        batch_leads=batch_leads,
        waive_blocklist=found.settings.waive_blocklist,
        look=look,
    )
