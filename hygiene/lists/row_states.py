"""States: which rows of a list its own marks let go.

A list names people who must not be written to, so a row counts unless its marks say otherwise: one of them
says in a known word that somebody may be written to, and none says no. What a cell says is for `columns.opt_out_cells`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Mask, is_blank
from hygiene.columns.opt_out_cells import NO, SILENT, YES, are_dates, is_mark, says

__all__ = ["RowStates", "mark_columns"]

#: Headers of columns that say why somebody is on the list.
_REASON = re.compile(r"reason|grund|motif|motivo|reden|note|comment", re.IGNORECASE)
_Codes = np.ndarray[Any, np.dtype[np.int8]]


def mark_columns(header: Sequence[str], entries: Sequence[int], /) -> list[int]:
    """Positions of the columns whose cells may say who may be written to and who not."""
    return [at for at, text in enumerate(header) if at not in entries and is_mark(text)]


@dataclass(slots=True)
class RowStates:
    """What the marks of a table's rows say, gathered block by block.

    Attributes:
        header: The table's header.
        columns: Positions of its mark columns.
    """

    header: Sequence[str]
    columns: Sequence[int]
    _codes: dict[int, list[_Codes]] = field(default_factory=dict)
    _dates: dict[int, bool] = field(default_factory=dict)

    def add(self, columns: Sequence[Sequence[str]], rows: int, /) -> None:
        """Look at so many more rows, which are given by columns."""
        for at in self.columns:
            texts = columns[at] if at < len(columns) else [""] * rows
            cells = pc.utf8_trim_whitespace(pa.array(texts, pa.large_string()))
            self._codes.setdefault(at, []).append(says(self.header[at], cells))
            filled = cells.filter(pa.array(~is_blank(cells)))
            if len(filled):
                self._dates[at] = self._dates.get(at, True) and bool(are_dates(filled).all())

    def let_go(self, rows: int, /) -> tuple[Mask, list[str]]:
        """Which of all rows are let go, and the headers of the columns that say so."""
        yes, no, named = np.zeros(rows, dtype=bool), np.zeros(rows, dtype=bool), []
        for at in self.columns:
            codes = np.concatenate([np.zeros(0, np.int8), *self._codes.get(at, [])])
            if _REASON.search(self.header[at]):  # why somebody is on a list never says that they are not
                codes = np.where(codes == YES, np.int8(SILENT), codes)
            if self._dates.get(at) and (codes == NO).any():  # the date of an opt-out: who has none has not
                codes = np.where(codes == SILENT, np.int8(YES), codes)
            yes, no = yes | (codes == YES), no | (codes == NO)
            named += [self.header[at]] if (codes == YES).any() else []
        return yes & ~no, named
