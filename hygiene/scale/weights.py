"""Weights: how many octets a value takes, so that a worker knows when to write values to its disk.

Dask asks `sys.getsizeof`, to which an object that holds columns is a few octets.
"""

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

__all__ = ["Weighed"]


class Weighed:
    """A dataclass that weighs what it holds."""

    def __sizeof__(self) -> int:
        """Octets of its columns and of those of what it holds."""
        return object.__sizeof__(self) + _of_fields(self)


def _of_fields(value: Any) -> int:
    return sum(_weight(getattr(value, each.name)) for each in fields(value))


def _weight(value: Any) -> int:
    if isinstance(value, np.ndarray | pa.Array | pa.ChunkedArray):
        return int(value.nbytes)
    if isinstance(value, pd.DataFrame):
        return int(value.memory_usage(index=False).sum())
    if isinstance(value, dict):
        return sum(map(_weight, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(_weight, value))
    if is_dataclass(value):
        return _of_fields(value)
    return len(value) if isinstance(value, str) else 0
