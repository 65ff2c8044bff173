"""Deciding: the verdicts of one chunk, from itself and from what the survey says of its rows."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.columns import Columns
from hygiene.arrow.text import first_of, no_texts, word_where
from hygiene.cleaning.check_chunk import CheckedChunk
from hygiene.cleaning.chunk_reasons import domain_verdicts
from hygiene.cleaning.dedup.clusters import ChunkClusters
from hygiene.cleaning.providers import PROVIDER, providers_of
from hygiene.cleaning.reasons import RowReasons
from hygiene.cleaning.survey import Survey
from hygiene.columns.leads import Leads
from hygiene.columns.mapping import MALFORMED
from hygiene.deliverability import DomainVerdict
from hygiene.outcomes import Outcome

__all__ = ["decide", "leads_of", "relate_rows", "word_verdicts"]

_TEXT = pa.large_string()
_NONE = pa.scalar(None, _TEXT)


def decide(found: Survey, number: int, chunk: CheckedChunk | None = None, /) -> Columns:
    """The verdicts of one chunk.

    Args:
        found: The survey of all chunks.
        number: Which of them it is, from 0.
        chunk: That chunk, where it is at hand already.

    Returns:
        The columns of `hygiene_schemas.Verdict` but the last, one row for each lead of the chunk.
    """
    chunk = found.chunks[number] if chunk is None else chunk
    return word_verdicts(chunk, found.related(number), found.findings(number, chunk), found.domains)


def word_verdicts(
    chunk: CheckedChunk, related: ChunkClusters, findings: RowReasons, domains: Mapping[str, DomainVerdict], /
) -> Columns:
    """The verdicts of one chunk from all that was found of its rows; as `decide` gives them."""
    outcomes = pa.DictionaryArray.from_arrays(pa.array(related.ranks), pa.array(list(Outcome), _TEXT))
    source, line = _places(chunk.leads, related.rows)
    columns = {
        "row": pa.array(related.rows),
        "source": source,
        "line": line,
        "address": chunk.address,
        "outcome": outcomes,
        "reasons": findings.texts(),
        **relate_rows(chunk, related),
        "domain_verdict": domain_verdicts(chunk.domain, domains),
        PROVIDER: providers_of(chunk.domain, domains),
        "suggestion": chunk.suggestion,
        "repaired": chunk.repaired,
        "other_addresses": chunk.others,
    }
    return Columns(_COLUMNS, [columns[name] for name in _COLUMNS], len(chunk))


#: Columns of the verdicts, in order.
_COLUMNS = (
    "row", "source", "line", "address", "outcome", "reasons", "duplicate_of", "matched_rule", "domain_verdict",
    "suggestion", "repaired", "other_addresses", "cluster", "match", "known_as", PROVIDER, "same_person",
)  # fmt: skip


def relate_rows(chunk: CheckedChunk, related: ChunkClusters, /) -> dict[str, pa.Array]:
    """What the rows of a chunk are to lists and to other rows, as columns of the verdicts."""
    listed = chunk.listed
    replaced, other = related.where(related.among), related.where(~related.exact)
    kept = np.zeros(len(chunk), dtype=np.int64)
    kept[related.place] = related.stays
    in_cluster = related.where(np.ones(len(related.place), dtype=bool))
    cluster = pc.cast(pa.array(kept, mask=~in_cluster), _TEXT)
    kind = first_of(word_where("person", replaced & other), word_where("exact", replaced))
    known = pc.if_else(pc.is_valid(listed.known_as), pa.scalar("known", _TEXT), _NONE)
    rules = (
        listed.suppressed, related.named, chunk.mark, related.marks, listed.blocked, listed.near, chunk.trait,
    )  # fmt: skip
    return {
        "duplicate_of": first_of(pc.if_else(pa.array(replaced), cluster, _NONE), known),
        "matched_rule": first_of(*rules),
        "cluster": cluster,
        "match": first_of(kind, listed.known_match),
        "known_as": listed.known_as,
        "same_person": no_texts(len(chunk)) if related.likely is None else related.likely,
    }


def _places(leads: Leads, rows: np.ndarray[Any, Any]) -> tuple[pa.Array, pa.Array]:
    """Source and line of each row that was read from files, else none and the row."""
    source, lines = leads.sources(), leads.lines()
    if source is None or lines is None:
        return pa.nulls(len(rows), _TEXT), pa.array(rows)
    return source, pa.array(lines)


def leads_of(found: Survey, chunk: CheckedChunk, /) -> Leads:
    """The leads of a chunk, with a column for malformed rows where any chunk has one."""
    if MALFORMED not in found.columns or MALFORMED in chunk.leads:
        return chunk.leads
    return chunk.leads.with_texts({MALFORMED: pa.nulls(len(chunk), _TEXT)})
