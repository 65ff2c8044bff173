"""How messages of the library are told on the command line: parameters by their flags.

Most have the name of an option, which says its flag; here is only what is called otherwise.
"""

import functools

import click

from hygiene.errors import HygieneError, Note, spell

__all__ = ["FLAGS", "SWITCHES", "declare", "with_flags"]

#: Flags of parameters that are called otherwise than the options.
FLAGS = {"batch_leads": "--batch-size", "cache": "--dns-cache", "nameservers": "--resolver"}
#: Flags that stand for a parameter and its value.
SWITCHES = {"cache=None": "--no-dns-cache", "resolver=None": "--no-dns", "snapshot=False": "--no-snapshot"}

_groups: list[click.Group] = []


def declare(group: click.Group, /) -> None:
    """Spell options as the verbs of a group do; they are looked at when a message is told."""
    _groups.append(group)


@functools.cache
def _flags(verb: click.Command | None) -> dict[str, str]:
    """Flags by the names of their options: those of one verb, or of all."""
    verbs = [each for group in _groups for each in group.commands.values()] if verb is None else [verb]
    return {option.name: option.opts[0] for each in verbs for option in each.params if option.name}


def with_flags(text: str | HygieneError, /) -> str:
    """A note or the message of an error, its options spelled as flags."""
    return spell(text.marked, _as_flag) if isinstance(text, Note | HygieneError) else text


def _as_flag(name: str, call: str, value: str) -> str:
    flag = SWITCHES.get(call) or FLAGS.get(name) or _of_verbs(name) or call
    return f"{flag} {value}" if value else flag


def _of_verbs(name: str) -> str | None:
    """The flag of an option: of the verb that runs, else of any."""
    running = click.get_current_context(silent=True)
    own = _flags(running.command) if running else {}
    return own.get(name) or _flags(None).get(name)
