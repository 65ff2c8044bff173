"""Mended: what is mended of a chunk, found while it is at hand, so that its cells are not looked at twice.

Only where nothing but mending changes a cell: what is filled or tidied depends on other rows.
"""

from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import text_column, text_series
from hygiene.cleaning.rewrite import Rewritten, rewrite
from hygiene.cleaning.settings import Settings

Positions: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]

__all__ = ["find_mended", "mended_of", "with_mended"]

#: Changed cells of a chunk that are kept; a chunk with more is looked at again.
MOST = 2048


def find_mended(frame: pd.DataFrame, settings: Settings, /) -> pd.DataFrame | None:
    """The cells of a chunk that are mended where they are sent, `row` by position; None where that is seen later."""
    fields = settings.fields
    if not fields.mend or fields.tidy or settings.fill:
        return None
    changes = rewrite(frame, fields, rows=np.arange(len(frame))).changes
    return changes if len(changes) <= MOST else None


def mended_of(changes: pd.DataFrame, rows: Positions, /) -> pd.DataFrame:
    """The changes of some rows of the chunk, in order."""
    return changes[np.isin(changes["row"].to_numpy(), rows)] if len(changes) else changes


def with_mended(leads: pd.DataFrame, changes: pd.DataFrame, /, *, rows: Positions, start: int) -> Rewritten:
    """Leads with their mended cells.

    Args:
        leads: Rows of a chunk.
        changes: What is mended of its rows.
        rows: Positions of these leads in the chunk, in order.
        start: How many rows there are before the chunk.
    """
    here = mended_of(changes, rows)
    if not len(here):
        return Rewritten(leads, here)
    at = np.searchsorted(rows, here["row"].to_numpy())
    new = {}
    for name in dict.fromkeys(here["column"]):
        chosen = (here["column"] == name).to_numpy()
        where = np.zeros(len(leads), dtype=bool)
        where[at[chosen]] = True
        after = text_column(here["after"][chosen])
        new[name] = text_series(
            pc.replace_with_mask(text_column(leads[name]), pa.array(where), after), leads.index
        )
    return Rewritten(leads.assign(**new), here.assign(row=here["row"] + start + 1))
