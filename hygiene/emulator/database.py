"""State of the local API: lists, leads and block list in SQLite.

Every lead that arrived is kept with the state it was counted in; members of a list are those that were
imported. How a lead is counted is decided in `counting`.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from hygiene.emulator import keys
from hygiene.errors import UsageError, option
from hygiene.policy import ImportPolicy
from hygiene.small_file import check_regular

__all__ = ["Database", "timestamp"]

_TABLES = """
CREATE TABLE IF NOT EXISTS lists (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL, deleted INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS imports (
    id INTEGER PRIMARY KEY AUTOINCREMENT, list_id INTEGER NOT NULL, file_name TEXT NOT NULL,
    created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS leads (
    id INTEGER PRIMARY KEY AUTOINCREMENT, list_id INTEGER NOT NULL, import_id INTEGER,
    address TEXT, key TEXT, fields TEXT NOT NULL, state TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS leads_by_key ON leads (key);
CREATE INDEX IF NOT EXISTS leads_by_list ON leads (list_id, state);
CREATE INDEX IF NOT EXISTS leads_by_import ON leads (import_id);
CREATE TABLE IF NOT EXISTS block_list (
    id INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL, key TEXT NOT NULL, client_id INTEGER,
    source TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS block_list_by_key ON block_list (key);
CREATE TABLE IF NOT EXISTS list_tags (
    list_id INTEGER NOT NULL, tag_id INTEGER NOT NULL, PRIMARY KEY (list_id, tag_id));
CREATE TABLE IF NOT EXISTS bounces (address TEXT PRIMARY KEY, effect TEXT);
CREATE TABLE IF NOT EXISTS unsubscribes (address TEXT PRIMARY KEY, key TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS unsubscribes_by_key ON unsubscribes (key);
"""

_LISTS = """
SELECT id, name, created_at, updated_at,
       (SELECT count(*) FROM leads WHERE list_id = lists.id AND state = 'imported') AS lead_count
FROM lists WHERE NOT deleted
"""

_MEMBER = """
INSERT INTO leads (list_id, address, key, fields, state, created_at)
VALUES (:list_id, :address, held_key(:address), :fields, 'imported', :now)
"""

# What a campaign holds is in no list here; the other filters read the fields that a lead came with. A lead is in use
# where a campaign has it.
_AMONG = """
state = 'imported' AND (:list_id IS NULL OR list_id = :list_id)
AND (:campaign_id IS NULL OR key IN (SELECT key FROM campaign_leads WHERE campaign_id = :campaign_id))
AND (:client_id IS NULL OR json_extract(fields, '$.client_id') = :client_id)
AND (:status IS NULL OR json_extract(fields, '$.status') = :status)
AND (:email_status IS NULL OR json_extract(fields, '$.email_status') = :email_status)
AND (:lead_email IS NULL OR key = lead_key(:lead_email))
AND (:lead_type IS NULL
     OR :lead_type = iif(key IN (SELECT key FROM campaign_leads), 'active', 'yet_to_use'))
"""

#: What a lead may be asked for by, beside its list.
FILTERS = ("list_id", "campaign_id", "client_id", "status", "email_status", "lead_email", "lead_type")

_LEADS = f"""
SELECT id, address, fields, created_at, key IN (SELECT key FROM unsubscribes) AS is_unsubscribed FROM leads
WHERE (:before IS NULL OR id < :before) AND {_AMONG}
ORDER BY id DESC LIMIT :limit
"""  # noqa: S608 -- our own words alone

_FOUND = """
SELECT id, address, fields, created_at, key IN (SELECT key FROM unsubscribes) AS is_unsubscribed FROM leads
WHERE key = lead_key(?) AND state = 'imported' ORDER BY id DESC LIMIT 1
"""

_ENTRIES = """
SELECT id, entry AS email_or_domain, created_at, source, client_id FROM block_list
WHERE (:client_id IS NULL OR client_id = :client_id)
  AND (:part IS NULL OR instr(lower(entry), lower(:part)) > 0)
  AND (:exact IS NULL OR entry = :exact)
ORDER BY id LIMIT :limit OFFSET :offset
"""


class Database:
    """Lists, leads and block list, shared by the threads of the server.

    Attributes:
        policy: The rules by which keys are made.
    """

    def __init__(self, database: str, /, *, policy: ImportPolicy) -> None:
        self.policy = policy
        self._lock = threading.RLock()
        self._connection = _opened(database)
        self._connection.row_factory = sqlite3.Row
        for name in ("lead_key", "held_key", "block_key"):
            function = getattr(keys, name)
            self._connection.create_function(name, 1, partial(function, policy=policy), deterministic=True)
        self._connection.create_function("covers", 3, self._covers, deterministic=True)
        with self.transaction() as connection:
            # a database file may have been written under another policy
            connection.execute(
                "UPDATE leads SET key = iif(import_id IS NULL, held_key(address), lead_key(address))"
            )
            connection.execute("UPDATE block_list SET key = block_key(entry)")
            connection.execute("UPDATE unsubscribes SET key = lead_key(address)")

    def _covers(self, entry: str, address: str | None, waive: int) -> bool:
        return address is not None and keys.covers(entry, address, policy=self.policy, waive=bool(waive))

    def close(self) -> None:
        """Close the database; what is in memory is gone."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A connection that nobody else uses; all is kept at the end, or nothing after an exception."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def create_list(self, name: str, /, *, list_id: int | None = None, members: Iterable[str] = ()) -> int:
        """Number of a new list that holds `members` already.

        Raises:
            UsageError: a list, perhaps a deleted one, has the number `list_id`.
        """
        now = timestamp()
        with self.transaction() as connection:
            try:
                cursor = connection.execute(
                    "INSERT INTO lists (id, name, created_at, updated_at) VALUES (?, ?, ?, ?)",
                    (list_id, name, now, now),
                )
            except sqlite3.IntegrityError as error:
                msg = f"list {list_id} exists already; take another number or none"
                raise UsageError(msg) from error
            for email in members:
                lead = {"email": email}
                address = keys.address_of(lead, policy=self.policy)
                row = {
                    "list_id": cursor.lastrowid,
                    "address": address,
                    "fields": json.dumps(lead),
                    "now": now,
                }
                connection.execute(_MEMBER, row)
        return int(cursor.lastrowid or 0)

    def rename_list(self, list_id: int, name: str, /) -> bool:
        """Whether there was a list to rename."""
        return self._changed(
            "UPDATE lists SET name = ?, updated_at = ? WHERE id = ? AND NOT deleted",
            (name, timestamp(), list_id),
        )

    def delete_list(self, list_id: int, /) -> bool:
        """Whether there was a list to delete; its leads stay in the account (documented)."""
        return self._changed("UPDATE lists SET deleted = 1 WHERE id = ? AND NOT deleted", (list_id,))

    def read_list(self, list_id: int, /) -> dict[str, Any] | None:
        """The list as a row with its size, None where there is none."""
        rows = self._rows(f"{_LISTS} AND id = ?", (list_id,))
        return rows[0] if rows else None

    def read_lists(
        self, *, part: str, limit: int, offset: int, tags: Sequence[int] = ()
    ) -> list[dict[str, Any]]:
        """The lists whose name has `part` in it, without case, and that have one of the tags, oldest first."""
        where = (
            "AND instr(lower(name), lower(:part)) > 0 AND (:tags = '[]' OR id IN (SELECT list_id FROM list_tags "
            "WHERE tag_id IN (SELECT value FROM json_each(:tags)))) ORDER BY id LIMIT :limit OFFSET :offset"
        )
        told = {"part": part, "tags": json.dumps(list(tags)), "limit": limit, "offset": offset}
        return self._rows(f"{_LISTS} {where}", told)

    def members(self, list_id: int, /) -> list[str]:
        """Addresses of a list in order of arrival; empty text for a lead without one."""
        rows = self._rows(
            "SELECT address FROM leads WHERE list_id = ? AND state = 'imported' ORDER BY id", (list_id,)
        )
        return [row["address"] or "" for row in rows]

    def read_leads(
        self, filters: Mapping[str, Any], /, *, before: int | None, limit: int
    ) -> list[dict[str, Any]]:
        """Imported leads, newest first, with the fields they came with; each of `FILTERS` may name some of them."""
        rows = self._rows(_LEADS, {**dict.fromkeys(FILTERS), **filters, "before": before, "limit": limit})
        return [_lead(row) for row in rows]

    def count_leads(self, filters: Mapping[str, Any], /) -> int:
        """Number of the imported leads that the filters name."""
        query = f"SELECT count(*) AS n FROM leads WHERE {_AMONG}"  # noqa: S608 -- our own words alone
        rows = self._rows(query, {**dict.fromkeys(FILTERS), **filters})
        return int(rows[0]["n"])

    def find_lead(self, email: str, /) -> dict[str, Any] | None:
        """The newest imported lead with the key of this address, None where there is none."""
        rows = self._rows(_FOUND, (email,))
        return _lead(rows[0]) if rows else None

    def block(
        self, entries: Iterable[str], /, *, client_id: int | None = None, source: str = "manual"
    ) -> int:
        """Number of entries that the block list did not hold yet for this client."""
        added = 0
        with self.transaction() as connection:
            for entry in entries:
                cursor = connection.execute(
                    "INSERT INTO block_list (entry, key, client_id, source, created_at) "
                    "SELECT :entry, block_key(:entry), :client_id, :source, :now WHERE NOT EXISTS "
                    "(SELECT 1 FROM block_list WHERE entry = :entry AND client_id IS :client_id)",
                    {"entry": entry, "client_id": client_id, "source": source, "now": timestamp()},
                )
                added += cursor.rowcount
        return added

    def bounce(self, addresses: Iterable[str], /, *, effect: str | None = None) -> None:
        """Put addresses, taken literally, on the list of community bounces, which no route shows.

        Args:
            addresses: The addresses.
            effect: What it does to them, as a value of `unreadable_lists`; None is what the policy says.
        """
        with self.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO bounces (address, effect) VALUES (?, ?)",
                [(address, effect) for address in addresses],
            )

    def unsubscribe(self, addresses: Iterable[str], /) -> None:
        """Mark the leads of these addresses as unsubscribed, in every list and those to come."""
        with self.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO unsubscribes VALUES (:address, lead_key(:address))",
                [{"address": address} for address in addresses],
            )

    def unblock(self, entry_id: int, /) -> bool:
        """Whether there was an entry to take off the block list."""
        return self._changed("DELETE FROM block_list WHERE id = ?", (entry_id,))

    def read_block_list(
        self, *, limit: int, offset: int, client_id: int | None, part: str | None, exact: str | None
    ) -> list[dict[str, Any]]:
        """Entries of the block list, oldest first, by the filters that are not None."""
        filters = {"limit": limit, "offset": offset, "client_id": client_id, "part": part, "exact": exact}
        return self._rows(_ENTRIES, filters)

    def _rows(self, query: str, values: Sequence[Any] | dict[str, Any]) -> list[dict[str, Any]]:
        with self._lock:
            return [dict(row) for row in self._connection.execute(query, values)]

    def _changed(self, statement: str, values: Sequence[Any]) -> bool:
        with self.transaction() as connection:
            return connection.execute(statement, values).rowcount > 0


def _opened(database: str) -> sqlite3.Connection:
    """A file with the tables, or what is in memory.

    Raises:
        UsageError: it cannot be such a file.
    """
    try:
        if database != ":memory:":
            check_regular(Path(database))
        connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise _refusal(database, error) from error
    try:
        connection.executescript(_TABLES)
        if (
            len(connection.execute("PRAGMA table_info(bounces)").fetchall()) == 1
        ):  # a file of an earlier version
            connection.execute("ALTER TABLE bounces ADD COLUMN effect TEXT")
    except sqlite3.Error as error:
        connection.close()
        raise _refusal(database, error) from error
    return connection


def _refusal(database: str, error: Exception) -> UsageError:
    said = error.strerror if isinstance(error, OSError) else error
    return UsageError(f"{option('database', value=database)}: {said}. Name another file.")


def _lead(row: dict[str, Any]) -> dict[str, Any]:
    blank = {"id": row["id"], "email": None, "first_name": None, "last_name": None}
    fields: dict[str, Any] = json.loads(row["fields"])
    own = {"id": row["id"], "email": row["address"], "created_at": row["created_at"]}
    return blank | fields | own | {"is_unsubscribed": row["is_unsubscribed"] == 1}


def timestamp() -> str:
    """The time as the API writes it, in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
