"""Coercion: which cells can be of the type that a schema declares.

Pandera refuses a column whole where one cell does not fit; here each cell stands for itself. Nothing here
names a reason.
"""

import warnings
from typing import Any

import numpy as np
import pandas as pd

from hygiene.arrow.text import text_column, text_series

__all__ = ["fit_type"]


def fit_type(cells: pd.Series, dtype: Any, /, *, coerce: bool) -> pd.Series:
    """The cells that are of a Pandera type or can be coerced to it, as that type; the others are left out.

    Args:
        cells: Cells without nulls, under an index without repeats, which the result keeps.
        dtype: The type that a column declares; None takes everything.
        coerce: False leaves out a number too that coercion would change.
    """
    from pandera.dtypes import String

    if dtype is None or not len(cells):
        return cells
    if isinstance(dtype, String):
        is_text = pd.api.types.infer_dtype(cells, skipna=False) == "string"
        return cells if is_text else text_series(text_column(cells), cells.index)
    if _is_of(cells, dtype):
        return cells
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas warns of formats it has to guess cell by cell
        fitted = _coerced(cells, dtype)
    fitted = fitted[fitted.notna()]
    if not coerce and pd.api.types.is_numeric_dtype(cells.dtype):
        fitted = fitted[(fitted == cells[fitted.index]).to_numpy(bool)]
    return fitted


def _is_of(cells: pd.Series, dtype: Any) -> bool:
    from pandera.engines.pandas_engine import Engine

    try:
        return bool(np.all(dtype.check(Engine.dtype(cells.dtype), cells)))
    except Exception:  # noqa: BLE001 -- each type raises its own
        return False


def _coerced(cells: pd.Series, dtype: Any) -> pd.Series:
    """All cells coerced at once or, where that fails, those that can be by themselves."""
    try:
        return dtype.coerce(cells)  # type: ignore[no-any-return]
    except Exception:  # noqa: BLE001 -- each type raises its own
        codes, _ = pd.factorize(cells.astype(str))
    firsts = cells.iloc[np.unique(codes, return_index=True)[1]]
    fits = np.array([_is_coercible(cell, dtype) for cell in firsts], dtype=bool)
    fitting = cells[fits[codes]]
    try:
        return dtype.coerce(fitting)  # type: ignore[no-any-return]
    except Exception:  # noqa: BLE001 -- each type raises its own
        return fitting.map(dtype.coerce_value)


def _is_coercible(cell: object, dtype: Any) -> bool:
    try:
        value = dtype.coerce_value(cell)
    except Exception:  # noqa: BLE001 -- each type raises its own
        return False
    return bool(pd.api.types.is_scalar(value))  # NumPy makes an array of a list
