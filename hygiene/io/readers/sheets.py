"""Sheets of any format: workbooks, OpenDocument spreadsheets, tables of a page. Only what a file needs is loaded."""

from collections.abc import Sequence
from typing import Literal

from hygiene.errors import InputError
from hygiene.io.readers.encoding import Text
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.sheet import Sheet
from hygiene.io.readers.sources import Source

__all__ = ["sheets_of"]


def sheets_of(
    format_: Literal["excel", "ods", "html"],
    source: Source,
    limits: Limits,
    /,
    *,
    name: str | None = None,
    encoding: str | None = None,
) -> Sequence[Sheet]:
    """Every sheet of a file, or the one that is named.

    Raises:
        InputError: it cannot be read, has no such sheet, or passes a limit.
        UsageError: the extra `excel` is not installed.
    """
    if format_ == "excel":
        from hygiene.io.readers.excel_file import excel_sheets

        return list(excel_sheets(source, limits, name))
    sheets = _of_ods(source, limits) if format_ == "ods" else _of_page(source, limits, encoding)
    if name is None:
        return sheets
    named = [sheet for sheet in sheets if sheet.name == name]
    if not named:
        names = ", ".join(repr(sheet.name) for sheet in sheets)
        raise InputError(f"{source.name}: no sheet {name!r}; there are {names}.")
    return named


def _of_ods(source: Source, limits: Limits) -> Sequence[Sheet]:
    from hygiene.io.readers.ods_file import ods_sheets

    return ods_sheets(source, limits)


def _of_page(source: Source, limits: Limits, encoding: str | None) -> Sequence[Sheet]:
    from hygiene.io.readers.html_file import html_sheets, told_encoding

    return html_sheets(Text(source, encoding or told_encoding(source)), limits)
