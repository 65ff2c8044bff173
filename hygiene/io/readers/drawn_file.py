"""Drawn tables: what a console draws with box characters, as DuckDB, Polars, SQLite's `.mode box` and psql do.

The rows are those between the bars; rules, the types below the header and the count at the end are left out. What is
drawn in ASCII is for `csv_dialect`.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hygiene.errors import InputError
from hygiene.io.readers.batch import Batch, batch_of_rows, first_rows
from hygiene.io.readers.encoding import Text, UnreadableError
from hygiene.io.readers.header_row import fit
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.sources import Digest

__all__ = ["DRAWN", "DrawnFile"]

#: Bars between cells, and what rules are drawn with beside them. Source: Unicode, Box Drawing (U+2500 to U+257F).
_BARS = "│┃║┆┇┊┋"
_BAR = re.compile(f"[{_BARS}]")
_RULE = re.compile(
    r"[\s\u2500-\u257f]*[\u2500-\u2501\u2504\u2505\u2508\u2509\u254c\u254d\u2550╌][\s\u2500-\u257f]*"
)

#: How such a table begins: a rule or the header, below nothing or the shape that Polars tells.
DRAWN = re.compile(
    r"(?:shape: \([\d_, ]+\)\s+)?(?:[ \t]*[┌╭╔┏][─━═┬╤╦┳┈┄]+"
    rf"|[^\n{_BARS}]*[{_BARS}][^\n]*\r?\n[ \t]*[─━═├╞╟┠][\u2500-\u257f]+)"
)

#: What DuckDB writes below the rows.
_COUNT = re.compile(r"\(?[\d_,. ]+ [^\s()]+(?: \(.*\))?(?:\s+\d+ columns?.*)?\)?|\(.* shown\)|\? rows.*")

#: What stands in all cells of a row that stands for others, which are not drawn.
_CUT = frozenset({"…", "...", "·", "⋮"})

#: Rows of a batch.
_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class DrawnFile:
    """A table that a console drew."""

    text: Text
    header: Sequence[str]
    limits: Limits
    notes: Sequence[str] = field(
        default=("is a table as a console draws it; its lines are left out, and cells are trimmed.",)
    )

    @classmethod
    def look(cls, text: Text, limits: Limits, /) -> "DrawnFile":
        """The table by its header.

        Raises:
            InputError: it is no text, has no header, or shows a part of its rows or columns alone.
        """
        header = next((cells for _, cells, _ in _rows(text, None)), [])
        if not any(header):
            raise InputError(f"{text.source.name}: is an empty table. Expected a header and rows.")
        if len(header) > limits.columns:
            raise limits.refuse("columns", text.source.name, f"the header has {len(header):,} columns")
        if not _CUT.isdisjoint(header):
            raise _cut_off(text, "columns")
        return cls(text, header, limits)

    def sample(self, rows: int, /) -> list[list[str]]:
        """The first rows."""
        return first_rows(self._batches(rows), rows)

    def batches(self, digest: Digest | None = None, /) -> Iterator[Batch]:
        """All rows."""
        return self._batches(_ROWS, digest)

    def _batches(self, size: int, digest: Digest | None = None) -> Iterator[Batch]:
        rows = itertools.islice(_rows(self.text, digest), 1, None)
        width = len(self.header)
        while part := list(itertools.islice(rows, size)):
            fitted = [fit(cells, self.header, "") if len(cells) <= width else None for _, cells, _ in part]
            if any(cells and all(cell in _CUT for cell in cells) for _, cells, _ in part):
                raise _cut_off(self.text, "rows")
            if any(len(cell) > self.limits.cell for _, cells, _ in part for cell in cells):
                found = f"a cell of more than {self.limits.cell:,} characters"
                raise self.limits.refuse("cell", self.text.source.name, found)
            malformed = {at: raw for at, (_, _, raw) in enumerate(part) if fitted[at] is None}
            cells = [each if each is not None else [""] * width for each in fitted]
            yield batch_of_rows(cells, [line for line, _, _ in part], width, malformed)


def _cut_off(text: Text, what: str) -> InputError:
    return InputError(
        f"{text.source.name}: is a printed table that shows some of its {what} alone. Write the whole one as CSV: "
        "COPY ... TO 'leads.csv' in DuckDB, write_csv('leads.csv') in Polars."
    )


def _rows(text: Text, digest: Digest | None) -> Iterator[tuple[int, list[str], str]]:
    """Line, cells and text of the header and each row; what is between the header and the rule below it is left out."""
    rows, ruled, below_rule = 0, False, False
    for number, line in _lines(text, digest):
        if _RULE.fullmatch(line):
            ruled, below_rule = ruled or rows > 0, True
            continue
        bare = line.strip()
        is_count = below_rule and rows > 1 and _COUNT.fullmatch(bare.strip(_BARS).strip())
        below_rule = False
        if not _BAR.search(line) or is_count or (rows and not ruled):
            continue
        cells = [cell.strip() for cell in _BAR.split(line)]
        rows += 1
        yield number, cells[1:-1] if bare[0] in _BARS and bare[-1] in _BARS else cells, line


def _lines(text: Text, digest: Digest | None) -> Iterator[tuple[int, str]]:
    number, rest = 1, b""
    try:
        for block in text.blocks(digest):
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                yield number, line.decode().rstrip("\r")
                number += 1
    except UnreadableError as error:
        raise error.on_line(text.source.name, number + error.before.count(b"\n")) from None
    if rest.strip():
        yield number, rest.decode().rstrip("\r")
