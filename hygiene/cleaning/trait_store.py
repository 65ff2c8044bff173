"""Trait store: what is compared of the rows of every chunk, in memory as far as it may be, and beyond that in a file.

Pairs of rows from anywhere are compared, so that chunks are asked for again and again: of each only this is read.
"""

from collections.abc import Callable
from typing import IO

import pyarrow as pa

from hygiene.errors import SpoolError

__all__ = ["TraitStore"]


class TraitStore:
    """Batches of columns of text, one a chunk.

    Args:
        open_file: Makes a temporary file; None where all stays in memory.
        most_octets: Octets that are held before the further batches go to such a file.
    """

    def __init__(
        self, *, open_file: Callable[[], IO[bytes]] | None = None, most_octets: int | None = None
    ) -> None:
        self._open_file, self._left = open_file, most_octets
        self._held: list[pa.RecordBatch] = []
        self._ends = [0]
        self._file: IO[bytes] | None = None
        self._last: tuple[int, pa.RecordBatch] | None = None

    def __len__(self) -> int:
        return len(self._held) + len(self._ends) - 1

    def add(self, batch: pa.RecordBatch, /) -> None:
        """Keep the next batch.

        Raises:
            SpoolError: a temporary file cannot be written.
        """
        if self._open_file is None or self._left is None:
            self._held.append(batch)
            return
        self._left -= batch.nbytes
        if self._file is None and self._left >= 0:
            self._held.append(batch)
            return
        self._file = self._file or self._open_file()
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as stream:
            stream.write_batch(batch)
        octets = sink.getvalue()
        try:
            self._file.seek(self._ends[-1])
            self._file.write(octets)
            self._file.flush()
        except OSError as error:
            raise SpoolError(error) from error
        self._ends.append(self._ends[-1] + octets.size)

    def __getitem__(self, number: int, /) -> pa.RecordBatch:
        """The batch with a number, from 0; the one that was read last is at hand."""
        if number < len(self._held):
            return self._held[number]
        if self._last is None or self._last[0] != number:
            at = number - len(self._held)
            if self._file is None:  # never: what is not held is in the file
                raise IndexError(number)
            self._last = None
            self._file.seek(self._ends[at])
            octets = self._file.read(self._ends[at + 1] - self._ends[at])
            self._last = number, pa.ipc.open_stream(pa.py_buffer(octets)).read_next_batch()
        return self._last[1]
