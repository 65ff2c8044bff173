"""Dialects: what programs that write no plain CSV do to rows and cells, and how it is undone.

Consoles of databases draw tables, their dumps escape with backslashes, other programs pad cells, and
spreadsheets are told text by a formula. Where rows begin and end is for `csv_scan`.
"""

import re
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask
from hygiene.io.readers.csv_record import read_record

__all__ = ["Dialect", "dialect_of", "without_formulas", "without_nulls"]

#: A line between the rows of a table that a console drew, and the count below them.
_RULE = re.compile(
    rb"^[ \t]*(?:[-+|:= ]*(?:--|==)[-+|:= ]*|\(\d+ [^\s()|]+\)|\d+ rows? in set.*)[ \t]*(?=\r?$)",
    re.MULTILINE,
)
#: Escapes of COPY text and of OUTFILE. Source: PostgreSQL 15 documentation, COPY; MySQL 8 manual, LOAD DATA.
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": ""}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_NULL = b"\\N"
#: Octets of a text that tell how it escapes.
_SAMPLE = 1 << 18
#: What only a dump has that encloses its cells in quotes and escapes within them: others end a cell there, or
#: double the quote.
_ESCAPED_QUOTE = re.compile(rb'(?:^|[^\\])(?:\\\\)*\\"[^"\r\n,;|]')


@dataclass(frozen=True, slots=True)
class Dialect:
    """What is undone in rows and cells.

    Attributes:
        padded: Cells are padded with blanks, also around their quotes.
        drawn: Rows stand in a drawn table.
        escaped: A backslash escapes.
        marks: What it escapes, as a class of a pattern; "" for everything, as in the dump of a database.
    """

    padded: bool = False
    drawn: bool = False
    escaped: bool = False
    marks: str = ""

    def plain_rows(self, data: bytes, delimiter: bytes, /) -> bytes:
        """The text with quotes right beside delimiters and without drawn lines, of which line ends stay."""
        if self.drawn:
            data = _RULE.sub(b"", data)
        if self.padded and b'"' in data:
            between = re.escape(delimiter)
            quoted = (
                rb"(?:^|(?<=[\r\n" + between + rb']))[ ]*("(?:[^"]|"")*+")[ ]*(?=[\r\n' + between + rb"]|$)"
            )
            data = re.sub(quoted, rb"\1", data)
        return data

    def plain_cells(self, column: pa.ChunkedArray, /) -> pa.ChunkedArray:
        """A column as it was before it was padded or escaped."""
        if self.padded:
            column = pc.utf8_trim_whitespace(column)
        if self.escaped:
            odd = pc.match_substring(column, "\\")
            if pc.any(odd).as_py():
                undone = [self._unescaped(text) for text in column.filter(odd).to_pylist()]
                texts = pa.array(undone, pa.large_string())
                whole = column.combine_chunks()
                column = pa.chunked_array(
                    [pc.replace_with_mask(whole, odd.combine_chunks(), texts.cast(whole.type))]
                )
        return column

    def _unescaped(self, text: str) -> str:
        if self.marks:
            return re.sub(rf"\\({self.marks})", r"\1", text)
        return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[1]), text)

    @property
    def notes(self) -> list[str]:
        """What was undone, for people."""
        told = []
        if self.drawn:
            told.append("is a table as a console draws it; its lines are left out, and cells are trimmed.")
        elif self.padded:
            told.append("pads its cells with blanks; they are trimmed.")
        if self.marks:
            told.append("escapes quotes and delimiters with backslashes, which are undone.")
        elif self.escaped:
            told.append("is a database's dump; backslash escapes in its cells are undone.")
        return told


def dialect_of(top: bytes, start: int, header: list[str], delimiter: bytes, /) -> Dialect:
    """The dialect of a text, by its first lines and its header.

    Args:
        top: The first octets.
        start: Where the header starts in them.
        header: Its cells.
        delimiter: One octet.
    """
    rows = top[start:]
    blanks = sum(text != text.strip() for text in header)
    drawn = delimiter == b"|" and _RULE.search(rows) is not None
    spaced = re.search(re.escape(delimiter) + rb'[ ]+"', rows[: 1 << 16]) is not None
    padded = drawn or (len(header) > 1 and 2 * blanks >= len(header)) or (spaced and blanks > 0)
    fitting = _fits_escaped(rows[:_SAMPLE], delimiter)
    if _has_null(rows, delimiter) and (
        fitting or delimiter == b"\t" or _ESCAPED_QUOTE.search(rows) is not None
    ):
        return Dialect(padded=padded, drawn=drawn, escaped=True)
    marks = _marks(rows[:_SAMPLE], delimiter) if fitting else ""
    return Dialect(padded=padded, drawn=drawn, escaped=fitting, marks=marks)


def _fits_escaped(rows: bytes, delimiter: bytes) -> bool:
    """Whether rows fit each other where a backslash escapes quotes and delimiters, and else do not or show it."""
    marks = rb'\\["' + re.escape(delimiter) + rb"]"
    if b"\\" not in rows or re.search(marks, rows) is None:
        return False
    escaped, plain = (_widths(rows, delimiter, escaped=escaped) for escaped in (True, False))
    width = max(escaped, key=escaped.count)
    spoiled, before = (sum(each == 0 or each > width for each in widths) for widths in (escaped, plain))
    short, short_before = (sum(0 < each < width for each in widths) for widths in (escaped, plain))
    if spoiled or short > short_before + (escaped[0] == width - 1):
        return False
    between = re.escape(delimiter)
    bare = (
        rb'[^\\"\r\n' + between + rb']"[^"\r\n' + between + rb"]"
    )  # a quote within a cell that nothing escapes
    return before > 0 or (plain == escaped and b'\\"' in rows and re.search(bare, rows) is None)


def _widths(rows: bytes, delimiter: bytes, *, escaped: bool) -> list[int]:
    """How many cells each record has, 0 where one cannot be read; what may be cut off apart."""
    found: list[int] = []
    at: int | None = 0
    while at is not None and at < len(rows):
        record = read_record(rows, at, delimiter, final=len(rows) < _SAMPLE, escaped=escaped)
        if record.stop is None:
            break
        if record.cells is None or any(record.cells):
            found.append(len(record.cells or ()))
        at = record.stop
    unclosed = at is not None and at < len(rows) and len(rows) < _SAMPLE
    return [*found, 0] if unclosed or not found else found


def _marks(rows: bytes, delimiter: bytes) -> str:
    """What a program escapes that does not dump a database; the backslash itself, where none stands by itself."""
    alone = re.search(rb'(?<!\\)(?:\\\\)*\\(?![\\"\r\n' + re.escape(delimiter) + rb"])", rows)
    return (
        rf'["\r\n{re.escape(delimiter.decode())}]' if alone else rf'[\\"\r\n{re.escape(delimiter.decode())}]'
    )


def _has_null(rows: bytes, delimiter: bytes) -> bool:
    between = re.escape(delimiter)
    null = rb"(?:^|" + between + rb")\\N(?:" + between + rb"|\r?$)"
    return _NULL in rows and re.search(null, rows, re.MULTILINE) is not None


def without_nulls(column: pa.ChunkedArray, /) -> tuple[pa.ChunkedArray, int]:
    """A column with blanks for the sign of databases for nothing, and how many there were."""
    nulls = pc.equal(column, _NULL.decode())
    count = pc.sum(nulls).as_py() or 0
    return (pc.if_else(nulls, "", column), count) if count else (column, 0)


def without_formulas(column: pa.ChunkedArray, /) -> tuple[pa.ChunkedArray, int]:
    """A column without the formulas that make spreadsheets take cells for text, and how many there were."""
    formulas = mask(pc.match_substring_regex(column, r'^="(?:[^"]|"")*"$'))
    if not formulas.any():
        return column, 0
    inside = pc.replace_substring_regex(column, r'^="((?:[^"]|"")*)"$', r"\1")
    plain = pc.replace_substring(inside, '""', '"')
    chosen = pc.if_else(pa.array(formulas), plain.combine_chunks(), column.combine_chunks())
    return pa.chunked_array([chosen]), int(formulas.sum())
