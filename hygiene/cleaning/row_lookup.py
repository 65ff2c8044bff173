"""Gathering: rows of a survey by their positions, whichever chunks keep them.

A chunk is fetched once for all the positions that lie in it, and everything comes back in the order asked for.
"""

import itertools
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import pyarrow as pa

from hygiene.cleaning.check_chunk import CheckedChunk, Texts
from hygiene.cleaning.survey import Survey
from hygiene.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Positions", "cells_at", "labelled", "places_at", "rows_at", "sent_at", "texts_at", "together"]

Positions: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]


def rows_at(
    found: Survey, positions: Positions, of: "Callable[[int, CheckedChunk], pd.DataFrame]", /
) -> "pd.DataFrame":
    """Rows of what `of` makes of each chunk that holds one, given its number and itself."""
    met = _met(found, positions)
    parts = [of(number, found.chunks[number]).iloc[here] for number, here in met]
    return together(parts).iloc[_back(positions)]


def texts_at(found: Survey, positions: Positions, name: Literal["address", "domain", "cells"], /) -> pa.Array:
    """Addresses, their domains, or email cells."""
    return _column_at(found, positions, lambda texts: getattr(texts, name))


def sent_at(found: Survey, positions: Positions, /) -> pa.Array:
    """Addresses in the form that is imported; null for none."""
    return _column_at(found, positions, found.as_sent)


def cells_at(found: Survey, positions: Positions, name: str, /) -> pa.Array:
    """The cells of a column of the leads; null where their file has none of that name."""
    none = pa.nulls(0, pa.large_string())
    parts = []
    for number, here in _met(found, positions):
        leads = found.chunks[number].leads
        cells = leads[name] if name in leads else pa.nulls(len(leads), none.type)
        parts.append(cells.take(pa.array(here)))
    return pa.concat_arrays([none, *parts]).take(pa.array(_back(positions)))


def _column_at(found: Survey, positions: Positions, of: Callable[[Texts], pa.Array], /) -> pa.Array:
    met = _met(found, positions)
    parts = [of(found.chunks.texts(number)).take(pa.array(here)) for number, here in met]
    return pa.concat_arrays([pa.nulls(0, pa.large_string()), *parts]).take(pa.array(_back(positions)))


def places_at(found: Survey, positions: Positions, /) -> list[str]:
    """Where rows stand: file and line, or the number of a row of a frame."""
    found_at: list[str] = []
    for number, here in _met(found, positions):
        places = found.chunks[number].leads.places(here)
        found_at += map(str, (here + found.firsts[number] + 1).tolist()) if places is None else places
    return [found_at[place] for place in _back(positions)]


def labelled(index: "pd.Index", label: Hashable, /) -> int:
    """The position of the one row that has a label in an index; no message shows the label, which may be an address.

    Raises:
        UsageError: none has it, or several.
    """
    import pandas as pd

    try:
        found = np.arange(len(index))[index.get_loc(label)]
    except (KeyError, TypeError, pd.errors.InvalidIndexError) as error:
        msg = "explain(label=...): no row has this label in the index; verdicts has the row numbers in its column row."
        raise UsageError(msg) from error
    if np.ndim(found) and len(found) != 1:
        rows = f"{len(found)} rows have this label in the index, of which the first is row {found[0] + 1}"
        raise UsageError(f"explain(label=...): {rows}; name one by its number, explain({found[0] + 1}).")
    return int(np.ravel(found)[0])


def together(frames: "Sequence[pd.DataFrame]", /) -> "pd.DataFrame":
    """Frames one after the other."""
    import pandas as pd

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
