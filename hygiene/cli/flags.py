"""How messages of the library are told on the command line: parameters by their flags.

Which flag is a field's is said in `options`; here is only what an import and other verbs have besides.
"""

import functools

import click

from hygiene.cli import options as shared
from hygiene.errors import HygieneError, NamedOption, Note, spell

__all__ = ["FLAGS", "SWITCHES", "with_flags"]

#: Flags of parameters that are no options of a cleaning.
FLAGS = {
    "accept_new_key": "--accept-new-key",
    "again": "--again",
    "batch_leads": "--batch-size",
    "by": "--by",
    "cache": "--dns-cache",
    "custom": "--custom",
    "custom_shape": "--custom-shape",
    "domain": "--domain",
    "gmail": "--gmail",
    "journal": "--journal",
    "list_id": "--list",
    "nameservers": "--resolver",
    "on_unknown": "--on-unknown",
    "out": "--out",
    "out_format": "--out-format",
    "rate": "--rate",
    "rename": "--rename",
    "state": "--state",
}
#: Flags that stand for a parameter and its value.
SWITCHES = {"cache=None": "--no-dns-cache", "resolver=None": "--no-dns", "snapshot=False": "--no-snapshot"}


def with_flags(text: str | HygieneError, /) -> str:
    """A note or the message of an error, its options spelled as flags."""
    return spell(text.marked, _as_flag) if isinstance(text, Note | HygieneError) else text


def _as_flag(named: NamedOption) -> str:
    flag = SWITCHES.get(named.call) or FLAGS.get(named.name) or _of_a_cleaning()[named.name]
    return f"{flag} {named.value}" if named.value else flag


@functools.cache
def _of_a_cleaning() -> dict[str, str]:
    """The flag of each option of a cleaning, by its field."""
    verb = click.command()(shared.cleaning(lambda: None))
    return {option.name: option.opts[0] for option in verb.params if option.name}
