"""Evidence of an import: what can be said of its leads one by one, while their file is at hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Mask, is_blank, text_column
from hygiene.cleaning.providers import providers_of
from hygiene.cleaning.result import CleanedLeads
from hygiene.cleaning.row_lookup import texts_at
from hygiene.columns.mapping import CANONICAL
from hygiene.importing.payload import sent_columns
from hygiene.importing.receipt import Receipt
from hygiene.importing.records import Places
from hygiene.prediction.address_parts import Parts
from hygiene.prediction.evidence import Evidence
from hygiene.prediction.features import TextFeatures
from hygiene.prediction.traits import BLANKS, CUSTOM, PROVIDERS, REASONS, Bits, traits_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["evidence_of", "with_rows_told"]

#: Leads whose fields are looked at in one go.
_CHUNK = 100_000


def evidence_of(
    cleaned: CleanedLeads,
    rows: Places,
    /,
    *,
    sent: pa.Array,
    custom: Sequence[str] = (),
    members: Sequence[str] | None = None,
    was_read: bool = False,
) -> Evidence:
    """What is known of these leads, in their order.

    Args:
        cleaned: The leads.
        rows: Their row numbers.
        sent: Their addresses.
        custom: Custom columns that are sent, as `Payload` takes them.
        members: What the list holds now; None where it was not read back.
        was_read: Whether it is known what it held before.
    """
    present = None if members is None else cache(TextFeatures(sent, known=members).known)
    return Evidence(
        present,
        was_read,
        cache(lambda: _traits(cleaned, rows, sent, custom)),
        cache(lambda: Parts.of(sent)),
        cache(lambda: _fields(cleaned, rows, custom)),
    )


def with_rows_told(receipt: Receipt, cleaned: CleanedLeads, /, *, custom: Sequence[str] = ()) -> Receipt:
    """The receipt with what can be said of the leads, where the API said what became of single ones."""
    told = receipt.reconciliation
    if told.trace is None or not any(batch.told for batch in receipt.batches):
        return receipt
    rows = told.trace.rows
    known = evidence_of(cleaned, rows, sent=cleaned.addresses(rows - 1), custom=custom)
    return replace(receipt, reconciliation=replace(told, trace=replace(told.trace, evidence=known)))


def _traits(cleaned: CleanedLeads, rows: Places, sent: pa.Array, custom: Sequence[str]) -> Bits:
    marked, own = _reasons(cleaned), _own(cleaned, custom)
    found: Bits = np.zeros(len(rows), dtype=np.uint64)
    for start in range(0, len(rows), _CHUNK):
        here = slice(start, start + _CHUNK)
        places = rows[here] - 1
        frame = cleaned.leads(places)
        told: dict[str, Any] = {name: _blank(frame, name) for name in BLANKS if name in frame}
        if own:
            told[CUSTOM] = np.logical_and.reduce([_blank(frame, name) for name in own])
        told |= {code: mask[places] for code, mask in marked.items()}
        told |= _providers(cleaned, places)
        found[here] = traits_of(sent[here], told)
    return found


def _fields(cleaned: CleanedLeads, rows: Places, custom: Sequence[str]) -> Mapping[str, pa.DictionaryArray]:
    """The columns that are sent, but the address, as they are sent."""
    names = [name for name in CANONICAL[1:] if name in cleaned.columns] + _own(cleaned, custom)
    parts: dict[str, list[pa.Array]] = {name: [] for name in names}
    for start in range(0, len(rows), _CHUNK):
        frame = cleaned.leads(rows[start : start + _CHUNK] - 1)
        for name in names:
            parts[name].append(pc.fill_null(text_column(frame[name]), "").dictionary_encode())
    columns = {name: pa.chunked_array(part).unify_dictionaries() for name, part in parts.items() if part}
    return {name: column.combine_chunks() for name, column in columns.items()}


def _own(cleaned: CleanedLeads, custom: Sequence[str]) -> list[str]:
    """Custom columns of the leads that are sent."""
    columns = sent_columns(cleaned.leads(np.arange(0)), custom)
    return [name for name in columns if name not in CANONICAL and name in cleaned.columns]


def _blank(frame: "pd.DataFrame", name: str) -> Mask:
    found: Mask = np.asarray(is_blank(text_column(frame[name])), dtype=bool)
    return found


def _reasons(cleaned: CleanedLeads) -> Mapping[str, Mask]:
    """The rows of the input that have each of `REASONS`."""
    found = {code: np.zeros(len(cleaned), dtype=bool) for code in REASONS}
    for number, chunk in enumerate(cleaned.survey):
        masks = cleaned.survey.findings(number, chunk).masks
        first = cleaned.survey.firsts[number]
        for code in REASONS:
            if code in masks:
                found[code][first : first + len(masks[code])] = masks[code]
    return found


def _providers(cleaned: CleanedLeads, places: Places) -> Mapping[str, Mask]:
    """The leads whose mail each of `PROVIDERS` takes, by what DNS said anyway."""
    if not cleaned.survey.domains:
        return {}
    codes = providers_of(texts_at(cleaned.survey, places, "domain"), cleaned.survey.domains)
    return {code: np.asarray(pc.equal(codes, code).fill_null(False)) for code in PROVIDERS}  # noqa: FBT003
