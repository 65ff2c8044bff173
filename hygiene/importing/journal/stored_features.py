"""Stored features: what counting rules see of leads, kept without an address.

Leads are kept in blocks, in the order in which they were planned. A block of n leads has three parts, all
little-endian:

``rows``
    n signed 64-bit row numbers of the input.
``bits``
    n unsigned 64-bit numbers. Bits 0 and 1: the address is usable, as it is or trimmed. Bits 2 to 13: an
    entry of the block list names the lead's address (2 to 5), its domain (6 to 9) or a domain above it (10
    to 13); in each four, +1 is trimmed and +2 is without regard to case. Bits 16 to 31: the lead's key under
    folding 0 to 15 was that of a known lead in the list. Bits 32 to 47: of one elsewhere in the account.
``keys``
    The number d of distinct keys as an unsigned 32-bit number; d times 16 octets, each the first half of
    HMAC-SHA256 of a key's UTF-8 under the journal's secret; 16 octets, for each folding in turn the number of
    its column, from 0; then, deflated with zlib, the columns: n unsigned 32-bit numbers each, which of the d
    keys each lead has.

Folding 0 to 15 has bit 0 set where keys are trimmed, bit 1 where they have no case, bit 2 no plus tag, bit
3 no Gmail dots. So every `ImportPolicy` can be counted on a block; equal keys have equal HMACs within one
journal, and mean nothing in another.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Mask
from hygiene.errors import UsageError
from hygiene.prediction.features import KINDS, Codes, Features, Folding, Kind, fold

__all__ = ["FOLDINGS", "Block", "Secret", "StoredFeatures", "bits_of", "folding_number"]

#: Every folding, by its number.
FOLDINGS = tuple(Folding(*(bool(number >> bit & 1) for bit in range(4))) for number in range(16))

#: Parts of a folding that are kept.
_KEPT = 4
#: Rules of which a block says nothing.
_NOT_KEPT = ("usable_address", "fold_gmail_tags", "fold_googlemail", "fold_u_labels", "block_reach")

#: Octets of an HMAC that are kept: a chance of 1 in 10^26 that any two of a million leads meet.
DIGEST_OCTETS = 16

#: Octets of a block of SHA-256, which HMAC pads its key to.
BLOCK_OCTETS = 64

#: One number a lead; see the module.
Bits = np.ndarray[Any, np.dtype[np.uint64]]

_KINDS: Sequence[Kind] = KINDS[:3]
_LISTED_BIT, _KNOWN_BIT, _ELSEWHERE_BIT = 2, 16, 32


def folding_number(folding: Folding, /) -> int:
    """The number of a folding."""
    if any(folding[_KEPT:]):
        raise _not_kept("fold_gmail_tags, fold_googlemail and fold_u_labels")
    return sum(int(given) << bit for bit, given in enumerate(folding[:_KEPT]))


def _not_kept(rules: str) -> UsageError:
    return UsageError(
        f"the journal does not keep what the policy's {rules} need; take that out of the policy"
    )


class Secret:
    """The random key under which a journal keeps leads.

    Args:
        key: 64 octets at most.
    """

    def __init__(self, key: bytes, /) -> None:
        padded = key.ljust(BLOCK_OCTETS, b"\0")
        # HMAC by its definition (RFC 2104): a copied state is half the cost of a copied `hmac` object
        self._inner, self._outer = (
            hashlib.sha256(bytes(octet ^ pad for octet in padded)) for pad in (0x36, 0x5C)
        )

    def __repr__(self) -> str:
        return "<Secret>"

    def digests(self, texts: pa.Array, /) -> list[bytes]:
        """The HMAC of each text; a null has that of the empty text."""
        found = []
        for text in texts.to_pylist():
            inner, outer = self._inner.copy(), self._outer.copy()
            inner.update((text or "").encode())
            outer.update(inner.digest())
            found.append(outer.digest()[:DIGEST_OCTETS])
        return found

    def keys(self, addresses: pa.Array, folding: Folding, /) -> list[bytes]:
        """The HMAC of each address's key under a folding."""
        return self.digests(_folded(addresses, folding))


@dataclass(frozen=True, slots=True)
class Block:
    """One block of leads as it is written; see the module."""

    rows: bytes
    bits: bytes
    keys: bytes

    @classmethod
    def of(cls, rows: Codes, addresses: pa.Array, bits: Bits, secret: Secret, /) -> "Block":
        """The block of these leads.

        Args:
            rows: Their row numbers.
            addresses: Their addresses as they are sent.
            bits: What `bits_of` gives for them.
            secret: The journal's.
        """
        numbers = np.asarray(rows, "<i8").tobytes()
        return cls(numbers, bits.astype("<u8").tobytes(), _keys(addresses, secret))


class StoredFeatures:
    """Features read back from blocks; counts on them are those on the addresses.

    Args:
        rows: Row number of each lead.
        bits: The number of each lead.
        keys: The keys of all leads that were kept.
        places: Where among those each lead is.
    """

    def __init__(self, rows: Codes, bits: Bits, keys: "_Keys", places: Codes, /) -> None:
        self.rows, self._bits, self._keys, self._places = rows, bits, keys, places

    @classmethod
    def of(cls, blocks: Sequence[Block], /) -> "StoredFeatures":
        """The features that blocks hold, in their order."""
        rows = np.frombuffer(b"".join(block.rows for block in blocks), "<i8").astype(np.int64)
        bits = np.frombuffer(b"".join(block.bits for block in blocks), "<u8").astype(np.uint64)
        return cls(rows, bits, _Keys([block.keys for block in blocks]), np.arange(len(rows)))

    def __len__(self) -> int:
        return len(self._bits)

    def take(self, rows: Codes, /) -> "StoredFeatures":
        """The same of the leads at these positions alone."""
        return StoredFeatures(self.rows[rows], self._bits[rows], self._keys, self._places[rows])

    def sees(self, rule: str, /) -> bool:
        """Whether what a rule needs to be tried was kept."""
        return rule not in _NOT_KEPT

    def usable(self, *, trimmed: bool, kind: str = "loose") -> Mask:
        """True where a lead has a usable address, as it is or trimmed."""
        if kind != "loose":
            raise _not_kept("usable_address")
        return self._bit(int(trimmed))

    def key(self, folding: Folding, /) -> Codes:
        """The duplicate keys under a folding, as codes."""
        return self._keys.codes(folding_number(folding))[self._places]

    def known(self, folding: Folding, /) -> Mask:
        """True where the key was that of a known lead in the target list."""
        return self._bit(_KNOWN_BIT + folding_number(folding))

    def elsewhere(self, folding: Folding, /) -> Mask:
        """True where the key was that of a known lead in another list of the account."""
        return self._bit(_ELSEWHERE_BIT + folding_number(folding))

    def listed(self, kind: Kind, /, *, trimmed: bool, folded: bool) -> Mask:
        """True where an entry of the block list named the lead."""
        if kind not in _KINDS:
            raise _not_kept("block_reach")
        return self._bit(_LISTED_BIT + 4 * _KINDS.index(kind) + trimmed + 2 * folded)

    def digests(self, folding: Folding, /) -> list[bytes]:
        """The HMAC of each lead's key under a folding."""
        return [self._keys.digests[code] for code in self.key(folding).tolist()]

    def _bit(self, number: int) -> Mask:
        found: Mask = (self._bits >> np.uint64(number) & np.uint64(1)).astype(bool)
        return found


class _Keys:
    """The keys of several blocks, read when they are first asked for."""

    def __init__(self, blocks: Sequence[bytes], /) -> None:
        self._blocks = blocks
        self._codes: dict[tuple[int, ...], Codes] = {}

    @cached_property
    def _read(self) -> "list[_BlockKeys]":
        return [_read_keys(block) for block in self._blocks]

    @cached_property
    def _encoded(self) -> pa.DictionaryArray:
        """The distinct HMACs of all blocks, which may share some."""
        every = [digest for block in self._read for digest in block.digests]
        return pa.array(every, pa.binary(DIGEST_OCTETS)).dictionary_encode()

    @cached_property
    def digests(self) -> list[bytes]:
        """Distinct HMACs."""
        found: list[bytes] = self._encoded.dictionary.to_pylist()
        return found

    def codes(self, folding: int) -> Codes:
        """Which of the HMACs each lead has under a folding; foldings that change nothing share one array."""
        columns = tuple(block.column_of[folding] for block in self._read)
        if columns not in self._codes:
            same = self._encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
            starts = np.cumsum([0, *(len(block.digests) for block in self._read)])
            found = [
                same[block.columns[column] + start]
                for block, column, start in zip(self._read, columns, starts, strict=False)
            ]
            self._codes[columns] = np.concatenate([np.arange(0), *found])
        return self._codes[columns]


class _BlockKeys(NamedTuple):
    """The distinct HMACs of a block, the column of each folding, and which HMAC each lead has in a column."""

    digests: list[bytes]
    column_of: bytes
    columns: np.ndarray[Any, np.dtype[np.int64]]


def bits_of(features: Features, /) -> Bits:
    """What rules see of each lead besides its key, as the number that a block holds."""
    bits = np.zeros(len(features), dtype=np.uint64)
    for number, column in _columns(features):
        bits |= column.astype(np.uint64) << np.uint64(number)
    return bits


def _columns(features: Features) -> Iterator[tuple[int, Mask]]:
    """Each bit's number and its column."""
    for trimmed in (False, True):
        yield int(trimmed), features.usable(trimmed=trimmed)
        for folded, (place, kind) in product((False, True), enumerate(_KINDS)):
            number = _LISTED_BIT + 4 * place + trimmed + 2 * folded
            yield number, features.listed(kind, trimmed=trimmed, folded=folded)
    for number, folding in enumerate(FOLDINGS):
        yield _KNOWN_BIT + number, features.known(folding)
        yield _ELSEWHERE_BIT + number, features.elsewhere(folding)


def _folded(addresses: pa.Array, folding: Folding) -> pa.Array:
    texts = pc.fill_null(addresses, "")
    return fold(pc.utf8_trim_whitespace(texts) if folding.trimmed else texts, folding)


def _keys(addresses: pa.Array, secret: Secret) -> bytes:
    met = _met(addresses)
    same = [
        Folding(*(given and there for given, there in zip(each[:_KEPT], met[:_KEPT], strict=True)))
        for each in FOLDINGS
    ]
    distinct = list(dict.fromkeys(same))
    encoded = pa.concat_arrays([_folded(addresses, folding) for folding in distinct]).dictionary_encode()
    columns = (
        encoded.indices.to_numpy(zero_copy_only=False).astype("<u4").reshape(len(distinct), len(addresses))
    )
    column_of = bytes(distinct.index(folding) for folding in same)
    digests = secret.digests(encoded.dictionary)
    return (
        struct.pack("<I", len(digests)) + b"".join(digests) + column_of + zlib.compress(columns.tobytes(), 1)
    )


def _met(addresses: pa.Array) -> Folding:
    """Which rules of a folding could change one of these addresses; the others need not be tried."""
    texts = pc.fill_null(addresses, "")
    lowered = fold(texts, Folding(trimmed=False, case=True, plus_tag=False, gmail_dots=False))
    return Folding(
        trimmed=not texts.equals(pc.utf8_trim_whitespace(texts)),
        case=not texts.equals(lowered),
        plus_tag=_any_has(texts, "+"),
        gmail_dots=_any_has(lowered, "gmail.com") or _any_has(lowered, "googlemail.com"),
    )


def _any_has(texts: pa.Array, part: str) -> bool:
    return bool(pc.any(pc.match_substring(texts, part)).as_py())


def _read_keys(keys: bytes) -> _BlockKeys:
    (distinct,) = struct.unpack_from("<I", keys)
    end = 4 + distinct * DIGEST_OCTETS
    digests = [keys[start : start + DIGEST_OCTETS] for start in range(4, end, DIGEST_OCTETS)]
    column_of = keys[end : end + len(FOLDINGS)]
    codes = np.frombuffer(zlib.decompress(keys[end + len(FOLDINGS) :]), "<u4").astype(np.int64)
    return _BlockKeys(digests, column_of, codes.reshape(max(column_of) + 1, -1))
