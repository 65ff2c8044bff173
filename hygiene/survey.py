"""Survey: every pass over every chunk, and what a verdict needs from the whole input.

The first of the two movements of a cleaning. The passes themselves stand in modules of their own; nothing
here opens a file, or asks the network but through the resolver it is handed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hygiene import address
from hygiene.blocklist import match
from hygiene.columns import MALFORMED
from hygiene.deliverability import REASON_OF, DomainVerdict, Resolver
from hygiene.duplicates import find_repeats
from hygiene.findings import Findings
from hygiene.schema import check_required, check_schema
from hygiene.settings import Settings
from hygiene.text import mask, text_column
from hygiene.traits import Traits, find_traits
from hygiene.verdict import Outcome
from hygiene.verifiers import judge_verdicts

__all__ = ["Examined", "Survey", "domain_verdicts", "survey"]


@dataclass(slots=True)
class Examined:
    """What the passes found in one chunk, by position."""

    findings: Findings
    addresses: address.Addresses
    traits: Traits
    matched_rule: pa.Array
    key: pa.Array
    duplicate_of: pa.Array
    first_row: int


@dataclass(slots=True)
class Survey:
    """What all chunks together say; `decide` reads it.

    Attributes:
        settings: What was asked for.
        domains: Verdict by domain; empty where DNS was not asked.
        rows: Rows in all chunks.
    """

    settings: Settings
    chunks: list[Examined] = field(default_factory=list)
    domains: Mapping[str, DomainVerdict] = field(default_factory=dict)
    rows: int = 0


def survey(frames: Iterable[pd.DataFrame], settings: Settings, /) -> Survey:
    """Run every pass over every chunk.

    Args:
        frames: Lead frames with canonical columns, in order.
        settings: What to do.

    Raises:
        InputError: a column that the schema or `required` asks for is not there, or a rule failed.
    """
    found = Survey(settings)
    for frame in frames:
        found.chunks.append(_examine(frame, settings, first_row=found.rows + 1))
        found.rows += len(frame)
    if settings.resolver is not None:
        _look_up(found, settings.resolver)
    _find_duplicates(found)
    return found


def _examine(frame: pd.DataFrame, settings: Settings, *, first_row: int) -> Examined:
    cells = text_column(frame["email"])
    malformed = (
        frame[MALFORMED].notna().to_numpy() if MALFORMED in frame else np.zeros(len(frame), dtype=bool)
    )
    judged = address.judge(cells)
    findings = Findings(len(frame))
    findings.add({"row_malformed": malformed})
    parsed = {
        **judged.reasons,
        **check_schema(frame, _schema(settings)),
        **check_required(frame, settings.required),
    }
    findings.add({code: rows & ~malformed for code, rows in parsed.items()})
    for column in settings.trusted:
        verdicts = judge_verdicts(frame, column)
        findings.add({code: rows & ~malformed for code, rows in verdicts.items()})
    for rule in settings.rules:
        findings.add({f"rule_{rule.name}": rule(frame) & ~malformed}, outcome=Outcome(rule.outcome))
    matched_rule = _match_lists(findings, judged, settings)
    traits = find_traits(judged, settings.traits)
    findings.add(traits.reasons)
    findings.decide(dict.fromkeys(settings.review, Outcome.REVIEW))
    matched_rule = pc.coalesce(matched_rule, traits.rule)
    key = address.exact_key(judged.address)
    return Examined(
        findings, judged, traits, matched_rule, key, pa.nulls(len(frame), pa.large_string()), first_row
    )


def _schema(settings: Settings) -> Any:
    if settings.schema is not None:
        return settings.schema
    from hygiene_schemas import Lead

    return Lead


def _match_lists(findings: Findings, judged: address.Addresses, settings: Settings) -> pa.Array:
    policy, waived = settings.policy, settings.waive_blocklist
    suppressed = match(settings.suppress or (), address=judged.address, domain=judged.domain, subdomains=True)
    blocked = match(
        settings.blocklist or (),
        address=judged.address,
        domain=judged.domain,
        addresses=policy.block_addresses and not (waived and policy.waive_covers == "all"),
        domains=policy.block_domains and not waived,
        subdomains=policy.block_subdomains,
    )
    findings.add({"suppressed_address": suppressed.address, "suppressed_domain": suppressed.domain})
    findings.add({"blocked_address": blocked.address, "blocked_domain": blocked.domain})
    return pc.coalesce(suppressed.rule, blocked.rule)


def _look_up(found: Survey, resolver: Resolver) -> None:
    """Ask once for each distinct domain of all chunks, and note what speaks against rows."""
    distinct = pa.chunked_array(
        [chunk.addresses.domain for chunk in found.chunks], pa.large_string()
    ).unique()
    found.domains = resolver.look_up(pc.drop_null(distinct).to_pylist())
    for chunk in found.chunks:
        codes = domain_verdicts(chunk.addresses.domain, found.domains)
        masks = {reason: mask(pc.equal(codes, code)) for code, reason in REASON_OF.items()}
        chunk.findings.add(masks)
        if found.settings.accept_unknown:
            chunk.findings.decide({"dns_unknown": None})


def domain_verdicts(domain: pa.Array, verdicts: Mapping[str, DomainVerdict], /) -> pa.Array:
    """The verdict code of each domain; null where the domain is null or was not asked about."""
    if not verdicts:
        return pa.nulls(len(domain), pa.large_string())
    encoded = domain.dictionary_encode()
    known = [str(verdicts[name]) if name in verdicts else None for name in encoded.dictionary.to_pylist()]
    return pa.array(known, pa.large_string()).take(encoded.indices)


def _find_duplicates(found: Survey) -> None:
    """Note duplicates of known leads, and, over all chunks, which row stands for which."""
    known = [member for leads in found.settings.duplicating for member in [address.exact_key(leads.address)]]
    members = pa.chunked_array(known, pa.large_string())
    for chunk in found.chunks:
        chunk.findings.add({"duplicate_of_known": mask(pc.is_in(chunk.key, value_set=members))})
    if not found.rows:
        return
    keys = pa.concat_arrays([chunk.key for chunk in found.chunks])
    ranks = np.concatenate([chunk.findings.ranks() for chunk in found.chunks])
    repeats = find_repeats(keys, rank=ranks)
    for chunk in found.chunks:
        here = slice(chunk.first_row - 1, chunk.first_row - 1 + chunk.findings.rows)
        replaced = repeats.replaced[here]
        chunk.findings.add({"duplicate_in_file": replaced})
        rows = pc.cast(pa.array(repeats.stays[here] + 1, mask=~replaced), pa.large_string())
        of_known = chunk.findings.masks.get("duplicate_of_known", np.zeros(chunk.findings.rows, dtype=bool))
        chunk.duplicate_of = pc.coalesce(
            rows, pc.if_else(pa.array(of_known), "known", None).cast(pa.large_string())
        )
