"""The version of the package, and where names are: those of an earlier one, and those that are loaded on first use."""

import warnings
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["__version__", "earlier_names", "later"]

__version__ = "0.2.0"


def earlier_names(module: str, homes: Mapping[str, str], /) -> Callable[[str], object]:
    """A module's ``__getattr__`` that finds names where they are now, with a `DeprecationWarning`.

    Args:
        module: The module that had them.
        homes: Name to the module that has it now.
    """

    def find(name: str) -> object:
        if name not in homes:
            msg = f"module {module!r} has no attribute {name!r}"
            raise AttributeError(msg)
        warnings.warn(
            f"{module}.{name} is {homes[name]}.{name} now; the earlier name goes with the next release.",
            DeprecationWarning,
            stacklevel=2,
        )
        return getattr(import_module(homes[name]), name)

    return find


def later(room: str, /, **modules: str) -> Callable[[str], Any]:
    """The ``__getattr__`` of a room whose names are loaded when they are first used.

    Args:
        room: The room, by its dotted name.
        modules: The module of the room that each name is in.
    """

    def find(name: str) -> Any:
        if name not in modules:
            msg = f"module {room!r} has no attribute {name!r}"
            raise AttributeError(msg)
        return getattr(import_module(f"{room}.{modules[name]}"), name)

    return find
