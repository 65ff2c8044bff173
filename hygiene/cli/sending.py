"""The verbs that speak to the API: import, lists."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hygiene.cli import options as shared
from hygiene.cli.codes import DIFFERS, DONE, UNFINISHED
from hygiene.cli.run import Run, load_policy, show
from hygiene.errors import GateFailed, UsageError

if TYPE_CHECKING:
    from hygiene.cleaned import CleanedLeads
    from hygiene.importing import Receipt
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
    "--custom", default="", callback=shared.names, metavar="NAME,...|all", help="Custom columns to send too."
)
@click.option(
    "--rename",
    multiple=True,
    callback=shared.pairs,
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
@click.option("--no-snapshot", is_flag=True, help="Do not read the list's members and the block list first.")
@click.option("--dry-run", is_flag=True, help="Plan and predict, show a masked first lead, send nothing.")
@click.option("--exact", is_flag=True, help="Exit with 6 also where the counts differ within the range.")
@click.option("--verify", is_flag=True, help="Read the list afterwards, and name the rows that are missing.")
@click.option(
    "--policy-out", metavar="F", help="Write the rules that explain a difference, where one set does."
)
@click.option("--yes", is_flag=True, help="Do not ask before sending.")
def import_(list_id: int, rename: Mapping[str, str], custom_shape: Any, **options: Any) -> int:
    """Clean, predict, send what is ready to a lead list, and compare the counts.

    \b
    export SMARTLEAD_API_KEY=...
    hygiene import leads.csv --list 500 --suppress dnc.csv --max invalid=2%
    hygiene import leads.csv --list 500 --dry-run
    """
    from hygiene.smartlead import Smartlead

    policy = load_policy(options["policy"])
    with Smartlead(
        list_id=list_id,
        client_id=options["client"],
        policy=policy,
        rename=rename,
        custom_shape=custom_shape,
    ) as sink:
        return import_leads(Run(options), sink)


def import_leads(run: Run, sink: "Smartlead", /) -> int:
    """Clean the run's files and send them; returns the exit code."""
    from hygiene import library
    from hygiene.importing import sent_columns
    from hygiene.report.text import inert

    options = run.options
    with run.failing():
        target = sink.describe()
        cleaned = run.clean(waive_blocklist=options["waive_blocklist"], batch_leads=options["batch_size"])
        cleaned = library.prepare(cleaned, sink, snapshot=not options["no_snapshot"])
        run.write(None, cleaned)  # so that a report is there whatever happens next
    run.gate(cleaned)
    columns = sent_columns(cleaned.to_send(send_all=options["send_all"]), options["custom"])
    _tell_unsent(run, cleaned, columns)
    if options["dry_run"]:
        return _rehearse(run, cleaned)
    if sys.stdin.isatty() and sys.stderr.isatty() and not options["yes"]:
        where = f"account {sink.account}, list {target.id} {inert(target.name)!r} ({target.size} leads)"
        _ask(run, cleaned, where, columns)
    with run.failing(cleaned), run.progress("Importing") as progress:
        receipt = library.import_leads(
            cleaned,
            sink,
            snapshot=False,
            custom=options["custom"],
            send_all=options["send_all"],
            batch_leads=options["batch_size"],
            progress=progress,
            verify=options["verify"],
        )
    run.write(options["out"], cleaned, receipt)
    run.report(cleaned, receipt)
    return _ending(run, receipt)


def _ending(run: Run, receipt: "Receipt") -> int:
    told, found = receipt.reconciliation, receipt.readback
    if told.status == "incomplete":
        run.tell(f"Error: unfinished: {receipt.error}")
        return UNFINISHED
    for line in found.sentences() if found else ():
        run.tell(line if found and found.agrees else f"Error: {line}")
    if told.status == "agrees":
        return DONE if found is None or found.agrees else DIFFERS
    _offer(run, receipt)
    differences = "; ".join(told.differences())
    if told.status == "within_range" and not run.options["exact"]:
        run.tell(f"warning: the API's counts differ, within what was left open: {differences}.")
        return DONE if found is None or found.agrees else DIFFERS
    run.tell(f"Error: the API's counts differ from the prediction: {differences}.")
    return DIFFERS


def _offer(run: Run, receipt: "Receipt") -> None:
    """Write the one policy that explains everything, or say how to."""
    found, out = receipt.reconciliation.search(), run.options["policy_out"]
    if found.policy is None:
        return
    if out is None:
        run.tell(f"{found.fits[0].words} would have predicted it: --policy-out F writes such a policy.")
        return
    try:
        Path(out).write_text(found.policy.to_toml(evidence=found.sentences()), encoding="utf-8")
    except OSError as error:
        msg = f"--policy-out {out}: {error.strerror}."
        raise UsageError(msg) from error
    run.tell(f"wrote {out}: {found.fits[0].words}")


def _tell_unsent(run: Run, cleaned: "CleanedLeads", sent: Sequence[str]) -> None:
    """Say once which columns of the input stay here."""
    from hygiene.report.text import inert

    unsent = [inert(name) for name in cleaned.ready.columns if name not in sent]
    if unsent and not run.options["quiet"]:
        run.tell(f"not sent: {', '.join(unsent)} (custom columns go with --custom NAME,... or --custom all)")


def _rehearse(run: Run, cleaned: "CleanedLeads") -> int:
    """Show what would be sent."""
    from hygiene.importing import plan
    from hygiene.report.text import masked

    options = run.options
    batches = list(
        plan(
            cleaned, batch_leads=options["batch_size"], custom=options["custom"], send_all=options["send_all"]
        )
    )
    run.report(cleaned)
    run.tell(
        f"dry run: {sum(len(batch.rows) for batch in batches)} leads in {len(batches)} requests; nothing was sent."
    )
    if batches:
        run.tell(f"the first lead, masked: {masked(batches[0].leads[0])}")
    return DONE


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
    if not click.confirm("Send them?", err=True):
        raise GateFailed(["the question was answered with no; nothing was sent"])


@click.command()
@click.argument("name", required=False, default="")
@click.option("--create", metavar="NAME", help="Make a new list.")
@shared.no_key
def lists(name: str, create: str | None) -> None:
    """Show the account's lead lists: id, name, size.

    \b
    hygiene lists
    hygiene lists berlin
    hygiene lists --create "Berlin, spring"
    """
    from hygiene.report.text import inert, lead_lists
    from hygiene.smartlead import Smartlead

    with Smartlead() as account:
        if create:
            made = account.create_list(create)
            click.echo(f"{made.id} {inert(made.name)}")
            return
        show([lead_lists(account.lists(name))])
