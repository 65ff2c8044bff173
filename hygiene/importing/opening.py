"""Opening: the session of an import, and an import from its session to its receipt in one call.

Which import it is, is settled here; nothing here plans or sends.
"""

from collections.abc import Sequence

from hygiene.cleaned import CleanedLeads
from hygiene.errors import UsageError
from hygiene.importing.plan import check_size
from hygiene.importing.receipt import Receipt
from hygiene.importing.record import Frozen, Identity, Journal
from hygiene.importing.run import OnUnknown, Progress
from hygiene.importing.session import Session
from hygiene.importing.sink import Addressed, Sink

__all__ = ["open_session", "run_import"]


def open_session(
    cleaned: CleanedLeads,
    sink: Sink,
    /,
    *,
    journal: Journal | None = None,
    batch_leads: int | None = None,
    custom: Sequence[str] = (),
    send_all: bool = False,
    file_name: str = "leads",
    again: bool = False,
    accept_new_key: bool = False,
) -> Session:
    """The import of these leads through this sink: a new one, or the one that an earlier run began.

    Args:
        cleaned: What is to be sent.
        sink: Where to; on a resumed import it is given the policy and shape of the first run.
        journal: Where imports are remembered; None remembers nothing.
        batch_leads: Leads a request; None is the sink's own number.
        custom: Custom columns to send.
        send_all: Also blocked and duplicate rows, to audit the prediction.
        file_name: Name under which the API files the import.
        again: Plan anew, whatever the journal remembers of the same import.
        accept_new_key: Take a key that the list was not imported to with before.

    Raises:
        ImportBusy: another process holds the import.
        UsageError: a batch size below 1, a sink that a journal cannot name, or a list of another key.
    """
    size = sink.batch_leads if batch_leads is None else batch_leads
    check_size(size)
    shape = dict(sink.shape) if isinstance(sink, Addressed) else {}
    frozen = Frozen(
        policy=sink.policy, batch_leads=size, custom=tuple(custom), file_name=file_name, shape=shape
    )
    record, waive = None, cleaned.survey.settings.waive_blocklist
    if journal is not None:
        if not isinstance(sink, Addressed):
            msg = f"{sink.name}: a journal needs a sink that says where it sends to (target, shape)."
            raise UsageError(msg)
        identity = Identity(sink.target, cleaned.digest, send_all, waive)
        record = journal.begin(identity, again=again, accept_new_key=accept_new_key)
    return Session(
        sink, frozen, journal=journal, record=record, send_all=send_all, waive_blocklist=waive, again=again
    )


def run_import(
    cleaned: CleanedLeads,
    sink: Sink,
    /,
    *,
    batch_leads: int | None = None,
    custom: Sequence[str] = (),
    send_all: bool = False,
    file_name: str = "leads",
    on_unknown: OnUnknown = "verify",
    journal: Journal | None = None,
    progress: Progress | None = None,
) -> Receipt:
    """Send cleaned leads through a sink and reconcile its answers; see `open_session` and `Session.run`."""
    with open_session(
        cleaned, sink, journal=journal, batch_leads=batch_leads, custom=custom, send_all=send_all,
        file_name=file_name,
    ) as session:  # fmt: skip
        return session.run(session.knowing(cleaned), on_unknown=on_unknown, progress=progress)
