"""Tables: what the journal's file holds, by version, and how one becomes the next.

What is written to them, and when, is not decided here.
"""

import sqlite3

__all__ = ["VERSION", "bring_up", "make_tables"]

#: Version of the tables; a journal with a higher one is refused, one of version 1 is changed by the first write.
VERSION = 2

_FIRST = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE bindings (
    url TEXT NOT NULL, list_id TEXT NOT NULL, account TEXT NOT NULL, PRIMARY KEY (url, list_id));
CREATE TABLE imports (
    id TEXT PRIMARY KEY, url TEXT NOT NULL, account TEXT NOT NULL, list_id TEXT NOT NULL,
    sha256 TEXT NOT NULL, send_all INTEGER NOT NULL, waive_blocklist INTEGER NOT NULL,
    began_at TEXT NOT NULL, version TEXT NOT NULL, frozen TEXT, complete INTEGER NOT NULL DEFAULT 0,
    under_review BLOB NOT NULL DEFAULT x'', summary TEXT);
CREATE TABLE leads (
    import TEXT NOT NULL REFERENCES imports ON DELETE CASCADE, first INTEGER NOT NULL,
    rows BLOB NOT NULL, bits BLOB NOT NULL, keys BLOB NOT NULL, PRIMARY KEY (import, first));
CREATE TABLE batches (
    import TEXT NOT NULL REFERENCES imports ON DELETE CASCADE, number INTEGER NOT NULL,
    leads BLOB NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, lost INTEGER NOT NULL,
    predicted TEXT NOT NULL, reported TEXT, replayed INTEGER NOT NULL, extra TEXT NOT NULL,
    words TEXT NOT NULL, PRIMARY KEY (import, number));
"""
#: What version 2 adds: jobs, what was said of single leads and when, and what was read back (`evidence`).
_SECOND = """
ALTER TABLE batches ADD COLUMN job TEXT NOT NULL DEFAULT '';
ALTER TABLE batches ADD COLUMN told BLOB NOT NULL DEFAULT x'';
ALTER TABLE batches ADD COLUMN told_words TEXT NOT NULL DEFAULT '[]';
ALTER TABLE batches ADD COLUMN answered_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN evidence BLOB NOT NULL DEFAULT x'';
"""


def make_tables(connection: sqlite3.Connection, /) -> None:
    """Make the tables of this version, within a transaction."""
    _run(connection, _FIRST)
    bring_up(connection)


def bring_up(connection: sqlite3.Connection, /) -> None:
    """Make the tables of version 1 those of this one, within a transaction."""
    _run(connection, _SECOND)
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _run(connection: sqlite3.Connection, statements: str) -> None:
    for statement in statements.split(";")[:-1]:
        connection.execute(statement)
