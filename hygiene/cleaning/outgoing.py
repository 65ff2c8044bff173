"""Outgoing: the leads as they are sent, filled, mended, tidied and under their normalized address, in its form.

The leads as they came in are left as they are.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from hygiene.arrow.parallel import map_in_order
from hygiene.cleaning.changed import ChangedColumn, add_changes, count_columns
from hygiene.cleaning.check_chunk import CheckedChunk
from hygiene.cleaning.decide import leads_of
from hygiene.cleaning.mended import mended_of, with_mended
from hygiene.cleaning.rewrite import Rewritten, codes_are_countries, rewrite
from hygiene.cleaning.row_lookup import Positions, rows_at, sent_at
from hygiene.cleaning.survey import Survey
from hygiene.columns.leads import Leads, as_leads
from hygiene.columns.mapping import MALFORMED
from hygiene.columns.opt_out_cells import may_mark
from hygiene.outcomes import Outcome

if TYPE_CHECKING:
    import pandas as pd

    from hygiene.cleaning.dedup.fill import Fills

__all__ = ["Outgoing"]


class Outgoing:
    """What is sent of the leads of a survey.

    Args:
        survey: What was found of them, and the settings that say what is done to their cells.
    """

    def __init__(self, survey: Survey, /) -> None:
        self._survey = survey
        self._changed: dict[int, Mapping[str, ChangedColumn]] = {}

    def prepare(self) -> None:
        """Work out what several chunks need, before several ask for it at once."""
        if self._survey.settings.fill:
            self.filled  # noqa: B018 -- worked out once
        if self._survey.settings.fields.tidy:
            self._codes_are_countries  # noqa: B018 -- likewise

    @cached_property
    def filled(self) -> "Fills":
        """What rows take from the rows they replace."""
        from hygiene.cleaning.dedup.fill import Fills, find_fills

        found = self._survey
        repeats = found.relations.repeats
        if not found.settings.fill or not len(repeats.order):
            return Fills()
        leads = rows_at(found, repeats.order, lambda _, chunk: leads_of(found, chunk).frame)
        marks = tuple(str(name) for name in leads if may_mark(str(name)))
        return find_fills(leads, repeats, sound=found.relations.sound, without=marks)

    def of_chunk(self, number: int, chunk: CheckedChunk, /) -> Rewritten:
        """The leads of a chunk that are ready; what was changed of them is counted."""
        ready, sent = self._ready(number, chunk)
        return _addressed(sent, self._survey.as_sent(chunk.texts).take(pa.array(ready)))

    def _ready(self, number: int, chunk: CheckedChunk) -> tuple[Positions, Rewritten]:
        """Which rows of a chunk are ready, and these with their cells as they are sent, but for the address."""
        start, ready = self._survey.firsts[number], self._ready_rows(number)
        leads = leads_of(self._survey, chunk)
        leads = leads if len(ready) == len(leads) else leads.take(ready)
        mended = self._survey.mended.get(number)
        if mended is None:
            sent = self._rewritten(leads, ready + start)
        else:
            sent = with_mended(leads.without(MALFORMED), mended, rows=ready, start=start)
        self._changed[number] = count_columns(sent.changes)
        return ready, sent

    def _ready_rows(self, number: int) -> Positions:
        start, end = self._survey.firsts[number : number + 2]
        return np.flatnonzero(self._survey.relations.ranks[start:end] == Outcome.READY.rank)

    def changed(self) -> dict[str, ChangedColumn]:
        """What is changed of all leads that are ready, by column; chunks that were rewritten are not so again."""
        found = self._survey
        if found.settings.fields.are_any:
            self.prepare()
            for number, mended in found.mended.items():
                if number not in self._changed:
                    self._changed[number] = count_columns(mended_of(mended, self._ready_rows(number)))
            left = (
                (each, found.chunks[each]) for each in range(len(found.chunks)) if each not in self._changed
            )
            for _ in map_in_order(lambda numbered: self._ready(*numbered)[0].size, left, jobs=found.jobs):
                pass
        return add_changes(changes for _, changes in sorted(self._changed.items()))

    def at(self, positions: Positions, /, *, frame: "pd.DataFrame | None" = None) -> "pd.DataFrame":
        """The leads at these positions, ready or not.

        Args:
            positions: Where they stand among all rows.
            frame: All leads as they came in, where they are at hand.
        """
        found = self._survey
        leads = (
            rows_at(found, positions, lambda _, chunk: leads_of(found, chunk).frame)
            if frame is None
            else frame.iloc[positions]
        )
        sent = self._rewritten(as_leads(leads), positions)
        return _addressed(sent, sent_at(found, positions)).leads.frame

    def _rewritten(self, leads: Leads, positions: Positions) -> Rewritten:
        if self._survey.settings.fill:
            leads = as_leads(self.filled.fill(leads.frame, positions))
        bare = leads.without(MALFORMED)
        rules = self._survey.settings.fields
        codes = self._codes_are_countries if rules.tidy else None
        return rewrite(bare, rules, rows=np.asarray(positions) + 1, codes=codes)

    @cached_property
    def _codes_are_countries(self) -> bool:
        """Whether two letters in the country column may be the code of a country: in no chunk they are states."""
        return codes_are_countries(chunk.leads for chunk in self._survey)


def _addressed(sent: Rewritten, addresses: pa.Array) -> Rewritten:
    """The same with the addresses that are sent."""
    return sent._replace(leads=sent.leads.with_texts({"email": addresses}))
