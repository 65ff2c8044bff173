"""Evidence of an import: what can be said of its leads one by one, while their file is at hand."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pyarrow as pa

from hygiene.arrow.text import is_blank, text_column
from hygiene.cleaning.result import CleanedLeads
from hygiene.importing.receipt import Receipt
from hygiene.importing.records import Places
from hygiene.prediction.evidence import Evidence
from hygiene.prediction.features import TextFeatures
from hygiene.prediction.traits import BLANKS, Bits, domains_of, traits_of

__all__ = ["evidence_of", "with_rows_told"]

#: Leads whose fields are looked at in one go.
_CHUNK = 100_000


def evidence_of(
    cleaned: CleanedLeads,
    rows: Places,
    /,
    *,
    sent: pa.Array,
    members: Sequence[str] | None = None,
    was_read: bool = False,
) -> Evidence:
    """What is known of these leads, in their order.

    Args:
        cleaned: The leads.
        rows: Their row numbers.
        sent: Their addresses.
        members: What the list holds now; None where it was not read back.
        was_read: Whether it is known what it held before.
    """
    present = None if members is None else TextFeatures(sent, known=members).known
    return Evidence(
        present, was_read, cache(lambda: _traits(cleaned, rows, sent)), cache(lambda: domains_of(sent))
    )


def with_rows_told(receipt: Receipt, cleaned: CleanedLeads, /) -> Receipt:
    """The receipt with what can be said of the leads, where the API said what became of single ones."""
    told = receipt.reconciliation
    if told.trace is None or not any(batch.told for batch in receipt.batches):
        return receipt
    rows = told.trace.rows
    known = evidence_of(cleaned, rows, sent=cleaned.addresses(rows - 1))
    return replace(receipt, reconciliation=replace(told, trace=replace(told.trace, evidence=known)))


def _traits(cleaned: CleanedLeads, rows: Places, sent: pa.Array) -> Bits:
    parts = [np.arange(0, dtype=np.uint32)]
    for start in range(0, len(rows), _CHUNK):
        here = rows[start : start + _CHUNK]
        frame = cleaned.leads(here - 1)
        blank = {name: is_blank(text_column(frame[name])) for name in BLANKS.values() if name in frame}
        parts.append(traits_of(sent[start : start + len(here)], blank))
    return np.concatenate(parts)
