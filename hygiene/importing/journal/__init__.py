"""Journal: what was sent, remembered on disk, so that no lead is lost and none is counted twice.

`database` is the SQLite file and its secret, `journal` what imports are written to, `import_record` one import
in it, `stored_features` the features of leads without their addresses, `queries` what people ask of it,
`read_only` a journal that is only looked at. No address and no key is in it.
"""

from hygiene.importing.journal.database import default_path
from hygiene.importing.journal.journal import SqliteJournal
from hygiene.importing.journal.read_only import JournalView
from hygiene.importing.journal.stored_features import StoredFeatures

__all__ = ["JournalView", "SqliteJournal", "StoredFeatures", "default_path"]
