"""Sending: one run of an import, and what its receipt comes to.

Once something was sent, nothing but the receipt decides the exit code.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from hygiene.cli.endings import course, noted
from hygiene.cli.exit_codes import DIFFERS, DONE, UNFINISHED, Unforeseen, exit_code
from hygiene.cli.flags import with_flags
from hygiene.cli.policy_out import offer_policy
from hygiene.cli.run import Run
from hygiene.cli.signals import Stopping
from hygiene.errors import HygieneError, Interrupted, JournalLost

if TYPE_CHECKING:
    from hygiene.cleaning.result import CleanedLeads
    from hygiene.importing import Receipt, Session

__all__ = ["ending", "send"]


def send(run: Run, session: "Session", cleaned: "CleanedLeads", stopping: "Stopping") -> "Receipt":
    """Send what is left, and read the list back where that was asked for.

    Raises:
        HygieneError: nothing of the import was ever sent.
    """
    from hygiene.importing.preflight import with_readback

    try:
        with run.progress("Importing") as progress, stopping.watching():
            receipt = session.run(
                cleaned, on_unknown=run.options["on_unknown"], progress=progress, stop=stopping
            )
            if run.options["verify"]:
                with run.afterwards():
                    receipt = with_readback(receipt, cleaned, session.sink, custom=session.frozen.custom)
                    session.keep_evidence(receipt)
            return receipt
    except KeyboardInterrupt:
        return session.stopped(Interrupted("stopped at once; the answer of the batch in flight is unknown."))
    except HygieneError:
        raise  # nothing of this import was ever sent
    except Exception as error:  # noqa: BLE001 -- whatever it is, something may have been sent
        return _broken_off(session, error)


def _broken_off(session: "Session", error: Exception) -> "Receipt":
    """The receipt of a run that ended where nobody foresaw it, unless nothing of the import was ever sent."""
    course().begun = True  # that is taken for granted until the journal says otherwise
    receipt = session.stopped(Interrupted())
    # without a journal nobody knows
    if session.import_id is not None and all(batch.state == "planned" for batch in receipt.batches):
        course().begun = False
        raise error
    return replace(receipt, error=Unforeseen(noted(error), code=UNFINISHED))


def _is_done(receipt: "Receipt") -> bool:
    """Whether all that was lost is the journal's word that the import came to its end."""
    open_ = any(batch.state in {"planned", "unknown"} for batch in receipt.batches)
    return isinstance(receipt.error, JournalLost) and not open_


def ending(run: Run, receipt: "Receipt", *, sent: bool) -> int:
    """Say what the receipt comes to; the exit code that stands for it."""
    told, found = receipt.reconciliation, receipt.readback
    if not sent and told.batches:
        run.tell(f"import {receipt.import_id} is finished already; nothing was sent (--again plans it anew)")
    if _is_done(receipt):
        run.tell(f"warning: {receipt.error} All of the import is noted as sent.")
    elif receipt.error is not None:
        code = UNFINISHED if receipt.progressed else exit_code(receipt.error)
        resume = " To resume, run the same command again." if code == UNFINISHED else ""
        run.tell(f"Error: unfinished: {with_flags(receipt.error)}{resume}")
        return code
    for line in found.sentences() if found else ():
        run.tell(line if found and found.agrees else f"Error: {line}")
    if "imported" in told.not_given and found is None:
        run.tell(
            "warning: the API did not say how many leads it imported; the same command with --verify reads the list."
        )
    if told.status == "agrees":
        return DONE if found is None or found.agrees else DIFFERS
    with run.afterwards():
        offer_policy(told, run.options["policy_out"])
    differences = "; ".join(told.differences())
    if told.status == "within_range" and not run.options["exact"]:
        run.tell(f"warning: the API's counts differ, within what was left open: {differences}.")
        return DONE if found is None or found.agrees else DIFFERS
    run.tell(f"Error: the API's counts differ from the prediction: {differences}.")
    return DIFFERS
