"""Buckets: rows of fixed width, divided by the leading bits of their key, so that equal keys lie together.

What does not fit in memory goes to temporary files that the caller makes. SQLite and DuckDB were weighed: see
`benchmarks/README.md`.
"""

from collections.abc import Callable, Iterator
from typing import IO, Any

import numpy as np

from hygiene.arrow.hashing import by_bucket
from hygiene.errors import SpoolError

__all__ = ["Partitions"]

#: Bits of a key that name its bucket.
_BITS = 6

_Rows = np.ndarray[Any, np.dtype[np.uint64]]


class Partitions:
    """Rows of numbers whose first column is a key, evenly spread.

    Args:
        width: Numbers a row.
        open_file: Makes a temporary file; None where all stays in memory.
        most_octets: Octets held in memory before they go to files.
    """

    def __init__(
        self,
        width: int,
        /,
        *,
        open_file: Callable[[], IO[bytes]] | None = None,
        most_octets: int | None = None,
    ) -> None:
        self._width = width
        self._open_file, self._most = open_file, most_octets
        self._held: list[list[_Rows]] = [[] for _ in range(1 << _BITS)]
        self._files: list[IO[bytes]] = []
        self._octets = 0

    def add(self, rows: _Rows, /) -> None:
        """Take in rows; those of one bucket keep their order.

        Raises:
            SpoolError: a temporary file cannot be written.
        """
        order, begins = by_bucket(rows[:, 0], _BITS)
        for held, part in zip(self._held, np.split(rows.take(order, axis=0), begins), strict=True):
            if len(part):
                held.append(part)
        self._octets += rows.nbytes
        if self._open_file is not None and self._most is not None and self._octets > self._most:
            self._spill(self._open_file)

    def parts(self) -> Iterator[_Rows]:
        """The rows bucket by bucket; each is let go of afterwards."""
        for number, held in enumerate(self._held):
            parts = [np.zeros((0, self._width), dtype=np.uint64), *self._read(number), *held]
            held.clear()
            yield np.concatenate(parts)

    def _spill(self, open_file: Callable[[], IO[bytes]]) -> None:
        self._files = self._files or [open_file() for _ in self._held]
        try:
            for file, held in zip(self._files, self._held, strict=True):
                file.writelines(part.tobytes() for part in held)
                file.flush()
                held.clear()
        except OSError as error:
            raise SpoolError(error) from error
        self._octets = 0

    def _read(self, number: int) -> Iterator[_Rows]:
        if self._files:
            with self._files[number] as file:
                file.seek(0)
                yield np.frombuffer(file.read(), np.uint64).reshape(-1, self._width)
