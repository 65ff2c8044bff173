"""Arguments: what a call must not be handed, though Python would take it and mean something else by it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from hygiene.errors import UsageError

__all__ = ["check_names", "check_span", "check_word"]


def check_word(name: str, given: object, words: Iterable[str], /) -> None:
    """Make sure that an argument is one of a few words.

    Raises:
        UsageError: it is another, or none.
    """
    known = tuple(words)
    if given not in known:
        msg = f"{name}={given!r}: expected {' or '.join(map(repr, known))}."
        raise UsageError(msg)


def check_names(**given: Any) -> None:
    """Make sure that no argument is one text, whose letters would be taken for names.

    Raises:
        UsageError: one is.
    """
    for name, names in given.items():
        if isinstance(names, str):
            msg = f"{name} is one text; expected a list of the texts themselves."
            raise UsageError(msg)


def check_span(name: str, given: object, /) -> None:
    """Make sure that an argument, where there is one, is a span of time.

    Raises:
        UsageError: it is something else.
    """
    if given is not None and not isinstance(given, timedelta):
        msg = f"{name}={given!r}: expected a datetime.timedelta, for instance timedelta(days=30)."
        raise UsageError(msg)
