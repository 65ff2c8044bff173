"""Lists that are handed over rather than read: entries in a series, a frame or `Entries`.

What is an entry, and which columns of a frame hold some, is decided as for a file. Nothing here opens one.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, Union

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import text_column
from hygiene.columns.frames import ArrowStream, as_frame, is_column, is_table, texts_of
from hygiene.columns.rename import choose_columns, name_columns
from hygiene.errors import InputError, ListError, UsageError
from hygiene.lists.compile_list import compile_list
from hygiene.lists.csv_rows import Grid
from hygiene.lists.extract import Cells, Reading, cells_of_grids
from hygiene.lists.known_leads import KnownLeads
from hygiene.lists.messages import counted
from hygiene.lists.rule_list import RuleList

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Column", "Entries", "known_handed_over", "parted", "rules_handed_over"]

#: Ends of names that are files, whatever else they look like: of these none is a top-level domain.
_FILES = (
    ".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xls", ".xlsm", ".ods", ".json", ".jsonl", ".ndjson", ".parquet",
    ".arrow", ".feather", ".gz", ".html", ".htm", ".vcf", ".dat",
)  # fmt: skip

_NO_LIST = (
    "a list is a {}; expected the path of a file, a series, a frame, or hygiene.Entries of its entries."
)

#: How a column of a frame is handed over.
_COLUMN = "frame['E-mail']"


class ArrowArray(Protocol):
    """An array that hands itself over as one of Arrow."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> object:
        """The array and its type."""
        ...


#: A single column of values.
Column: TypeAlias = Union["pd.Series", "pd.Index", np.ndarray[Any, Any], ArrowArray]


class Entries:
    """Entries of a list: addresses, domains, hashes or patterns, each as a list has it on a line.

    Args:
        values: The entries; None and blank ones are nobody.

    Raises:
        UsageError: they are one text, or something else than texts.
    """

    def __init__(self, values: Iterable[str | None], /) -> None:
        if isinstance(values, str | os.PathLike):
            raise UsageError(
                "Entries of one text: expected several, for instance Entries(['ann@acme.example'])."
            )
        held = list(values)
        odd = next((each for each in held if not (each is None or isinstance(each, str))), None)
        if odd is not None:
            raise UsageError(f"Entries hold a {type(odd).__name__}; expected texts.")
        self._values = tuple(held)

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[str | None]:
        return iter(self._values)

    def __repr__(self) -> str:
        return f"<{counted(len(self), 'entry')}>"


def parted(given: Any, /) -> list[Any]:
    """What was handed over for a list, one after the other: texts that are entries and no files together as `Entries`.

    Raises:
        UsageError: it is a mapping.
    """
    if isinstance(given, Mapping):
        raise UsageError(_NO_LIST.format(type(given).__name__))
    several = isinstance(given, Sequence | set | frozenset) and not isinstance(given, str)
    each_given = list(given) if several or isinstance(given, Iterator) else [given]
    entries = [each for each in each_given if _is_entry(each)]
    rest = [each for each in each_given if not _is_entry(each)]
    return [*([Entries(entries)] if entries else []), *rest]


def _is_entry(given: object) -> bool:
    """Whether a text can only be meant as an entry: it has an @, no separator of folders, and there is no such file."""
    if not isinstance(given, str) or "@" not in given or any(mark in given for mark in "/\\"):
        return False
    return not given.casefold().endswith(_FILES) and not Path(given).exists()


def rules_handed_over(
    given: "Entries | Column | pd.DataFrame | ArrowStream",
    /,
    *,
    name: str,
    reading: Reading,
    may_be_empty: bool = False,
) -> RuleList:
    """The list that entries make; their lines are their numbers, from 1.

    Args:
        given: The entries.
        name: What the list is called in messages and verdicts.
        reading: How it is meant.
        may_be_empty: Whether a list without entries is meant so.

    Raises:
        ListError: as for a list that is read.
        UsageError: it is none of these.
    """
    column = _column(given)
    if column is not None:
        lines = np.arange(1, len(column) + 1)
        layout = "entries that were handed over"
        return compile_list(
            name, [Cells(lines, column, layout, headed=True)], reading=reading, may_be_empty=may_be_empty
        )
    table: Any = given
    frame = as_frame(table)
    found = cells_of_grids([Grid("a frame", lambda: _records(frame))], reading=reading)
    if found is None and _holds_address(frame) and not reading.of_api:
        msg = (
            f"{name}: a frame that holds addresses, and no column of it is known or mostly holds addresses, domains or "
            f"hashes. Hand over the column itself: {name}={_COLUMN}."
        )
        raise ListError(msg)
    none = Cells(np.zeros(0, np.int64), pa.array([], pa.large_string()), "a frame", headed=True)
    return compile_list(name, [found or none], reading=reading, may_be_empty=may_be_empty)


def known_handed_over(given: "Entries | Column | pd.DataFrame | ArrowStream", /, *, name: str) -> KnownLeads:
    """The known leads that addresses make.

    Raises:
        ListError: none of the cells that are filled is an address.
        UsageError: it is none of these, or a frame without an email column.
    """
    column, layout = _column(given), "addresses that were handed over"
    if column is None:
        table: Any = given
        frame = as_frame(table)
        try:
            leads = name_columns(frame, choose_columns(frame, None, source=name))
        except InputError as error:
            msg = (
                f"{name}: a frame of which no column is known to hold addresses. "
                f"Hand over the column itself: {name}={_COLUMN}."
            )
            raise ListError(msg) from error
        column, layout = text_column(leads["email"]), "a frame, its email column"
    known = KnownLeads.from_cells(name, column, layout=layout)
    if not len(known) and known.left:
        msg = f"{name}: no address among {counted(len(column), 'cell')}. Known leads are addresses."
        raise ListError(msg)
    return known


def _column(given: object) -> pa.Array | None:
    """The texts of a single column; None for a table.

    Raises:
        UsageError: it is neither.
    """
    if isinstance(given, Entries):
        found: Any = pa.array(given, pa.large_string())
    elif isinstance(given, pa.Array | pa.ChunkedArray):
        found = texts_of(given.to_pandas())
    elif (isinstance(given, np.ndarray) and given.ndim == 1) or is_column(given):
        found = texts_of(given)
    elif is_table(given):
        return None if hasattr(given, "columns") or hasattr(given, "read_all") else _column(_streamed(given))
    else:
        raise UsageError(_NO_LIST.format(type(given).__name__))
    return pc.fill_null(found, "")


def _streamed(given: Any) -> pa.ChunkedArray:
    """A series of whatever hands itself over as a stream of Arrow arrays."""
    try:
        return pa.chunked_array(given)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise UsageError(_NO_LIST.format(type(given).__name__)) from error


def _records(frame: "pd.DataFrame") -> Iterator[tuple[int, list[str]]]:
    """A header, then number and cells of each row, blank where one is missing."""
    yield 0, [str(name) for name in frame.columns]
    columns = [pc.fill_null(text_column(frame.iloc[:, at]), "").to_pylist() for at in range(frame.shape[1])]
    for number, cells in enumerate(zip(*columns, strict=True), 1):
        yield number, list(cells)


def _holds_address(frame: "pd.DataFrame") -> bool:
    return any("@" in cell for _, cells in _records(frame) for cell in cells)
