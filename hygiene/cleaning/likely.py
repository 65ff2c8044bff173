"""Likely: rows that are likely one person's under two addresses.

Rows that share a key of `BLOCKS` are brought together, and only those are compared: in the order of their rows, so that
of the traits of all chunks those of few are in memory at a time. A row is noted beside another that stands better, and
is never a duplicate by that.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.hashing import HashKey, hash_texts
from hygiene.arrow.text import not_null
from hygiene.checks.field_notes import public_domains
from hygiene.cleaning.check_chunk import CheckedChunk
from hygiene.cleaning.dedup.clusters import Carried
from hygiene.cleaning.dedup.partitions import Partitions
from hygiene.cleaning.settings import Settings
from hygiene.cleaning.trait_store import TraitStore
from hygiene.columns.mapping import CANONICAL
from hygiene.columns.person_columns import person_columns
from hygiene.fields.person_traits import BLOCKS, TRAITS, block_keys, person_traits
from hygiene.fields.same_person import COUNTED, are_apart, are_likely, compare_pairs, least_bits, share_of
from hygiene.lists.suffixes import registrable
from hygiene.outcomes import Outcome

__all__ = ["LikelyIndex", "Traces", "traces_of"]

#: Counters a trait: texts that share one are taken for more frequent than they are, which costs pairs and adds none.
_COUNTERS = 1 << 18
#: Pairs that are compared at once, whose texts are in memory meanwhile.
_AT_ONCE = 1 << 14
#: Rows of a chunk whose traits are worked out at once.
_ROWS_AT_ONCE = 1 << 13
#: Traits by which most pairs are told apart before the others are looked at.
_OF_NAMES = ("given", "surname", "phone", "linkedin", "born", "street")
#: Bits of a row's number in an entry; above them is the number of the block.
_ROW_BITS = np.uint64(56)
_TEXT = pa.large_string()
_Numbers = np.ndarray[Any, np.dtype[np.int64]]
_Words = np.ndarray[Any, np.dtype[np.uint64]]


@dataclass(frozen=True, slots=True, repr=False)
class Traces:
    """What is kept of some rows of a chunk to find rows of one person.

    Attributes:
        keys: Hashed keys of every row by the number of the block, those blocks that any has; 0 for none.
        traits: What is compared of every row, nothing where it has no address, and the key of duplicates.
    """

    keys: Mapping[int, _Words]
    traits: pa.RecordBatch


def traces_of(chunk: CheckedChunk, settings: Settings, /) -> list[Traces]:
    """The traces of all rows of a chunk, in their order; some rows at a time, since much is made on the way."""
    there, keys = not_null(chunk.address), chunk.keys(settings).key
    found = []
    for start in range(0, len(chunk), _ROWS_AT_ONCE):
        part = there[start : start + _ROWS_AT_ONCE]
        rows = np.flatnonzero(part)
        traits = _traits(chunk, rows + start, settings)
        hashed = {}
        for number, texts in enumerate(block_keys(traits).values()):
            if texts.null_count < len(texts):
                hashed[number] = np.zeros(len(part), dtype=np.uint64)
                hashed[number][rows] = _hashes(texts) * not_null(texts)
        where = pa.array(np.maximum(np.cumsum(part) - 1, 0), mask=~part)
        columns = {name: texts.take(where) for name, texts in traits.items()}
        batch = pa.RecordBatch.from_pydict({**columns, "key": keys.slice(start, _ROWS_AT_ONCE)})
        found.append(Traces(hashed, batch))
        pa.default_memory_pool().release_unused()  # what Arrow keeps of it for later adds up from part to part
    return found


@cache
def _key() -> HashKey:
    """One key for every run: which rows are noted must not depend on chance, and gains nobody anything."""
    return HashKey(np.random.default_rng(17).bytes(len(HashKey().octets)))


def _hashes(texts: pa.Array) -> _Words:
    hashes: _Words = hash_texts(texts, lanes=2, key=_key())[:, 0]
    return hashes


def _counters(texts: pa.Array) -> _Numbers:
    return (_hashes(texts) % np.uint64(_COUNTERS)).astype(np.int64)


def _count(texts: pa.Array) -> np.ndarray[Any, np.dtype[np.uint32]]:
    return np.bincount(_counters(texts.drop_null()), minlength=_COUNTERS).astype(np.uint32)


def _traits(chunk: CheckedChunk, rows: _Numbers, settings: Settings) -> dict[str, pa.Array]:
    where = pa.array(rows)
    leads = chunk.leads
    once = [name for name, times in Counter(leads.columns).items() if times == 1]
    columns = {name: name for name in CANONICAL if name in once}
    columns |= person_columns(name for name in once if name not in columns)
    return person_traits(
        {name: leads[column].take(where) for name, column in columns.items()},
        chunk.address.take(where),
        chunk.domain.take(where),
        registrable=registrable,
        public=pa.array(sorted(public_domains(settings.traits)), _TEXT),
    )


class LikelyIndex:
    """The traces of the rows that were surveyed so far.

    Args:
        open_file: Makes a temporary file for what does not fit.
        most_octets: Octets of traces that are held before they go to such files.
    """

    def __init__(
        self,
        *,
        open_file: Callable[[], IO[bytes]] | None = None,
        most_octets: int | None = None,
    ) -> None:
        self._keys = Partitions(2, open_file=open_file, most_octets=most_octets)
        self._pairs = Partitions(2, open_file=open_file, most_octets=most_octets)
        self._traits = TraitStore(open_file=open_file, most_octets=most_octets)
        self._counts = {name: np.zeros(_COUNTERS, dtype=np.uint32) for name in COUNTED}
        self._rows = 0
        self._firsts = [0]

    def add(self, traces: Iterable[Traces], /) -> None:
        """Take in the traces of the rows of the next chunk."""
        entries = [np.zeros((0, 2), dtype=np.uint64)]
        for some in traces:
            for number, keys in some.keys.items():
                rows = np.flatnonzero(keys)
                where = (rows + self._rows).astype(np.uint64) | np.uint64(number) << _ROW_BITS
                entries.append(np.stack([keys[rows] ^ np.uint64(number), where], axis=1))
            self._traits.add(some.traits)
            for name in COUNTED:
                self._counts[name] += _count(some.traits[name])
            self._rows += len(some.traits)
            self._firsts.append(self._rows)
        self._keys.add(np.concatenate(entries))

    def relate(self, ranks: np.ndarray[Any, np.dtype[np.int8]], /) -> Carried:
        """The rows that are likely of the same person as another; to be called once, after the last chunk.

        Args:
            ranks: Rank of each row's outcome, as far as it goes.

        Returns:
            The rows that are noted, the row that each is likely the same as, and as text that row's number and why.
        """
        one, other, bits, why = self._compared(np.array(self._firsts))
        return _noted(one, other, bits, why, ranks)

    def _compared(self, firsts: _Numbers) -> tuple[_Numbers, _Numbers, np.ndarray[Any, Any], pa.Array]:
        """The pairs of rows that are likely one person, with the evidence."""
        least = least_bits(self._rows)
        kept = []
        for low, high in self._candidates():
            apart = are_apart(*self._both(firsts, low, high, _OF_NAMES))
            one, other = low[~apart], high[~apart]
            found = self._weighed(*self._both(firsts, one, other, (*TRAITS, "key")))
            enough = np.flatnonzero(~found[1] & (found[0] > least))
            kept.append((one[enough], other[enough], found[0][enough], found[2].take(pa.array(enough))))
        if not kept:
            return np.arange(0), np.arange(0), np.zeros(0), pa.nulls(0, _TEXT)
        ones, others, bits, why = zip(*kept, strict=True)
        all_bits = np.concatenate(bits)
        likely = np.flatnonzero(are_likely(all_bits, self._rows))
        return (
            np.concatenate(ones)[likely],
            np.concatenate(others)[likely],
            all_bits[likely],
            pa.concat_arrays(why).take(pa.array(likely)),
        )

    def _candidates(self) -> Iterator[tuple[_Numbers, _Numbers]]:
        """Pairs of rows that have a key in common, each once, some at a time.

        Those that come together have the lower row out of few chunks, and the higher ones in their order.
        """
        shift = np.uint64(64 - max(self._rows, 1).bit_length())
        for entries in self._keys.parts():
            low, high = _pairs(entries)
            self._pairs.add(np.stack([low << shift, high], axis=1))
        for part in self._pairs.parts():
            low, high = part[:, 0] >> shift, part[:, 1]
            both = np.unique(high << np.uint64(32) | low)
            for start in range(0, len(both), _AT_ONCE):
                some = both[start : start + _AT_ONCE]
                yield (
                    (some & np.uint64(0xFFFFFFFF)).astype(np.int64),
                    (some >> np.uint64(32)).astype(np.int64),
                )

    def _gathered(self, firsts: _Numbers, rows: _Numbers, names: Sequence[str]) -> dict[str, pa.Array]:
        """The traits of some rows, which rise; those of a chunk are read once."""
        parts = list[pa.RecordBatch]()
        ends = np.searchsorted(rows, firsts)
        for number in range(len(self._traits)):
            here = rows[ends[number] : ends[number + 1]] - firsts[number]
            if len(here) or not parts:
                parts.append(self._traits[number].select(names).take(pa.array(here)))
        return {name: pa.concat_arrays([part[name] for part in parts]) for name in names}

    def _both(
        self, firsts: _Numbers, one: _Numbers, other: _Numbers, names: Sequence[str]
    ) -> tuple[dict[str, pa.Array], dict[str, pa.Array]]:
        """Some traits of both rows of pairs."""
        rows = np.unique(np.concatenate([one, other]))
        traits = self._gathered(firsts, rows, names)
        here, there = (pa.array(np.searchsorted(rows, each)) for each in (one, other))
        return (
            {name: texts.take(here) for name, texts in traits.items()},
            {name: texts.take(there) for name, texts in traits.items()},
        )

    def _weighed(self, one: Mapping[str, pa.Array], other: Mapping[str, pa.Array]) -> Any:
        shares = {}
        for name, anywhere in COUNTED.items():
            counts = [self._counts[name][_counters(each[name])] for each in (one, other)]
            times = np.maximum(*counts).astype(np.float64)
            shares[name] = share_of(times, self._rows, anywhere)
        bits, never, why = compare_pairs(one, other, shares)
        return (
            bits,
            never | np.asarray(pc.equal(one["key"], other["key"]).to_numpy(zero_copy_only=False)),
            why,
        )


def _pairs(entries: _Words) -> tuple[_Words, _Words]:
    """The lower and the higher rows of pairs that have a key in common, where not too many have it."""
    entries = entries[np.argsort(entries[:, 0], kind="stable")]
    keys, rows = entries[:, 0], entries[:, 1]
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else np.arange(0)
    sizes = np.diff(np.append(starts, len(keys)))
    most = np.array(list(BLOCKS.values()))[(rows[starts] >> _ROW_BITS).astype(np.int64)]
    chosen = np.repeat((sizes > 1) & (sizes <= most), sizes)
    keys, rows = keys[chosen], rows[chosen] & np.uint64((1 << 56) - 1)
    found = [np.zeros(0, dtype=np.uint64)]
    for apart in range(1, max(BLOCKS.values())):
        same = keys[apart:] == keys[:-apart]
        if not same.any():
            break
        first, second = rows[:-apart][same], rows[apart:][same]
        low, high = np.minimum(first, second), np.maximum(first, second)
        found.append((low << np.uint64(32) | high)[low != high])
    pairs = np.unique(np.concatenate(found))
    return pairs >> np.uint64(32), pairs & np.uint64(0xFFFFFFFF)


def _noted(
    one: _Numbers,
    other: _Numbers,
    bits: np.ndarray[Any, Any],
    why: pa.Array,
    ranks: np.ndarray[Any, np.dtype[np.int8]],
) -> Carried:
    """Of each pair the row that stands worse, beside the one that it is likeliest the same as."""
    place = _standing(ranks)
    worse = (place[other] > place[one]) | ((place[other] == place[one]) & (other > one))
    row, beside = np.where(worse, other, one), np.where(worse, one, other)
    order = np.lexsort([beside, -bits, row])
    rows, first = np.unique(row[order], return_index=True)
    chosen = order[first]
    numbers = pc.cast(pa.array(beside[chosen] + 1), _TEXT)
    text = pc.binary_join_element_wise(numbers, why.take(pa.array(chosen)), pa.scalar(":", _TEXT))
    return Carried(rows, text, beside[chosen])


def _standing(ranks: np.ndarray[Any, np.dtype[np.int8]]) -> _Numbers:
    """How rows stand to be the one that others are held against: who said no, then who is sent, then the rest."""
    order = [Outcome.SUPPRESSED, *reversed([each for each in Outcome if each is not Outcome.SUPPRESSED])]
    found = np.zeros(len(Outcome), dtype=np.int64)
    for number, outcome in enumerate(order):
        found[outcome.rank] = number
    standing: _Numbers = found[ranks]
    return standing
