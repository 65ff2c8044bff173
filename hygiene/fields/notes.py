"""Notes about fields: what a person should look at before a mail is merged from them.

Masks by row; nothing is changed here. What is public among mail providers, and under which suffix a domain is
registered, is handed in.
"""

from collections.abc import Callable, Collection

import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Mask, mask
from hygiene.fields.distinct import where_distinct
from hygiene.fields.links import host_of, is_shared
from hygiene.fields.name_parts import is_company
from hygiene.fields.phones import is_damaged
from hygiene.fields.placeholders import is_department, is_nothing, is_test
from hygiene.fields.plain_names import plain_names
from hygiene.words.spelling import folded

__all__ = ["damaged_number", "domain_mismatch", "is_own_address", "name_is_company", "placeholder_name"]

#: A number of enough digits, with what stands between them, and the end of one that may have been rounded.
_WHOLE_NUMBER, _ROUND = r"^\+?[ ().\-]*(?:\d[ ().\-]*){7,}$", r"0000(?:[.,]0+)?[ ]*$"
#: A website whose host can be read off it.
_SITE = r"^\s*(?:https?:)?(?://)?(?:www\.)?([a-z0-9.\-]+)(?:[/?#].*)?\s*$"


def placeholder_name(first: pa.Array, last: pa.Array, addresses: pa.Array, /) -> Mask:
    """Rows whose first or last name names nobody: NULL, test, asdf, xxx, unknown, a department, the address itself.

    Args:
        first: First names (`large_string`).
        last: Last names, aligned.
        addresses: Email cells, aligned.
    """
    found = where_distinct([first, last], lambda row: _names_nobody(*row), plain=plain_names(first, last))
    return found | is_own_address(first, addresses)


def _names_nobody(first: str, last: str) -> bool:
    first, last = first.strip(), last.strip()
    if is_test(first) and (not last or is_test(last)):
        return True
    return (
        is_nothing(first, beside=last) or is_nothing(last, beside=first) or is_department(f"{first} {last}")
    )


def is_own_address(names: pa.Array, addresses: pa.Array, /) -> Mask:
    """Rows whose name is their address."""
    same = pc.equal(
        pc.ascii_lower(pc.utf8_trim_whitespace(names)), pc.ascii_lower(pc.utf8_trim_whitespace(addresses))
    )
    return mask(pc.and_(same, pc.match_substring(names, "@")))


def name_is_company(first: pa.Array, last: pa.Array, companies: pa.Array, /) -> Mask:
    """Rows whose name is that of a company, by its words or by the company's own cell.

    Args:
        first: First names (`large_string`).
        last: Last names, aligned.
        companies: Companies, aligned.
    """
    by_words = where_distinct([first, last], lambda row: _is_firm(*row), plain=plain_names(first, last))
    same = pc.and_(pc.equal(first, companies), pc.not_equal(pc.utf8_trim_whitespace(first), ""))
    alone = pc.fill_null(pc.equal(last, ""), fill_value=True)
    return by_words | mask(pc.and_(same, alone))


def _is_firm(first: str, last: str) -> bool:
    return bool((first + last).strip()) and is_company(first, last)


def damaged_number(phones: pa.Array, /) -> Mask:
    """Rows whose phone number has lost digits: an exponent, zeros in place of them, or too few."""
    plain = mask(pc.match_substring_regex(phones, _WHOLE_NUMBER))
    plain &= ~mask(pc.match_substring_regex(phones, _ROUND))
    return where_distinct([phones], lambda row: is_damaged(row[0]), plain=plain)


def domain_mismatch(
    websites: pa.Array, domains: pa.Array, /, *, registrable: Callable[[str], str], public: Collection[str]
) -> Mask:
    """Rows whose address is at another registrable domain than their website, where that is a site of their own.

    Args:
        websites: Websites (`large_string`).
        domains: Domains of the addresses as A-labels in lower case, aligned; null where there is none.
        registrable: The domain that was registered of a host, or an empty text.
        public: Domains of public mail providers, which say nothing about a website.
    """

    def differs(website: str, domain: str) -> bool:
        host = host_of(website)
        if not host or not domain or domain in public or (own := registrable(domain)) in public:
            return False
        if is_shared(host):
            return False
        site = registrable(host)
        return bool(site and own) and folded(site) != folded(own)

    there = mask(pc.greater(pc.binary_length(domains), 0)) & mask(pc.greater(pc.binary_length(websites), 0))
    alike = pc.equal(pc.replace_substring_regex(pc.ascii_lower(websites), _SITE, r"\1"), domains)
    settled = mask(alike) | mask(pc.is_in(domains, value_set=pa.array(sorted(public), pa.large_string())))
    return where_distinct([websites, domains], lambda row: differs(*row), plain=~there | settled)
