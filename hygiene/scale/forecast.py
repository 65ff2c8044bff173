"""Forecasting: what the API would answer to an import of all partitions.

Merely the leads that a counting rule can reach are looked at here; of all others how many there are.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from hygiene.prediction.predict import Prediction, predict_touched
from hygiene.prediction.prefilter import Prefilter
from hygiene.scale.prefilter import Touched, find_touched, gather_touched, look
from hygiene.scale.safe_tasks import pick
from hygiene.scale.survey import Surveyed
from hygiene.scale.tasks import bits_for, compute, exchange, hand_out, hold, task

__all__ = ["forecast", "touched_leads"]


def touched_leads(found: Surveyed, /, *, raw: bool) -> Sequence[Touched]:
    """The leads that some counting rule can reach, of those that an import sends or of all as they are."""
    lists = {name: texts for name, texts in found.settings.of_api.items() if texts is not None}
    touching = hand_out(Prefilter(**lists, policy=found.settings.policy, key=found.job.key))
    bits = bits_for(found.counts.rows)
    parts = [(part.what, part.kept, None if raw else part.placed) for part in found.partitions]
    looked = hold([task(look, what, touching, *held, bits) for what, *held in parts])
    pieces = [task(pick, each, "pieces") for each in looked]
    reached = exchange(pieces, lambda what, each: task(find_touched, what, touching, each), bits=bits)
    return compute(
        [
            task(gather_touched, what, *held, alone, places)
            for (what, *held), alone, places in zip(parts, looked, reached, strict=True)
        ]
    )


def forecast(found: Surveyed, touched: Sequence[Touched], /, *, batch_leads: int) -> Prediction:
    """The prediction from the leads that a counting rule can reach, in the order of the partitions."""
    firsts = np.cumsum([0, *(part.leads for part in touched)])
    rows = [part.place + first for part, first in zip(touched, firsts, strict=False)]
    settings = found.settings
    return predict_touched(
        pa.concat_arrays([pa.nulls(0, pa.large_string()), *(part.texts for part in touched)]),
        np.concatenate([np.arange(0), *rows]),
        leads=int(firsts[-1]),
        policy=settings.policy,
        **settings.of_api,
        batch_leads=batch_leads,
        waive_blocklist=settings.waive_blocklist,
    )
