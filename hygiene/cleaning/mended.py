"""Mended: what is mended of a chunk, found while it is at hand, so that its cells are not looked at twice.

Only where nothing but mending changes a cell: what is filled or tidied depends on other rows.
"""

from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask
from hygiene.cleaning.rewrite import Changes, Rewritten, find_changes
from hygiene.cleaning.settings import Settings
from hygiene.columns.leads import Leads

Positions: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]

__all__ = ["find_mended", "mended_of", "with_mended"]

#: Changed cells of a chunk that are kept; a chunk with more is looked at again.
MOST = 2048


def find_mended(leads: Leads, settings: Settings, /) -> Changes | None:
    """The cells of a chunk that are mended where they are sent, `row` by position; None where that is seen later."""
    fields = settings.fields
    if not fields.mend or fields.tidy or settings.fill:
        return None
    changes = find_changes(leads, fields, rows=np.arange(len(leads)))
    return changes if len(changes) <= MOST else None


def mended_of(changes: Changes, rows: Positions, /) -> Changes:
    """The changes of some rows of the chunk, in order."""
    return changes.take(np.flatnonzero(np.isin(changes.row, rows))) if len(changes) else changes


def with_mended(leads: Leads, changes: Changes, /, *, rows: Positions, start: int) -> Rewritten:
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
    at = np.searchsorted(rows, here.row)
    new = {}
    for name in pc.unique(here.column).to_pylist():
        chosen = mask(pc.equal(here.column, name))
        where = np.zeros(len(leads), dtype=bool)
        where[at[chosen]] = True
        after = here.after.filter(pa.array(chosen))
        new[name] = pc.replace_with_mask(leads[name], pa.array(where), after)
    return Rewritten(leads.with_texts(new), replace(here, row=here.row + start + 1))
