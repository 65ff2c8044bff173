"""Features: all that the API's counting rules can see of leads, and nothing else of them.

Any `ImportPolicy` can be counted on features alone. Here they are made from addresses; a journal may keep
them under a secret instead, so that rules can be tried again without an address.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Mask, lower_case, mask
from hygiene.columns.frames import is_column, is_frame, texts_of
from hygiene.prediction.block_reach import ends_with_one, named_above, registered_with_one
from hygiene.prediction.usable import is_usable

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "GMAIL_DOMAINS",
    "KINDS",
    "Codes",
    "Features",
    "Folding",
    "Kind",
    "TextFeatures",
    "coarse_key",
    "fold",
    "literal_texts",
]

#: One integer a row; rows with equal keys have equal integers.
Codes = np.ndarray[Any, np.dtype[np.int64]]

#: What a block-list entry names: the address, its domain, a domain above that, one that somebody registered as
#: the same, or the letters at its end.
Kind = Literal["address", "domain", "parent", "registrable", "letters"]
KINDS: tuple[Kind, ...] = ("address", "domain", "parent", "registrable", "letters")

#: Domains of Gmail; both reach one mailbox.
GMAIL_DOMAINS = ("gmail.com", "googlemail.com")
_GMAIL = "|".join(GMAIL_DOMAINS).replace(".", "[.]")


class Folding(NamedTuple):
    """Which differences between addresses a duplicate key leaves out; see `ImportPolicy`."""

    trimmed: bool
    case: bool
    plus_tag: bool
    gmail_dots: bool
    gmail_tags: bool = False
    googlemail: bool = False
    a_labels: bool = False


class Features(Protocol):
    """What counting rules see of leads, by position in sending order."""

    def __len__(self) -> int:
        """How many leads there are."""

    def take(self, rows: Codes, /) -> "Features":
        """The same of the leads at these positions alone."""

    def sees(self, rule: str, /) -> bool:
        """Whether what a rule needs to be tried is known of these leads."""

    def usable(self, *, trimmed: bool, kind: str = "loose") -> Mask:
        """True where a lead has a usable address, as it is or trimmed, by a value of `usable_address`."""

    def key(self, folding: Folding, /) -> Codes:
        """The duplicate keys under a folding, as codes."""

    def known(self, folding: Folding, /) -> Mask:
        """True where the key is that of a known lead; what is known lies in the target list."""

    def elsewhere(self, folding: Folding, /) -> Mask:
        """True where the key is that of a known lead that lies in another list of the account."""

    def listed(self, kind: Kind, /, *, trimmed: bool, folded: bool) -> Mask:
        """True where an entry of the block list names the lead, with or without regard to case."""


class TextFeatures:
    """Features of addresses as text.

    Args:
        rows: Leads in sending order: a frame with a column ``email``, or the addresses alone.
        blocklist: The API's block list, addresses and domains.
        known: Addresses that the list holds already.
        elsewhere: Addresses that other lists of the account hold; they matter under account scope alone.
    """

    def __init__(
        self,
        rows: "pd.DataFrame | pd.Series | pa.Array",
        /,
        *,
        blocklist: Iterable[str] = (),
        known: Iterable[str] = (),
        elsewhere: Iterable[str] = (),
    ) -> None:
        cells = rows["email"] if is_frame(rows) else rows
        text = texts_of(cells) if is_column(cells) else cells
        self._text = pc.fill_null(text, "")
        entries = pc.unique(literal_texts(blocklist))
        self._entries = entries.filter(pc.not_equal(entries, ""))  # would name what is above the last label
        self._members = literal_texts(known)
        self._others = literal_texts(elsewhere)
        self._keep()

    def _keep(self) -> None:
        """Work out addresses and keys once."""
        self._address = cache(self._trimmed)
        self._key = cache(self._folded)
        self._usable = cache(lambda trimmed, kind: is_usable(self._address(trimmed), kind))

    def __getstate__(self) -> dict[str, Any]:
        made = ("_address", "_key", "_usable")
        return {name: value for name, value in vars(self).items() if name not in made}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._keep()

    def __len__(self) -> int:
        return len(self._text)

    def take(self, rows: Codes, /) -> "TextFeatures":
        """The same of the leads at these positions alone."""
        return TextFeatures(
            self._text.take(pa.array(rows)),
            blocklist=self._entries,
            known=self._members,
            elsewhere=self._others,
        )

    def sees(self, rule: str, /) -> bool:
        """Whether what a rule needs to be tried is known of these leads: all is, of a text."""
        del rule
        return True

    def usable(self, *, trimmed: bool, kind: str = "loose") -> Mask:
        """True where a lead has a usable address, as it is or trimmed, by a value of `usable_address`."""
        return self._usable(trimmed, kind)

    def key(self, folding: Folding, /) -> Codes:
        """The duplicate keys under a folding, as codes."""
        codes: Codes = self._key(folding).indices.to_numpy(zero_copy_only=False).astype(np.int64)
        return codes

    def known(self, folding: Folding, /) -> Mask:
        """True where the key is that of a known lead; what is known lies in the target list."""
        return self._held(self._members, folding)

    def elsewhere(self, folding: Folding, /) -> Mask:
        """True where the key is that of a known lead that lies in another list of the account."""
        return self._held(self._others, folding)

    def _held(self, held: pa.Array, folding: Folding) -> Mask:
        if not len(held):
            return np.zeros(len(self), dtype=bool)
        members = pc.utf8_trim_whitespace(held) if folding.trimmed else held
        keys = self._key(folding)
        return _spread(_among(keys.dictionary, fold(members, folding)), keys)

    def listed(self, kind: Kind, /, *, trimmed: bool, folded: bool) -> Mask:
        """True where an entry of the block list names the lead, with or without regard to case."""
        if not len(self._entries):
            return np.zeros(len(self), dtype=bool)
        address = lower_case(self._address(trimmed)) if folded else self._address(trimmed)
        entries = lower_case(self._entries) if folded else self._entries
        if kind == "address":
            return _among(address, entries)
        host = pc.replace_substring_regex(address, "^[^@]*@", "").dictionary_encode()
        return _spread(_NAMED[kind](host.dictionary, entries), host)

    def _trimmed(self, trimmed: bool) -> pa.Array:  # noqa: FBT001 -- the key of a cache
        return pc.utf8_trim_whitespace(self._text) if trimmed else self._text

    def _folded(self, folding: Folding) -> pa.DictionaryArray:
        return fold(self._address(folding.trimmed), folding).dictionary_encode()


def literal_texts(given: Iterable[str], /) -> pa.Array:
    """What was handed over as one `large_string` array, each text as it is."""
    texts = given if isinstance(given, pa.Array) else pa.array(given, pa.large_string())
    return texts if pa.types.is_large_string(texts.type) else texts.cast(pa.large_string())


def fold(address: pa.Array, folding: Folding, /) -> pa.Array:
    """The duplicate keys of addresses that are trimmed already, where that is asked for."""
    key = lower_case(address) if folding.case else address
    key = _with_a_labels(key) if folding.a_labels else key
    if folding.plus_tag or folding.gmail_tags:
        where = "" if folding.plus_tag else f"(?:{_GMAIL})$"
        key = pc.replace_substring_regex(key, rf"^([^@+]+)\+[^@]*@({where})", r"\1@\2")
    if folding.googlemail:
        key = pc.replace_substring_regex(key, "^([^@]*)@googlemail[.]com$", r"\1@gmail.com")
    if folding.gmail_dots:
        gmail = pc.match_substring_regex(key, f"^[^@]*@(?:{_GMAIL})$")
        local = pc.replace_substring(pc.replace_substring_regex(key, "@[^@]*$", ""), ".", "")
        whole = pc.binary_join_element_wise(local, pa.scalar("gmail.com", key.type), pa.scalar("@", key.type))
        key = pc.if_else(gmail, whole, key)
    return key


def _with_a_labels(key: pa.Array) -> pa.Array:
    """The keys with every label of a domain that is not ASCII as an A-label."""
    rows = pc.invert(pc.string_is_ascii(key))
    if not rows.true_count:
        return key
    new = [_domain_in_ascii(text) for text in key.filter(rows).to_pylist()]
    return pc.replace_with_mask(key, rows, pa.array(new, key.type))


def _domain_in_ascii(address: str) -> str:
    import idna

    local, at, domain = address.partition("@")
    labels = domain.split(".")
    for place, label in enumerate(labels):
        if not label.isascii():
            try:
                labels[place] = idna.encode(label.lower(), uts46=True).decode("ascii")
            except (idna.IDNAError, UnicodeError):
                continue  # as it is
    return local + at + ".".join(labels)


def coarse_key(addresses: pa.Array, /) -> pa.Array:
    """A text that is equal for any two addresses which some folding makes one, of which one is usable.

    It may be equal for others too, as the plus sign may be in the domain.
    """
    key = _with_a_labels(lower_case(pc.utf8_trim_whitespace(addresses)))
    key = _rewritten(key, pc.match_substring(key, "+"), r"^([^+]*)\+[^@]*@", r"\1@")
    key = _rewritten(key, pc.ends_with(key, "@googlemail.com"), "googlemail[.]com$", "gmail.com")
    gmail = pc.ends_with(key, "@gmail.com")
    if not gmail.true_count:
        return key
    local = pc.replace_substring(pc.utf8_slice_codeunits(key.filter(gmail), 0, -len("gmail.com")), ".", "")
    whole = pc.binary_join_element_wise(local, pa.scalar("gmail.com", key.type), pa.scalar("", key.type))
    return pc.replace_with_mask(key, gmail, whole)


def _rewritten(texts: pa.Array, rows: pa.Array, pattern: str, replacement: str) -> pa.Array:
    """The texts, those of some rows with the pattern replaced; far cheaper than all where they are few."""
    if not rows.true_count:
        return texts
    new = pc.replace_substring_regex(texts.filter(rows), pattern, replacement)
    return pc.replace_with_mask(texts, rows, new)


def _among(texts: pa.Array, wanted: pa.Array) -> Mask:
    return mask(pc.is_in(texts, value_set=wanted))


def _spread(of_each: Mask, column: pa.DictionaryArray) -> Mask:
    """What is true of each distinct value, for every row."""
    rows: Mask = of_each[column.indices.to_numpy(zero_copy_only=False)]
    return rows


#: How distinct domains are looked up among entries; an address is looked up as it is.
_NAMED: Mapping[Kind, Callable[[pa.Array, pa.Array], Mask]] = {
    "domain": _among,
    "parent": named_above,
    "registrable": registered_with_one,
    "letters": ends_with_one,
}
