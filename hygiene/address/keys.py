"""Keys: when two addresses are counted as one, and when they may be one person's.

The exact key predicts what an API counts. The person key only ever warns, or merges where the user asks
for it; it is no address, and mail is never sent to it.
"""

from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.hashing import Hashes, hash_texts
from hygiene.arrow.text import lower_case

__all__ = ["Keys", "exact_key", "has_spellings", "may_have_spellings", "person_key", "spellings"]

#: One mailbox under two names, where dots in the local part do not count. Source: Gmail Help, "Dots don't
#: matter in Gmail addresses". Not for other domains at Google, where dots tell people apart.
_GMAIL = ("gmail.com", "googlemail.com")
#: Domains whose provider takes what follows a plus sign as a tag, by its own help pages: Gmail, Outlook
#: (each of its domains is a name of its own: hotmail is not outlook), iCloud, Fastmail, Proton. Not Yahoo
#: (tags with a hyphen), GMX, web.de, Tuta, QQ and Naver, where a plus sign is refused or part of the name.
_PLUS_TAGS = (
    *_GMAIL, "outlook.com", "hotmail.com", "live.com", "msn.com", "icloud.com", "me.com", "mac.com",
    "fastmail.com", "fastmail.fm", "proton.me", "protonmail.com", "protonmail.ch", "pm.me",
    *(f"{name}.{land}" for name in ("outlook", "hotmail", "live")
      for land in ("co.uk", "de", "es", "fr", "it", "nl", "be", "dk", "se", "at", "jp", "com.au", "com.br")),
)  # fmt: skip
_TEXT = pa.large_string()


def exact_key(address: pa.Array, /) -> pa.Array:
    """The key under which an API counts two addresses as one: the normal form, case folded."""
    return lower_case(address)


def person_key(address: pa.Array, domain: pa.Array, /) -> pa.Array:
    """The key under which two addresses are likely to be one person's.

    Args:
        address: Normalized addresses by position; null for none.
        domain: Their domains as A-labels.

    Returns:
        The exact key, but for providers known to do so without the tag that a plus sign begins, and at
        Gmail without the dots of the local part.

    Source: the providers' help pages.
    """
    key = exact_key(address)
    loose = has_spellings(domain)
    if not pc.any(loose).as_py():
        return key
    key = pc.if_else(loose, _untagged(key), key)
    for gmail in _GMAIL:
        here = pc.equal(domain, gmail)
        if pc.any(here).as_py():
            dotless = pc.replace_substring(_local(key, gmail), ".", "")
            key = pc.if_else(here, _at(dotless, _GMAIL[0]), key)
    return key


def has_spellings(domain: pa.Array, /) -> pa.Array:
    """Whether a provider is known to deliver several spellings of an address to one mailbox; false for null."""
    return pc.is_in(domain, value_set=pa.array(_PLUS_TAGS, _TEXT))


def may_have_spellings(text: pa.Array, /) -> pa.Array:
    """The same of addresses in lower case whose domains were not taken apart."""
    return pc.match_substring_regex(text, f"@(?:{'|'.join(_PLUS_TAGS).replace('.', '[.]')})$")


def spellings(address: pa.Array, domain: pa.Array, /) -> tuple[pa.Array, ...]:
    """Other spellings of the same mailbox, such as somebody may have hashed: of addresses that have them.

    Args:
        address: Normalized addresses by position.
        domain: Their domains as A-labels.

    Returns:
        The person key, and the address without its tag, at Gmail under the usual one of its domains; null where a
        provider is not known for it.
    """
    loose, none = has_spellings(domain), pa.scalar(None, _TEXT)
    plain = _untagged(exact_key(address))
    other = pc.equal(domain, _GMAIL[1])
    if pc.any(other).as_py():
        plain = pc.if_else(other, _at(_local(plain, _GMAIL[1]), _GMAIL[0]), plain)
    return pc.if_else(loose, person_key(address, domain), none), pc.if_else(loose, plain, none)


def _untagged(key: pa.Array) -> pa.Array:
    """Addresses without the tag that a plus sign begins."""
    tagged = pc.fill_null(pc.match_substring(key, "+"), fill_value=False)
    rest = pc.replace_substring_regex(key.filter(tagged), r"^([^@+]+)\+[^@]*@", r"\1@")
    return pc.replace_with_mask(key, tagged, rest) if len(rest) else key


def _local(key: pa.Array, domain: str) -> pa.Array:
    """What stands before a domain; not to be read of addresses at another."""
    return pc.utf8_slice_codeunits(key, 0, -len(domain) - 1)


def _at(local: pa.Array, domain: str) -> pa.Array:
    return pc.binary_join_element_wise(local, pa.scalar(domain, _TEXT), pa.scalar("@", _TEXT))


@dataclass(frozen=True)
class Keys:
    """The keys of judged addresses, by position.

    Attributes:
        exact: Under which an API counts two addresses as one.
        person: Under which two are likely to be one person's; None where rows are matched by the exact key.
    """

    exact: pa.Array
    person: pa.Array | None

    @classmethod
    def of(cls, address: pa.Array, domain: pa.Array, /, *, by_person: bool) -> "Keys":
        """The keys of normalized addresses, whose domains are A-labels; those of persons where asked for."""
        person = person_key(address, domain) if by_person else None
        return cls(exact_key(address), person)

    @property
    def key(self) -> pa.Array:
        """That under which rows are the same lead."""
        return self.exact if self.person is None else self.person

    @cached_property
    def exact_hashes(self) -> Hashes:
        """The exact keys, hashed under the key of this process; worked out once."""
        return hash_texts(self.exact)

    @cached_property
    def person_hashes(self) -> Hashes | None:
        """The keys of persons, hashed; None where there are none."""
        return None if self.person is None else hash_texts(self.person)

    @property
    def hashes(self) -> Hashes:
        """Those under which rows are the same lead."""
        return self.exact_hashes if self.person_hashes is None else self.person_hashes
