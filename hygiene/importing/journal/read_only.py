"""View: a journal that is looked at, for a rehearsal; nothing is made, written or locked.

Whatever an import would be told by the journal is told here too.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from hygiene.errors import JournalLost
from hygiene.importing.journal.database import BUSY_S
from hygiene.importing.journal.import_record import ImportInJournal
from hygiene.importing.journal.journal import SqliteJournal
from hygiene.importing.journal.key_file import Key
from hygiene.importing.journal.wholeness import lost
from hygiene.importing.records import Identity

__all__ = ["JournalView"]


class JournalView(SqliteJournal):
    """A journal that is there already, to be read.

    Args:
        path: The file; None is `default_path`.
        must_exist: As for a journal; a view of none is refused in any case.

    Raises:
        JournalError: as for a journal.
    """

    def _connected(self) -> sqlite3.Connection:
        how = "mode=ro&immutable=1" if self._is_at_rest() else "mode=ro"
        return sqlite3.connect(
            f"{self.path.absolute().as_uri()}?{how}", uri=True, timeout=BUSY_S, isolation_level=None
        )

    def _is_at_rest(self) -> bool:
        """Whether it is written ahead and nobody has it open: SQLite would make a log beside it to read it.

        An import that begins meanwhile writes to its log first, so that the file stays as it is for a while.

        Source: sqlite.org/fileformat.html (octet 18 is 2 where a file is written ahead) and /wal.html.
        """
        with self.path.open("rb") as file:
            is_ahead = file.read(19)[18:] == b"\2"
        return is_ahead and not self.path.with_name(self.path.name + "-wal").exists()

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA query_only = ON")

    def _write_ahead(self, connection: sqlite3.Connection) -> None:
        """Nothing: it stays as it is."""

    def _made(self, connection: sqlite3.Connection) -> Key | None:
        del connection  # which may not write
        raise lost(self.path, "without the tables of a journal")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Nothing: a view is not written to."""
        msg = f"{self.path}: the journal is only looked at."
        raise JournalLost(msg)
        yield self._connection

    def begin(
        self, identity: Identity, /, *, again: bool = False, accept_new_key: bool = False
    ) -> ImportInJournal:
        """The record of an import as it stands; others may hold it, and whoever does goes on with it."""
        account = self.bound_to(identity.target, accept_new_key=accept_new_key)
        target = replace(identity.target, account=account or identity.target.account)
        return ImportInJournal(self, replace(identity, target=target), None, again=again)
