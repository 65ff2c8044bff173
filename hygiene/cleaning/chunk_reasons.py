"""All reasons of the rows of one chunk: its own, and those that the whole input and DNS give.

The outcome that follows is for `reasons`; nothing here asks anybody.
"""

from collections.abc import Collection, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask, not_null
from hygiene.cleaning.check_chunk import CheckedChunk
from hygiene.cleaning.dedup.clusters import ChunkClusters
from hygiene.cleaning.reasons import RowReasons
from hygiene.deliverability import REASON_OF, DomainVerdict
from hygiene.outcomes import SAME_PERSON, Outcome

__all__ = ["all_reasons", "domain_verdicts"]


def all_reasons(
    chunk: CheckedChunk,
    related: ChunkClusters | None,
    domains: Mapping[str, DomainVerdict],
    /,
    *,
    accept_unknown: bool,
    review: Collection[str] = (),
) -> RowReasons:
    """All reasons of the rows of a chunk; without what they are to other rows where that is not known yet."""
    found = chunk.own_findings()
    if related is not None:
        carried = {"suppressed_column": related.marks, "suppressed_address": related.named}
        found.add({code: not_null(texts) for code, texts in carried.items()})
        found.add({"duplicate_in_file": related.where(related.among)})
        if related.likely is not None:
            found.add({SAME_PERSON: not_null(related.likely)})
            found.decide(dict.fromkeys({SAME_PERSON} & set(review), Outcome.REVIEW))
    if domains:
        codes = domain_verdicts(chunk.domain, domains)
        found.add({reason: mask(pc.equal(codes, code)) for code, reason in REASON_OF.items()})
        if accept_unknown:
            found.decide({"dns_unknown": None})
    return found


def domain_verdicts(domain: pa.Array, verdicts: Mapping[str, DomainVerdict], /) -> pa.Array:
    """The verdict code of each domain; null where the domain is null or was not asked about."""
    if not verdicts:
        return pa.nulls(len(domain), pa.large_string())
    encoded = domain.dictionary_encode()
    known = [str(verdicts[name]) if name in verdicts else None for name in encoded.dictionary.to_pylist()]
    return pa.array(known, pa.large_string()).take(encoded.indices)
