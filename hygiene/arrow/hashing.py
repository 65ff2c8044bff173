"""Hashing: texts as numbers of fixed width, for whole columns.

Multilinear hashing with half the multiplications (Multilinear-HM) under random keys: whatever two texts are,
they collide with a probability that the width of the hash says, and nobody can choose texts that do. Source:
Lemire and Kaser, "Strongly universal string hashing is fast" (2014). The keys are new in every process, so no
hash outlives it; processes that work on one cleaning are handed one `HashKey`.

`pandas.util.hash_array` needs a Python string for every cell and a call for every 64 bits; xxhash takes one
text a call.
"""

import hashlib
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import text_column

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "OWN_KEY",
    "HashKey",
    "HashSet",
    "Hashes",
    "InProcess",
    "Lookup",
    "bucket_of",
    "by_bucket",
    "distinct",
    "frame_digest",
    "hash_texts",
]

#: One row a text.
Hashes = np.ndarray[Any, np.dtype[np.uint64]]
_Places = np.ndarray[Any, np.dtype[np.int64]]

#: Octets up to which texts are hashed as columns; a longer one is hashed by itself.
_WIDTHS = (32, 64)
#: Texts at once, so that what is made on the way stays in the processor's cache.
_SLICE = 1 << 15
#: Texts from which on several slices are hashed at once.
_MANY = 1 << 18
#: Lanes and rows of random numbers: a row for each 32 bits of text, one for its length, and one to add.
_LANES, _ROWS = 4, _WIDTHS[-1] // 4 + 2
#: Bits of a number that NumPy sorts in one go over its digits.
_SHORT = 16
#: The lower half of a word.
_LOW = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True)
class HashKey:
    """What hashes are made under; hashes of two processes are equal only under the same key.

    Attributes:
        octets: Random octets; never shown.
    """

    octets: bytes = field(default_factory=lambda: secrets.token_bytes(8 * _LANES * _ROWS + 32), repr=False)

    @cached_property
    def numbers(self) -> Hashes:
        """Random numbers, by row and lane."""
        return np.frombuffer(self.octets[:-32], np.uint64).reshape(_ROWS, _LANES)

    @property
    def secret(self) -> bytes:
        """The key of texts that are hashed by themselves."""
        return self.octets[-32:]


#: The key of this process.
OWN_KEY = HashKey()


def hash_texts(texts: pa.Array, /, *, lanes: int = 4, key: HashKey = OWN_KEY) -> Hashes:
    """Each text as 32 bits a lane, two lanes a number; null as the empty text.

    Args:
        texts: A `large_string` array.
        lanes: 2 or 4, the latter where two texts with equal hashes are taken for equal.
        key: Another key than that of this process, which alone `Lookup.of` knows.

    Returns:
        An array of shape (texts, lanes / 2).
    """
    found = np.empty((len(texts), lanes // 2), dtype=np.uint64)
    starts = range(0, len(texts), _SLICE)

    def fill(start: int) -> None:
        found[start : start + _SLICE] = _hash_slice(texts.slice(start, _SLICE), lanes, key)

    if len(texts) < _MANY:
        for start in starts:
            fill(start)
    else:
        with ThreadPoolExecutor(pa.cpu_count()) as threads:
            list(threads.map(fill, starts))
    return found


def _hash_slice(texts: pa.Array, lanes: int, key: HashKey) -> Hashes:
    if texts.null_count:
        texts = pc.fill_null(texts, "")
    offsets = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    octets = np.frombuffer(texts.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]
    padded = np.zeros(len(octets) + _WIDTHS[-1], dtype=np.uint8)
    padded[: len(octets)] = octets
    starts, sizes = offsets[:-1] - offsets[0], np.diff(offsets)
    found = np.empty((len(texts), lanes // 2), dtype=np.uint64)
    # Most texts are short: those of a width are hashed together, so that few words of padding are.
    shorter = 0
    for width in _WIDTHS:
        rows = np.flatnonzero((sizes >= shorter) & (sizes <= width))
        if len(rows) == len(sizes):
            return _hash_words(padded, starts, sizes, width, key.numbers[:, :lanes])
        if len(rows):
            found[rows] = _hash_words(padded, starts[rows], sizes[rows], width, key.numbers[:, :lanes])
        shorter = width + 1
    for row in np.flatnonzero(sizes >= shorter).tolist():
        text = octets[starts[row] : starts[row] + sizes[row]].tobytes()
        digest = hashlib.blake2b(text, key=key.secret, digest_size=16).digest()
        found[row] = np.frombuffer(digest, np.uint64)[: lanes // 2]
    return found


def _hash_words(padded: Any, starts: Any, sizes: Any, width: int, numbers: Hashes) -> Hashes:
    """The hashes of texts of at most `width` octets that begin at `starts`: upper halves of sums."""
    # Every text is a window of one width on the same octets, which numpy takes as one block of words: no loop over
    # rows, and nothing is copied but what is hashed.
    windows = np.ndarray((len(padded) - width + 1,), f"V{width}", padded, strides=(1,))[starts]
    words = windows.view(np.uint64).reshape(-1, width // 8)
    # Little end first, the octets of the next text are the upper bits of a word. What is left is shifted alike in
    # texts of one size, and the size is hashed too. A shift by 64 bits or more gives 0.
    beyond = 64 - 8 * sizes
    # What overflows is let go of: the hash is defined modulo 2**64.
    sums = sizes.view(np.uint64) * numbers[-2][:, None] + numbers[-1][:, None]
    for place in range(width // 8):
        low = words[:, place] << np.maximum(beyond + 64 * place, 0).view(np.uint64)
        high = low >> np.uint64(32)
        low &= _LOW
        for lane, (first, second) in enumerate(zip(*numbers[2 * place : 2 * place + 2], strict=True)):
            term = low + first
            term *= high + second
            sums[lane] += term
    found: Hashes = (sums[::2] & ~_LOW | sums[1::2] >> np.uint64(32)).T
    return found


def bucket_of(hashes: Hashes, bits: int, /) -> Hashes:
    """The leading bits of each hash, by which buckets are numbered: equal hashes are in one, and all fill alike."""
    return hashes >> np.uint64(64 - bits)


def by_bucket(hashes: Hashes, bits: int, /) -> tuple[_Places, _Places]:
    """The positions of hashes bucket by bucket, those of one in their order, and where all but the first begin."""
    bucket: np.ndarray[Any, np.dtype[np.uint16 | np.int64]]
    bucket = bucket_of(hashes, bits).astype(np.uint16 if bits <= _SHORT else np.int64)
    begins: _Places = np.cumsum(np.bincount(bucket, minlength=1 << bits))[:-1]
    return np.argsort(bucket, kind="stable"), begins


def distinct(hashes: Hashes, /) -> Hashes:
    """Hashes of one dimension in order, each once; `numpy.unique` takes forty times as long (2.4.1, for numbers)."""
    ordered = np.sort(hashes)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered


class HashSet:
    """Hashes of 64 bits, to be asked which others are among them; by several threads at once.

    Args:
        hashes: Each as often as it likes.
    """

    def __init__(self, hashes: Hashes, /) -> None:
        self._hashes = distinct(hashes)
        # Eight places a hash or more, so that most hashes that are not among these need no search.
        self._seen = np.zeros(1 << max(len(self._hashes).bit_length() + 3, 8), dtype=bool)
        self._seen[self._hashes & np.uint64(len(self._seen) - 1)] = True

    def __len__(self) -> int:
        """How many different ones there are."""
        return len(self._hashes)

    def has(self, hashes: Hashes, /) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """True where a hash is among them."""
        found: np.ndarray[Any, np.dtype[np.bool_]] = self._seen[hashes & np.uint64(len(self._seen) - 1)]
        rows = np.flatnonzero(found)
        if len(rows):
            place = np.searchsorted(self._hashes, hashes[rows])
            found[rows] = self._hashes[np.minimum(place, len(self) - 1)] == hashes[rows]
        return found


class InProcess:
    """Goes to another process without the lookups it has made: their hashes do not outlive this one."""

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if not isinstance(value, Lookup)}


class Lookup:
    """The places of hashed texts.

    Args:
        hashes: The hashes, of shape (texts, 2); of equal ones the first is found.
        places: What stands for each; its position where None.
    """

    def __init__(self, hashes: Hashes, places: _Places | None = None, /) -> None:
        order = np.argsort(hashes[:, 0], kind="stable")  # of equal texts the first one first
        self._hashes = hashes[order]
        self._place = order if places is None else places[order]
        self._seen = np.zeros(1 << max(len(hashes).bit_length() + 3, 8), dtype=bool)
        self._seen[self._hashes[:, 0] & self._last] = True

    @classmethod
    def of(cls, texts: pa.Array, /) -> "Lookup":
        """The places of texts; null is found by none."""
        there = np.flatnonzero(pc.is_valid(texts).to_numpy(zero_copy_only=False))
        return cls(hash_texts(texts.take(pa.array(there)) if texts.null_count else texts), there)

    def __len__(self) -> int:
        """How many texts there are."""
        return len(self._hashes)

    @property
    def _last(self) -> np.uint64:
        return np.uint64(len(self._seen) - 1)

    def find(self, hashes: Hashes, /) -> _Places:
        """The place of each hash; -1 where it is not there."""
        found = np.full(len(hashes), -1, dtype=np.int64)
        rows = np.flatnonzero(self._seen[hashes[:, 0] & self._last])
        at = np.searchsorted(self._hashes[:, 0], hashes[rows, 0])
        while len(rows):
            inside = at < len(self._hashes)
            rows, at = rows[inside], at[inside]
            first, second = (self._hashes[at] == hashes[rows]).T
            same = first & second
            found[rows[same]] = self._place[at[same]]
            rows, at = rows[first & ~second], at[first & ~second] + 1
        return found


def frame_digest(frame: "pd.DataFrame", /) -> str:
    """Hex digest of a frame's column names and cells as text, for leads that did not come from a file."""
    digest = hashlib.sha256()
    for place, name in enumerate(frame.columns):
        cells = pc.fill_null(text_column(frame.iloc[:, place]), "\x00")
        sizes = pc.binary_length(cells).to_numpy(zero_copy_only=False)
        digest.update(f"{len(str(name))}:{name}:{len(cells)}:".encode())
        digest.update(np.ascontiguousarray(sizes, dtype="<i8").tobytes())
        digest.update(_octets(cells))
    return digest.hexdigest()


def _octets(cells: pa.Array) -> memoryview:
    """The UTF-8 of all cells, one after the other."""
    if not len(cells):
        return memoryview(b"")
    _, edges, octets = cells.buffers()
    first, end = np.frombuffer(edges, np.int64)[cells.offset : cells.offset + len(cells) + 1][[0, -1]]
    return memoryview(octets)[first:end] if octets is not None else memoryview(b"")
