"""Objects of the user's own that a command line names as ``module:name``."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hygiene.arrow.text import tell_arrow
from hygiene.errors import UsageError, option

__all__ = ["load_object"]


def load_object(spec: str, /, *, parameter: str) -> object:
    """What ``module:name`` names; the working directory is searched first.

    Args:
        spec: ``module:name``.
        parameter: What it was given to, for messages.

    Raises:
        UsageError: not that form, the module cannot be imported, or it has no such name.
    """
    named = option(parameter, spec)
    module_name, _, name = spec.partition(":")
    if not module_name or not name:
        msg = f"{named}: expected MODULE:NAME, such as my_checks:no_phone for no_phone in my_checks.py."
        raise UsageError(msg)
    tell_arrow()  # the module may hand anything of pandas to Arrow
    try:
        with _working_directory_first():
            module = importlib.import_module(module_name)
    except Exception as error:
        msg = (
            f"{named}: module {module_name} cannot be imported ({type(error).__name__}: {error}). "
            "Run from the directory that holds it, or install the package it is in."
        )
        raise UsageError(msg) from error
    if not hasattr(module, name):
        public = [key for key in vars(module) if not key.startswith("_")]
        msg = f"{named}: {module_name} has no {name}; it has {', '.join(public) or 'nothing'}."
        raise UsageError(msg)
    return getattr(module, name)


@contextmanager
def _working_directory_first() -> Iterator[None]:
    here = str(Path.cwd())
    sys.path.insert(0, here)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(here)
