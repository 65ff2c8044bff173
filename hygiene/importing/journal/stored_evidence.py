"""Stored evidence: what was read back of an import's leads, kept without an address.

One value an import, deflated with zlib, of n leads in the order they were planned, all little-endian: one octet that is
1 where it was known what the list held before; n unsigned 16-bit numbers, whose bit f is set where the list held the
lead's key under folding f (`stored_features`) afterwards; n unsigned 64-bit numbers, the traits of the leads
(`hygiene.prediction.traits`). Of a rule whose folding has no number nothing is known. Addresses, and which field of the
user's own is blank, are not kept.
"""

import zlib

import numpy as np

from hygiene.arrow.text import Mask
from hygiene.importing.journal.stored_keys import FOLDINGS
from hygiene.importing.records import Places
from hygiene.prediction.evidence import Evidence
from hygiene.prediction.features import Folding

__all__ = ["packed", "unpacked"]

_NUMBER = {folding: number for number, folding in enumerate(FOLDINGS)}
#: Octets of a lead.
_WIDTH = 10


def packed(evidence: Evidence, places: Places, /, *, leads: int) -> bytes:
    """What is kept of evidence; nothing where the list was not read back.

    Args:
        evidence: What is known.
        places: The place in the import of each lead that it tells of.
        leads: All leads of the import.
    """
    if evidence.members is None or evidence.traits is None:
        return b""
    present, traits = np.zeros(leads, "<u2"), np.zeros(leads, "<u8")
    for folding, number in _NUMBER.items():
        there = evidence.members(folding)
        if there is not None:
            present[places] |= there.astype("<u2") << np.uint16(number)
    traits[places] = evidence.traits()
    return zlib.compress(bytes([evidence.was_read]) + present.tobytes() + traits.tobytes(), 1)


def unpacked(kept: bytes, places: Places, /, *, leads: int) -> Evidence:
    """Evidence about the leads at these places; none where it was not kept, or before further leads were planned."""
    octets = zlib.decompress(kept) if kept else b""
    if len(octets) != 1 + _WIDTH * leads:
        return Evidence()
    present = np.frombuffer(octets, "<u2", leads, 1)[places]
    traits = np.frombuffer(octets, "<u8", leads, 1 + 2 * leads)[places].astype(np.uint64)

    def members(folding: Folding, /) -> Mask | None:
        number = _NUMBER.get(folding)
        return None if number is None else (present >> np.uint16(number) & np.uint16(1)).astype(bool)

    return Evidence(members, bool(octets[0]), lambda: traits)
