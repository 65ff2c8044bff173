"""The journal's SQLite file and the key file beside it: opening, reading, and one transaction at a time.

A new file has its tables from its first octet on, so that an empty one is never a journal, but what is left of
one without its write-ahead log. What is kept in the tables is not decided here.
"""

import hmac
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hygiene.errors import JournalError, JournalLost, option
from hygiene.importing.journal.key_file import Key, KeyFile
from hygiene.importing.journal.stored_keys import Secret
from hygiene.importing.journal.tables import VERSION, bring_up, make_tables
from hygiene.importing.journal.wholeness import check_as_new, check_not_lost, lost
from hygiene.small_file import check_regular

__all__ = ["BUSY_S", "Database", "default_path", "is_on_network"]

#: Seconds that a write waits for another process to finish its own.
BUSY_S = 30.0
#: Seconds until a file that another process holds is tried again.
_PAUSE_S = 0.02

#: File systems on which SQLite's shared memory does not work. Source: sqlite.org/wal.html.
NETWORK = frozenset(
    {"9p", "afs", "ceph", "cifs", "fuse.sshfs", "glusterfs", "lustre", "nfs", "nfs4", "smb3", "smbfs"}
)


def default_path() -> Path:
    """Where the journal is where nobody says otherwise: ``HYGIENE_JOURNAL``, else the user's state folder."""
    from platformdirs import user_state_path

    named = os.environ.get("HYGIENE_JOURNAL")
    return Path(named) if named else user_state_path("lead-hygiene", appauthor=False) / "imports.sqlite"


def is_on_network(path: Path, /, *, mounts: str = "") -> bool:
    """Whether a path is on a network file system, as far as ``/proc/mounts`` tells.

    Args:
        path: An absolute path.
        mounts: The text of ``/proc/mounts``.
    """
    found = ("", "")
    for line in mounts.splitlines():
        _, point, kind, *_ = line.split()
        if path.is_relative_to(point) and len(point) >= len(found[0]):
            found = (point, kind)
    return found[1] in NETWORK


class Database:
    """A SQLite file with a journal's tables; a secret stands beside it, in a file of its own.

    Args:
        path: The file; None is `default_path`.
        must_exist: Refuse to make a new one.

    Attributes:
        path: The file.
        created: Whether it was made just now.

    Raises:
        JournalError: it is of a newer version, older than its key file says, its secret is missing or another's,
            it is no journal, or it is not there and must be.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None, /, *, must_exist: bool = False) -> None:
        self.path = Path(path) if path is not None else default_path()
        try:
            check_regular(self.path)
        except OSError as error:
            msg = f"{self.path}: {error.strerror}. Name another with {option('journal')}."
            raise JournalError(msg) from error
        self.created = not self.path.exists() or self.path.stat().st_size == 0
        if self.created and must_exist:
            msg = f"{self.path}: no journal there, and one is required. Bring back the file, or name another."
            raise JournalError(msg)
        self._key_file = KeyFile(self.path)
        self._is_written = False
        try:
            self._connection = self._opened_in_turn()
        except (sqlite3.DatabaseError, OSError) as error:
            msg = f"{self.path}: not a journal that can be opened ({error}). Name another with {option('journal')}."
            raise JournalError(msg) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
        self._key_file.close()

    def _opened_in_turn(self) -> sqlite3.Connection:
        """The connection; SQLite itself does not wait for processes that make the same file write ahead."""
        until = time.monotonic() + BUSY_S
        while True:
            try:
                return self._opened()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
            time.sleep(_PAUSE_S)

    def _opened(self) -> sqlite3.Connection:
        key = self._key_file.read()  # before the file itself, which others may write meanwhile
        if self.created:
            check_not_lost(self.path)
        with ExitStack() as stack:
            connection = stack.enter_context(closing(self._connected()))
            connection.row_factory = sqlite3.Row
            version = _version(connection)
            if version > VERSION:
                msg = f"{self.path}: a journal of version {version}; this is for up to {VERSION}. Use a newer hygiene."
                raise JournalError(msg)
            self._prepare(connection)
            if version == 0:
                key = self._made(connection)
            elif self.created:  # by another process since
                key = self._key_file.read()
            self.secret = self._unlock(connection, key)
            self._write_ahead(connection)
            stack.pop_all()  # it stays open where all went well
        return connection

    def _connected(self) -> sqlite3.Connection:
        if self.created:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))  # its -wal and -shm take its rights
        return sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None)

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")

    def _write_ahead(self, connection: sqlite3.Connection) -> None:
        mounts = Path("/proc/mounts")
        text = mounts.read_text(encoding="utf-8", errors="replace") if mounts.exists() else ""
        mode = "DELETE" if is_on_network(self.path.absolute(), mounts=text) else "WAL"
        connection.execute(f"PRAGMA journal_mode = {mode}")

    def _made(self, connection: sqlite3.Connection) -> Key | None:
        """The key of a journal that is made now, by this process or by another one that was faster.

        Raises:
            JournalError: the file is no new one, or its key is that of a journal that was lost.
        """
        connection.execute("BEGIN IMMEDIATE")  # another process may be making it just now
        try:
            if _version(connection) == 0:
                if self.path.stat().st_size:
                    raise lost(self.path, "without the tables of a journal")
                key = self._key_file.read() or self._key_file.make()
                make_tables(connection)
                connection.execute("INSERT INTO about VALUES ('key_check', ?)", (_check(key.secret),))
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        return self._key_file.read()

    def _unlock(self, connection: sqlite3.Connection, key: Key | None) -> Secret:
        """The secret, proved to be this journal's; the journal is proved to be as new as the key file."""
        if key is None:
            msg = (
                f"{self._key_file.path}: the journal's secret is missing, so its leads cannot be told apart. "
                "Bring the file back, or name another journal."
            )
            raise JournalError(msg)
        about = dict(connection.execute("SELECT name, value FROM about").fetchall())
        if not hmac.compare_digest(about["key_check"], _check(key.secret)):
            msg = f"{self._key_file.path}: not the secret of this journal. Bring the right file back."
            raise JournalError(msg)
        check_as_new(self.path, key, about)
        self._is_counted = key.epoch is not None
        return Secret(key.secret)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: durable at the end, or nothing after an exception.

        Raises:
            JournalError: the key file cannot be written.
            JournalLost: the journal cannot be written.
        """
        self._key_file.open()
        try:
            self._begin_to_count()
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                if _version(self._connection) < VERSION:
                    bring_up(self._connection)
                yield self._connection
                epoch = _next_epoch(self._connection)
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
            self._is_written = True
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise self._unwritable(error) from error
        try:
            self._key_file.note(epoch)
        except OSError as error:
            raise self._unwritable(error) from error

    def _begin_to_count(self) -> None:
        """Give a journal that counts no writes yet its 0, then its key file, so that none has a number alone."""
        if self._is_counted:
            return
        self._connection.execute("INSERT INTO about VALUES ('epoch', '0') ON CONFLICT (name) DO NOTHING")
        try:
            self._key_file.note(0)
        except OSError as error:
            raise self._unwritable(error) from error
        self._is_counted = True

    def _unwritable(self, error: Exception) -> JournalLost:
        return JournalLost(f"{self.path}: the journal cannot be written ({error}), so nothing more is sent.")

    def try_write(self) -> None:
        """Write to the file as an import does, and leave nothing of it.

        Raises:
            JournalLost: it cannot be written.
        """
        with self.writing() as connection:
            connection.execute("INSERT INTO about VALUES ('tried', '')")
            connection.execute("DELETE FROM about WHERE name = 'tried'")

    def read(self, query: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """The rows of a query.

        Raises:
            JournalError: the file is damaged.
            JournalLost: it is, and was written by this run before.
        """
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            if self._is_written:
                raise self._unwritable(error) from error
            raise lost(self.path, f"cannot be read ({error})") from error


def _version(connection: sqlite3.Connection) -> int:
    """The version of the tables; 0 where there are none."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _next_epoch(connection: sqlite3.Connection) -> int:
    """The number of this write; a journal without one gets its first."""
    connection.execute(
        "INSERT INTO about VALUES ('epoch', '1') ON CONFLICT (name) DO UPDATE SET value = value + 1"
    )
    return int(connection.execute("SELECT value FROM about WHERE name = 'epoch'").fetchone()[0])


def _check(key: bytes) -> str:
    """What proves a secret without giving it away."""
    return hmac.digest(key, b"lead-hygiene journal", "sha256").hex()
