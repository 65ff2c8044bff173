"""Rule lists: what was read of a suppression or block list, by kind of entry."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.address import may_have_spellings, person_key
from hygiene.arrow.hashing import InProcess, Lookup, hash_texts
from hygiene.arrow.text import mask
from hygiene.errors import Note, option
from hygiene.lists.extract import Omitted
from hygiene.lists.hashed_entries import HashedEntries
from hygiene.lists.messages import counted, line_numbers, listed

__all__ = ["Entry", "RuleList", "Texts"]

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
        patterns: Entries for the addresses of one domain whose local part fits a pattern with stars.
        hashes: Entries that are hashes, by kind.
        literal: Every cell as it stands, which is how the API takes its own list.
        left: Lines that hold something that is no entry.
        missed: Lines that visibly hold an address or domain which cannot be applied.
        layout: How it was laid out, for people.
        header: Line that is taken for a header, though none is known; None where there is none.
        omitted: Rows that are left out.
        unsubscribed: Whose unsubscribed leads it is a snapshot of; empty for any other list.
        is_listing: Whether it was read from an API, where it is nobody's mistake that it holds nothing; `layout` then
            says among what it was looked for.
    """

    name: str
    addresses: Texts = field(repr=False)
    domains: Texts = field(repr=False)
    patterns: Texts = field(repr=False)
    hashes: tuple[HashedEntries, ...] = field(repr=False)
    literal: pa.Array = field(repr=False)
    left: tuple[int, ...] = ()
    missed: tuple[int, ...] = ()
    layout: str = ""
    header: int | None = None
    omitted: Omitted = field(default_factory=Omitted)
    unsubscribed: str = ""
    is_listing: bool = False

    def __len__(self) -> int:
        texts = len(self.addresses) + len(self.domains) + len(self.patterns)
        return texts + sum(len(each) for each in self.hashes)

    @property
    def _texts(self) -> dict[str, Texts]:
        return {"address": self.addresses, "domain": self.domains, "pattern": self.patterns}

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry, in the order of the list."""
        found = [
            Entry(int(line), kind, text)
            for kind, texts in self._texts.items()
            for line, text in zip(texts.line, texts.text.to_pylist(), strict=True)
        ]
        for each in self.hashes:
            hexes = each.hexes(np.arange(len(each)))
            found += [Entry(int(line), each.kind, text) for line, text in zip(each.line, hexes, strict=True)]
        return tuple(sorted(found, key=lambda entry: entry.line))

    @property
    def note(self) -> Note:
        """What was recognised, taken and left, in one sentence."""
        held = {kind: len(texts) for kind, texts in self._texts.items()}
        held |= {_HASHED[each.kind]: len(each) for each in self.hashes}
        taken = ", ".join(counted(count, kind) for kind, count in held.items() if count)
        if self.is_listing:
            told = f"{taken or 'none'}{self.layout and f', among {self.layout}'}"
        else:
            told = f"{self.layout}; {taken or 'nothing'} taken"
        return Note("; ".join([f"{self.name}: {told}", *self._rest()]) + ".")

    def _rest(self) -> Iterator[str]:
        """What was not taken, and why."""
        omitted = self.omitted
        if self.header is not None:
            yield f"line {self.header} taken for a header"
        if omitted.uncounted:
            told = listed([repr(name) for name in omitted.marks], "or")
            allowed = (
                f"{counted(omitted.uncounted, 'row')} not taken, for {told} says that they may be written to"
            )
            yield f"{allowed} ({option('all_rows', given=True)} to take them)"
        if omitted.blank:
            yield f"{counted(omitted.blank, 'row')} blank in {omitted.columns} not taken"
        if omitted.others:
            yield f"{counted(omitted.others, 'row')} of other clients not taken"
        if omitted.web:
            web = f"{counted(omitted.web, 'web address')} of a lead file not taken"
            yield f"{web} ({option('lead_domains', given=True)} to forbid their domains)"
        if omitted.elsewhere:
            yield f"addresses in {listed([repr(name) for name in omitted.elsewhere], 'and')} not read"
        if self.missed:
            missed = f"{counted(len(self.missed), 'line')} with an address or domain not taken"
            yield f"{missed}: {line_numbers(self.missed)}"
        if self.left:
            yield f"{counted(len(self.left), 'line')} left: {line_numbers(self.left)}"
