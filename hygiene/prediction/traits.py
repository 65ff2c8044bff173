"""Traits: what an importer could see of a lead besides its address, in coarse classes that a journal may keep.

The table is closed: a trait has its bit for good, no trait tells characters in order, and a length is one of four.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask
from hygiene.prediction.address_parts import Parts
from hygiene.prediction.patterns import ANY, DOMAIN, LABEL, NONE, Pair

__all__ = ["BLANKS", "CUSTOM", "PROVIDERS", "REASONS", "TRAITS", "Bits", "Trait", "traits_of"]

#: More characters than a local part has.
MOST_CHARACTERS = 1 << 31
#: Characters outside ASCII, and capital letters of it, as a class has them.
_NOT_ASCII, _CAPITAL = r"[^\x00-\x7f]", "[A-Z]"
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
        pattern: What is found there, in an address; empty where it does not tell.
        sizes: The fewest and the most characters that the local part has; empty where that is not the trait.
        pair: Regular expressions of the usable addresses that have it, and of those that lack it.
    """

    words: str
    part: str
    pattern: str = ""
    pair: Pair = NONE
    sizes: tuple[int, ...] = ()

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
    return Trait(words, "local", "", pair, (least, most or MOST_CHARACTERS))


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
    Trait("a capital letter in the address", "address", _CAPITAL, Pair(
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
    parts = Parts.of(addresses)
    sizes = parts.sizes()[0]
    bits = np.zeros(len(addresses), dtype=np.uint64)
    for bit, trait in enumerate(TRAITS):
        found = told[trait.part] if told and trait.part in told else None
        if trait.pattern or trait.sizes:
            by_address = _found(trait, addresses, parts, sizes)
            found = by_address if found is None else by_address | found
        if found is not None:
            bits |= np.asarray(found, dtype=np.uint64) << np.uint64(bit)
    return bits


def _found(trait: Trait, addresses: pa.Array, parts: Parts, sizes: Any) -> Any:
    """True where an address has a trait; what is plain is found without a regular expression."""
    if trait.sizes:
        return (sizes >= trait.sizes[0]) & (sizes <= trait.sizes[1])
    if trait.pattern == _CAPITAL:
        return mask(pc.not_equal(pc.ascii_lower(addresses), addresses))
    domain = parts.domain if trait.part != "local" else None
    texts = parts.local if domain is None else domain.dictionary
    if trait.pattern == _NOT_ASCII:
        found = ~mask(pc.string_is_ascii(texts))
    elif len(trait.pattern) == len("[.]"):
        found = mask(pc.match_substring(texts, trait.pattern[1]))
    else:
        found = mask(pc.match_substring_regex(texts, trait.pattern))
    return found if domain is None else found[domain.indices.to_numpy(zero_copy_only=False)]
