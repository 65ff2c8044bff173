"""Keyed files: one of a folder whose name says something of every row in it, as a column of its own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from hygiene.io.readers.batch import Batch, Table
from hygiene.io.readers.sources import Digest

__all__ = ["KeyedFile"]


@dataclass(frozen=True, slots=True)
class KeyedFile:
    """A file with further columns that are the same on every row.

    Attributes:
        table: The file.
        keys: The columns and what they hold; one that the file has itself is its own.
    """

    table: Table
    keys: Mapping[str, str]

    @property
    def _added(self) -> dict[str, str]:
        own = {name.strip().casefold() for name in self.table.header}
        return {name: value for name, value in self.keys.items() if name.strip().casefold() not in own}

    @property
    def header(self) -> Sequence[str]:
        """The file's columns, then those of its folders."""
        return [*self.table.header, *self._added]

    @property
    def notes(self) -> Sequence[str]:
        """What the file says."""
        return self.table.notes

    def sample(self, rows: int, /) -> list[list[str]]:
        """The first rows."""
        return [[*row, *self._added.values()] for row in self.table.sample(rows)]

    def batches(self, digest: Digest | None = None, /) -> Iterator[Batch]:
        """All rows."""
        added = list(self._added.values())
        for batch in self.table.batches(digest):
            same = [pa.repeat(pa.scalar(value, pa.large_string()), len(batch)) for value in added]
            columns = [pa.chunked_array([column]) for column in same]
            yield replace(batch, columns=[*batch.columns, *columns])
