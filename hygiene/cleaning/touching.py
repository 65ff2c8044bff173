"""Touching: which rows of a survey some counting rule can reach, looked at once for all predictions of them.

Of a row the hash of its coarse key is there already. What is left to see is whether its domain is on the block list.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.hashing import HashSet
from hygiene.arrow.parallel import map_in_order
from hygiene.arrow.text import Mask, mask, not_null
from hygiene.cleaning.check_chunk import Texts
from hygiene.cleaning.chunk_store import Chunks
from hygiene.cleaning.coarse_keys import KeptCoarseKeys
from hygiene.cleaning.settings import Settings
from hygiene.prediction.prefilter import Prefilter, repeated

__all__ = ["Touching"]


class Looked(Protocol):
    """What a survey says of its rows, as far as it is asked for here."""

    settings: Settings
    chunks: Chunks
    coarse: KeptCoarseKeys
    firsts: list[int]
    jobs: int | None

    def texts(self) -> Iterator[Texts]:
        """The addresses, domains and email cells of each chunk."""

    def as_sent(self, texts: Texts, /) -> pa.Array:
        """The addresses in the form that is imported; null for none."""


class Touching:
    """The rows of a survey beside what its settings say that the API holds."""

    def __init__(self, found: Looked, /) -> None:
        lists = {name: each for name, each in found.settings.of_api.items() if each is not None}
        self._touching = Prefilter(**lists, policy=found.settings.policy)
        self._on_hosts: list[tuple[Mask, Mask]] = []
        self._again: HashSet | None = None

    def sent(self, found: Looked, rows: Mask, /) -> Prefilter:
        """What the addresses of some rows are touched by."""
        cut = [rows[start:end] for start, end in pairwise(found.firsts)]
        if self._needs_texts(found):
            touching = self._touching.anew()
            parts = (
                found.as_sent(texts).filter(pa.array(here))
                for texts, here in zip(found.texts(), cut, strict=True)
            )
            touching.add_known(((part, not_null(part)) for part in parts), jobs=found.jobs)
            return touching
        touching = self._touching.anew(self._repeated(found))
        for number, (here, (on_host, _)) in enumerate(zip(cut, self._hosts(found), strict=True)):
            keys, others = found.coarse[number].sent(here)
            touching.add_hashed(keys, others | on_host[here])
        return touching

    def raw(self, found: Looked, /) -> Prefilter:
        """What the email cells of all rows are touched by."""
        if self._needs_texts(found):
            touching = self._touching.anew()
            touching.add_known(
                ((texts.cells, mask(pc.equal(texts.cells, texts.address))) for texts in found.texts()),
                jobs=found.jobs,
            )
            return touching
        touching = self._touching.anew(self._repeated(found))
        for number, (_, on_host) in enumerate(self._hosts(found)):
            keys, others = found.coarse[number].raw()
            touching.add_hashed(keys, others | on_host)
        return touching

    def _repeated(self, found: Looked) -> HashSet:
        """The keys of all rows, sent or as they came in, that are there more than once; sought for all predictions."""
        if self._again is None:
            keys = [self._touching.held]
            for number in range(len(found.coarse)):
                keys += found.coarse[number].each()
            self._again = HashSet(repeated(keys))
        return self._again

    def _needs_texts(self, found: Looked) -> bool:
        """Whether some chunk has no coarse keys: they came from another process, or the policy wants the texts."""
        return len(found.coarse) < len(found.chunks)

    def _hosts(self, found: Looked) -> Iterator[tuple[Mask, Mask]]:
        """For each chunk the rows whose address, and those whose cell, is at a domain of the block list."""
        numbers = range(len(found.chunks))
        if not self._touching.knows_hosts:
            return ((none, none) for none in (np.zeros(rows, dtype=bool) for rows in np.diff(found.firsts)))
        if not self._on_hosts:
            self._on_hosts = list(
                map_in_order(lambda number: self._of_chunk(found, number), numbers, jobs=found.jobs)
            )
        return iter(self._on_hosts)

    def _of_chunk(self, found: Looked, number: int) -> tuple[Mask, Mask]:
        texts, coarse = found.chunks.texts(number), found.coarse[number]
        address = found.as_sent(texts)
        of_cell = self._on_hosts_of(texts.address)
        of_address = of_cell.copy() if address is texts.address else self._on_hosts_of(address)
        usable = coarse.odd[~coarse.unusable]
        of_cell[coarse.odd] = False
        of_cell[usable] = self._touching.on_listed_host(texts.cells.take(pa.array(usable)))
        return of_address, of_cell

    def _on_hosts_of(self, address: pa.Array) -> Mask:
        found, there = np.zeros(len(address), dtype=bool), not_null(address)
        found[there] = self._touching.on_listed_host(address.filter(pa.array(there)))
        return found
