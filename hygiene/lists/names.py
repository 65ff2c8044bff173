"""Names: the domains or local parts that stand in the text of a list which a trait is found by.

What is visibly no such list - a page, JSON, a lead file, text - is refused, and no line is dropped unsaid. What the
names are for is not decided here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from hygiene.columns.mapping import known_columns
from hygiene.errors import ListError
from hygiene.lists.column_choice import normalised
from hygiene.lists.csv_rows import cell, csv_grid
from hygiene.lists.entries import KINDS, judge
from hygiene.lists.extract import PLAIN, find_cells
from hygiene.lists.messages import counted, line_numbers, listed
from hygiene.lists.tables import csv_grids, find_table

__all__ = ["Kind", "Names", "find_names"]

Kind: TypeAlias = Literal["domain", "local_part"]

#: Columns that lead files have; a list of providers may well name their companies.
_OF_LEADS = frozenset({"email", "first_name", "last_name", "full_name", "phone", "linkedin"})
#: Headers of a column of local parts, normalised.
_HEADERS = ("local_part", "local_parts", "role", "roles", "role_name", "role_names", "prefix", "mailbox")
#: How a text begins that is no list, and what it is.
_OTHER = ((re.compile(r"<[!?a-zA-Z](?!.*@)"), "a page in HTML or XML"), (re.compile(r"[{\[]"), "JSON"))
_COMMENT = re.compile(r"(?:^|\s)#.*")
#: What stands before an @ without quotes: RFC 5322 3.2.3, and RFC 6531 for other alphabets. One letter or digit at
#: least, for what has none is a mark of some text.
_ATOM = r"[^\s@\"(),:;<>\[\]\\.\x00-\x1f\x7f]+"
_LOCAL = re.compile(rf"(?=.*\w){_ATOM}(?:\.{_ATOM})*")
#: Octets of a local part. RFC 5321 4.5.3.1.1.
_LOCAL_OCTETS = 64


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a list, and what was not taken.

    Attributes:
        entries: In lower case; domains as A-labels.
        layout: How the list is laid out, for people.
        left: Lines that hold something else.
        header: Line that is taken for a header, though it may be a name; None where there is none.
    """

    entries: frozenset[str]
    layout: str
    left: tuple[int, ...]
    header: int | None = None

    def note(self, name: str, kind: Kind, /) -> str:
        """What was recognised, taken and left, in one sentence."""
        header = "" if self.header is None else f"; line {self.header} taken for a header"
        left = f"; {counted(len(self.left), 'line')} left: {line_numbers(self.left)}" if self.left else ""
        return f"{name}: {self.layout}; {counted(len(self.entries), _word(kind))} taken{header}{left}."


def find_names(text: str, /, *, name: str, kind: Kind) -> Names:
    """The names in a text: domains as block lists have them, or local parts, one a line or in a column.

    Raises:
        ListError: it is something else, or holds no name, or more lines that are none than names.
    """
    _check_beginning(text, name, kind)
    found = _domains(text, name) if kind == "domain" else _local_parts(text, name)
    if not found.entries or len(found.left) > len(found.entries):
        taken = counted(len(found.entries), _word(kind)) if found.entries else f"no {_word(kind)} found"
        left = counted(len(found.left), "line")
        holds = "holds" if len(found.left) == 1 else "hold"
        rest = f", and {left} that {holds} none: {line_numbers(found.left)}" if found.left else ""
        msg = f"{name}: {taken}{rest}. {_expected(kind)}"
        raise ListError(msg)
    return found


def _check_beginning(text: str, name: str, kind: Kind) -> None:
    """Refuse what its first line shows to be no list."""
    lines = ((number, line.strip()) for number, line in enumerate(text.splitlines(), 1))
    number, line = next(((at, line) for at, line in lines if line and not line.startswith("#")), (0, ""))
    for pattern, what in _OTHER:
        if pattern.match(line):
            msg = f"{name}: line {number} begins {what}, which is no list. {_expected(kind)}"
            raise ListError(msg)


def _expected(kind: Kind) -> str:
    named = "'domain'" if kind == "domain" else "'role' or 'local_part'"
    sample = "mailinator.com" if kind == "domain" else "info"
    return (
        f"Expected {_word(kind)}s such as {sample}, one a line with # before comments, or a CSV column called {named}. "
        "Name another file, or mend this one."
    )


def _word(kind: Kind) -> str:
    return kind.replace("_", " ")


def _check_no_leads(header: Sequence[str], line: int, name: str, kind: Kind) -> None:
    columns = known_columns(header) & _OF_LEADS if len(header) > 1 else frozenset()
    if columns or any("@" in text for text in header):
        named = (
            f"has the columns of leads ({listed(sorted(columns), 'and')})" if columns else "holds an address"
        )
        msg = f"{name}: line {line} {named}, so it is no list of {_word(kind)}s. {_expected(kind)}"
        raise ListError(msg)


def _domains(text: str, name: str) -> Names:
    data = text.encode("utf-8", "backslashreplace")
    table = find_table(csv_grids(data, name=name))
    if table is not None and table.header:
        _check_no_leads(table.header, table.header_line, name, "domain")
    found = find_cells(data, name=name)
    entries, left = set[str](), set(found.broken)
    for line, _, cells in found.slices():
        judged = judge(cells, hashes=False)
        named = judged.kind == KINDS.index("domain")
        entries |= set(judged.text.filter(named).to_pylist())
        left |= set(line[~named].tolist())
    header = found.may_be_header()
    header = header if header in left else None
    return Names(frozenset(entries), found.layout, tuple(sorted(left - {header})), header)


def _local_parts(text: str, name: str) -> Names:
    rows = list(_rows(text, name))
    line, first = rows[0] if rows else (0, [])
    at, header, layout = 0, None, PLAIN
    headers = normalised(first)
    if any(each in _HEADERS for each in headers):
        header, at = line, next(place for place, each in enumerate(headers) if each in _HEADERS)
    if len(first) > 1:
        _check_no_leads(first, line, name, "local_part")
        if header is None:
            msg = f"{name}: line {line} has {len(first)} columns and no header that is known. {_expected('local_part')}"
            raise ListError(msg)
        layout, rows, header = f"CSV, column {first[at]!r}", rows[1:], None
    named = [
        (number, cell(fields, at).lower().removesuffix("@")) for number, fields in rows if number != header
    ]
    taken = {text for _, text in named if _is_local(text)}
    left = tuple(sorted({number for number, text in named if text not in taken}))
    if header is None and layout == PLAIN and left[:1] == (line,) and " " in cell(first, 0):
        header, left = line, left[1:]  # words above names
    return Names(frozenset(taken), layout, left, header)


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of each line that holds more than a comment; a line is no row of several columns by itself."""
    lines = [_COMMENT.sub("", line) for line in text.splitlines()]
    first = next((line for line in lines if line.strip()), "")
    delimiter = next((mark for mark in ",;\t|" if mark in first), "\x1f")
    data = "\n".join(lines).encode("utf-8", "backslashreplace")
    for line, fields in csv_grid(data, delimiter, above=0, name=name).records():
        if any(map(str.strip, fields)) or not fields:
            yield line, fields


def _is_local(text: str) -> bool:
    return bool(_LOCAL.fullmatch(text)) and len(text.encode()) <= _LOCAL_OCTETS
