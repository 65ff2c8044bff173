"""Leads again: what can be said of a past import's leads while the file that they came from is at hand again."""

from dataclasses import replace

from hygiene.cleaning.result import CleanedLeads
from hygiene.errors import UsageError
from hygiene.importing.evidence import evidence_of
from hygiene.importing.journal.journal import SqliteJournal
from hygiene.importing.past_imports import Imported
from hygiene.prediction.reconcile import Reconciliation

__all__ = ["with_leads"]


def with_leads(imported: Imported, cleaned: CleanedLeads, journal: SqliteJournal, /) -> Reconciliation:
    """What an import came to, with what can be said of its leads while their file is at hand again.

    Raises:
        UsageError: these are not the leads of the import, or they are read otherwise than they were.
    """
    told, name = imported.reconciliation, ", ".join(map(str, cleaned.files))
    if told.trace is None or cleaned.digest != imported.sha256:
        msg = f"{name}: not what import {imported.id} was made of; its content is another. Name that file."
        raise UsageError(msg)
    rows, kept = told.trace.rows, told.trace.evidence
    sent = cleaned.addresses(rows - 1)
    if not journal.sent(imported, sent):
        msg = (
            f"{name}: its addresses are read otherwise than by import {imported.id}, which had options of its own "
            "for columns or repairs. Explain the import without the file."
        )
        raise UsageError(msg)
    known = evidence_of(cleaned, rows, sent=sent, custom=imported.custom)
    known = replace(known, members=kept.members, was_read=kept.was_read, traits=kept.traits or known.traits)
    return replace(told, trace=replace(told.trace, evidence=known))
