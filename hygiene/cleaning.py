"""Cleaning: survey all rows, then decide each one.

`survey` runs every pass over every chunk and gathers what a verdict needs from the whole input; `decide`
gives each chunk its verdicts. The passes themselves stand in modules of their own; nothing here opens a
file or asks the network but through the resolver it is handed.
"""

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hygiene import address
from hygiene.blocklist import RuleList, match
from hygiene.cleaned import CleanedLeads
from hygiene.columns import MALFORMED
from hygiene.deliverability import REASON_OF, DomainVerdict, Resolver
from hygiene.duplicates import find_repeats
from hygiene.findings import Findings
from hygiene.prediction import ImportPolicy
from hygiene.rules import Rule
from hygiene.schema import check_required, check_schema
from hygiene.text import mask, text_column, text_series
from hygiene.verdict import Outcome

__all__ = ["CleanedLeads", "KnownLeads", "Settings", "Survey", "clean_frame", "decide", "survey"]


@dataclass(frozen=True, slots=True)
class KnownLeads:
    """Leads that the API's list or account holds already.

    Attributes:
        name: File or place they came from.
        address: Their addresses, normalized where that could be done.
    """

    name: str
    address: pa.Array

    @classmethod
    def from_cells(cls, name: str, cells: pa.Array, /) -> "KnownLeads":
        """Known leads from the cells of an email column; cells without an address are left out."""
        return cls(name, pc.drop_null(address.judge(cells).address))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a cleaning is to do.

    Attributes:
        schema: Pandera model or schema the rows are held against; None is `hygiene_schemas.Lead`.
        required: Canonical columns that must not be blank.
        rules: The user's own rules.
        suppress: Suppression lists, ours; None where the pass does not run.
        blocklist: The API's block list; None where the pass does not run.
        known: Known leads; None where the pass does not run.
        resolver: Who is asked about domains; None asks nobody.
        accept_unknown: Whether leads whose domain DNS does not decide are ready rather than for review.
        policy: The API's counting rules, which say what its block list covers.
        waive_blocklist: Whether the import will waive the block list.
        batch_leads: Leads a request, for the prediction.
    """

    schema: Any = None
    required: Sequence[str] = ()
    rules: Sequence[Rule] = ()
    suppress: Sequence[RuleList] | None = None
    blocklist: Sequence[RuleList] | None = None
    known: Sequence[KnownLeads] | None = None
    resolver: Resolver | None = None
    accept_unknown: bool = False
    policy: ImportPolicy = field(default_factory=ImportPolicy)
    waive_blocklist: bool = False
    batch_leads: int = 400


@dataclass(slots=True)
class _Examined:
    """What the passes found in one chunk, by position."""

    findings: Findings
    addresses: address.Addresses
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
    chunks: list[_Examined] = field(default_factory=list)
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


def _examine(frame: pd.DataFrame, settings: Settings, *, first_row: int) -> _Examined:
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
    for rule in settings.rules:
        findings.add({f"rule_{rule.name}": rule(frame) & ~malformed}, outcome=Outcome(rule.outcome))
    matched_rule = _match_lists(findings, judged, settings)
    key = address.exact_key(judged.address)
    return _Examined(findings, judged, matched_rule, key, pa.nulls(len(frame), pa.large_string()), first_row)


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
    encoded = domain.dictionary_encode()
    known = [str(verdicts[name]) if name in verdicts else None for name in encoded.dictionary.to_pylist()]
    return pa.array(known, pa.large_string()).take(encoded.indices)


def _find_duplicates(found: Survey) -> None:
    """Note duplicates of known leads, and, over all chunks, which row stands for which."""
    known = [member for leads in found.settings.known or () for member in [address.exact_key(leads.address)]]
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


def decide(frame: pd.DataFrame, found: Survey, /, *, chunk: int = 0) -> pd.DataFrame:
    """The verdicts of one chunk.

    Args:
        frame: The chunk, as it was surveyed.
        found: The survey of all chunks.
        chunk: Which of the surveyed chunks it is, from 0.

    Returns:
        The columns of `hygiene_schemas.Verdict`, one row for each of `frame` and with its index.
    """
    examined = found.chunks[chunk]
    rows = np.arange(examined.first_row, examined.first_row + len(frame))
    outcomes = pa.DictionaryArray.from_arrays(
        pa.array(examined.findings.ranks()), pa.array(list(Outcome), pa.large_string())
    )
    source, line = _places(frame.index, rows)
    texts = {
        "address": examined.addresses.address,
        "outcome": outcomes.dictionary_decode(),
        "reasons": examined.findings.texts(),
        "duplicate_of": examined.duplicate_of,
        "matched_rule": examined.matched_rule,
        "domain_verdict": domain_verdicts(examined.addresses.domain, found.domains),
        "suggestion": pa.nulls(len(frame), pa.large_string()),
        "repaired": examined.addresses.repaired,
    }
    verdicts = pd.DataFrame({"row": rows, "source": source, "line": line}, index=frame.index)
    return verdicts.assign(**{name: text_series(column, frame.index) for name, column in texts.items()})


def _places(index: pd.Index, rows: np.ndarray[Any, Any]) -> tuple[Any, Any]:
    """Source and line of each row: from the index of a frame that was read, else none and the row."""
    if list(index.names) == ["source", "line"]:
        return index.get_level_values("source").astype("str"), index.get_level_values("line").to_numpy()
    return text_series(pa.nulls(len(rows), pa.large_string()), index), rows


def clean_frame(
    frame: pd.DataFrame,
    settings: Settings,
    /,
    *,
    notes: Sequence[str] = (),
    files: Sequence[str] = (),
    sha256: str | None = None,
) -> CleanedLeads:
    """Survey and decide one lead frame that has canonical columns.

    Args:
        frame: The leads; left as it is.
        settings: What to do.
        notes: Sentences about how the input was read, kept with the result.
        files: Names of the files it came from.
        sha256: Digest over those files.
    """
    found = survey([frame], settings)
    return CleanedLeads(frame, decide(frame, found), found, notes=notes, files=files, sha256=sha256)


class _Answers:
    """A resolver that knows what was found before and asks nobody."""

    def __init__(self, verdicts: Mapping[str, DomainVerdict]) -> None:
        self._verdicts = verdicts

    def look_up(self, domains: Collection[str], /) -> Mapping[str, DomainVerdict]:
        return {domain: self._verdicts[domain] for domain in domains}


def clean_again(cleaned: CleanedLeads, /, **changes: Any) -> CleanedLeads:
    """The same leads under settings that differ in `changes`; DNS is not asked again."""
    before = cleaned.survey
    if before.settings.resolver is not None:
        changes["resolver"] = _Answers(before.domains)
    settings = dataclasses.replace(before.settings, **changes)
    return clean_frame(
        cleaned.frame, settings, notes=cleaned.notes, files=cleaned.files, sha256=cleaned.sha256
    )
