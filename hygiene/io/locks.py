"""Locks: one process at a time on one import.

The lock is an exclusive transaction on an empty SQLite file: held by the operating system, let go when the
process ends however it ends, and the same on every system. What is locked is not known here.
"""

import sqlite3
from pathlib import Path

from hygiene.errors import UsageError

__all__ = ["Lock"]


class Lock:
    """A lock on a name in a folder.

    Args:
        folder: Where the lock's file stands; made where it is not there.
        name: What is locked.

    Raises:
        UsageError: the folder cannot be made.
    """

    def __init__(self, folder: Path, name: str, /) -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _unlockable(folder, error) from error
        self._folder = folder
        self._connection = sqlite3.connect(folder / f"{name}.lock", timeout=0, isolation_level=None)

    def take(self) -> bool:
        """Whether the lock is ours now; somebody else's is not waited for.

        Raises:
            UsageError: its file cannot be written.
        """
        try:
            self._connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            self._connection.close()
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                return False
            raise _unlockable(self._folder, error) from error
        return True

    def release(self) -> None:
        """Let go of it."""
        self._connection.close()


def _unlockable(folder: Path, error: Exception) -> UsageError:
    return UsageError(
        f"{folder}: nothing can be locked there ({error}). Make the folder writable, with room in it."
    )
