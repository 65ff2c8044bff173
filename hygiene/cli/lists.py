"""The verb that shows and makes lead lists: lists."""

from typing import TYPE_CHECKING

import click

from hygiene.cli import options as shared
from hygiene.cli import places
from hygiene.cli.console import show
from hygiene.cli.endings import course
from hygiene.cli.help import Verb

if TYPE_CHECKING:
    from hygiene.cli.config import Profile

__all__ = ["lists"]


@click.command(cls=Verb)
@click.argument("name", required=False, default="")
@click.option("--create", metavar="NAME", help="Make a new list.")
@places.to_option(
    "The account to look at, by what is before the colon; a Smartlead account where none is named"
)
@shared.insecure
@shared.no_key
@shared.profile
def lists(
    name: str, create: str | None, to: str | None, profile: "Profile | None", *, insecure: bool
) -> None:
    """Show the account's lead lists: id, name, size.

    \b
    hygiene lists
    hygiene lists berlin
    hygiene lists --create "Berlin, spring"
    """
    from hygiene.report.text import inert, lead_lists

    place = places.chosen(to, None, profile, default="smartlead")
    with place.open(insecure=insecure) as account:
        if create:
            course().begun = True
            made = account.create_list(create)
            click.echo(f"{made.id} {inert(made.name)}")
            return
        show([lead_lists(account.lists(name))])
