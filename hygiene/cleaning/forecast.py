"""Forecasting: what the API would answer to an import of some rows of a survey.

Addresses are looked at chunk by chunk; only those that some rule can touch are put together.
"""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from hygiene.arrow.text import Mask
from hygiene.cleaning.needed import lacking_as_read, lacking_as_sent
from hygiene.cleaning.row_lookup import Positions, sent_at, texts_at
from hygiene.cleaning.survey import Survey
from hygiene.cleaning.touching import Touching
from hygiene.outcomes import Outcome
from hygiene.prediction.features import Features, TextFeatures
from hygiene.prediction.predict import Prediction, predict_touched, without
from hygiene.prediction.prefilter import PLACES, Prefilter

__all__ = ["forecast", "forecast_raw", "forecast_ready", "look_at"]


#: Gives what policies can see of leads.
Look: TypeAlias = Callable[[], Features]


def forecast(found: Survey, sent: Mask, /, *, batch_leads: int) -> Prediction:
    """The prediction for the addresses of some rows as they are sent."""
    positions = np.flatnonzero(sent)
    touching = _touching(found).sent(found, sent)
    lacks = lacking_as_sent(found, positions)
    rows = _with(touching.rows(), lacks)
    texts = sent_at(found, positions[rows])
    return _predicted(
        found,
        touching,
        texts,
        rows,
        leads=len(positions),
        batch_leads=batch_leads,
        lacks=lacks,
        look=partial(look_at, found, positions),
    )


def _with(rows: Positions, lacks: Mask | None) -> Positions:
    """Rows that some rule touches, and those that lack a field."""
    return rows if lacks is None else np.union1d(rows, np.flatnonzero(lacks))


def _touching(found: Survey) -> Touching:
    if found.touching is None:
        found.touching = Touching(found)
    return found.touching


def forecast_ready(found: Survey, /) -> Prediction:
    """The prediction for the rows that are ready."""
    ready = found.relations.ranks == Outcome.READY.rank
    return forecast(found, ready, batch_leads=found.settings.batch_leads)


def forecast_raw(found: Survey, /, *, batch_leads: int) -> Prediction:
    """The prediction for the email cells of all rows, as they came in."""
    lacks = lacking_as_read(found)
    touching = _touching(found).raw(found)
    rows = _with(touching.rows(), lacks)
    cells = texts_at(found, rows, "cells")
    return _predicted(found, touching, cells, rows, leads=found.rows, batch_leads=batch_leads, lacks=lacks)


def look_at(found: Survey, positions: Positions, /) -> Features:
    """What the API's counting rules see of the rows at these positions."""
    held = {name: texts for name, texts in found.settings.of_api.items() if texts is not None}
    return without(TextFeatures(sent_at(found, positions), **held), lacking_as_sent(found, positions))


def _predicted(
    found: Survey,
    touching: Prefilter,
    texts: pa.Array,
    rows: Positions,
    /,
    *,
    leads: int,
    batch_leads: int,
    lacks: Mask | None,
    look: Look | None = None,
) -> Prediction:
    held = found.settings.of_api
    for place in PLACES:
        if (given := held[place]) is not None:
            held[place] = touching.near(place, given, texts)
    return predict_touched(
        texts,
        rows,
        leads=leads,
        policy=found.settings.policy,
        **held,
        batch_leads=batch_leads,
        waive_blocklist=found.settings.waive_blocklist,
        lacks=None if lacks is None else lacks[rows],
        look=look,
    )
