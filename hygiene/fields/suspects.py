"""Suspects: the cells of a column that may be one of some words, or end with one, told by a few octets of each.

All that are, whatever their case and what stands around them, and few others: who asks looks at these again. A look
costs some 30 ms a million cells, where lower case and a set take 300.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from hygiene.arrow.text import Mask, Octets

__all__ = ["Ends", "may_begin_alike"]

_Numbers = np.ndarray[Any, np.dtype[np.uint32]]
#: Bits of the first, or last, so many octets of four.
_FIRST = np.array([0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF], dtype=np.uint32)
_LAST = np.array([0, 0xFF000000, 0xFFFF0000, 0xFFFFFF00, 0xFFFFFFFF], dtype=np.uint32)
#: The bits that tell small letters from capitals, and those that no ASCII has, in four octets at once.
_SMALL, _BEYOND = np.uint32(0x20202020), np.uint32(0x80808080)
_ASCII = 0x80
#: Three octets but for those bits.
_LETTERS, _THREE = 3, np.uint32(0xDFDFDF)
#: Knuth's multiplier for hashing (The Art of Computer Programming, 6.4), and the bits that are kept.
_MULTIPLIER, _BITS = np.uint32(2654435761), 16
#: Whether an octet is a letter or digit of ASCII, and whether it stands between the letters of a form (``L.L.C.``).
_IS_ALNUM = np.array([octet < 0x80 and chr(octet).isalnum() for octet in range(256)])
_IS_STOP = np.array([chr(octet) in ".," for octet in range(256)])


class Ends:
    """The octets at the ends of the cells of a column, looked at once for several words.

    Args:
        column: Texts (`large_string`); of a null anything is said.
    """

    def __init__(self, column: pa.Array, /) -> None:
        self._octets = _padded(column)
        self._lengths = np.diff(self._octets.bounds)
        shown = np.minimum(self._lengths, 4)
        self._heads: _Numbers = self._octets.heads() & _FIRST[shown]
        self._tails: _Numbers = self._octets.tails() & _LAST[shown]
        self._wrapped = _is_wrapped(self._octets, self._lengths)

    def may_be_one_of(self, words: frozenset[str], /) -> Mask:
        """Cells that may be a word, or the first words of one with a space in it, by their first and last octets.

        Args:
            words: Words in lower case.
        """
        found: Mask = _table_of_words(words)[_hashed(self._heads, self._tails)]
        found |= ((self._heads | self._tails) & _BEYOND) != 0
        return (found | self._wrapped) & (self._lengths > 0)

    def may_end_with(self, endings: frozenset[str], /) -> Mask:
        """Cells whose last word may be one of some endings, stops between its letters or not; all beyond ASCII.

        Args:
            endings: Words of two letters or more in lower case.
        """
        two, three = _tables_of_ends(endings)
        found: Mask = two[_hashed(self._tails >> np.uint32(16))] | three[_hashed(self._tails >> np.uint32(8))]
        found |= self._wrapped
        for place in (8, 16):
            found |= _IS_STOP[(self._tails >> place) & 0xFF]
        data = self._octets.data
        if data.max() >= _ASCII:
            found[np.searchsorted(self._octets.bounds, np.flatnonzero(data >= _ASCII), "right") - 1] = True
        return found & (self._lengths > 0)

    def may_be_one_letter(self) -> Mask:
        """Cells that begin with the same letter of ASCII three times; what else a program left is wrapped in signs."""
        first, second, third = (self._heads | _SMALL) >> np.arange(0, 24, 8, dtype=np.uint32)[:, None] & 0xFF
        found: Mask = (first == second) & (second == third)
        return found

    def are_filled(self) -> Mask:
        """Cells that are not empty."""
        filled: Mask = self._lengths > 0
        return filled


def may_begin_alike(one: pa.Array, other: pa.Array, /) -> Mask:
    """Rows whose two cells are filled and may begin with the same three letters, whatever their case."""
    octets = [Octets.of(column) for column in (one, other)]
    heads = [each.heads() for each in octets]
    found: Mask = (heads[0] ^ heads[1]) & _THREE == 0
    found |= (heads[0] | heads[1]) & _BEYOND != 0
    shorter = np.minimum(*(np.diff(each.bounds) for each in octets))
    return (found | (shorter <= _LETTERS)) & (shorter > 0)


def _padded(column: pa.Array) -> Octets:
    """The octets of a column between four others, so that four can be read before and behind each text."""
    octets, more = Octets.of(column), np.zeros(4, dtype=np.uint8)
    return Octets(np.concatenate([more, octets.data, more]), octets.bounds + len(more))


def _is_wrapped(octets: Octets, lengths: np.ndarray[Any, Any]) -> Mask:
    """Cells that begin or end with what is no letter or digit of ASCII."""
    found = np.zeros(len(lengths), dtype=bool)
    there = np.flatnonzero(lengths)
    ends = octets.bounds[:-1][there], octets.bounds[1:][there] - 1
    found[there] = ~(_IS_ALNUM[octets.data[ends[0]]] & _IS_ALNUM[octets.data[ends[1]]])
    return found


def _hashed(fours: _Numbers, more: _Numbers | int = 0) -> _Numbers:
    """A number below `1 << _BITS` for four octets, or twice as many, whatever their case."""
    hashed: _Numbers = ((fours | _SMALL) * _MULTIPLIER + (more | _SMALL)) * _MULTIPLIER
    return hashed >> np.uint32(32 - _BITS)


def _table(texts: Iterable[bytes], more: Iterable[bytes] = ()) -> Mask:
    """Where texts of up to four octets of ASCII are found by their hash."""
    table = np.zeros(1 << _BITS, dtype=bool)
    first, last = (
        np.array([int.from_bytes(text, "little") for text in each], dtype=np.uint32) for each in (texts, more)
    )
    table[_hashed(first, last if len(last) else 0)] = True
    return table


@cache
def _table_of_words(words: frozenset[str]) -> Mask:
    ends = {(word, end) for word in words for end in range(len(word) + 1) if word[end : end + 1] in {"", " "}}
    parts = [word[:end].encode() for word, end in ends if end]
    return _table([part[:4] for part in parts], [part[-4:].rjust(4, b"\0") for part in parts])


@cache
def _tables_of_ends(endings: frozenset[str]) -> tuple[Mask, Mask]:
    two, three = (
        [end[-size:].encode() for end in endings if (len(end) > 2) == (size > 2)] for size in (2, 3)
    )
    return _table(two), _table(three)
