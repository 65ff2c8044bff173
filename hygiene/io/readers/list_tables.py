"""List tables: the formats of leads that are no text, as the rows of a list.

Which columns of them hold entries is decided in `lists`; every sheet of a workbook is looked at.
"""

import itertools
from collections.abc import Iterator, Sequence

from hygiene.io.readers.arrow_file import ArrowFile, is_columnar
from hygiene.io.readers.batch import Table
from hygiene.io.readers.encoding import Text
from hygiene.io.readers.excel_file import is_workbook, sheets
from hygiene.io.readers.json_file import JsonFile, is_json
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.sources import Source
from hygiene.lists import Grid

__all__ = ["list_tables"]


def list_tables(source: Source, limits: Limits, /) -> list[Grid] | None:
    """The tables of a file, one for each sheet; None for a text, which is for `lists.find_cells`.

    Raises:
        InputError: it begins like such a file and cannot be read, or passes a limit.
        UsageError: the extra `excel` is not installed.
    """
    if is_columnar(source):
        return [_of_table("Parquet or Arrow", ArrowFile.look(source, limits))]
    if is_workbook(source):
        return [_of_sheet(name, rows) for name, rows in sheets(source, limits)]
    text = Text(source)
    return [_of_table("JSON", JsonFile.look(text, limits))] if is_json(text) else None


def _of_sheet(name: str, rows: Sequence[tuple[int, list[str]]]) -> Grid:
    return Grid(f"sheet {name!r}", lambda: iter(rows))


def _of_table(kind: str, table: Table) -> Grid:
    return Grid(kind, lambda: itertools.chain([(0, list(table.header))], _records(table)))


def _records(table: Table) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of each row; one that is no object as its text, wherever entries are looked for."""
    width = len(table.header)
    for batch in table.batches():
        for at, (line, cells) in enumerate(zip(batch.lines.tolist(), batch.head(len(batch)), strict=True)):
            raw = batch.malformed.get(at)
            yield line, cells if raw is None else [raw] * width
