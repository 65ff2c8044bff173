"""The verb that shows and makes lead lists: lists."""

from typing import TYPE_CHECKING

import click

from hygiene.cli import options as shared
from hygiene.cli.console import show
from hygiene.cli.credentials import find_key
from hygiene.cli.endings import course
from hygiene.cli.help import Verb

if TYPE_CHECKING:
    from hygiene.cli.config import Profile

__all__ = ["lists"]


@click.command(cls=Verb)
@click.argument("name", required=False, default="")
@click.option("--create", metavar="NAME", help="Make a new list.")
@shared.insecure
@shared.no_key
@shared.profile
def lists(name: str, create: str | None, profile: "Profile | None", *, insecure: bool) -> None:
    """Show the account's lead lists: id, name, size.

    \b
    hygiene lists
    hygiene lists berlin
    hygiene lists --create "Berlin, spring"
    """
    from hygiene.report.text import inert, lead_lists
    from hygiene.smartlead import Smartlead

    with Smartlead(api_key=find_key(profile), insecure=insecure) as account:
        if create:
            course().begun = True
            made = account.create_list(create)
            click.echo(f"{made.id} {inert(made.name)}")
            return
        show([lead_lists(account.lists(name))])
