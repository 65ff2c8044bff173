"""Examining: every pass over one chunk, as far as it can be judged alone.

The passes themselves stand in modules of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene import address
from hygiene.address import Addresses, Keys, in_form
from hygiene.arrow.text import Mask, first_of, is_blank, mask, not_null
from hygiene.checks.address_flags import find_traits
from hygiene.checks.field_notes import find_field_notes
from hygiene.checks.required import check_required
from hygiene.cleaning.list_checks import ListMatches, check_lists
from hygiene.cleaning.reasons import RowReasons
from hygiene.cleaning.settings import Settings
from hygiene.columns.leads import Leads
from hygiene.columns.mapping import CANONICAL, MALFORMED
from hygiene.columns.opt_outs import ColumnMarks, Marks, find_marks
from hygiene.columns.verifier_verdicts import judge_verdicts
from hygiene.outcomes import Outcome

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CheckedChunk", "Texts", "check_chunk", "check_lists_again", "is_checked_alike"]

#: Settings that decide what is found in a chunk, lists and known leads apart.
_OF_CHUNK = (
    "schema",
    "required",
    "rules",
    "trusted",
    "review",
    "traits",
    "suppression_columns",
    "suppression_column",
)


class Texts(NamedTuple):
    """The texts of a chunk that are read again and again: normalized addresses, their domains, the email cells."""

    address: pa.Array
    domain: pa.Array
    cells: pa.Array


@dataclass(frozen=True, slots=True)
class CheckedChunk:
    """One chunk, and what the passes found in it alone, by position.

    Attributes:
        leads: Its leads.
        findings: The reasons of its rows, but for those of lists and known leads that withhold.
        address: Normalized addresses; null for none.
        domain: Their domains as A-labels.
        repaired: Kinds of repair.
        suggestion: What may have been meant.
        others: Further addresses of a cell with several.
        trait: ``list:entry`` of a trait's list.
        mark: ``source:line:column`` of an opt-out mark.
        marks: What each suppression column says.
        listed: What lists and known leads say.
    """

    leads: Leads
    findings: RowReasons
    address: pa.Array
    domain: pa.Array
    repaired: pa.Array
    suggestion: pa.Array
    others: pa.Array
    trait: pa.Array
    mark: pa.Array
    marks: Mapping[str, ColumnMarks]
    listed: ListMatches

    def __len__(self) -> int:
        return len(self.leads)

    @property
    def cells(self) -> pa.Array:
        """The email cells."""
        return self.leads["email"]

    @property
    def frame(self) -> "pd.DataFrame":
        """Its leads as a frame."""
        return self.leads.frame

    @property
    def texts(self) -> Texts:
        """Its addresses, domains and email cells."""
        return Texts(self.address, self.domain, self.cells)

    def keys(self, settings: Settings, /) -> Keys:
        """The keys of its addresses."""
        return Keys.of(self.address, self.domain, by_person=settings.by_person)

    def own_findings(self) -> RowReasons:
        """All reasons that the chunk alone gives: those of lists and marks as well."""
        found = self.findings.copy()
        found.add({**self.listed.masks, "suppressed_column": not_null(self.mark)})
        return found


def check_chunk(leads: Leads, settings: Settings, /, *, first_row: int) -> tuple[CheckedChunk, Keys]:
    """Run every pass over one chunk; what they found, and the keys of its addresses.

    Args:
        leads: Leads with canonical columns.
        settings: What to do.
        first_row: Number of its first row.

    Raises:
        InputError: a column that the schema or `required` asks for is not there, or a rule failed.
    """
    cells = leads["email"]
    judged = address.validate(cells)
    findings = _find(leads, judged, settings)
    traits = find_traits(judged, settings.traits)
    findings.add(traits.reasons)
    marks = Marks.none(len(leads))
    if settings.suppression_columns:
        marks = find_marks(leads, first_row=first_row, named=settings.suppression_column)
    keys = Keys.of(judged.address, judged.domain, by_person=settings.by_person)
    rows = {"cells": cells, "address": judged.address, "domain": judged.domain, "others": judged.others}
    listed = check_lists(settings, keys, **rows)
    _note(findings, listed, settings, Texts(judged.address, judged.domain, cells))
    chunk = CheckedChunk(
        leads,
        findings,
        judged.address,
        judged.domain,
        judged.repaired,
        first_of(judged.suggestion, traits.suggestion),
        judged.others,
        traits.rule,
        marks.rule,
        marks.columns,
        listed,
    )
    return chunk, keys


def _find(leads: Leads, judged: Addresses, settings: Settings) -> RowReasons:
    """What addresses, fields, the schema, trusted columns and the user's rules say against rows."""
    malformed = (
        mask(pc.is_valid(leads[MALFORMED])) if MALFORMED in leads else np.zeros(len(leads), dtype=bool)
    )
    findings = RowReasons(len(leads))
    findings.add({"row_malformed": malformed})
    parsed = {
        **judged.reasons,
        **find_field_notes(leads, judged.domain, settings.traits),
        **_check(leads, settings.schema),
        **check_required(leads, settings.required),
    }
    findings.add({code: rows & ~malformed for code, rows in parsed.items()})
    for column in settings.trusted:
        verdicts = judge_verdicts(leads, column)
        findings.add({code: rows & ~malformed for code, rows in verdicts.items()})
    for rule in settings.rules:
        findings.add({f"rule_{rule.name}": rule(leads.frame) & ~malformed}, outcome=Outcome(rule.outcome))
    return findings


def _check(leads: Leads, schema: Any) -> Mapping[str, Mask]:
    """What a schema, or the default one where None, says against rows.

    Text in every column is all that the default one asks for beside an email, which the type of a column
    says: then Pandera need not be loaded, which takes as long as half a million leads.
    """
    if schema is None and _is_text(leads):
        return {"missing_email": is_blank(leads["email"])}
    from hygiene.checks.pandera_schema import check_schema

    if schema is not None:
        return check_schema(leads.frame, schema)
    from hygiene_schemas import Lead

    return check_schema(leads.frame, Lead)


def _is_text(leads: Leads) -> bool:
    """Whether there is one email column, and every canonical column is of a text type."""
    canonical = {place: name for place, name in enumerate(leads.columns) if name in CANONICAL}
    names = list(canonical.values())
    return names.count("email") == 1 and len({*names}) == len(names) and all(map(leads.is_text, canonical))


def _note(findings: RowReasons, listed: ListMatches, settings: Settings, texts: Texts) -> None:
    """Add what lists merely note and what cannot be sent; let notes lead to `review` where the user asked for it."""
    sent = in_form(texts.address, texts.domain, settings.address_form)
    unsendable = not_null(texts.address) & ~not_null(sent)
    findings.add({"near_suppressed": not_null(listed.near), "unsendable_address": unsendable})
    findings.decide(dict.fromkeys(settings.review, Outcome.REVIEW))


def is_checked_alike(before: Settings, after: Settings, /) -> bool:
    """Whether only lists, known leads and where to, or what rows are to each other, can differ."""
    return all(getattr(before, name) is getattr(after, name) for name in _OF_CHUNK)


def check_lists_again(chunk: CheckedChunk, settings: Settings, /) -> tuple[CheckedChunk, Keys]:
    """The same chunk held against lists, known leads and the form of other settings; the keys of its addresses."""
    rows = {"cells": chunk.cells, "address": chunk.address, "domain": chunk.domain, "others": chunk.others}
    keys, findings = chunk.keys(settings), chunk.findings.copy()
    listed = check_lists(settings, keys, **rows)
    for code in ("near_suppressed", "unsendable_address"):
        findings.forget(code)
    _note(findings, listed, settings, chunk.texts)
    return replace(chunk, listed=listed, findings=findings), keys
