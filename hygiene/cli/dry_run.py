"""The dry run of an import: what it would send, by what the journal and the API hold; nothing is sent or noted."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hygiene.cli.exit_codes import DONE
from hygiene.cli.run import Run
from hygiene.display import counted

if TYPE_CHECKING:
    from hygiene.cleaning.result import CleanedLeads
    from hygiene.cli.places import Account
    from hygiene.importing import Session
    from hygiene.importing.journal import SqliteJournal

__all__ = ["journal_to_look_at", "rehearse"]


@contextmanager
def journal_to_look_at(path: str | None, *, required: bool) -> "Iterator[SqliteJournal | None]":
    """The journal there is, to be read alone; None where there is none yet.

    Raises:
        JournalError: it is not whole.
    """
    from hygiene.importing.journal import JournalView, check_not_lost, default_path

    found = Path(path) if path else default_path()
    if not required and (not found.exists() or not found.stat().st_size):
        check_not_lost(found)
        yield None
        return
    with JournalView(found, must_exist=True) as view:
        yield view


def rehearse(run: Run, sink: "Account", session: "Session", cleaned: "CleanedLeads") -> int:
    """Show what would be sent."""
    from hygiene.importing import Payload
    from hygiene.report.text import masked

    ahead = session.outlook(cleaned)
    run.report(cleaned)
    told = f"{counted(len(ahead.rows), 'lead')} in {counted(ahead.requests, 'request')}"
    if session.continues:
        told = f"import {session.import_id} would go on with {told}"
        told += f", {ahead.lost} of them with a lost answer that is settled first" if ahead.lost else ""
        if not len(ahead.rows):
            told = f"nothing of import {session.import_id} is left to send (--again plans it anew)"
    run.tell(f"dry run: {told}; nothing was sent.")
    if len(ahead.rows):
        first = Payload(cleaned, custom=session.frozen.custom).batch(1, ahead.rows[:1].tolist())
        run.tell(f"the first lead, masked: {masked(sink.shaped(first.leads)[0])}")
    return DONE
