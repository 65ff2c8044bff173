"""The verb that looks back: history."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from hygiene.cli import options as shared
from hygiene.cli.console import show
from hygiene.cli.help import Verb
from hygiene.cli.policy_out import offer_policy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hygiene.importing.journal import SqliteJournal
    from hygiene.importing.past_imports import Imported
    from hygiene.prediction.reconcile import Reconciliation

__all__ = ["history"]


@click.command(cls=Verb)
@click.argument("import_id", required=False, metavar="[IMPORT]")
@click.option("--explain", is_flag=True, help="Of IMPORT: search for the rules that explain a difference.")
@click.option(
    "--policy-out",
    metavar="F",
    help="Of IMPORT: write the rules that explain a difference, where one set does.",
)
@click.option(
    "--leads",
    multiple=True,
    metavar="F",
    help="With --explain: the file that was imported, so that its domains and fields can be named.",
)
@click.option("--forget", metavar="ID", help="Purge an import from the journal.")
@shared.journal
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="What stdout holds."
)
@shared.no_key
def history(import_id: str | None, forget: str | None, journal: str | None, **options: Any) -> None:
    """Show what the journal holds: every import, or one with its batches.

    \b
    hygiene history
    hygiene history a1b2c3d4 --explain
    hygiene history --forget a1b2c3d4
    """
    from hygiene.importing.journal import SqliteJournal

    if options["leads"] and not options["explain"]:
        msg = (
            "--leads goes with --explain, for instance hygiene history a1b2c3d4 --explain --leads leads.csv."
        )
        raise click.UsageError(msg)
    if import_id is None and (options["explain"] or options["policy_out"]):
        msg = (
            "--explain and --policy-out need the name of an import, for instance "
            "hygiene history a1b2c3d4 --explain; hygiene history lists the names."
        )
        raise click.UsageError(msg)
    where = _not_made_yet(journal)
    if where and not (import_id or forget):
        _show_all(where, [], as_json=options["format_"] == "json")
        return
    with SqliteJournal(journal, must_exist=True) as opened:
        if forget:
            name = opened.find(forget).id
            opened.forget(name)
            click.echo(f"import {name} is forgotten", err=True)
        elif import_id:
            found, files = opened.find(import_id), options.pop("leads")
            _show_one(found, _told(found, files, opened) if files else found.reconciliation, **options)
        else:
            _show_all(opened.path, opened.imports(), as_json=options["format_"] == "json")


def _not_made_yet(journal: str | None) -> "Path | None":
    """Where the first import will make the journal; None where it did, or where this command names a file.

    Raises:
        JournalError: it was made, for its other files are there.
    """
    from pathlib import Path

    from hygiene.importing.journal import check_not_lost, default_path

    if click.get_current_context().get_parameter_source("journal") is ParameterSource.COMMANDLINE:
        return None
    path = Path(journal) if journal else default_path()
    if path.exists() and path.stat().st_size:
        return None
    check_not_lost(path)
    return path


def _show_all(journal: "Path", found: "Sequence[Imported]", *, as_json: bool) -> None:
    from hygiene.report.history import import_table

    if as_json:
        click.echo(json.dumps([_as_object(each) for each in found], indent=2))
        return
    if not found:
        click.echo(f"{journal}: no imports yet; the first one is remembered there", err=True)
    show([import_table(found)] if found else [])


def _told(imported: "Imported", files: "Sequence[str]", journal: "SqliteJournal") -> "Reconciliation":
    """What an import came to, with its leads at hand again."""
    from hygiene.api import clean
    from hygiene.importing.journal.leads_again import with_leads

    return with_leads(imported, clean(list(files)), journal)


def _show_one(
    imported: "Imported", told: "Reconciliation", *, explain: bool, policy_out: str | None, format_: str
) -> None:
    from hygiene.report.history import batch_table, import_table

    if format_ == "json":
        found = told.search().sentences() if explain else None
        click.echo(json.dumps({**_as_object(imported), "explanation": found}, indent=2))
    else:
        lines = told.explain() if explain else told.differences()
        show([import_table([imported]), batch_table(imported), *(f"  {line}" for line in lines)])
    if explain and told.trace is not None and told.trace.evidence.parts is None and told.search().unknown:
        click.echo(
            f"hygiene history {imported.id} --explain --leads F, the file that was imported, tries more.",
            err=True,
        )
    if explain or policy_out:
        offer_policy(told, policy_out)


def _as_object(imported: "Imported") -> dict[str, Any]:
    from hygiene.importing.summary import reconciliation

    told = imported.reconciliation
    found = reconciliation(told)
    for batch, result in zip(found["batches"], told.batches, strict=True):
        if result.answered_at:
            moment = datetime.fromtimestamp(result.answered_at // 1000, UTC)
            batch["answered_at"] = moment.isoformat(timespec="seconds")
    return {
        "import": imported.id,
        "began_at": imported.began_at,
        "url": imported.target.url,
        "account": imported.target.account,
        "list": imported.target.list_id,
        "sha256": imported.sha256,
        "complete": imported.complete,
        "predicted": told.predicted.as_dict(),
        "reported": told.reported.as_dict() if told.answered else None,
        "reconciliation": found,
    }
