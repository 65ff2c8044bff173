"""Frames: whatever callers hand over as a table, as one pandas frame whose text is one kind of text.

Which of its columns is which is decided in `mapping`; no cell is changed.
"""

import os
import sys
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard

import pyarrow as pa

from hygiene.arrow.cells import as_text, octets_are, of_octets, plain_values, value_type
from hygiene.arrow.text import text_column, text_series
from hygiene.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ArrowStream",
    "as_frame",
    "check_paths",
    "is_column",
    "is_frame",
    "is_table",
    "not_a_table",
    "texts_of",
]


class ArrowStream(Protocol):
    """A table that hands itself over as a stream of Arrow batches: of Polars, DuckDB, Arrow and others."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The stream."""
        ...


#: Types of Arrow that hold text.
_TEXTS = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)


def is_frame(leads: object, /) -> "TypeGuard[pd.DataFrame]":
    """Whether an object is a pandas frame; there is none where pandas was not loaded."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(leads, pandas.DataFrame)


def is_column(values: object, /) -> "TypeGuard[pd.Series | pd.Index]":
    """Whether an object is a pandas Series or Index."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(values, pandas.Series | pandas.Index)


def texts_of(values: Any, /) -> pa.Array:
    """The texts of a Series, an Index, or whatever makes a Series."""
    import pandas as pd

    return text_column(pd.Series(values))


def is_table(leads: object, /) -> "TypeGuard[pd.DataFrame | ArrowStream]":
    """Whether an object is a table: a pandas frame, or whatever hands itself over as a stream of Arrow batches."""
    return is_frame(leads) or hasattr(leads, "__arrow_c_stream__")


def as_frame(leads: "pd.DataFrame | ArrowStream", /) -> "pd.DataFrame":
    """A table as a pandas frame, its text columns as text however they were stored; the given one is left as it is.

    Args:
        leads: A pandas frame, or anything with `__arrow_c_stream__`: a Polars or DuckDB table, an Arrow table or
            reader.

    Raises:
        UsageError: it is a single column, or no stream of rows.
    """
    import pandas as pd

    frame = leads if isinstance(leads, pd.DataFrame) else _from_stream(leads)
    if not len(frame.columns):
        return pd.DataFrame({"email": text_series(pa.array([], pa.large_string()), pd.RangeIndex(0))})
    places = [at for at in range(frame.shape[1]) if _is_other_text(frame.iloc[:, at])]
    if not places:
        return frame
    columns = [frame.iloc[:, at] for at in range(frame.shape[1])]
    for at in places:
        columns[at] = _as_text(columns[at])
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
    raise UsageError(not_a_table(leads))


def _from_stream(leads: Any) -> "pd.DataFrame":
    import pandas as pd

    if isinstance(leads, pd.Series):
        raise UsageError(not_a_table(leads))
    try:
        reader = pa.RecordBatchReader.from_stream(leads)
        table = reader.read_all()
    except pa.ArrowNotImplementedError as error:
        msg = f"leads are a {type(leads).__name__} with a column of a type that Arrow cannot read: make it text first."
        raise UsageError(msg) from error
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise UsageError(not_a_table(leads)) from error
    index = pd.RangeIndex(len(table))
    columns = {at: _column(column, index) for at, column in enumerate(table.columns)}
    return pd.DataFrame(columns, index=index).set_axis(table.column_names, axis=1)


def _as_text(cells: "pd.Series") -> "pd.Series":
    """A column of text that pandas stores otherwise."""
    import pandas as pd

    if isinstance(cells.dtype, pd.ArrowDtype):
        return _column(pa.chunked_array(cells.array.__arrow_array__()), cells.index)
    return text_series(text_column(cells), cells.index)


def _column(column: pa.ChunkedArray, index: "pd.Index") -> "pd.Series":
    """A column of Arrow: text as text, all else as pandas has it for Arrow, so that whole numbers stay.

    Octets are text where they are, hex where they are identifiers, and stay octets where they are neither.
    """
    import pandas as pd

    kind = value_type(column.type)
    plain = pa.chunked_array(
        [plain_values(chunk) for chunk in column.chunks], kind if column.num_chunks == 0 else None
    )
    if of_octets(column.type):
        whole = plain.combine_chunks()
        octets = octets_are(whole)
        plain = pa.chunked_array([whole if octets == "left out" else as_text(whole, octets)])
    if _is_text(plain.type):
        return text_series(plain.cast(pa.large_string()).combine_chunks(), index)
    return pd.Series(pd.arrays.ArrowExtensionArray(plain), index=index)


def _is_text(kind: pa.DataType) -> bool:
    return any(is_one(kind) for is_one in _TEXTS)


def _is_other_text(cells: "pd.Series") -> bool:
    """Whether a column holds text and is not stored as text columns are here."""
    import pandas as pd

    dtype = cells.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return pd.api.types.infer_dtype(dtype.categories) == "string"
    if isinstance(dtype, pd.ArrowDtype):
        return _is_text(value_type(dtype.pyarrow_dtype)) or of_octets(dtype.pyarrow_dtype)
    if isinstance(dtype, pd.StringDtype):
        return dtype != text_series(pa.array([], pa.large_string()), pd.RangeIndex(0)).dtype
    return (
        pd.api.types.is_object_dtype(dtype)
        and pd.__version__ >= "3"
        and pd.api.types.infer_dtype(cells, skipna=True) in {"string", "bytes"}
    )


def not_a_table(leads: object, /, *, paths: bool = True) -> str:
    """What to do with something that is no table; nothing of what it holds is shown.

    Args:
        leads: What was handed over.
        paths: Whether files would do as well.
    """
    steps = {
        "Series": "hand over a frame, for instance series.to_frame('email')",
        "dict": "hand over pandas.DataFrame(...) of it",
        "list": "hand over pandas.DataFrame(...) of rows",
        "NoneType": "hand over a frame",
        "str": "hand over a frame of hygiene.read(...)",
        "generator": "hand over pandas.DataFrame(list(...)) of rows",
    }
    kind = type(leads).__name__
    step = steps.get(kind, "hand over a frame (pandas, Polars, DuckDB, Arrow)")
    files = ", or paths of files" if paths and kind not in {"Series", "dict"} else ""
    return f"leads are a {kind}, which is no table of leads: {step}{files}."
