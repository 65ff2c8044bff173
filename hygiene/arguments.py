"""Options of a call that are declared once, and what a call must not be handed though Python would take it."""

import difflib
import functools
import inspect
import math
import re
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta
from numbers import Integral, Real
from typing import Any, Concatenate, ParamSpec, TypeVar

from hygiene.errors import UsageError, option

__all__ = [
    "check_id",
    "check_kind",
    "check_names",
    "check_number",
    "check_span",
    "check_word",
    "described",
    "octets",
    "takes",
]

_P = ParamSpec("_P")
_Options = TypeVar("_Options")
_First = TypeVar("_First")
_Result = TypeVar("_Result")


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


def check_id(name: str, given: object, /) -> None:
    """Make sure that an argument, where there is one, is the number that an API gave something.

    Raises:
        UsageError: it is something else; only a number is shown, as a text may be a key.
    """
    if given is None or (isinstance(given, Integral) and not isinstance(given, bool) and int(given) > 0):
        return
    found = (
        option(name, given) if isinstance(given, int | float) else f"{name} of type {type(given).__name__}"
    )
    msg = f"{found}: expected a whole number from 1, such as {name}=500."
    raise UsageError(msg)


def check_number(name: str, given: object, /) -> None:
    """Make sure that an argument, where there is one, is a whole number from 1.

    Raises:
        UsageError: it is something else.
    """
    whole = isinstance(given, Integral) and not isinstance(given, bool) and int(given) > 0
    if given is not None and not whole:
        raise UsageError(f"{name}={given!r}: expected a whole number from 1.")


def check_kind(
    name: str, given: object, kinds: type | tuple[type, ...], expected: str, /, *, needed: bool = False
) -> None:
    """Make sure that an argument, where there is one, is of a kind; what it is made of is not looked at.

    Args:
        name: The argument.
        given: What it is.
        kinds: Types of which it has to be one.
        expected: What it is to be, in words.
        needed: Whether there has to be one.

    Raises:
        UsageError: it is of another type, which alone is told of it.
    """
    if (needed or given is not None) and not isinstance(given, kinds):
        raise UsageError(f"{name} is of type {type(given).__name__}; expected {expected}.")


def check_span(name: str, given: object, /) -> None:
    """Make sure that an argument, where there is one, is a span of time.

    Raises:
        UsageError: it is something else.
    """
    if given is not None and not isinstance(given, timedelta):
        msg = f"{name}={given!r}: expected a datetime.timedelta, for instance timedelta(days=30)."
        raise UsageError(msg)


_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 1 << 10, "mi": 1 << 20, "gi": 1 << 30}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmg]i?)?b?", re.IGNORECASE | re.ASCII)


def octets(name: str, given: object, /) -> int:
    """A size in octets, given as their number or as a text such as 2GB or 512MiB.

    Raises:
        UsageError: it is something else.
    """
    if isinstance(given, Real) and not isinstance(given, bool) and 0 <= float(given) < math.inf:
        return int(float(given))
    found = _SIZE.fullmatch(given.strip()) if isinstance(given, str) else None
    if found is None:
        plain = isinstance(given, str | int | float)
        shown = f"{name}={given!r}" if plain else f"{name} of type {type(given).__name__}"
        msg = f"{shown}: expected a size, such as '2GB', '512MiB' or a number of octets."
        raise UsageError(msg)
    return int(float(found[1]) * _UNITS[(found[2] or "").lower()])


def takes(
    options: Callable[_P, _Options], /
) -> Callable[[Callable[[_First, _Options], _Result]], Callable[Concatenate[_First, _P], _Result]]:
    """Make a function of leads and options one of leads and keywords, which are declared in the options' class alone.

    Its signature shows every option with its default, and its docstring says what the class says of each.

    Args:
        options: A dataclass whose fields are keyword-only.
    """

    def decorate(
        function: Callable[[_First, _Options], _Result],
    ) -> Callable[Concatenate[_First, _P], _Result]:
        @functools.wraps(function)
        def call(first: _First, /, *args: _P.args, **kwargs: _P.kwargs) -> _Result:
            try:
                signature.bind(first, *args, **kwargs)
            except TypeError as error:  # the class of the options is nobody's to know
                near = _near(kwargs, signature.parameters)
                raise TypeError(f"{function.__name__}() {error}{near}") from None
            return function(first, options(*args, **kwargs))

        leads = next(iter(inspect.signature(function).parameters.values()))
        keywords = inspect.signature(options).parameters.values()
        signature = inspect.signature(function).replace(
            parameters=[leads.replace(kind=inspect.Parameter.POSITIONAL_ONLY), *keywords]
        )
        call.__signature__ = signature  # type: ignore[attr-defined]
        return described(options)(call)

    return decorate


def _near(given: Iterable[str], known: Collection[str]) -> str:
    """A question after the parameter that is nearest to the first keyword that is none, as Python asks it."""
    unknown = next((name for name in given if name not in known), "")
    near = difflib.get_close_matches(unknown, known, n=1)
    return f". Did you mean {near[0]!r}?" if near else ""


def described(options: Any, /) -> Callable[[Callable[_P, _Result]], Callable[_P, _Result]]:
    """Let a docstring say, in place of ``options: As below.``, what the options' class says of each."""

    def decorate(function: Callable[_P, _Result]) -> Callable[_P, _Result]:
        if function.__doc__ is not None:  # python -OO strips both
            # Python 3.13 takes the indentation away, earlier ones keep it.
            told = inspect.cleandoc(function.__doc__)
            function.__doc__ = told.replace("    options: As below.\n", _told_of(options))
        return function

    return decorate


def _told_of(options: Any) -> str:
    """What the classes that options are made of say of each, as lines of an `Args:` section."""
    told = [inspect.cleandoc(each.__doc__ or "") for each in reversed(options.__mro__)]
    return "".join(
        text.partition("Attributes:\n")[2].rstrip() + "\n" for text in told if "Attributes:\n" in text
    )
