"""Digests: hashed entries as fixed-size octets, found by the hash of an address.

A list of two million MD5 hashes takes some 30 octets a hash. What was hashed is never known here.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.hashing import bucket_of

__all__ = ["HashedEntries", "Hashes", "digests_of"]

_Octets = np.ndarray[Any, np.dtype[np.uint8]]
_Places = np.ndarray[Any, np.dtype[np.int64]]

#: Value of each hex digit, by its octet.
_NIBBLES = np.zeros(256, dtype=np.uint8)
_NIBBLES[np.frombuffer(b"0123456789abcdef", np.uint8)] = np.arange(16)


@dataclass(frozen=True, slots=True)
class Hashes:
    """Hashes of one kind as octets, one row each, and the lines they stand on."""

    octets: _Octets
    line: np.ndarray[Any, np.dtype[np.uint32]]

    @classmethod
    def from_hex(cls, texts: pa.Array, lines: _Places, /) -> "Hashes":
        """What lower-case hex texts of one length stand for."""
        offsets = np.frombuffer(texts.buffers()[1], dtype=np.int64)
        offsets = offsets[texts.offset : texts.offset + len(texts) + 1]
        digits = np.frombuffer(texts.buffers()[2], dtype=np.uint8)[offsets[0] : offsets[-1]]
        values = _NIBBLES[digits].reshape(len(texts), -1)
        octets = np.bitwise_or(np.left_shift(values[:, 0::2], np.uint8(4)), values[:, 1::2])
        return cls(octets, lines.astype(np.uint32))


@dataclass(frozen=True, slots=True)
class HashedEntries:
    """The hashes of one kind in a list, sorted.

    Attributes:
        kind: "md5", "sha1" or "sha256".
        head: First eight octets of each, as a number; ascending, equal ones in the order of the list.
        tail: The octets after them.
        line: Line of the list each stands on.
        start: Position of the first head that begins with each combination of leading bits.
    """

    kind: str
    head: np.ndarray[Any, np.dtype[np.uint64]]
    tail: _Octets
    line: np.ndarray[Any, np.dtype[np.uint32]]
    start: np.ndarray[Any, np.dtype[np.uint32]]

    @classmethod
    def of(cls, kind: str, parts: "list[Hashes]", /) -> "HashedEntries":
        """The digests of all parts of a list; the parts are taken out of it on the way."""
        count, width = sum(len(part.line) for part in parts), parts[0].octets.shape[1]
        head = np.empty(count, dtype=np.uint64)
        tail = np.empty((count, width - 8), dtype=np.uint8)
        line = np.empty(count, dtype=np.uint32)
        while parts:  # from the last one on, each given up when it is taken
            part = parts.pop()
            here = slice(count - len(part.line), count)
            head[here], tail[here], line[here] = _heads(part.octets), part.octets[:, 8:], part.line
            count = here.start
        order = np.argsort(head, kind="stable").astype(np.uint32)
        head = head[order]
        bits = max(1, len(head).bit_length())
        edges = np.arange(1 << bits, dtype=np.uint64) << np.uint64(64 - bits)
        return cls(kind, head, tail[order], line[order], np.searchsorted(head, edges).astype(np.uint32))

    def __len__(self) -> int:
        return len(self.head)

    @property
    def nbytes(self) -> int:
        """Octets of memory held."""
        return self.head.nbytes + self.tail.nbytes + self.line.nbytes + self.start.nbytes

    def hexes(self, places: _Places, /) -> list[str]:
        """The hashes at these positions, in hex."""
        heads = self.head[places].astype(">u8").view(np.uint8).reshape(-1, 8)
        return [row.tobytes().hex() for row in np.hstack([heads, self.tail[places]])]

    def find(self, texts: pa.Array, /) -> _Places:
        """Position of the first entry that is the hash of each text; -1 for none, and for null."""
        found = np.full(len(texts), -1, dtype=np.int64)
        there = np.flatnonzero(pc.is_valid(texts).to_numpy(zero_copy_only=False))
        if len(self) and len(there):
            words = texts if len(there) == len(texts) else texts.take(pa.array(there))
            found[there] = self._find(digests_of(self.kind, words))
        return found

    def _find(self, octets: _Octets) -> _Places:
        head = _heads(octets)
        bits = len(self.start).bit_length() - 1
        place = self.start[bucket_of(head, bits).astype(np.int64)].astype(np.int64)
        found = np.full(len(head), -1, dtype=np.int64)
        rows = np.flatnonzero(place < len(self.head))
        while len(rows):
            here = self.head[place[rows]]
            equal = rows[here == head[rows]]
            same = (self.tail[place[equal]] == octets[equal, 8:]).all(axis=1)
            found[equal[same]] = place[equal[same]]
            rows = rows[(here <= head[rows]) & (found[rows] < 0)]
            place[rows] += 1
            rows = rows[place[rows] < len(self.head)]
        return found


def digests_of(kind: str, texts: pa.Array, /) -> _Octets:
    """The digests of texts, one row of octets each.

    `hashlib` takes one text a call. A vectorised MD5 was tried: not twice as fast, and a cipher of our own.
    """
    digest = getattr(hashlib, kind)
    words = texts.cast(pa.large_binary()).to_pylist()
    joined = b"".join([digest(word, usedforsecurity=False).digest() for word in words])
    return np.frombuffer(joined, dtype=np.uint8).reshape(len(words), -1)


def _heads(octets: _Octets) -> np.ndarray[Any, np.dtype[np.uint64]]:
    return np.ascontiguousarray(octets[:, :8]).view(">u8").ravel().astype(np.uint64)
