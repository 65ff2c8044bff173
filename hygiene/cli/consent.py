"""Consent: a verb that sends asks whoever sits at the terminal, and has to be told yes where nobody does.

Nothing here sends anything, or knows what would be sent.
"""

import os
import sys
from collections.abc import Mapping
from typing import Any

import click

from hygiene.cli.exit_codes import DECLINED
from hygiene.errors import UsageError

__all__ = ["ask", "need_consent", "yes"]

#: The setting that stands for ``--yes``, and its one value: whoever writes another may have meant no.
_SETTING, _YES = "HYGIENE_YES", "1"


def _or_setting(_: click.Context, __: click.Parameter, given: bool) -> bool:  # noqa: FBT001 -- click's own form
    return given or os.environ.get(_SETTING) == _YES


yes = click.option(
    "--yes", is_flag=True, callback=_or_setting, help="Do not ask before sending; needed off a terminal."
)


def _can_ask() -> bool:
    """Whether somebody can read a question and answer it."""
    # A process without standard streams has None for them. Source: Python's documentation of sys.__stdin__.
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def need_consent(options: Mapping[str, Any], /) -> None:
    """Go on only where the run sends nothing, was told yes, or can ask.

    Raises:
        UsageError: none of these.
    """
    if options["yes"] or options["dry_run"] or _can_ask():
        return
    other = f" {_SETTING} is set, but not to {_YES}." if os.environ.get(_SETTING) else ""
    msg = (
        "this is no terminal, so nobody can be asked before leads are sent; nothing was sent. "
        f"Say --yes (or set {_SETTING}={_YES}) to send, or --dry-run to see what would be sent.{other}"
    )
    raise UsageError(msg)


def ask() -> None:
    """Ask whether to send.

    Raises:
        click.exceptions.Exit: the answer is no, which is no error; the code is that of a limit that was passed.
    """
    if not click.confirm("Send them?", err=True):
        click.echo("nothing was sent.", err=True)
        raise click.exceptions.Exit(DECLINED)
