"""Relating: what rows are to lists, to known leads and to each other, over all chunks at once.

The passes themselves stand in `blocklist`, `optouts` and `duplicates`; here their answers become reasons.
Nothing here reads a cell but the address.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.address import Addresses, exact_key, person_key
from hygiene.blocklist import Matches, match
from hygiene.duplicates import Repeats, find_repeats
from hygiene.findings import Findings
from hygiene.optouts import Marks
from hygiene.settings import KnownLeads, Settings
from hygiene.text import Mask, mask

__all__ = ["Compared", "Related", "relate"]

_TEXT = pa.large_string()


@dataclass(slots=True)
class Related:
    """What rows are to others, by position; text, null where there is nothing to say.

    Attributes:
        matched_rule: ``list:line:entry`` of the suppression or block list entry that names the row, or
            ``source:line:column`` of the mark that suppresses it.
        duplicate_of: Number of the row that stays; "known" for a known lead.
        cluster: Number of the row that stays, for every row of a lead that has several.
        match: Kind of match with the row that stays or the known lead: "exact" or "person".
        known_as: ``list:line`` of the known lead.
    """

    matched_rule: pa.Array
    duplicate_of: pa.Array
    cluster: pa.Array
    match: pa.Array
    known_as: pa.Array

    @classmethod
    def blank(cls, rows: int, /) -> "Related":
        """Nothing to say."""
        return cls(*[pa.nulls(rows, _TEXT)] * 5)

    def cut(self, start: int, rows: int, /) -> "Related":
        """The same for some of the rows."""
        every = (self.matched_rule, self.duplicate_of, self.cluster, self.match, self.known_as)
        return Related(*(column.slice(start, rows) for column in every))


@dataclass(slots=True)
class Compared:
    """What is compared of one chunk, by position.

    Attributes:
        findings: The reasons of its rows, which are added to.
        addresses: Their addresses.
        cells: The email cells they came from.
        marks: Opt-out marks in their columns.
        merits: How good each row is among rows of the same lead.
        related: Set by `relate`.
    """

    findings: Findings
    addresses: Addresses
    cells: pa.Array
    marks: Marks
    merits: np.ndarray[Any, np.dtype[np.int64]]
    related: Related


class _Whole:
    """The columns of all chunks as one."""

    def __init__(self, chunks: Sequence[Compared], settings: Settings) -> None:
        self.chunks = chunks
        self.rows = sum(chunk.findings.rows for chunk in chunks)
        self.address = _joined([chunk.addresses.address for chunk in chunks])
        self.domain = _joined([chunk.addresses.domain for chunk in chunks])
        self.exact = exact_key(self.address)
        self.person = person_key(self.address, self.domain) if settings.match == "person" else None
        self.key = self.exact if self.person is None else self.person

    def add(self, masks: Mapping[str, Mask]) -> None:
        start = 0
        for chunk in self.chunks:
            here = slice(start, start + chunk.findings.rows)
            chunk.findings.add({code: rows[here] for code, rows in masks.items()})
            start += chunk.findings.rows


def _joined(columns: Sequence[pa.Array]) -> pa.Array:
    return pa.concat_arrays(columns) if columns else pa.nulls(0, _TEXT)


def relate(chunks: Sequence[Compared], settings: Settings, /) -> Repeats:
    """Note what rows are to lists, to known leads and to each other, and say which rows repeat.

    Args:
        chunks: All chunks, in order; their findings are added to, and `related` is set.
        settings: The lists, and what makes rows the same.
    """
    whole = _Whole(chunks, settings)
    rule = _match_lists(whole, settings)
    known_as, known_match = _find_known(whole, settings.duplicating)
    ranks = [chunk.findings.ranks() for chunk in chunks]
    merits = [chunk.merits for chunk in chunks]
    repeats = find_repeats(
        whole.key,
        rank=np.concatenate(ranks) if ranks else None,
        merit=np.concatenate(merits) if merits else None,
        last=settings.keep.rule == "last",
    )
    whole.add({"duplicate_in_file": repeats.replaced})
    related = _related(whole, repeats, rule, known_as, known_match)
    start = 0
    for chunk in chunks:
        chunk.related = related.cut(start, chunk.findings.rows)
        start += chunk.findings.rows
    return repeats


def _match_lists(whole: _Whole, settings: Settings) -> pa.Array:
    """Note what lists and opt-out marks say, and return the rule that says so."""
    policy, waived = settings.policy, settings.waive_blocklist
    rows = {"address": whole.address, "domain": whole.domain}
    cells = [_joined([chunk.cells for chunk in whole.chunks])] if _has_hashes(settings) else []
    suppressed = match(settings.suppress or (), **rows, also=cells, person=whole.person, subdomains=True)
    blocked = match(
        settings.blocklist or (),
        **rows,
        addresses=policy.block_addresses and not (waived and policy.waive_covers == "all"),
        domains=policy.block_domains and not waived,
        subdomains=policy.block_subdomains,
    )
    marks = _spread(whole.key, _joined([chunk.marks.rule for chunk in whole.chunks]))
    named, rule = _of_person(whole, suppressed)
    whole.add(
        {
            "suppressed_address": named,
            "suppressed_domain": suppressed.domain,
            "suppressed_hash": suppressed.hash,
            "suppressed_column": _there(marks),
            "blocked_address": blocked.address,
            "blocked_domain": blocked.domain,
        }
    )
    return pc.coalesce(rule, marks, blocked.rule)


def _has_hashes(settings: Settings) -> bool:
    return any(rules.hashes for rules in settings.suppress or ())


def _of_person(whole: _Whole, suppressed: Matches) -> tuple[Mask, pa.Array]:
    """What suppresses an address; where rows are matched by person, what suppresses one of its copies too."""
    if whole.person is None:
        return suppressed.address, suppressed.rule
    named = suppressed.address | suppressed.hash
    copies = _spread(whole.key, pc.if_else(pa.array(named), suppressed.rule, None))
    of_copy = _there(copies) & ~suppressed.hash
    return suppressed.address | of_copy, pc.coalesce(suppressed.rule, copies)


def _spread(key: pa.Array, texts: pa.Array) -> pa.Array:
    """Each row's text, else the first one that a row with its key has."""
    rows = np.flatnonzero(_there(texts))
    if not len(rows):
        return texts
    keys, values = key.take(pa.array(rows)), texts.take(pa.array(rows))
    return pc.coalesce(texts, values.take(pc.index_in(key, value_set=keys, skip_nulls=True)))


def _find_known(whole: _Whole, known: Sequence[KnownLeads]) -> tuple[pa.Array, pa.Array]:
    """Note duplicates of known leads; place and kind of match of each."""
    place, kind = pa.nulls(whole.rows, _TEXT), pa.nulls(whole.rows, _TEXT)
    for leads in known:
        line = pc.cast(pa.array(leads.line), _TEXT)
        at = pc.binary_join_element_wise(pa.scalar(leads.name, _TEXT), line, pa.scalar(":", _TEXT))
        found = at.take(pc.index_in(whole.exact, value_set=exact_key(leads.address), skip_nulls=True))
        place, kind = pc.coalesce(place, found), pc.coalesce(kind, _say("exact", _there(found)))
        if whole.person is not None:
            keys = person_key(leads.address, leads.domain)
            found = at.take(pc.index_in(whole.person, value_set=keys, skip_nulls=True))
            place, kind = pc.coalesce(place, found), pc.coalesce(kind, _say("person", _there(found)))
    whole.add({"duplicate_of_known": _there(place)})
    return place, kind


def _related(
    whole: _Whole, repeats: Repeats, rule: pa.Array, known_as: pa.Array, known_match: pa.Array
) -> Related:
    replaced = np.flatnonzero(repeats.replaced)
    stays = pc.cast(pa.array(repeats.stays + 1), _TEXT)
    in_cluster = np.zeros(whole.rows, dtype=bool)
    in_cluster[repeats.order] = True
    exact = np.zeros(whole.rows, dtype=bool)
    kept = whole.exact.take(pa.array(repeats.stays[replaced]))
    exact[replaced] = mask(pc.equal(whole.exact.take(pa.array(replaced)), kept))
    kind = pc.coalesce(_say("exact", exact), _say("person", repeats.replaced))
    return Related(
        matched_rule=rule,
        duplicate_of=pc.coalesce(_where(repeats.replaced, stays), _say("known", _there(known_as))),
        cluster=_where(in_cluster, stays),
        match=pc.coalesce(kind, known_match),
        known_as=known_as,
    )


def _say(word: str, rows: Mask) -> pa.Array:
    return pc.if_else(pa.array(rows), pa.scalar(word, _TEXT), pa.scalar(None, _TEXT))


def _where(rows: Mask, texts: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(rows), texts, pa.scalar(None, _TEXT))


def _there(texts: pa.Array) -> Mask:
    return mask(pc.is_valid(texts))
