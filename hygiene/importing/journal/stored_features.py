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
3 no Gmail dots. Equal keys have equal HMACs within one journal, and mean nothing in another.

That is all where the import's own policy leaves usable addresses, the reach of entries and the other rules of keys as
they are by default. Else a block holds more of them, so that every `ImportPolicy` can be counted on it that has these
rules as its own or by default:

``bits``
    After those numbers n further ones. Bits 0 to 15: the lead's key under folding 16 to 31 was that of a known lead in
    the list; bits 16 to 31: elsewhere in the account. Bits 32 and 33: the address is usable by the policy's rule, as
    it is or trimmed. Bits 34 to 37 and 38 to 41: an entry names what was registered as the same, or the letters at the
    end; in each four as above.
``keys``
    d has its highest bit set, and there are 32 octets for foldings. Folding 16 to 31 is that 16 less, with the policy's
    other rules of keys beside.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa

from hygiene.arrow.text import Mask
from hygiene.errors import UsageError
from hygiene.importing.journal.stored_keys import (
    DEFAULT,
    FOLDINGS,
    KEPT_RULES,
    NOT_KEPT,
    KeyColumns,
    Secret,
    folding_number,
    keeps_more,
    keys_of,
    own_folding,
)
from hygiene.policy import ImportPolicy
from hygiene.prediction.features import KINDS, Codes, Features, Folding, Kind

__all__ = ["Block", "StoredFeatures", "bits_of"]

#: One number a lead; see the module.
Bits = np.ndarray[Any, np.dtype[np.uint64]]

_KINDS: Sequence[Kind] = KINDS[:3]
_FURTHER: Sequence[Kind] = KINDS[3:]
_LISTED_BIT, _KNOWN_BIT, _ELSEWHERE_BIT = 2, 16, 32
#: In the second number of a lead; from the end of the first one on.
_WORD = 64
_OWN_KNOWN_BIT, _OWN_ELSEWHERE_BIT, _OWN_USABLE_BIT, _OWN_LISTED_BIT = (
    _WORD + bit for bit in (0, 16, 32, 34)
)


def _not_kept(rules: str) -> UsageError:
    return UsageError(
        f"the journal does not keep what the policy's {rules} need; take that out of the policy"
    )


@dataclass(frozen=True, slots=True)
class Block:
    """One block of leads as it is written; see the module."""

    rows: bytes
    bits: bytes
    keys: bytes

    @classmethod
    def of(
        cls,
        rows: Codes,
        addresses: pa.Array,
        bits: Bits,
        secret: Secret,
        policy: ImportPolicy = DEFAULT,
        /,
    ) -> "Block":
        """The block of these leads.

        Args:
            rows: Their row numbers.
            addresses: Their addresses as they are sent.
            bits: What `bits_of` gives for them.
            secret: The journal's.
            policy: The import's own.
        """
        numbers = np.asarray(rows, "<i8").tobytes()
        return cls(numbers, bits.astype("<u8").tobytes(), keys_of(addresses, secret, policy))


class StoredFeatures:
    """Features read back from blocks; counts on them are those on the addresses.

    Args:
        rows: Row number of each lead.
        bits: The number, or two, of each lead: one line of them, or two.
        keys: The keys of all leads that were kept.
        places: Where among those each lead is.
        policy: The import's own.
    """

    def __init__(
        self, rows: Codes, bits: Bits, keys: "KeyColumns", places: Codes, policy: ImportPolicy = DEFAULT, /
    ) -> None:
        self.rows, self._bits, self._keys, self._places = rows, bits, keys, places
        self._policy, self._has_more = policy, len(bits) > 1

    @classmethod
    def of(cls, blocks: Sequence[Block], policy: ImportPolicy = DEFAULT, /) -> "StoredFeatures":
        """The features that blocks hold, in their order.

        Args:
            blocks: Those of one import.
            policy: The import's own, under which they were written.
        """
        rows = [np.frombuffer(block.rows, "<i8").astype(np.int64) for block in blocks]
        bits = [
            np.frombuffer(block.bits, "<u8").astype(np.uint64).reshape(-1, len(numbers))
            for block, numbers in zip(blocks, rows, strict=True)
            if len(numbers)
        ]
        every = np.concatenate([np.arange(0), *rows])
        none = np.zeros((1 + keeps_more(policy), 0), dtype=np.uint64)
        held = np.concatenate([none[: len(bits[0])] if bits else none, *bits], axis=1)
        return cls(every, held, KeyColumns([block.keys for block in blocks]), np.arange(len(every)), policy)

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, rows: Codes, /) -> "StoredFeatures":
        """The same of the leads at these positions alone."""
        bits, places = self._bits[:, rows], self._places[rows]
        return StoredFeatures(self.rows[rows], bits, self._keys, places, self._policy)

    def sees(self, rule: str, /) -> bool:
        """Whether what a rule needs to be tried otherwise than the import had it was kept."""
        return rule not in NOT_KEPT

    def folds(self, folding: Folding, /) -> bool:
        """Whether keys under a folding were kept."""
        return not any(folding[KEPT_RULES:]) or (
            self._has_more and folding == own_folding(folding, self._policy)
        )

    def usable(self, *, trimmed: bool, kind: str = "loose") -> Mask:
        """True where a lead has a usable address, as it is or trimmed."""
        if kind == "loose":
            return self._bit(int(trimmed))
        if not self._has_more or kind != self._policy.usable_address:
            raise _not_kept("usable_address")
        return self._bit(_OWN_USABLE_BIT + trimmed)

    def key(self, folding: Folding, /) -> Codes:
        """The duplicate keys under a folding, as codes."""
        return self._keys.codes(self._number(folding))[self._places]

    def known(self, folding: Folding, /) -> Mask:
        """True where the key was that of a known lead in the target list."""
        number = self._number(folding)
        own = number >= len(FOLDINGS)
        return self._bit(_OWN_KNOWN_BIT + number - len(FOLDINGS) if own else _KNOWN_BIT + number)

    def elsewhere(self, folding: Folding, /) -> Mask:
        """True where the key was that of a known lead in another list of the account."""
        number = self._number(folding)
        own = number >= len(FOLDINGS)
        return self._bit(_OWN_ELSEWHERE_BIT + number - len(FOLDINGS) if own else _ELSEWHERE_BIT + number)

    def listed(self, kind: Kind, /, *, trimmed: bool, folded: bool) -> Mask:
        """True where an entry of the block list named the lead."""
        if kind in _KINDS:
            return self._bit(_LISTED_BIT + 4 * _KINDS.index(kind) + trimmed + 2 * folded)
        if not self._has_more:
            raise _not_kept("block_reach")
        return self._bit(_OWN_LISTED_BIT + 4 * _FURTHER.index(kind) + trimmed + 2 * folded)

    def digests(self, folding: Folding, /) -> list[bytes]:
        """The HMAC of each lead's key under a folding."""
        return [self._keys.digests[code] for code in self.key(folding).tolist()]

    def _number(self, folding: Folding) -> int:
        """The number of a folding among those that were kept."""
        if not self.folds(folding):
            raise _not_kept("fold_gmail_tags, fold_googlemail and fold_u_labels")
        return folding_number(folding) + (len(FOLDINGS) if any(folding[KEPT_RULES:]) else 0)

    def _bit(self, number: int) -> Mask:
        word, bit = divmod(number, _WORD)
        found: Mask = (self._bits[word] >> np.uint64(bit) & np.uint64(1)).astype(bool)
        return found


def bits_of(features: Features, policy: ImportPolicy = DEFAULT, /) -> Bits:
    """What rules see of each lead besides its key, as a block holds it: one line of numbers, or two."""
    bits = np.zeros((1 + keeps_more(policy), len(features)), dtype=np.uint64)
    for number, column in _columns(features):
        bits[0] |= column.astype(np.uint64) << np.uint64(number)
    for number, column in _further_columns(features, policy) if len(bits) > 1 else ():
        bits[1] |= column.astype(np.uint64) << np.uint64(number - _WORD)
    return bits


def _columns(features: Features) -> Iterator[tuple[int, Mask]]:
    """Each bit's number and its column."""
    for trimmed in (False, True):
        yield int(trimmed), features.usable(trimmed=trimmed)
        yield from _listed(features, _KINDS, _LISTED_BIT, trimmed=trimmed)
    for number, folding in enumerate(FOLDINGS):
        yield _KNOWN_BIT + number, features.known(folding)
        yield _ELSEWHERE_BIT + number, features.elsewhere(folding)


def _further_columns(features: Features, policy: ImportPolicy) -> Iterator[tuple[int, Mask]]:
    """The same of what a policy has otherwise than by default."""
    for trimmed in (False, True):
        yield _OWN_USABLE_BIT + trimmed, features.usable(trimmed=trimmed, kind=policy.usable_address)
        yield from _listed(features, _FURTHER, _OWN_LISTED_BIT, trimmed=trimmed)
    for number, folding in enumerate(FOLDINGS):
        own = own_folding(folding, policy)
        yield _OWN_KNOWN_BIT + number, features.known(own)
        yield _OWN_ELSEWHERE_BIT + number, features.elsewhere(own)


def _listed(
    features: Features, kinds: Sequence[Kind], first: int, *, trimmed: bool
) -> Iterator[tuple[int, Mask]]:
    for folded, (place, kind) in product((False, True), enumerate(kinds)):
        yield first + 4 * place + trimmed + 2 * folded, features.listed(kind, trimmed=trimmed, folded=folded)
