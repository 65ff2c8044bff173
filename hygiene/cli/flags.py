"""How messages of the library are told on the command line: parameters by their flags.

Most have the name of an option, which says its flag; here is only what is called otherwise.
"""

import click

from hygiene.errors import HygieneError, Note, spell

__all__ = ["FLAGS", "SWITCHES", "declare", "with_flags"]

#: Flags of parameters that are called otherwise than the options.
FLAGS = {"batch_leads": "--batch-size", "cache": "--dns-cache", "nameservers": "--resolver"}
#: Flags that stand for a parameter and its value.
SWITCHES = {"cache=None": "--no-dns-cache", "resolver=None": "--no-dns", "snapshot=False": "--no-snapshot"}

_flags: dict[str, str] = {}


def declare(group: click.Group, /) -> None:
    """Take in the flags of all verbs, by the names of their options."""
    for verb in group.commands.values():
        _flags.update({option.name: option.opts[0] for option in verb.params if option.name})


def with_flags(text: str | HygieneError, /) -> str:
    """A note or the message of an error, its options spelled as flags."""
    return spell(text.marked, _as_flag) if isinstance(text, Note | HygieneError) else text


def _as_flag(name: str, call: str, value: str) -> str:
    flag = SWITCHES.get(call) or FLAGS.get(name) or _flags.get(name, call)
    return f"{flag} {value}" if value else flag
