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

__all__ = ["import_leads", "last_import_apart"]

# `precedence` and `invalid_rows` are spelled as states, so the policy's own words go into the row; so are the
# effects of lists that no client can read. A repeat that counts as imported is an update, which adds nothing.
# Lists have no client, so only entries without a client act (documented for campaigns).
_COUNT_ONE = """
INSERT INTO leads (list_id, import_id, address, key, fields, created_at, state)
SELECT :list_id, :import_id, :address, iif(:lacks, NULL, lead_key(:address)), :fields, :now,
    CASE
        WHEN :past_limit OR credit_is_spent THEN 'dropped'
        WHEN :lacks OR lead_key(:address) IS NULL THEN :invalid_rows
        WHEN unreadable = 'uncounted' THEN 'uncounted'
        WHEN (on_block_list OR unreadable = 'blocked') AND (repeats IS NULL OR :precedence = 'blocked')
            THEN 'blocked'
        WHEN :repeats_count_as IN (iif(repeats IS NULL, NULL, 'imported'), 'imported_in_' || repeats) THEN 'updated'
        WHEN repeats IS NOT NULL THEN iif(:repeats_count_as = 'uncounted', 'uncounted', 'duplicate')
        WHEN unreadable = 'duplicates' THEN 'duplicate'
        ELSE 'imported'
    END
FROM (SELECT
    EXISTS (
        SELECT 1 FROM block_list
        WHERE client_id IS NULL AND key IN (SELECT value FROM json_each(:block_keys))
    ) OR CASE WHEN :reaches THEN EXISTS (
        SELECT 1 FROM block_list WHERE client_id IS NULL AND covers(key, :address, :waive)
    ) ELSE 0 END AS on_block_list,
    coalesce((
        SELECT coalesce(effect, :unreadable_lists) FROM bounces WHERE address = :address
    ), 'ignored') AS unreadable,
    (
        SELECT CASE WHEN min(import_id IS :import_id) THEN 'request' ELSE 'list' END FROM leads
        WHERE key = lead_key(:address)
          AND (state = 'imported' OR (state = 'blocked' AND :blocked_are_remembered))
          AND CASE :duplicate_scope
              WHEN 'request' THEN import_id = :import_id
              WHEN 'list' THEN list_id = :list_id
              ELSE 1
          END
        HAVING count(*) > 0
    ) AS repeats,
    CASE WHEN :lead_credit > 0 THEN (  -- SQLite works out both sides of an AND
        SELECT count(*) FROM leads WHERE import_id IS NOT NULL AND state = 'imported'
    ) >= :lead_credit ELSE 0 END AS credit_is_spent)
"""

#: Rules whose values the statements name as they are.
_RULES = (
    "invalid_rows", "precedence", "duplicate_scope", "blocked_are_remembered", "unreadable_lists",
    "repeats_count_as", "lead_credit", "total_counts",
)  # fmt: skip

_TOTALS = """
SELECT CASE :total_counts
           WHEN 'rows' THEN count(*)
           WHEN 'taken' THEN count(*) FILTER (WHERE state <> 'dropped')
           WHEN 'added' THEN count(*) FILTER (WHERE state = 'imported')
           ELSE count(DISTINCT key) FILTER (WHERE state <> 'dropped')
              + count(*) FILTER (WHERE state <> 'dropped' AND key IS NULL)
       END AS total_leads,
       count(*) FILTER (WHERE state IN ('imported', 'updated')) AS imported,
       count(*) FILTER (WHERE state = 'duplicate') AS duplicates,
       count(*) FILTER (WHERE state = 'blocked') AS blocked
FROM leads WHERE import_id = :import_id
"""


_APART = """
SELECT count(*) AS received,
       count(*) FILTER (WHERE state = 'duplicate' AND EXISTS (
           SELECT 1 FROM leads AS held WHERE held.key = leads.key AND held.state = 'imported'
              AND held.import_id IS NOT leads.import_id AND held.id < leads.id
       )) AS held,
       count(*) FILTER (WHERE state = 'uncounted') AS uncounted,
       count(*) FILTER (WHERE state = 'dropped') AS dropped
FROM leads WHERE import_id = (SELECT max(id) FROM imports WHERE list_id = ?)
"""


def last_import_apart(store: Database, list_id: int, /) -> dict[str, int]:
    """What the sibling endpoint tells apart, of the last request to a list, by state."""
    with store.transaction() as connection:
        return dict(connection.execute(_APART, (list_id,)).fetchone())


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
            "waive": waive,
            "reaches": policy.block_reach != "name",
            **{name: getattr(policy, name) for name in _RULES},
        }
        for position, lead in enumerate(leads):
            address = keys.address_of(lead, policy=policy)
            held = keys.block_keys(address or "", policy=policy, waive=waive)
            row: dict[str, object] = {
                "address": address,
                "fields": json.dumps(lead),
                "block_keys": json.dumps(held),
            }
            row["lacks"] = keys.lacks(lead, policy=policy)
            row["past_limit"] = 0 < policy.request_limit <= position
            connection.execute(_COUNT_ONE, common | row)
        return dict(connection.execute(_TOTALS, common).fetchone())


def _new_import(connection: sqlite3.Connection, list_id: int, file_name: str, now: str) -> int:
    cursor = connection.execute(
        "INSERT INTO imports (list_id, file_name, created_at) VALUES (?, ?, ?)", (list_id, file_name, now)
    )
    return int(cursor.lastrowid or 0)
