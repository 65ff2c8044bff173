"""Filling: blank cells of a row that stays, taken from the rows it replaces.

Nothing is ever overwritten, the address is never taken, and every cell that was taken is told with the row
it came from.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hygiene.columns import MALFORMED
from hygiene.duplicates import Repeats
from hygiene.text import Mask, is_blank, text_column

__all__ = ["Fills", "fill_blanks"]


@dataclass(frozen=True, slots=True)
class Fills:
    """Leads with their blank cells filled.

    Attributes:
        frame: The leads; the same object where nothing was filled.
        cells: One row a filled cell: `row` that stays, `column`, `from_row` it was taken from, rows counted
            from 1.
    """

    frame: pd.DataFrame
    cells: pd.DataFrame = field(default_factory=lambda: _told([]))


def fill_blanks(
    frame: pd.DataFrame, repeats: Repeats, /, *, donors: Mask, without: tuple[str, ...] = ()
) -> Fills:
    """Fill the blank cells of every row that stays from the rows it replaces, the best of them first.

    Args:
        frame: The leads; left as they are.
        repeats: Which rows stay for which.
        donors: True for the rows that cells may be taken from.
        without: Columns that are not filled, besides the address.
    """
    order = repeats.order[repeats.replaced[repeats.order] & donors[repeats.order]]
    stays = repeats.stays[order]
    taken = []
    columns = {}
    for at, name in enumerate(frame.columns):
        if name in ("email", MALFORMED, *without):
            continue
        blank = is_blank(text_column(frame.iloc[:, at]))
        able = np.flatnonzero(blank[stays] & ~blank[order])
        rows, first = np.unique(stays[able], return_index=True)
        if len(rows):
            givers = order[able[first]]
            cells = frame.iloc[:, at].copy()
            cells.iloc[rows] = frame.iloc[givers, at].to_numpy()
            columns[name] = cells
            taken.append(pd.DataFrame({"row": rows + 1, "column": str(name), "from_row": givers + 1}))
    return Fills(frame.assign(**columns), _told(taken)) if taken else Fills(frame)


def _told(taken: list[pd.DataFrame]) -> pd.DataFrame:
    none = pd.DataFrame({"row": pd.Series(dtype="int64"), "column": [], "from_row": pd.Series(dtype="int64")})
    told = pd.concat(taken, ignore_index=True) if taken else none
    return told.sort_values("row", kind="stable", ignore_index=True)
