"""HTML: the tables of a page, as many exports that are called ".xls" are.

A cell is its text as a browser shows it; of a number that is shown short, the number itself. Tables with the
same header, as one for each page of a print, are one. Nothing is fetched and no script is run.
"""

import re
from collections.abc import Sequence
from html.parser import HTMLParser

from hygiene.errors import InputError
from hygiene.io.readers.encoding import Text, UnreadableError, byte_order_mark
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.sheet import Sheet
from hygiene.io.readers.sources import Source

__all__ = ["html_sheets", "told_encoding"]


#: Encoding that a page says it is in.
_CHARSET = re.compile(rb"""<meta\s[^>]*charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)

#: Bytes in which a page says it. Source: HTML Standard 4.2.5.4 asks for 1,024, to which Excel does not keep.
_TOP = 1 << 12

#: What is found out without being told, and what browsers take by another name. Source: Encoding Standard, 4.2.
_UNICODE = {b"utf-8", b"utf8", b"us-ascii", b"unicode", b"utf-16"}
_AS_BROWSERS_DO = {"iso-8859-1": "cp1252", "latin1": "cp1252", "iso-8859-9": "cp1254", "gb2312": "gb18030"}

#: Most columns or rows that one cell spans. Source: HTML Standard, 4.9.11.
_COLSPAN, _ROWSPAN = 1000, 65534

#: Attributes in which spreadsheet programs put a number whose text is shortened: Excel, LibreOffice, SheetJS.
_VALUES = ("x:num", "sdval", "data-v")

#: Elements whose text is none of a cell's: a note of LibreOffice stands in the cell that it is about.
_UNSEEN = {"script", "style", "comment"}

_EXPONENT = re.compile(r"-?[0-9][.,]?[0-9]*E[+-]?[0-9]+", re.IGNORECASE)
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:[.,\u2019\u00a0\u202f '][0-9]{3})+")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def told_encoding(source: Source, /) -> str | None:
    """The encoding that a page says it is in; None where it starts with a byte order mark, or for UTF-8."""
    top = next(source.blocks(size=_TOP), b"")
    found = _CHARSET.search(top)
    if found is None or byte_order_mark(top)[0] or found[1].lower() in _UNICODE:
        return None
    name = found[1].decode().lower()
    try:
        "".encode(name)
    except (LookupError, UnicodeError):
        return None
    return _AS_BROWSERS_DO.get(name, name)


def html_sheets(text: Text, limits: Limits, /) -> list[Sheet]:
    """The tables of a page, by their numbers.

    Raises:
        InputError: there is none, or it passes a limit.
    """
    parser = _Parser(text.source.name, limits)
    try:
        for block in text.blocks():
            parser.feed(block.decode())
    except UnreadableError as error:
        raise error.on_line(text.source.name, 1 + error.before.count(b"\n")) from None
    parser.close()
    parser.finish()
    if not parser.sheets:
        msg = (
            f"{text.source.name}: is a web page without a table; it may be a log-in page that was saved in place "
            "of the export. Export the leads again as CSV or XLSX."
        )
        raise InputError(msg)
    return _joined(parser.sheets)


def _joined(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Tables with the same header as one."""
    found: dict[tuple[str, ...], Sheet] = {}
    for sheet in sheets:
        header = tuple(sheet.rows[0])
        before = found.get(header)
        if before is None:
            found[header] = sheet
            continue
        down = len(before.rows) - 1
        rows = [*before.rows, *sheet.rows[1:]]
        merged = [
            *before.merged,
            *((first + down, last + down, at) for first, last, at in sheet.merged if first > 1),
        ]
        hidden = {*before.hidden, *(line + down for line in sheet.hidden if line > 1)}
        found[header] = Sheet(before.name, rows, merged, hidden)
    return list(found.values())


def _is_shortened(shown: str, value: str) -> bool:
    """Whether a cell shows its number by an exponent, by signs for want of room, or with signs between its digits.

    A day or a time has a number too, and is what it shows.
    """
    if _EXPONENT.fullmatch(shown) or set(shown) == {"#"}:
        return True
    return bool(_GROUPED.fullmatch(shown)) and re.sub(r"[^0-9]", "", shown) == re.sub(r"[^0-9]", "", value)


class _Table:
    """A table that is being read."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.merged: list[tuple[int, int, int]] = []
        self.hidden: set[int] = set()
        self.cell: list[str] | None = None
        self._taken: dict[int, int] = {}
        self._at = 0
        self._span = (1, 1)
        self._value: str | None = None

    def begin_row(self, *, hidden: bool) -> None:
        self.end_cell()
        self.rows.append([])
        self._at = 0
        if hidden:
            self.hidden.add(len(self.rows))

    def begin_cell(self, attributes: dict[str, str | None]) -> None:
        self.end_cell()
        if not self.rows:
            self.begin_row(hidden=False)
        self.cell = []
        self._span = tuple(
            min(int(given), most)
            if (given := attributes.get(name) or "").isdecimal() and len(given) < 9
            else 1
            for name, most in (("colspan", _COLSPAN), ("rowspan", _ROWSPAN))
        )  # type: ignore[assignment]
        self._value = next((attributes[name] for name in _VALUES if attributes.get(name)), None)

    def end_cell(self) -> None:
        if self.cell is None:
            return
        shown = [_BLANKS.sub(" ", line).strip(" ") for line in "".join(self.cell).split("\x1e")]
        text = "\n".join(shown).strip("\n")
        if self._value is not None and _NUMBER.fullmatch(self._value) and _is_shortened(text, self._value):
            number = float(self._value)
            text = str(int(number)) if number.is_integer() else self._value
        row, line = self.rows[-1], len(self.rows)
        while self._taken.get(self._at, 0) >= line:
            self._at += 1
        columns, lines = max(self._span[0], 1), self._span[1] or _ROWSPAN
        row += [""] * (self._at - len(row)) + [text] + [""] * (columns - 1)
        if lines > 1:
            self.merged.append((line, line + lines - 1, self._at))
            self._taken |= dict.fromkeys(range(self._at, self._at + columns), line + lines - 1)
        self._at += columns
        self.cell = None


class _Parser(HTMLParser):
    """Takes the page and keeps its tables that have cells."""

    def __init__(self, name: str, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.sheets: list[Sheet] = []
        self._name, self._limits = name, limits
        self._open: list[_Table] = []
        self._number = 0
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "table":
            if len(self._open) >= self._limits.nesting:
                raise self._limits.refuse("nesting", self._name, "its tables are nested too deep")
            self._open.append(_Table())
        elif not self._open:
            return
        elif tag == "tr":
            style = (attributes.get("style") or "").replace(" ", "").lower()
            self._open[-1].begin_row(hidden="hidden" in attributes or "display:none" in style)
        elif tag in {"td", "th"}:
            self._open[-1].begin_cell(attributes)
        elif tag in {"br", "p", "div", "li"} and (cell := self._open[-1].cell) is not None:
            cell.append("\x1e" if tag == "br" or cell else "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif self._open and tag in {"td", "th", "tr"}:
            self._end_cell()
        elif self._open and tag == "table":
            self._end_table()

    def handle_data(self, data: str) -> None:
        if self._open and not self._unseen and (cell := self._open[-1].cell) is not None:
            most = self._limits.cell
            if len(data) > most and len(_BLANKS.sub(" ", data)) > most:
                found = f"line {len(self._open[-1].rows)} holds a cell of more than {most:,} characters"
                raise self._limits.refuse("cell", self._name, found)
            cell.append(data)

    def finish(self) -> None:
        """End what the page left open."""
        while self._open:
            self._end_table()

    def _end_cell(self) -> None:
        table = self._open[-1]
        table.end_cell()
        if table.rows and len(table.rows[-1]) > self._limits.columns:
            found = f"a table has more than {self._limits.columns:,} columns"
            raise self._limits.refuse("columns", self._name, found)

    def _end_table(self) -> None:
        self._end_cell()
        table = self._open.pop()
        self._number += 1
        if any(map(any, table.rows)):
            self.sheets.append(Sheet(f"table {self._number}", table.rows, table.merged, table.hidden))
