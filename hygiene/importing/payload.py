"""Plan: which rows go into which request, and what is sent of each.

Nothing here sends, and nothing knows what was sent before.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import is_blank, text_column, text_series
from hygiene.cleaning.providers import PROVIDER, providers_of
from hygiene.cleaning.result import CleanedLeads
from hygiene.cleaning.row_lookup import texts_at
from hygiene.columns.mapping import CANONICAL
from hygiene.display import inert
from hygiene.errors import UsageError, option
from hygiene.sinks import Lead

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Batch", "Payload", "check_needed", "check_renamed", "check_size", "plan", "sent_columns"]


@dataclass(frozen=True, slots=True)
class Batch:
    """One request of an import.

    Attributes:
        number: From 1.
        rows: Row numbers of its leads, in sending order.
        leads: What is sent, blank fields left out.
    """

    number: int
    rows: tuple[int, ...]
    leads: tuple[Lead, ...] = field(repr=False)


def check_size(batch_leads: int, /) -> None:
    """Refuse a batch without leads.

    Raises:
        UsageError: the size is below 1.
    """
    if batch_leads < 1:
        msg = f"{option('batch_leads', batch_leads)}: a request holds 1 lead or more."
        raise UsageError(msg)


def sent_columns(frame: "pd.DataFrame", custom: Sequence[str], /) -> list[str]:
    """The columns of a lead that are sent: the canonical ones there are, then the custom ones asked for.

    Who takes the mail (`mail_provider`) can be asked for as well, by its name, where no column of the leads has it.

    Raises:
        UsageError: a custom column that the frame does not have.
    """
    others = [name for name in frame.columns if name not in CANONICAL]
    chosen = others if list(custom) == ["all"] else list(custom)
    for name in chosen:
        if name not in (*others, PROVIDER):
            msg = (
                f"{option('custom', [name])}: no such custom column; there are {', '.join(others) or 'none'}."
            )
            raise UsageError(msg)
    return [name for name in CANONICAL if name in frame] + chosen


def check_renamed(columns: Sequence[str], shape: Mapping[str, object], /) -> None:
    """Refuse another name for a column that the leads do not have; canonical ones may be missing in a file.

    Args:
        columns: The columns of the leads.
        shape: How a sink writes leads (`hygiene.sinks.Addressed`).

    Raises:
        UsageError: the shape renames such a column.
    """
    renamed = shape.get("rename")
    for name, field_name in renamed.items() if isinstance(renamed, Mapping) else ():
        if name not in (*CANONICAL, *columns, PROVIDER):
            msg = (
                f"{option('rename', key=name, value=repr(field_name))}: no such column; "
                f"there are {', '.join(map(inert, columns))}."
            )
            raise UsageError(msg)


def check_needed(needs: Sequence[str], sent: Sequence[str], columns: Sequence[str], /) -> None:
    """Refuse an import without a column that the policy needs and the leads have: the API would take none of them.

    Args:
        needs: The columns that the policy needs.
        sent: The columns that are sent.
        columns: Those of the leads.

    Raises:
        UsageError: there is such a column.
    """
    for name in needs:
        if name in columns and name not in sent:
            msg = (
                f"the policy's needed_fields name {inert(name)!r}, which is not sent, so that every lead would be "
                f"invalid: send it with {option('custom', [name])}."
            )
            raise UsageError(msg)


#: Rows that are turned into text at a time.
BLOCK_ROWS = 10_000


class Payload:
    """The fields of cleaned leads, row by row, as a sink is handed them.

    Args:
        cleaned: The leads.
        custom: Custom columns to send besides the canonical ones; ``("all",)`` sends every one.

    Raises:
        UsageError: a custom column that the leads do not have.
    """

    def __init__(self, cleaned: CleanedLeads, /, *, custom: Sequence[str] = ()) -> None:
        self._cleaned = cleaned
        self._columns = sent_columns(cleaned.leads(np.arange(0)), custom)
        self._first = self._end = 0
        self._block: list[pa.Array] = []

    def batch(self, number: int, rows: Sequence[int], /) -> Batch:
        """The request that sends these rows, which rise."""
        self._read(rows[0] - 1, rows[-1])
        here = pa.array(np.asarray(rows) - 1 - self._first)
        cells = [column.take(here).to_pylist() for column in self._block]
        leads = tuple(self._lead(row) for row in zip(*cells, strict=True))
        return Batch(number, tuple(int(row) for row in rows), leads)

    def _lead(self, row: tuple[str, ...]) -> Lead:
        fields = zip(self._columns, row, strict=True)
        return Lead(field for field in fields if field[1]) if "" in row else Lead(fields)

    def _read(self, first: int, end: int) -> None:
        """Have the positions from `first` up to `end` at hand, and some after them."""
        if self._first <= first and end <= self._end:
            return
        self._first, self._end = first, min(max(end, first + BLOCK_ROWS), len(self._cleaned))
        positions = np.arange(self._first, self._end)
        frame = self._cleaned.leads(positions)
        if PROVIDER in self._columns and PROVIDER not in frame:
            found = self._cleaned.survey
            providers = providers_of(texts_at(found, positions, "domain"), found.domains)
            frame = frame.assign(**{PROVIDER: text_series(providers, frame.index)})
        self._block = [_blank_as_empty(text_column(frame[name])) for name in self._columns]


def _blank_as_empty(cells: pa.Array) -> pa.Array:
    blank = pa.array(is_blank(cells))
    return pc.if_else(blank, pa.scalar("", cells.type), cells)


def plan(
    cleaned: CleanedLeads, /, *, batch_leads: int, custom: Sequence[str] = (), send_all: bool = False
) -> Iterator[Batch]:
    """The requests of an import that starts now, in order.

    Args:
        cleaned: What is to be sent.
        batch_leads: Leads a request.
        custom: Custom columns to send besides the canonical ones; ``("all",)`` sends every one.
        send_all: Also blocked and duplicate rows.

    Raises:
        UsageError: a custom column that the leads do not have, or a batch size below 1.
    """
    check_size(batch_leads)
    payload = Payload(cleaned, custom=custom)
    rows = cleaned.rows_to_send(send_all=send_all)
    for number, start in enumerate(range(0, len(rows), batch_leads), 1):
        yield payload.batch(number, rows[start : start + batch_leads].tolist())
