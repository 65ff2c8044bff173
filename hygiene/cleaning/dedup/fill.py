"""Filling: blank cells of a row that stays, taken from the rows it replaces.

Only rows that nothing else speaks against give and take. Nothing is ever overwritten, the address is never
taken, and every cell that was taken is told with the row it came from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from hygiene.arrow.text import Mask, is_blank, text_column
from hygiene.cleaning.dedup.survivors import Repeats
from hygiene.columns.mapping import MALFORMED

__all__ = ["Fills", "find_fills"]

_Positions = np.ndarray[Any, np.dtype[np.int64]]


class _Filled(NamedTuple):
    """Cells of one column: the rows they go to, which rise, and what goes there."""

    rows: _Positions
    cells: pd.Series


@dataclass(frozen=True, slots=True)
class Fills:
    """Cells that rows take from the rows they replace.

    Attributes:
        cells: One row a filled cell: `row` that stays, `column`, `from_row` it was taken from, rows counted
            from 1.
    """

    cells: pd.DataFrame = field(default_factory=lambda: _told([]))
    _columns: Mapping[str, _Filled] = field(default_factory=dict)

    def within(self, rows: _Positions, /) -> "Fills":
        """Those of some rows, by their numbers."""
        columns = {}
        for name, filled in self._columns.items():
            here = np.flatnonzero(np.isin(filled.rows + 1, rows))
            if len(here):
                columns[name] = _Filled(filled.rows[here], filled.cells.iloc[here])
        told = self.cells[np.isin(self.cells["row"].to_numpy(dtype=np.int64), rows)]
        return Fills(told.reset_index(drop=True), columns)

    def fill(self, frame: pd.DataFrame, positions: _Positions, /) -> pd.DataFrame:
        """Leads with their blank cells filled; the same frame where there is none to fill.

        Args:
            frame: Leads.
            positions: Where each of them stands in the input.
        """
        columns = {}
        for name, filled in self._columns.items():
            place = np.searchsorted(filled.rows, positions)
            here = np.flatnonzero(filled.rows[np.minimum(place, len(filled.rows) - 1)] == positions)
            if len(here):
                cells = frame[name].copy()
                cells.iloc[here] = filled.cells.iloc[place[here]].to_numpy()
                columns[name] = cells
        return frame.assign(**columns) if columns else frame


def find_fills(
    frame: pd.DataFrame, repeats: Repeats, /, *, sound: Mask, without: tuple[str, ...] = ()
) -> Fills:
    """The blank cells of rows that stay which can be filled from the rows they replace, the best of them first.

    Args:
        frame: The leads at `repeats.order`, and no others; left as they are.
        repeats: Which rows stay for which.
        sound: True for the rows of `frame` that nothing speaks against but the row that stays.
        without: Columns that are not filled, besides the address.
    """
    heads = np.flatnonzero(~repeats.among)
    givers = np.flatnonzero(repeats.among & sound)
    takers = heads[np.searchsorted(repeats.stays[heads], repeats.stays[givers])]
    givers, takers = givers[sound[takers]], takers[sound[takers]]
    taken, columns = [], {}
    for at, name in enumerate(frame.columns):
        if str(name) in ("email", MALFORMED, *without):
            continue
        blank = is_blank(text_column(frame.iloc[:, at]))
        able = np.flatnonzero(blank[takers] & ~blank[givers])
        rows, first = np.unique(repeats.order[takers[able]], return_index=True)
        if len(rows):
            chosen = givers[able[first]]
            columns[name] = _Filled(rows, frame.iloc[chosen, at])
            told = {"row": rows + 1, "column": str(name), "from_row": repeats.order[chosen] + 1}
            taken.append(pd.DataFrame(told))
    return Fills(_told(taken), columns)


def _told(taken: list[pd.DataFrame]) -> pd.DataFrame:
    none = pd.DataFrame({"row": pd.Series(dtype="int64"), "column": [], "from_row": pd.Series(dtype="int64")})
    told = pd.concat(taken, ignore_index=True) if taken else none
    return told.sort_values("row", kind="stable", ignore_index=True)
