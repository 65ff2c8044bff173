"""Crossing: imports that run at the same time to the same list, and what that does to the leads they share.

What one of them brought is not sent by the other any more. What both sent at the same moment the API counts as a
duplicate of one, and which one that is nobody can foresee. Nothing here sends.
"""

from dataclasses import dataclass, field

import numpy as np

from hygiene.errors import Note
from hygiene.importing.records import Entry, Places, Record

__all__ = ["Crossing"]


def _nowhere() -> Places:
    return np.arange(0)


@dataclass(slots=True)
class Crossing:
    """What other imports do to the list while one runs.

    Attributes:
        record: What is remembered of the one.
        places: Places of its leads that others brought to the list so far.
    """

    record: Record
    places: Places = field(default_factory=_nowhere, repr=False)
    _by_import: dict[str, Places] = field(default_factory=dict, repr=False)
    _taken_out: list[Places] = field(default_factory=list, repr=False)

    def look(self) -> Places:
        """Look what others brought since; places of all leads that they brought so far."""
        for name, met in self.record.news().items():
            self._by_import[name] = np.union1d(self._by_import.get(name, _nowhere()), met)
            self.places = np.union1d(self.places, met)
        return self.places

    def taken_out(self, places: Places, /) -> None:
        """Take note of leads that are not sent."""
        self._taken_out.append(places)

    def notes(self) -> list[Note]:
        """One sentence for each import that brought leads which were not sent for that."""
        gone = np.unique(np.concatenate([_nowhere(), *self._taken_out]))
        counts = {name: int(np.isin(met, gone).sum()) for name, met in self._by_import.items()}
        return [
            Note(f"{count} leads were not sent: import {name} brought them to the list while this one ran")
            for name, count in counts.items()
            if count
        ]

    def explained(self, entries: list[Entry], /) -> list[Entry]:
        """Those of the batches that were counted otherwise than predicted while others sent leads of theirs."""
        odd = [
            entry
            for entry in entries
            if entry.result.drift is not None and any(entry.result.drift.as_dict().values())
        ]
        crossed = self.record.crossed() if odd else _nowhere()
        shared = [int(np.isin(entry.leads, crossed).sum()) for entry in odd]
        return [entry.with_result(elsewhere=leads) for entry, leads in zip(odd, shared, strict=True) if leads]
