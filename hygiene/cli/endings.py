"""Endings that nobody foresaw: which code stands for one, its one line, and the log that tells more.

The log holds where it broke and what kind of error it was. It holds no words of an error that is not ours, as these
may quote a lead, and so no key and no address. Errors that are raised on purpose are not for here.
"""

import os
import re
import secrets
import sys
import tempfile
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from platform import python_version

import click

from hygiene.cli.exit_codes import REFUSED, UNFINISHED, UNREADABLE, USAGE, Unforeseen
from hygiene.errors import HygieneError
from hygiene.version import __version__

__all__ = ["Course", "course", "noted", "unforeseen"]

#: Octets of a log above which it is begun anew.
LOG_OCTETS = 1 << 20

#: A name of a folder that is an address, as home folders of some networks are.
_ADDRESS = re.compile(r"[^\s\"'/\\]+@[^\s\"'/\\]+")
_PACKAGE = Path(__file__).parents[1]
#: Where it broke, and the code of that where nothing was begun; the innermost place that is named here counts.
_ROOMS = (
    ("io/readers/", UNREADABLE),
    ("lists/", UNREADABLE),
    ("columns/", UNREADABLE),
    ("cli/config.py", USAGE),
    ("cli/loaders.py", USAGE),
    ("cli/options.py", USAGE),
    ("cli/param_types.py", USAGE),
    ("policy/", USAGE),
    ("http/settings.py", USAGE),
    ("http/keys.py", USAGE),
)


@dataclass
class Course:
    """How far a run has come.

    Attributes:
        begun: Whether something was sent, or kept, that the same command goes on from.
    """

    begun: bool = False


def course() -> Course:
    """The course of the run that this is in."""
    context = click.get_current_context(silent=True)
    return context.ensure_object(Course) if context else Course()


def unforeseen(error: BaseException, /) -> Unforeseen:
    """The error that is told in place of one that nobody foresaw, which is written to the log."""
    if course().begun:
        return Unforeseen(
            f"unfinished: {noted(error)} To resume, run the same command again.", code=UNFINISHED
        )
    return Unforeseen(f"{noted(error)} Nothing was sent.", code=_code(error))


def noted(error: BaseException, /) -> str:
    """What is said of an error that nobody foresaw, which is written to the log."""
    where = "".join(f" at {place}" for place in list(_places(error))[-1:])
    return f"{_kind(error)}{where}, which nobody foresaw. {_logged(error)}"


def _kind(error: BaseException) -> str:
    """What kind of error it is, in words that quote nothing: the system's own have no values in them."""
    kind = type(error).__name__
    return f"{kind} ({os.strerror(error.errno)})" if isinstance(error, OSError) and error.errno else kind


def _places(error: BaseException) -> Iterator[str]:
    """Where it passed through the package, the innermost place last."""
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename)
        if path.is_relative_to(_PACKAGE):
            yield f"{path.relative_to(_PACKAGE).as_posix()}:{frame.lineno}"


def _code(error: BaseException) -> int:
    """The code of an error before anything was begun: by the room it broke in, else by its kind."""
    for place in reversed(list(_places(error))):
        for room, code in _ROOMS:
            if place.startswith(room):
                return code
    return USAGE if isinstance(error, OSError | ImportError) else REFUSED


def _logged(error: BaseException) -> str:
    """Write it to the log, and say where that is."""
    text = _ADDRESS.sub("<address>", "".join(_lines(error)))
    for folder in _folders():
        try:
            return f"{_written(folder, text)} says more, without a key or an address."
        except OSError:
            continue
    return "No log of it could be written."


def _folders() -> Iterator[Path]:
    """Where a log may stand: the user's state folder, else that for temporary files."""
    try:
        from platformdirs import user_state_path

        yield user_state_path("lead-hygiene", appauthor=False)
        yield Path(tempfile.gettempdir()) / f"lead-hygiene-{secrets.token_hex(4)}"
    except (ImportError, OSError, RuntimeError):  # no home, or no place for temporary files
        return


def _written(folder: Path, text: str) -> Path:
    """The log with a text added; it is the owner's alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "errors.log"
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
    if path.exists() and path.stat().st_size > LOG_OCTETS:
        path.unlink()
    handle = os.open(path, flags, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        if hasattr(os, "fchmod"):
            os.fchmod(handle, 0o600)
        file.write(text)
    return path


def _lines(error: BaseException) -> Iterator[str]:
    """The lines about one error and those that it came from, the first one first."""
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    yield f"{now} lead-hygiene {__version__}, Python {python_version()}, {sys.platform}\n"
    for each in reversed(list(_chain(error))):
        for frame in traceback.extract_tb(each.__traceback__):
            yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}\n'
        # the words of an error of ours hold no key and no address, by the law of `hygiene.errors`
        yield f"{_kind(each)}{f': {each}' if isinstance(each, HygieneError) else ''}\n"
    yield "\n"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error, and what it was raised from or while."""
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
