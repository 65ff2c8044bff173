"""Coarse keys: what every lead is hashed under for the prediction, made while its chunk is at hand.

The hash of the exact key is there already, and is that of the coarse one too but for a few: addresses with a tag, at
Gmail, or that are not ASCII. So no text is folded, hashed or read again for a prediction.
"""

import threading
from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.address import Keys
from hygiene.arrow.hashing import Hashes
from hygiene.arrow.text import Mask, Octets, mask, not_ascii, not_null
from hygiene.cleaning.check_chunk import Texts
from hygiene.errors import SpoolError
from hygiene.policy import ImportPolicy
from hygiene.prediction.features import GMAIL_DOMAINS
from hygiene.prediction.prefilter import VALIDATED, coarse_hashes
from hygiene.prediction.usable import is_usable

__all__ = ["CoarseKeys", "KeptCoarseKeys"]

#: The last four octets of Gmail's domains, as `Octets.tails` has them.
_DOT_COM = int.from_bytes(b".com", "little")
_Places = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class CoarseKeys:
    """The coarse keys of one chunk, hashed, by position.

    Attributes:
        address: Those of normalized addresses.
        none: Rows without one.
        odd: Rows whose cell is not its normalized address.
        cells: The keys of the cells of these rows.
        unusable: True for those of them that the policy takes for no address.
    """

    address: Hashes
    none: _Places
    odd: _Places
    cells: Hashes
    unusable: Mask

    @classmethod
    def of(cls, texts: Texts, keys: Keys, policy: ImportPolicy, /) -> "CoarseKeys | None":
        """Those of a chunk; None under a policy whose usable addresses are others than email-validator's."""
        if policy.usable_address not in VALIDATED:
            return None
        hashes = keys.exact_hashes[:, 0].copy()
        further = _further(texts)
        hashes[further] = coarse_hashes(texts.address.take(pa.array(further)))
        odd = np.flatnonzero(~mask(pc.equal(texts.cells, texts.address)))
        cells = pc.fill_null(texts.cells.take(pa.array(odd)), "")
        usable = is_usable(cells, policy.usable_address)
        return cls(hashes, np.flatnonzero(~not_null(texts.address)), odd, coarse_hashes(cells), ~usable)

    def each(self) -> tuple[Hashes, Hashes]:
        """The keys of all addresses, and those of cells that have another."""
        return self.address, self.cells[self.cells != self.address[self.odd]]

    def sent(self, rows: Mask, /) -> tuple[Hashes, Mask]:
        """The keys of the addresses of some rows, and which of them have none."""
        bare = np.zeros(len(self.address), dtype=bool)
        bare[self.none] = True
        return self.address[rows], bare[rows]

    def raw(self) -> tuple[Hashes, Mask]:
        """The keys of all cells, and which of them are no usable address."""
        keys, unusable = self.address.copy(), np.zeros(len(self.address), dtype=bool)
        keys[self.odd], unusable[self.odd] = self.cells, self.unusable
        return keys, unusable


def _further(texts: Texts) -> _Places:
    """Rows whose coarse key is not the exact one."""
    rows = np.zeros(len(texts.address), dtype=bool)
    if b"+" in Octets.of(texts.address).data.tobytes():
        rows |= mask(pc.match_substring(texts.address, "+"))
    near = np.flatnonzero(Octets.of(texts.address).tails() == _DOT_COM)
    if len(near):
        domains = texts.domain.take(pa.array(near))
        rows[near[mask(pc.is_in(domains, value_set=pa.array(GMAIL_DOMAINS, domains.type)))]] = True
    rows[not_ascii(texts.address)] = True
    return np.flatnonzero(rows)


class KeptCoarseKeys:
    """The coarse keys of all chunks in order, beyond a number of octets in a file.

    Args:
        open_file: Makes a temporary file; None keeps all in memory.
        most_octets: What is held in memory.
    """

    def __init__(
        self, *, open_file: Callable[[], IO[bytes]] | None = None, most_octets: int | None = None
    ) -> None:
        self._open_file, self._left = open_file, most_octets
        self._held: list[CoarseKeys] = []
        self._places: list[int] = []
        self._file: IO[bytes] | None = None
        self._reading = threading.Lock()

    def __reduce__(self) -> tuple[type["KeptCoarseKeys"], tuple[()]]:
        """Goes to another process empty: they are hashed under a key that does not leave this one."""
        return KeptCoarseKeys, ()

    def add(self, keys: CoarseKeys, /) -> None:
        """Take those of the next chunk."""
        octets = sum(column.nbytes for column in astuple(keys))
        if self._open_file is None or self._left is None or (not self._places and octets <= self._left):
            self._left = None if self._left is None else self._left - octets
            self._held.append(keys)
            return
        try:
            self._file = self._file or self._open_file()
            self._places.append(self._file.seek(0, 2))
            for column in astuple(keys):
                np.save(self._file, column)
        except OSError as error:
            raise SpoolError(error) from error

    def __len__(self) -> int:
        """How many chunks there are."""
        return len(self._held) + len(self._places)

    def __getitem__(self, number: int, /) -> CoarseKeys:
        """Those of the chunk with a number, from 0."""
        if number < len(self._held) or self._file is None:
            return self._held[number]
        with self._reading:  # a result may be asked by several threads
            self._file.seek(self._places[number - len(self._held)])
            return CoarseKeys(*(np.load(self._file) for _ in CoarseKeys.__slots__))
