"""What a sheet's XML says beside its cells: how far it spreads, hidden rows, merged cells, formulas without a value.

It is gone through in blocks and nothing is expanded, neither entities nor repeats. What the cells hold is read
elsewhere.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from posixpath import join, normpath
from typing import IO, Any

__all__ = ["SheetScan", "is_recalculated", "scan_sheet", "sheet_parts"]

#: Bytes of a sheet's XML that are looked at together, and the most that an element may take to be seen whole
#: where it stands between two of them: a formula has at most 8,192 characters.
_BLOCK, _ELEMENT = 1 << 20, 1 << 16

#: Most bytes of the files that name the sheets and say where they are.
_NAMES_BYTES = 16 << 20

_CELL = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")
_PLACE = re.compile(rb"""r\s*=\s*["']([A-Z]{1,3}[0-9]{1,7})["']""")
_LETTERS = bytes(range(ord("A"), ord("Z") + 1))
_PREFIX = re.compile(rb"<([A-Za-z_][\w.-]*:)?worksheet[\s>]")
_RANGE = re.compile(
    rb"""<(?:[\w.-]+:)?mergeCell\s[^>]*\bref\s*=\s*["']([A-Z]{1,3})([0-9]{1,7}):[A-Z]{1,3}([0-9]{1,7})["']"""
)
_FILLED = re.compile(rb"""\sref\s*=\s*["']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})["']""")
_NUMBER = re.compile(rb"""\sr\s*=\s*["']([0-9]{1,7})["']""")
_HIDDEN = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
_TYPE_TEXT = re.compile(rb"""\st\s*=\s*["']str["']""")
_RECALCULATED = re.compile(
    rb"""<(?:[\w.-]+:)?calcPr\s[^>]*\bfullCalcOnLoad\s*=\s*["'](?:1|true)["']""", re.IGNORECASE
)
_SHEET = re.compile(rb"<(?:[\w.-]+:)?sheet\s[^>]*>")
_RELATION = re.compile(rb"<(?:[\w.-]+:)?Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(rb"""\s(?:[\w.-]+:)?(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


@dataclass(slots=True)
class SheetScan:
    """What was seen in a sheet.

    Attributes:
        columns: The last column that a cell is in.
        rows: The last line that a cell is in.
        hidden: Lines that are hidden.
        merged: First line, last line and column (from 0) of each cell that spans lines.
        blank: Line and column (from 0) of formulas that have no value.
        zero: The same of formulas whose value is 0.
        arrays: First and last line, first and last column (from 0) of each formula whose value is 0 and that fills
            several cells, of which the others look typed.
    """

    columns: int = 0
    rows: int = 0
    hidden: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int]] = field(default_factory=list)
    blank: list[tuple[int, int]] = field(default_factory=list)
    zero: list[tuple[int, int]] = field(default_factory=list)
    arrays: list[tuple[int, int, int, int]] = field(default_factory=list)

    def uncalculated(self, rows: Sequence[Sequence[Any]], /, *, again: bool) -> list[tuple[int, int]]:
        """Line and column (from 0) of the formulas that nobody calculated.

        Args:
            rows: The cells of the sheet.
            again: Whether the workbook asks to be calculated, so that a value of 0 is none.
        """
        if not again:
            return self.blank
        filled = [
            (line, at)
            for first, last, left, right in self.arrays
            for line, row in enumerate(rows[first - 1 : last], first)
            for at in range(left, min(right + 1, len(row)))
            if row[at] in {None, "", 0}
        ]
        return list(dict.fromkeys([*self.blank, *self.zero, *filled]))


def scan_sheet(file: IO[bytes], /) -> SheetScan:
    """Go through the XML of a sheet."""
    scan, row, words = SheetScan(), 0, None
    for block in _blocks(file):
        if words is None:
            found = _PREFIX.search(block)
            words = _Words((found[1] or b"") if found else b"")
        _spread(scan, block)
        if b"ergeCell " in block:
            for letters, first, last in _RANGE.findall(block):
                if first != last:
                    scan.merged.append((int(first), int(last), _column(letters) - 1))
        row = words.rows(scan, block, row)
        if words.formula in block:
            words.formulas(scan, block)
    return scan


def sheet_parts(archive: zipfile.ZipFile, /) -> dict[str, str]:
    """The part of the archive that each sheet is in; none where that cannot be told."""
    book = _read(archive, "xl/workbook.xml")
    targets = {}
    for relation in _RELATION.findall(_read(archive, "xl/_rels/workbook.xml.rels")):
        known = _attributes(relation)
        target = known.get("Target", "").replace("\\", "/")
        targets[known.get("Id", "")] = normpath(join("/xl", target)).lstrip("/")
    parts, names = {}, {name.lower(): name for name in archive.namelist()}
    for sheet in _SHEET.findall(book):
        known = _attributes(sheet)
        part = names.get(targets.get(known.get("id", ""), "").lower())
        if part is not None:
            parts[known.get("name", "")] = part
    return parts


def is_recalculated(archive: zipfile.ZipFile, /) -> bool:
    """Whether a workbook asks to be calculated when it is opened, so that the values in it are none yet."""
    return _RECALCULATED.search(_read(archive, "xl/workbook.xml")) is not None


class _Words:
    """The patterns of a sheet, whose elements may all have a prefix."""

    def __init__(self, prefix: bytes) -> None:
        self.formula = b"<" + prefix + b"f"
        self._row = b"<" + prefix + b"row"
        name = re.escape(prefix)
        self._rows = re.compile(rb"<" + name + rb"row(?=[\s>/])([^>]*)>")
        self._formulas = re.compile(
            rb"<%bc\s([^>]*)>\s*<%bf(\s[^>]*?)?(?:/>|>[^<]*</%bf>)\s*(?:<%bv\s*/>|<%bv(?:\s[^>]*)?>([^<]*)</%bv>)?"
            % ((name,) * 6)
        )

    def rows(self, scan: SheetScan, block: bytes, row: int) -> int:
        """Note the hidden rows of a block; returns the last row's line."""
        if b"hidden" not in block:
            return self._last_row(block, row)
        for tag in self._rows.findall(block):
            number = _NUMBER.search(tag)
            row = int(number[1]) if number else row + 1
            if _HIDDEN.search(tag):
                scan.hidden.add(row)
        return row

    def _last_row(self, block: bytes, row: int) -> int:
        at = block.rfind(self._row)
        found = self._rows.match(block, at) if at >= 0 else None
        number = _NUMBER.search(found[1]) if found else None
        return int(number[1]) if number else row + block.count(self._row)

    def formulas(self, scan: SheetScan, block: bytes) -> None:
        """Note the formulas of a block that have no value, or 0."""
        for attributes, told, value in self._formulas.findall(block):
            place = _CELL.search(b" " + attributes)
            if place is None or _TYPE_TEXT.search(b" " + attributes):  # a text that is blank was calculated
                continue
            at = (int(place[2]), _column(place[1]) - 1)
            if not value.strip():
                scan.blank.append(at)
            elif value.strip() == b"0":
                scan.zero.append(at)
                if (found := _FILLED.search(told)) is not None:
                    left, right = _column(found[1]) - 1, _column(found[3]) - 1
                    scan.arrays.append((int(found[2]), int(found[4]), left, right))


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    """Blocks that no cell is divided between, nor any other element."""
    rest = b""
    while read := file.read(_BLOCK):
        rest += read
        end = max(rest.rfind(b"</c>"), rest.rfind(b":c>"))
        if len(rest) - end > _ELEMENT:  # below the cells, or cells that are all blank
            end = max(rest.rfind(b"<"), len(rest) - _ELEMENT)
        yield rest[:end]
        rest = rest[end:]
    yield rest


def _spread(scan: SheetScan, block: bytes) -> None:
    places = b" ".join(_PLACE.findall(block))
    columns = set(places.translate(None, b"0123456789").split())
    scan.columns = max([scan.columns, *map(_column, columns)])
    scan.rows = max([scan.rows, *map(int, set(places.translate(None, _LETTERS).split()))])


def _column(letters: bytes) -> int:
    """The number of a column by its letters: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    found = next((each for each in archive.namelist() if each.lower().replace("\\", "/") == name), None)
    if found is None:
        return b""
    with archive.open(found) as file:
        return file.read(_NAMES_BYTES)


def _attributes(tag: bytes) -> dict[str, str]:
    return {
        name.decode(): unescape((double or single).decode("utf-8", "replace"))
        for name, double, single in _ATTRIBUTE.findall(tag)
    }
