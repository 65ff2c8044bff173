"""Conditions of addresses: what all leads at fault have in theirs, while the file of the leads is at hand.

Domains are told as they are. Of local parts no more is told than what three leads at least share, and of that eight
characters at most: that is nobody's address.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask
from hygiene.lists.suffixes import registrable
from hygiene.prediction.conditions import KINDS, Condition
from hygiene.prediction.evidence import Held
from hygiene.prediction.features import Codes
from hygiene.prediction.patterns import (
    NONE,
    Pair,
    at_domain,
    ends,
    labelled,
    longer,
    starts,
    starts_with_one,
    under,
)

__all__ = ["LEAST_LEADS", "MOST_TOLD", "by_domain", "by_length", "by_letters", "common", "one_of"]

#: Most characters of local parts that are told, and fewest leads that must share them.
MOST_TOLD, LEAST_LEADS = 8, 3
#: Most values that are told of which each lead at fault has one, and by how much each makes chance less believed.
MOST_VALUES, _DOUBT = 5, 4
#: Longest local part, domain and address, in octets. Source: RFC 5321 4.5.3.1.
_LONGEST: Mapping[str, int] = {"a local part": 64, "a domain": 255, "an address": 254}


def one_of(
    words: str,
    column: pa.DictionaryArray,
    odd: Codes,
    tries: int,
    pattern: Callable[[list[str]], Pair],
    *,
    among: int = 0,
) -> Iterator[Condition]:
    """The few values of a column of which each lead at fault has one, where all have one.

    Args:
        words: What is said of them, with a place for them.
        column: Distinct values, and which one each lead has; an empty one is none.
        odd: The leads at fault.
        tries: Columns of its kind, times the kinds.
        pattern: What makes patterns of values.
        among: How many single values there are; 0 for those of the column.
    """
    codes = column.indices.to_numpy(zero_copy_only=False)
    here = np.unique(codes[odd])
    values = sorted(column.dictionary.take(pa.array(here[: MOST_VALUES + 1])).to_pylist())
    if len(here) <= MOST_VALUES and all(values):
        distinct = among if among and len(values) == 1 else len(column.dictionary)
        told = values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"
        tries *= _DOUBT ** len(values) * math.comb(distinct, len(values))
        yield Condition(words.format(told), np.isin(codes, here), tries, pattern(values))


def by_domain(held: Held, odd: Codes, /) -> Iterator[Condition]:
    """Domains, last labels, domains that somebody registered."""
    parts = held.parts()
    if parts is None:
        return
    domains = parts.domain
    looks = (
        ("are at the domain {}", domains, _alone(at_domain)),
        ("are at or below the registered domain {}", _each(domains, registrable), _alone(under)),
        ("have the last label {}", _each(domains, lambda name: name.rpartition(".")[2]), labelled),
    )
    for words, column, pattern in looks:
        yield from one_of(words, column, odd, len(looks) * KINDS, pattern, among=len(domains.dictionary))


def by_length(held: Held, odd: Codes, /) -> Iterator[Condition]:
    """A length of the local part, the domain or the address, from one on or up to one."""
    parts = held.parts()
    if parts is None:
        return
    local, domain = parts.sizes()
    tries = 2 * sum(_LONGEST.values()) * KINDS
    for name, size in zip(_LONGEST, (local, domain, local + 1 + domain), strict=True):
        low, high = int(size[odd].min()), int(size[odd].max())
        pair = longer if size is local else lambda _: NONE
        if low > size.min():
            words = f"have {name} of more than {low - 1} characters"
            yield Condition(words, size >= low, tries, pair(low - 1))
        if high < size.max():
            words = f"have {name} of fewer than {high + 1} characters"
            yield Condition(words, size <= high, tries, pair(high).turned)


def by_letters(held: Held, odd: Codes, /) -> Iterator[Condition]:
    """Letters that local parts or domains begin with, end with or have inside."""
    parts = held.parts()
    if parts is None:
        return
    local, domain = pc.utf8_lower(parts.local), parts.domain.cast(pa.large_string())
    first = pc.utf8_slice_codeunits(local, 0, 1).dictionary_encode()
    words = "have a local part that begins with {}"
    begins = one_of(words, first, odd, 2 * KINDS, starts_with_one)  # half of the share
    yield from (each for each in begins if np.count_nonzero(each.covers) >= LEAST_LEADS)
    if len(odd) < LEAST_LEADS:
        return
    for name, texts in (("local part", local), ("domain", domain)):
        here = texts.take(pa.array(odd)).to_pylist()
        if len(set(here)) > 1:
            yield from _letters(f"have a {name}", texts, here, is_local=texts is local)


def _letters(words: str, texts: pa.Array, here: list[str], *, is_local: bool) -> Iterator[Condition]:
    """What all of some texts begin with, end with or have inside."""
    looks: tuple[tuple[str, str, Callable[..., pa.Array], Callable[[str], Pair]], ...] = (
        ("that begins with", common(here)[:MOST_TOLD], pc.starts_with, starts),
        ("that ends with", common([text[::-1] for text in here])[:MOST_TOLD][::-1], pc.ends_with, ends),
        ("with", _shared(here), pc.match_substring, lambda _: NONE),
    )
    length = max(map(len, here))
    tries = 2 * 2 * (2 * length + length * (length + 1) // 2) * KINDS  # the other half, of two parts
    for where, wanted, look, pattern in looks:
        if wanted:
            pair = pattern(wanted) if is_local else NONE
            yield Condition(f"{words} {where} {wanted!r}", mask(look(texts, wanted)), tries, pair)


def common(texts: Sequence[str], /) -> str:
    """What all begin with."""
    low, high = min(texts), max(texts)
    size = next((at for at, (one, other) in enumerate(zip(low, high, strict=False)) if one != other), None)
    return low if size is None else low[:size]


def _shared(texts: Sequence[str]) -> str:
    """The longest text that is in all of them, from two to eight characters; the first of several."""
    shortest = min(texts, key=len)
    for size in range(min(len(shortest), MOST_TOLD), 1, -1):
        for start in range(len(shortest) - size + 1):
            piece = shortest[start : start + size]
            if all(piece in text for text in texts):
                return piece
    return ""


def _alone(pattern: Callable[[str], Pair]) -> Callable[[list[str]], Pair]:
    """Patterns of one value; of several nobody writes one."""
    return lambda values: pattern(values[0]) if len(values) == 1 else NONE


def _each(column: pa.DictionaryArray, of: Callable[[str], str]) -> pa.DictionaryArray:
    """A column of what each distinct value comes to."""
    made = pa.array([of(value) for value in column.dictionary.to_pylist()], pa.large_string())
    found = made.dictionary_encode()
    return pa.DictionaryArray.from_arrays(found.indices.take(column.indices), found.dictionary)
