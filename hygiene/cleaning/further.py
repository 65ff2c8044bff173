"""Further addresses: those beside the first of a cell that holds several.

They are sent nothing, but what forbids one of them forbids the row. What that is is decided elsewhere.
"""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene import address
from hygiene.address import Keys

__all__ = ["Further", "further_of"]


class Further(NamedTuple):
    """The further addresses of some rows.

    Attributes:
        rows: Position of the row of each.
        address: Normalized.
        domain: Their domains as A-labels.
    """

    rows: np.ndarray[Any, np.dtype[np.int64]]
    address: pa.Array
    domain: pa.Array

    def keys(self, *, by_person: bool) -> Keys:
        """Their keys."""
        return Keys.of(self.address, self.domain, by_person=by_person)


def further_of(others: pa.Array, /) -> Further:
    """The further addresses of rows, from what `address.validate` says of their cells, less texts that are none."""
    rows = np.flatnonzero(pc.is_valid(others).to_numpy(zero_copy_only=False))
    split = pc.split_pattern(others.take(pa.array(rows)), ";")
    judged = address.validate(pc.list_flatten(split))
    found = np.flatnonzero(pc.is_valid(judged.address).to_numpy(zero_copy_only=False))
    of = rows[pc.list_parent_indices(split).to_numpy(zero_copy_only=False)]
    return Further(of[found], judged.address.take(pa.array(found)), judged.domain.take(pa.array(found)))
