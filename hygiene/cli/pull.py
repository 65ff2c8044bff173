"""The verb that reads what the API holds into a file: pull."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hygiene.cli import options as shared
from hygiene.cli import places
from hygiene.cli.endings import course
from hygiene.cli.exit_codes import DONE, UNFINISHED
from hygiene.cli.help import Verb
from hygiene.cli.run import Run
from hygiene.cli.signals import Stopping
from hygiene.display import counted
from hygiene.errors import SinkError, UsageError

if TYPE_CHECKING:
    from hygiene.http.listings import Page
    from hygiene.pulling.snapshot import Pages, Pulled

__all__ = ["pull"]


@click.command(cls=Verb)
@click.argument("what", type=click.Choice(["blocklist", "leads", "unsubscribed"]))
@places.to_option("The account and list to read")
@places.place_option("Leads of this Smartlead list; else of all.")
@click.option("--out", required=True, metavar="F", help="The CSV file to write.")
@click.option("--rate", metavar="N/s,N/m,N/h", help="Requests to let out: 8/s,48/m,800/h, or none.")
@shared.insecure
@shared.rights
@shared.no_key
@click.option("-q", "--quiet", is_flag=True, help="No notes, no progress.")
def pull(
    what: str, to: str | None, list_id: int | None, out: str, rights: int, *, quiet: bool, **how: Any
) -> int:
    """Read the API's block list, the leads it holds, or who of them unsubscribed, into a dated file.

    \b
    hygiene pull blocklist --out block.csv
    hygiene pull leads --list 500 --out list-500.csv
    hygiene pull unsubscribed --out unsubscribed.csv
    hygiene check leads.csv --blocklist block.csv --known list-500.csv --suppress unsubscribed.csv
    """
    if what != "leads" and list_id is not None:
        msg = "--list goes with leads alone: the block list and who unsubscribed belong to the account"
        raise click.UsageError(msg)
    place = places.chosen(to, list_id, default="smartlead")
    if what not in place.place.pulls:
        there = ", ".join(place.place.pulls)
        raise UsageError(f"pull {what}: {place.place.service.title} does not tell that; it tells {there}.")
    run = Run({"quiet": quiet})
    with place.open(pause=Stopping(run.note).pause, **how) as account, _kept(run, out):
        pulled = _pull(run, account, what, out, place=place, rights=rights)
    _warn(run, pulled, out)
    click.echo(f"{out}: {counted(pulled.rows, 'row')}, {_called(what, place)}")
    return DONE


def _called(what: str, place: places.Chosen) -> str:
    """What is pulled, for people."""
    named = " ".join(str(each) for each in place.arguments.values())
    leads = f"leads of {f'list {named}' if named else 'all lists'}"
    return {"blocklist": "block list", "unsubscribed": "unsubscribed leads"}.get(what, leads)


@contextmanager
def _kept(run: Run, out: str) -> Iterator[None]:
    """End a pull that is cut off as one that goes on with the same command.

    Raises:
        click.exceptions.Exit: it is.
    """
    try:
        yield
    except SinkError as error:
        if not Path(f"{out}.part").exists():
            raise
        run.tell(f"Error: unfinished: {error} The pages so far are kept; the same command goes on from them.")
        raise click.exceptions.Exit(UNFINISHED) from error
    finally:
        course().begun = Path(f"{out}.part").exists()  # should something break that nobody foresaw


def _pull(
    run: Run, account: places.Account, what: str, out: str, *, place: places.Chosen, rights: int
) -> "Pulled":
    from hygiene.pulling import snapshot
    from hygiene.smartlead.unsubscribed import check_told

    with run.progress("Pulling, rows", total_known=False) as progress:
        return snapshot.pull(
            _pages(account, what, place),
            out,
            columns=snapshot.BLOCK_LIST if what == "blocklist" else snapshot.LEADS,
            origin=f"{_called(what, place)} at {account.host} (account {account.account})",
            progress=progress,
            rights=rights,
            check_told=check_told,
        )


def _warn(run: Run, pulled: "Pulled", out: str) -> None:
    if pulled.untold:
        run.tell(
            f"warning: {pulled.untold} of {pulled.read} leads do not say whether they are unsubscribed; "
            f"they are not in {out}."
        )


def _pages(account: places.Account, what: str, place: places.Chosen) -> "Pages":
    """The listing that is pulled."""
    if what == "leads":
        return partial(_lead_pages, account, place)
    return account.block_list_pages if what == "blocklist" else account.unsubscribed_pages


def _lead_pages(account: places.Account, place: places.Chosen, start: Any) -> "Iterator[Page]":
    """The pages of leads from one on, of a list that is there: a page of a missing one may just be empty."""
    if place.arguments:
        account.describe()
    yield from account.lead_pages(start)
