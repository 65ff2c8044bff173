"""Workbooks, part after part: one sheet, every cell but numbers as text."""

import contextlib
import datetime
import math
import os
from collections.abc import Iterable, Iterator
from typing import IO, Any

import pyarrow as pa

from hygiene.arrow.columns import Cells, Columns
from hygiene.errors import UsageError, option
from hygiene.io.formulas import guarded
from hygiene.io.leftovers import Scratch
from hygiene.io.writers.archive_file import ArchiveFile

__all__ = ["WorkbookTable"]

_AS_CSV = option("out_format", "csv")

#: Rows of a sheet of a workbook, the header's among them.
SHEET_ROWS = 1_048_576

#: Rows that are turned into text at a time.
_SLICE = 50_000
#: When a workbook says it was made: the first day a ZIP archive knows, so that equal results are equal files.
_MADE = datetime.datetime(1980, 1, 1)  # noqa: DTZ001 -- the format knows no zones
_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


class WorkbookTable:
    """A workbook that is written part after part.

    Args:
        file: Where to.
        path: What it is called in messages.
        guard: Guard cells against formulas, for a file that may be saved as CSV and come back.

    Raises:
        UsageError: the extra `excel` is not installed.
    """

    def __init__(self, file: IO[bytes], path: str | os.PathLike[str], /, *, guard: bool) -> None:
        try:
            import xlsxwriter
        except ImportError as error:
            msg = f"{option('out_format', 'xlsx')} needs xlsxwriter: pip install 'lead-hygiene[excel]'."
            raise UsageError(msg) from error
        self._path, self._guard = path, guard
        self._file, self._scratch = ArchiveFile(file), Scratch()
        options = {**_PLAIN, "constant_memory": True, "tmpdir": os.fspath(self._scratch.path)}
        self._book = xlsxwriter.Workbook(self._file, options)
        self._book.set_properties({"created": _MADE})
        self._sheet = self._book.add_worksheet("leads")
        self._rows = 0

    def add(self, table: Columns, /) -> None:
        """Write further rows.

        Raises:
            UsageError: a sheet cannot hold the rows or a cell.
        """
        if not self._rows:
            self._write([list(table.names)])
        rows = self._rows - 1 + len(table)
        if rows >= SHEET_ROWS:
            msg = f"{self._path}: {rows:,} rows are more than a sheet holds; write them with {_AS_CSV}."
            raise UsageError(msg)
        self._write(_rows(table))

    def close(self) -> None:
        """Make the file of the sheet."""
        from xlsxwriter.exceptions import FileCreateError

        try:
            self._book.close()
        except FileCreateError as error:
            self._file.give_up(error.args[0])
        self._file.check()

    def drop(self) -> None:
        """Remove what was held on the way."""
        self._file.give_up()
        with contextlib.suppress(OSError):  # a full disk takes no last octets, and nobody will read them
            self._sheet.row_data_fh.close()
        self._scratch.close()

    def _write(self, rows: Iterable[Iterable[Any]]) -> None:
        for at, row in enumerate(rows, start=self._rows):
            for column, cell in enumerate(row):
                if self._is_refused(at, column, guarded(cell) if self._guard else cell):
                    msg = f"{self._path}: row {at} has a cell that a sheet cannot hold; write it with {_AS_CSV}."
                    raise UsageError(msg)
            self._rows = at + 1

    def _is_refused(self, row: int, column: int, cell: object) -> bool:
        if isinstance(cell, int | float) and math.isfinite(cell):
            return bool(self._sheet.write_number(row, column, cell))
        return bool(self._sheet.write_string(row, column, str(cell)))


def _rows(table: Columns) -> Iterator[Iterable[Any]]:
    """The rows of a table, NA as ""."""
    for at in range(0, len(table), _SLICE):
        yield from zip(*map(_listed, table.part(at, _SLICE).cells), strict=True)


def _listed(cells: Cells) -> list[Any]:
    if isinstance(cells, pa.Array):
        return ["" if cell is None else cell for cell in cells.to_pylist()]
    return list(cells.astype(object).where(cells.notna(), ""))
