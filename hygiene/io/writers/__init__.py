"""Writing: the results of a run as files that are there whole or not at all.

`atomic` names files when they are whole, `in_place` writes to devices and pipes, `cells` and `csv_lines` make text of
frames, `tables`, `excel` and `parquet` write one table part after part, `outputs` the files of a run. Plain files hold
each cell as it is, for programs; a file for spreadsheets is guarded against formulas. Nothing here decides what a row
is worth.
"""

from hygiene.io.writers.atomic import PRIVATE, atomic
from hygiene.io.writers.outputs import Results, open_results, write_results
from hygiene.io.writers.tables import Format, open_table, write_csv, write_parquet, write_xlsx

__all__ = [
    "PRIVATE",
    "Format",
    "Results",
    "atomic",
    "open_results",
    "open_table",
    "write_csv",
    "write_parquet",
    "write_results",
    "write_xlsx",
]
