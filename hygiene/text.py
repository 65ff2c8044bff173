"""Text columns as Arrow arrays, whatever pandas dtype they came in.

The passes work on Arrow text, so that object, `str`, Arrow-backed and categorical columns give the same
verdicts. Nothing here judges a cell.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Mask", "is_blank", "lower_case", "mask", "text_column", "text_series"]

#: One boolean a row, by position.
Mask = np.ndarray[Any, np.dtype[np.bool_]]
_SLICE = 1 << 16


def text_column(cells: pd.Series, /) -> pa.Array:
    """The cells as one `large_string` array by position; missing cells are null.

    A cell that is no text becomes the text that `str` gives, a whole float without its ``.0`` (pandas makes
    floats of numbers beside missing cells); bytes are read as UTF-8, and what is not
    UTF-8 in bytes or text is written as escapes. Never raises on a cell.
    """
    if isinstance(cells.dtype, pd.CategoricalDtype):
        words = text_column(pd.Series(cells.cat.categories))
        return words.take(pa.array(cells.cat.codes.to_numpy(), mask=cells.isna().to_numpy()))
    try:
        column = pa.array(cells, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return _from_objects(cells)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_large_string(column.type):
        return column
    if pa.types.is_string(column.type):
        return column.cast(pa.large_string())
    if pa.types.is_null(column.type):
        return pa.nulls(len(cells), pa.large_string())
    return _from_objects(cells)


def _from_objects(cells: Iterable[object]) -> pa.Array:
    return pa.array([_as_text(cell) for cell in cells], pa.large_string())


def _as_text(cell: object) -> str | None:
    if isinstance(cell, bytes | bytearray):
        return bytes(cell).decode("utf-8", "backslashreplace")
    if not isinstance(cell, str):
        if cell is None or (pd.api.types.is_scalar(cell) and pd.isna(cell)):  # type: ignore[call-overload]
            return None
        cell = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    return cell.encode("utf-8", "backslashreplace").decode("utf-8")


def text_series(column: pa.Array, index: pd.Index, /) -> pd.Series:
    """The array as a text Series with this index: `str` on pandas 3, `object` on pandas 2."""
    encoded = pa.types.is_dictionary(column.type)
    if pd.__version__ < "3":
        if encoded:  # rows of the same text share it
            words = np.array([*column.dictionary.to_pylist(), None], dtype=object)
            codes = pc.fill_null(column.indices, len(words) - 1).to_numpy(zero_copy_only=False)
            return pd.Series(words[codes], index=index, dtype=object)
        return pd.Series(np.asarray(column.to_pandas(), dtype=object), index=index, dtype=object)
    texts = column.dictionary_decode() if encoded else column
    return pd.Series(pd.array(texts, dtype="str"), index=index)


def is_blank(column: pa.Array, /) -> Mask:
    """True where a cell is null, empty or only white space."""
    blank = np.empty(len(column), dtype=bool)
    for start in range(0, len(column), _SLICE):  # what is trimmed is as long as the column: not all at once
        rows = column.slice(start, _SLICE)
        blank[start : start + _SLICE] = mask(pc.equal(pc.utf8_trim_whitespace(rows), ""), null=True)
    return blank


def lower_case(column: pa.Array, /) -> pa.Array:
    """Each text as `str.lower` writes it; Arrow's own kernel agrees on ASCII alone."""
    odd = pa.array(~mask(pc.string_is_ascii(column), null=True))
    if not odd.true_count:
        return pc.ascii_lower(column)
    words = [text.lower() for text in column.filter(odd).to_pylist()]
    return pc.replace_with_mask(pc.ascii_lower(column), odd, pa.array(words, column.type))


def mask(column: pa.Array, /, *, null: bool = False) -> Mask:
    """A boolean Arrow array as a writable NumPy mask, nulls as `null`."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    return np.array(pc.fill_null(column, null).to_numpy(zero_copy_only=False), dtype=bool)
