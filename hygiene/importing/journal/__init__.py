"""Journal: what was sent, remembered on disk, so that no lead is lost and none is counted twice.

`database` is the SQLite file, `key_file` the secret beside it and how often the journal was written, `wholeness`
refuses a journal that lacks a part; `journal` what imports are written to, `import_record` one import
in it, `stored_features` the features of leads without their addresses, `queries` what people ask of it,
`read_only` a journal that is only looked at. No address and no key is in it.
"""

from hygiene.importing.journal.database import default_path
from hygiene.importing.journal.journal import SqliteJournal
from hygiene.importing.journal.read_only import JournalView
from hygiene.importing.journal.stored_features import StoredFeatures
from hygiene.importing.journal.wholeness import check_not_lost

__all__ = ["JournalView", "SqliteJournal", "StoredFeatures", "check_not_lost", "default_path"]
