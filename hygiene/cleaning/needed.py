"""Needed: which rows lack a field that the policy needs; nothing is looked at where it needs none."""

import numpy as np

from hygiene.arrow.text import Mask
from hygiene.cleaning.decide import leads_of
from hygiene.cleaning.outgoing import Outgoing
from hygiene.cleaning.row_lookup import Positions
from hygiene.cleaning.survey import Survey
from hygiene.prediction.predict import lacking

__all__ = ["lacking_as_read", "lacking_as_sent"]

#: Rows whose cells are looked at in one go.
_SLICE = 100_000


def lacking_as_sent(found: Survey, positions: Positions, /) -> Mask | None:
    """True for each of these rows that lacks such a field as its cells are sent; None where none is needed."""
    needs, outgoing = found.settings.policy.needs, Outgoing(found)
    if not needs:
        return None
    starts = range(0, len(positions), _SLICE)
    return _joined([lacking(outgoing.at(positions[start : start + _SLICE]), needs) for start in starts])


def lacking_as_read(found: Survey, /) -> Mask | None:
    """The same of all rows as they were read."""
    needs = found.settings.policy.needs
    return _joined([lacking(leads_of(found, chunk).frame, needs) for chunk in found]) if needs else None


def _joined(parts: list[Mask]) -> Mask:
    return np.concatenate([np.zeros(0, dtype=bool), *parts])
