"""Frames: whatever callers hand over as a table, as one pandas frame whose text is one kind of text.

Which of its columns is which is decided in `mapping`; no cell is changed.
"""

import os
from typing import Any, Protocol, TypeGuard

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import text_column, text_series
from hygiene.errors import UsageError

__all__ = ["ArrowStream", "as_frame", "check_paths", "is_table"]


class ArrowStream(Protocol):
    """A table that hands itself over as a stream of Arrow batches: of Polars, DuckDB, Arrow and others."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The stream."""
        ...


#: Types of Arrow that hold text.
_TEXTS = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)


def is_table(leads: object, /) -> TypeGuard[pd.DataFrame | ArrowStream]:
    """Whether an object is a table: a pandas frame, or whatever hands itself over as a stream of Arrow batches."""
    return isinstance(leads, pd.DataFrame) or hasattr(leads, "__arrow_c_stream__")


def as_frame(leads: pd.DataFrame | ArrowStream, /) -> pd.DataFrame:
    """A table as a pandas frame, its text columns as text however they were stored; the given one is left as it is.

    Args:
        leads: A pandas frame, or anything with `__arrow_c_stream__`: a Polars or DuckDB table, an Arrow table or
            reader.

    Raises:
        UsageError: it is a single column, or no stream of rows.
    """
    frame = leads if isinstance(leads, pd.DataFrame) else _from_stream(leads)
    if not len(frame.columns) and not len(frame):
        return pd.DataFrame({"email": text_series(pa.array([], pa.large_string()), pd.RangeIndex(0))})
    places = [at for at in range(frame.shape[1]) if _is_other_text(frame.iloc[:, at])]
    if not places:
        return frame
    columns = [frame.iloc[:, at] for at in range(frame.shape[1])]
    for at in places:
        columns[at] = text_series(text_column(columns[at]), frame.index)
    return pd.concat(columns, axis=1, keys=range(len(columns))).set_axis(frame.columns, axis=1)


def check_paths(leads: object, /) -> list[Any]:
    """One or several paths as a list.

    Raises:
        UsageError: it is something else; what it holds is not shown.
    """
    if isinstance(leads, str | os.PathLike):
        return [leads]
    if (
        isinstance(leads, list | tuple)
        and leads
        and all(isinstance(each, str | os.PathLike) for each in leads)
    ):
        return list(leads)
    raise UsageError(_not_a_table(leads))


def _from_stream(leads: Any) -> pd.DataFrame:
    if isinstance(leads, pd.Series):
        raise UsageError(_not_a_table(leads))
    try:
        reader = pa.RecordBatchReader.from_stream(leads)
        table = reader.read_all()
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise UsageError(_not_a_table(leads)) from error
    index = pd.RangeIndex(len(table))
    columns = {at: _column(column, index) for at, column in enumerate(table.columns)}
    return pd.DataFrame(columns, index=index).set_axis(table.column_names, axis=1)


def _column(column: pa.ChunkedArray, index: pd.Index) -> pd.Series:
    """A column of Arrow: text as text, all else as pandas has it for Arrow, so that whole numbers stay."""
    plain = _decoded(column)
    if _is_text(plain.type):
        return text_series(plain.cast(pa.large_string()).combine_chunks(), index)
    return pd.Series(pd.arrays.ArrowExtensionArray(plain), index=index)


def _decoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column without a dictionary or runs."""
    kind = column.type
    if pa.types.is_run_end_encoded(kind):
        return _decoded(pa.chunked_array(list(map(pc.run_end_decode, column.chunks)), kind.value_type))
    if pa.types.is_dictionary(kind):
        return _decoded(column.cast(kind.value_type))
    return column


def _is_text(kind: pa.DataType) -> bool:
    return any(is_one(kind) for is_one in _TEXTS)


def _is_other_text(cells: pd.Series) -> bool:
    """Whether a column holds text and is not stored as text columns are here."""
    dtype = cells.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return pd.api.types.infer_dtype(dtype.categories) == "string"
    if isinstance(dtype, pd.ArrowDtype):
        kind = dtype.pyarrow_dtype
        while pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind):
            kind = kind.value_type
        return _is_text(kind)
    if isinstance(dtype, pd.StringDtype):
        return dtype != text_series(pa.array([], pa.large_string()), pd.RangeIndex(0)).dtype
    return (
        pd.api.types.is_object_dtype(dtype)
        and pd.__version__ >= "3"
        and pd.api.types.infer_dtype(cells, skipna=True) == "string"
    )


def _not_a_table(leads: object) -> str:
    """What to do with something that is no table; nothing of what it holds is shown."""
    steps = {
        "Series": "hand over a frame, for instance series.to_frame('email')",
        "dict": "hand over pandas.DataFrame(...) of it",
        "list": "hand over paths of files, or pandas.DataFrame(...) of rows",
        "NoneType": "hand over a frame, or the path of a file",
        "generator": "hand over pandas.DataFrame(list(...)) of rows, or paths of files",
    }
    kind = type(leads).__name__
    step = steps.get(kind, "hand over a frame (pandas, Polars, DuckDB, Arrow), or the path of a file")
    return f"leads are a {kind}, which is no table of leads: {step}."
