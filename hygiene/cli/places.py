"""Places to import to: which there are, what ``--to`` and ``--list`` name, and the sink that this is.

A room of an API that stands in `ROOMS` is in the help, in messages, and with `import`, `lists`, `pull` and `doctor`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

import click
from click.core import ParameterSource

from hygiene.cli.credentials import find_key
from hygiene.errors import UsageError
from hygiene.sinks import Addressed, LeadList, ListReader, Sink

if TYPE_CHECKING:
    from hygiene.cli.config import Profile
    from hygiene.http.listings import Page
    from hygiene.http.place import Place
    from hygiene.http.service import Service

__all__ = [
    "ROOMS",
    "Account",
    "Chosen",
    "account_of",
    "chosen",
    "listed",
    "place_option",
    "services",
    "to_option",
]

#: Rooms of APIs, in the order of the help; each has a module `place`.
ROOMS = ("smartlead", "instantly", "mailerlite", "mailman")


class Account(Sink, ListReader, Addressed, Protocol):
    """A sink as the command line uses it: a list of an account, or the account alone.

    Attributes:
        account: What tells the account apart and not its key.
        rate: Requests that may go out, in words.
        base_url: Where the API is.
    """

    account: str
    rate: str
    base_url: str

    @property
    def host(self) -> str:
        """Where the API is, without the path."""

    def least_s(self, requests: int, /) -> float:
        """Seconds that so many requests take at the least, by the rate alone."""

    def shaped(self, leads: Sequence[Mapping[str, str]], /) -> Sequence[Mapping[str, object]]:
        """Leads as the API is sent them."""

    def lists(self, name: str = "") -> list[LeadList]:
        """The account's lists, those whose name holds `name`."""

    def create_list(self, name: str, /) -> LeadList:
        """A new, empty list."""

    def lead_pages(self, start: Any = None, /) -> "Iterator[Page]":
        """The leads of the list, or of the account where no list is named, from a page on."""

    def block_list_pages(self, start: Any = None, /) -> "Iterator[Page]":
        """The block list from a page on."""

    def unsubscribed_pages(self, start: Any = None, /) -> "Iterator[Page]":
        """The leads that unsubscribed, from a page on; of a place that pulls these."""

    def close(self) -> None:
        """Close the connections."""


def _places() -> "list[Place]":
    return [place for room in ROOMS for place in import_module(f"hygiene.{room}.place").PLACES]


def services() -> "list[Service]":
    """Every API that there is."""
    return list(dict.fromkeys(place.service for place in _places()))


def listed() -> str:
    """The names that there are, for people."""
    return ", ".join(place.name for place in _places())


@dataclass(frozen=True, slots=True)
class Chosen:
    """A place that was named, and how its sink is reached.

    Attributes:
        name: As it was named.
        place: Its kind.
        arguments: What its name says to the sink; empty where it is an account alone.
        profile: The profile of the run.
    """

    name: str
    place: "Place"
    arguments: Mapping[str, Any] = field(repr=False)
    profile: "Profile | None"

    def open(
        self, *, options: Mapping[str, Any] | None = None, **how: Any
    ) -> AbstractContextManager[Account]:
        """The sink, to be closed.

        Args:
            options: What the command line was given for sinks of some kinds alone, by their arguments; what is None or
                empty was not given.
            how: Arguments of any sink.

        Raises:
            UsageError: this kind takes one of the options not, or there is no key.
        """
        given = {name: value for name, value in (options or {}).items() if value}
        for name in sorted(set(given) - self.place.options):
            flag = {"client_id": "--client"}.get(name, f"--{name.replace('_', '-')}")
            others = ", ".join(each.name for each in _places() if name in each.options)
            raise UsageError(f"{flag} is not for {self.place.name}; it goes with {others}. Leave it out.")
        values = self.profile.values if self.profile else {}
        given |= {name: values[name] for name in self.place.options if name in values and name not in given}
        key = find_key(self.profile, self.place.service)
        opened: Account = self.place.open(
            **self.arguments, **given, api_key=key, base_url=values.get("base_url"), **how
        )
        from hygiene.http.client import Client

        if "account" in values and isinstance(opened, Client):
            opened.count_as(values["account"])
        return closing(opened)

    def account(self) -> "Chosen":
        """The account alone."""
        return Chosen(self.place.scheme, self.place, {}, self.profile)

    def needs_a_list(self) -> "Chosen":
        """The same, where it names more than an account.

        Raises:
            UsageError: it does not.
        """
        if self.arguments:
            return self
        forms = ", ".join(each.name for each in _places() if each.scheme == self.place.scheme)
        raise UsageError(f"--to {self.name}: names no list; expected {forms}.")


def chosen(
    to: str | None, list_id: int | None, profile: "Profile | None" = None, *, default: str = ""
) -> Chosen:
    """What ``--to`` and ``--list`` name; what the command line says takes the place of what a profile does.

    Args:
        to: The name.
        list_id: A Smartlead list.
        profile: The profile of the run.
        default: The name where neither is given; empty for none.

    Raises:
        UsageError: both or neither, or a name of no place that there is.
    """
    if to is not None and list_id is not None:
        sources = [click.get_current_context().get_parameter_source(name) for name in ("to", "list_id")]
        if len(set(sources)) == 1:
            msg = "--to and --list both say where to import to; expected one (--list N is --to smartlead:list=N)."
            raise UsageError(msg)
        if sources[0] is ParameterSource.COMMANDLINE:
            list_id = None
        else:
            to = None
    name = to or (f"smartlead:list={list_id}" if list_id is not None else default)
    if not name:
        msg = f"nothing says where to import to; name it with --to ({listed()}), or a Smartlead list with --list ID."
        raise UsageError(msg)
    place, arguments = _read(name)
    return Chosen(name, place, arguments, profile)


def _read(name: str) -> "tuple[Place, Mapping[str, Any]]":
    """The kind of place that a name is of, and what it says to the sink.

    Raises:
        UsageError: there is none.
    """
    scheme, colon, rest = name.partition(":")
    of_scheme = [place for place in _places() if place.scheme == scheme]
    if of_scheme and not colon:
        return of_scheme[0], {}
    for place in of_scheme:
        arguments = place.read(rest)
        if arguments is not None:
            return place, arguments
    there = ", ".join(place.name for place in of_scheme) or listed()
    such = (
        f" (such as {of_scheme[0].scheme}:{of_scheme[0].example})"
        if of_scheme and of_scheme[0].example
        else ""
    )
    raise UsageError(f"--to {name}: no place to import to is named like that; there are {there}{such}.")


def account_of(service: "Service", /) -> Chosen:
    """The account that the environment's key is for."""
    place = next(place for place in _places() if place.service == service)
    return Chosen(place.scheme, place, {}, None)


def to_option(text: str, /) -> Callable[..., Any]:
    """The option ``--to``; the names that there are stand behind the text."""
    return click.option("--to", metavar="NAME", help=f"{text}: {listed()}.")


def place_option(text: str, /) -> Callable[..., Any]:
    """The option ``--list`` beside ``--to``."""
    return click.option("--list", "list_id", type=click.IntRange(min=1), metavar="ID", help=text)
