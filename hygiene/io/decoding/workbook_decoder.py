"""Workbook decoder: the sheets of an XLSX or XLS file, told as lines of JSON; run in a process of its own.

python-calamine ends the process where a damaged file makes it ask for more memory than there is (observed with 0.9).
"""

import datetime
import json
import os
from collections.abc import Iterator
from typing import Any, TypedDict

from hygiene.io.decoding.own_process import prepare

__all__ = ["Asked", "answer"]

#: Rows that are told together.
_ROWS = 1000


class Asked(TypedDict):
    """A workbook, whether its name misleads, and the sheet that is wanted; None for all."""

    file: str
    misnamed: bool
    sheet: str | None


def answer(asked: Asked, /) -> None:
    """Tell what is in a workbook on descriptor 1: the names of its sheets; the name, merged ranges and rows of each.

    Last comes an object without anything, or what cannot be read: a sheet, or "" for the workbook.
    """
    prepare()
    with os.fdopen(1, "wb", closefd=False) as out:
        for told in _told(asked):
            out.write(json.dumps(told, default=_text).encode() + b"\n")


def _told(asked: Asked) -> Iterator[Any]:
    unread = ""
    try:
        book = _opened(asked)
        yield {"names": book.sheet_names}
        for name in book.sheet_names:
            if asked["sheet"] in {None, name}:
                unread = name
                sheet = book.get_sheet_by_name(name)
                rows = sheet.to_python(skip_empty_area=False)
                yield {"sheet": name, "merged": _ranges(sheet)}
                yield from (rows[start : start + _ROWS] for start in range(0, len(rows), _ROWS))
        yield {}
    except BaseException as error:
        if (
            not isinstance(error, Exception) and type(error).__name__ != "PanicException"
        ):  # which is none in 0.9
            raise
        yield {"unread": unread}


def _opened(asked: Asked) -> Any:
    import python_calamine

    if not asked["misnamed"]:
        return python_calamine.CalamineWorkbook.from_path(asked["file"])
    return python_calamine.CalamineWorkbook.from_filelike(open(asked["file"], "rb"))  # noqa: PTH123


def _ranges(sheet: Any) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """The first and last cell of what is merged over lines, each as line and column from 0."""
    return [(first, last) for first, last in sheet.merged_cell_ranges or () if last[0] > first[0]]


def _text(cell: Any) -> str:
    """A cell that JSON has no value for, as text."""
    return cell.isoformat() if isinstance(cell, datetime.date | datetime.time) else str(cell)
