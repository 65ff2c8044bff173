"""Relating: what the rows of all partitions are to each other, bucket by bucket of their keys.

Rows go to buckets as numbers of fixed width under the leading bits of their hashed key, so that equal keys
meet; what is found goes back to the partitions they came from. No cell travels but opt-out marks and the
suppression entries that name a person, which are few.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
import pyarrow as pa

from hygiene.arrow.hashing import Hashes, by_bucket
from hygiene.arrow.text import Mask
from hygiene.cleaning.chunk_reasons import all_reasons
from hygiene.cleaning.dedup.clusters import Carried, ChunkClusters, Clusters
from hygiene.cleaning.dedup.key_index import ChunkKeys, KeyIndex
from hygiene.cleaning.dedup.survivors import Repeats
from hygiene.cleaning.reasons import RowReasons
from hygiene.deliverability import DomainVerdict
from hygiene.outcomes import Outcome
from hygiene.scale.partition import Job, Kept, Keyed, Numbers
from hygiene.scale.safe_tasks import guarded

__all__ = ["Domains", "Placed", "count_repeated", "gather", "relate_bucket", "split_keys", "split_rows"]

_TEXT = pa.large_string()


@dataclass(frozen=True, repr=False)
class Domains:
    """Verdicts by domain, and whether leads of an undecided one are ready."""

    verdicts: Mapping[str, DomainVerdict]
    accept_unknown: bool


class _Columns:
    """Columns of one length."""

    def take(self, rows: Numbers, /) -> Self:
        """Some of the rows."""
        taken = {}
        for each in fields(self):  # type: ignore[arg-type]
            column = getattr(self, each.name)
            taken[each.name] = column.take(pa.array(rows)) if isinstance(column, pa.Array) else column[rows]
        return type(self)(**taken)

    @classmethod
    def join(cls, parts: "Sequence[Self]", /) -> Self:
        """The rows of several."""
        joined = {}
        for each in fields(cls):  # type: ignore[arg-type]
            columns = [getattr(part, each.name) for part in parts]
            arrow = isinstance(columns[0], pa.Array)
            joined[each.name] = pa.concat_arrays(columns) if arrow else np.concatenate(columns)
        return cls(**joined)


@dataclass(frozen=True, repr=False)
class Piece(_Columns):
    """Rows on their way to a bucket.

    Attributes:
        keys: The key, and after it the exact one where persons are matched.
        rows: Row numbers.
        place: Where each stands in its partition.
        merits: One number a row; of equal ranks the highest stays.
        ranks: Rank of the outcome so far.
        mark: Opt-out mark in the row's own columns.
        named: Suppression entry that names the row.
        aside: Whether the key is that of a further address of the row's cell, which marks alone meet.
    """

    keys: Hashes
    rows: Numbers
    place: Numbers
    merits: Numbers
    ranks: np.ndarray[Any, np.dtype[np.int8]]
    mark: pa.Array
    named: pa.Array
    aside: Mask


@dataclass(frozen=True, repr=False)
class Found(_Columns):
    """Rows on their way back: the number of the row that stays, whether keys are exact, and what is carried.

    Attributes:
        place: Where each stands in its partition.
        stays: Number of the row that stays; 0 where no other row has the key.
        exact: Whether the exact keys are equal.
        marks: Opt-out mark of another row.
        named: Suppression entry of another row.
        source: Number of the row that the mark or entry is of.
    """

    place: Numbers
    stays: Numbers
    exact: Mask
    marks: pa.Array
    named: pa.Array
    source: Numbers


@guarded
def split_keys(
    kept: Kept,
    keyed: tuple[Keyed, ...],
    first: int,
    domains: Domains,
    bits: int,
    /,
) -> list[Piece]:
    """The rows of a partition that have a key, by bucket."""
    rows, parts = kept.rows(first), []
    for (start, chunk), keys in zip(kept.chunks(first), keyed, strict=True):
        found = all_reasons(chunk, None, domains.verdicts, accept_unknown=domains.accept_unknown)
        here = rows[start : start + len(chunk)]
        place = np.arange(start, start + len(chunk))
        told = (chunk.mark, chunk.listed.named, np.zeros(len(chunk), dtype=bool))
        whole = Piece(keys.hashes, here, place, keys.merits, found.ranks(), *told)
        parts += [
            whole.take(np.flatnonzero(keys.valid)),
            _aside(whole.take(keys.further), keys.further_hashes),
        ]
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
    stays[repeats.order] = ordered.rows[repeats.stays]
    exact[repeats.order] = relations.exact
    carried = (relations.marks, relations.named)
    source = np.zeros(count, dtype=np.int64)
    for each in carried:
        source[each.rows] = ordered.rows[each.source]
    marks, named = (each.within(0, count) for each in carried)
    return Found(ordered.place, stays, exact, marks, named, source)


def _is_news(found: Found) -> Mask:
    valid = [texts.is_valid().to_numpy(zero_copy_only=False) for texts in (found.marks, found.named)]
    news: Mask = (found.stays > 0) | valid[0] | valid[1]
    return news


@dataclass(frozen=True, repr=False)
class Placed:
    """What the rows of a partition are to all others, and where they end.

    Attributes:
        relations: By place in the partition; the rows that stay by their numbers.
        rows: Row numbers.
        by_rank: Rows by the rank of their outcome.
        reasons: Rows by reason.
    """

    relations: Clusters
    rows: Numbers
    by_rank: list[int]
    reasons: Mapping[str, int]

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
    relations, rows = _relations(len(kept), Found.join(parts)), kept.rows(first)
    ranks, reasons = [np.zeros(0, dtype=np.int8)], Counter[str]()
    for start, chunk in kept.chunks(first):
        related = _within(relations, rows, start, start + len(chunk))
        found = all_reasons(chunk, related, domains.verdicts, accept_unknown=domains.accept_unknown)
        reasons.update(found.tally())
        ranks.append(found.ranks())
    placed = replace(relations, ranks=np.concatenate(ranks))
    by_rank = np.bincount(placed.ranks, minlength=len(Outcome)).tolist()
    return Placed(placed, rows, by_rank, dict(reasons))


def _relations(count: int, found: Found) -> Clusters:
    several = np.flatnonzero(found.stays)
    repeats = Repeats(count, found.place[several], found.stays[several] - 1)
    carried = (_carried(found, texts) for texts in (found.marks, found.named))
    sound = np.zeros(len(several), dtype=bool)  # nobody asks: cells are not taken from other partitions
    return Clusters(np.zeros(count, dtype=np.int8), repeats, found.exact[several], sound, *carried)


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
