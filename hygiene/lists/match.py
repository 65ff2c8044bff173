"""Matching: which rows are on which list, and which entry says so.

Every row is held against every entry by columns: the addresses as a whole, each distinct domain and the
domains above it, the hashes of the addresses, and patterns at their domains. What a match means for a row is not
decided here.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.address import exact_key, has_spellings, person_key, spellings
from hygiene.arrow.hashing import hash_texts
from hygiene.arrow.text import Mask, lower_case, mask
from hygiene.lists.entries import QUOTES
from hygiene.lists.hashed_entries import HashedEntries
from hygiene.lists.reach import reached
from hygiene.lists.rule_list import RuleList, Texts

__all__ = ["Matches", "match", "match_otherwise"]

_Places: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
_TEXT = pa.large_string()


@dataclass(frozen=True, slots=True)
class Matches:
    """Rows that a number of lists match, by position.

    Attributes:
        address: True where an entry is the row's address.
        domain: True where an entry is the row's domain or, where asked for, a parent of it or one that reaches it.
        hash: True where an entry is a hash of the row's address.
        rule: ``list:line:entry`` of the first match; null elsewhere.
    """

    address: Mask
    domain: Mask
    hash: Mask
    rule: pa.Array


class _Rules:
    """The first rule that was found for each row."""

    def __init__(self, rows: int) -> None:
        self._number = np.full(rows, -1, dtype=np.int64)
        self._texts: list[pa.Array] = []
        self._count = 0

    def note(self, name: str, found: _Places, entries: Texts | HashedEntries) -> Mask:
        """Keep the rule of the rows that are found and have none yet; True where one is found."""
        new = np.flatnonzero((found >= 0) & (self._number < 0))
        if len(new):
            self._number[new] = np.arange(self._count, self._count + len(new))
            self._count += len(new)
            self._texts.append(_texts(name, entries, found[new]))
        there: Mask = found >= 0
        return there

    def taken(self) -> pa.Array:
        if not self._count:
            return pa.nulls(len(self._number), _TEXT)
        return pa.concat_arrays(self._texts).take(pa.array(self._number, mask=self._number < 0))


def match(
    lists: Iterable[RuleList],
    /,
    *,
    address: pa.Array,
    domain: pa.Array,
    also: Sequence[pa.Array] = (),
    person: pa.Array | None = None,
    addresses: bool = True,
    domains: bool = True,
    subdomains: bool,
    reach: str = "name",
) -> Matches:
    """Match rows against lists, each row against every entry.

    Args:
        lists: Lists in order of priority for `Matches.rule`.
        address: Normalized addresses by position, null for none.
        domain: Their domains as A-labels.
        also: Other spellings of the addresses, which may be what somebody hashed.
        person: Keys under which an address of the same person matches too; None where they do not.
        addresses: Whether entries that are addresses match.
        domains: Whether entries that are domains match.
        subdomains: Whether an entry for a domain matches its subdomains.
        reach: What it matches beside these (`ImportPolicy.block_reach`).
    """
    lists = list(lists)
    rules = _Rules(len(address))
    found = {kind: np.zeros(len(address), dtype=bool) for kind in ("address", "domain", "hash")}
    if not lists:
        return Matches(found["address"], found["domain"], found["hash"], rules.taken())
    keys = _compared(address, domain)
    hashes = hash_texts(keys)
    persons = None if person is None else hash_texts(person)
    hosts = domain.dictionary_encode()
    spelled = [lower_case(pc.utf8_trim_whitespace(text)) for text in (address, *also)]
    spelled += [] if person is None else spellings(address, domain)
    for each in lists:
        if addresses and len(each.addresses):
            found["address"] |= rules.note(each.name, each.addresses.lookup.find(hashes), each.addresses)
            if persons is not None:
                same = each.addresses.persons.find(persons)
                found["address"] |= rules.note(each.name, same, each.addresses)
        if addresses and len(each.patterns):
            hits = _patterns(hosts, keys, each.patterns)
            found["address"] |= rules.note(each.name, hits, each.patterns)
        for digests in each.hashes if addresses else ():
            hits = _hashed(digests, [keys, *spelled])
            found["hash"] |= rules.note(each.name, hits, digests)
        if domains and len(each.domains):
            hits = _domains(hosts, each.domains, parents=subdomains, reach=reach)
            found["domain"] |= rules.note(each.name, hits, each.domains)
    return Matches(found["address"], found["domain"], found["hash"], rules.taken())


def match_otherwise(
    lists: Sequence[RuleList], /, *, address: pa.Array, domain: pa.Array, but: Mask
) -> pa.Array:
    """Match rows against entries for the same mailbox under another spelling, as its provider delivers it.

    Args:
        lists: Lists in order of priority.
        address: Normalized addresses by position, null for none.
        domain: Their domains as A-labels.
        but: Rows that are left out, such as those that an entry names as they are.

    Returns:
        ``list:line:entry`` of the first entry of each row; null for none.
    """
    named = any(each.hashes or len(each.addresses.persons) for each in lists)
    rows = np.flatnonzero(mask(has_spellings(domain)) & ~but) if named else np.arange(0)
    if not len(rows):
        return pa.nulls(len(address), _TEXT)
    part, hosts = address.take(pa.array(rows)), domain.take(pa.array(rows))
    rules, persons = _Rules(len(rows)), hash_texts(person_key(part, hosts))
    for each in lists:
        if len(each.addresses):
            rules.note(each.name, each.addresses.persons.find(persons), each.addresses)
        for digests in each.hashes:
            rules.note(each.name, _hashed(digests, _others(part, hosts)), digests)
    place = np.full(len(address), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    return rules.taken().take(pa.array(place, mask=place < 0))


def _others(address: pa.Array, domain: pa.Array) -> list[pa.Array]:
    """The spellings of addresses but the one they have."""
    own, none = exact_key(address), pa.scalar(None, _TEXT)
    return [pc.if_else(pc.equal(text, own), none, text) for text in spellings(address, domain)]


def _compared(address: pa.Array, domain: pa.Array) -> pa.Array:
    """Addresses as entries write them: lower case, the domain as A-labels, no quote before them."""
    if pc.all(pc.string_is_ascii(address)).as_py():
        return pc.ascii_ltrim(lower_case(address), characters=QUOTES)
    address = pc.utf8_ltrim(address, characters=QUOTES)
    local = pc.replace_substring_regex(address, r"@[^@]*$", "")
    return lower_case(pc.binary_join_element_wise(local, domain, pa.scalar("@", _TEXT)))


def _domains(hosts: pa.DictionaryArray, entries: Texts, *, parents: bool, reach: str) -> _Places:
    """Position of the entry that is each row's domain, else of the nearest above, else of one that reaches it."""
    names = hosts.dictionary
    found = entries.lookup.find(hash_texts(names))
    while parents and pc.any(pc.match_substring(names, ".")).as_py():
        names = pc.replace_substring_regex(names, r"^[^.]*(?:\.|$)", "")
        found = np.where(found >= 0, found, entries.lookup.find(hash_texts(names)))
    found = np.where(found >= 0, found, reached(hosts.dictionary, entries, reach=reach))
    codes = pc.fill_null(hosts.indices, len(found)).to_numpy(zero_copy_only=False)
    places: _Places = np.append(found, -1)[codes]
    return places


def _patterns(hosts: pa.DictionaryArray, keys: pa.Array, entries: Texts) -> _Places:
    """Position of the first pattern that each row's address fits; only addresses at its domain are looked at."""
    found = np.full(len(keys), -1, dtype=np.int64)
    for place, pattern in enumerate(entries.text.to_pylist()):
        local, _, domain = pattern.rpartition("@")
        code = pc.index(hosts.dictionary, domain).as_py()
        rows = np.flatnonzero(mask(pc.equal(hosts.indices, code)))
        if len(rows):
            fitting = f"^{'.*'.join(map(re.escape, local.split('*')))}@"
            fits = mask(pc.match_substring_regex(keys.take(pa.array(rows)), fitting))
            found[rows[fits & (found[rows] < 0)]] = place
    return found


def _hashed(digests: HashedEntries, spellings: Sequence[pa.Array]) -> _Places:
    """Position of the first hash of each row, whichever spelling was hashed."""
    found = digests.find(spellings[0])
    for place, texts in enumerate(spellings[1:], 1):
        new = pc.is_valid(texts)
        for before in spellings[:place]:
            new = pc.and_(new, pc.fill_null(pc.not_equal(texts, before), fill_value=True))
        rows = np.flatnonzero(pc.and_(new, pa.array(found < 0)).to_numpy(zero_copy_only=False))
        if len(rows):
            found[rows] = digests.find(texts.take(pa.array(rows)))
    return found


def _texts(name: str, entries: Texts | HashedEntries, places: _Places) -> pa.Array:
    """``list:line:entry`` of the entries at these positions."""
    line = pc.cast(pa.array(entries.line[places]), _TEXT)
    if isinstance(entries, HashedEntries):
        text = pa.array(entries.hexes(places), _TEXT)
    else:
        text = entries.text.take(pa.array(places))
    return pc.binary_join_element_wise(pa.scalar(name, _TEXT), line, text, pa.scalar(":", _TEXT))
