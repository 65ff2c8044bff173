"""Reading: files and standard input as one lead frame, every row with its place.

One module for each format, all of them giving the batches that `leadfiles` puts together.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from hygiene.io.readers.header_row import Columns
from hygiene.io.readers.lead_files import LeadFiles, Path_
from hygiene.io.readers.limits import Limits

__all__ = ["LeadFiles", "Limits", "open_leads", "read_leads"]


def open_leads(
    paths: Sequence[Path_],
    /,
    *,
    columns: Columns = None,
    chunk_rows: int | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
    sheet: str | None = None,
    limits: Mapping[str, int] | None = None,
) -> LeadFiles:
    """The leads of files, looked at as far as their first 1,000 rows.

    Args:
        paths: CSV and its kin, XLSX, XLS, Parquet, Arrow or JSON, each also as gzip; folders and patterns
            of them; "-" is standard input, which is kept in a temporary file. The format is known by the
            content.
        columns: Canonical column -> header text, where the header rules are to be overruled.
        chunk_rows: Rows of a chunk; `hygiene.arrow.parallel.CHUNK_ROWS` where None.
        encoding: Encoding of text files, where it is not to be found out.
        delimiter: Delimiter of text files, where it is not to be found out.
        header_row: Line of the header, where it is not to be found out.
        sheet: Sheet of workbooks; the only one with an email column where None.
        limits: Name of a limit in `Limits` -> what it is set to.

    Raises:
        InputError: a file is missing, empty, not readable, without rows, or without an email column, or
            passes a limit.
        UsageError: no file is named, standard input is named twice, or an option makes no sense.
    """
    return LeadFiles(
        paths,
        columns=columns,
        chunk_rows=chunk_rows,
        encoding=encoding,
        delimiter=delimiter,
        header_row=header_row,
        sheet=sheet,
        limits=limits,
    )


def read_leads(*paths: Path_, columns: Columns = None) -> pd.DataFrame:
    """All leads of files as one frame; see `LeadFiles` for its shape.

    Raises:
        InputError: a file cannot be read as leads.
        UsageError: no file is named, or standard input is named twice.
    """
    with open_leads(paths, columns=columns) as leads:
        return leads.frame()
