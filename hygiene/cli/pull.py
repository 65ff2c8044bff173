"""The verb that reads what the API holds into a file: pull."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hygiene.cli import options as shared
from hygiene.cli.endings import course
from hygiene.cli.exit_codes import DONE, UNFINISHED
from hygiene.cli.help import Verb
from hygiene.cli.run import Run
from hygiene.cli.signals import Stopping
from hygiene.display import counted
from hygiene.errors import SinkError

if TYPE_CHECKING:
    from hygiene.http.listings import Page
    from hygiene.pulling.snapshot import Pages, Pulled
    from hygiene.smartlead import Smartlead

__all__ = ["pull"]


@click.command(cls=Verb)
@click.argument("what", type=click.Choice(["blocklist", "leads", "unsubscribed"]))
@click.option(
    "--list", "list_id", type=click.IntRange(min=1), metavar="ID", help="Leads of this list; else of all."
)
@click.option("--out", required=True, metavar="F", help="The CSV file to write.")
@click.option("--rate", metavar="N/s,N/m,N/h", help="Requests to let out: 8/s,48/m,800/h, or none.")
@shared.insecure
@shared.rights
@shared.no_key
@click.option("-q", "--quiet", is_flag=True, help="No notes, no progress.")
def pull(what: str, list_id: int | None, out: str, rights: int, *, quiet: bool, **how: Any) -> int:
    """Read the API's block list, the leads it holds, or who of them unsubscribed, into a dated file.

    \b
    hygiene pull blocklist --out block.csv
    hygiene pull leads --list 500 --out list-500.csv
    hygiene pull unsubscribed --out unsubscribed.csv
    hygiene check leads.csv --blocklist block.csv --known list-500.csv --suppress unsubscribed.csv
    """
    from hygiene.pulling import snapshot
    from hygiene.smartlead import Smartlead
    from hygiene.smartlead.unsubscribed import check_told

    if what != "leads" and list_id is not None:
        msg = "--list goes with leads alone: the block list and who unsubscribed belong to the account"
        raise click.UsageError(msg)
    run = Run({"quiet": quiet})
    leads = f"leads of {f'list {list_id}' if list_id else 'all lists'}"
    of = {"blocklist": "block list", "unsubscribed": "unsubscribed leads"}.get(what, leads)
    with (
        Smartlead(list_id=list_id, pause=Stopping(run.note).pause, **how) as account,
        run.progress("Pulling, rows", total_known=False) as progress,
    ):
        try:
            pulled = snapshot.pull(
                _pages(account, what),
                out,
                columns=snapshot.BLOCK_LIST if what == "blocklist" else snapshot.LEADS,
                origin=f"{of} at {account.host} (account {account.account})",
                progress=progress,
                rights=rights,
                check_told=check_told,
            )
        except SinkError as error:
            if Path(f"{out}.part").exists():
                run.tell(
                    f"Error: unfinished: {error} The pages so far are kept; the same command goes on from them."
                )
                return UNFINISHED
            raise
        finally:
            course().begun = Path(f"{out}.part").exists()  # should something break that nobody foresaw
    _warn(run, pulled, out)
    click.echo(f"{out}: {counted(pulled.rows, 'row')}, {of}")
    return DONE


def _warn(run: Run, pulled: "Pulled", out: str) -> None:
    if pulled.untold:
        run.tell(
            f"warning: {pulled.untold} of {pulled.read} leads do not say whether they are unsubscribed; "
            f"they are not in {out}."
        )


def _pages(account: "Smartlead", what: str) -> "Pages":
    """The listing that is pulled."""
    listings: dict[str, Pages] = {
        "blocklist": account.block_list_pages,
        "leads": partial(_lead_pages, account),
        "unsubscribed": account.unsubscribed_pages,
    }
    return listings[what]


def _lead_pages(account: "Smartlead", start: Any) -> "Iterator[Page]":
    """The pages of leads from one on, of a list that is there: a page of a missing one may just be empty."""
    if account.list_id is not None:
        account.describe()
    yield from account.lead_pages(start)
