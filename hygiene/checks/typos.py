"""Typos: the well-known domain that a domain is likely to be a mistyped form of.

A hint and no more: a company's domain may be one letter from a provider's, and that it answers DNS proves
nothing either way.
"""

from collections import Counter
from collections.abc import Collection
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask

__all__ = ["suggest_domains"]

#: Edits (a letter more, less, other, or two swapped) up to which a domain is taken for a typo. Source: of
#: 172 pairs of typo and provider 158 are found at 2, and none of 65 real domains is mistaken; at 3 real
#: ones are.
EDITS = 2

_Counts = np.ndarray[Any, np.dtype[np.int8]]


def suggest_domains(
    names: pa.Array, /, *, providers: Collection[str], known: pa.Array, edits: int = EDITS
) -> pa.Array:
    """The provider that each domain is at most so many edits from; null for none, and for known domains.

    Args:
        names: Distinct domains in lower case.
        providers: Domains that are mistyped.
        known: Domains that exist in their own right and are nobody's typo, the providers among them.
        edits: At most `EDITS`.
    """
    if names.null_count == len(names):
        return pa.nulls(len(names), pa.large_string())
    lengths = [len(name) for name in providers]
    near = pc.and_(
        pc.is_in(
            pc.binary_length(names), value_set=pa.array(range(min(lengths) - EDITS, max(lengths) + EDITS + 1))
        ),
        pc.invert(pc.is_in(names, value_set=known)),
    )
    places = np.flatnonzero(mask(near))
    best = np.full(len(places), edits + 1, dtype=np.int8)
    choice = np.full(len(places), -1)
    letters, sizes = _letters(names.take(pa.array(places)))
    shared = _Shared(letters, sizes)
    for number, provider in enumerate(providers):
        close = shared.close_to(provider)
        if not len(close):
            continue
        distance = np.full(len(places), EDITS + 1, dtype=np.int8)
        distance[close] = _edits(letters[close], sizes[close], provider)
        choice[distance < best] = number
        best = np.minimum(best, distance)
    found = np.full(len(names), -1)
    found[places] = choice
    return pa.array(list(providers), pa.large_string()).take(pa.array(found, mask=found < 0))


def _letters(names: pa.Array) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The octets of each name in a row of their own, and how many there are."""
    rows = np.array(names.to_pylist(), dtype=np.bytes_)
    sizes = np.char.str_len(rows)
    width = max(rows.dtype.itemsize, 1)
    return rows.view(np.uint8).reshape(len(rows), width) if len(rows) else np.zeros((0, 1), np.uint8), sizes


class _Shared:
    """Tells which names have nearly the letters of a provider: each edit changes one, a swap none."""

    def __init__(self, letters: np.ndarray[Any, Any], sizes: np.ndarray[Any, Any]) -> None:
        self._places = np.ascontiguousarray(letters.T)  # so that letters are counted over all names at once
        self._sizes = sizes
        self._counts: dict[int, np.ndarray[Any, np.dtype[np.int16]]] = {}

    def close_to(self, provider: str) -> np.ndarray[Any, Any]:
        """Positions of the names that may be at most `EDITS` from it."""
        missing = np.zeros(len(self._sizes), dtype=np.int16)
        for letter, times in Counter(provider.encode()).items():
            missing += np.maximum(times - self._count(letter), 0)
        return np.flatnonzero((missing <= EDITS) & (np.abs(self._sizes - len(provider)) <= EDITS))

    def _count(self, letter: int) -> np.ndarray[Any, np.dtype[np.int16]]:
        if letter not in self._counts:
            self._counts[letter] = (self._places == letter).sum(axis=0, dtype=np.int16)
        return self._counts[letter]


def _edits(letters: np.ndarray[Any, Any], sizes: np.ndarray[Any, Any], word: str) -> _Counts:
    """Optimal string alignment distance of each row from a word.

    Source: Damerau and Levenshtein's distance with swaps of neighbours, row by row of its usual table.
    """
    width = letters.shape[1]
    before: _Counts = np.zeros((len(letters), width + 1), dtype=np.int8)
    row: _Counts = np.tile(np.arange(width + 1, dtype=np.int8), (len(letters), 1))
    octets = word.encode()
    for i, octet in enumerate(octets, 1):
        differs = (letters != octet).astype(np.int8)
        after = np.empty_like(row)
        after[:, 0] = i
        for j in range(1, width + 1):
            after[:, j] = np.minimum(
                np.minimum(after[:, j - 1], row[:, j]) + 1, row[:, j - 1] + differs[:, j - 1]
            )
            if i > 1 and j > 1:
                swapped = (letters[:, j - 1] == octets[i - 2]) & (letters[:, j - 2] == octet)
                after[:, j] = np.where(swapped, np.minimum(after[:, j], before[:, j - 2] + 1), after[:, j])
        before, row = row, after
    distance: _Counts = row[np.arange(len(letters)), sizes]
    return distance
