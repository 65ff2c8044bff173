"""Records: the rows of a list that is CSV, with the physical line on which each begins.

Which columns of them count is decided in `tables`.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from hygiene.errors import ListError

__all__ = ["Record", "cell", "read_records"]

#: Line and cells.
Record: TypeAlias = tuple[int, list[str]]


def read_records(data: bytes, delimiter: str, /, *, above: int, name: str) -> Iterator[Record]:
    """Line and cells of each record; none for one that is no CSV, and a blank line is no record.

    Args:
        data: The whole list in UTF-8.
        delimiter: What stands between two cells.
        above: Lines above the first record.
        name: What the list is called in messages.

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
