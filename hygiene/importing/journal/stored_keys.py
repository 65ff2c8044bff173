"""Stored keys: the duplicate keys of leads under every folding, as HMACs that mean nothing outside their journal.

How they lie in a block is said in `stored_features`.
"""

import hashlib
import struct
import zlib
from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.policy import ImportPolicy
from hygiene.prediction.features import Codes, Folding, fold
from hygiene.prediction.simulate import folding_of

__all__ = [
    "DEFAULT",
    "FOLDINGS",
    "KEPT_RULES",
    "NOT_KEPT",
    "KeyColumns",
    "Secret",
    "folding_number",
    "keeps_more",
    "keys_of",
    "own_folding",
    "plain",
]

#: Every folding, by its number.
FOLDINGS = tuple(Folding(*(bool(number >> bit & 1) for bit in range(4))) for number in range(16))

#: Parts of a folding that are kept.
KEPT_RULES = 4
#: Rules of which a block says nothing but what the import's own policy has.
NOT_KEPT = ("usable_address", "fold_gmail_tags", "fold_googlemail", "fold_u_labels", "block_reach")
#: The bit of the number of keys that says that there are further foldings.
_MORE = 1 << 31

#: Octets of an HMAC that are kept: a chance of 1 in 10^26 that any two of a million leads meet.
DIGEST_OCTETS = 16

#: Octets of a block of SHA-256, which HMAC pads its key to.
BLOCK_OCTETS = 64

DEFAULT = ImportPolicy()


def folding_number(folding: Folding, /) -> int:
    """The number of a folding, its further rules apart."""
    return sum(int(given) << bit for bit, given in enumerate(folding[:KEPT_RULES]))


def plain(folding: Folding, /) -> Folding:
    """The same without its further rules, under which keys are kept of every import."""
    return Folding(*folding[:KEPT_RULES])


def keeps_more(policy: ImportPolicy) -> bool:
    """Whether an import's own policy has rules of which blocks say nothing by default."""
    return any(getattr(policy, rule) != getattr(DEFAULT, rule) for rule in NOT_KEPT)


def own_folding(folding: Folding, policy: ImportPolicy) -> Folding:
    """A folding with the further rules of keys that a policy has."""
    return Folding(*folding[:KEPT_RULES], *folding_of(policy)[KEPT_RULES:])


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


class KeyColumns:
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


def _folded(addresses: pa.Array, folding: Folding) -> pa.Array:
    texts = pc.fill_null(addresses, "")
    return fold(pc.utf8_trim_whitespace(texts) if folding.trimmed else texts, folding)


def keys_of(addresses: pa.Array, secret: Secret, policy: ImportPolicy, /) -> bytes:
    """The keys of a block of leads, as it is written."""
    met = _met(addresses)
    same = [
        Folding(*(given and there for given, there in zip(each[:KEPT_RULES], met[:KEPT_RULES], strict=True)))
        for each in FOLDINGS
    ]
    same += [own_folding(each, policy) for each in FOLDINGS] if keeps_more(policy) else []
    distinct = list(dict.fromkeys(same))
    encoded = pa.concat_arrays([_folded(addresses, folding) for folding in distinct]).dictionary_encode()
    columns = (
        encoded.indices.to_numpy(zero_copy_only=False).astype("<u4").reshape(len(distinct), len(addresses))
    )
    column_of = bytes(distinct.index(folding) for folding in same)
    digests = secret.digests(encoded.dictionary)
    count = struct.pack("<I", len(digests) | (_MORE if len(same) > len(FOLDINGS) else 0))
    return count + b"".join(digests) + column_of + zlib.compress(columns.tobytes(), 1)


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
    (count,) = struct.unpack_from("<I", keys)
    distinct, foldings = count & ~_MORE, 2 * len(FOLDINGS) if count & _MORE else len(FOLDINGS)
    end = 4 + distinct * DIGEST_OCTETS
    digests = [keys[start : start + DIGEST_OCTETS] for start in range(4, end, DIGEST_OCTETS)]
    column_of = keys[end : end + foldings]
    codes = np.frombuffer(zlib.decompress(keys[end + foldings :]), "<u4").astype(np.int64)
    return _BlockKeys(digests, column_of, codes.reshape(max(column_of) + 1, -1))
