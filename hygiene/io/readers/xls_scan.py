"""What an XLS file says beside its cells: the rows that are hidden.

Source: [MS-XLS], 2.4.28 (BoundSheet8), 2.4.221 (Row) and 2.1.4 (records), revision 2024.
"""

import struct
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

__all__ = ["hidden_lines"]

_HEAD = struct.Struct("<HH")
_BOUND_SHEET, _ROW, _BEGIN, _END = 0x0085, 0x0208, 0x0809, 0x000A

#: Where a row's number and flags stand in its record, and the flag of what is hidden.
_ROW_FIELDS, _HIDDEN = struct.Struct("<H10xH"), 0x0020


def hidden_lines(path: Path, /) -> Mapping[str, Set[int]]:
    """The hidden lines of each sheet, from 1, by the sheet's name.

    Raises:
        OSError, ValueError, IndexError, struct.error: it is no compound file, or it is damaged.
    """
    import olefile

    with olefile.OleFileIO(str(path)) as file:
        is_new = file.exists("Workbook")
        data = file.openstream("Workbook" if is_new else "Book").read()
    return {
        name: {
            line + 1
            for kind, at in _records(data, start)
            if kind == _ROW
            for line, flags in [_ROW_FIELDS.unpack_from(data, at)]
            if flags & _HIDDEN
        }
        for name, start in _sheets(data, is_new=is_new)
    }


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
