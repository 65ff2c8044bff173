"""Importing: cleaned leads through a sink, batch by batch, to a receipt.

`handed_over` looks at what a call is given. `payload` says what is sent of each lead, `records` what is remembered of
an import, `batches` which request comes next. `session` is an import while a process holds it, `resume` brings an
earlier plan up to now, `prior_imports` tells what other imports left in the list. `sender` sends what `prefetch`
writes, `jobs` waits for what an API carries out later, `in_doubt` finds out about lost answers, `bisect` about refused
leads. What a sink offers is said in `hygiene.sinks`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from hygiene.version import earlier_names

if TYPE_CHECKING:
    from hygiene.importing.memory_record import MemoryRecord
    from hygiene.importing.payload import Batch, Payload, plan, sent_columns
    from hygiene.importing.receipt import Receipt
    from hygiene.importing.records import Entry, Frozen, Identity, Journal, Record
    from hygiene.importing.sender import OnUnknown, Progress
    from hygiene.importing.session import Session, open_session, run_import


__all__ = [
    "Batch",
    "Entry",
    "Frozen",
    "Identity",
    "Journal",
    "MemoryRecord",
    "OnUnknown",
    "Payload",
    "Progress",
    "Receipt",
    "Record",
    "Session",
    "open_session",
    "plan",
    "run_import",
    "sent_columns",
]

_SINKS = (
    "Addressed", "BlockListEditor", "Lead", "LeadList", "ListReader", "Reply", "Sink", "Target", "WritesAhead",
    "Written",
)  # fmt: skip

_earlier = earlier_names(__name__, dict.fromkeys(_SINKS, "hygiene.sinks"))
#: Where names are that are loaded on first use: whoever tells of a cleaning needs none of an import.
_HOME = {
    "Batch": "hygiene.importing.payload",
    "Entry": "hygiene.importing.records",
    "Frozen": "hygiene.importing.records",
    "Identity": "hygiene.importing.records",
    "Journal": "hygiene.importing.records",
    "MemoryRecord": "hygiene.importing.memory_record",
    "OnUnknown": "hygiene.importing.sender",
    "Payload": "hygiene.importing.payload",
    "Progress": "hygiene.importing.sender",
    "Receipt": "hygiene.importing.receipt",
    "Record": "hygiene.importing.records",
    "Session": "hygiene.importing.session",
    "open_session": "hygiene.importing.session",
    "plan": "hygiene.importing.payload",
    "run_import": "hygiene.importing.session",
    "sent_columns": "hygiene.importing.payload",
}


def __getattr__(name: str) -> Any:
    return getattr(import_module(_HOME[name]), name) if name in _HOME else _earlier(name)
