"""Withheld: the leads that are not ready, each after its place and what is said against it."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.columns import Columns
from hygiene.arrow.text import mask
from hygiene.columns.leads import Leads
from hygiene.outcomes import Outcome

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["withheld_columns", "withheld_of"]

#: Columns of the verdicts that stand before the cells.
_SAID = ("row", "source", "line", "outcome", "reasons", "suggestion")


def withheld_columns(leads: Leads, verdicts: Columns, /) -> Columns:
    """Those of a chunk, as they are written to files."""
    outcome: Any = verdicts["outcome"]
    words = outcome.dictionary_decode() if isinstance(outcome, pa.DictionaryArray) else outcome
    rows = np.flatnonzero(mask(pc.not_equal(words, Outcome.READY.value)))
    cells = leads.take(rows).as_columns()
    return verdicts.chosen(_SAID).take(rows).beside(Columns(_renamed(cells.names), cells.cells, len(rows)))


def withheld_of(leads: "pd.DataFrame", verdicts: "pd.DataFrame", /) -> "pd.DataFrame":
    """Those of a frame."""
    import pandas as pd

    rows = (verdicts["outcome"] != Outcome.READY.value).to_numpy()
    place = verdicts.loc[rows, list(_SAID)]
    cells = leads.loc[rows].set_axis(_renamed(leads.columns), axis=1)
    joined = pd.concat([place.reset_index(drop=True), cells.reset_index(drop=True)], axis=1)
    return joined.set_index(place.index)


def _renamed(names: Any) -> list[Any]:
    """Names of the columns of leads, none of which is one of those before them."""
    return [f"{name} (2)" if name in _SAID else name for name in names]
