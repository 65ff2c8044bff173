"""Places: the index that says of every lead which file it was read from, and on which line.

Frames that were not read have any other index. Nothing here opens a file.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["lines_of", "place_index", "places", "sources_of", "was_read"]

#: Names of the levels: the file, and the physical line on which its record starts.
LEVELS = ("source", "line")

_Numbers = np.ndarray[Any, np.dtype[np.int64]]


def place_index(names: Sequence[str], source: np.ndarray[Any, Any], lines: _Numbers, /) -> pd.MultiIndex:
    """The index of rows, made from codes: no tuple is built, and the lines are one range.

    Args:
        names: The files.
        source: Position of each row's file in them.
        lines: Line of each row.
    """
    first, last = (int(lines.min()), int(lines.max())) if len(lines) else (0, 0)
    levels = [pd.Index(list(names)), pd.RangeIndex(first, last + 1)]
    return pd.MultiIndex(
        levels=levels,  # type: ignore[arg-type]  # the stubs know lists only
        codes=[source, lines - first],  # type: ignore[list-item]
        names=LEVELS,
        verify_integrity=False,
    )


def was_read(index: pd.Index, /) -> bool:
    """Whether the rows of a frame were read from files, by its index."""
    return tuple(index.names) == LEVELS


def sources_of(index: pd.Index, /) -> pd.Index:
    """The file of each row that was read."""
    return index.get_level_values(LEVELS[0]).astype("str")


def lines_of(index: pd.Index, /) -> _Numbers:
    """The line of each row that was read."""
    lines: _Numbers = index.get_level_values(LEVELS[1]).to_numpy()
    return lines


def places(index: pd.Index, /) -> list[str]:
    """``source:line`` of each row that was read."""
    return [f"{source}:{line}" for source, line in index]
