"""What an XLS file says beside its cells: the rows that are hidden, and the formulas that nobody calculated.

Source: [MS-XLS], 2.4.28 (BoundSheet8), 2.4.127 (Formula), 2.5.133 (FormulaValue), 2.4.221 (Row) and 2.1.4 (records),
revision 2024.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["XlsScan", "scan_xls"]

_HEAD = struct.Struct("<HH")
_BOUND_SHEET, _ROW, _BEGIN, _END = 0x0085, 0x0208, 0x0809, 0x000A
#: A formula in BIFF5 and BIFF8; Excel 3 and 4 number it otherwise, and are refused before.
_FORMULA = 0x0006

#: Where a row's number and flags stand in its record, and the flag of what is hidden.
_ROW_FIELDS, _HIDDEN = struct.Struct("<H10xH"), 0x0020

#: Line, column, value and flags of a formula; the value that is an empty text, and the flag of one to be calculated
#: when it is opened, under which programs that cannot calculate store 0. Source: Apache POI 5, HSSFCell.
_FORMULA_FIELDS, _BLANK, _ZERO, _OPEN = struct.Struct("<HH2x8sH"), (3, b"\xff\xff"), bytes(8), 0x0002


@dataclass(slots=True)
class XlsScan:
    """What is seen in one sheet.

    Attributes:
        hidden: Lines that are hidden, from 1.
        uncalculated: Line, and column from 0, of formulas without a value.
    """

    hidden: set[int] = field(default_factory=set)
    uncalculated: list[tuple[int, int]] = field(default_factory=list)


def scan_xls(path: Path, /) -> dict[str, XlsScan]:
    """What is seen in each sheet, by the sheet's name.

    Raises:
        OSError, ValueError, IndexError, struct.error: it is no compound file, or it is damaged.
    """
    import olefile

    with olefile.OleFileIO(str(path)) as file:
        is_new = file.exists("Workbook")
        data = file.openstream("Workbook" if is_new else "Book").read()
    return {name: _scan(data, start) for name, start in _sheets(data, is_new=is_new)}


def _scan(data: bytes, start: int) -> XlsScan:
    scan = XlsScan()
    for kind, at in _records(data, start):
        if kind == _ROW:
            line, flags = _ROW_FIELDS.unpack_from(data, at)
            if flags & _HIDDEN:
                scan.hidden.add(line + 1)
        elif kind == _FORMULA:
            line, column, value, flags = _FORMULA_FIELDS.unpack_from(data, at)
            if (value[0], value[6:]) == _BLANK or (value == _ZERO and flags & _OPEN):
                scan.uncalculated.append((line + 1, column))
    return scan


def _sheets(data: bytes, *, is_new: bool) -> Iterator[tuple[str, int]]:
    """The sheets' names and where each starts; Excel 5 and 95 write names in one octet a character."""
    for kind, at in _records(data, 0):
        if kind == _BOUND_SHEET:
            start, length, flags = struct.unpack_from("<I2xBB", data, at)
            wide, first = is_new and bool(flags & 1), at + 7 + is_new
            name = data[first : first + length * (1 + wide)]
            yield name.decode("utf-16-le" if wide else "cp1252", "replace"), start


def _records(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    """What each record is and where its fields start, from a beginning to its end, those of charts in it included."""
    depth = 0
    while at + _HEAD.size <= len(data):
        kind, size = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        yield kind, at
        depth += (kind == _BEGIN) - (kind == _END)
        if kind == _END and not depth:
            return
        at += size
