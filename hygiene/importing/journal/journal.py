"""The journal that imports are written to: who may use a list, and what is remembered of its imports.

The file is in `database`; what an import is and how its batches are written is in `import_record`.
"""

import hashlib

import pyarrow as pa

from hygiene.errors import ImportBusy, UsageError, option
from hygiene.importing.journal import queries
from hygiene.importing.journal.database import Database
from hygiene.importing.journal.import_record import ImportInJournal
from hygiene.importing.journal.stored_features import StoredFeatures
from hygiene.importing.past_imports import Imported, Landed
from hygiene.importing.records import Identity
from hygiene.importing.standing import Brought
from hygiene.io.locks import Lock
from hygiene.policy import ImportPolicy
from hygiene.sinks import Target

__all__ = ["SqliteJournal"]


class SqliteJournal(Database):
    """A journal in a SQLite file; see `Database` for its arguments and errors."""

    def begin(
        self, identity: Identity, /, *, again: bool = False, accept_new_key: bool = False
    ) -> ImportInJournal:
        """The record of an import, held by this caller alone; see `importing.Journal.begin`."""
        target = identity.target
        self._bind(target, accept_new_key=accept_new_key)
        parts = (target.url, target.list_id, identity.sha256, identity.send_all, identity.waive_blocklist)
        name = hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
        lock = Lock(self.path.with_name(self.path.name + ".locks"), name)
        if not lock.take():
            msg = "another process runs this import. Wait for it to end, then run the command again."
            raise ImportBusy(msg)
        try:
            return ImportInJournal(self, identity, lock, again=again)
        except BaseException:
            lock.release()
            raise

    def _bind(self, target: Target, *, accept_new_key: bool) -> None:
        """Hold a list to the key it was first imported to with.

        Raises:
            UsageError: it was another one.
        """
        if self.bound_to(target, accept_new_key=accept_new_key) == target.account:
            return
        with self.writing() as connection:
            connection.execute(
                "INSERT INTO bindings VALUES (:url, :list_id, :account) "
                "ON CONFLICT DO UPDATE SET account = :account",
                {"url": target.url, "list_id": target.list_id, "account": target.account},
            )
            connection.execute(
                "UPDATE imports SET account = ? WHERE url = ? AND list_id = ?",
                (target.account, target.url, target.list_id),
            )

    def bound_to(self, target: Target, /, *, accept_new_key: bool) -> str | None:
        """Account that a list was first imported to with; None for a list that is new.

        Raises:
            UsageError: it is another one than the target's, and that was not accepted.
        """
        bound = self.read(
            "SELECT account FROM bindings WHERE url = ? AND list_id = ?", (target.url, target.list_id)
        )
        account: str | None = bound[0]["account"] if bound else None
        if account not in (None, target.account) and not accept_new_key:
            msg = (
                f"list {target.list_id} was imported to with key {account}, and this is key "
                f"{target.account}. If the account is the same, say so with {option('accept_new_key', given=True)}."
            )
            raise UsageError(msg)
        return account

    def landed(
        self, target: Target, addresses: pa.Array, policy: ImportPolicy, /, *, but: str | None = None
    ) -> list[Landed]:
        """Leads of other imports; see `importing.Journal.landed`."""
        return queries.landed(self, target, addresses, policy, but=but)

    def brought(self, target: Target, /) -> dict[str, Brought]:
        """How many leads each import brought to this list."""
        return queries.brought(self, target)

    def imports(self) -> list[Imported]:
        """What is remembered of every import, oldest first."""
        return queries.imports(self)

    def find(self, import_id: str, /) -> Imported:
        """What is remembered of one import.

        Raises:
            UsageError: there is none of that name.
        """
        return queries.find(self, import_id)

    def sent(self, imported: Imported, addresses: pa.Array, /) -> bool:
        """Whether these are the addresses of an import's leads, in the order of its trace."""
        return queries.sent(self, imported, addresses)

    def features(self, import_id: str, /) -> StoredFeatures:
        """What counting rules see of an import's leads, in the order they were planned."""
        return queries.features(self, import_id)

    def forget(self, import_id: str, /) -> None:
        """Purge an import.

        Raises:
            UsageError: there is none of that name.
        """
        queries.forget(self, import_id)
