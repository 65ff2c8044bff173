"""Importing: cleaned leads through a sink, batch by batch, to a receipt.

`handed_over` looks at what a call is given. `payload` says what is sent of each lead, `records` what is remembered of
an import, `batches` which request comes next. `session` is an import while a process holds it, `resume` brings an
earlier plan up to now, `prior_imports` tells what other imports left in the list. `sender` sends what `prefetch`
writes, `jobs` waits for what an API carries out later, `in_doubt` finds out about lost answers, `bisect` about refused
leads. What a sink offers is said in `hygiene.sinks`.
"""

from typing import TYPE_CHECKING, Any

from hygiene.version import earlier_names, later

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

#: Names that are loaded on first use: whoever tells of a cleaning needs none of an import.
_NAMES = {
    "Batch": "payload",
    "Entry": "records",
    "Frozen": "records",
    "Identity": "records",
    "Journal": "records",
    "MemoryRecord": "memory_record",
    "OnUnknown": "sender",
    "Payload": "payload",
    "Progress": "sender",
    "Receipt": "receipt",
    "Record": "records",
    "Session": "session",
    "open_session": "session",
    "plan": "payload",
    "run_import": "session",
    "sent_columns": "payload",
}
_ours = later(__name__, **_NAMES)
_earlier = earlier_names(__name__, dict.fromkeys(_SINKS, "hygiene.sinks"))


def __getattr__(name: str) -> Any:
    return _ours(name) if name in _NAMES else _earlier(name)
