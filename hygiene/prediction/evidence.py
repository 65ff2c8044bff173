"""Evidence: what is known of single leads after an import, and which rules it speaks against.

Members that a list gained are known from reading it back, classes of rows where an API gives them. Nothing here asks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from hygiene.arrow.text import Mask
from hygiene.policy import ImportPolicy
from hygiene.prediction.address_parts import Parts
from hygiene.prediction.features import Codes, Features, Folding
from hygiene.prediction.simulate import (
    BLOCKED,
    DUPLICATE,
    IMPORTED,
    UNCOUNTED,
    UPDATED,
    Classes,
    classes_of,
    folding_of,
)
from hygiene.prediction.traits import Bits
from hygiene.sinks.rows import CLASSES

__all__ = ["LITERAL", "Evidence", "Held", "told_of"]

#: How addresses are told apart to see whether a list holds two spellings of one lead.
LITERAL = Folding(trimmed=True, case=False, plus_tag=False, gmail_dots=False)

#: Classes that agree with what an API says of a row; it says nothing of one that is not here.
_AGREES: Mapping[int, tuple[int, ...]] = {
    1 + CLASSES.index("imported"): (IMPORTED, UPDATED),
    1 + CLASSES.index("updated"): (UPDATED, DUPLICATE, IMPORTED),
    1 + CLASSES.index("duplicate"): (DUPLICATE, UPDATED, UNCOUNTED),
    1 + CLASSES.index("blocked"): (BLOCKED,),
    1 + CLASSES.index("invalid"): (UNCOUNTED, BLOCKED),
}

Members = Callable[[Folding], Mask | None]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the leads of a trace, in its order.

    Attributes:
        members: True where the list holds a lead's key under a folding now; None where that was not kept; without
            it the list was not read back.
        was_read: Whether it is known what the list held before.
        traits: What an importer could see of each lead; None where that was not kept.
        parts: The parts of their addresses, while their file is at hand; else None.
        fields: What was sent of the leads besides, by column, while their file is at hand; else None.
    """

    members: Members | None = field(default=None, repr=False)
    was_read: bool = False
    traits: Callable[[], Bits] | None = field(default=None, repr=False)
    parts: Callable[[], Parts] | None = field(default=None, repr=False)
    fields: Callable[[], Mapping[str, pa.DictionaryArray]] | None = field(default=None, repr=False)


def told_of(results: Sequence[Any], batch: Codes, /) -> Codes:
    """For each lead what the API said of it (`hygiene.sinks.rows`), 0 for nothing.

    Args:
        results: Batches with `batch` and `told`.
        batch: The number of each lead's request, never falling.
    """
    found = np.zeros(len(batch), dtype=np.int64)
    for result in results:
        told = np.frombuffer(getattr(result, "told", b""), np.uint8)
        first, end = np.searchsorted(batch, [result.batch, result.batch + 1])
        if len(told) == end - first:
            found[first:end] = told
    return found


@dataclass(frozen=True, slots=True)
class Held:
    """Rules held against evidence, lead by lead.

    Attributes:
        evidence: What is known.
        at: Places in it of the leads that were answered for.
        features: What rules see of these.
        batch: The request of each, from 0.
        numbers: The number of each request.
        moments: When each request was answered, in ms since 1970 in UTC; 0 where nobody knows.
        told: What the API said of each.
        waived: Whether the requests waived the block list.
    """

    evidence: Evidence
    at: Codes
    features: Features
    batch: Codes
    numbers: Codes
    moments: Codes
    told: Codes
    waived: bool

    @property
    def speaks(self) -> bool:
        """Whether anything is known of single leads."""
        return self.evidence.members is not None or bool(self.told.any())

    def parts(self) -> Parts | None:
        """The parts of the leads' addresses; None where their file is not at hand."""
        found = None if self.evidence.parts is None else self.evidence.parts()
        return found if found is None or len(self.at) == len(found.local) else found.take(self.at)

    def present(self, folding: Folding, /) -> Mask | None:
        """True where the list holds the lead's key under a folding; None where that is not known."""
        found = None if self.evidence.members is None else self.evidence.members(folding)
        return None if found is None else found[self.at]

    def classes(self, policy: ImportPolicy, /) -> Classes:
        """The class of each lead under a policy."""
        return classes_of(self.features, policy, batch=self.batch, waive_blocklist=self.waived)

    def missing(self, policy: ImportPolicy, classes: Classes, /) -> Mask:
        """Leads that these rules have in the list, and that are not there."""
        there = self.present(folding_of(policy))
        if there is None:
            return np.zeros(len(self.at), dtype=bool)
        found: Mask = self._usable(policy) & (classes == IMPORTED) & ~there
        return found

    def taken(self, policy: ImportPolicy, /) -> int | None:
        """How many leads the list gained, as these rules tell leads apart; None where nobody looked."""
        there = self.present(folding_of(policy))
        return None if there is None else int(np.count_nonzero(there & (self.classes(policy) == IMPORTED)))

    def beyond(self, policy: ImportPolicy, classes: Classes, /) -> Mask:
        """Leads that these rules keep out of the list, and that it gained."""
        folding = folding_of(policy)
        if not self.evidence.was_read or bool((classes == IMPORTED).all()):
            return np.zeros(len(self.at), dtype=bool)
        there, literal = self.present(folding), self.present(LITERAL)
        if there is None or literal is None:
            return np.zeros(len(self.at), dtype=bool)
        key = self.features.key(folding)
        taken = np.isin(key, key[np.isin(classes, (IMPORTED, UPDATED, DUPLICATE))])
        found = there & ~taken & ~self.features.known(folding)
        repeats = np.isin(classes, (DUPLICATE, UPDATED)) & literal & ~self.features.known(LITERAL)
        pairs = np.unique(np.column_stack([key, self.features.key(LITERAL)])[literal], axis=0)
        spellings = np.bincount(pairs[:, 0], minlength=int(key.max(initial=0)) + 1)[key]
        found |= repeats & ((spellings > 1) | self.features.known(folding))
        return found & self._usable(policy)

    def otherwise(self, classes: Classes, /) -> Mask:
        """Leads of which the API itself says another class."""
        found = np.zeros(len(self.at), dtype=bool)
        for said, agrees in _AGREES.items():
            found |= (self.told == said) & np.isin(classes, agrees, invert=True)
        return found

    def _usable(self, policy: ImportPolicy) -> Mask:
        return self.features.usable(trimmed=policy.strip_whitespace, kind=policy.usable_address)
