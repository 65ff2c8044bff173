"""Locks: one process at a time on one import.

The lock is an exclusive transaction on an empty SQLite file: held by the operating system, let go when the
process ends however it ends, and the same on every system. What is locked is not known here.
"""

import sqlite3
from pathlib import Path

__all__ = ["Lock"]


class Lock:
    """A lock on a name in a folder.

    Args:
        folder: Where the lock's file stands; made where it is not there.
        name: What is locked.
    """

    def __init__(self, folder: Path, name: str, /) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._connection = sqlite3.connect(folder / f"{name}.lock", timeout=0, isolation_level=None)

    def take(self) -> bool:
        """Whether the lock is ours now; somebody else's is not waited for."""
        try:
            self._connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            self._connection.close()
            return False
        return True

    def release(self) -> None:
        """Let go of it."""
        self._connection.close()
