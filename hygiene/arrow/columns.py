"""Columns: a table on its way to a file, of Arrow's arrays where leads are such, else of a frame's columns."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import pyarrow as pa

from hygiene.arrow.text import text_frame

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

__all__ = ["Cells", "Columns", "as_columns"]

#: The cells of one column.
Cells: TypeAlias = "pa.Array | pd.Series"


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Columns of one length; of a frame two may have one name.

    Attributes:
        names: Their names.
        cells: What each holds.
        rows: How many cells each holds.
    """

    names: Sequence[Hashable]
    cells: Sequence[Cells]
    rows: int

    @classmethod
    def of(cls, frame: "pd.DataFrame", /) -> "Columns":
        """Those of a frame."""
        cells = [frame.iloc[:, at] for at in range(frame.shape[1])]
        return cls(list(frame.columns), cells, len(frame))

    def __len__(self) -> int:
        return self.rows

    def __getitem__(self, name: str, /) -> Cells:
        return self.cells[list(self.names).index(name)]

    def beside(self, other: "Columns", /) -> "Columns":
        """These, then the other ones."""
        return Columns([*self.names, *other.names], [*self.cells, *other.cells], self.rows)

    def chosen(self, names: Sequence[str], /) -> "Columns":
        """Those of these names."""
        return Columns(names, [self[name] for name in names], self.rows)

    def take(self, rows: "np.ndarray[tuple[int], np.dtype[np.int64]]", /) -> "Columns":
        """Some of their rows, by position."""
        where = pa.array(rows)
        cells = [each.take(where) if isinstance(each, pa.Array) else each.iloc[rows] for each in self.cells]
        return Columns(self.names, cells, len(rows))

    def part(self, start: int, rows: int, /) -> "Columns":
        """As many rows from one on, as far as they go."""
        cells = [
            each.slice(start, rows) if isinstance(each, pa.Array) else each.iloc[start : start + rows]
            for each in self.cells
        ]
        return Columns(self.names, cells, max(min(rows, self.rows - start), 0))

    def frame(self, index: "pd.Index", /) -> "pd.DataFrame":
        """Arrays as a frame, whose texts are text and whose numbers are numbers."""
        arrays = dict(zip(map(str, self.names), self.cells, strict=True))
        texts = {name: each for name, each in arrays.items() if not pa.types.is_integer(each.type)}
        found = text_frame(texts, index)
        for place, (name, each) in enumerate(arrays.items()):
            if name not in texts:
                found.insert(place, name, each.to_numpy())
        return found


def as_columns(table: "Columns | pd.DataFrame", /) -> Columns:
    """The columns of a table of either kind."""
    return table if isinstance(table, Columns) else Columns.of(table)
