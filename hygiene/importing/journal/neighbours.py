"""Neighbours: what other imports bring to the same list while one runs, read from the journal that they share.

What the API holds is not asked, and nothing here writes.
"""

import json
from collections.abc import Sequence

import numpy as np

from hygiene.importing.journal.database import Database
from hygiene.importing.journal.stored_features import Block, StoredFeatures
from hygiene.importing.journal.stored_keys import plain
from hygiene.importing.records import Places
from hygiene.policy import ImportPolicy
from hygiene.prediction.simulate import DUPLICATE, IMPORTED, UPDATED, classes_of, folding_of
from hygiene.sinks import Target

__all__ = ["LANDED", "Batch", "Neighbours", "landed_places", "read_blocks"]

#: States of batches whose leads are in the list, and of those whose leads may be.
LANDED = ("acknowledged", "settled")
_MAY_BE = (*LANDED, "sending", "unknown")

_BATCHES = """
SELECT import, number, state FROM batches JOIN imports ON imports.id = import
WHERE url = ? AND list_id = ? AND import != ?
"""

#: A batch of another import: its import and its number.
Batch = tuple[str, int]


def read_blocks(journal: Database, import_id: str, /) -> list[Block]:
    """The leads of an import as they were written."""
    found = journal.read("SELECT rows, bits, keys FROM leads WHERE import = ? ORDER BY first", (import_id,))
    return [Block(row["rows"], row["bits"], row["keys"]) for row in found]


def landed_places(
    kept: StoredFeatures, places: Places, policy: ImportPolicy, /, *, waive_blocklist: bool
) -> Places:
    """Those of the places whose leads are in the list once their batch was taken: not those that are blocked."""
    alone = np.arange(len(places))
    classes = classes_of(kept.take(places), policy, batch=alone, waive_blocklist=waive_blocklist)
    found: Places = places[np.isin(classes, (IMPORTED, DUPLICATE, UPDATED))]
    return found


class Neighbours:
    """The other imports to one list, from the moment on at which this is made.

    Args:
        journal: Where they are remembered.
        target: The list.
        own: The import that is not another one.
    """

    def __init__(self, journal: Database, target: Target, own: str, /) -> None:
        self._journal, self._of = journal, (target.url, target.list_id, own)
        self._version: int | None = None
        self._others: dict[str, tuple[StoredFeatures, ImportPolicy, bool]] = {}
        self._before = self._batches(LANDED)  # what is on its way now may cross
        self._told = set(self._before)

    def news(self) -> set[Batch]:
        """Batches that others brought to the list since this was last asked."""
        version = self._journal.read("PRAGMA data_version")[0][0]
        if version == self._version:
            return set()  # nobody else wrote
        self._version = version
        news = self._batches(LANDED) - self._told
        self._told |= news
        return news

    def sent(self) -> set[Batch]:
        """Batches that others sent since this was made, whatever became of them."""
        return self._batches(_MAY_BE) - self._before

    def _batches(self, states: Sequence[str]) -> set[Batch]:
        found = self._journal.read(_BATCHES, self._of)
        return {(row["import"], row["number"]) for row in found if row["state"] in states}

    def meet(self, batches: set[Batch], own: StoredFeatures, policy: ImportPolicy, /) -> dict[str, Places]:
        """Places of our leads that are in these batches of others too, by import.

        Args:
            batches: The batches.
            own: What rules see of our leads.
            policy: When two leads are the same.
        """
        folding = folding_of(policy)
        found: dict[str, Places] = {}
        for name in sorted({name for name, _ in batches}):
            theirs = self._leads(name, [number for other, number in batches if other == name])
            how = folding if theirs.folds(folding) else plain(folding)
            mine, there = (
                own.digests(how),
                frozenset(theirs.digests(how)),
            )  # numpy would take their last NULs off
            met = [place for place, digest in enumerate(mine) if digest in there]
            found |= {name: np.array(met)} if met else {}
        return found

    def _leads(self, name: str, numbers: Sequence[int]) -> StoredFeatures:
        """The leads of some batches of another import that are in the list once those were taken."""
        marks = ", ".join("?" * len(numbers))
        rows = self._journal.read(
            f"SELECT leads FROM batches WHERE import = ? AND number IN ({marks})",  # noqa: S608 -- marks alone
            (name, *numbers),
        )
        places = np.concatenate([np.frombuffer(row["leads"], "<u4") for row in rows]).astype(np.int64)
        kept, policy, waived = self._kept(name, int(places.max(initial=-1)))
        return kept.take(landed_places(kept, places, policy, waive_blocklist=waived))

    def _kept(self, name: str, last: int) -> tuple[StoredFeatures, ImportPolicy, bool]:
        """What is kept of another import, with the place `last` in it: leads are only ever added."""
        if name not in self._others or len(self._others[name][0]) <= last:
            row = self._journal.read("SELECT frozen, waive_blocklist FROM imports WHERE id = ?", (name,))[0]
            policy = ImportPolicy.from_toml(json.loads(row["frozen"])["policy"])
            kept = StoredFeatures.of(read_blocks(self._journal, name), policy)
            self._others[name] = (kept, policy, bool(row["waive_blocklist"]))
        return self._others[name]
