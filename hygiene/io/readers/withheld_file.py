"""Returned files: a `withheld` file of ours that a person has mended and hands back.

It is known by its first columns. Its verdicts are dropped, the guard against formulas is undone, and rows
keep the places they had in the files they came from.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from hygiene.columns.mapping import MALFORMED
from hygiene.io.formulas import unguarded_texts
from hygiene.io.readers.batch import Batch, Table, address_in, first_rows
from hygiene.io.readers.sources import Digest

__all__ = ["PLACE", "WithheldFile", "is_returned"]

#: Columns that a withheld file has before the original cells.
PLACE = ("row", "source", "line", "outcome", "reasons", "suggestion")

_NUMBER = re.compile(r"[0-9]{1,15}")


def is_returned(header: Sequence[str], /) -> bool:
    """Whether a header is that of a withheld file of ours."""
    return tuple(header[: len(PLACE)]) == PLACE


@dataclass(frozen=True, slots=True)
class WithheldFile:
    """A withheld file as the leads it holds.

    Attributes:
        table: The file.
        name: Its name, which is the place of rows whose own was lost.
        guarded: Whether cells were guarded against formulas: not in Parquet.
    """

    table: Table
    name: str
    guarded: bool

    @property
    def _kept(self) -> list[int]:
        return [at for at, name in enumerate(self.table.header) if at >= len(PLACE) and name != MALFORMED]

    @property
    def header(self) -> Sequence[str]:
        """The original header; columns that a withheld file had to rename have their own names again."""
        renamed = {f"{name} (2)": name for name in PLACE}
        names = [self.table.header[at] for at in self._kept]
        return [renamed.get(name, name) for name in (self._unguard_names(names) if self.guarded else names)]

    @property
    def notes(self) -> Sequence[str]:
        """That the file is one of ours."""
        told = "is a withheld file of ours: its verdicts are dropped, and rows keep their original places."
        return [told, *self.table.notes]

    def sample(self, rows: int, /) -> list[list[str]]:
        """The first rows."""
        return first_rows(self.batches(), rows)

    def batches(self, digest: Digest | None = None, /) -> Iterator[Batch]:
        """All rows."""
        return map(self._restored, self.table.batches(digest))

    def _restored(self, batch: Batch) -> Batch:
        columns = [batch.columns[at] for at in self._kept]
        if self.guarded:
            columns = [unguarded_texts(column) for column in columns]
        sources, lines = self._places(batch)
        return Batch(columns, lines, batch.malformed | self._still_malformed(batch, columns), sources)

    def _places(self, batch: Batch) -> tuple[list[str], "np.ndarray[tuple[int], np.dtype[np.int64]]"]:
        """Where rows stood; the place in this file where that can no longer be read."""
        source = unguarded_texts(batch.columns[PLACE.index("source")]).to_pylist()
        line = batch.columns[PLACE.index("line")].to_pylist()
        own = zip(source, line, batch.lines.tolist(), strict=True)
        places = [
            (name, int(number)) if name and _NUMBER.fullmatch(number) else (self.name, here)
            for name, number, here in own
        ]
        return [name for name, _ in places], np.array([at for _, at in places], dtype=np.int64)

    def _still_malformed(self, batch: Batch, columns: Sequence[pa.ChunkedArray]) -> dict[int, str]:
        """Rows that were malformed and have no cells yet but the address that we put there, with their raw text."""
        if MALFORMED not in self.table.header:
            return {}
        raw = batch.columns[list(self.table.header).index(MALFORMED)]
        texts = {
            at: text
            for at, text in enumerate((unguarded_texts(raw) if self.guarded else raw).to_pylist())
            if text
        }
        filled = {at: [cell for column in columns if (cell := column[at].as_py().strip())] for at in texts}
        return {at: text for at, text in texts.items() if filled[at] in ([], [address_in(text)])}

    @staticmethod
    def _unguard_names(names: Sequence[str]) -> list[str]:
        return [
            str(name)
            for name in unguarded_texts(pa.chunked_array([pa.array(names, pa.large_string())])).to_pylist()
        ]
