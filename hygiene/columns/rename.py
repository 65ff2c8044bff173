"""Canonical columns for a frame with anybody's: the choice, and its application to rows.

The choice looks at the header and the first rows; it holds for all rows of the same header.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import text_column, text_series
from hygiene.columns.full_names import split_name
from hygiene.columns.mapping import CANONICAL, MALFORMED, SAMPLE_ROWS, ColumnMap, map_columns
from hygiene.columns.place import was_read
from hygiene.columns.stand_ins import stand_in

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["choose_columns", "count_stand_ins", "name_columns"]


def choose_columns(
    top: "pd.DataFrame", columns: Mapping[str, str] | None = None, /, *, source: str
) -> ColumnMap:
    """Where the columns of a frame go.

    Args:
        top: Its first rows.
        columns: Canonical name to header, where the choice made by name is not right.
        source: What the frame is, for messages.

    Raises:
        InputError: no column holds addresses, or several may.
        UsageError: `columns` makes no sense.
    """
    header = [str(name) for name in top.columns]
    rows = top.head(SAMPLE_ROWS)
    cells = [pc.fill_null(text_column(rows.iloc[:, place]), "").to_pylist() for place in range(len(header))]
    found = map_columns(header, list(zip(*cells, strict=True)), columns=columns, source=source)
    if (
        was_read(top.index) and MALFORMED in header
    ):  # it says so of rows of files; of other frames it is any column
        names = list(found.names)
        names[header.index(MALFORMED)] = MALFORMED
        found = replace(found, names=tuple(names))
    return found


def count_stand_ins(frame: "pd.DataFrame", found: ColumnMap, /) -> tuple[int, ...]:
    """Rows that take their address from each of the further columns."""
    return _addresses(frame, found)[1] if found.further else ()


def _addresses(frame: "pd.DataFrame", found: ColumnMap) -> tuple[pa.ChunkedArray, tuple[int, ...]]:
    """The email cells, those of further columns in rows without an address."""
    places = (found.names.index("email"), *found.further)
    cells = [pc.fill_null(text_column(frame.iloc[:, at]), "") for at in places]
    return stand_in(cells[0], cells[1:])


def name_columns(frame: "pd.DataFrame", found: ColumnMap, /) -> "pd.DataFrame":
    """The rows under canonical names, these first; the given frame is left as it is."""
    leads = frame.set_axis(list(found.names), axis=1)
    addresses, counts = _addresses(frame, found) if found.further else (None, ())
    if any(counts):
        leads = leads.assign(email=text_series(addresses, leads.index))
    if found.full_name is not None:
        names = [split_name(name or "") for name in text_column(leads.iloc[:, found.full_name]).to_pylist()]
        first, last = zip(*names, strict=True) if names else ((), ())
        leads = leads.assign(first_name=list(first), last_name=list(last))
    canonical = [name for name in CANONICAL if name in leads]
    return leads[canonical + [name for name in leads if name not in CANONICAL]]
