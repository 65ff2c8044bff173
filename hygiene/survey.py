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
from hygiene.columns import MALFORMED
from hygiene.deliverability import REASON_OF, DomainVerdict, Resolver
from hygiene.duplicates import Repeats, find_repeats
from hygiene.findings import Findings
from hygiene.optouts import Marks, find_marks
from hygiene.relating import Compared, Related, relate
from hygiene.schema import check_required, check_schema
from hygiene.settings import Settings
from hygiene.text import mask, text_column
from hygiene.traits import Traits, find_traits
from hygiene.verdict import Outcome
from hygiene.verifiers import judge_verdicts

__all__ = ["Examined", "Survey", "domain_verdicts", "survey"]


@dataclass(slots=True)
class Examined(Compared):
    """What the passes found in one chunk, by position.

    Attributes:
        related: What its rows are to lists, known leads and each other; blank until all chunks are there.
        traits: What is noted of their addresses.
        first_row: Number of its first row.
    """

    related: Related
    traits: Traits
    first_row: int


@dataclass(slots=True)
class Survey:
    """What all chunks together say; `decide` reads it.

    Attributes:
        settings: What was asked for.
        domains: Verdict by domain; empty where DNS was not asked.
        rows: Rows in all chunks.
        repeats: Which rows of all chunks stand for which.
        marks: Suppression columns, and the rows that each one marks.
    """

    settings: Settings
    chunks: list[Examined] = field(default_factory=list)
    domains: Mapping[str, DomainVerdict] = field(default_factory=dict)
    rows: int = 0
    repeats: Repeats = field(default_factory=lambda: find_repeats(pa.nulls(0, pa.large_string())))
    marks: dict[str, int] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about the lists that were read and the suppression columns that were found."""
        lists = [*(self.settings.suppress or ()), *(self.settings.blocklist or ())]
        columns = [
            f"suppression column {name!r}: {rows} rows marked, their addresses are suppressed on every row "
            "(--no-suppression-columns to leave it out)."
            for name, rows in self.marks.items()
        ]
        return (*(rules.note for rules in lists), *columns)


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
        for name, rows in found.chunks[-1].marks.columns.items():
            found.marks[name] = found.marks.get(name, 0) + rows
    if settings.resolver is not None:
        _look_up(found, settings.resolver)
    found.repeats = relate(found.chunks, settings)
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
    traits = find_traits(judged, settings.traits)
    findings.add(traits.reasons)
    findings.decide(dict.fromkeys(settings.review, Outcome.REVIEW))
    marks = find_marks(frame) if settings.suppression_columns else Marks.none(len(frame))
    merits, related = settings.keep.merits(frame), Related.blank(len(frame))
    return Examined(findings, judged, cells, marks, merits, related, traits, first_row)


def _schema(settings: Settings) -> Any:
    if settings.schema is not None:
        return settings.schema
    from hygiene_schemas import Lead

    return Lead


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
