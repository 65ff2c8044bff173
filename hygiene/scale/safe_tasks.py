"""Guarding: what goes wrong on a worker comes back as a value, and is raised where the cluster was asked.

A worker writes what a task that raises was handed into its log, and so does Dask into the error; leads would
stand there. So our tasks do not raise, what they hand each other shows nothing of itself, and of an error
that is not ours merely the type is told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, NoReturn, ParamSpec, TypeVar

import pandas as pd

from hygiene.errors import HygieneError, InputError

__all__ = ["Failure", "Sealed", "guarded", "open_or_raise", "pick", "seal"]

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Failure:
    """An error that was met on a worker."""

    kind: type[HygieneError]
    text: str

    def throw(self) -> NoReturn:
        """Raise it."""
        raise self.kind(self.text)


class Sealed:
    """Leads that show nothing of themselves."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame

    def __repr__(self) -> str:
        return f"<{len(self.frame)} leads>"


def seal(frame: "pd.DataFrame | Sealed | Failure", /) -> "Sealed | Failure":
    """A partition that shows nothing of itself in a log, should a task after it fail."""
    return Sealed(frame) if isinstance(frame, pd.DataFrame) else frame


def guarded(
    work: Callable[_Arguments, _Result], /
) -> Callable[Concatenate[str, _Arguments], _Result | Failure]:
    """The same work, giving an error as a value; a first argument says what is worked on.

    Where an argument is a failure already, or a list that holds one, that is what it gives.
    """

    @wraps(work)
    def run(what: str, /, *args: _Arguments.args, **named: _Arguments.kwargs) -> _Result | Failure:
        failed = _first_failure([*args, *named.values()])
        if failed is not None:
            return failed
        try:
            return work(*args, **named)
        except HygieneError as error:
            return Failure(type(error), f"{what}: {error.marked}")
        except Exception as error:  # noqa: BLE001 -- told by its type alone: its text may hold cells
            msg = f"{what} cannot be cleaned: {type(error).__name__}; clean it by itself to see why."
            return Failure(InputError, msg)

    return run


def _first_failure(values: list[Any]) -> Failure | None:
    for value in values:
        each = value if isinstance(value, list) else [value]
        for found in each:
            if isinstance(found, Failure):
                return found
    return None


def open_or_raise(found: Any, /) -> Any:
    """What a guarded task gave.

    Raises:
        HygieneError: it gave a failure.
    """
    if isinstance(found, Failure):
        found.throw()
    return found


def pick(several: Any, name: int | str, /) -> Any:
    """One of the things that a guarded task gave: by its place in a list, or by its name."""
    if isinstance(several, Failure):
        return several
    return several[name] if isinstance(name, int) else getattr(several, name)
