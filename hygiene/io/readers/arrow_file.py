"""Columnar files: Parquet and Arrow, their columns as text.

Parquet is decoded here, Arrow's own format by a process that may die of it (`arrow_process`). A row's line is its
number in the file.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from hygiene.errors import InputError
from hygiene.io.decoding.text_columns import Batches, RefusedError, TextColumns, why
from hygiene.io.readers.arrow_process import Decoded, refusal
from hygiene.io.readers.batch import Batch, first_rows
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.sources import Digest, Source

__all__ = ["ArrowFile", "is_columnar"]

_PARQUET = b"PAR1"

#: First bytes of each format: Parquet, files of Arrow, streams of Arrow.
_MAGIC = (_PARQUET, b"ARROW1", b"\xff\xff\xff\xff")

#: Rows of a batch.
_ROWS = 50_000


def is_columnar(source: Source, /) -> bool:
    """Whether a file is Parquet or Arrow, by its first bytes."""
    return source.starts().startswith(_MAGIC)


@dataclass(frozen=True, slots=True)
class ArrowFile:
    """A Parquet or Arrow file.

    Attributes:
        source: The file.
        header: Its columns.
        notes: What was made of columns that are no text.
        texts: Gives the columns from the first row on, so many rows at a time.
    """

    source: Source
    header: Sequence[str]
    notes: Sequence[str]
    texts: Callable[[], Iterator[list[pa.Array]]]

    @classmethod
    def look(cls, source: Source, limits: Limits, /) -> "ArrowFile":
        """The file's columns; those of octets are read through for what they hold.

        Raises:
            InputError: it is damaged, holds what cannot be read, or passes a limit.
        """
        if not source.starts().startswith(_PARQUET):
            decoded = Decoded.of(source, limits)
            return cls(source, decoded.header, decoded.notes, decoded.batches)
        with _opened(source, limits) as (schema, intervals, batches):
            columns = TextColumns.look(schema, intervals, batches, columns=limits.columns, cell=limits.cell)
            notes = columns.notes(schema.names)

        def texts() -> Iterator[list[pa.Array]]:
            with _opened(source, limits) as (_, _, batches):
                yield from map(columns.of, batches(None))

        return cls(source, columns.header, notes, texts)

    def sample(self, rows: int, /) -> list[list[str]]:
        """The first rows."""
        return first_rows(self.batches(), rows)

    def batches(self, digest: Digest | None = None, /) -> Iterator[Batch]:
        """All rows."""
        self.source.hash_into(digest)
        line = 1
        for columns in self.texts():
            rows = len(columns[0]) if columns else 0
            if rows:
                lines = np.arange(line, line + rows, dtype=np.int64)
                yield Batch([pa.chunked_array([column]) for column in columns], lines)
                line += rows


@contextmanager
def _opened(source: Source, limits: Limits) -> Iterator[tuple[pa.Schema, frozenset[str], Batches]]:
    """The schema of a Parquet file, its columns of INTERVAL, and the record batches, of some columns where named."""
    import pyarrow.parquet as pq

    try:
        with source.open() as file:
            # Moments of Spark and Hive are days and nanoseconds, and reach further than nanoseconds alone.
            parquet = pq.ParquetFile(file, coerce_int96_timestamp_unit="us")
            # Of more columns than are taken none is looked at.
            leaves = map(parquet.schema.column, range(min(len(parquet.schema), limits.columns)))
            intervals = frozenset(leaf.path for leaf in leaves if leaf.converted_type == "INTERVAL")
            yield (
                parquet.schema_arrow,
                intervals,
                lambda names: parquet.iter_batches(batch_size=_ROWS, columns=names),
            )
    except RefusedError as refused:
        raise refusal(source, limits, refused.found, refused.limit) from refused
    except (pa.ArrowException, OSError, UnicodeDecodeError, MemoryError) as error:
        raise InputError(f"{source.name}: {why('Parquet', error)}") from error
