"""History: what the journal tells of imports after the fact, and what it forgets.

Nothing here writes but `forget`.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from hygiene.errors import UsageError
from hygiene.importing.journal.database import Database
from hygiene.importing.journal.entries import entry_of
from hygiene.importing.journal.import_record import EXACT
from hygiene.importing.journal.neighbours import landed_places, read_blocks
from hygiene.importing.journal.stored_evidence import unpacked
from hygiene.importing.journal.stored_features import StoredFeatures
from hygiene.importing.journal.stored_keys import plain
from hygiene.importing.past_imports import Imported, Landed
from hygiene.importing.receipt import bounds_of, has_drift
from hygiene.importing.records import Places, in_order
from hygiene.importing.standing import Brought
from hygiene.policy import ImportPolicy
from hygiene.prediction.explain import Trace
from hygiene.prediction.features import fold
from hygiene.prediction.reconcile import reconcile
from hygiene.prediction.simulate import folding_of
from hygiene.sinks import Target

__all__ = ["brought", "features", "find", "forget", "imports", "landed", "sent"]


_BATCHES = """
SELECT import, state, lost, reported, length(leads) / 4 AS rows FROM batches JOIN imports ON imports.id = import
    WHERE url = ? AND list_id = ?
"""


def imports(journal: Database, /) -> list[Imported]:
    """Every import, oldest first."""
    return [
        _imported(journal, row, bounded=True) for row in journal.read("SELECT * FROM imports ORDER BY rowid")
    ]


def find(journal: Database, import_id: str, /) -> Imported:
    """One import, by its name or the beginning of it.

    Raises:
        UsageError: there is none, or more than one.
    """
    found = journal.read("SELECT * FROM imports WHERE substr(id, 1, ?) = ?", (len(import_id), import_id))
    if len(found) != 1 or not import_id:
        kind = "no import" if not found else f"{len(found)} imports"
        msg = f"{import_id}: {kind} of that name in {journal.path}. See them with: hygiene history"
        raise UsageError(msg)
    return _imported(journal, found[0], traced=True, bounded=True)


def _imported(
    journal: Database, row: sqlite3.Row, *, traced: bool = False, bounded: bool = False
) -> Imported:
    """An import, with what its leads look like to counting rules, and what was left open, where that is asked for."""
    batches = journal.read("SELECT * FROM batches WHERE import = ? ORDER BY number", (row["id"],))
    entries = [entry_of(batch) for batch in batches]
    results, frozen = [entry.result for entry in entries], json.loads(row["frozen"])
    policy, waive = ImportPolicy.from_toml(frozen["policy"]), bool(row["waive_blocklist"])
    trace = None
    if traced or (bounded and has_drift(results)):
        kept, (places, batch) = StoredFeatures.of(read_blocks(journal, row["id"]), policy), in_order(entries)
        known = unpacked(row["evidence"] if "evidence" in row.keys() else b"", places, leads=len(kept))  # noqa: SIM118 -- a row is no mapping
        trace = Trace(kept.take(places), batch + 1, kept.rows[places], policy, waive, known)
    return Imported(
        row["id"],
        Target(row["url"], row["account"], row["list_id"]),
        row["began_at"],
        row["sha256"],
        bool(row["complete"]),
        reconcile(
            results, bounds=bounds_of(results, trace, frozen["unknown"]) if trace else None, trace=trace
        ),
        {entry.number: entry.leads.tolist() for entry in entries},
        policy,
        waive,
        tuple(frozen.get("custom", ())),
    )


def sent(journal: Database, imported: Imported, addresses: pa.Array, /) -> bool:
    """Whether these are the addresses of an import's leads, in the order of its trace."""
    trace = imported.reconciliation.trace
    if trace is None or not isinstance(trace.features, StoredFeatures) or len(addresses) != len(trace.rows):
        return False
    return journal.secret.keys(addresses, EXACT) == trace.features.digests(EXACT)


def features(journal: Database, import_id: str, /) -> StoredFeatures:
    """What rules see of an import's leads; `Imported.leads` tells which are in which batch."""
    found = find(journal, import_id)
    return StoredFeatures.of(read_blocks(journal, found.id), found.policy)


def forget(journal: Database, import_id: str, /) -> None:
    """Purge an import and all that is kept of its leads."""
    name = find(journal, import_id).id
    with journal.writing() as connection:
        connection.execute("DELETE FROM imports WHERE id = ?", (name,))
    journal.read("PRAGMA wal_checkpoint(TRUNCATE)")


def brought(journal: Database, target: Target, /) -> dict[str, Brought]:
    """How many leads each import brought to this list."""
    found: dict[str, Brought] = {}
    for row in journal.read(_BATCHES, (target.url, target.list_id)):
        reported = json.loads(row["reported"] or "{}").get("imported")
        one = Brought.by(state=row["state"], rows=row["rows"], lost=row["lost"], imported=reported)
        found[row["import"]] = found.get(row["import"], Brought(0, 0)) + one
    return found


def landed(
    journal: Database, target: Target, addresses: pa.Array, policy: ImportPolicy, /, *, but: str | None
) -> list[Landed]:
    """Leads of other imports to this list, as far as these addresses meet them, by import, the oldest first.

    An address that was sent itself stands as it is; one that merely has the key of a sent one under the
    policy stands as that key. A lead that several imports sent is the first one's.
    """
    folding = folding_of(policy)
    exact: dict[bytes, tuple[str, int]] = {}
    folded: dict[bytes, tuple[str, int]] = {}
    for row in journal.read(
        "SELECT * FROM imports WHERE url = ? AND list_id = ? AND id IS NOT ? ORDER BY rowid",
        (target.url, target.list_id, but),
    ):
        imported = _imported(journal, row)
        kept = StoredFeatures.of(read_blocks(journal, row["id"]), imported.policy)
        there = kept.take(_landed_places(imported, kept))
        for held, how in ((exact, EXACT), (folded, folding if kept.folds(folding) else plain(folding))):
            for digest, number in zip(there.digests(how), there.rows.tolist(), strict=True):
                held.setdefault(digest, (row["id"], number))
    if not exact:
        return []
    keys = fold(addresses, folding)
    found = _met(exact, addresses, journal.secret.keys(addresses, EXACT))
    return _by_import(_met(folded, keys, journal.secret.keys(addresses, folding)) | found)


def _met(
    held: Mapping[bytes, tuple[str, int]], texts: pa.Array, digests: Sequence[bytes]
) -> dict[str, tuple[str, int]]:
    """Import and row of the texts whose digest is held."""
    pairs = zip(texts.to_pylist(), digests, strict=True)
    return {text: held[digest] for text, digest in pairs if digest in held}


def _by_import(found: Mapping[str, tuple[str, int]]) -> list[Landed]:
    parts: dict[str, list[tuple[str, int]]] = {}
    for text, (name, row) in found.items():
        parts.setdefault(name, []).append((text, row))
    return [
        Landed(name, [text for text, _ in part], np.array([row for _, row in part], dtype=np.int64))
        for name, part in parts.items()
    ]


def _landed_places(imported: Imported, kept: StoredFeatures) -> Places:
    """Places of the leads that are in the list by what the API answered: not those it blocked."""
    answered = [
        batch.batch for batch in imported.reconciliation.batches if batch.state in ("acknowledged", "settled")
    ]
    places = np.array([place for number in answered for place in imported.leads[number]], dtype=np.int64)
    return landed_places(kept, places, imported.policy, waive_blocklist=imported.waive_blocklist)
