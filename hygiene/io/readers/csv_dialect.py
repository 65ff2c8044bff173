"""Dialects: what programs that write no plain CSV do to rows and cells, and how it is undone.

Consoles of databases draw tables, their dumps escape with backslashes, other programs pad cells, and
spreadsheets are told text by a formula. Where rows begin and end is for `csv_scan`.
"""

import re
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask

__all__ = ["Dialect", "dialect_of", "without_formulas", "without_nulls"]

#: A line between the rows of a table that a console drew, and the count below them.
_RULE = re.compile(
    rb"^[ \t]*(?:[-+|:= ]*--[-+|:= ]*|\(\d+ rows?\)|\d+ rows? in set.*)[ \t]*(?=\r?$)", re.MULTILINE
)
#: Escapes of COPY text and of OUTFILE. Source: PostgreSQL 15 documentation, COPY; MySQL 8 manual, LOAD DATA.
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": ""}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_NULL = b"\\N"
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
    """

    padded: bool = False
    drawn: bool = False
    escaped: bool = False

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
                texts = [_ESCAPE.sub(_unescaped, text) for text in column.filter(odd).to_pylist()]
                whole = column.combine_chunks()
                column = pa.chunked_array(
                    [pc.replace_with_mask(whole, odd.combine_chunks(), pa.array(texts, whole.type))]
                )
        return column

    @property
    def notes(self) -> list[str]:
        """What was undone, for people."""
        told = []
        if self.drawn:
            told.append("is a table as a console draws it; its lines are left out, and cells are trimmed.")
        elif self.padded:
            told.append("pads its cells with blanks; they are trimmed.")
        if self.escaped:
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
    escaped = _has_null(rows, delimiter) and (delimiter == b"\t" or _ESCAPED_QUOTE.search(rows) is not None)
    return Dialect(padded=padded, drawn=drawn, escaped=escaped)


def _has_null(rows: bytes, delimiter: bytes) -> bool:
    between = re.escape(delimiter)
    null = rb"(?:^|" + between + rb")\\N(?:" + between + rb"|\r?$)"
    return re.search(null, rows, re.MULTILINE) is not None


def without_nulls(column: pa.ChunkedArray, /) -> tuple[pa.ChunkedArray, int]:
    """A column with blanks for the sign of databases for nothing, and how many there were."""
    nulls = pc.equal(column, _NULL.decode())
    count = pc.sum(nulls).as_py() or 0
    return (pc.if_else(nulls, "", column), count) if count else (column, 0)


def without_formulas(column: pa.ChunkedArray, /) -> tuple[pa.ChunkedArray, int]:
    """A column without the formulas that make spreadsheets take cells for text, and how many there were."""
    formulas = mask(pc.match_substring_regex(column, r'^="[^"]*"$'))
    if not formulas.any():
        return column, 0
    return pc.replace_substring_regex(column, r'^="([^"]*)"$', r"\1"), int(formulas.sum())


def _unescaped(found: "re.Match[str]") -> str:
    return _ESCAPES.get(found[1], found[1])
