"""One record of delimited text, read exactly as Python's csv module reads it in strict mode.

The slow way, for records that `csv_scan` cannot vouch for: cells over several lines, quotes out of place, a
number of cells that is not the header's.
"""

import functools
import re
from dataclasses import dataclass

__all__ = ["Record", "patterns", "read_record"]

_BREAK = re.compile(rb"[\r\n]")


@dataclass(frozen=True, slots=True)
class Record:
    """A record.

    Attributes:
        stop: Where the next record starts; None where the data ends before the record does.
        cells: Its cells; None where a quote is out of place.
        opened: Where a quote opens that is not closed, or whose cell runs on over lines into a quote out
            of place; None where there is none.
    """

    stop: int | None
    cells: list[bytes] | None = None
    opened: int | None = None


def read_record(
    data: bytes, start: int, delimiter: bytes, /, *, final: bool, escaped: bool = False
) -> Record:
    """The record that starts at a place of the data.

    Args:
        data: Text in UTF-8.
        start: Where the record starts.
        delimiter: One byte.
        final: Whether the text ends with the data.
        escaped: Whether a backslash takes from a delimiter, quote or line end what it means; it stays in the cell.
    """
    quoted, stop = patterns(delimiter, escaped)
    end = data.find(b"\n", start) + 1
    line = data[start:end]
    if end and b'"' not in line and b"\r" not in line[:-2] and not (escaped and b"\\" in line):
        return Record(end, line.rstrip(b"\r\n").split(delimiter))
    cells: list[bytes] = []
    at = start
    while True:
        if data.startswith(b'"', at):
            found = quoted.match(data, at)
            if found is None:
                return Record(None, opened=at)
            follows = data[found.end() : found.end() + 1]
            if follows not in (delimiter, b"\r", b"\n", b""):
                return _broken(data, at, found.end(), final=final)
            cells.append(found[1].replace(b'""', b'"'))
            at = found.end()
        else:
            found = stop.match(data, at)
            end = found.end() if found else at
            cells.append(data[at:end])
            at = end
        if not data.startswith(delimiter, at):
            return Record(_line_end(data, at, final=final), cells)
        at += 1


@functools.cache
def patterns(delimiter: bytes, escaped: bool) -> tuple["re.Pattern[bytes]", "re.Pattern[bytes]"]:  # noqa: FBT001
    """A quoted cell, and a bare one; neither steps back, so that an open quote costs one pass."""
    end = rb"\r\n" + re.escape(delimiter)
    if escaped:
        quoted = rb'"((?:[^"\\]|\\.|"")*+)"'
        return re.compile(quoted, re.DOTALL), re.compile(rb"(?:[^\\" + end + rb"]|\\.|\\\Z)*+", re.DOTALL)
    return re.compile(rb'"([^"]*+(?:""[^"]*+)*+)"'), re.compile(rb"[^" + end + rb"]*+")


def _broken(data: bytes, opened: int, closed: int, *, final: bool) -> Record:
    """A record with text after a closing quote: a cell over lines was meant to end before."""
    if _BREAK.search(data, opened, closed):
        return (
            Record(None, opened=opened) if final else Record(_after(data, closed, final=final), opened=opened)
        )
    return Record(_after(data, closed, final=final))


def _after(data: bytes, at: int, *, final: bool) -> int | None:
    """Where the line after a place starts."""
    found = _BREAK.search(data, at)
    return _line_end(data, found.start() if found else len(data), final=final)


def _line_end(data: bytes, at: int, *, final: bool) -> int | None:
    """The place after a line end; None where more data may belong to the record."""
    if data.startswith(b"\r\n", at):
        return at + 2
    if at + 1 < len(data) or data.startswith(b"\n", at):
        return at + 1
    return len(data) if final else None
