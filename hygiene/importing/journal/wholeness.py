"""Whole or refused: how a journal is told that lacks a part of what was written to it, and what is said of it.

A pair of journal and key file that was brought back together from an older copy is not told here, but by what the
list holds (`importing.standing`).
"""

from collections.abc import Mapping
from pathlib import Path

from hygiene.errors import JournalError, option
from hygiene.importing.journal.key_file import Key, KeyFile

__all__ = ["check_as_new", "check_not_lost", "lost"]


def check_not_lost(path: Path, /) -> None:
    """Refuse to begin a journal where one is lost: its key file, or its write-ahead log, is there without it.

    Args:
        path: A journal that was not there, or empty; another process may have made it since.

    Raises:
        JournalError: it was there.
    """
    key, log = KeyFile(path).read(), path.with_name(path.name + "-wal")
    is_used = (key is not None and key.epoch != 0) or (log.exists() and log.stat().st_size > 0)
    if is_used and not (path.exists() and path.stat().st_size):
        raise lost(path, "empty" if path.exists() else "not there")


def check_as_new(path: Path, key: Key, about: Mapping[str, str], /) -> None:
    """Refuse a journal that is older than its key file says.

    Args:
        path: The journal.
        key: What its key file held before the journal was read.
        about: What the journal says of itself.

    Raises:
        JournalError: writes are missing from it, or the key file has lost their number.
    """
    counted = int(about.get("epoch", 0))
    if key.epoch is None and counted and not _is_counted(path):
        raise lost(path, f"counts {counted} writes, and its .key file has lost their number")
    missing = (key.epoch or 0) - counted
    if missing > 0:
        raise lost(path, f"older than its .key file, {missing} writes are missing")


def _is_counted(path: Path) -> bool:
    """Whether the key file has a number by now: another process may have begun to count since it was read."""
    key = KeyFile(path).read()
    return key is not None and key.epoch is not None


def lost(path: Path, what: str, /) -> JournalError:
    """What is raised of a journal that is not whole.

    Args:
        path: The journal.
        what: What is seen of it.
    """
    name = path.name
    return JournalError(
        f"{path}: {what}, and leads that it knew of would be sent again. Bring back {name}, {name}-wal and "
        f"{name}.key as they stood together. Where that cannot be, move them away or name another "
        f"{option('journal')}: what the list holds by now is read from the API and not sent again."
    )
