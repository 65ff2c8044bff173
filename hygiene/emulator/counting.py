"""How the local API counts an import: row by row in SQL, inside one transaction.

It follows the words of `ImportPolicy` and shares no code with the prediction, so that the two can be
held against each other.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from hygiene.emulator import keys
from hygiene.emulator.database import Database, timestamp

__all__ = ["import_leads"]

# `precedence` and `invalid_rows` are spelled as states, so the policy's own words go into the row.
# Lists have no client, so only entries without a client act (documented for campaigns).
_COUNT_ONE = """
INSERT INTO leads (list_id, import_id, address, key, fields, created_at, state)
SELECT :list_id, :import_id, :address, lead_key(:address), :fields, :now,
    CASE
        WHEN lead_key(:address) IS NULL THEN :invalid_rows
        WHEN on_block_list AND is_repeat THEN :precedence
        WHEN on_block_list THEN 'blocked'
        WHEN is_repeat THEN 'duplicate'
        ELSE 'imported'
    END
FROM (SELECT
    EXISTS (
        SELECT 1 FROM block_list
        WHERE client_id IS NULL AND key IN (SELECT value FROM json_each(:block_keys))
    ) OR (
        :unreadable_lists = 'blocked' AND EXISTS (SELECT 1 FROM bounces WHERE address = :address)
    ) AS on_block_list,
    EXISTS (
        SELECT 1 FROM leads
        WHERE key = lead_key(:address)
          AND (state = 'imported' OR (state = 'blocked' AND :blocked_are_remembered))
          AND CASE :duplicate_scope
              WHEN 'request' THEN import_id = :import_id
              WHEN 'list' THEN list_id = :list_id
              ELSE 1
          END
    ) AS is_repeat)
"""

_TOTALS = """
SELECT count(*) AS total_leads,
       count(*) FILTER (WHERE state = 'imported') AS imported,
       count(*) FILTER (WHERE state = 'duplicate') AS duplicates,
       count(*) FILTER (WHERE state = 'blocked') AS blocked
FROM leads WHERE import_id = ?
"""


def import_leads(
    store: Database, leads: Sequence[Mapping[str, Any]], /, *, list_id: int, file_name: str, waive: bool
) -> dict[str, int] | None:
    """The four counts of one request, stored whole; None where there is no such list.

    A request that the policy refuses for an unusable address must not come this far.
    """
    policy = store.policy
    with store.transaction() as connection:
        if store.read_list(list_id) is None:
            return None
        now = timestamp()
        common = {
            "list_id": list_id,
            "import_id": _new_import(connection, list_id, file_name, now),
            "now": now,
            "invalid_rows": policy.invalid_rows,
            "precedence": policy.precedence,
            "duplicate_scope": policy.duplicate_scope,
            "blocked_are_remembered": policy.blocked_are_remembered,
            "unreadable_lists": policy.unreadable_lists,
        }
        for lead in leads:
            address = keys.address_of(lead, policy=policy)
            held = keys.block_keys(address or "", policy=policy, waive=waive)
            row = {"address": address, "fields": json.dumps(lead), "block_keys": json.dumps(held)}
            connection.execute(_COUNT_ONE, common | row)
        return dict(connection.execute(_TOTALS, (common["import_id"],)).fetchone())


def _new_import(connection: sqlite3.Connection, list_id: int, file_name: str, now: str) -> int:
    cursor = connection.execute(
        "INSERT INTO imports (list_id, file_name, created_at) VALUES (?, ?, ?)", (list_id, file_name, now)
    )
    return int(cursor.lastrowid or 0)
