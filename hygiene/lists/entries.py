"""Entries: what one piece of text names - an address, a domain, a hash, a pattern - in the form that is compared.

Nothing here knows what a list is laid out as, what a cell holds several of, or what an entry forbids.
"""

import unicodedata
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.address.repair import tidied
from hygiene.arrow.text import Mask, lower_case, mask

__all__ = ["HASHES", "KINDS", "QUOTES", "Judged", "judge"]

#: What an entry can name; the position is its code in `Judged.kind`.
KINDS = ("address", "domain", "md5", "sha1", "sha256", "pattern")
#: Hash by the number of its hex digits.
HASHES = {32: "md5", 40: "sha1", 64: "sha256"}
_LEFT = -1

#: Whatever may be a letter of a label: no ASCII mark but hyphen and underscore, no space, no dot of UTS 46.
_LABELS = r"[^\x00-,./:-@\[-^`{-\x{a0}\pZ\p{Cc}\x{3002}\x{ff0e}\x{ff61}]+"
_DOMAIN = rf"^({_LABELS}\.)+{_LABELS}$"
_ADDRESS = rf"^[^\x00- %*\x7f-\x{{a0}}\pZ\"(),:;<>@\[\\\]]+@({_LABELS}\.)+{_LABELS}$"
#: The same with jokers in the local part, those of shells, SQL and expressions, which an address may hold as well.
_PATTERN = rf"^[^\x00- \x7f-\x{{a0}}\pZ\"(),:;<>@\[\\\]]+@({_LABELS}\.)+{_LABELS}$"
#: Quotes of typographers and spreadsheets, which an address may begin with and an entry does not.
QUOTES = "'`\u00ab\u00b4\u00bb\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2039\u203a"
#: Everybody at a domain, as shells, SQL (``LIKE '%@d'``) and regular expressions write it.
_ANYBODY = r"(?:[*%]+|\.[*+])@"
#: What is taken off an entry though an address or a domain may have it: quotes, a wildcard, a wide at sign.
_MARKED = rf"^(?:\.\+@|[{QUOTES}])|[{QUOTES}]$|[\x{{ff20}}\x{{fe6b}}]"
#: A domain above which no other stands, said with a mark so that no stray word is one.
_TOP = rf"^({_ANYBODY}|\*\.|@|\.)\.*{_LABELS}\.?$"
#: A number in the place of a top-level domain: a date, a telephone, an IP address. RFC 3696 2.
_NUMBER = r"\.[0-9]+$"
#: Octets of a domain name. RFC 1035 2.3.4, without the length octet and the root.
DOMAIN_OCTETS = 253

#: What stands around an entry, taken off in this order where a cell is none by itself.
_AROUND = (
    (r"[\x{3002}\x{ff0e}\x{ff61}]", "."),  # the dots of UTS 46
    (r"[\x{ff20}\x{fe6b}]", "@"),
    (rf"^[\s{QUOTES}\"<(\[{{]+|[\s{QUOTES}\">)\]}},;]+$", ""),
    (r"^.*[<(]([^<>()\s]+)$", r"\1"),  # what is left of: Name <address>
    (r"^(?:mailto|smtp|email):([^?]*).*$", r"\1"),
    (r"^[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#]*).*$", r"\1"),
    (r"^([^/?#@\s]+)[/?#].*$", r"\1"),
    (r":[0-9]{1,5}$", ""),
    (r"\s*@\s*", "@"),
    (rf"^(?:{_ANYBODY}|\*\.|@|\.)+", ""),
    (r"\.+$", ""),
)


@dataclass(frozen=True, slots=True)
class Judged:
    """Judged cells, by position.

    Attributes:
        kind: Position in `KINDS`; -1 for a cell that names none of them.
        text: Compared form: lower case, domains as A-labels; not to be read where the kind is -1.
    """

    kind: np.ndarray[Any, np.dtype[np.int8]]
    text: pa.Array


def judge(cells: pa.Array, /, *, hashes: bool, single_labels: bool = False, around: bool = True) -> Judged:
    """What each cell names.

    Args:
        cells: Text without null, trimmed.
        hashes: Whether a hash is an entry.
        single_labels: Whether a word without a dot is a domain, as an API may take it.
        around: Whether to look for an entry in what stands around it, where the cell is none by itself.
    """
    text = lower_case(_seen(cells))
    kind = _kinds(text, hashes=hashes)
    left = np.flatnonzero(kind == _LEFT)
    if len(left) and around:
        text, kind = _again(text, kind, left, hashes=hashes, single_labels=single_labels)
    text = _without_www(text, kind)
    return _as_a_labels(*_with_patterns(text, kind))


def _with_patterns(text: pa.Array, kind: np.ndarray[Any, Any]) -> tuple[pa.Array, np.ndarray[Any, Any]]:
    """The text of patterns with every joker as a star."""
    jokers = kind == KINDS.index("pattern")
    if not jokers.any():
        return text, kind
    stars = pc.replace_substring_regex(text.filter(pa.array(jokers)), r"(?:\.?\*|%)+", "*")
    return pc.replace_with_mask(text, pa.array(jokers), stars), kind


def _seen(text: pa.Array) -> pa.Array:
    """The text in NFC, without characters that show nothing; Arrow's own kernel decomposes in version 18."""
    odd = pa.array(~mask(pc.string_is_ascii(text)))
    if not odd.true_count:
        return text
    words = [tidied(unicodedata.normalize("NFC", word))[0] for word in text.filter(odd).to_pylist()]
    return pc.replace_with_mask(text, odd, pa.array(words, text.type))


def _kinds(text: pa.Array, *, hashes: bool) -> np.ndarray[Any, np.dtype[np.int8]]:
    kind = np.full(len(text), _LEFT, dtype=np.int8)
    length = pc.binary_length(text).to_numpy(zero_copy_only=False)
    if hashes:
        for digits, name in HASHES.items():
            found = np.flatnonzero(length == digits)
            hexes = mask(pc.match_substring_regex(text.take(pa.array(found)), "^[0-9a-f]+$"))
            kind[found[hexes]] = KINDS.index(name)
    rest = np.flatnonzero(kind == _LEFT)
    open_ = text if len(rest) == len(text) else text.take(pa.array(rest))
    at = mask(pc.match_substring(open_, "@"))
    plain = ~mask(pc.match_substring_regex(open_, _MARKED))
    rest, at = rest[plain], at[plain]
    for wanted, pattern, rows in ((0, _ADDRESS, rest[at]), (1, _DOMAIN, rest[~at])):
        kind[rows[mask(pc.match_substring_regex(text.take(pa.array(rows)), pattern))]] = wanted
    odd = rest[at][kind[rest[at]] == _LEFT]
    kind[odd[_are_patterns(text.take(pa.array(odd)))]] = KINDS.index("pattern")
    kind[(kind == 1) & (length > DOMAIN_OCTETS)] = _LEFT
    named = np.flatnonzero(kind == 1)
    kind[named[mask(pc.match_substring_regex(text.take(pa.array(named)), _NUMBER))]] = _LEFT
    return kind


def _are_patterns(texts: pa.Array) -> Mask:
    """Which texts are addresses with a joker in the local part that is not all of it."""
    everybody = mask(pc.match_substring_regex(texts, f"^{_ANYBODY}"))
    return mask(pc.match_substring_regex(texts, _PATTERN)) & ~everybody


def _again(
    text: pa.Array,
    kind: np.ndarray[Any, Any],
    left: np.ndarray[Any, Any],
    *,
    hashes: bool,
    single_labels: bool,
) -> tuple[pa.Array, np.ndarray[Any, Any]]:
    """Judge the cells that are left, without what stands around an entry."""
    cells = text.take(pa.array(left))
    inner = cells
    for pattern, rest in _AROUND:
        inner = pc.replace_substring_regex(inner, pattern, rest)
    again = _kinds(inner, hashes=hashes)
    word = mask(pc.match_substring_regex(inner, f"^{_LABELS}$"))
    top = np.ones(len(left), dtype=bool) if single_labels else mask(pc.match_substring_regex(cells, _TOP))
    again[(again == _LEFT) & word & top] = 1
    kind = kind.copy()
    kind[left] = again
    there = np.zeros(len(text), dtype=bool)
    there[left] = True
    return pc.replace_with_mask(text, pa.array(there), inner), kind


def _without_www(text: pa.Array, kind: np.ndarray[Any, Any]) -> pa.Array:
    """Domains without the host name of a web site, which no address has."""
    named = pc.and_(pa.array(kind == 1), pc.starts_with(text, "www."))
    if not pc.any(named).as_py():
        return text
    return pc.if_else(named, pc.replace_substring_regex(text, r"^www\.([^.]+\.)", r"\1"), text)


def _as_a_labels(text: pa.Array, kind: np.ndarray[Any, Any]) -> Judged:
    odd = ~mask(pc.string_is_ascii(text)) & (kind != _LEFT)
    if not odd.any():
        return Judged(kind, text)
    words = [_a_labels(word) for word in text.filter(pa.array(odd)).to_pylist()]
    kind = kind.copy()
    kind[odd] = np.where([word is None for word in words], _LEFT, kind[odd])
    return Judged(
        kind, pc.replace_with_mask(text, pa.array(odd), pa.array([w or "" for w in words], text.type))
    )


def _a_labels(text: str) -> str | None:
    """An address or domain with its domain as A-labels; None where it has none."""
    import idna

    local, at, host = text.rpartition("@")
    try:
        return local + at + idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        return None
