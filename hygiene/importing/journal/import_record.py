"""Records: one import in the journal, its plan and its batches.

Each method that writes is one transaction. What is sent, and what an answer means, is not decided here.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from hygiene.arrow.text import Mask
from hygiene.importing.journal.database import Database
from hygiene.importing.journal.entries import entry_of, extra_of, fields_of
from hygiene.importing.journal.neighbours import Batch, Neighbours, read_blocks
from hygiene.importing.journal.stored_evidence import packed
from hygiene.importing.journal.stored_features import Block, StoredFeatures, bits_of
from hygiene.importing.records import Entry, Frozen, Identity, Places, in_order
from hygiene.importing.standing import Standing
from hygiene.io.locks import Lock
from hygiene.policy import ImportPolicy
from hygiene.prediction.evidence import Evidence
from hygiene.prediction.features import Features, Folding
from hygiene.version import __version__

__all__ = ["EXACT", "ImportInJournal"]

#: How the key of a lead is folded to see whether two are the same: trimmed, without case.
EXACT = Folding(trimmed=True, case=True, plus_tag=False, gmail_dots=False)

#: Leads of a block; about 300 kB.
BLOCK_LEADS = 10_000

# a row that is replaced rather than changed would touch the index too: three times the pages a commit
_BATCH = """
INSERT INTO batches VALUES (
    :import, :number, :leads, :state, :attempts, :lost, :predicted, :reported, :replayed, :extra, :words,
    :job, :told, :told_words, :answered_at)
ON CONFLICT DO UPDATE SET
    leads = :leads, state = :state, attempts = :attempts, lost = :lost, predicted = :predicted,
    reported = :reported, replayed = :replayed, extra = :extra, words = :words,
    job = :job, told = :told, told_words = :told_words, answered_at = :answered_at
"""

_FIND = """
SELECT * FROM imports WHERE url = ? AND account = ? AND list_id = ? AND sha256 = ? AND send_all = ?
    AND waive_blocklist = ? ORDER BY rowid DESC LIMIT 1
"""


class ImportInJournal:
    """One import in a journal, held under a lock; made by `SqliteJournal.begin`.

    Args:
        journal: The journal.
        identity: What the import is known by.
        lock: The lock, taken already; None where it is only looked at.
        again: Begin it anew, whatever is remembered of the same import.
    """

    def __init__(self, journal: Database, identity: Identity, lock: Lock | None, /, *, again: bool) -> None:
        self._journal, self._lock, self._identity = journal, lock, identity
        self._features: StoredFeatures | None = None
        target = identity.target
        known_by = (
            target.url, target.account, target.list_id, identity.sha256, identity.send_all,
            identity.waive_blocklist,
        )  # fmt: skip
        found = journal.read(_FIND, known_by)
        self._row = dict(found[0]) if found and not again else None
        self._id = self._row["id"] if self._row else secrets.token_hex(4)
        self._neighbours = Neighbours(journal, target, self._id)
        self._sent = bool(self._row) and any(
            entry.result.state != "planned" or entry.lost for entry in self.entries()
        )

    def close(self) -> None:
        """Let go of it."""
        if self._lock is not None:
            self._lock.release()

    @property
    def import_id(self) -> str:
        """Its name."""
        return self._id

    @property
    def resumed(self) -> bool:
        """Whether an earlier run sent, or may have sent, something of it."""
        return self._sent and not self.complete

    @property
    def complete(self) -> bool:
        """Whether it was brought to its end."""
        return self._row is not None and bool(self._row["complete"])

    @property
    def frozen(self) -> Frozen | None:
        """What its first run settled."""
        if self._row is None:
            return None
        kept = json.loads(self._row["frozen"])
        return Frozen(
            policy=ImportPolicy.from_toml(kept["policy"]),
            batch_leads=kept["batch_leads"],
            custom=tuple(kept["custom"]),
            file_name=kept["file_name"],
            shape=kept["shape"],
            unknown=tuple(kept["unknown"]),
            standing=Standing(**kept["standing"]) if kept.get("standing") else None,
            fields=fields_of(kept.get("fields") or {}),
            address_form=tuple(kept.get("address_form") or ()),
        )

    @property
    def summary(self) -> Mapping[str, object] | None:
        """The summary of the run that completed it."""
        return json.loads(self._row["summary"]) if self._row and self._row["summary"] else None

    @property
    def _policy(self) -> ImportPolicy:
        """The policy under which leads are kept."""
        frozen = self.frozen
        return ImportPolicy() if frozen is None else frozen.policy

    def plan(self, frozen: Frozen, /) -> None:
        """Note that it is planned now; an earlier plan of which nothing was sent is dropped."""
        target, identity = self._identity.target, self._identity
        kept = {
            "policy": frozen.policy.to_toml(),
            "batch_leads": frozen.batch_leads,
            "custom": frozen.custom,
            "file_name": frozen.file_name,
            "shape": dict(frozen.shape),
            "unknown": frozen.unknown,
            "standing": frozen.standing and asdict(frozen.standing),
            "fields": asdict(frozen.fields),
            "address_form": frozen.address_form,
        }
        self._row = {
            "id": self._id, "url": target.url, "account": target.account, "list_id": target.list_id,
            "sha256": identity.sha256, "send_all": identity.send_all, "waive_blocklist": identity.waive_blocklist,
            "began_at": datetime.now(UTC).isoformat(timespec="seconds"), "version": __version__,
            "frozen": json.dumps(kept), "complete": 0, "under_review": b"", "summary": None, "evidence": b"",
        }  # fmt: skip
        with self._journal.writing() as connection:
            connection.execute("DELETE FROM imports WHERE id = ?", (self._id,))
            names = ", ".join(f":{name}" for name in self._row)
            connection.execute(f"INSERT INTO imports ({', '.join(self._row)}) VALUES ({names})", self._row)  # noqa: S608 -- our own names
        self._features = None

    def add(self, rows: Places, addresses: pa.Array, features: Features, entries: Sequence[Entry], /) -> None:
        """Note further leads and the batches they are in."""
        first, policy = len(self.rows()), self._policy
        bits = bits_of(features, policy)
        with self._journal.writing() as connection:
            for start in range(0, len(rows), BLOCK_LEADS):
                here = slice(start, start + BLOCK_LEADS)
                block = Block.of(rows[here], addresses[here], bits[:, here], self._journal.secret, policy)
                connection.execute(
                    "INSERT INTO leads VALUES (?, ?, ?, ?, ?)",
                    (self._id, first + start, block.rows, block.bits, block.keys),
                )
            for entry in entries:
                connection.execute(_BATCH, self._values(entry))
        self._features = None

    def rows(self) -> Places:
        """Row number of every planned lead."""
        return self.features().rows

    def features(self) -> StoredFeatures:
        """What counting rules see of the planned leads."""
        if self._features is None:
            self._features = StoredFeatures.of(read_blocks(self._journal, self._id), self._policy)
        return self._features

    def entries(self) -> list[Entry]:
        """Every batch; one that was being sent when a run died is `unknown`."""
        found = self._journal.read("SELECT * FROM batches WHERE import = ? ORDER BY number", (self._id,))
        return [entry_of(row) for row in found]

    def sending(self, entry: Entry, /, *, noted: Sequence[Entry] = ()) -> None:
        """Note that a batch is about to be sent, and in the same breath what became of others."""
        finished = [self._values(each) for each in noted]
        self._write([], [*finished, self._values(entry) | {"state": "sending"}])

    def finished(self, entries: Sequence[Entry], /) -> None:
        """Note what became of batches."""
        self._write([], [self._values(entry) for entry in entries])

    def rearranged(self, gone: Sequence[int], entries: Sequence[Entry], /) -> None:
        """Replace batches by others, all at once."""
        self._write(gone, [self._values(entry) for entry in entries])

    def news(self) -> Mapping[str, Places]:
        """Places of leads that other imports brought to the list since this was last asked, by import."""
        return self._met(self._neighbours.news())

    def crossed(self) -> Places:
        """Places of leads that other imports sent as well since this one was begun or gone on with."""
        met = self._met(self._neighbours.sent())
        return np.unique(np.concatenate([np.arange(0), *met.values()]))

    def _met(self, batches: set[Batch]) -> Mapping[str, Places]:
        if not batches or (frozen := self.frozen) is None:
            return {}
        return self._neighbours.meet(batches, self.features(), frozen.policy)

    def _write(self, gone: Sequence[int], batches: Sequence[Mapping[str, object]]) -> None:
        with self._journal.writing() as connection:
            connection.executemany(
                "DELETE FROM batches WHERE import = ? AND number = ?", [(self._id, number) for number in gone]
            )
            connection.executemany(_BATCH, batches)

    def _values(self, entry: Entry) -> dict[str, object]:
        result = entry.result
        return {
            "import": self._id, "number": result.batch, "leads": entry.leads.astype("<u4").tobytes(),
            "state": result.state, "attempts": result.attempts, "lost": entry.lost,
            "predicted": json.dumps(result.predicted.as_dict()),
            "reported": json.dumps(result.reported.as_dict()) if result.reported else None,
            "replayed": result.replayed, "extra": json.dumps(extra_of(result)), "words": result.words,
            "job": result.job, "told": result.told, "told_words": json.dumps(result.told_words),
            "answered_at": result.answered_at,
        }  # fmt: skip

    def under_review(self) -> Places:
        """Row numbers that were for review when it was planned, and are in no batch."""
        kept = self._row["under_review"] if self._row else b""
        return np.frombuffer(kept, "<i8").astype(np.int64)

    def review(self, rows: Places, /) -> None:
        """Note which rows are for review."""
        self._change(under_review=np.asarray(rows, "<i8").tobytes())

    def keep(self, evidence: Evidence, /) -> None:
        """Note what was read back of the leads that the API may hold."""
        places, _ = in_order(self.entries())
        self._change(evidence=packed(evidence, places, leads=len(self.rows())))

    def completed(self, summary: Mapping[str, object] | None, /) -> None:
        """Note that it came to its end."""
        self._change(complete=1, summary=None if summary is None else json.dumps(summary))

    def _change(self, **values: Any) -> None:
        assert self._row is not None  # noqa: S101 -- planned before
        self._row |= values
        with self._journal.writing() as connection:
            for name, value in values.items():
                connection.execute(f"UPDATE imports SET {name} = ? WHERE id = ?", (value, self._id))  # noqa: S608 -- our own names

    def digests(self, addresses: pa.Array, /) -> list[bytes]:
        """The HMAC of each address as the exact key of a lead."""
        return self._journal.secret.keys(addresses, EXACT)

    def lead_digests(self) -> list[bytes]:
        """The HMAC of each planned lead's exact key."""
        return self.features().digests(EXACT)

    def new_to_api(self) -> Mask:
        """True for each planned lead that the API was not known to hold."""
        return ~self.features().known(EXACT)
