"""Likely: rows that are likely one person's under two addresses.

Rows that share a key of `BLOCKS` are brought together; only those are compared, and only of those is the text read
again. A row is noted beside another that stands better, and is never a duplicate by that.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.hashing import HashKey, hash_texts
from hygiene.arrow.text import not_null, text_column
from hygiene.checks.field_notes import public_domains
from hygiene.cleaning.check_chunk import CheckedChunk
from hygiene.cleaning.chunk_store import Chunks
from hygiene.cleaning.dedup.clusters import Carried
from hygiene.cleaning.dedup.partitions import Partitions
from hygiene.cleaning.settings import Settings
from hygiene.columns.mapping import CANONICAL
from hygiene.fields.person_traits import BLOCKS, block_keys, person_traits
from hygiene.fields.same_person import COUNTED, are_apart, are_likely, compare_pairs, share_of
from hygiene.lists.suffixes import registrable
from hygiene.outcomes import Outcome

__all__ = ["LikelyIndex", "Traces", "traces_of"]

#: Counters a trait: texts that share one are taken for more frequent than they are, which costs pairs and adds none.
_COUNTERS = 1 << 18
#: Pairs that are compared at once, whose texts are in memory meanwhile.
_AT_ONCE = 1 << 16
#: Pairs up to which all their traits are looked at.
_FEW = 1 << 14
#: Columns by which most pairs are told apart before the others are looked at.
_OF_NAMES = ("first_name", "last_name", "phone", "linkedin")
#: Bits of a row's number in an entry; above them is the number of the block.
_ROW_BITS = np.uint64(56)
#: Bits of evidence without which a pair is not likely in any input.
_LEAST = 12.0
_TEXT = pa.large_string()
_Numbers = np.ndarray[Any, np.dtype[np.int64]]
_Words = np.ndarray[Any, np.dtype[np.uint64]]


@dataclass(frozen=True, slots=True, repr=False)
class Traces:
    """What is kept of a chunk to find rows of one person.

    Attributes:
        keys: Hashed keys of blocks and, beside each, its row in the chunk and its block.
        counts: How often texts are met, by trait.
    """

    keys: _Words
    counts: Mapping[str, np.ndarray[Any, np.dtype[np.uint32]]]


def traces_of(chunk: CheckedChunk, settings: Settings, /) -> Traces:
    """The traces of the rows of a chunk that have an address."""
    rows = np.flatnonzero(not_null(chunk.address))
    traits = _traits(chunk, rows, settings)
    found = [np.zeros((0, 2), dtype=np.uint64)]
    for number, texts in enumerate(block_keys(traits).values()):
        there = np.flatnonzero(not_null(texts))
        hashes = hash_texts(texts.take(pa.array(there)), lanes=2, key=_key())[:, 0] ^ np.uint64(number)
        found.append(
            np.stack([hashes, rows[there].astype(np.uint64) | np.uint64(number) << _ROW_BITS], axis=1)
        )
    return Traces(np.concatenate(found), {name: _count(traits[name]) for name in COUNTED})


@cache
def _key() -> HashKey:
    """One key for every run: which rows are noted must not depend on chance, and gains nobody anything."""
    return HashKey(np.random.default_rng(17).bytes(len(HashKey().octets)))


def _counters(texts: pa.Array) -> _Numbers:
    hashes = hash_texts(texts, lanes=2, key=_key())[:, 0]
    return (hashes % np.uint64(_COUNTERS)).astype(np.int64)


def _count(texts: pa.Array) -> np.ndarray[Any, np.dtype[np.uint32]]:
    return np.bincount(_counters(texts.drop_null()), minlength=_COUNTERS).astype(np.uint32)


def _traits(
    chunk: CheckedChunk, rows: _Numbers, settings: Settings, columns: Sequence[str] = CANONICAL
) -> dict[str, pa.Array]:
    where = pa.array(rows)
    frame = chunk.frame
    names = [name for name in columns if list(frame.columns).count(name) == 1]
    return person_traits(
        {name: text_column(frame[name]).take(where) for name in names},
        chunk.address.take(where),
        chunk.domain.take(where),
        registrable=registrable,
        public=pa.array(sorted(public_domains(settings.traits)), _TEXT),
    )


class LikelyIndex:
    """The traces of the rows that were surveyed so far.

    Args:
        settings: What the cleaning does.
        open_file: Makes a temporary file for what does not fit.
        most_octets: Octets of traces that are held before they go to such files.
    """

    def __init__(
        self,
        settings: Settings,
        /,
        *,
        open_file: Callable[[], IO[bytes]] | None = None,
        most_octets: int | None = None,
    ) -> None:
        self._settings = settings
        self._keys = Partitions(2, open_file=open_file, most_octets=most_octets)
        self._counts = {name: np.zeros(_COUNTERS, dtype=np.uint32) for name in COUNTED}
        self._rows = 0

    def add(self, traces: Traces, rows: int, /) -> None:
        """Take in the traces of the next chunk, which has so many rows."""
        self._keys.add(traces.keys + np.array([0, self._rows], dtype=np.uint64))
        for name, counts in traces.counts.items():
            self._counts[name] += counts
        self._rows += rows

    def relate(
        self,
        chunks: Chunks,
        firsts: Sequence[int],
        ranks: np.ndarray[Any, np.dtype[np.int8]],
        /,
    ) -> Carried:
        """The rows that are likely of the same person as another; to be called once, after the last chunk.

        Args:
            chunks: The chunks.
            firsts: Position of the first row of each, and the number of all rows at the end.
            ranks: Rank of each row's outcome, as far as it goes.

        Returns:
            The rows that are noted, the row that each is likely the same as, and as text that row's number and why.
        """
        one, other, bits, why = self._compared(chunks, np.array(firsts))
        return _noted(one, other, bits, why, ranks)

    def _compared(
        self, chunks: Chunks, firsts: _Numbers
    ) -> tuple[_Numbers, _Numbers, np.ndarray[Any, Any], pa.Array]:
        """The pairs of rows that are likely one person, with the evidence."""
        pairs = np.unique(np.concatenate([np.zeros(0, dtype=np.uint64), *map(_pairs, self._keys.parts())]))
        kept = []
        for start in range(0, len(pairs), _AT_ONCE):
            some = pairs[start : start + _AT_ONCE]
            one, other = (
                (some >> np.uint64(32)).astype(np.int64),
                (some & np.uint64(0xFFFFFFFF)).astype(np.int64),
            )
            if len(some) > _FEW:
                apart = are_apart(*self._both(chunks, firsts, one, other, _OF_NAMES))
                one, other = one[~apart], other[~apart]
            found = self._weighed(*self._both(chunks, firsts, one, other, CANONICAL))
            enough = np.flatnonzero(~found[1] & (found[0] > _LEAST))
            kept.append((one[enough], other[enough], found[0][enough], found[2].take(pa.array(enough))))
        if not kept:
            return np.arange(0), np.arange(0), np.zeros(0), pa.nulls(0, _TEXT)
        ones, others, bits, why = zip(*kept, strict=True)
        all_bits = np.concatenate(bits)
        likely = np.flatnonzero(are_likely(all_bits, np.zeros(len(all_bits), dtype=bool), self._rows))
        return (
            np.concatenate(ones)[likely],
            np.concatenate(others)[likely],
            all_bits[likely],
            pa.concat_arrays(why).take(pa.array(likely)),
        )

    def _gathered(
        self, chunks: Chunks, firsts: _Numbers, rows: _Numbers, columns: Sequence[str]
    ) -> dict[str, pa.Array]:
        """The traits of some rows, which rise; a chunk is read once."""
        parts = list[dict[str, pa.Array]]()
        ends = np.searchsorted(rows, firsts)
        for number in range(len(chunks)):
            here = rows[ends[number] : ends[number + 1]] - firsts[number]
            if len(here) or not parts:
                chunk = chunks[number]
                key = chunk.keys(self._settings).key.take(pa.array(here))
                parts.append({**_traits(chunk, here, self._settings, columns), "key": key})
        return {name: pa.concat_arrays([part[name] for part in parts]) for name in parts[0]}

    def _both(
        self, chunks: Chunks, firsts: _Numbers, one: _Numbers, other: _Numbers, columns: Sequence[str]
    ) -> tuple[dict[str, pa.Array], dict[str, pa.Array]]:
        """The traits of both rows of pairs, from some columns."""
        rows = np.unique(np.concatenate([one, other]))
        traits = self._gathered(chunks, firsts, rows, columns)
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


def _pairs(entries: _Words) -> _Words:
    """Pairs of rows that have a key in common, each as one number, where not too many have it."""
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
    return np.unique(np.concatenate(found))


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
