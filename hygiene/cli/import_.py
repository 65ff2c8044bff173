"""The verb that sends: import."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hygiene.cli import consent, param_types, places
from hygiene.cli import options as shared
from hygiene.cli.destinations import check_journal, check_journal_name, check_results, check_rows
from hygiene.cli.dry_run import journal_to_look_at, rehearse
from hygiene.cli.endings import course
from hygiene.cli.files_out import write_files
from hygiene.cli.flags import with_flags
from hygiene.cli.help import Verb
from hygiene.cli.loaders import load_policy
from hygiene.cli.places import Account
from hygiene.cli.run import Run
from hygiene.cli.sending import ending, send
from hygiene.cli.signals import Stopping
from hygiene.display import counted

if TYPE_CHECKING:
    from hygiene.cleaning.result import CleanedLeads
    from hygiene.importing import Session
    from hygiene.importing.journal import SqliteJournal
    from hygiene.sinks import LeadList

__all__ = ["import_", "import_leads"]


@click.command(name="import", cls=Verb)
@shared.cleaning
@places.to_option("Where to import to")
@places.place_option("A Smartlead list to import to: --to smartlead:list=ID.")
@click.option(
    "--out",
    callback=param_types.folder,
    metavar="DIR",
    help="Folder for ready.csv, withheld.csv, verdicts.csv, summary.json, report.html.",
)
@shared.out_format
@click.option(
    "--custom",
    default="",
    callback=param_types.names,
    metavar="NAME,...|all",
    help="Custom columns to send too; mail_provider is who takes the mail.",
)
@click.option(
    "--rename",
    multiple=True,
    callback=param_types.fields,
    metavar="NAME=FIELD,...",
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
    metavar="N",
    help="Leads a request; 400 for a Smartlead list.",
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
@shared.insecure
@click.option("--accept-new-key", is_flag=True, help="The list's account has a new key.")
def import_(to: str | None, list_id: int | None, **options: Any) -> int:
    """Clean, predict, send what is ready to a list, and compare the counts.

    \b
    export SMARTLEAD_API_KEY=...
    hygiene import leads.csv --list 500 --dry-run
    hygiene import leads.csv --to smartlead:list=500 --suppress dnc.csv --max invalid=2%
    hygiene import leads.csv --list 500 --yes            (where nobody can be asked)

    What the API answers is predicted before anything is sent, and what it answered is compared: a difference is called
    drift, and ends with exit code 6. An import that was cut off is finished by the same command.
    """
    from hygiene.importing.journal import SqliteJournal

    place = places.chosen(to, list_id, options["profile"]).needs_a_list()
    consent.need_consent(options)
    check_journal_name(options["journal"])
    run = Run(options)
    stopping = Stopping(run.note)
    own = {
        "client_id": options["client"],
        "rename": options["rename"],
        "custom_shape": None if options["custom_shape"] == "flat" else options["custom_shape"],
    }
    with place.open(
        options=own, policy=load_policy(options["policy"]), rate=options["rate"],
        pause=stopping.pause, insecure=options["insecure"],
    ) as sink:  # fmt: skip
        if options["dry_run"]:
            with journal_to_look_at(options["journal"], required=options["require_journal"]) as view:
                return import_leads(run, sink, view, stopping)
        with SqliteJournal(options["journal"], must_exist=options["require_journal"]) as journal:
            if journal.created and not sys.stderr.isatty():
                run.note(f"new journal {journal.path}: keep it, and the .key file beside it, between runs")
            check_journal(journal)
            return import_leads(run, sink, journal, stopping)


def import_leads(run: Run, sink: Account, journal: "SqliteJournal | None", stopping: "Stopping") -> int:
    """Clean the run's files and send them; returns the exit code."""
    from hygiene.importing import open_session
    from hygiene.importing.preflight import with_known_leads

    options = run.options
    with run.failing():
        check_results(options)
        target = sink.describe()
        size = options["batch_size"] or sink.batch_leads
        cleaned = run.clean(policy=sink.policy, waive_blocklist=options["waive_blocklist"], batch_leads=size)
        check_rows(options, len(cleaned))
        session = open_session(
            cleaned, sink, journal=journal, batch_leads=size, custom=options["custom"],
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
            write_files(run, options["out"] if options["dry_run"] else None, cleaned)
        return _import(run, sink, session, cleaned, target, stopping)


def _import(  # noqa: PLR0917 -- the parts of one import
    run: Run,
    sink: Account,
    session: "Session",
    cleaned: "CleanedLeads",
    target: "LeadList",
    stopping: "Stopping",
) -> int:
    """Show what is about to happen, send what is left, and tell what became of it."""
    from hygiene.report.text import inert

    options = run.options
    _tell_notes(run, session.notes)
    left = session.left(cleaned)
    if left or not session.continues:
        run.gate(cleaned)
    columns = _columns_sent(run, sink, session, cleaned)
    if options["dry_run"]:
        return rehearse(run, sink, session, cleaned)
    if left and not options["yes"]:
        size = "of unknown size" if target.size is None else counted(target.size, "lead")
        where = f"account {sink.account}, list {target.id} {inert(target.name)!r} ({size})"
        if session.continues:
            run.tell(f"import {session.import_id} goes on: {counted(left, 'lead')} of it left to send")
        _ask(run, cleaned, where, columns, _duration(sink, session.outlook(cleaned).requests))
    told = len(session.notes)
    with run.failing(cleaned):
        receipt = send(run, session, cleaned, stopping)
    course().begun = True
    with run.afterwards():
        _tell_notes(run, receipt.notes[told:])
        if receipt.error is None:
            session.keep(run.summary(cleaned, receipt))
    write_files(run, options["out"], cleaned, receipt)
    with run.afterwards():
        run.report(cleaned, receipt)
    return ending(run, receipt, sent=bool(left))


def _tell_notes(run: Run, notes: "Sequence[str]") -> None:
    """Say how the import goes on, in any case: that the plan stands where an option changed, or what was not sent."""
    for note in notes:
        run.tell(with_flags(note))


def _columns_sent(run: Run, sink: Account, session: "Session", cleaned: "CleanedLeads") -> list[str]:
    """The columns that are sent; says once which of the input stay here."""
    import numpy as np

    from hygiene.columns.mapping import MALFORMED
    from hygiene.importing import sent_columns
    from hygiene.report.text import inert

    takes = getattr(sink, "takes", None)  # of an API that has no place for others
    sent = sent_columns(cleaned.leads(np.arange(0)), session.frozen.custom)
    sent = [name for name in sent if takes is None or name in takes]
    unsent = [inert(name) for name in cleaned.columns if name not in (*sent, MALFORMED)]
    if unsent and not run.options["quiet"]:
        how = " (custom columns go with --custom NAME,... or --custom all)" if takes is None else ""
        run.tell(f"not sent: {', '.join(unsent)}{how}")
    return sent


def _duration(sink: Account, requests: int) -> str:
    """How long the pace makes so many requests take."""
    if sink.rate == "none":
        return "no rate is set, so it goes as fast as the API answers"
    minutes, seconds = divmod(round(sink.least_s(requests)), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [
        f"{number} {unit}" for number, unit in ((hours, "h"), (minutes, "min"), (seconds, "s")) if number
    ]
    return f"at the rate of {sink.rate} that takes {' '.join(parts[:2]) or 'under a second'} or longer"


def _ask(run: Run, cleaned: "CleanedLeads", target: str, columns: Sequence[str], duration: str) -> None:
    """Show what is about to happen, and go on only after a yes."""
    from hygiene.report.text import open_counts

    options = run.options
    prediction = cleaned.predict(send_all=options["send_all"])
    run.tell(target)
    run.tell(
        f"{counted(prediction.counts.total_leads or 0, 'lead')} in "
        f"{counted(len(prediction.batches), 'request')}, with {', '.join(columns)}"
    )
    run.tell(duration)
    for line in open_counts(prediction.range):
        run.tell(line)
    run.tell(
        "predicted: " + ", ".join(f"{count} {name}" for name, count in prediction.counts.as_dict().items())
    )
    consent.ask()
