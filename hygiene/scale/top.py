"""The top: what the first rows of a Dask frame tell before any partition is examined."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from hygiene.arrow.hashing import HashKey
from hygiene.cleaning.check_chunk import check_chunk
from hygiene.cleaning.settings import Settings
from hygiene.columns.leads import as_leads
from hygiene.columns.mapping import SAMPLE_ROWS, ColumnMap
from hygiene.columns.rename import choose_columns
from hygiene.errors import UsageError
from hygiene.scale.partition import Job, check_header
from hygiene.scale.safe_tasks import guarded
from hygiene.scale.tasks import compute, task

if TYPE_CHECKING:
    from dask.delayed import Delayed

__all__ = ["SOURCE", "choose", "first_rows"]

#: What messages call the leads.
SOURCE = "the Dask frame"


def first_rows(leads: Sequence["Delayed"], header: tuple[str, ...]) -> pd.DataFrame:
    """The first rows, of as many partitions as it takes."""
    found: list[pd.DataFrame] = []
    for number, part in enumerate(leads):
        found += compute([task(_head, f"partition {number + 1}", part, header)])
        if sum(map(len, found)) >= SAMPLE_ROWS:
            break
    return pd.concat(found)


@guarded
def _head(frame: pd.DataFrame, header: tuple[str, ...], /) -> pd.DataFrame:
    check_header(frame, header)
    return frame.head(SAMPLE_ROWS)


def choose(
    top: pd.DataFrame,
    settings: Settings,
    columns: Mapping[str, str] | None,
    order: str | None,
) -> Job:
    """What every worker is to know; tried on no rows, so that what no row can mend is told at once."""
    header = tuple(map(str, top.columns))
    found = choose_columns(top, columns, source=SOURCE)
    quiet = replace(settings, resolver=None).of_input({**settings.headers, **found.renamed(header)})
    job = Job(
        quiet, settings.resolver is not None, header, found, _numbering(header, found, order), HashKey()
    )
    check_chunk(as_leads(job.leads(top.head(0))), quiet, first_row=1)
    return job


def _numbering(header: Sequence[str], found: ColumnMap, order: str | None) -> str | None:
    if order is None:
        return None
    if header.count(order) != 1:
        msg = f"order={order!r}: expected one such column; there are {', '.join(header)}."
        raise UsageError(msg)
    return found.names[header.index(order)]
