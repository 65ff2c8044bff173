"""Rule lists: what was read of a suppression or block list, by kind of entry.

A list that holds next to nothing that is an entry is refused, for a list that is not applied looks like
one that nobody is on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.address import may_have_spellings, person_key
from hygiene.arrow.hashing import InProcess, Lookup, hash_texts
from hygiene.arrow.text import mask
from hygiene.errors import ListError, option
from hygiene.lists.entries import HASHES, KINDS, judge
from hygiene.lists.extract import UNSUBSCRIBED, Cells, Omitted, find_cells
from hygiene.lists.hashed_entries import HashedEntries, Hashes
from hygiene.lists.messages import counted, line_numbers

__all__ = ["Entry", "RuleList", "Texts", "parse_list"]

#: Entries to a line that is none, above which nearly all lines are entries.
_PER_LEFT = 20
_HASHED = {"md5": "MD5 hash", "sha1": "SHA-1 hash", "sha256": "SHA-256 hash"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list.

    Attributes:
        line: Physical line it stands on, 1 being the first.
        kind: What it names: one of `entries.KINDS`.
        text: Compared form: lower case, domains as A-labels, hashes in hex.
    """

    line: int
    kind: str
    text: str


@dataclass(frozen=True)
class Texts(InProcess):
    """The entries of one kind: line and compared form, in the order of the list."""

    line: np.ndarray[Any, np.dtype[np.int64]]
    text: pa.Array

    def __len__(self) -> int:
        return len(self.text)

    @cached_property
    def lookup(self) -> Lookup:
        """Their places by their text."""
        return Lookup.of(self.text)

    @cached_property
    def persons(self) -> Lookup:
        """Their places by the person key of an address, of those that may be spelled otherwise."""
        rows = np.flatnonzero(mask(may_have_spellings(self.text)))
        text = self.text.take(pa.array(rows))
        return Lookup(hash_texts(person_key(text, pc.replace_substring_regex(text, "^.*@", ""))), rows)


@dataclass(frozen=True, slots=True)
class RuleList:
    """A suppression or block list that was read.

    Attributes:
        name: File or place it came from.
        addresses: Entries that are addresses.
        domains: Entries that are domains.
        hashes: Entries that are hashes, by kind.
        literal: Every cell as it stands, which is how the API takes its own list.
        left: Lines that hold something that is no entry.
        layout: How it was laid out, for people.
        header: Line that is taken for a header, though none is known; None where there is none.
        omitted: Rows that are left out.
        unsubscribed: Whose unsubscribed leads it is a snapshot of; empty for any other list.
    """

    name: str
    addresses: Texts = field(repr=False)
    domains: Texts = field(repr=False)
    hashes: tuple[HashedEntries, ...] = field(repr=False)
    literal: pa.Array = field(repr=False)
    left: tuple[int, ...] = ()
    layout: str = ""
    header: int | None = None
    omitted: Omitted = field(default_factory=Omitted)
    unsubscribed: str = ""

    def __len__(self) -> int:
        return len(self.addresses) + len(self.domains) + sum(len(each) for each in self.hashes)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry, in the order of the list."""
        found = [
            Entry(int(line), kind, text)
            for kind, texts in (("address", self.addresses), ("domain", self.domains))
            for line, text in zip(texts.line, texts.text.to_pylist(), strict=True)
        ]
        for each in self.hashes:
            hexes = each.hexes(np.arange(len(each)))
            found += [Entry(int(line), each.kind, text) for line, text in zip(each.line, hexes, strict=True)]
        return tuple(sorted(found, key=lambda entry: entry.line))

    @property
    def note(self) -> str:
        """What was recognised, taken and left, in one sentence."""
        held = {"address": len(self.addresses), "domain": len(self.domains)}
        held |= {_HASHED[each.kind]: len(each) for each in self.hashes}
        taken = ", ".join(counted(count, kind) for kind, count in held.items() if count) or "nothing"
        return f"{self.name}: {self.layout}; {taken} taken{''.join(f'; {part}' for part in self._rest())}."

    def _rest(self) -> Iterator[str]:
        """What was not taken, and why."""
        omitted = self.omitted
        if self.header is not None:
            yield f"line {self.header} taken for a header"
        if omitted.uncounted:
            yield f"{counted(omitted.uncounted, 'row')} without true not taken"
        if omitted.blank:
            yield f"{counted(omitted.blank, 'row')} blank in {omitted.columns} not taken"
        if omitted.others:
            yield f"{counted(omitted.others, 'row')} of other clients not taken"
        if self.left:
            yield f"{counted(len(self.left), 'line')} left: {line_numbers(self.left)}"


def parse_list(
    text: str | bytes,
    /,
    *,
    name: str,
    of_api: bool = False,
    may_be_empty: bool = False,
    client: int | None = None,
) -> RuleList:
    """Read the entries of a list: one a line with ``#`` comments, or CSV.

    An entry is an address; a domain written ``domain``, ``@domain``, ``.domain``, ``*.domain`` or as a
    URL; or the MD5, SHA-1 or SHA-256 of a trimmed lower-case address in hex. Of a snapshot of unsubscribed
    leads only addresses are entries, and it may have none: it is a fact.

    Args:
        text: The whole list; bytes are UTF-8.
        name: File or place it came from.
        of_api: Whether it is a snapshot of the API's own block list: it may be empty and hold anything,
            a hash is no entry of it, and entries of clients other than `client` are left out.
        may_be_empty: Whether a list without entries is meant so.
        client: The client whose entries are taken beside those of no client.

    Raises:
        ListError: no line holds an entry, or most hold none.
    """
    data = text.encode("utf-8", "backslashreplace") if isinstance(text, str) else text
    del text
    data = data.removeprefix(b"\xef\xbb\xbf")
    found = [find_cells(data, name=name, of_api=of_api, client=client)]
    unsubscribed = "" if of_api else _whose_unsubscribed(data, found[0])
    del data  # a list of millions of hashes is let go of before they are sorted
    rules = _compiled(name, found, of_api=of_api, unsubscribed=unsubscribed)
    if not of_api and not unsubscribed:
        _check(rules, may_be_empty=may_be_empty)
    return rules


def _whose_unsubscribed(data: bytes, found: Cells) -> str:
    """Whose unsubscribed leads a list is a snapshot of, where its header is there; empty for any other."""
    start = UNSUBSCRIBED.encode()
    if not found.headed or not data.startswith(start):
        return ""
    return data[len(start) :].partition(b"\n")[0].decode("utf-8", "replace").strip()


def _compiled(name: str, given: list[Cells], *, of_api: bool, unsubscribed: str) -> RuleList:
    """The entries by kind, read some at a time: of a hash no more stays than its octets.

    Args:
        name: Where the list came from.
        given: Its cells, which are taken out and let go of when they were read.
        of_api: Whether it is the API's own.
        unsubscribed: Whose unsubscribed leads it is a snapshot of, so that only addresses are entries.
    """
    found = given.pop()
    layout, omitted = found.layout, found.omitted
    header = None if of_api else found.may_be_header()
    kinds = KINDS[:1] if unsubscribed else KINDS
    texts, hashes, literal, left = _by_kind(found, kinds, of_api=of_api)
    del found
    addresses, domains = (_joined(texts[kind]) for kind in ("address", "domain"))
    rules = RuleList(
        name,
        addresses,
        domains,
        tuple(HashedEntries.of(kind, parts) for kind, parts in hashes.items() if parts),
        pa.concat_arrays(literal) if of_api else pa.concat_arrays([addresses.text, domains.text]),
        tuple(sorted(set(left))),
        layout,
        omitted=omitted,
        unsubscribed=unsubscribed,
    )
    return rules if header is None else _without_header(rules, header)


def _without_header(rules: RuleList, line: int) -> RuleList:
    """The list with a first line of words taken for a header, where it is no entry and nearly all others are."""
    left = tuple(other for other in rules.left if other != line)
    if len(left) == len(rules.left) or len(rules) <= _PER_LEFT * len(left):
        return rules
    return replace(rules, left=left, header=line)


def _by_kind(
    found: Cells, kinds: Sequence[str], *, of_api: bool
) -> tuple[dict[str, list[Texts]], dict[str, list[Hashes]], list[pa.Array], list[int]]:
    """The entries of these kinds, texts and hashes apart, every cell of the API's own list, and lines without one."""
    texts: dict[str, list[Texts]] = {"address": [], "domain": []}
    hashes: dict[str, list[Hashes]] = {kind: [] for kind in HASHES.values()}
    literal: list[pa.Array] = [pa.array([], pa.large_string())]
    left = list(found.broken)
    for line, given, cells in found.slices():
        judged = judge(cells, hashes=not of_api, single_labels=of_api)
        left += line[(judged.kind < 0) | (judged.kind >= len(kinds))].tolist()
        if of_api:
            literal.append(given)
        for code, kind in enumerate(kinds):
            rows = np.flatnonzero(judged.kind == code)
            part = Texts(line[rows], judged.text.take(pa.array(rows)))
            if kind in texts:
                texts[kind].append(part)
            elif len(rows):
                hashes[kind].append(Hashes.from_hex(part.text, part.line))
    return texts, hashes, literal, left


def _joined(parts: Sequence[Texts]) -> Texts:
    none = Texts(np.zeros(0, np.int64), pa.array([], pa.large_string()))
    lines, texts = [part.line for part in (none, *parts)], [part.text for part in (none, *parts)]
    return Texts(np.concatenate(lines), pa.concat_arrays(texts))


def _check(rules: RuleList, *, may_be_empty: bool) -> None:
    if len(rules.left) > len(rules):
        some = f"{counted(len(rules), 'entry')} and " if len(rules) else "no entry found, and "
        msg = (
            f"{rules.name}: {some}{counted(len(rules.left), 'line')} that hold none: "
            f"{line_numbers(rules.left)}. Expected addresses, domains or hashes, one a line or under a header "
            "such as 'email'. Mend the list; half of one is not applied."
        )
        raise ListError(msg)
    if not len(rules) and not may_be_empty:
        raise ListError(
            f"{rules.name}: {_nothing(rules)} If it is meant to be empty, say {option('allow_empty_list', given=True)}."
        )


def _nothing(rules: RuleList) -> str:
    """Why a list has no entry."""
    omitted = rules.omitted
    parts = []
    if omitted.uncounted:
        parts.append(f"{counted(omitted.uncounted, 'row')} left out because no column says true")
    if omitted.blank:
        parts.append(f"{counted(omitted.blank, 'row')} left out because {omitted.columns} is blank")
    if parts:
        return f"no entry found: {' and '.join(parts)} ({rules.layout})."
    return (
        "no entry found; expected addresses, domains or hashes, one a line or under a header such as 'email'."
    )
