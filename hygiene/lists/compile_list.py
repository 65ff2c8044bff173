"""Compiling: the cells of a list as a rule list, or the refusal of one that is none.

A list that holds next to nothing that is an entry is refused, for a list that is not applied looks like
one that nobody is on.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask
from hygiene.errors import ListError, option
from hygiene.lists.entries import HASHES, KINDS
from hygiene.lists.extract import Cells, Omitted, Reading, find_cells
from hygiene.lists.hashed_entries import HashedEntries, Hashes
from hygiene.lists.messages import counted, line_numbers, listed
from hygiene.lists.pieces import Found, find_entries
from hygiene.lists.rule_list import RuleList, Texts

__all__ = ["compile_list", "parse_list"]

#: Entries to a line that is none, above which nearly all lines are entries.
_PER_LEFT = 20
#: What is left of a JSON array on the lines without an entry.
_BRACKETS = r"^[\[\]{}(),;\s]+$"
#: A web address, where an address is expected: a scheme, the host name of a site, or a path.
_WEB = r"^\s*(?:[a-z][a-z0-9+.-]*://|www\.|[^\s@/]+/)"


def parse_list(
    text: str | bytes,
    /,
    *,
    name: str,
    of_api: bool = False,
    may_be_empty: bool = False,
    client: int | None = None,
    all_rows: bool = False,
    lead_domains: bool = False,
) -> RuleList:
    """Read the entries of a list: one a line with ``#`` comments, or CSV.

    An entry is an address; a domain written ``domain``, ``@domain``, ``.domain``, ``*.domain`` or as a
    URL; an address with stars in its local part; or the MD5, SHA-1 or SHA-256 of a trimmed lower-case address
    in hex. A cell may hold several. Of a snapshot of unsubscribed leads only addresses are entries, and it may have
    none: it is a fact.

    Args:
        text: The whole list; bytes are UTF-8.
        name: File or place it came from.
        of_api: Whether it is a snapshot of the API's own block list: it may be empty and hold anything,
            a hash is no entry of it, and entries of clients other than `client` are left out.
        may_be_empty: Whether a list without entries is meant so.
        client: The client whose entries are taken beside those of no client.
        all_rows: Whether rows count whose marks say that they may be written to.
        lead_domains: Whether a web address among the addresses of a file of leads forbids its domain.

    Raises:
        ListError: no line holds an entry, most hold none, or one visibly holds an address or domain that
            cannot be applied.
    """
    data = text.encode("utf-8", "backslashreplace") if isinstance(text, str) else text
    del text
    reading = Reading(of_api=of_api, client=client, all_rows=all_rows, lead_domains=lead_domains)
    found = [find_cells(data.removeprefix(b"\xef\xbb\xbf"), name=name, reading=reading)]
    del data  # a list of millions of hashes is let go of before they are sorted
    return compile_list(name, found, reading=reading, may_be_empty=may_be_empty)


def compile_list(
    name: str, given: list[Cells], /, *, reading: Reading, may_be_empty: bool = False
) -> RuleList:
    """A list from its cells, read some at a time: of a hash no more stays than its octets.

    Args:
        name: Where the list came from.
        given: Its cells, which are taken out and let go of when they were read.
        reading: How it is meant.
        may_be_empty: Whether a list without entries is meant so.

    Raises:
        ListError: as `parse_list`.
    """
    layout, omitted, header, headed, unsubscribed = "", Omitted(), None, False, ""
    gathered = _Gathered(reading)
    while given:
        cells = given.pop(0)
        layout, omitted = "; ".join(filter(None, (layout, cells.layout))), omitted + cells.omitted
        header = header or (None if reading.of_api else cells.may_be_header())
        headed, unsubscribed = headed or cells.headed, cells.unsubscribed
        gathered.add(cells)
        del cells  # with the text that it is cut from
    rules = replace(gathered.rules(name, layout, omitted), unsubscribed=unsubscribed)
    if header is not None:
        rules = _without_header(rules, header)
    if not reading.of_api and not unsubscribed:
        _check(rules, headed=headed, may_be_empty=may_be_empty)
    return rules


class _Gathered:
    """The entries that are texts and those that are hashes, every cell as it stands, and lines without an entry."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._texts: dict[str, list[Texts]] = {"address": [], "domain": [], "pattern": []}
        self._hashes: dict[str, list[Hashes]] = {kind: [] for kind in HASHES.values()}
        self._literal: list[pa.Array] = [pa.array([], pa.large_string())]
        self._left: list[int] = []
        self._missed: list[int] = []
        self._web = 0

    def add(self, cells: Cells) -> None:
        """Take the entries of cells."""
        self._missed += cells.broken
        lines, with_entry = [], []
        for line, given, text in cells.slices():
            if self._reading.of_api:
                self._literal.append(given)
            found = self._find(text)
            if cells.unsubscribed:
                found = found.of_kind(KINDS.index("address"))
            if cells.of_leads:
                found = self._without_web(text, found)
            self._keep(line, text, found)
            if len(cells.instead[0]):
                lines.append(line)
                with_entry.append(line[found.cell])
        if len(cells.instead[0]):
            none = np.zeros(0, np.int64)
            line, text = cells.beside(np.setdiff1d(cells.instead[0], np.concatenate([none, *with_entry])))
            self._keep(line, text, self._find(text))
            # a row is not left whose domain counts in place of what is no address
            taken = set(line.tolist())
            self._left = [each for each in self._left if each not in taken]

    def _find(self, text: pa.Array) -> Found:
        return find_entries(text, hashes=not self._reading.of_api, single_labels=self._reading.of_api)

    def _without_web(self, text: pa.Array, found: Found) -> Found:
        """The entries of a file of leads without the web addresses among its addresses."""
        if self._reading.lead_domains or not (found.kind == KINDS.index("domain")).any():
            return found
        web = mask(pc.match_substring_regex(text, _WEB, ignore_case=True))[found.cell]
        web &= found.kind == KINDS.index("domain")
        self._web += len(np.unique(found.cell[web]))
        return found.where(~web)

    def _keep(self, line: np.ndarray[Any, Any], text: pa.Array, found: Found) -> None:
        lines = line[found.cell]
        for code, kind in enumerate(KINDS):
            rows = np.flatnonzero(found.kind == code)
            part = Texts(lines[rows], found.text.take(pa.array(rows)))
            if kind in self._texts:
                self._texts[kind].append(part)
            elif len(rows):
                self._hashes[kind].append(Hashes.from_hex(part.text, part.line))
        words = ~mask(pc.match_substring_regex(text.take(pa.array(found.without)), _BRACKETS))
        self._missed += line[found.missed].tolist()
        self._left += np.setdiff1d(line[found.without[words]], line[found.missed]).tolist()

    def rules(self, name: str, layout: str, omitted: Omitted) -> RuleList:
        """The list of all that was taken."""
        addresses, domains, patterns = (_joined(parts) for parts in self._texts.values())
        literal = [addresses.text, domains.text]
        return RuleList(
            name,
            addresses,
            domains,
            patterns,
            tuple(HashedEntries.of(kind, parts) for kind, parts in self._hashes.items() if parts),
            pa.concat_arrays(self._literal if self._reading.of_api else literal),
            tuple(sorted(set(self._left))),
            tuple(sorted(set(self._missed))),
            layout,
            omitted=replace(omitted, web=omitted.web + self._web),
        )


def _without_header(rules: RuleList, line: int) -> RuleList:
    """The list with a first line of words taken for a header, where it is no entry and nearly all others are."""
    left = tuple(other for other in rules.left if other != line)
    if len(left) == len(rules.left) or len(rules) <= _PER_LEFT * len(left):
        return rules
    return replace(rules, left=left, header=line)


def _joined(parts: Sequence[Texts]) -> Texts:
    none = Texts(np.zeros(0, np.int64), pa.array([], pa.large_string()))
    lines, texts = [part.line for part in (none, *parts)], [part.text for part in (none, *parts)]
    return Texts(np.concatenate(lines), pa.concat_arrays(texts))


def _check(rules: RuleList, *, headed: bool, may_be_empty: bool) -> None:
    if rules.missed:
        msg = (
            f"{rules.name}: {counted(len(rules.missed), 'line')} with an address or domain that cannot be applied "
            f"as it is written: {line_numbers(rules.missed)}. Correct or remove what stands there, so that nobody "
            "on the list is missed, and run the command again."
        )
        raise ListError(msg)
    if len(rules.left) > len(rules) and not (headed and len(rules)):
        some = f"{counted(len(rules), 'entry')} and " if len(rules) else "no entry found, and "
        msg = (
            f"{rules.name}: {some}{counted(len(rules.left), 'line')} that hold none: "
            f"{line_numbers(rules.left)}. Expected addresses, domains or hashes, one a line or under a header "
            "such as 'email'. Mend the list; half of one is not applied."
        )
        raise ListError(msg)
    if not len(rules) and not may_be_empty:
        raise ListError(f"{rules.name}: {_nothing(rules)}")


def _nothing(rules: RuleList) -> str:
    """Why a list has no entry, and what to do."""
    omitted = rules.omitted
    meant = f"If it is meant to be empty, say {option('allow_empty_list', given=True)}."
    if omitted.web:
        web = f"no entry found but {counted(omitted.web, 'web address')} of a lead file"
        return f"{web}. To forbid their domains, say {option('lead_domains', given=True)}."
    if omitted.uncounted:
        told = listed([repr(name) for name in omitted.marks], "or")
        gone = (
            f"no row is marked as opted out: {counted(omitted.uncounted, 'row')} left out because {told} says"
        )
        return (
            f"{gone} that they may be written to. To forbid them all, say {option('all_rows', given=True)}."
        )
    if omitted.blank:
        gone = f"{counted(omitted.blank, 'row')} left out because {omitted.columns} is blank ({rules.layout})"
        return f"no entry found: {gone}. {meant}"
    return (
        "no entry found; expected addresses, domains or hashes, one a line or under a header such as 'email'. "
        f"{meant}"
    )
