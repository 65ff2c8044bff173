"""List tables: the formats of leads that are no text, as the rows of a list.

Which columns of them hold entries is decided in `lists`; every sheet of a workbook is looked at.
"""

import itertools
from collections.abc import Iterator

from hygiene.io.readers.arrow_file import ArrowFile
from hygiene.io.readers.batch import Table
from hygiene.io.readers.drawn_file import DrawnFile
from hygiene.io.readers.encoding import Text
from hygiene.io.readers.formats import format_of
from hygiene.io.readers.json_file import JsonFile
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.sheet import Sheet
from hygiene.io.readers.sheet_file import filled_rows
from hygiene.io.readers.sheets import sheets_of
from hygiene.io.readers.sources import Source
from hygiene.io.readers.vcard_file import CardFile
from hygiene.lists import Grid

__all__ = ["list_tables"]


def list_tables(source: Source, limits: Limits, /) -> list[Grid] | None:
    """The tables of a file, one for each sheet; None for a text, which is for `lists.find_cells`.

    Raises:
        InputError: it begins like such a file and cannot be read, or passes a limit.
        UsageError: the extra `excel` is not installed.
    """
    text = Text(source)
    match format_of(source, text, of_list=True):
        case "text":
            return None
        case "columnar":
            return [_of_table("Parquet or Arrow", ArrowFile.look(source, limits))]
        case "json":
            return [_of_table("JSON", JsonFile.look(text, limits))]
        case "vcard":
            return [_of_table("vCard", CardFile.look(text, limits))]
        case "drawn":
            return [_of_table("drawn table", DrawnFile.look(text, limits))]
        case format_:
            return [_of_sheet(source, sheet) for sheet in sheets_of(format_, source, limits)]


def _of_sheet(source: Source, sheet: Sheet) -> Grid:
    rows = filled_rows(source, sheet)
    return Grid(f"sheet {sheet.name!r}", lambda: iter(rows))


def _of_table(kind: str, table: Table) -> Grid:
    return Grid(kind, lambda: itertools.chain([(0, list(table.header))], _records(table)))


def _records(table: Table) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of each row; one that is no object as its text, wherever entries are looked for."""
    width = len(table.header)
    for batch in table.batches():
        for at, (line, cells) in enumerate(zip(batch.lines.tolist(), batch.head(len(batch)), strict=True)):
            raw = batch.malformed.get(at)
            yield line, cells if raw is None else [raw] * width
