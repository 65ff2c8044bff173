"""Places: which file every lead was read from, and on which line, as an index of frames and without one.

Frames that were not read have any other index. Nothing here opens a file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Place", "lines_of", "places", "sources_of", "was_read"]

#: Names of the levels: the file, and the physical line on which its record starts.
LEVELS = ("source", "line")

_Numbers = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where rows stand.

    Attributes:
        names: The files.
        source: Position of each row's file in them.
        lines: Line of each row.
    """

    names: Sequence[str]
    source: np.ndarray[Any, Any]
    lines: _Numbers

    @classmethod
    def of(cls, index: "pd.Index", /) -> Self:
        """That of the rows of a frame that was read, by its index."""
        names = index.levels[0].tolist()  # type: ignore[attr-defined]  # an index of several levels
        return cls(names, index.codes[0], lines_of(index))  # type: ignore[attr-defined]

    def __len__(self) -> int:
        return len(self.lines)

    def take(self, rows: _Numbers, /) -> "Place":
        """That of some of the rows, by position."""
        return Place(self.names, self.source[rows], self.lines[rows])

    def index(self) -> "pd.MultiIndex":
        """An index made from codes: no tuple is built, and the lines are one range."""
        import pandas as pd

        first, last = (int(self.lines.min()), int(self.lines.max())) if len(self) else (0, 0)
        levels = [pd.Index(list(self.names)), pd.RangeIndex(first, last + 1)]
        return pd.MultiIndex(
            levels=levels,  # type: ignore[arg-type]  # the stubs know lists only
            codes=[self.source, self.lines - first],  # type: ignore[list-item]
            names=LEVELS,
            verify_integrity=False,
        )

    def texts(self, rows: _Numbers, /) -> list[str]:
        """``source:line`` of rows."""
        sources, lines = self.source[rows].tolist(), self.lines[rows].tolist()
        return [f"{self.names[source]}:{line}" for source, line in zip(sources, lines, strict=True)]


def was_read(index: "pd.Index", /) -> bool:
    """Whether the rows of a frame were read from files, by its index."""
    return tuple(index.names) == LEVELS


def sources_of(index: "pd.Index", /) -> "pd.Index":
    """The file of each row that was read."""
    return index.get_level_values(LEVELS[0]).astype("str")


def lines_of(index: "pd.Index", /) -> _Numbers:
    """The line of each row that was read."""
    lines: _Numbers = index.get_level_values(LEVELS[1]).to_numpy()
    return lines


def places(index: "pd.Index", /) -> list[str]:
    """``source:line`` of each row that was read."""
    return [f"{source}:{line}" for source, line in index]
