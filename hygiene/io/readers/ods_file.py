"""OpenDocument spreadsheets: the sheets of an ODS file, packed or flat.

The XML goes through in blocks; a document type, which could define entities, is refused. What repeats is
written out once it is known to be more than blank. Comments, shapes and tracked changes are no cells.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from hygiene.errors import InputError
from hygiene.io.readers.archives import ARCHIVE, archive_of, check_unpacked
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.sheet import CELLS, Sheet
from hygiene.io.readers.sources import BLOCK, Source

__all__ = ["ods_sheets"]

_DAMAGED = "the spreadsheet is damaged or locked with a password. Save it anew, without one."


_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
_CALCEXT = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
_CELLS = (_TABLE + "table-cell", _TABLE + "covered-table-cell")

#: What LibreOffice shows of a number that is formatted as a truth, as it writes those of formulas (observed with 7.4;
#: its words of other languages from general knowledge, assumed).
_TRUTHS = {
    "TRUE": {
        "true",
        "wahr",
        "vrai",
        "verdadero",
        "vero",
        "verdadeiro",
        "waar",
        "prawda",
        "pravda",
        "sand",
        "sann",
    },
    "FALSE": {"false", "falsch", "faux", "falso", "onwaar", "fałsz", "nepravda", "falsk", "usann"},
}

#: Elements whose tables and texts are none of a sheet's cells.
_APART = {
    _OFFICE + "annotation",
    _TABLE + "dde-links",
    _TABLE + "tracked-changes",
    _TABLE + "shapes",
    "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0 frame",
    "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0 custom-shape",
}

#: Columns that a sheet of any program has at most. Sources: LibreOffice 7.4's release notes, Excel's limits.
_COLUMNS = 16_384

_WHOLE = re.compile(r"-?[0-9]{1,15}")
_TIME = re.compile(r"PT([0-9]+)H([0-9]+)M([0-9]+)(?:[.,]0+)?S")


def ods_sheets(source: Source, limits: Limits, /) -> list[Sheet]:
    """Every sheet of the file.

    Raises:
        InputError: it is damaged or locked, or passes a limit.
    """
    reader = _Reader(source, limits)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.refuse_doctype
    try:
        with _content(source, limits) as file:
            while block := file.read(BLOCK):
                parser.Parse(block, False)  # noqa: FBT003 -- expat takes it by place
            parser.Parse(b"", True)  # noqa: FBT003 -- expat takes it by place
    except expat.ExpatError as error:
        raise InputError(f"{source.name}: {_DAMAGED}") from error
    return reader.sheets


@contextmanager
def _content(source: Source, limits: Limits) -> Iterator[IO[bytes]]:
    if not source.starts().startswith(ARCHIVE):
        with source.open() as file:
            yield file
        return
    with archive_of(source, _DAMAGED) as archive:
        check_unpacked(source, archive, limits)
        with archive.open("content.xml") as file:
            yield file


@dataclass(slots=True)
class _Cell:
    """A cell that is being read."""

    attributes: dict[str, str]
    paragraphs: list[str] = field(default_factory=list)

    def of(self, name: str, prefix: str = _OFFICE) -> str:
        return self.attributes.get(prefix + name, "")

    def repeats(self) -> int:
        return _count(self.of("number-columns-repeated", _TABLE))

    def value(self) -> str:
        """The cell as text; numbers by their digits, dates and times in ISO 8601."""
        kind, shown = self.of("value-type"), "\n".join(self.paragraphs)
        if self.of("value-type", _CALCEXT) == "error":
            kind, shown = "", ""  # no value, as in a workbook
        if kind in {"float", "currency", "percentage"} and (value := self.of("value")):
            truth = next((truth for truth, words in _TRUTHS.items() if shown.casefold() in words), "")
            return truth or (value if _WHOLE.fullmatch(value) else _number(value))
        if kind == "date":
            return self.of("date-value") or shown
        if kind == "time" and (time := _TIME.fullmatch(self.of("time-value"))):
            return ":".join(part.zfill(2) for part in time.groups())
        if kind == "boolean":
            return self.of("boolean-value").upper() or shown
        return shown or self.of("string-value")

    def is_uncalculated(self) -> bool:
        return bool(self.of("formula", _TABLE)) and not self.of("value-type") and not self.paragraphs


class _Reader:
    """Takes the XML and makes sheets of it."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self.sheets: list[Sheet] = []
        self._source = source
        self._limits = limits
        self._characters = 0
        self._apart = 0
        self._tables = 0
        self._row: list[str] = []
        self._row_of: dict[str, str] = {}
        self._cell: _Cell | None = None
        self._paragraph: list[str] | None = None

    def refuse_doctype(self, *_: object) -> None:
        msg = f"{self._source.name}: the spreadsheet has a document type, which none needs. Save it anew."
        raise InputError(msg)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _APART or self._apart:
            self._apart += 1
        elif name == _TABLE + "table":
            self._tables += 1
            if self._tables == 1:
                self._begin_sheet(attributes.get(_TABLE + "name", ""))
        elif self._tables == 1 and name == _TABLE + "table-row":
            self._row, self._gap, self._row_of = [], 0, attributes
        elif self._tables == 1 and name in _CELLS:
            self._cell = _Cell(attributes)
            self._characters = 0
        elif self._cell is not None and name.startswith(_TEXT):
            self._start_text(name.removeprefix(_TEXT), attributes)

    def _start_text(self, name: str, attributes: dict[str, str]) -> None:
        if name in {"p", "h"}:
            self._paragraph = []
        elif self._paragraph is not None and name in {"s", "tab", "line-break"}:
            count = min(_count(attributes.get(_TEXT + "c", "")), CELLS) if name == "s" else 1
            self._paragraph.append({"s": " ", "tab": "\t", "line-break": "\n"}[name] * count)

    def text(self, text: str) -> None:
        if self._paragraph is not None and not self._apart:
            self._paragraph.append(text)
            self._characters += len(text)
            if self._characters > self._limits.cell:
                found = f"line {self._line} holds a cell of more than {self._limits.cell:,} characters"
                raise self._limits.refuse("cell", self._source.name, found)

    def end(self, name: str) -> None:
        if self._apart:
            self._apart -= 1
        elif name == _TABLE + "table":
            self._tables -= 1
        elif self._tables == 1 and name == _TABLE + "table-row":
            self._end_row()
        elif self._cell is not None and name in _CELLS:
            self._end_cell(self._cell)
            self._cell = None
        elif self._cell is not None and self._paragraph is not None and name in {_TEXT + "p", _TEXT + "h"}:
            self._cell.paragraphs.append("".join(self._paragraph))
            self._paragraph = None

    def _begin_sheet(self, name: str) -> None:
        self._rows: list[list[str]] = []
        self._hidden: set[int] = set()
        self._merged: list[tuple[int, int, int]] = []
        self._uncalculated: list[tuple[int, int]] = []
        self._line, self._width = 1, 0
        self._row, self._gap, self._row_of = [], 0, {}
        self.sheets.append(Sheet(name, self._rows, self._merged, self._hidden, self._uncalculated))

    def _end_cell(self, cell: _Cell) -> None:
        text, repeats, at = cell.value(), cell.repeats(), len(self._row) + self._gap
        if cell.is_uncalculated():
            self._uncalculated.append((self._line, at))
        spans = _count(cell.of("number-rows-spanned", _TABLE))
        if spans > 1:
            self._merged.append((self._line, self._line + spans - 1, at))
        if not text:
            self._gap += repeats
            return
        self._check_size(self._line, at + repeats)
        if at + repeats > max(self._limits.columns, _COLUMNS):
            found = f"line {self._line} has more than {self._limits.columns:,} cells"
            raise self._limits.refuse("columns", self._source.name, found)
        self._row += [""] * self._gap + [text] * repeats
        self._gap = 0

    def _end_row(self) -> None:
        repeats = _count(self._row_of.get(_TABLE + "number-rows-repeated", ""))
        if self._row:
            self._width = max(self._width, len(self._row))
            last = self._line + repeats - 1
            self._check_size(last, self._width)
            self._rows += [[] for _ in range(self._line - 1 - len(self._rows))]
            self._rows += [list(self._row) for _ in range(repeats)]
            if self._row_of.get(_TABLE + "visibility") in {"collapse", "filter"}:
                self._hidden.update(range(self._line, last + 1))
        self._line += repeats

    def _check_size(self, lines: int, width: int) -> None:
        if lines * width > CELLS:
            msg = (
                f"{self._source.name}: a sheet spans {lines * width:,} cells, most of them blank. "
                "Save the leads alone."
            )
            raise InputError(msg)


def _count(text: str) -> int:
    """How often something comes: once where nothing is said."""
    return max(int(text), 1) if text.isdecimal() and len(text) < 10 else 1


def _number(text: str) -> str:
    """A number as it is shown elsewhere: without a fraction that is 0."""
    try:
        value = float(text)
    except ValueError:
        return text
    return str(int(value)) if value.is_integer() else repr(value)
