"""The verbs that speak to the API: import, lists."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hygiene.cli import consent, param_types
from hygiene.cli import options as shared
from hygiene.cli.console import show
from hygiene.cli.credentials import find_key
from hygiene.cli.dry_run import journal_to_look_at, rehearse
from hygiene.cli.exit_codes import DIFFERS, DONE, UNFINISHED, exit_code
from hygiene.cli.flags import with_flags
from hygiene.cli.policy_out import offer_policy
from hygiene.cli.run import Run, load_policy
from hygiene.cli.signals import Stopping
from hygiene.errors import Interrupted

if TYPE_CHECKING:
    from hygiene.cleaning.result import CleanedLeads
    from hygiene.cli.config import Profile
    from hygiene.importing import Receipt, Session
    from hygiene.importing.journal import SqliteJournal
    from hygiene.sinks import LeadList
    from hygiene.smartlead import Smartlead

__all__ = ["import_", "import_leads", "lists"]


@click.command(name="import")
@shared.cleaning
@click.option(
    "--list",
    "list_id",
    type=click.IntRange(min=1),
    required=True,
    metavar="ID",
    help="The lead list to import to.",
)
@click.option(
    "--out",
    metavar="DIR",
    help="Folder for ready.csv, withheld.csv, verdicts.csv, summary.json, report.html.",
)
@shared.out_format
@click.option(
    "--custom",
    default="",
    callback=param_types.names,
    metavar="NAME,...|all",
    help="Custom columns to send too.",
)
@click.option(
    "--rename",
    multiple=True,
    callback=param_types.pairs,
    metavar="NAME=FIELD",
    help="The API's name for a column: company=company_name.",
)
@click.option(
    "--custom-shape",
    type=click.Choice(["flat", "nested"]),
    default="flat",
    help="Custom fields beside the others or under custom_fields.",
)
@click.option(
    "--batch-size",
    type=click.IntRange(min=1),
    default=400,
    show_default=True,
    metavar="N",
    help="Leads a request.",
)
@click.option(
    "--send-all", is_flag=True, help="Send blocked and duplicate rows too, to audit the prediction."
)
@click.option("--waive-blocklist", is_flag=True, help="Ask the API to ignore its block list.")
@click.option(
    "--no-snapshot", is_flag=True, help="Do not read members, block list and who unsubscribed first."
)
@click.option("--dry-run", is_flag=True, help="Plan and predict, show a masked first lead, send nothing.")
@click.option("--exact", is_flag=True, help="Exit with 6 also where the counts differ within the range.")
@click.option("--verify", is_flag=True, help="Read the list afterwards, and name the rows that are missing.")
@click.option(
    "--policy-out", metavar="F", help="Write the rules that explain a difference, where one set does."
)
@consent.yes
@shared.journal
@click.option("--require-journal", is_flag=True, help="Stop where there is no journal yet.")
@click.option("--again", is_flag=True, help="Plan anew, whatever the journal remembers of the same import.")
@click.option(
    "--on-unknown",
    type=click.Choice(["verify", "resend", "stop"]),
    default="verify",
    show_default=True,
    help="Where an answer is lost: read the list back, send again, or stop.",
)
@click.option("--rate", metavar="N/s,N/m,N/h", help="Requests to let out: 8/s,48/m,800/h, or none.")
@click.option("--accept-new-key", is_flag=True, help="The list's account has a new key.")
def import_(list_id: int, rename: Mapping[str, str], custom_shape: Any, **options: Any) -> int:
    """Clean, predict, send what is ready to a lead list, and compare the counts.

    \b
    export SMARTLEAD_API_KEY=...
    hygiene import leads.csv --list 500 --suppress dnc.csv --max invalid=2%
    hygiene import leads.csv --list 500 --dry-run
    """
    from hygiene.importing.journal import SqliteJournal
    from hygiene.smartlead import Smartlead

    consent.need_consent(options)
    run = Run(options)
    stopping = Stopping(run.note)
    profile = options["profile"]
    policy = load_policy(options["policy"])
    with Smartlead(
        list_id=list_id, client_id=options["client"], api_key=find_key(profile), policy=policy, rename=rename,
        custom_shape=custom_shape, rate=options["rate"], pause=stopping.pause,
    ) as sink:  # fmt: skip
        if options["dry_run"]:
            with journal_to_look_at(options["journal"], required=options["require_journal"]) as view:
                return import_leads(run, sink, view, stopping)
        with SqliteJournal(options["journal"], must_exist=options["require_journal"]) as journal:
            if journal.created and not sys.stderr.isatty():
                run.note(f"new journal {journal.path}: keep it, and the .key file beside it, between runs")
            return import_leads(run, sink, journal, stopping)


def import_leads(run: Run, sink: "Smartlead", journal: "SqliteJournal | None", stopping: "Stopping") -> int:
    """Clean the run's files and send them; returns the exit code."""
    from hygiene.importing import open_session
    from hygiene.importing.preflight import with_known_leads

    options = run.options
    with run.failing():
        target = sink.describe()
        cleaned = run.clean(waive_blocklist=options["waive_blocklist"], batch_leads=options["batch_size"])
        session = open_session(
            cleaned, sink, journal=journal, batch_leads=options["batch_size"], custom=options["custom"],
            send_all=options["send_all"], file_name=Path(cleaned.files[0]).name, again=options["again"],
            accept_new_key=options["accept_new_key"],
        )  # fmt: skip
    with session:
        with run.failing():
            told = cleaned.notes
            cleaned = with_known_leads(
                session, cleaned, sink, snapshot=not options["no_snapshot"], send_all=options["send_all"]
            )
            for note in cleaned.notes:
                if note not in (*told, *session.notes):
                    run.note(with_flags(note))
            # so that a report is there whatever happens next; a dry run writes what a clean does
            run.write(options["out"] if options["dry_run"] else None, cleaned)
        return _import(run, sink, session, cleaned, target, stopping)


def _import(  # noqa: PLR0917 -- the parts of one import
    run: Run,
    sink: "Smartlead",
    session: "Session",
    cleaned: "CleanedLeads",
    target: "LeadList",
    stopping: "Stopping",
) -> int:
    """Show what is about to happen, send what is left, and tell what became of it."""
    import numpy as np

    from hygiene.importing import sent_columns
    from hygiene.report.text import inert

    options = run.options
    _tell_notes(run, session.notes)
    left = session.left(cleaned)
    if left or not session.continues:
        run.gate(cleaned)
    columns = sent_columns(cleaned.leads(np.arange(0)), session.frozen.custom)
    _tell_unsent(run, cleaned, columns)
    if options["dry_run"]:
        return rehearse(run, session, cleaned)
    if left and not options["yes"]:
        where = f"account {sink.account}, list {target.id} {inert(target.name)!r} ({target.size} leads)"
        if session.continues:
            run.tell(f"import {session.import_id} goes on: {left} leads are left of it")
        _ask(run, cleaned, where, columns)
    told = len(session.notes)
    with run.failing(cleaned):
        receipt = _send(run, session, cleaned, stopping)
    _tell_notes(run, receipt.notes[told:])
    session.keep(run.summary(cleaned, receipt))
    run.write(options["out"], cleaned, receipt)
    run.report(cleaned, receipt)
    return _ending(run, receipt, sent=bool(left))


def _tell_notes(run: Run, notes: "Sequence[str]") -> None:
    """Say how the import goes on; what is a warning is said in any case."""
    for note in notes:
        (run.tell if note.startswith("warning:") else run.note)(with_flags(note))


def _send(run: Run, session: "Session", cleaned: "CleanedLeads", stopping: "Stopping") -> "Receipt":
    from hygiene.importing.preflight import with_readback

    try:
        with run.progress("Importing") as progress, stopping.watching():
            receipt = session.run(
                cleaned, on_unknown=run.options["on_unknown"], progress=progress, stop=stopping
            )
            return with_readback(receipt, cleaned, session.sink) if run.options["verify"] else receipt
    except KeyboardInterrupt:
        return session.stopped(Interrupted("stopped at once; the answer of the batch in flight is unknown."))


def _ending(run: Run, receipt: "Receipt", *, sent: bool) -> int:
    told, found = receipt.reconciliation, receipt.readback
    if not sent and told.batches:
        run.note(f"import {receipt.import_id} is finished already; nothing was sent (--again plans it anew)")
    if receipt.error is not None:
        code = UNFINISHED if receipt.progressed else exit_code(receipt.error)
        run.tell(f"Error: unfinished: {with_flags(receipt.error)}")
        if code == UNFINISHED:
            run.tell("To resume, run the same command again.")
        return code
    for line in found.sentences() if found else ():
        run.tell(line if found and found.agrees else f"Error: {line}")
    if told.status == "agrees":
        return DONE if found is None or found.agrees else DIFFERS
    offer_policy(told, run.options["policy_out"])
    differences = "; ".join(told.differences())
    if told.status == "within_range" and not run.options["exact"]:
        run.tell(f"warning: the API's counts differ, within what was left open: {differences}.")
        return DONE if found is None or found.agrees else DIFFERS
    run.tell(f"Error: the API's counts differ from the prediction: {differences}.")
    return DIFFERS


def _tell_unsent(run: Run, cleaned: "CleanedLeads", sent: Sequence[str]) -> None:
    """Say once which columns of the input stay here."""
    from hygiene.columns.mapping import MALFORMED
    from hygiene.report.text import inert

    unsent = [inert(name) for name in cleaned.columns if name not in (*sent, MALFORMED)]
    if unsent and not run.options["quiet"]:
        run.tell(f"not sent: {', '.join(unsent)} (custom columns go with --custom NAME,... or --custom all)")


def _ask(run: Run, cleaned: "CleanedLeads", target: str, columns: Sequence[str]) -> None:
    """Show what is about to happen, and go on only after a yes."""
    from hygiene.report.text import open_counts

    options = run.options
    prediction = cleaned.predict(send_all=options["send_all"])
    run.tell(target)
    run.tell(
        f"{prediction.counts.total_leads} leads in {len(prediction.batches)} requests, with {', '.join(columns)}"
    )
    for line in open_counts(prediction.range):
        run.tell(line)
    run.tell(
        "predicted: " + ", ".join(f"{count} {name}" for name, count in prediction.counts.as_dict().items())
    )
    consent.ask()


@click.command()
@click.argument("name", required=False, default="")
@click.option("--create", metavar="NAME", help="Make a new list.")
@shared.no_key
@shared.profile
def lists(name: str, create: str | None, profile: "Profile | None") -> None:
    """Show the account's lead lists: id, name, size.

    \b
    hygiene lists
    hygiene lists berlin
    hygiene lists --create "Berlin, spring"
    """
    from hygiene.report.text import inert, lead_lists
    from hygiene.smartlead import Smartlead

    with Smartlead(api_key=find_key(profile)) as account:
        if create:
            made = account.create_list(create)
            click.echo(f"{made.id} {inert(made.name)}")
            return
        show([lead_lists(account.lists(name))])
