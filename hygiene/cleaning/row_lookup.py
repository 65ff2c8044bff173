"""Gathering: rows of a survey by their positions, whichever chunks keep them.

A chunk is fetched once for all the positions that lie in it, and everything comes back in the order asked for.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa

from hygiene.cleaning.check_chunk import CheckedChunk
from hygiene.cleaning.survey import Survey
from hygiene.columns.place import places, was_read

__all__ = ["Positions", "places_at", "rows_at", "texts_at", "together"]

Positions: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]


def rows_at(
    found: Survey, positions: Positions, of: Callable[[int, CheckedChunk], pd.DataFrame], /
) -> pd.DataFrame:
    """Rows of what `of` makes of each chunk that holds one, given its number and itself."""
    met = _met(found, positions)
    parts = [of(number, found.chunks[number]).iloc[here] for number, here in met]
    return together(parts).iloc[_back(positions)]


def texts_at(found: Survey, positions: Positions, name: Literal["address", "cells"], /) -> pa.Array:
    """Addresses, or email cells."""
    met = _met(found, positions)
    parts = [getattr(found.chunks.texts(number), name).take(pa.array(here)) for number, here in met]
    return pa.concat_arrays([pa.nulls(0, pa.large_string()), *parts]).take(pa.array(_back(positions)))


def places_at(found: Survey, positions: Positions, /) -> list[str]:
    """Where rows stand: file and line, or the number of a row of a frame."""
    found_at: list[str] = []
    for number, here in _met(found, positions):
        index, first = found.chunks[number].frame.index[here], found.firsts[number] + 1
        found_at += places(index) if was_read(index) else map(str, (here + first).tolist())
    return [found_at[place] for place in _back(positions)]


def together(frames: Sequence[pd.DataFrame], /) -> pd.DataFrame:
    """Frames one after the other."""
    return frames[0] if len(frames) == 1 else pd.concat(frames)


def _met(found: Survey, positions: Positions) -> Iterator[tuple[int, Positions]]:
    """Numbers of the chunks that positions lie in, and where they lie there; an empty first one for none."""
    rising = np.sort(positions)
    ends = np.searchsorted(rising, found.firsts)
    for number, (first, end) in enumerate(itertools.pairwise(ends.tolist())):
        if first < end or (not len(rising) and number == 0):
            yield number, rising[first:end] - found.firsts[number]


def _back(positions: Positions) -> Positions:
    """Where in the sorted positions each of them stands."""
    places: Positions = np.argsort(np.argsort(positions, kind="stable"), kind="stable")
    return places
