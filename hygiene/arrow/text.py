"""Text columns as Arrow arrays, whatever pandas dtype they came in.

The passes work on Arrow text, so that object, `str`, Arrow-backed and categorical columns give the same
verdicts. Nothing here judges a cell.
"""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Mask",
    "Octets",
    "first_of",
    "is_blank",
    "lower_case",
    "mask",
    "no_texts",
    "not_ascii",
    "not_null",
    "tell_arrow",
    "text_column",
    "text_frame",
    "text_series",
    "text_values",
    "trimmed",
    "word_where",
]

#: One boolean a row, by position.
Mask = np.ndarray[Any, np.dtype[np.bool_]]
_SLICE = 1 << 16
#: Octets of ASCII that are no white space begin here and end before `_DELETE`.
_PRINTED, _DELETE = 0x21, 0x7F
_IS_PRINTED = np.array([_PRINTED <= octet < _DELETE for octet in range(256)])
#: Octets of ASCII end before this one.
_ASCII = 0x80
#: Octets that are read as one number.
_FOUR = 4


@dataclass(frozen=True, slots=True)
class Octets:
    """What a text column holds, as numbers; nothing is copied.

    Attributes:
        data: The octets of all its texts in UTF-8, one text after the other.
        bounds: Where in `data` each text begins and, last, where they end; a missing one may hold anything.
    """

    data: np.ndarray[Any, np.dtype[np.uint8]]
    bounds: np.ndarray[Any, np.dtype[np.int64]]

    @classmethod
    def of(cls, column: pa.Array, /) -> Self:
        """Those of a `large_string` array."""
        if not len(column):
            return cls(np.zeros(0, np.uint8), np.zeros(1, np.int64))
        _, places, texts = column.buffers()
        bounds = np.frombuffer(places, np.int64)[column.offset : column.offset + len(column) + 1]
        data = np.frombuffer(texts or b"", np.uint8)[bounds[0] : bounds[-1]]
        return cls(data, bounds - bounds[0] if bounds[0] else bounds)

    def heads(self) -> np.ndarray[Any, np.dtype[np.uint32]]:
        """The first four octets of every text as one number, the first being the lowest.

        Of a text that is shorter, anything; the same goes for `tails`.
        """
        fours = self._fours()
        return fours[np.minimum(self.bounds[:-1], len(fours) - 1)]

    def tails(self) -> np.ndarray[Any, np.dtype[np.uint32]]:
        """The last four octets of every text as one number."""
        return self._fours()[np.maximum(self.bounds[1:] - _FOUR, 0)]

    def _fours(self) -> np.ndarray[Any, np.dtype[np.uint32]]:
        """Every four octets in a row; of less than four octets anything."""
        data = self.data if len(self.data) >= _FOUR else np.zeros(_FOUR, dtype=np.uint8)
        return np.ndarray(len(data) - _FOUR + 1, "<u4", data, strides=(1,))


@functools.cache
def tell_arrow() -> None:
    """Let Arrow find pandas, where it was kept from loading it; before it is handed anything of pandas."""
    pa.nulls(0).to_pandas()


def text_column(cells: "pd.Series", /) -> pa.Array:
    """The cells as one `large_string` array by position; missing cells are null.

    A cell that is no text becomes the text that `str` gives, a whole float without its ``.0`` (pandas makes
    floats of numbers beside missing cells); bytes are read as UTF-8, and what is not
    UTF-8 in bytes or text is written as escapes. Never raises on a cell.
    """
    import pandas as pd

    tell_arrow()
    if isinstance(cells.dtype, pd.CategoricalDtype):
        words = text_column(pd.Series(cells.cat.categories))
        return words.take(pa.array(cells.cat.codes.to_numpy(), mask=cells.isna().to_numpy()))
    # Arrow asks a Series for names that it has not, which costs more than the column where rows have two numbers.
    given = cells.array if isinstance(cells.dtype, pd.StringDtype) else cells
    try:
        column = pa.array(given, from_pandas=True)
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
        import pandas as pd

        if cell is None or (pd.api.types.is_scalar(cell) and pd.isna(cell)):  # type: ignore[call-overload]
            return None
        cell = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    return cell.encode("utf-8", "backslashreplace").decode("utf-8")


def text_series(column: pa.Array, index: "pd.Index", /) -> "pd.Series":
    """The array as a text Series with this index: `str` on pandas 3, `object` on pandas 2."""
    import pandas as pd

    return pd.Series(text_values(column), index=index, copy=False)


def text_frame(columns: Mapping[str, pa.Array], index: "pd.Index", /) -> "pd.DataFrame":
    """Text columns as a frame, each as `text_series` has it; none is copied, and the index is looked at once."""
    import pandas as pd

    return pd.DataFrame({name: text_values(each) for name, each in columns.items()}, index=index, copy=False)


def text_values(column: pa.Array, /) -> Any:
    """The array as what pandas keeps of a text column: `str` on pandas 3, objects on pandas 2."""
    import pandas as pd

    tell_arrow()
    encoded = pa.types.is_dictionary(column.type)
    if pd.__version__ < "3":
        if encoded:  # rows of the same text share it
            words = np.array([*column.dictionary.to_pylist(), None], dtype=object)
            codes = pc.fill_null(column.indices, len(words) - 1).to_numpy(zero_copy_only=False)
            return words[codes]
        return np.asarray(column.to_pandas(), dtype=object)
    return pd.array(column.dictionary_decode() if encoded else column, dtype="str")


def is_blank(column: pa.Array, /) -> Mask:
    """True where a cell is null, empty or only white space."""
    blank = np.empty(len(column), dtype=bool)
    for start in range(0, len(column), _SLICE):  # what is made on the way is small: not all at once
        blank[start : start + _SLICE] = _are_blank(column.slice(start, _SLICE))
    return blank


def _are_blank(cells: pa.Array) -> Mask:
    """Only cells that do not begin with a printed character of ASCII are trimmed."""
    octets = Octets.of(cells)
    rows: Mask = octets.bounds[:-1] == octets.bounds[1:]
    if len(octets.data):
        first = octets.data[np.minimum(octets.bounds[:-1], len(octets.data) - 1)]
        rows |= (first < _PRINTED) | (first >= _DELETE)
    if cells.null_count:
        rows |= mask(pc.is_null(cells))
    left = cells.filter(pa.array(rows))
    rows[rows] = mask(pc.equal(pc.utf8_trim_whitespace(left), ""), null=True)
    return rows


def trimmed(column: pa.Array, /) -> pa.Array:
    """Each text without white space around it; only one whose ends are not printed ASCII is looked at closely."""
    octets = Octets.of(column)
    if not len(octets.data):
        return column
    starts, ends = octets.bounds[:-1], octets.bounds[1:]
    last = len(octets.data) - 1
    plain = (
        _IS_PRINTED[octets.data[np.minimum(starts, last)]] & _IS_PRINTED[octets.data[np.maximum(ends, 1) - 1]]
    )
    plain |= starts == ends
    return column if plain.all() else pc.utf8_trim_whitespace(column)


@functools.lru_cache(maxsize=4)
def no_texts(rows: int, /) -> pa.Array:
    """A column of nulls; chunks of as many rows share it."""
    return pa.nulls(rows, pa.large_string())


def not_ascii(column: pa.Array, /) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Positions of the texts that are not ASCII."""
    octets = Octets.of(column)
    if not len(octets.data) or octets.data.max() < _ASCII:
        return np.zeros(0, dtype=np.int64)
    rows = np.unique(np.searchsorted(octets.bounds, np.flatnonzero(octets.data >= _ASCII), "right") - 1)
    return rows[mask(pc.is_valid(column.take(pa.array(rows))))]


def lower_case(column: pa.Array, /) -> pa.Array:
    """Each text as `str.lower` writes it; Arrow's own kernel agrees on ASCII alone."""
    lower, odd = pc.ascii_lower(column), pa.array(not_ascii(column))
    words = pa.array([text.lower() for text in column.take(odd).to_pylist()], column.type)
    if words.equals(lower.take(odd)):
        return lower
    rows = np.zeros(len(column), dtype=bool)
    rows[odd] = True
    return pc.replace_with_mask(lower, pa.array(rows), words)


def mask(column: pa.Array, /, *, null: bool = False) -> Mask:
    """A boolean Arrow array as a writable NumPy mask, nulls as `null`."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    whole = pc.fill_null(column, null) if column.null_count else column
    return np.array(whole.to_numpy(zero_copy_only=False), dtype=bool)


def word_where(word: str, rows: Mask, /) -> pa.Array:
    """A word on the rows where a mask is true, null elsewhere."""
    return pc.if_else(pa.array(rows), pa.scalar(word, pa.large_string()), pa.scalar(None, pa.large_string()))


def first_of(*columns: pa.Array) -> pa.Array:
    """The first text of each row that is not null; columns that are null throughout cost nothing."""
    filled = [column for column in columns if column.null_count < len(column)]
    return pc.coalesce(*filled) if len(filled) > 1 else (*filled, columns[0])[0]


def not_null(texts: pa.Array, /) -> Mask:
    """True where a text is not null."""
    return mask(pc.is_valid(texts)) if texts.null_count else np.ones(len(texts), dtype=bool)
