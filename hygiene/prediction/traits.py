"""Traits: what an importer could see of a lead besides its address, in coarse classes that a journal may keep.

The table is closed: a trait has its bit for good, no trait tells characters in order, and a length is one of four.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask
from hygiene.prediction.patterns import ANY, DOMAIN, LABEL, NONE, Pair

__all__ = ["BLANKS", "CUSTOM", "PROVIDERS", "REASONS", "TRAITS", "Bits", "Trait", "domains_of", "traits_of"]

#: What stands for all custom fields that are sent.
CUSTOM = "custom"

#: One number a lead, whose bits stand in the order of `TRAITS`.
Bits = np.ndarray[Any, np.dtype[np.uint64]]


class Trait(NamedTuple):
    """One trait.

    Attributes:
        words: What leads have that have it.
        part: Where it is looked for: the local part, the domain or all of the address; else what a caller names
            who knows of it: a column that is blank, a provider, or a reason.
        pattern: What is found there, in an address; empty where the address does not tell.
        pair: Regular expressions of the usable addresses that have it, and of those that lack it.
    """

    words: str
    part: str
    pattern: str = ""
    pair: Pair = NONE

    @property
    def absent(self) -> str:
        """What is said of leads that do not have it."""
        blank = self.words.removeprefix("no ")
        return f"have a {blank}" if blank != self.words else f"do not have {self.words}"


def _in_local(words: str, letters: str, other: str = "") -> Trait:
    """The trait that one of these characters is in the local part; as they stand in a class, and all others."""
    lacks = f"[{other}]" if other else f"[^@{letters}\\s]"
    return Trait(
        words, "local", f"[{letters}]", Pair(f"{ANY}*[{letters}]{ANY}*@{DOMAIN}", f"{lacks}+@{DOMAIN}")
    )


def _in_domain(words: str, letters: str, other: str = "") -> Trait:
    """The same of the domain."""
    label, inside = f"[{other}]+" if other else f"[^@.{letters}\\s]+", "[^@.\\s]*"
    one = f"{inside}[{letters}]{inside}"
    has = f"{ANY}+@(({LABEL}[.])+{one}([.]{LABEL})*|{one}([.]{LABEL})+)"
    return Trait(words, "domain", f"[{letters}]", Pair(has, f"{ANY}+@{label}([.]{label})+"))


def _of_length(words: str, least: int, most: int | None = None) -> Trait:
    """The trait that a local part has so many characters."""
    here = f"{{{least},{most or ''}}}"
    outside = [f"{ANY}{{1,{least - 1}}}"] if least > 1 else []
    outside += [f"{ANY}{{{most + 1},}}"] if most else []
    pair = Pair(f"{ANY}{here}@{DOMAIN}", f"({'|'.join(outside)})@{DOMAIN}")
    return Trait(words, "local", rf"^[\s\S]{here}$", pair)


def _provider(name: str, code: str, domains: str) -> Trait:
    """The trait that one takes the mail, by the domain or, where a caller knows them, by its mail hosts."""
    return Trait(f"mail at {name}", code, f"^(?:{domains})$")


_CAPITALS = _in_domain("", "A-Z").pair
_SHORT = "([^@.\\s]|[^@.\\s]{3,}|[^@.A-Za-z\\s][^@.\\s]|[^@.\\s][^@.A-Za-z\\s])"

#: Every trait, by its bit.
TRAITS: tuple[Trait, ...] = (
    _in_local("an apostrophe in the local part", "'"),
    _in_local("a plus sign in the local part", "+"),
    _in_local("a dot in the local part", "."),
    _in_local("an underscore in the local part", "_"),
    _in_local("a hyphen in the local part", "\\-"),
    _in_local("a digit in the local part", "0-9"),
    _in_local("another punctuation mark in the local part", r'!#$%&*/=?^`{|}~"(),:;<>\\\[\]'),
    _in_local("a character outside ASCII in the local part", r"^\x00-\x7f", r"!-?A-~"),
    Trait("a capital letter in the address", "address", "[A-Z]", Pair(
        f"{ANY}*[A-Z]{ANY}*@{DOMAIN}|{_CAPITALS.has}", f"[^@A-Z\\s]+{_CAPITALS.lacks.removeprefix(f'{ANY}+')}")),
    Trait("a local part of digits alone", "local", "^[0-9]+$", Pair(
        f"[0-9]+@{DOMAIN}", f"{ANY}*[^@0-9\\s]{ANY}*@{DOMAIN}")),
    _of_length("a local part of up to 2 characters", 1, 2),
    _of_length("a local part of 3 to 15 characters", 3, 15),
    _of_length("a local part of 16 to 64 characters", 16, 64),
    _of_length("a local part of more than 64 characters", 65),
    _in_domain("a hyphen in the domain", "\\-"),
    _in_domain("a digit in the domain", "0-9"),
    _in_domain("a character outside ASCII in the domain", r"^\x00-\x7f", r"!-\-/-?A-~"),
    Trait("an A-label in the domain", "domain", r"(^|\.)xn--"),
    Trait("a domain of more than two labels", "domain", r"\..+\.", Pair(
        f"{ANY}+@{LABEL}([.]{LABEL}){{2,}}", f"{ANY}+@{LABEL}[.]{LABEL}")),
    Trait("a last label of two letters", "domain", r"\.[A-Za-z]{2}$", Pair(
        f"{ANY}+@({LABEL}[.])+[A-Za-z]{{2}}", f"{ANY}+@({LABEL}[.])+{_SHORT}")),
    Trait("no first name", "first_name"),
    Trait("no last name", "last_name"),
    Trait("no company", "company"),
    Trait("no phone number", "phone"),
    Trait("no title", "title"),
    Trait("no website", "website"),
    Trait("no LinkedIn page", "linkedin"),
    Trait("no city", "city"),
    Trait("no state", "state"),
    Trait("no country", "country"),
    Trait("no custom field that is filled", CUSTOM),
    Trait("the name of a role for a local part", "role_account"),
    Trait("a domain of free mailboxes", "free_provider"),
    Trait("a disposable domain", "disposable"),
    _provider("Google", "google", "gmail[.]com|googlemail[.]com"),
    _provider("Microsoft", "microsoft", "(outlook|hotmail|live|msn|passport)[.].+"),
    _provider("Yahoo", "yahoo", "(yahoo|ymail|rocketmail|aol)[.].+"),
    _provider("Apple", "apple", "(icloud|me|mac)[.]com"),
    _provider("Proton", "proton", "(protonmail|proton)[.](com|me|ch)|pm[.]me"),
    _provider("Zoho", "zoho", "(zoho|zohomail)[.].+"),
    _provider("Yandex", "yandex", "(yandex|ya)[.].+"),
    _provider("Mail.ru", "mailru", "(mail|bk|inbox|list)[.]ru"),
)  # fmt: skip

#: Columns of which it is told that they are blank.
BLANKS = (
    "first_name", "last_name", "company", "phone", "title", "website", "linkedin", "city", "state", "country",
)  # fmt: skip
#: Reasons of a cleaning that are traits.
REASONS = ("role_account", "free_provider", "disposable")
#: Providers by the names that `hygiene.deliverability` has for them.
PROVIDERS = ("google", "microsoft", "yahoo", "apple", "proton", "zoho", "yandex", "mailru")


def traits_of(addresses: pa.Array, told: Mapping[str, Any] | None = None, /) -> Bits:
    """The traits of leads.

    Args:
        addresses: Their addresses as they are sent.
        told: For each of `BLANKS`, `REASONS` and `PROVIDERS` that is known of the leads, and for `CUSTOM`, True where
            a lead has the trait.
    """
    text = pc.fill_null(addresses, "")
    domains = domains_of(text).dictionary_encode()
    parts = {"address": text, "local": pc.replace_substring_regex(text, "@[^@]*$", "")}
    bits = np.zeros(len(text), dtype=np.uint64)
    for bit, trait in enumerate(TRAITS):
        found = told[trait.part] if told and trait.part in told else None
        if trait.pattern:
            by_address = _found(parts.get(trait.part, domains), trait.pattern)
            found = by_address if found is None else by_address | found
        if found is not None:
            bits |= np.asarray(found, dtype=np.uint64) << np.uint64(bit)
    return bits


def domains_of(addresses: pa.Array, /) -> pa.Array:
    """What stands behind the last at-sign, in lower case."""
    return pc.utf8_lower(pc.replace_substring_regex(pc.fill_null(addresses, ""), "^.*@", ""))


def _found(texts: pa.Array, pattern: str) -> Any:
    if isinstance(texts, pa.DictionaryArray):
        return mask(pc.match_substring_regex(texts.dictionary, pattern))[texts.indices.to_numpy()]
    return mask(pc.match_substring_regex(texts, pattern))
