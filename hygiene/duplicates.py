"""Duplicates: when two leads are the same, and which row stays.

Two leads are the same where their keys are equal; what a key is, `address` says. A null key is equal
to nothing. Nothing here asks the API.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.text import Mask, mask

__all__ = ["Repeats", "find_repeats"]

_Positions = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Repeats:
    """Which rows another row stands for.

    Attributes:
        stays: Position of the row that stays for each row's key; -1 for a row without a key.
        replaced: True where another row stays for this one.
    """

    stays: _Positions
    replaced: Mask


def find_repeats(key: pa.Array, /, *, rank: np.ndarray[Any, Any] | None = None) -> Repeats:
    """Find for every key the row that stays, and the rows it replaces.

    Args:
        key: Text keys by position, in the order of the rows; null for a row that has none.
        rank: One number a row; of equal keys the row with the highest rank stays, and of those the first.
    """
    encoded = key.dictionary_encode()
    known = mask(pc.is_valid(key))
    codes = pc.fill_null(encoded.indices, len(encoded.dictionary)).to_numpy(zero_copy_only=False)
    often = np.bincount(codes, minlength=len(encoded.dictionary) + 1) > 1
    often[-1] = False
    order = np.flatnonzero(often[codes])  # most keys are there once, and stay without a contest
    if rank is not None:
        order = order[np.argsort(-rank[order].astype(np.int64), kind="stable")]
    stays = np.where(known, np.arange(len(key)), -1)
    first = np.full(len(often), -1, dtype=np.int64)
    backwards = order[::-1]
    first[codes[backwards]] = backwards  # the last one written is the first in order
    stays[order] = first[codes[order]]
    return Repeats(stays, known & (stays != np.arange(len(key))))
