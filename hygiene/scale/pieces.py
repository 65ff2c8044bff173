"""Pieces: rows on their way between partitions and buckets, as columns of numbers and few texts."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import pyarrow as pa

from hygiene.arrow.hashing import Hashes
from hygiene.arrow.text import Mask
from hygiene.scale.partition import Numbers
from hygiene.scale.weights import Weighed

__all__ = ["Found", "Piece"]


class _Columns(Weighed):
    """Columns of one length."""

    def take(self, rows: Numbers, /) -> Self:
        """Some of the rows."""
        taken = {}
        for each in fields(self):  # type: ignore[arg-type]
            column = getattr(self, each.name)
            taken[each.name] = column.take(pa.array(rows)) if isinstance(column, pa.Array) else column[rows]
        return type(self)(**taken)

    @classmethod
    def join(cls, parts: "Sequence[Self]", /) -> Self:
        """The rows of several."""
        joined = {}
        for each in fields(cls):  # type: ignore[arg-type]
            columns = [getattr(part, each.name) for part in parts]
            arrow = isinstance(columns[0], pa.Array)
            joined[each.name] = pa.concat_arrays(columns) if arrow else np.concatenate(columns)
        return cls(**joined)


@dataclass(frozen=True, repr=False)
class Piece(_Columns):
    """Rows on their way to a bucket.

    Attributes:
        keys: The key, and after it the exact one where persons are matched.
        rows: Row numbers.
        place: Where each stands in its partition.
        merits: One number a row; of equal ranks the highest stays.
        ranks: Rank of the outcome so far.
        mark: Opt-out mark in the row's own columns.
        named: Suppression entry that names the row.
        aside: Whether the key is that of a further address of the row's cell, which marks alone meet.
    """

    keys: Hashes
    rows: Numbers
    place: Numbers
    merits: Numbers
    ranks: np.ndarray[Any, np.dtype[np.int8]]
    mark: pa.Array
    named: pa.Array
    aside: Mask


@dataclass(frozen=True, repr=False)
class Found(_Columns):
    """Rows on their way back: the number of the row that stays, whether keys are exact, and what is carried.

    Attributes:
        place: Where each stands in its partition.
        stays: Number of the row that stays; 0 where no other row has the key.
        exact: Whether the exact keys are equal.
        marks: Opt-out mark of another row.
        named: Suppression entry of another row.
        source: Number of the row that the mark or entry is of.
        best: Where it stands among the rows with its key, the best having the lowest number.
        sound: Whether nothing but the row that stays speaks against it, which has to have one.
    """

    place: Numbers
    stays: Numbers
    exact: Mask
    marks: pa.Array
    named: pa.Array
    source: Numbers
    best: Numbers
    sound: Mask
