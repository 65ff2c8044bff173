"""Journal: what was sent, remembered on disk, so that no lead is lost and none is counted twice.

`database` is the SQLite file and its secret, `store` what imports are written to, `records` one import in
it, `stored` the features of leads without their addresses, `locks` who may write to an import, `history` what
people ask of it, `view` a journal that is only looked at. No address and no key is in it.
"""

from hygiene.importing.journal.database import default_path
from hygiene.importing.journal.journal import SqliteJournal
from hygiene.importing.journal.read_only import JournalView
from hygiene.importing.journal.stored_features import StoredFeatures

__all__ = ["JournalView", "SqliteJournal", "StoredFeatures", "default_path"]
