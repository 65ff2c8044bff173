"""How lead files are read: each option once, for every call that reads them."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["ReadOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """How lead files are read.

    Attributes:
        columns: Canonical name to header, where the choice made by name is not right.
        encoding: Encoding of text files, where what was found out is not right.
        delimiter: Delimiter of text files, where what was found out is not right.
        header_row: Line of the header, where what was found out is not right.
        no_header: Whether the first row is a lead already: columns are then named by what they hold.
        sheet: Sheet of workbooks; the only one with an email column where None.
        visible_rows: Whether rows are left out that are hidden in a workbook, by a filter or by hand.
        limits: Limits to raise or lower: `cell`, `columns`, `rows`, `size`, `ratio`, `nesting`.
    """

    columns: Mapping[str, str] | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    no_header: bool = False
    sheet: str | None = None
    visible_rows: bool = False
    limits: Mapping[str, int] | None = None
