"""Cells: what files hold of a frame's cells, as text.

Numbers and whatever else is no text are as `str` gives them. Nothing here knows a format.
"""

from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["guarded", "text_cells"]

#: First characters that make a spreadsheet take a cell for a formula. OWASP: CSV injection.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_FORMULA = r"^'*[=+\-@\t\r]"
_TEXT = pa.large_string()


def guarded(cell: object, /) -> object:
    """The cell, with an apostrophe before a text that a spreadsheet would take for a formula.

    So has one that only apostrophes keep from it, so that taking one off undoes it.
    """
    is_formula = isinstance(cell, str) and cell.lstrip("'").startswith(FORMULA_STARTS)
    return f"'{cell}" if is_formula else cell


def text_cells(column: pd.Series, /, *, guard: bool = False) -> pa.Array:
    """The cells as one `large_string` array by position; NA is null.

    Args:
        column: Cells of any kind.
        guard: Whether texts are guarded against formulas; numbers never are.
    """
    try:
        found: Any = pa.array(column, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return _one_by_one(column, guard=guard)
    if isinstance(found, pa.ChunkedArray):
        found = found.combine_chunks()
    if pa.types.is_dictionary(found.type):
        found = found.dictionary_decode()
    if pa.types.is_integer(found.type) or pa.types.is_null(found.type):
        return found.cast(_TEXT)
    if pa.types.is_string(found.type) or pa.types.is_large_string(found.type):
        texts = found.cast(_TEXT)
        return _guarded_texts(texts) if guard else texts
    return _one_by_one(column, guard=guard)


def _guarded_texts(texts: pa.Array) -> pa.Array:
    rows = pc.fill_null(pc.match_substring_regex(texts, _FORMULA), fill_value=False)
    if not rows.true_count:
        return texts
    new = pc.binary_join_element_wise(pa.scalar("'", _TEXT), texts.filter(rows), pa.scalar("", _TEXT))
    return pc.replace_with_mask(texts, rows, new)


def _one_by_one(column: pd.Series, *, guard: bool) -> pa.Array:
    cells = (guarded(cell) if guard else cell for cell in column.astype(object).tolist())
    there = column.notna().tolist()
    texts = [
        (cell if isinstance(cell, str) else str(cell)) if is_there else None
        for cell, is_there in zip(cells, there, strict=True)
    ]
    return pa.array(texts, _TEXT)
