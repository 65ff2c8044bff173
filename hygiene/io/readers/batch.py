"""Batches: rows of one file as Arrow columns, each row with its place."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeAlias

import numpy as np
import pyarrow as pa

from hygiene.io.readers.sources import Digest

__all__ = ["Batch", "Lines", "Table", "address_in", "batch_of_rows", "first_rows"]

#: What looks like an address in the raw text of a row.
_ADDRESS = re.compile(r"[^\s,;:|<>()\"']+@[^\s,;|<>()\"'@]+")

#: Line of each row.
Lines: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one file, each as wide as the header; malformed ones blank, with their raw text aside.

    Attributes:
        columns: One `large_string` column for each cell of the header, without nulls.
        lines: Line of each row.
        malformed: Position of a malformed row to its raw text.
        sources: File of each row, where rows come from other files than the one that is read.
    """

    columns: Sequence[pa.ChunkedArray]
    lines: Lines
    malformed: dict[int, str] = field(default_factory=dict)
    sources: Sequence[str] | None = None

    def __len__(self) -> int:
        return len(self.lines)

    def cut(self, start: int, rows: int) -> "Batch":
        """So many rows of the batch."""
        end = start + rows
        return replace(
            self,
            columns=[column.slice(start, rows) for column in self.columns],
            lines=self.lines[start:end],
            malformed={row - start: raw for row, raw in self.malformed.items() if start <= row < end},
            sources=self.sources[start:end] if self.sources is not None else None,
        )

    def head(self, rows: int) -> list[list[str]]:
        """The first rows as lists of cells."""
        cells = [column.slice(0, rows).to_pylist() for column in self.columns]
        return [list(row) for row in zip(*cells, strict=True)]


class Table(Protocol):
    """One file whose layout is known."""

    @property
    def header(self) -> Sequence[str]:
        """The header's cells as they are in the file."""
        ...

    @property
    def notes(self) -> Sequence[str]:
        """Sentences about choices that were made; there may be more after the file was read."""
        ...

    def sample(self, rows: int, /) -> list[list[str]]:
        """The first rows."""
        ...

    def batches(self, digest: Digest | None = None, /) -> Iterator[Batch]:
        """All rows in their order; the file's bytes go through `digest`."""
        ...


def address_in(raw: str, /) -> str:
    """The first address in the raw text of a malformed row, which its email cell holds; "" where there is none."""
    found = _ADDRESS.search(raw)
    return found[0] if found else ""


def first_rows(batches: Iterable[Batch], rows: int, /) -> list[list[str]]:
    """The first rows of batches as lists of cells."""
    found: list[list[str]] = []
    for batch in batches:
        found += batch.head(rows - len(found))
        if len(found) >= rows:
            break
    return found


def batch_of_rows(
    rows: Sequence[Sequence[str]], lines: Sequence[int], width: int, malformed: dict[int, str] | None = None
) -> Batch:
    """A batch from rows of cells."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * width
    return Batch(
        [pa.chunked_array([pa.array(column, pa.large_string())]) for column in columns],
        np.asarray(lines, dtype=np.int64),
        malformed or {},
    )
