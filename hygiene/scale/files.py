"""Files: lead files as a Dask frame, each a partition that is read where it is worked on.

The caller looks at the top of each, for its format and its columns; the leads it does not hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from hygiene.arrow.text import text_series
from hygiene.columns.mapping import MALFORMED
from hygiene.errors import UsageError
from hygiene.io.readers import LeadFiles
from hygiene.io.readers.folders import LeadPath
from hygiene.io.readers.read_options import ReadOptions
from hygiene.options import PathLike

if TYPE_CHECKING:
    import dask.dataframe as dd

__all__ = ["OpenedFiles", "open_files"]


@dataclass(frozen=True)
class OpenedFiles:
    """Files of leads as a Dask frame.

    Attributes:
        frame: The leads, with canonical columns and their places.
        files: Names of the files.
        notes: What is worth telling about how they are read.
        headers: Header to the name its column was read as, where that is another.
    """

    frame: "dd.DataFrame"
    files: tuple[str, ...]
    notes: tuple[str, ...]
    headers: Mapping[str, str]


def open_files(paths: Sequence[PathLike], options: ReadOptions, /) -> OpenedFiles:
    """Files as a Dask frame whose workers see them under the same names.

    Raises:
        InputError: a file cannot be read, or has no email column.
        UsageError: an option makes no sense, or standard input is named.
    """
    import dask.dataframe as dd

    if "-" in map(str, paths):
        raise UsageError("Standard input is read by one process alone; name files that every worker sees.")
    reading = ReadOptions(**{each.name: getattr(options, each.name) for each in fields(ReadOptions)})
    with LeadFiles(paths, reading) as opened:
        columns = opened.columns
        parts = [(path.name, replace(path, name=str(Path(path.name).absolute()))) for path in opened.paths]
        frame = dd.from_map(_read, parts, reading=reading, among=columns, meta=_empty(columns))
        return OpenedFiles(frame, opened.files, opened.notes, opened.headers)


def _read(named: tuple[str, LeadPath], /, reading: ReadOptions, among: Sequence[str]) -> pd.DataFrame:
    """The leads of a file, with the columns of all files, and places that name it as the caller does."""
    name, path = named
    with LeadFiles([path], reading) as opened:
        frame = opened.frame()
    blank = text_series(pa.array([""] * len(frame), pa.large_string()), frame.index)
    none = text_series(pa.nulls(len(frame), pa.large_string()), frame.index)
    lacking = {column: blank for column in among if column not in frame}
    if MALFORMED not in frame:
        lacking[MALFORMED] = none
    whole = frame.assign(**lacking)[[*among, MALFORMED]]
    return whole.rename(index={path.name: name}, level="source")


def _empty(columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype="str") for name in (*columns, MALFORMED)})
