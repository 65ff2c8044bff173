"""Touching: which leads of all partitions some counting rule can reach.

Their addresses alone go to the caller, who predicts from them; of all others merely hashes travel.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from hygiene.arrow.hashing import Hashes, HashSet, by_bucket
from hygiene.arrow.text import Mask
from hygiene.prediction.prefilter import Prefilter, repeated, slices
from hygiene.scale.partition import Kept, Numbers
from hygiene.scale.safe_tasks import guarded
from hygiene.scale.shuffle import Placed
from hygiene.scale.weights import Weighed

__all__ = ["Touched", "find_touched", "gather_touched", "look"]

_TEXT = pa.large_string()


@dataclass(frozen=True, repr=False)
class _Keys(Weighed):
    """Leads on their way to a bucket: their hashes, and where they stand in their partition."""

    keys: Hashes
    place: Numbers


@dataclass(frozen=True, repr=False)
class Looked(Weighed):
    """What a partition gives: which leads are touched whatever repeats, and the hashes by bucket."""

    alone: Mask
    pieces: list[_Keys]


@dataclass(frozen=True, repr=False)
class Touched(Weighed):
    """The touched leads of a partition: how many leads it has in all, and of those the places and addresses."""

    leads: int
    place: Numbers
    texts: pa.Array


@guarded
def look(touching: Prefilter, kept: Kept, placed: Placed | None, bits: int, /) -> Looked:
    """Look at the leads of a partition: at what an import sends, or at all cells as they are."""
    found = [touching.look(part) for texts in _texts(kept, placed) for part in slices(texts)]
    keys = np.concatenate([np.zeros(0, np.uint64), *(keys for keys, _ in found)])
    alone = np.concatenate([np.zeros(0, dtype=bool), *(others for _, others in found)])
    return Looked(alone, [_Keys(keys[chosen], chosen) for chosen in np.split(*by_bucket(keys, bits))])


def _texts(kept: Kept, placed: Placed | None) -> Iterator[pa.Array]:
    """The email cells, or the addresses of the rows that are sent."""
    if placed is None:
        yield from kept.cells()
        return
    sent = placed.sent()
    for start, chunk in kept.chunks(1):
        yield chunk.address.filter(pa.array(sent[start : start + len(chunk)]))


@guarded
def find_touched(touching: Prefilter, pieces: list[_Keys], /) -> list[Numbers]:
    """The places of the leads of a bucket that repeat, or that the API holds, by partition."""
    again = HashSet(repeated([*(piece.keys for piece in pieces), touching.held]))
    return [piece.place[again.has(piece.keys)] for piece in pieces]


@guarded
def gather_touched(
    kept: Kept,
    placed: Placed | None,
    looked: Looked,
    parts: list[Numbers],
    /,
) -> Touched:
    """The touched leads of a partition."""
    found = looked.alone.copy()
    found[np.concatenate(parts)] = True
    texts = pa.concat_arrays([pa.nulls(0, _TEXT), *_texts(kept, placed)])
    return Touched(len(found), np.flatnonzero(found), texts.filter(pa.array(found)))
