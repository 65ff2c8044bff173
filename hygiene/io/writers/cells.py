"""Cells: what files hold of the cells of a table, as text.

Numbers and whatever else is no text are as `str` gives them. Nothing here knows a format.
"""

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from hygiene.arrow.columns import Cells
from hygiene.io.formulas import guarded, guarded_texts

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["text_cells"]

_TEXT = pa.large_string()


def text_cells(column: Cells, /, *, guard: bool = False) -> pa.Array:
    """The cells as one `large_string` array by position; NA is null.

    Args:
        column: Cells of any kind.
        guard: Whether texts are guarded against formulas; numbers never are.
    """
    if isinstance(column, pa.Array):
        return _of_array(column, guard=guard)
    try:
        found: Any = pa.array(column, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return _one_by_one(column, guard=guard)
    if isinstance(found, pa.ChunkedArray):
        found = found.combine_chunks()
    texts = _of_array(found, guard=guard)
    return _one_by_one(column, guard=guard) if texts is None else texts


def _of_array(found: pa.Array, *, guard: bool) -> pa.Array:
    """The cells of an array of texts or whole numbers; None of any other."""
    if pa.types.is_dictionary(found.type):
        found = found.dictionary_decode()
    if pa.types.is_integer(found.type) or pa.types.is_null(found.type):
        return found.cast(_TEXT)
    if pa.types.is_string(found.type) or pa.types.is_large_string(found.type):
        texts = found.cast(_TEXT)
        return guarded_texts(texts) if guard else texts
    return None


def _one_by_one(column: "pd.Series", *, guard: bool) -> pa.Array:
    cells = (guarded(cell) if guard else cell for cell in column.astype(object).tolist())
    there = column.notna().tolist()
    texts = [
        (cell if isinstance(cell, str) else str(cell)) if is_there else None
        for cell, is_there in zip(cells, there, strict=True)
    ]
    return pa.array(texts, _TEXT)
