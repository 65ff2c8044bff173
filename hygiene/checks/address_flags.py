"""Finding traits: which addresses have which, decided once a domain wherever the domain decides."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.address import Addresses
from hygiene.arrow.text import Mask, first_of, mask, no_texts, not_ascii
from hygiene.checks.role_accounts import Roles, find_roles
from hygiene.checks.typos import suggest_domains
from hygiene.lists.name_lists import NameList, TraitLists

__all__ = ["Traits", "find_traits"]

_TEXT = pa.large_string()
_LATIN, _ALIKE = r"\p{Latin}", r"[\p{Cyrillic}\p{Greek}]"
#: Cyrillic and Greek letters that pass for Latin ones (a e o p c y x i j s h d q w v, A B E H I J K M O P C T Y X S).
#: Source: Unicode confusables, UTS 39.
_LOOK_ALIKE = (
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u0475"
    "\u0406\u0408\u0405\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u03bf\u03b1\u03bd"
)
#: Latin beside Cyrillic or Greek in one word, or a word of nothing but look-alikes under an ASCII ending.
_MIXED = (
    rf"{_LATIN}[^.@]*{_ALIKE}|{_ALIKE}[^.@]*{_LATIN}"
    rf"|(?:^|[.@])[{_LOOK_ALIKE}]+(?:[.@]|[.@].*[.@])[a-z]+$"
)


@dataclass(frozen=True, slots=True)
class Traits:
    """The traits of judged addresses, by position.

    Attributes:
        reasons: Reason code to mask.
        suggestion: The address at the domain that was likely meant; null for none.
        rule: ``list:entry`` of the disposable or free domain, else of the role name; null for none.
    """

    reasons: dict[str, Mask]
    suggestion: pa.Array
    rule: pa.Array


def find_traits(judged: Addresses, lists: TraitLists, /) -> Traits:
    """Find the traits of every accepted address."""
    host = judged.host()
    names = host.dictionary
    places = pc.fill_null(host.indices, len(names)).to_numpy(zero_copy_only=False)
    disposable = _rules(names, lists.disposable, parents=True)
    known = _rules(names, lists.free)
    free = pc.if_else(pc.is_null(disposable), known, pa.scalar(None, _TEXT))
    meant = _meant(pc.if_else(pc.is_null(known), names, pa.scalar(None, _TEXT)), disposable, lists.mistyped())
    roles = find_roles(judged.address, lists.roles)
    by_domain = {"disposable": disposable, "free_provider": free, "typo_suspected": meant}
    reasons = {code: _at(pc.is_valid(found), places) for code, found in by_domain.items()}
    reasons["role_account"] = _mask_of(roles.rows, len(places))
    reasons["mixed_script"] = _are_mixed(judged.address)
    return Traits(
        reasons=reasons,
        suggestion=_suggested(judged.address, meant, host, reasons["typo_suspected"]),
        rule=_rule(pc.coalesce(disposable, free), places, roles),
    )


def _meant(names: pa.Array, disposable: pa.Array, providers: Collection[str]) -> pa.Array:
    """The provider that each domain is a typo of; of a disposable one only where it is one edit away.

    Domains on a list of free providers are nobody's typo, and null here.
    """
    plain = pc.if_else(pc.is_valid(disposable), pa.scalar(None, _TEXT), names)
    listed = pc.if_else(pc.is_valid(disposable), names, pa.scalar(None, _TEXT))
    known = pa.array(list(providers), _TEXT)
    return first_of(
        suggest_domains(plain, providers=providers, known=known),
        suggest_domains(listed, providers=providers, known=known, edits=1),
    )


def _at(of_names: pa.Array, places: np.ndarray[Any, Any]) -> Mask:
    """A mask over names as one over rows; the place after the last name is that of rows without one."""
    found: Mask = np.append(mask(of_names), False)[places]
    return found


def _mask_of(rows: np.ndarray[Any, Any], size: int) -> Mask:
    found = np.zeros(size, dtype=bool)
    found[rows] = True
    return found


def _rule(by_domain: pa.Array, places: np.ndarray[Any, Any], roles: Roles) -> pa.Array:
    """The rule of each row's domain, else that of its role name."""
    none, named = len(by_domain), mask(pc.is_valid(by_domain))
    index = places.astype(np.int64)
    free = ~np.append(named, False)[places[roles.rows]]
    index[roles.rows[free]] = none + 1 + np.flatnonzero(free)
    return pa.concat_arrays([by_domain, pa.nulls(1, _TEXT), roles.rules]).take(pa.array(index))


def _rules(names: pa.Array, lists: Sequence[NameList], *, parents: bool = False) -> pa.Array:
    """``list:entry`` of the first list that has each name or, with `parents`, a domain above it."""
    found = []
    for one in lists:
        found.append(one.rules.take(pc.index_in(names, value_set=one.names)))
        if parents:
            found += _rules_above(names, one)
    return pc.coalesce(*found) if len(found) > 1 else found[0] if found else pa.nulls(len(names), _TEXT)


def _rules_above(names: pa.Array, one: NameList) -> Iterator[pa.Array]:
    """``list:entry`` of domains above each name, the nearest first; none has fewer dots than every entry."""
    at, rows = names, np.arange(len(names))
    while True:
        deep = pc.count_substring(at, ".").to_numpy(zero_copy_only=False) > one.fewest_dots
        rows, at = rows[deep], at.filter(pa.array(deep))
        if not len(rows):
            return
        at = pc.replace_substring_regex(at, r"^[^.]*\.", "")
        rules = one.rules.take(pc.index_in(at, value_set=one.names))
        above = pa.array(_mask_of(rows, len(names)))
        yield pc.replace_with_mask(pa.nulls(len(names), _TEXT), above, rules)


def _are_mixed(address: pa.Array) -> Mask:
    rows = not_ascii(address)
    mixed = mask(pc.match_substring_regex(address.take(pa.array(rows)), _MIXED))
    return _mask_of(rows[mixed], len(address))


def _suggested(address: pa.Array, meant: pa.Array, host: pa.DictionaryArray, rows: Mask) -> pa.Array:
    if not rows.any():
        return no_texts(len(address))
    at = pa.array(rows)
    local = pc.replace_substring_regex(address.filter(at), r"@[^@]*$", "")
    domain = meant.take(host.indices.filter(at))
    found = pc.binary_join_element_wise(local, domain, pa.scalar("@", _TEXT))
    return pc.replace_with_mask(pa.nulls(len(address), _TEXT), at, found)
