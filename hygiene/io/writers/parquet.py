"""Parquet, part after part: the same file however the rows were cut into parts.

Rows are gathered into row groups of one size. The type of a column is settled by the first group.
"""

import os
from collections.abc import Sequence
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from hygiene.arrow.columns import Cells, Columns
from hygiene.errors import UsageError, option
from hygiene.io.writers.archive_file import ArchiveFile
from hygiene.io.writers.cells import text_cells

__all__ = ["ParquetTable"]

#: Rows of a group; a reader takes a group at a time.
GROUP_ROWS = 1 << 17


class ParquetTable:
    """A Parquet file that is written part after part.

    Args:
        file: Where to.
        path: What it is called in messages.
    """

    def __init__(self, file: IO[bytes], path: str | os.PathLike[str], /) -> None:
        self._file, self._path = ArchiveFile(file), path
        self._writer: pq.ParquetWriter | None = None
        self._parts: list[pa.RecordBatch] = []
        self._waiting = 0

    def add(self, table: Columns, /) -> None:
        """Write further rows."""
        arrays = [_plain(cells) for cells in table.cells]
        names = [str(name) for name in table.names]
        self._parts.append(pa.RecordBatch.from_arrays(arrays, names=names))
        self._waiting += len(table)
        while self._waiting >= GROUP_ROWS:
            self._write(GROUP_ROWS)

    def close(self) -> None:
        """Write what is left, and the footer."""
        if self._parts and (self._waiting or self._writer is None):
            self._write(self._waiting)
        if self._writer is not None:
            self._writer.close()
        self._file.check()

    def drop(self) -> None:
        """Let the writer go."""
        self._file.give_up()
        if self._writer is not None:
            self._writer.close()

    def _write(self, rows: int) -> None:
        """Write the first rows of those that wait as a group."""
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._file, _schema(self._parts))
        schema = self._writer.schema
        whole = pa.Table.from_batches([self._cast(part, schema) for part in self._parts], schema)
        self._writer.write_table(whole.slice(0, rows).combine_chunks(), row_group_size=GROUP_ROWS)
        self._file.check()
        self._parts = whole.slice(rows).to_batches()
        self._waiting -= rows

    def _cast(self, part: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
        try:
            return part.cast(schema)
        except pa.ArrowInvalid as error:
            msg = (
                f"{self._path}: a column does not keep its type; write it with {option('out_format', 'csv')}."
            )
            raise UsageError(msg) from error


def _plain(column: Cells) -> pa.Array:
    """The cells as one array, text as `large_string`; cells of mixed kinds are text."""
    try:
        found = column if isinstance(column, pa.Array) else pa.array(column, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return text_cells(column)
    if isinstance(found, pa.ChunkedArray):
        found = found.combine_chunks()
    if pa.types.is_dictionary(found.type):
        found = found.dictionary_decode()
    return found.cast(pa.large_string()) if pa.types.is_string(found.type) else found


def _schema(parts: Sequence[pa.RecordBatch]) -> pa.Schema:
    """The type of each column: that of its cells in all parts, text where they differ or there are none."""
    fields = []
    for at, name in enumerate(parts[0].schema.names):
        types = {part.schema.field(at).type for part in parts} - {pa.null()}
        fields.append(pa.field(name, types.pop() if len(types) == 1 else pa.large_string()))
    return pa.schema(fields)
