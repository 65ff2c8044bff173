"""Canonical columns for a frame with anybody's: the choice, and its application to rows.

The choice looks at the header and the first rows; it holds for all rows of the same header.
"""

from collections.abc import Mapping

import pandas as pd
import pyarrow.compute as pc

from hygiene.arrow.text import text_column
from hygiene.columns.mapping import CANONICAL, SAMPLE_ROWS, ColumnMap, map_columns, split_name

__all__ = ["choose_columns", "name_columns"]


def choose_columns(
    top: pd.DataFrame, columns: Mapping[str, str] | None = None, /, *, source: str
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
    return map_columns(header, list(zip(*cells, strict=True)), columns=columns, source=source)


def name_columns(frame: pd.DataFrame, found: ColumnMap, /) -> pd.DataFrame:
    """The rows under canonical names, these first; the given frame is left as it is."""
    leads = frame.set_axis(list(found.names), axis=1)
    if found.full_name is not None:
        names = [split_name(name or "") for name in text_column(leads.iloc[:, found.full_name]).to_pylist()]
        first, last = zip(*names, strict=True) if names else ((), ())
        leads = leads.assign(first_name=list(first), last_name=list(last))
    canonical = [name for name in CANONICAL if name in leads]
    return leads[canonical + [name for name in leads if name not in CANONICAL]]
