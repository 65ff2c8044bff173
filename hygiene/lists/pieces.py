"""Pieces: every entry that a cell holds, however many there are and whatever stands around them.

A cell that is one entry as it stands is decided with its column. Of all others each distinct one is taken
apart, and is also read as a cell of leads is, so that what a lead's cell gives a list's cell gives too.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from urllib.parse import unquote

import numpy as np
import pyarrow as pa

from hygiene import address
from hygiene.address.repair import tidied
from hygiene.arrow.text import Mask
from hygiene.lists.entries import judge
from hygiene.lists.suffixes import is_public_suffix, is_registrable

__all__ = ["Found", "find_entries"]

_TEXT = pa.large_string()
_Places = np.ndarray[Any, np.dtype[np.int64]]

#: What no entry holds and stands between two of them.
_BETWEEN = re.compile(r":::|[;\uff1b|\r\n\t,\uff0c\u3001]")
_WIDE = str.maketrans("\uff20\ufe6b", "@@")
#: Bullets and numbers of the items of a list.
_BULLET = re.compile(r"(?:[-*+>\u2022\u2023\u25aa\u25cf\u2013\u2014\u00b7]|\(?\d{1,7}[.):])\s+")
#: Around the words that may be addresses.
_WORD_ENDS = re.compile(r"[\s<>()\[\]{}\"\u201c-\u201e\u00ab\u00bb]+")
#: A regular expression, which is not matched as one; `.*` alone is taken for everything.
_EXPRESSION = re.compile(
    r"\\[.dwsbDWSB@-]|\[[^\]@\s]*-[^\]@\s]*\]|\.\*\S*\.\*|\([^()\s]*\|[^()\s]*\)|^\^|\S[$]$|[^\s.]\.\*$"
)
#: An address that is written in words, so that its domain stands alone and is not meant.
_AT_WORD = re.compile(r"\bat\b", re.IGNORECASE)
#: An at or a dot in words or in brackets.
_SPELLED = re.compile(r"[\[({]\s*(?:at|dot|\.)\s*[\])}]|\bat\b.*\bdot\b", re.IGNORECASE)
#: What a word before a domain may say of it.
_KIND = re.compile(r"(?:domain|website|web|site|url|host)\s*:\s*", re.IGNORECASE)
_MAILTO = re.compile(r"mailto\s*:\s*(\S+)", re.IGNORECASE)
#: What stands before an address in one word with it, and after it.
_LABEL, _TAIL = re.compile(r"^[^@]*:(?!//)"), re.compile(r"(@[^/?#]*)[/?#].*")
_LOOKS_A_DOMAIN = re.compile(r"[^\s@/\\*%<>()\[\]:]+\.[^\W\d_]{2,}", re.IGNORECASE)
_NEAR_AT = re.compile(r"\w@|@\w")


@dataclass(frozen=True, slots=True)
class Found:
    """The entries of cells.

    Attributes:
        cell: Position of the cell of each entry.
        kind: Its position in `entries.KINDS`.
        text: Its compared form.
        missed: Positions of cells that visibly hold an address or a domain which is none of these.
        without: Positions of cells that hold no entry.
    """

    cell: _Places
    kind: np.ndarray[Any, np.dtype[np.int8]]
    text: pa.Array
    missed: _Places
    without: _Places

    def where(self, chosen: Mask, /) -> "Found":
        """Those of the entries for which `chosen` is true; cells that lose theirs are not counted as without."""
        return replace(
            self, cell=self.cell[chosen], kind=self.kind[chosen], text=self.text.filter(pa.array(chosen))
        )

    def of_kind(self, kind: int, /) -> "Found":
        """The entries of one kind; cells without one hold none."""
        found = self.where(self.kind == kind)
        return replace(found, without=np.union1d(self.without, np.setdiff1d(self.cell, found.cell)))


class _Piece(NamedTuple):
    """A part of a cell that may be an entry; where it is one word of several, only a domain that there may be."""

    text: str
    word: bool = False


def find_entries(cells: pa.Array, /, *, hashes: bool, single_labels: bool = False) -> Found:
    """Every entry of every cell.

    Args:
        cells: Text without null, trimmed.
        hashes: Whether a hash is an entry.
        single_labels: Whether a word without a dot is a domain, as an API may take it.
    """
    whole = judge(cells, hashes=hashes, around=False)
    left = np.flatnonzero(whole.kind < 0)
    sound = np.flatnonzero(whole.kind >= 0)
    if not len(left):
        return Found(sound, whole.kind, whole.text, left, left)
    distinct = cells.take(pa.array(left)).dictionary_encode()
    texts = distinct.dictionary.to_pylist()
    of, kind, text, missed = _taken_apart(texts, hashes=hashes, single_labels=single_labels)
    codes = distinct.indices.to_numpy(zero_copy_only=False)
    rows, entries = _spread(codes, of, len(texts))
    order = np.argsort(np.concatenate([sound, left[rows]]), kind="stable")
    kinds = np.concatenate([whole.kind[sound], kind[entries]])
    parts = [whole.text.take(pa.array(sound)), text.take(pa.array(entries))]
    return Found(
        np.concatenate([sound, left[rows]])[order],
        kinds[order],
        pa.concat_arrays(parts).take(pa.array(order)),
        left[np.isin(codes, np.array(sorted(missed), dtype=np.int64))],
        left[~np.isin(codes, of)],
    )


def _spread(codes: _Places, of: _Places, count: int) -> tuple[_Places, _Places]:
    """Row and entry of the entries of each row, by the distinct text that the row has and the entry is of."""
    first, number = np.searchsorted(of, np.arange(count)), np.bincount(of, minlength=count)
    rows = np.repeat(np.arange(len(codes)), number[codes])
    within = np.arange(len(rows)) - np.repeat(np.cumsum(number[codes]) - number[codes], number[codes])
    return rows, np.repeat(first[codes], number[codes]) + within


def _taken_apart(
    texts: Sequence[str], *, hashes: bool, single_labels: bool
) -> tuple[_Places, np.ndarray[Any, Any], pa.Array, set[int]]:
    """The entries of texts: position of the text, ascending, kind and compared form; and which texts have more."""
    plain = [tidied(text)[0].translate(_WIDE) for text in texts]
    apart = _Apart(single_labels=single_labels)
    apart.add([(at, piece) for at, text in enumerate(plain) for piece in _pieces(text)], hashes=hashes)
    unsure = [at for at, text in enumerate(plain) if apart.addresses[at] != text.count("@") or "%40" in text]
    apart.add([(at, _Piece(text)) for at, text in _as_leads(plain, unsure)], hashes=hashes, certain=False)
    entries = sorted(apart.found, key=lambda each: each[0])
    taken = {at for at, _, _ in entries}
    missed = apart.near | {
        at
        for at, text in enumerate(plain)
        if at not in taken and (at in apart.alone or _shows_an_entry(text))
    }
    of = np.array([at for at, _, _ in entries], dtype=np.int64)
    kinds = np.array([kind for _, kind, _ in entries], dtype=np.int8)
    return of, kinds, pa.array([text for _, _, text in entries], _TEXT), missed


class _Apart:
    """What the pieces of texts are.

    Attributes:
        found: Text, kind and compared form of each entry.
        addresses: How many pieces of each text are addresses.
        alone: Texts with the name of a domain above which none stands, and which is none.
        near: Texts with a piece that looks like an address and is none.
    """

    def __init__(self, *, single_labels: bool) -> None:
        self._single_labels = single_labels
        self.found: dict[tuple[int, int, str], None] = {}
        self.addresses = Counter[int]()
        self.alone: set[int] = set()
        self.near: set[int] = set()

    def add(self, pieces: Sequence[tuple[int, _Piece]], *, hashes: bool, certain: bool = True) -> None:
        """Take pieces in; where they are not certain to be entries, nothing is said of those that are none."""
        words = pa.array([piece.text for _, piece in pieces], _TEXT)
        judged = judge(words, hashes=hashes, single_labels=self._single_labels)
        for (at, piece), kind, text in zip(
            pieces, judged.kind.tolist(), judged.text.to_pylist(), strict=True
        ):
            if kind == 1 and "." not in text and not self._single_labels and not is_public_suffix(text):
                self.alone.add(at)
            elif kind >= 0 and not (piece.word and (kind != 1 or not is_registrable(text))):
                self.found[at, kind, text] = None
                self.addresses[at] += kind == 0
            elif certain and kind < 0 and _NEAR_AT.search(piece.text):
                self.near.add(at)


def _as_leads(texts: Sequence[str], chosen: Sequence[int]) -> list[tuple[int, str]]:
    """The addresses that some of the texts give as cells of leads, with their positions."""
    some = [
        (at, texts[at])
        for at in chosen
        if ("@" in texts[at] or "%40" in texts[at]) and not _EXPRESSION.search(texts[at])
    ]
    judged = address.validate(pa.array([text for _, text in some], _TEXT))
    found = []
    for (at, _), first, others in zip(
        some, judged.address.to_pylist(), judged.others.to_pylist(), strict=True
    ):
        found += [(at, one) for one in (first, *(others or "").split(";")) if one]
    return found


def _pieces(text: str) -> Iterator[_Piece]:
    """The parts of a cell that may be entries."""
    if _EXPRESSION.search(text):
        return
    text = _MAILTO.sub(lambda found: unquote(found[1].partition("?")[0]), text)
    for part in map(str.strip, _BETWEEN.split(text)):
        bullet = _BULLET.match(part)
        segment = part[bullet.end() :] if bullet else part
        if "@" in segment:
            yield from map(_Piece, _with_at(segment, slashes=text.count("@") > 1))
        elif segment:
            segment = _KIND.sub("", segment, count=1)
            yield _Piece(segment)
            if not _AT_WORD.search(segment):
                yield from (_Piece(word, word=True) for word in segment.split())


def _with_at(segment: str, *, slashes: bool) -> Iterator[str]:
    """The words of a text that have an @; whether a slash divides them, which one address may hold as well."""
    if "://" in segment and not re.search(r"\s", segment):
        yield segment
        return
    if segment.count("@") == 1:
        segment = re.sub(r"(?<=[^\s:])\s*@\s*", "@", segment)
    for word in _WORD_ENDS.split(segment):
        for part in word.split("/") if slashes and "://" not in word else [word]:
            if "@" in part:
                yield part if "://" in part else _TAIL.sub(r"\1", _LABEL.sub("", part))


def _shows_an_entry(text: str) -> bool:
    """Whether people see an address or a domain in a text."""
    if "@" in text or "://" in text or _EXPRESSION.search(text) or _SPELLED.search(text):
        return True
    return any(is_registrable(word.lower().strip(".")) for word in _LOOKS_A_DOMAIN.findall(text))
