"""Frames for rules of the user's own: what a missing cell leaves open, no rule is met by."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from hygiene.arrow.text import Mask

__all__ = ["decided", "with_nan", "with_open_cells"]


class _Cells(pd.Series):
    """A column whose missing cells are left open also where pandas answers for them, or a function fails on them."""

    @property
    def _constructor(self) -> Any:
        return _Cells

    def isin(self, values: Any) -> Any:
        """Whether each cell is one of the values; open where it is missing, unless a value is."""
        found, missing = super().isin(values), self.isna()
        if not missing.any() or found[missing].any():
            return found
        return found.astype("boolean").mask(missing)

    def to_numpy(self, *how: Any, **named: Any) -> Any:
        """The cells as an array; truths beside open cells are NumPy's, as `~` makes numbers of Python's."""
        found = super().to_numpy(*how, **named)
        if found.dtype == object and isinstance(self.dtype, pd.BooleanDtype):
            found = np.array([cell if cell is pd.NA else np.bool_(cell) for cell in found], dtype=object)
        return found

    def map(self, func: Any = None, *how: Any, **named: Any) -> Any:
        """What a function makes of each cell."""
        return super().map(_sparing(func, pd.isna), *how, **named)

    def apply(self, func: Any, *how: Any, **named: Any) -> Any:
        """What a function makes of each cell."""
        return super().apply(_sparing(func, pd.isna), *how, **named)


class _Frame(pd.DataFrame):
    """A frame of such columns."""

    @property
    def _constructor_sliced(self) -> Any:
        return _Cells

    def apply(self, func: Any, axis: Any = 0, *how: Any, **named: Any) -> Any:  # type: ignore[override]
        """What a function makes of each row, or of each column."""
        by_row = axis in (1, "columns")
        return super().apply(_sparing(func, _any_missing) if by_row else func, axis, *how, **named)


def _sparing(func: Any, missing: Callable[[Any], bool]) -> Any:
    """A function that leaves open what it fails on for a missing cell."""
    if not callable(func):
        return func

    def spared(cell: Any, *how: Any, **named: Any) -> Any:
        try:
            return func(cell, *how, **named)
        except (TypeError, AttributeError, ValueError):
            if missing(cell) is True:
                return pd.NA
            raise

    return spared


def _any_missing(row: Any) -> bool:
    return bool(row.isna().any())


#: Text whose missing cells leave every comparison open, and text whose missing cells answer as NaN does.
_OPEN, _NAN = "string[pyarrow]", "str" if pd.__version__ >= "3" else "string[pyarrow_numpy]"


def with_open_cells(frame: pd.DataFrame, /) -> pd.DataFrame:
    """The frame with text whose missing cells leave every comparison open."""
    return _Frame(_with_texts(frame, _OPEN))


def with_nan(frame: pd.DataFrame, /) -> pd.DataFrame:
    """The frame with text whose missing cells answer as NaN does."""
    return _with_texts(frame, _NAN)


def _with_texts(frame: pd.DataFrame, dtype: Any) -> pd.DataFrame:
    """The frame with one dtype for all its text columns."""
    columns: list[Any] = [frame.iloc[:, at] for at in range(frame.shape[1])]
    texts = [at for at, cells in enumerate(columns) if _is_text(cells)]
    for at in texts:
        columns[at] = columns[at].astype(dtype)
    if not texts:
        return frame
    whole: pd.DataFrame = pd.concat(columns, axis=1, keys=range(len(columns)))
    return whole.set_axis(frame.columns, axis=1)


def _is_text(cells: pd.Series) -> bool:
    if isinstance(cells.dtype, pd.StringDtype):
        return True
    return pd.api.types.is_object_dtype(cells.dtype) and (
        pd.api.types.infer_dtype(cells, skipna=True) in ("string", "empty")
    )


def decided(found: object, /) -> Mask:
    """What a rule says of each row; one that it cannot say it of, as the cell is missing, does not meet it."""
    if not isinstance(found, pd.Series):
        found = np.asarray(found)
        if found.dtype != object or found.ndim != 1:
            return np.asarray(found, dtype=bool)
        found = pd.Series(found)
    if found.dtype == object and any(isinstance(each, int) and each < 0 for each in found):
        raise TypeError  # a truth that was turned round as a number, since what is open stood beside it
    missing = found.isna().to_numpy()
    met = np.zeros(len(found), dtype=bool)
    met[~missing] = found[~missing].to_numpy(dtype=bool)
    return met
