"""Tables: columns or frames, one part after another, into one file of any format.

Parts have the same columns; the first one brings them, be it without rows.
"""

import contextlib
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from hygiene.arrow.columns import Columns, as_columns
from hygiene.errors import UsageError
from hygiene.io.writers.atomic import PRIVATE, Path_, atomic
from hygiene.io.writers.csv_lines import header_line, lines

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CsvTable", "Format", "Table", "open_table", "write_csv", "write_parquet", "write_xlsx"]

Format: TypeAlias = Literal["csv", "xlsx", "parquet"]

#: Rows that are turned into text at a time.
_SLICE = 1 << 16


class _Written(Protocol):
    """One format of a table."""

    def add(self, table: Columns, /) -> None:
        """Write further rows."""

    def close(self) -> None:
        """Write what is left; the file itself stays open."""

    def drop(self) -> None:
        """Let go of what is held, written or not."""


class Table:
    """A table that is written part after part.

    Args:
        file: Where to.
        path: What it is called in messages.
        format_: The format.
        spreadsheet: For people, as `CsvTable` says; Parquet never is, as no spreadsheet opens it.
        guard: Guard cells against formulas, as `CsvTable` says; in Parquet none are.

    Raises:
        UsageError: the extra that the format needs is not installed.
    """

    def __init__(
        self,
        file: IO[bytes],
        path: Path_,
        /,
        *,
        format_: Format = "csv",
        spreadsheet: bool = False,
        guard: bool = False,
    ) -> None:
        self._path = path
        self._columns: list[Any] | None = None
        self._written = _written(file, path, format_, spreadsheet=spreadsheet, guard=guard or spreadsheet)

    def add(self, table: "Columns | pd.DataFrame", /) -> None:
        """Write further rows, without an index.

        Raises:
            UsageError: other columns than those of the first part, or the format cannot hold the rows.
        """
        columns = as_columns(table)
        names = list(columns.names)
        if self._columns is None:
            self._columns = names
        if names != self._columns:
            msg = f"{self._path}: a part has {len(names)} columns that are not the {len(self._columns)} of the first."
            raise UsageError(msg)
        self._written.add(columns)

    def close(self) -> None:
        """Write what is left; the file itself stays open."""
        self._written.close()

    def drop(self) -> None:
        """Let go of what is held; after `close`, nothing is lost."""
        self._written.drop()


class CsvTable:
    r"""CSV in UTF-8 that is written part after part, lines ended by ``\n``; NA becomes an empty cell.

    Args:
        file: Where to.
        spreadsheet: For people with a spreadsheet: a byte order mark is put in front.
        guard: For whom a spreadsheet may open it: a cell that would be taken for a formula gets a ``'`` before
            it; so does one that only apostrophes keep from it, so that taking one off undoes it. Never for leads
            that a program imports: an address may begin with ``=``, ``+`` or ``-``.
    """

    def __init__(self, file: IO[bytes], /, *, spreadsheet: bool, guard: bool) -> None:
        self._file, self._spreadsheet, self._guard = file, spreadsheet, guard
        self._begun = False

    def add(self, table: Columns, /) -> None:
        """Write further rows."""
        if not self._begun:
            mark = "\ufeff".encode() if self._spreadsheet else b""
            self._file.write(mark + header_line(table, guard=self._guard))
            self._begun = True
        for start in range(0, len(table), _SLICE):
            self._file.write(lines(table.part(start, _SLICE), guard=self._guard))

    def close(self) -> None:
        """Nothing is left to write."""

    def drop(self) -> None:
        """Nothing is held."""


def _written(file: IO[bytes], path: Path_, format_: Format, *, spreadsheet: bool, guard: bool) -> _Written:
    if format_ == "xlsx":
        from hygiene.io.writers.excel import WorkbookTable

        return WorkbookTable(file, path, guard=guard)
    if format_ == "parquet":
        from hygiene.io.writers.parquet import ParquetTable

        return ParquetTable(file, path)
    return CsvTable(file, spreadsheet=spreadsheet, guard=guard)


@contextlib.contextmanager
def open_table(
    path: Path_,
    /,
    *,
    format_: Format = "csv",
    spreadsheet: bool = False,
    guard: bool = False,
    rights: int | None = PRIVATE,
) -> Iterator[Table]:
    """A table to add frames to, whose file takes its name at the end of the block.

    Args:
        path: The file's name.
        format_: The format.
        spreadsheet: For people, as `CsvTable` says.
        guard: Guard cells against formulas, as `CsvTable` says.
        rights: Who may read it; None lets the umask decide.

    Raises:
        UsageError: the format cannot hold the rows, or needs an extra that is not installed.
    """
    with atomic(path, mode="wb", rights=rights) as file:
        table = Table(file, path, format_=format_, spreadsheet=spreadsheet, guard=guard)
        try:
            yield table
            table.close()
        finally:
            table.drop()


def write_csv(
    frame: "pd.DataFrame",
    path: Path_,
    /,
    *,
    spreadsheet: bool = False,
    guard: bool = False,
    rights: int | None = PRIVATE,
) -> None:
    """Write a frame as CSV; see `CsvTable`, and `open_table` for the arguments."""
    with open_table(path, spreadsheet=spreadsheet, guard=guard, rights=rights) as opened:
        opened.add(frame)


def write_xlsx(frame: "pd.DataFrame", path: Path_, /, *, spreadsheet: bool = False) -> None:
    """Write a frame as a workbook of one sheet; see `open_table`."""
    with open_table(path, format_="xlsx", spreadsheet=spreadsheet) as opened:
        opened.add(frame)


def write_parquet(frame: "pd.DataFrame", path: Path_, /, *, spreadsheet: bool = False) -> None:
    """Write a frame as Parquet; see `open_table`."""
    with open_table(path, format_="parquet", spreadsheet=spreadsheet) as opened:
        opened.add(frame)
