"""Facts: what is kept of every row while a cleaning goes through its chunks, and what rows are to each other.

A few numbers of fixed width a row, never its text: a key as 128 bits, the rank of its outcome, what decides
which of several rows stays, and its domain by number where DNS is asked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.address import Keys
from hygiene.arrow.hashing import Hashes, Lookup, hash_texts
from hygiene.arrow.text import Mask, not_null
from hygiene.cleaning.dedup.clusters import Carried, Clusters
from hygiene.cleaning.dedup.partitions import Partitions
from hygiene.cleaning.dedup.survivors import join_repeats, order_repeats
from hygiene.cleaning.reasons import RowReasons
from hygiene.cleaning.settings import Settings
from hygiene.columns.dates import Dated
from hygiene.outcomes import SAME_PERSON, Outcome

__all__ = ["ChunkKeys", "KeyIndex"]

_TEXT = pa.large_string()
_Numbers = np.ndarray[Any, np.dtype[np.int64]]
_Ranks = np.ndarray[Any, np.dtype[np.int8]]
#: Columns of a row in the buckets: its key, its number, its merit, and its exact key where persons are matched.
_ROW, _MERIT, _EXACT = 2, 3, 4
#: Rows of a reason that are told.
_FIRST = 3


class _Said:
    """Texts of some rows, to be carried to others."""

    def __init__(self) -> None:
        self._hashes: list[Hashes] = [np.zeros((0, 2), dtype=np.uint64)]
        self._rows: list[_Numbers] = [np.arange(0)]
        self._texts: list[pa.Array] = [pa.nulls(0, _TEXT)]
        self._found: list[tuple[_Numbers, _Numbers]] = []

    def add(self, texts: pa.Array, hashes: Hashes, valid: Mask, *, start: int) -> None:
        self.add_of(np.arange(len(texts)), texts, hashes, valid, start=start)

    def add_of(self, rows: _Numbers, texts: pa.Array, hashes: Hashes, valid: Mask, *, start: int) -> None:
        """Take the texts of rows, of which one may have several keys."""
        told = np.flatnonzero(not_null(texts) & valid)
        self._hashes.append(hashes.take(told, axis=0))
        self._rows.append(rows[told] + start)
        self._texts.append(texts.take(pa.array(told)))

    @cached_property
    def _order(self) -> _Numbers:
        return np.argsort(np.concatenate(self._rows), kind="stable")

    @cached_property
    def _own(self) -> _Numbers:
        return np.concatenate(self._rows)[self._order]

    @cached_property
    def _lookup(self) -> Lookup:
        return Lookup(np.concatenate(self._hashes)[self._order])

    def find(self, keys: Hashes, rows: _Numbers) -> _Numbers:
        """The rows that it is carried to, of those given; remembered for `carried`."""
        if not len(self._own):
            return self._own
        place = self._lookup.find(keys)
        hit = np.flatnonzero(place >= 0)
        hit = hit[~np.isin(rows[hit], self._own)]
        self._found.append((rows[hit], place[hit]))
        return rows[hit]

    def carried(self) -> Carried:
        rows = np.concatenate([np.arange(0), *(rows for rows, _ in self._found)])
        place = np.concatenate([np.arange(0), *(place for _, place in self._found)])
        order = np.lexsort([place, rows])  # one may be found by each of its addresses
        rows, first = np.unique(rows[order], return_index=True)
        place = place[order][first]
        texts = pa.concat_arrays(self._texts).take(pa.array(self._order))
        return Carried(rows, texts.take(pa.array(place)), self._own[place])


@dataclass(frozen=True, slots=True, repr=False)
class ChunkKeys:
    """The facts of one chunk, by position.

    Attributes:
        hashes: Its keys, hashed.
        valid: True for the rows that have a key.
        exact: Its exact keys, hashed, where the keys are others.
        findings: The reasons that the chunk alone gives.
        ranks: Rank of each row's outcome, as far as that goes.
        merits: One number a row; of equal ranks the highest stays. None where no row is better than another.
        domain: Domains as A-labels, encoded, where DNS is asked.
        mark: What suppresses the row's addresses by a mark in its own columns.
        named: What suppresses the row by an entry for its address.
        dated: How far the column of dates was understood that merits are from.
        further: Row and hashed key of the further addresses of cells that hold several.
    """

    hashes: Hashes
    valid: Mask
    exact: Hashes | None
    findings: RowReasons
    ranks: _Ranks
    merits: _Numbers | None
    domain: pa.DictionaryArray | None
    mark: pa.Array
    named: pa.Array
    dated: Dated = field(default_factory=Dated)
    further: tuple[_Numbers, Hashes] = field(
        default_factory=lambda: (np.arange(0), np.zeros((0, 2), dtype=np.uint64))
    )

    @classmethod
    def of(
        cls,
        keys: Keys,
        findings: RowReasons,
        /,
        *,
        merits: _Numbers | None,
        domain: pa.Array | None,
        mark: pa.Array,
        named: pa.Array,
        further: tuple[_Numbers, pa.Array],
        dated: Dated,
    ) -> "ChunkKeys":
        """The facts of a chunk, from its keys and all that the passes found in it alone."""
        return cls(
            keys.hashes,
            not_null(keys.key),
            None if keys.person is None else keys.exact_hashes,
            findings,
            findings.ranks(),
            merits,
            None if domain is None else domain.dictionary_encode(),
            mark,
            named,
            dated,
            (further[0], hash_texts(further[1])),
        )


class KeyIndex:
    """The facts of the rows that were surveyed so far.

    Args:
        settings: What makes rows the same, and which of them stays.
        open_file: Makes a temporary file for what does not fit.
        most_octets: Octets of keys that are held before they go to such files.
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
        self._by_person = settings.by_person
        self._width = _EXACT + 2 if self._by_person else _EXACT
        self._keys = Partitions(self._width, open_file=open_file, most_octets=most_octets)
        self._ranks: list[_Ranks] = []
        self._domains: dict[str, int] = {}
        self._domain_of: list[np.ndarray[Any, np.dtype[np.int32]]] = []
        self._marks, self._named = _Said(), _Said()
        self._further: list[tuple[_Numbers, Hashes]] = []
        self.rows = 0

    def add(self, chunk: ChunkKeys, /) -> None:
        """Take in the next chunk."""
        keyed = np.flatnonzero(chunk.valid)
        keys = np.zeros((len(keyed), self._width), dtype=np.uint64)
        keys[:, :_ROW] = chunk.hashes.take(keyed, axis=0)
        keys[:, _ROW] = keyed + self.rows
        if chunk.merits is not None:
            keys[:, _MERIT] = chunk.merits.take(keyed).view(np.uint64)
        if chunk.exact is not None:
            keys[:, _EXACT:] = chunk.exact.take(keyed, axis=0)
        self._keys.add(keys)
        self._ranks.append(chunk.ranks)
        self._marks.add(chunk.mark, chunk.hashes, chunk.valid, start=self.rows)
        rows, further = chunk.further
        if len(rows):
            told = np.ones(len(rows), dtype=bool)
            self._marks.add_of(rows, chunk.mark.take(pa.array(rows)), further, told, start=self.rows)
            self._further.append((rows + self.rows, further))
        if self._by_person:
            self._named.add(chunk.named, chunk.hashes, chunk.valid, start=self.rows)
        if chunk.domain is not None:
            self._domain_of.append(self._numbered(chunk.domain))
        self.rows += len(chunk.ranks)

    def _numbered(self, encoded: pa.DictionaryArray) -> np.ndarray[Any, np.dtype[np.int32]]:
        """Each row's domain by number, -1 for none."""
        known = self._domains
        numbers = [known.setdefault(name, len(known)) for name in encoded.dictionary.to_pylist()]
        codes = pc.fill_null(encoded.indices, len(numbers)).to_numpy(zero_copy_only=False)
        found: np.ndarray[Any, np.dtype[np.int32]] = np.array([*numbers, -1], dtype=np.int32)[codes]
        return found

    @property
    def domains(self) -> list[str]:
        """Every distinct domain."""
        return list(self._domains)

    def judge_domains(
        self, reason_of: Mapping[str, str], ranks: Mapping[str, int], /
    ) -> dict[str, tuple[int, list[int]]]:
        """Let what speaks against domains count for their rows; how many rows by reason, and the first of them.

        Args:
            reason_of: The reason against each domain; one without is not there.
            ranks: The rank of the outcome that each reason leads to.
        """
        codes = sorted(ranks)
        number = np.full(len(self._domains) + 1, len(codes))
        for name, reason in reason_of.items():
            number[self._domains[name]] = codes.index(reason)
        rank = np.array([*(ranks[code] for code in codes), Outcome.READY.rank], dtype=np.int8)
        found: dict[str, tuple[int, list[int]]] = {}
        start = 0
        for place, domain in enumerate(self._domain_of):
            here = number[domain]
            self._ranks[place] = np.minimum(self._ranks[place], rank[here])
            for code in np.unique(here[here < len(codes)]).tolist():
                rows = np.flatnonzero(here == code)
                count, first = found.get(codes[code], (0, []))
                found[codes[code]] = (count + len(rows), [*first, *(rows[:_FIRST] + start).tolist()][:_FIRST])
            start += len(domain)
        return found

    @property
    def ranks(self) -> _Ranks:
        """The rank of each row's outcome, as far as it goes."""
        return np.concatenate([np.zeros(0, dtype=np.int8), *self._ranks])

    def relate(self, *, likely: Carried | None = None) -> Clusters:
        """Find out what rows are to each other; to be called once, after the last chunk.

        Args:
            likely: Rows that are likely of the same person as another.
        """
        ranks = self.ranks
        self._ranks.clear()
        if likely is not None and SAME_PERSON in self._settings.review:
            ranks[likely.rows] = np.minimum(ranks[likely.rows], Outcome.REVIEW.rank)
        parts, exact = [], []
        for rows, keys in self._further:
            hit = self._marks.find(keys, rows)
            ranks[hit] = np.minimum(ranks[hit], Outcome.SUPPRESSED.rank)
        for part in filter(len, self._keys.parts()):  # most are empty where there are few rows
            keys, rows = part[:, :_ROW], part[:, _ROW].astype(np.int64)
            for said in (self._marks, self._named):
                hit = said.find(keys, rows)
                ranks[hit] = np.minimum(ranks[hit], Outcome.SUPPRESSED.rank)
            order, stays = order_repeats(
                keys,
                rows,
                rank=ranks[rows],
                merit=part[:, _MERIT].view(np.int64) if self._settings.keep.has_merits else None,
                last=self._settings.keep.rule == "last",
            )
            parts.append((order, stays))
            exact.append(_equal(part[:, _EXACT:], rows, order, stays))
        repeats, joined = join_repeats(self.rows, parts)
        same = np.concatenate([np.zeros(0, dtype=bool), *exact])[joined]
        sound = ranks[repeats.order] == Outcome.READY.rank
        replaced = repeats.order[repeats.among]
        ranks[replaced] = np.minimum(ranks[replaced], Outcome.DUPLICATE.rank)
        return Clusters(ranks, repeats, same, sound, self._marks.carried(), self._named.carried(), likely)


def _equal(exact: Hashes, rows: _Numbers, order: _Numbers, stays: _Numbers) -> Mask:
    """Whether each row has the exact key of the row that stays; true where keys are exact."""
    if not exact.shape[1]:
        return np.ones(len(order), dtype=bool)
    here, other = np.searchsorted(rows, order), np.searchsorted(rows, stays)
    found: Mask = (exact.take(here, axis=0) == exact.take(other, axis=0)).all(axis=1)
    return found
