"""Traits: what an importer could see of a lead besides its address, in coarse classes that a journal may keep.

The table is closed: a trait has its bit for good, no trait tells characters in order, and a length is one of four.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask

__all__ = ["BLANKS", "TRAITS", "Bits", "domains_of", "traits_of"]

#: One number a lead, whose bits stand in the order of `TRAITS`.
Bits = np.ndarray[Any, np.dtype[np.uint32]]


class Trait(NamedTuple):
    """One trait.

    Attributes:
        words: What is said of leads that have it.
        part: Where it is looked for: the local part or the domain; else the column that is blank.
        pattern: What is found there; empty for a blank column.
        letters: The characters of the local part that it tells of, as they stand in a class; empty for no such trait.
    """

    words: str
    part: str
    pattern: str = ""
    letters: str = ""

    @property
    def without(self) -> str:
        """A pattern of usable addresses (`ImportPolicy.usable_address`) that lack it; empty where none can say so."""
        return rf"[^@{self.letters}\s]+@[^@.\s]+([.][^@.\s]+)+" if self.letters else ""


#: Every trait, by its bit.
TRAITS: tuple[Trait, ...] = (
    Trait("an apostrophe in the local part", "local", "'", "'"),
    Trait("a plus sign in the local part", "local", r"\+", "+"),
    Trait("a dot in the local part", "local", r"\.", "."),
    Trait("an underscore in the local part", "local", "_", "_"),
    Trait("a hyphen in the local part", "local", "-", r"\-"),
    Trait("a digit in the local part", "local", "[0-9]", "0-9"),
    Trait("another punctuation mark in the local part", "local", '[!#$%&*/=?^`{|}~"(),:;<>\\\\\\[\\]]'),
    Trait("a character outside ASCII in the local part", "local", "[^\\x00-\\x7f]"),
    Trait("a capital letter in the address", "address", "[A-Z]"),
    Trait("a local part of digits alone", "local", "^[0-9]+$"),
    Trait("a local part of up to 2 characters", "local", "^.{0,2}$"),
    Trait("a local part of 3 to 15 characters", "local", "^.{3,15}$"),
    Trait("a local part of 16 to 64 characters", "local", "^.{16,64}$"),
    Trait("a local part of more than 64 characters", "local", "^.{64}."),
    Trait("a hyphen in the domain", "domain", "-"),
    Trait("a digit in the domain", "domain", "[0-9]"),
    Trait("a character outside ASCII in the domain", "domain", "[^\\x00-\\x7f]"),
    Trait("an A-label in the domain", "domain", r"(^|\.)xn--"),
    Trait("a domain of more than two labels", "domain", r"\..+\."),
    Trait("a last label of two letters", "domain", r"\.[A-Za-z]{2}$"),
    Trait("no first name", "first_name"),
    Trait("no last name", "last_name"),
    Trait("no company", "company"),
    Trait("no phone number", "phone"),
)

#: Columns of which it is told that they are blank, by the bit.
BLANKS: Mapping[int, str] = {bit: trait.part for bit, trait in enumerate(TRAITS) if not trait.pattern}


def traits_of(addresses: pa.Array, blank: Mapping[str, Any] | None = None, /) -> Bits:
    """The traits of leads.

    Args:
        addresses: Their addresses as they are sent.
        blank: For each column of `BLANKS` that the leads have, True where it is blank.
    """
    text = pc.fill_null(addresses, "")
    parts = {
        "address": text,
        "local": pc.replace_substring_regex(text, "@[^@]*$", ""),
        "domain": domains_of(text).dictionary_encode(),
    }
    bits = np.zeros(len(text), dtype=np.uint32)
    for bit, trait in enumerate(TRAITS):
        if trait.pattern:
            bits |= _found(parts[trait.part], trait.pattern).astype(np.uint32) << np.uint32(bit)
        elif blank and trait.part in blank:
            bits |= np.asarray(blank[trait.part], dtype=np.uint32) << np.uint32(bit)
    return bits


def domains_of(addresses: pa.Array, /) -> pa.Array:
    """What stands behind the last at-sign, in lower case."""
    return pc.utf8_lower(pc.replace_substring_regex(pc.fill_null(addresses, ""), "^.*@", ""))


def _found(texts: pa.Array, pattern: str) -> Any:
    if isinstance(texts, pa.DictionaryArray):
        return mask(pc.match_substring_regex(texts.dictionary, pattern))[texts.indices.to_numpy()]
    return mask(pc.match_substring_regex(texts, pattern))
