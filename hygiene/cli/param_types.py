"""How the values of options are read."""

import re
from collections.abc import Sequence
from datetime import timedelta

import click

from hygiene.errors import UsageError

__all__ = [
    "age",
    "fields",
    "folder",
    "limits",
    "names",
    "negated",
    "numbers",
    "octets",
    "pairs",
    "refuse_key",
    "rights",
]


def pairs(context: click.Context, option: click.Parameter, given: Sequence[str]) -> dict[str, str]:
    """NAME=VALUE pairs as a mapping."""
    pairs = [text.partition("=") for text in given]
    if not all(name and equals and value for name, equals, value in pairs):
        raise click.BadParameter("expected NAME=VALUE", context, option)
    return {name: value for name, _, value in pairs}


def fields(context: click.Context, option: click.Parameter, given: Sequence[str]) -> dict[str, str]:
    """NAME=FIELD pairs divided by commas, as a mapping; a name may hold commas where its pair stands alone."""
    parted = [text.split(",") for text in given]
    found = [
        part.strip()
        for text, parts in zip(given, parted, strict=True)
        for part in (parts if all("=" in part for part in parts) else [text])
    ]
    named = pairs(context, option, found)
    if any("," in field for field in named.values()):
        raise click.BadParameter("expected NAME=FIELD,NAME=FIELD", context, option)
    return named


def numbers(context: click.Context, option: click.Parameter, given: Sequence[str]) -> dict[str, int]:
    """NAME=N pairs as a mapping."""
    try:
        return {name: int(number.replace("_", "")) for name, number in pairs(context, option, given).items()}
    except ValueError as error:
        raise click.BadParameter("expected NAME=N, such as cell=200000", context, option) from error


def limits(context: click.Context, option: click.Parameter, given: Sequence[str]) -> dict[str, int | float]:
    """NAME=LIMIT pairs as a mapping."""
    from hygiene.cleaning.gate import parse_limit

    try:
        return dict(parse_limit(text) for text in given)
    except UsageError as error:
        raise click.BadParameter(str(error), context, option) from error


def names(_: click.Context, __: click.Parameter, given: str) -> tuple[str, ...]:
    """Names divided by commas."""
    return tuple(name.strip() for name in given.split(",") if name.strip())


def negated(_: click.Context, __: click.Parameter, given: bool) -> bool:  # noqa: FBT001 -- click's own form
    """What a flag takes away: true where it is not given."""
    return not given


def octets(context: click.Context, option: click.Parameter, given: str) -> int:
    """A size such as 2GB or 512MiB in octets."""
    from hygiene import arguments

    try:
        return arguments.octets("memory", given)
    except UsageError as error:
        raise click.BadParameter("expected a size, such as 2GB", context, option) from error


def rights(context: click.Context, option: click.Parameter, given: str) -> int:
    """Rights of a file as octal digits, 0640, as a number; its owner has to be able to read and write it."""
    if not re.fullmatch("0?[67][0-7]{2}", given):
        raise click.BadParameter("expected octal digits from 0600 to 0777, such as 0640", context, option)
    return int(given, 8)


def refuse_key(context: click.Context, option: click.Parameter, given: str | None) -> None:
    """A key on a command line is in the process list for all to see; it is refused, and not repeated."""
    if given is not None:
        msg = "a key does not belong on the command line: set SMARTLEAD_API_KEY or SMARTLEAD_API_KEY_FILE"
        raise click.BadParameter(msg, context, option)


def age(context: click.Context, option: click.Parameter, given: str | None) -> timedelta | None:
    """A number of hours, days or weeks as a length of time."""
    if given is None:
        return None
    found = re.fullmatch(r"([0-9]{1,5})([hdw])", given.strip())
    if not found:
        raise click.BadParameter("expected hours, days or weeks: 12h, 30d, 8w", context, option)
    unit = {"h": "hours", "d": "days", "w": "weeks"}[found[2]]
    return timedelta(**{unit: int(found[1])})


def folder(context: click.Context, option: click.Parameter, given: str | None) -> str | None:
    """The name of a folder; what is written there are several files, which stdout cannot take."""
    if given == "-":
        raise click.BadParameter("expected a folder; only hygiene clean writes to stdout", context, option)
    return given
