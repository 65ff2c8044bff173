"""The verb that looks back: history."""

import json
from typing import TYPE_CHECKING, Any

import click

from hygiene.cli import options as shared
from hygiene.cli.run import show
from hygiene.errors import UsageError

if TYPE_CHECKING:
    from hygiene.importing.past import Imported
    from hygiene.journal import SqliteJournal

__all__ = ["history"]


@click.command()
@click.argument("import_id", required=False, metavar="[IMPORT]")
@click.option("--forget", metavar="ID", help="Purge an import from the journal.")
@shared.journal
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="What stdout holds."
)
@shared.no_key
def history(import_id: str | None, forget: str | None, journal: str | None, format_: str) -> None:
    """Show what the journal holds: every import, or one with its batches.

    \b
    hygiene history
    hygiene history a1b2c3d4
    hygiene history --forget a1b2c3d4
    """
    from hygiene.journal import SqliteJournal

    with SqliteJournal(journal, must_exist=True) as opened:
        if forget:
            name = opened.find(forget).id
            opened.forget(name)
            click.echo(f"import {name} is forgotten", err=True)
            return
        found = [opened.find(import_id)] if import_id else opened.imports()
        if format_ == "json":
            told = [_as_object(each) for each in found]
            click.echo(json.dumps(told[0] if import_id else told, indent=2))
            return
        _show(opened, found, alone=bool(import_id))


def _show(journal: "SqliteJournal", found: "list[Imported]", *, alone: bool) -> None:
    from hygiene.report.history import batch_table, import_table

    if not found:
        msg = f"{journal.path}: no import in the journal yet."
        raise UsageError(msg)
    show([import_table(found)])
    if alone:
        show([batch_table(found[0]), *(f"  {line}" for line in found[0].reconciliation.explain())])


def _as_object(imported: "Imported") -> dict[str, Any]:
    from hygiene.report.summary import reconciliation

    told = imported.reconciliation
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
        "reconciliation": reconciliation(told),
    }
