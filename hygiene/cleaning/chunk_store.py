"""Where the chunks of a survey are kept: in memory, or where the caller says.

What is done with a chunk is not decided here.
"""

from typing import IO, Protocol

from hygiene.cleaning.check_chunk import CheckedChunk, Texts

__all__ = ["ChunkStore", "Chunks", "ChunksInMemory"]


class Chunks(Protocol):
    """Keeps the chunks of a survey, in memory or elsewhere."""

    def append(self, chunk: CheckedChunk, /) -> None:
        """Keep the next chunk."""

    def __getitem__(self, number: int, /) -> CheckedChunk:
        """The chunk with a number, from 0."""

    def __len__(self) -> int:
        """How many there are."""

    def texts(self, number: int, /) -> Texts:
        """The addresses of the chunk with a number, which may be at hand sooner than all of it."""


class ChunksInMemory(list[CheckedChunk]):
    """Chunks in memory."""

    def texts(self, number: int, /) -> Texts:
        """The addresses of the chunk with a number."""
        return self[number].texts


class ChunkStore(Protocol):
    """Where a survey keeps more than fits in memory."""

    #: Octets of keys that may be held in memory.
    key_octets: int

    def chunks(self) -> Chunks:
        """An empty keeper of chunks."""

    def open_file(self) -> IO[bytes]:
        """A new temporary file, gone when it is closed."""
