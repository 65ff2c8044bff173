"""Sight: what candidates see of the addresses of a probe, worked out once for every value of a rule.

What follows from it is counted in `hypotheses`.
"""

from collections.abc import Sequence
from itertools import product
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from hygiene.policy import USABLE, Value
from hygiene.prediction.acting_entries import Acting, acting_under
from hygiene.prediction.features import KINDS, Folding, TextFeatures

__all__ = ["Seen", "Sight"]

_Column = np.ndarray[Any, np.dtype[np.int64]]
_Mask = np.ndarray[Any, np.dtype[np.bool_]]

#: The rules that shape the key, in the order of a folding's parts.
_OF_FOLDING = (
    "strip_whitespace", "fold_case", "fold_plus_tag", "fold_gmail_dots", "fold_gmail_tags", "fold_googlemail",
    "fold_u_labels",
)  # fmt: skip


class Is(Protocol):
    """Tells which candidates have a value of a rule; true where none is named."""

    def __call__(self, rule: str, value: Value = True, /) -> _Mask:  # noqa: FBT002 -- a rule's value
        """True where a candidate has it."""


class Sight:
    """What every folding sees of every lead, as tables with one column a lead."""

    def __init__(self, leads: Sequence[str], entries: Sequence[str]) -> None:
        features = TextFeatures(pa.array(leads, pa.large_string()), blocklist=entries)
        self.usable = np.array(
            [[features.usable(trimmed=trimmed, kind=kind) for trimmed in (False, True)] for kind in USABLE]
        )
        foldings = [Folding(*flags) for flags in product((False, True), repeat=len(Folding._fields))]
        self.key = np.array([features.key(folding) for folding in foldings])
        self.listed = {
            kind: np.array(
                [
                    [features.listed(kind, trimmed=trimmed, folded=folded) for folded in (False, True)]
                    for trimmed in (False, True)
                ]
            )
            for kind in KINDS
        }


class Seen:
    """What the candidates see of the leads of one request."""

    def __init__(self, is_: Is, sight: Sight, *, waived: bool, standing: bool) -> None:
        self._sight = sight
        self._trimmed = is_("strip_whitespace").astype(int)
        self._folded = is_("block_fold_case").astype(int)
        self._usable = sum(
            place * is_("usable_address", kind).astype(int) for place, kind in enumerate(USABLE)
        )
        bits = (is_(rule).astype(int) << place for place, rule in enumerate(reversed(_OF_FOLDING)))
        self._folding = sum(bits)
        acts = acting_under(
            is_("block_addresses"),
            is_("block_domains"),
            is_("block_subdomains"),
            is_("waive_covers", "domains"),
            is_("block_reach", "registrable"),
            is_("block_reach", "letters"),
            waived=waived,
        )
        self._acts = Acting(*(each & standing for each in acts))

    def keys_of(self, leads: Sequence[int], /) -> _Column:
        """Every key that some folding gives one of these leads, in order."""
        return np.unique(self._sight.key[:, leads])

    def of(self, lead: int) -> tuple[_Mask, _Column, _Mask]:
        """Whether it is usable, its key, and whether an entry that acts names it."""
        listed = np.zeros(len(self._trimmed), dtype=bool)
        for kind, acts in zip(KINDS, self._acts, strict=True):
            listed |= acts & self._sight.listed[kind][self._trimmed, self._folded, lead]
        usable: _Mask = self._sight.usable[self._usable, self._trimmed, lead]
        return usable, self._sight.key[self._folding, lead], listed
