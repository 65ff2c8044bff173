"""Relating: what lists and known leads say of the rows of one chunk.

The passes themselves stand in `lists` and `address`; here their answers become reasons. What rows are to
each other is for `dedup.key_index`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.address import Keys
from hygiene.arrow.text import Mask, not_null, word_where
from hygiene.cleaning.further import Further, further_of
from hygiene.cleaning.settings import Settings
from hygiene.lists import Matches, match, match_otherwise
from hygiene.lists.known_leads import KnownLeads
from hygiene.prediction.acting_entries import acting

__all__ = ["ListMatches", "check_lists"]

_TEXT = pa.large_string()


@dataclass(frozen=True, slots=True)
class ListMatches:
    """What lists and known leads say of rows, by position.

    Attributes:
        masks: Reason code to mask.
        suppressed: ``list:line:entry`` of the suppression list entry that names the row; null for none.
        near: The same of an entry for the same mailbox in another spelling, where rows are matched exactly.
        blocked: The same of the block list.
        known_as: ``list:line`` of the known lead; null for none.
        known_match: Kind of match with it: "exact" or "person".
    """

    masks: Mapping[str, Mask]
    suppressed: pa.Array
    near: pa.Array
    blocked: pa.Array
    known_as: pa.Array
    known_match: pa.Array

    @property
    def named(self) -> pa.Array:
        """The suppression entry of rows that one for an address names; null elsewhere."""
        rows = pa.array(self.masks["suppressed_address"] | self.masks["suppressed_hash"])
        return pc.if_else(rows, self.suppressed, pa.scalar(None, _TEXT))


def check_lists(
    settings: Settings,
    keys: Keys,
    /,
    *,
    cells: pa.Array,
    address: pa.Array,
    domain: pa.Array,
    others: pa.Array,
) -> ListMatches:
    """Hold the rows of one chunk against the lists and the known leads of the settings.

    Args:
        settings: The lists.
        keys: The keys of the addresses.
        cells: The email cells, another spelling of the addresses that somebody may have hashed.
        address: Normalized addresses by position; null for none.
        domain: Their domains as A-labels.
        others: Further addresses of cells with several: what forbids one of them forbids the row.
    """
    acts = acting(settings.policy, waived=settings.waive_blocklist)
    rows: dict[str, Any] = {"address": address, "domain": domain}
    hashed = any(rules.hashes for rules in settings.suppress or ())
    also = [cells] if hashed else []
    suppressed = match(settings.suppress or (), **rows, also=also, person=keys.person, subdomains=True)
    if settings.suppress and others.null_count < len(others):
        suppressed = _with_further(suppressed, settings, further_of(others))
    blocked = match(
        settings.blocklist or (),
        **rows,
        addresses=acts.addresses,
        domains=acts.domains,
        subdomains=acts.subdomains,
        reach=settings.policy.block_reach,
    )
    known_as, known_match = _find_known(keys, settings.duplicating)
    masks = _masks(suppressed, blocked) | {"duplicate_of_known": not_null(known_as)}
    near = match_otherwise(settings.suppress or (), **rows, but=not_null(suppressed.rule))
    if settings.suppress and others.null_count < len(others):
        near = _near_further(near, settings, further_of(others), but=not_null(suppressed.rule))
    return ListMatches(masks, suppressed.rule, near, blocked.rule, known_as, known_match)


def _with_further(found: Matches, settings: Settings, further: Further) -> Matches:
    """Matches of rows, those of the further addresses of their cells included."""
    person = further.keys(by_person=settings.by_person).person
    more = match(
        settings.suppress or (),
        address=further.address,
        domain=further.domain,
        person=person,
        subdomains=True,
    )
    hit = np.flatnonzero(not_null(more.rule))
    rows = further.rows[hit]
    masks = {name: getattr(found, name).copy() for name in ("address", "domain", "hash")}
    for name, mask in masks.items():
        mask[rows[getattr(more, name)[hit]]] = True  # a row may stand there several times
    place = np.full(len(found.address), -1, dtype=np.int64)
    place[rows[::-1]] = hit[::-1]  # of several the first
    rule = pc.coalesce(found.rule, more.rule.take(pa.array(place, mask=place < 0)))
    return Matches(**masks, rule=rule)


def _near_further(near: pa.Array, settings: Settings, further: Further, *, but: Mask) -> pa.Array:
    """Near misses of rows, those of the further addresses of their cells included."""
    more = match_otherwise(
        settings.suppress or (), address=further.address, domain=further.domain, but=but[further.rows]
    )
    place = np.full(len(near), -1, dtype=np.int64)
    hit = np.flatnonzero(not_null(more))
    place[further.rows[hit[::-1]]] = hit[::-1]
    return pc.coalesce(near, more.take(pa.array(place, mask=place < 0)))


def _masks(suppressed: Matches, blocked: Matches) -> dict[str, Mask]:
    return {
        "suppressed_address": suppressed.address,
        "suppressed_domain": suppressed.domain,
        "suppressed_hash": suppressed.hash,
        "blocked_address": blocked.address,
        "blocked_domain": blocked.domain,
    }


def _find_known(keys: Keys, known: Sequence[KnownLeads]) -> tuple[pa.Array, pa.Array]:
    """Place and kind of match of the known lead that each row is."""
    place, kind = pa.nulls(len(keys.exact), _TEXT), pa.nulls(len(keys.exact), _TEXT)
    if not known:
        return place, kind
    for leads in known:
        for word, hashes in (("exact", keys.exact_hashes), ("person", keys.person_hashes)):
            if hashes is not None:
                lookup = leads.exact if word == "exact" else leads.persons
                found = leads.places(lookup.find(hashes))
                place, kind = pc.coalesce(place, found), pc.coalesce(kind, word_where(word, not_null(found)))
    return place, kind
