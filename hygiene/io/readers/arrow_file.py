"""Columnar files: Parquet and Arrow, their columns as text.

Text stays as it is, whatever it looks like; numbers, dates and nested values become text. A row's line is
its number in the file.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.errors import InputError
from hygiene.io.readers.batch import Batch, first_rows
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.sources import Digest, Source

__all__ = ["ArrowFile", "is_columnar"]

#: First bytes of each format, and the word for it.
_MAGIC = {b"PAR1": "Parquet", b"ARROW1": "Arrow", b"\xff\xff\xff\xff": "Arrow"}

#: Rows of a batch.
_ROWS = 50_000


def is_columnar(source: Source, /) -> bool:
    """Whether a file is Parquet or Arrow, by its first bytes."""
    return source.starts().startswith(tuple(_MAGIC))


@dataclass(frozen=True, slots=True)
class ArrowFile:
    """A Parquet or Arrow file."""

    source: Source
    header: Sequence[str]
    limits: Limits
    notes: Sequence[str] = ()

    @classmethod
    def look(cls, source: Source, limits: Limits, /) -> "ArrowFile":
        """The file's columns.

        Raises:
            InputError: it is damaged, or passes a limit.
        """
        with _opened(source) as (schema, _):
            header = list(schema.names)
        if len(header) > limits.columns:
            raise limits.refuse("columns", source.name, f"it has {len(header):,} columns")
        return cls(source, header, limits)

    def sample(self, rows: int, /) -> list[list[str]]:
        """The first rows."""
        return first_rows(self.batches(), rows)

    def batches(self, digest: Digest | None = None, /) -> Iterator[Batch]:
        """All rows."""
        self.source.hash_into(digest)
        line = 1
        with _opened(self.source) as (_, batches):
            for batch in batches():
                if batch.num_rows:
                    columns = [self._column(name, batch.column(at)) for at, name in enumerate(self.header)]
                    lines = np.arange(line, line + batch.num_rows, dtype=np.int64)
                    yield Batch(columns, lines)
                    line += batch.num_rows

    def _column(self, name: str, column: pa.Array) -> pa.ChunkedArray:
        texts = pc.fill_null(as_text(column), "")
        if (pc.max(pc.utf8_length(texts)).as_py() or 0) > self.limits.cell:
            found = f"column {name!r} holds a cell of more than {self.limits.cell:,} characters"
            raise self.limits.refuse("cell", self.source.name, found)
        if pc.any(pc.match_substring(texts, "\0")).as_py():
            msg = f"{self.source.name}: column {name!r} holds a NUL character. Take it out; it is no text."
            raise InputError(msg)
        return pa.chunked_array([texts])


def as_text(column: pa.Array, /) -> pa.Array:
    """A column of any type as `large_string`."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return as_text(column.dictionary_decode())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind):
        return column.cast(pa.large_string())
    return pa.array([_cell_text(cell) for cell in column.to_pylist()], pa.large_string())


def _cell_text(cell: Any) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return None if cell != cell else str(int(cell)) if cell.is_integer() else repr(cell)  # noqa: PLR0124 -- NaN
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "backslashreplace")
    if isinstance(cell, dict | list):
        return json.dumps(cell, ensure_ascii=False, default=str, separators=(",", ":"))
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


@contextmanager
def _opened(source: Source) -> Iterator[tuple[pa.Schema, Callable[[], Iterator[pa.RecordBatch]]]]:
    """The schema and the record batches."""
    starts = source.starts()
    format_ = next(word for magic, word in _MAGIC.items() if starts.startswith(magic))
    try:
        with source.open() as file:
            if format_ == "Parquet":
                import pyarrow.parquet as pq

                parquet = pq.ParquetFile(file)
                yield parquet.schema_arrow, lambda: parquet.iter_batches(batch_size=_ROWS)
            elif starts.startswith(b"ARROW1"):
                whole = pa.ipc.open_file(file)
                yield whole.schema, lambda: map(whole.get_batch, range(whole.num_record_batches))
            else:
                stream = pa.ipc.open_stream(file)
                yield stream.schema, lambda: iter(stream)
    except (pa.ArrowException, OSError) as error:
        msg = f"{source.name}: begins like a file of {format_} and cannot be read; it is damaged or cut off."
        raise InputError(msg) from error
