"""Records: the rows of a list that is a table, with the physical line on which each begins.

Which of them is the header, and which columns count, is decided in `tables`.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from hygiene.errors import ListError

__all__ = ["Grid", "Record", "cell", "csv_grid"]

#: Line and cells.
Record: TypeAlias = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of a table, a header or notes at its top included.

    Attributes:
        kind: What the table is, for people.
        records: Reads them anew; a record without cells is one that could not be read.
        by_lines: Whether it is text, which may be no table at all.
    """

    kind: str
    records: Callable[[], Iterator[Record]]
    by_lines: bool = False


def csv_grid(data: bytes, delimiter: str, /, *, above: int, name: str) -> Grid:
    """The rows of a list that is CSV.

    Args:
        data: The whole list in UTF-8.
        delimiter: What stands between two cells.
        above: Lines above the first record.
        name: What the list is called in messages.
    """
    return Grid("CSV", lambda: _read_records(data, delimiter, above=above, name=name), by_lines=True)


def _read_records(data: bytes, delimiter: str, /, *, above: int, name: str) -> Iterator[Record]:
    """Line and cells of each record; none for one that is no CSV, and a blank line is no record.

    Raises:
        ListError: a quote is opened and not closed.
    """
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")
    for _ in range(above):
        text.readline()
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    start = above + 1
    while True:
        fields: list[str] | None = []
        try:
            fields = next(reader, None)
        except csv.Error as error:
            if "unexpected end" in str(error):
                msg = (
                    f"{name}: a quote opens on line {start} and is not closed, so the entries below it "
                    "cannot be read. Close it, and run the command again."
                )
                raise ListError(msg) from error
            yield start, []
        if fields is None:
            return
        if fields:
            yield start, fields
        start = above + reader.line_num + 1


def cell(fields: Sequence[str], at: int, /) -> str:
    """The trimmed cell at a position; empty where the record is too short."""
    return fields[at].strip() if at < len(fields) else ""
