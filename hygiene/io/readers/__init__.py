"""Reading: files and standard input as one lead frame, every row with its place.

One module for each format, all of them giving the batches that `lead_files` puts together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hygiene.arguments import takes
from hygiene.io.readers.header_row import Columns
from hygiene.io.readers.lead_files import LeadFiles, Path_
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.read_options import ReadOptions

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LeadFiles", "Limits", "ReadOptions", "open_leads", "read_leads"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _OpenOptions(ReadOptions):
    """How lead files are opened.

    Attributes:
        chunk_rows: Rows of a chunk; `hygiene.arrow.parallel.CHUNK_ROWS` where None.
    """

    chunk_rows: int | None = None


@takes(_OpenOptions)
def open_leads(paths: Sequence[Path_], options: _OpenOptions) -> LeadFiles:
    """The leads of files, looked at as far as their first 1,000 rows.

    Args:
        paths: CSV and its kin, XLSX, XLS, ODS, HTML tables, Parquet, Arrow, JSON or vCards, each also as
            gzip; folders and patterns of them; "-" is standard input, which is kept in a temporary file. The
            format is known by the content.
        options: As below.

    Raises:
        InputError: a file is missing, empty, not readable, without rows, or without an email column, or
            passes a limit.
        UsageError: no file is named, standard input is named twice, or an option makes no sense.
    """
    return LeadFiles(paths, options, chunk_rows=options.chunk_rows)


def read_leads(*paths: Path_, columns: Columns = None) -> "pd.DataFrame":
    """All leads of files as one frame; see `LeadFiles` for its shape.

    Raises:
        InputError: a file cannot be read as leads.
        UsageError: no file is named, or standard input is named twice.
    """
    with open_leads(paths, columns=columns) as leads:
        return leads.frame()
