"""Suppression lists and block lists: the entries users hold, and the rows they match.

A suppression list is ours and withholds; a block list is the API's and withholds and predicts. Both
have the same entries: addresses and domains. Opening files is not done here.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.errors import ListError
from hygiene.text import Mask

__all__ = ["Entry", "Matches", "RuleList", "match", "parse_list"]

_DOMAIN = re.compile(r"(?=.{1,253}\Z)(?:[^\s@./,;:\x00-\x1f]+\.)+[^\s@./,;:\x00-\x1f]+\Z")
_ADDRESS = re.compile(r"[^\s@,;]+@(?:[^\s@./,;:]+\.)+[^\s@./,;:]+\Z")
#: Headers of the column that holds the entries, normalised; the first that is there is taken.
#: Source: Smartlead's block-list rows (`email_or_domain`) and the usual names of address columns.
_HEADERS = ("email_or_domain", "email", "email_address", "e_mail", "e_mail_address", "address", "domain")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list.

    Attributes:
        line: Physical line it stands on, 1 being the first.
        kind: What it names.
        text: Compared form: lower case, domains as A-labels.
        given: As the list has it, case and all, without the marks of a domain entry.
    """

    line: int
    kind: Literal["address", "domain"]
    text: str
    given: str


@dataclass(frozen=True, slots=True)
class RuleList:
    """A suppression or block list that was read.

    Attributes:
        name: File or place it came from.
        entries: What was taken, in the order of the file.
        left: Lines that hold something that is neither an address nor a domain.
    """

    name: str
    entries: tuple[Entry, ...]
    left: tuple[int, ...] = ()

    def of(self, kind: Literal["address", "domain"], /) -> dict[str, Entry]:
        """Entries of one kind by their text; of equal ones the first."""
        return {entry.text: entry for entry in reversed(self.entries) if entry.kind == kind}


@dataclass(frozen=True, slots=True)
class Matches:
    """Rows that a number of lists match, by position.

    Attributes:
        address: True where an entry is the row's address.
        domain: True where an entry is the row's domain or, where asked for, a parent of it.
        rule: ``list:line:entry`` of the first match; null elsewhere.
    """

    address: Mask
    domain: Mask
    rule: pa.Array


def parse_list(text: str, /, *, name: str, may_be_empty: bool = False) -> RuleList:
    """Read the entries of a list: one a line with ``#`` comments, or CSV with a header.

    An entry is an address, or a domain written ``domain``, ``@domain``, ``.domain`` or ``*.domain``.

    Args:
        text: The whole list.
        name: File or place it came from.
        may_be_empty: Whether a list without entries is a fact rather than a mistake.

    Raises:
        ListError: no line holds an entry, and it may not be empty.
    """
    entries, left = [], []
    for line, cell in _cells(text.removeprefix("\ufeff").splitlines()):
        entry = _entry(line, cell)
        if entry is None:
            left.append(line)
        else:
            entries.append(entry)
    if not entries and not may_be_empty:
        msg = (
            f"{name}: no entry found in {len(left)} lines; expected addresses or domains, "
            "one a line or under a header 'email'."
        )
        raise ListError(msg)
    return RuleList(name, tuple(entries), tuple(left))


def _cells(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Line number and cell of every line that holds something."""
    column, delimiter = _column(lines)
    if column is None:
        for number, line in enumerate(lines, 1):
            cell = line.partition("#")[0].strip()
            if cell:
                yield number, cell
        return
    reader = csv.reader(lines, delimiter=delimiter)
    next(reader)
    start = reader.line_num + 1
    for fields in reader:
        if len(fields) > column and fields[column].strip():
            yield start, fields[column].strip()
        start = reader.line_num + 1


def _column(lines: Sequence[str]) -> tuple[int | None, str]:
    """Position of the entries in a CSV with a header, and its delimiter; None where there is no header."""
    header = lines[0] if lines else ""
    for delimiter in (",", ";", "\t"):
        names = [
            re.sub(r"[^a-z]+", "_", name.lower()).strip("_")
            for name in next(csv.reader([header], delimiter=delimiter), [])
        ]
        found = [names.index(wanted) for wanted in _HEADERS if wanted in names]
        if found:
            return found[0], delimiter
    return None, ","


def _entry(line: int, cell: str) -> Entry | None:
    given = re.sub(r"^(?:\*\.|\.|@)", "", cell.strip().strip("'\"").rstrip("."))
    local, at, host = given.lower().rpartition("@")
    if not (_ADDRESS if at else _DOMAIN).match(given):
        return None
    ascii_host = _a_label(host)
    if ascii_host is None:
        return None
    return Entry(line, "address" if at else "domain", f"{local}{at}{ascii_host}", given)


def _a_label(domain: str) -> str | None:
    if domain.isascii():
        return domain
    import idna

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return None


def match(
    lists: Iterable[RuleList],
    /,
    *,
    address: pa.Array,
    domain: pa.Array,
    addresses: bool = True,
    domains: bool = True,
    subdomains: bool,
) -> Matches:
    """Match rows against lists, each row against every entry.

    Args:
        lists: Lists in order of priority for `Matches.rule`.
        address: Normalized addresses by position, null for none.
        domain: Their domains as A-labels.
        addresses: Whether entries that are addresses match.
        domains: Whether entries that are domains match.
        subdomains: Whether an entry for a domain matches its subdomains.
    """
    lists = list(lists)
    if not lists:
        none = np.zeros(len(address), dtype=bool)
        return Matches(none, none.copy(), pa.nulls(len(address), pa.large_string()))
    keys, hosts = _compared(address, domain).dictionary_encode(), domain.dictionary_encode()
    rules: list[str] = []
    by_address = np.full(len(keys), -1)
    by_domain = np.full(len(keys), -1)
    for found in lists:
        if addresses:
            _note(by_address, keys, found, found.of("address"), rules, parents=False)
        if domains:
            _note(by_domain, hosts, found, found.of("domain"), rules, parents=subdomains)
    first = np.where(by_address >= 0, by_address, by_domain)
    taken = pa.array(first, pa.int64(), mask=first < 0)
    return Matches(by_address >= 0, by_domain >= 0, pa.array(rules, pa.large_string()).take(taken))


def _compared(address: pa.Array, domain: pa.Array) -> pa.Array:
    """Addresses as entries write them: lower case, the domain as A-labels."""
    local = pc.replace_substring_regex(address, r"@[^@]*$", "")
    return pc.utf8_lower(pc.binary_join_element_wise(local, domain, pa.scalar("@", pa.large_string())))


def _note(
    hits: np.ndarray[Any, Any],
    column: pa.DictionaryArray,
    found: RuleList,
    entries: dict[str, Entry],
    rules: list[str],
    *,
    parents: bool,
) -> None:
    """Write into `hits` the number of the rule that matches, where none does yet."""
    numbers = np.full(len(column.dictionary) + 1, -1)  # the last one is for null
    for place, text in enumerate(column.dictionary.to_pylist()):
        for name in _with_parents(text) if parents else (text,):
            if name in entries:
                entry = entries[name]
                numbers[place] = len(rules)
                rules.append(f"{found.name}:{entry.line}:{entry.text}")
                break
    codes = pc.fill_null(column.indices, len(column.dictionary)).to_numpy(zero_copy_only=False)
    hits[:] = np.where(hits >= 0, hits, numbers[codes])


def _with_parents(domain: str) -> Iterator[str]:
    """The domain, then its parents, without the last label alone."""
    while "." in domain:
        yield domain
        domain = domain.partition(".")[2]
