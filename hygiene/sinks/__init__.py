"""Sinks: what a place that leads are imported to has to offer.

Protocols and the values that cross them; nothing here sends.
"""

from hygiene.sinks.addresses import TakesAddresses, form_of
from hygiene.sinks.jobs import Job, RunsJobs
from hygiene.sinks.rows import Overlaps, RowClass, RowResult
from hygiene.sinks.sink import (
    AccountReader,
    Addressed,
    Answers,
    BlockListEditor,
    BlocksByPattern,
    HeldLead,
    Lead,
    LeadList,
    ListReader,
    Reply,
    Sink,
    Target,
    WritesAhead,
    Written,
    leaves_open,
)

__all__ = [
    "AccountReader",
    "Addressed",
    "Answers",
    "BlockListEditor",
    "BlocksByPattern",
    "HeldLead",
    "Job",
    "Lead",
    "LeadList",
    "ListReader",
    "Overlaps",
    "Reply",
    "RowClass",
    "RowResult",
    "RunsJobs",
    "Sink",
    "TakesAddresses",
    "Target",
    "WritesAhead",
    "Written",
    "form_of",
    "leaves_open",
]
