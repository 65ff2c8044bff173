"""Relating: what the rows of all partitions are to each other, bucket by bucket of their keys.

Rows go to buckets as numbers of fixed width under the leading bits of their hashed key, so that equal keys
meet; what is found goes back to the partitions they came from. No cell travels but opt-out marks and the
suppression entries that name a person, which are few.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from hygiene.arrow.hashing import Hashes, by_bucket
from hygiene.arrow.text import Mask, not_null
from hygiene.cleaning.check_chunk import CheckedChunk
from hygiene.cleaning.chunk_reasons import all_reasons
from hygiene.cleaning.dedup.clusters import Carried, ChunkClusters, Clusters
from hygiene.cleaning.dedup.key_index import ChunkKeys, KeyIndex
from hygiene.cleaning.dedup.survivors import Repeats
from hygiene.cleaning.reasons import RowReasons
from hygiene.deliverability import DomainVerdict
from hygiene.outcomes import Outcome
from hygiene.scale.partition import Job, Kept, Keyed, Numbers
from hygiene.scale.pieces import Found, Piece
from hygiene.scale.safe_tasks import guarded
from hygiene.scale.weights import Weighed

__all__ = [
    "Domains",
    "Placed",
    "count_repeated",
    "gather",
    "has_further",
    "relate_bucket",
    "split_keys",
    "split_marks",
    "split_rows",
]

_TEXT = pa.large_string()


@dataclass(frozen=True, repr=False)
class Domains:
    """Verdicts by domain, and whether leads of an undecided one are ready."""

    verdicts: Mapping[str, DomainVerdict]
    accept_unknown: bool


@guarded
def has_further(keyed: tuple[Keyed, ...], /) -> bool:
    """Whether a cell of a partition holds several addresses."""
    return any(len(keys.further) for keys in keyed)


@guarded
def split_marks(kept: Kept, keyed: tuple[Keyed, ...], first: int, bits: int, /) -> list[Piece]:
    """The marked rows of a partition, and the further addresses that their marks may meet, by bucket."""
    parts = []
    for (start, chunk), keys in zip(kept.chunks(first), keyed, strict=True):
        whole = _whole(kept.rows(first), start, chunk, keys, np.zeros(len(chunk), dtype=np.int8))
        marked = np.flatnonzero(keys.valid & not_null(chunk.mark))
        parts += [whole.take(marked), _aside(whole.take(keys.further), keys.further_hashes)]
    return _by_bucket(parts, bits)


@guarded
def split_keys(  # noqa: PLR0917 -- what a task is given
    kept: Kept,
    keyed: tuple[Keyed, ...],
    first: int,
    domains: Domains,
    bits: int,
    met: list[Found],
    /,
) -> list[Piece]:
    """The rows of a partition that have a key, by bucket.

    Args:
        kept: The partition.
        keyed: The keys of its chunks.
        first: Number of its first row.
        domains: Verdicts of domains.
        bits: Leading bits of a key that name a bucket.
        met: Marks of others that further addresses met before; a row that one forbids stands for no other.
    """
    marks = [replace(each, stays=np.zeros(len(each.place), dtype=np.int64)) for each in met]
    known = _relations(len(kept), Found.join(marks)) if marks else None
    rows, parts = kept.rows(first), []
    for (start, chunk), keys in zip(kept.chunks(first), keyed, strict=True):
        related = _within(known, rows, start, start + len(chunk)) if known else None
        found = all_reasons(chunk, related, domains.verdicts, accept_unknown=domains.accept_unknown)
        whole = _whole(rows, start, chunk, keys, found.ranks())
        parts += [
            whole.take(np.flatnonzero(keys.valid)),
            _aside(whole.take(keys.further), keys.further_hashes),
        ]
    return _by_bucket(parts, bits)


def _whole(rows: Numbers, start: int, chunk: CheckedChunk, keys: Keyed, ranks: Any) -> Piece:
    """All rows of a chunk.

    Args:
        rows: The row numbers of its partition.
        start: The place of its first row there.
        chunk: The chunk.
        keys: Its keys.
        ranks: Rank of the outcome of each row so far.
    """
    place, aside = np.arange(start, start + len(chunk)), np.zeros(len(chunk), dtype=bool)
    told = (chunk.mark, chunk.listed.named, aside)
    return Piece(keys.hashes, rows[place], place, keys.merits, ranks, *told)


def _by_bucket(parts: list[Piece], bits: int) -> list[Piece]:
    joined = Piece.join(parts)
    return [joined.take(chosen) for chosen in np.split(*by_bucket(joined.keys[:, 0], bits))]


def _aside(rows: Piece, keys: Hashes) -> Piece:
    """The further addresses of rows: their marks meet others, and nothing else does."""
    ready = np.full(len(keys), Outcome.READY.rank, dtype=np.int8)
    named, aside = pa.nulls(len(keys), _TEXT), np.ones(len(keys), dtype=bool)
    return replace(rows, keys=keys, ranks=ready, named=named, aside=aside)


@guarded
def relate_bucket(job: Job, pieces: list[Piece], /) -> list[Found]:
    """What the rows of a bucket are to each other, by partition."""
    whole = Piece.join(pieces)
    order = np.argsort(whole.rows, kind="stable")
    ordered = whole.take(order)
    facts = KeyIndex(job.settings)
    facts.add(_facts(ordered))
    found = _found(ordered, facts.relate())
    ends = np.cumsum([len(piece.rows) for piece in pieces])
    home = np.searchsorted(ends, order, side="right")
    return [found.take(np.flatnonzero((home == at) & _is_news(found))) for at in range(len(pieces))]


def _facts(ordered: Piece) -> ChunkKeys:
    count, aside = len(ordered.rows), np.flatnonzero(ordered.aside)
    return ChunkKeys(
        ordered.keys[:, :2],
        ~ordered.aside,
        ordered.keys[:, 2:] if ordered.keys.shape[1] > 2 else None,
        RowReasons(count),
        ordered.ranks,
        ordered.merits,
        None,
        ordered.mark,
        ordered.named,
        further=(aside, ordered.keys[aside, :2]),
    )


def _found(ordered: Piece, relations: Clusters) -> Found:
    """What is found of every row of a bucket."""
    count, repeats = len(ordered.rows), relations.repeats
    stays, exact = np.zeros(count, dtype=np.int64), np.ones(count, dtype=bool)
    best, sound = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=bool)
    stays[repeats.order] = ordered.rows[repeats.stays]
    exact[repeats.order], sound[repeats.order] = relations.exact, relations.sound
    best[repeats.order] = np.arange(len(repeats.order))
    carried = (relations.marks, relations.named)
    source = np.zeros(count, dtype=np.int64)
    for each in carried:
        source[each.rows] = ordered.rows[each.source]
    marks, named = (each.within(0, count) for each in carried)
    return Found(ordered.place, stays, exact, marks, named, source, best, sound)


def _is_news(found: Found) -> Mask:
    valid = [texts.is_valid().to_numpy(zero_copy_only=False) for texts in (found.marks, found.named)]
    news: Mask = (found.stays > 0) | valid[0] | valid[1]
    return news


@dataclass(frozen=True, repr=False)
class Placed(Weighed):
    """What the rows of a partition are to all others, and where they end.

    Attributes:
        relations: By place in the partition; the rows that stay by their numbers.
        rows: Row numbers.
        best: Of rows whose key several have, where each stands among them: the best has the lowest number.
        by_rank: Rows by the rank of their outcome.
        reasons: Rows by reason.
        clusters: Keys that several rows have, each where the row is that stays.
    """

    relations: Clusters
    rows: Numbers
    best: Numbers
    by_rank: list[int]
    reasons: Mapping[str, int]
    clusters: int

    def within(self, start: int, end: int, /) -> ChunkClusters:
        """What those of a chunk are."""
        return _within(self.relations, self.rows, start, end)

    def sent(self, *, ranks: Sequence[int] = (Outcome.READY.rank,)) -> Mask:
        """True for the rows that an import sends, by place."""
        found: Mask = np.isin(self.relations.ranks, ranks)
        return found


def _within(relations: Clusters, rows: Numbers, start: int, end: int) -> ChunkClusters:
    found = relations.within(start, end)
    return ChunkClusters(
        rows[start:end], found.ranks, found.place, found.stays, found.exact, found.marks, found.named
    )


@guarded
def gather(kept: Kept, first: int, domains: Domains, parts: list[Found], /) -> Placed:
    """What the buckets found of the rows of a partition."""
    found_there, rows = Found.join(parts), kept.rows(first)
    relations = _relations(len(kept), found_there)
    ranks, reasons = [np.zeros(0, dtype=np.int8)], Counter[str]()
    for start, chunk in kept.chunks(first):
        related = _within(relations, rows, start, start + len(chunk))
        found = all_reasons(chunk, related, domains.verdicts, accept_unknown=domains.accept_unknown)
        reasons.update(found.tally())
        ranks.append(found.ranks())
    placed = replace(relations, ranks=np.concatenate(ranks))
    by_rank = np.bincount(placed.ranks, minlength=len(Outcome)).tolist()
    repeats, best = placed.repeats, found_there.best[np.flatnonzero(found_there.stays)]
    clusters = int((rows[repeats.order] == repeats.stays + 1).sum())
    return Placed(placed, rows, best, by_rank, dict(reasons), clusters)


def _relations(count: int, found: Found) -> Clusters:
    several = np.flatnonzero(found.stays)
    repeats = Repeats(count, found.place[several], found.stays[several] - 1)
    carried = (_carried(found, texts) for texts in (found.marks, found.named))
    ranks = np.zeros(count, dtype=np.int8)
    return Clusters(ranks, repeats, found.exact[several], found.sound[several], *carried)


def _carried(found: Found, texts: pa.Array) -> Carried:
    """What is carried to each place, of several the one of the first row."""
    valid = np.flatnonzero(texts.is_valid().to_numpy(zero_copy_only=False))
    order = valid[np.lexsort([found.source[valid], found.place[valid]])]
    place, first = np.unique(found.place[order], return_index=True)
    order = order[first]
    return Carried(place, texts.take(pa.array(order)), found.source[order])


@guarded
def split_rows(kept: Kept, bits: int, /) -> list[Numbers]:
    """The row numbers that a column gave, by bucket."""
    rows = kept.rows(1)
    return [rows[rows & ((1 << bits) - 1) == bucket] for bucket in range(1 << bits)]


@guarded
def count_repeated(pieces: list[Numbers], /) -> int:
    """How many row numbers of a bucket were there before."""
    rows = np.concatenate(pieces)
    return len(rows) - len(np.unique(rows))
