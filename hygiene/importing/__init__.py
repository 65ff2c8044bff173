"""Importing: cleaned leads through a sink, batch by batch, to a receipt.

`sink` says what a sink has to offer, `plan` what is sent of each lead, `record` what is remembered of an
import, `batches` which request comes next. `opening` finds the import, `session` is it while a process holds
it, `continuing` brings an earlier plan up to now, `brought` tells what other imports left in the list. `run`
sends what `outgoing` writes, `settle` finds out about lost answers, `isolate` about refused leads. The API
itself is spoken elsewhere.
"""

from hygiene.importing.payload import Batch, Payload, plan, sent_columns
from hygiene.importing.receipt import Receipt
from hygiene.importing.records import Entry, Frozen, Identity, Journal, MemoryRecord, Record
from hygiene.importing.sender import OnUnknown, Progress
from hygiene.importing.session import Session, open_session, run_import
from hygiene.sinks import (
    Addressed,
    BlockListEditor,
    Lead,
    LeadList,
    ListReader,
    Reply,
    Sink,
    Target,
    WritesAhead,
    Written,
)

__all__ = [
    "Addressed",
    "Batch",
    "BlockListEditor",
    "Entry",
    "Frozen",
    "Identity",
    "Journal",
    "Lead",
    "LeadList",
    "ListReader",
    "MemoryRecord",
    "OnUnknown",
    "Payload",
    "Progress",
    "Receipt",
    "Record",
    "Reply",
    "Session",
    "Sink",
    "Target",
    "WritesAhead",
    "Written",
    "open_session",
    "plan",
    "run_import",
    "sent_columns",
]
