"""Conditions of addresses: what all leads at fault have in theirs, while the file of the leads is at hand.

Domains are told as they are. Of local parts no more is told than what three leads at least share, and of that eight
characters at most: that is nobody's address.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask
from hygiene.lists.suffixes import registrable
from hygiene.prediction.conditions import KINDS, Condition
from hygiene.prediction.evidence import Held
from hygiene.prediction.features import Codes
from hygiene.prediction.patterns import NONE, Pair, at_domain, ends, longer, starts, under
from hygiene.prediction.traits import domains_of

__all__ = ["by_domain", "by_fields", "by_length", "by_letters"]

#: Most characters of local parts that are told, and fewest leads that must share them.
MOST_TOLD, LEAST_LEADS = 8, 3
#: Longest local part, domain and address, in octets. Source: RFC 5321 4.5.3.1.
_LONGEST: Mapping[str, int] = {"a local part": 64, "a domain": 255, "an address": 254}


def by_domain(held: Held, odd: Codes, /) -> Iterator[Condition]:
    """One domain, one last label, one domain that somebody registered."""
    if held.evidence.addresses is None:
        return
    domains = domains_of(held.evidence.addresses().take(held.at)).dictionary_encode()
    columns = (
        ("are at the domain", domains, at_domain),
        ("have the last label", _each(domains, lambda name: name.rpartition(".")[2]), under),
        ("are at or below the registered domain", _each(domains, registrable), under),
    )
    tries = sum(len(column.dictionary) for _, column, _ in columns) * KINDS
    for words, column, pattern in columns:
        codes = column.indices.to_numpy(zero_copy_only=False)
        value = column.dictionary[int(codes[odd[0]])].as_py()
        if value and (codes[odd] == codes[odd[0]]).all():
            yield Condition(f"{words} {value}", codes == codes[odd[0]], tries, pattern(value))


def by_length(held: Held, odd: Codes, /) -> Iterator[Condition]:
    """A length of the local part, the domain or the address, from one on or up to one."""
    if held.evidence.addresses is None:
        return
    address = held.evidence.addresses().take(held.at)
    local, domain = _parts(address)
    tries = 2 * sum(_LONGEST.values()) * KINDS
    for name, texts in zip(_LONGEST, (local, domain, address), strict=True):
        size = pc.utf8_length(texts).to_numpy(zero_copy_only=False)
        low, high = int(size[odd].min()), int(size[odd].max())
        pair = longer if texts is local else lambda _: NONE
        if low > size.min():
            yield Condition(
                f"have {name} of more than {low - 1} characters", size >= low, tries, pair(low - 1)
            )
        if high < size.max():
            words = f"have {name} of fewer than {high + 1} characters"
            yield Condition(words, size <= high, tries, pair(high).turned)


def by_letters(held: Held, odd: Codes, /) -> Iterator[Condition]:
    """Letters that local parts or domains begin with, end with or have anywhere, the fewest that tell leads apart."""
    if held.evidence.addresses is None or len(odd) < LEAST_LEADS:
        return
    local, domain = _parts(held.evidence.addresses().take(held.at))
    for name, texts, told in (("local part", pc.utf8_lower(local), True), ("domain", domain, False)):
        here = texts.take(pa.array(odd)).to_pylist()
        if len(set(here)) < 2:
            continue
        looks: tuple[tuple[str, str, Callable[..., pa.Array], Callable[[str], Pair]], ...] = (
            ("that begins with", _common(here), pc.starts_with, starts),
            ("that ends with", _common([text[::-1] for text in here])[::-1], pc.ends_with, ends),
            ("with", _shared(here), pc.match_substring, lambda _: NONE),
        )
        for words, common, look, pattern in looks:
            wanted = _shortest(texts, common, look)
            if wanted:
                covers = mask(look(texts, wanted))
                pair = pattern(wanted) if told else NONE
                yield Condition(
                    f"have a {name} {words} {wanted!r}", covers, _tries(len(here[0])) * KINDS, pair
                )


def by_fields(held: Held, odd: Codes, /) -> Iterator[Condition]:
    """Fields of the user's own that are blank, or filled."""
    fields = {} if held.evidence.blank is None else held.evidence.blank()
    for name, blank in fields.items():
        here = blank[held.at]
        for words, covers in ((f"have nothing in {name}", here), (f"have something in {name}", ~here)):
            if covers[odd].all():
                yield Condition(words, covers, 2 * len(fields) * KINDS)


def _tries(length: int) -> int:
    """How many texts can be begun with, ended with or met in two parts of an address of this length."""
    return 2 * (2 * length + length * (length + 1) // 2)


def _shortest(texts: pa.Array, common: str, look: Callable[..., pa.Array]) -> str:
    """The shortest piece of what is common that no more leads have than have all of it; of eight characters at most."""
    from_end = look is pc.ends_with
    common = common[-MOST_TOLD:] if from_end else common[:MOST_TOLD]
    if not common:
        return ""
    fewest = np.count_nonzero(mask(look(texts, common)))
    for size in range(1, len(common)):
        piece = common[-size:] if from_end else common[:size]
        if np.count_nonzero(mask(look(texts, piece))) == fewest:
            return piece
    return common


def _common(texts: list[str]) -> str:
    """What all begin with."""
    low, high = min(texts), max(texts)
    size = next((at for at, (one, other) in enumerate(zip(low, high, strict=False)) if one != other), None)
    return low if size is None else low[:size]


def _shared(texts: list[str]) -> str:
    """The longest text that is in all of them, two characters at least; the first of several."""
    shortest = min(texts, key=len)
    for size in range(min(len(shortest), MOST_TOLD), 1, -1):
        for start in range(len(shortest) - size + 1):
            piece = shortest[start : start + size]
            if all(piece in text for text in texts):
                return piece
    return ""


def _parts(address: pa.Array) -> tuple[pa.Array, pa.Array]:
    return pc.replace_substring_regex(address, "@[^@]*$", ""), domains_of(address)


def _each(column: pa.DictionaryArray, of: Callable[[str], str]) -> pa.DictionaryArray:
    """A column of what each distinct value comes to."""
    made = pa.array([of(value) for value in column.dictionary.to_pylist()], pa.large_string())
    found = made.dictionary_encode()
    return pa.DictionaryArray.from_arrays(found.indices.take(column.indices), found.dictionary)
