"""Options of a call that are declared once, and what a call must not be handed though Python would take it."""

import difflib
import functools
import inspect
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta
from numbers import Integral
from typing import Any, Concatenate, ParamSpec, TypeVar

from hygiene.errors import UsageError, option

__all__ = ["check_id", "check_names", "check_span", "check_word", "described", "takes"]

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


def check_span(name: str, given: object, /) -> None:
    """Make sure that an argument, where there is one, is a span of time.

    Raises:
        UsageError: it is something else.
    """
    if given is not None and not isinstance(given, timedelta):
        msg = f"{name}={given!r}: expected a datetime.timedelta, for instance timedelta(days=30)."
        raise UsageError(msg)


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
