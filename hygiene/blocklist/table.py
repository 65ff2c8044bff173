"""Tables: a list that is CSV, and which of its columns hold the entries.

The column is found by its header, by the header of a lead file, or by what its cells hold. What a cell
names is decided in `entries`.
"""

import csv
import io
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.blocklist.entries import KINDS, judge
from hygiene.columns import map_columns
from hygiene.errors import InputError, ListError
from hygiene.optouts import FALSE, TRUE, is_flag
from hygiene.text import mask

__all__ = ["Table", "find_table"]

#: Headers of the column that holds the entries, normalised; the first that is there is taken.
#: Source: Smartlead's block-list rows (`email_or_domain`) and the usual names of address and hash columns.
_HEADERS = (
    "email_or_domain", "email", "email_address", "e_mail", "e_mail_address", "address", "domain",
    "md5", "email_md5", "md5_email", "md5_hash", "sha1", "email_sha1", "sha256", "email_sha256",
    "sha_256", "hash", "email_hash", "hashed_email",
)  # fmt: skip
#: Octets and records that the choice of columns looks at.
_TOP, _SAMPLE = 1 << 16, 1000

_Row: TypeAlias = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A list that is CSV.

    Attributes:
        above: Lines above the first record.
        delimiter: Between its cells.
        header: Its header; empty where it has none.
        columns: Positions of the cells with entries.
        flags: Positions of the true/false columns that say which rows count.
        layout: All this for people.
    """

    above: int
    delimiter: str
    header: Sequence[str]
    columns: Sequence[int]
    flags: Sequence[int]
    layout: str

    def position(self, name: str) -> int | None:
        """Position of a column by its normalised name; None where there is no such column."""
        names = _normalised(self.header)
        return names.index(name) if name in names else None

    def records(self, data: bytes, /, *, name: str) -> Iterator[_Row]:
        """Line and cells of each record below the header; no cells for one that is no CSV.

        Raises:
            ListError: a quote is opened and not closed.
        """
        rows = _records(data, self.delimiter, above=self.above, name=name)
        return itertools.islice(rows, 1 if self.header else 0, None)

    def counts(self, fields: Sequence[str], /) -> bool:
        """Whether a record counts: no true/false column says which do, or one of them says true."""
        return not self.flags or any(_cell(fields, flag).casefold() in TRUE for flag in self.flags)


@dataclass(frozen=True, slots=True)
class _Top:
    """The first records of a list."""

    above: int
    delimiter: str
    header: list[str]
    body: list[list[str]]

    def table(self, place: int, layout: str) -> Table:
        """The table whose entries stand in one column."""
        flags = [
            at
            for at, text in enumerate(self.header)
            if at != place and is_flag(text) and self._is_boolean(at)
        ]
        told = " or ".join(repr(self.header[flag]) for flag in flags)
        layout += f", rows with true in {told}" if flags else ""
        return Table(self.above, self.delimiter, self.header, [place], flags, layout)

    def _is_boolean(self, at: int) -> bool:
        words = {_cell(row, at).casefold() for row in self.body}
        return words <= TRUE | FALSE | {""} and bool(words & (TRUE | FALSE))

    def by_header(self) -> Table | None:
        """The table, where a header is one that lists have."""
        names = _normalised(self.header)
        found = next((name for name in _HEADERS if name in names), None)
        if found is None:
            return None
        place = names.index(found)
        return self.table(place, f"CSV, column {self.header[place]!r}")

    def as_leads(self, name: str) -> Table | None:
        """The table, where it is a lead file.

        Raises:
            ListError: several columns have an equal claim to the address.
        """
        width = len(self.header)
        sample = [[_cell(row, at) for at in range(width)] for row in self.body]
        try:
            place = map_columns(self.header, sample, source=name).names.index("email")
        except InputError as error:
            if "equal claim" in str(error):
                raise ListError(str(error)) from error
            return None
        return self.table(place, f"a lead file, its column {self.header[place]!r}")

    def by_content(self) -> Table | None:
        """The table, where its cells say which columns mostly hold entries."""
        rows, width = [self.header, *self.body], len(self.header)
        columns = _columns_by_content(rows, width)
        if not columns:
            return None
        numbers = " and ".join(str(at + 1) for at in columns)
        layout = f"CSV without a header that is known, column {numbers} by what it holds"
        return Table(self.above, self.delimiter, [], columns, [], layout)


def find_table(data: bytes, /, *, name: str) -> Table | None:
    """How a list that is CSV is laid out; None for one entry a line.

    Raises:
        ListError: a quote is opened and not closed, or several columns have an equal claim to the address.
    """
    top = [line.strip() for line in data[:_TOP].decode("utf-8", "replace").splitlines()]
    above = next((at for at, line in enumerate(top) if line and not line.startswith("#")), None)
    if above is None:
        return None
    for delimiter in (",", ";", "\t", "|"):
        if delimiter not in top[above] and delimiter != ",":
            continue
        rows = list(itertools.islice(_records(data, delimiter, above=above, name=name), _SAMPLE))
        found = _Top(above, delimiter, rows[0][1], [fields for _, fields in rows[1:] if fields])
        table = found.by_header()
        if table is not None:
            return table
        if len(found.header) > 1:
            has_entry = any("@" in text for text in found.header)
            return (None if has_entry else found.as_leads(name)) or found.by_content()
    return None


def _columns_by_content(rows: list[list[str]], width: int) -> list[int]:
    """Every column that mostly holds addresses, else the first that mostly holds hashes or domains."""
    cells = pa.array([_cell(row, at) for at in range(width) for row in rows], pa.large_string())
    kinds = judge(cells, hashes=True).kind.reshape(width, len(rows))
    filled = mask(pc.not_equal(cells, "")).reshape(width, len(rows)).sum(axis=1)
    for wanted in ([KINDS.index("address")], list(range(2, len(KINDS))), [KINDS.index("domain")]):
        held = np.isin(kinds, wanted).sum(axis=1)
        columns = [at for at in range(width) if held[at] and 2 * held[at] >= filled[at]]
        if columns:
            return columns if wanted == [0] else columns[:1]
    return []


def _records(data: bytes, delimiter: str, *, above: int, name: str) -> Iterator[_Row]:
    """Line and cells of each record; none for one that is no CSV, and a blank line is no record."""
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


def _normalised(header: Sequence[str]) -> list[str]:
    return [re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") for name in header]


def _cell(fields: Sequence[str], at: int) -> str:
    return fields[at].strip() if at < len(fields) else ""
