"""The version of the package, and what names of an earlier one still stand for."""

import warnings
from collections.abc import Callable, Mapping
from importlib import import_module

__all__ = ["__version__", "earlier_names"]

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
