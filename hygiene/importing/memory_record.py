"""A record that is gone with the process: what an import without a journal is remembered by."""

from collections.abc import Mapping, Sequence

import numpy as np

from hygiene.importing.records import Entry, Places
from hygiene.prediction.features import Features

__all__ = ["MemoryRecord"]


class MemoryRecord:
    """A record that is gone with the process.

    Args:
        rows: Row number of every planned lead.
        features: What counting rules see of them.
        entries: The batches.
    """

    def __init__(self, rows: Places, features: Features, entries: Sequence[Entry]) -> None:
        self._rows, self._features = rows, features
        self._entries = {entry.number: entry for entry in entries}

    @property
    def import_id(self) -> str | None:
        """None: nobody can ask for it later."""
        return None

    def rows(self) -> Places:
        """Row number of every planned lead."""
        return self._rows

    def features(self) -> Features:
        """What counting rules see of the planned leads."""
        return self._features

    def entries(self) -> list[Entry]:
        """Every batch."""
        return list(self._entries.values())

    def sending(self, entry: Entry, /, *, noted: Sequence[Entry] = ()) -> None:
        """Note that a batch is about to be sent, and what became of others."""
        self.finished([*noted, entry])

    def finished(self, entries: Sequence[Entry], /) -> None:
        """Note what became of batches."""
        self._entries |= {entry.number: entry for entry in entries}

    def rearranged(self, gone: Sequence[int], entries: Sequence[Entry], /) -> None:
        """Replace batches by others."""
        for number in gone:
            self._entries.pop(number, None)
        self._entries |= {entry.number: entry for entry in entries}

    def news(self) -> Mapping[str, Places]:
        """Nothing: nobody else is remembered."""
        return {}

    def crossed(self) -> Places:
        """None: nobody else is remembered."""
        return np.arange(0)
