"""Notes about fields: what a person should look at before a mail is merged from them.

Masks by row; nothing is changed here. What is public among mail providers, and under which suffix a domain is
registered, is handed in.
"""

import re
from collections.abc import Callable, Collection
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Mask, Octets, mask
from hygiene.fields.distinct import where_distinct
from hygiene.fields.name_parts import is_company
from hygiene.fields.placeholders import UNFILLED, is_department, is_made_up, is_nothing, names_a_test
from hygiene.fields.suspects import Ends, may_begin_alike
from hygiene.words.name_words import FIRM_WORDS, LEGAL_FORMS_JOINED, given_names
from hygiene.words.spelling import folded
from hygiene.words.tables import read_words

_TEXT = pa.large_string()

__all__ = ["damaged_number", "domain_mismatch", "is_own_address", "name_is_company", "placeholder_name"]

#: A number of enough digits, with what stands between them, and the end of one that may have been rounded.
_FEWEST = 7
_WHOLE_NUMBER, _ROUND = rf"^\+?[ ().\-]*(?:\d[ ().\-]*){{{_FEWEST},}}$", r"0000(?:[.,]0+)?[ ]*$"
#: The last octet of a rounded one.
_ZERO, _BLANK_SIGN, _PLUS = ord("0"), ord(" "), ord("+")
_IS_DIGIT = np.array([chr(octet) in "+0123456789" for octet in range(256)])
#: What stands around the words of placeholders, which are looked up without it.
_AROUND = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace()) + "."
#: Letters that become others in lower case, by where they stand or into several, so that Arrow's are not Python's.
_TWO_CASES = "[\u0130\u03a3]"
_SPACE, _BLANK = pa.scalar(" ", pa.large_string()), {"null_handling": "replace", "null_replacement": ""}
#: White space as Python has it, and words that it stands between.
_WHITE = r"[\s\x0b\x1c-\x1f\x85\pZ]"
#: What a program or a held key left.
_UNFILLED = rf"^{_WHITE}*(?:{UNFILLED}){_WHITE}*$"
_SEVERAL = rf"\S{_WHITE}+\S"
#: A website whose host can be read off it.
_SITE = r"^\s*(?:https?:)?(?://)?(?:www\.)?([a-z0-9.\-]+)(?:[/?#].*)?\s*$"


def placeholder_name(
    first: pa.Array, last: pa.Array, addresses: pa.Array, /, *, ends: tuple[Ends, Ends] | None = None
) -> Mask:
    """Rows whose first or last name names nobody: NULL, test, asdf, xxx, unknown, a department, the address itself.

    Args:
        first: First names (`large_string`).
        last: Last names, aligned.
        addresses: Email cells, aligned.
        ends: The ends of both names, where they were looked at already.
    """
    words = read_words("placeholders")
    near = np.flatnonzero(
        np.logical_or(
            *(
                each.may_be_one_of(words) | each.may_be_one_letter()
                for each in ends or (Ends(first), Ends(last))
            )
        )
    )
    given, surname = first.take(pa.array(near)), last.take(pa.array(near))
    joined = pc.binary_join_element_wise(given, surname, _SPACE, **_BLANK)
    told = _is_told(given) | _is_told(surname) | _is_told(joined)
    found = np.zeros(len(first), dtype=bool)
    found[near] = where_distinct([given, surname], lambda row: _names_nobody(*row), plain=~told)
    return found | is_own_address(first, addresses)


def _is_told(texts: pa.Array) -> Mask:
    """Texts that are in the table of placeholders, whatever their case, what stands around them, and more."""
    bare = pc.utf8_lower(pc.utf8_trim(texts, _AROUND))
    dots = pc.and_(pc.equal(bare, ""), pc.match_substring(texts, "."))
    found = mask(pc.is_in(bare, value_set=_placeholders())) | mask(dots)
    found |= mask(pc.match_substring_regex(texts, _UNFILLED))
    return found | mask(pc.match_substring_regex(texts, _TWO_CASES))


@cache
def _placeholders() -> pa.Array:
    bare = {word.strip(_AROUND) for word in read_words("placeholders")}
    return pa.array(sorted(bare - {""}), _TEXT)


def _names_nobody(first: str, last: str) -> bool:
    first, last = first.strip(), last.strip()
    if names_a_test(first, last):
        return True
    whole = f"{first} {last}"
    nothing = is_nothing(first, beside=last) or is_nothing(last, beside=first)
    return nothing or is_department(whole) or is_made_up(whole)


def is_own_address(names: pa.Array, addresses: pa.Array, /) -> Mask:
    """Rows whose name is their address."""
    if not pc.any(pc.match_substring(names, "@")).as_py():
        return np.zeros(len(names), dtype=bool)
    same = pc.equal(
        pc.ascii_lower(pc.utf8_trim_whitespace(names)), pc.ascii_lower(pc.utf8_trim_whitespace(addresses))
    )
    return mask(pc.and_(same, pc.match_substring(names, "@")))


def name_is_company(
    first: pa.Array, last: pa.Array, companies: pa.Array, /, *, ends: tuple[Ends, Ends] | None = None
) -> Mask:
    """Rows whose name is that of a company, by its words or by the company's own cell.

    Args:
        first: First names (`large_string`).
        last: Last names, aligned.
        companies: Companies, aligned.
        ends: The ends of both names, where they were looked at already.
    """
    near = np.flatnonzero(_near_firm(*(ends or (Ends(first), Ends(last)))))
    given, surname = first.take(pa.array(near)), last.take(pa.array(near))
    found = np.zeros(len(first), dtype=bool)
    plain = ~_may_be_firm(given, surname)
    found[near] = where_distinct([given, surname], lambda row: _is_firm(*row), plain=plain)
    same = mask(pc.equal(first, companies))
    if same.any():
        same &= ~mask(pc.equal(pc.utf8_trim_whitespace(first), "")) & mask(pc.equal(last, ""), null=True)
    return found | same | _is_called_so(first, last, companies)


def _is_called_so(first: pa.Array, last: pa.Array, companies: pa.Array) -> Mask:
    """Rows whose name is what the company is called, and no given name: alone, twice, or with a word of trades last."""
    found = np.zeros(len(first), dtype=bool)
    rows = np.flatnonzero(may_begin_alike(first, companies))
    if not len(rows):
        return found
    first, last, companies = (column.take(pa.array(rows)) for column in (first, last, companies))
    begins = pc.equal(*(pc.utf8_lower(pc.utf8_slice_codeunits(each, 0, 3)) for each in (first, companies)))
    near = mask(begins) & mask(pc.not_equal(first, ""))
    alike = mask(pc.equal(pc.fill_null(last, ""), "")) | mask(pc.equal(first, last))
    trade = mask(pc.is_in(pc.utf8_lower(last), value_set=pa.array(sorted(FIRM_WORDS), _TEXT)))
    columns = [first, pc.fill_null(last, ""), companies]
    found[rows] = where_distinct(columns, lambda row: _are_called(*row), plain=~(near & (alike | trade)))
    return found


def _are_called(first: str, last: str, company: str) -> bool:
    words = first.split()
    if not words or folded(words[0]) in given_names():
        return False
    from hygiene.fields.companies import tidy_company

    whole = first if last in {"", first} else f"{first} {last}"
    called = {folded(text) for text in (company, tidy_company(company)[0])}
    return folded(whole.strip()) in called


def _near_firm(first: Ends, last: Ends) -> Mask:
    """Rows that `_may_be_firm` may tell of, and others."""
    forms = read_words("legal_forms", kind="telling")
    alone = first.are_filled() ^ last.are_filled()
    return first.may_end_with(forms) | last.may_end_with(forms) | alone


def _may_be_firm(first: pa.Array, last: pa.Array) -> Mask:
    """Rows whose name ends with a form that tells firms, or is several words in one cell."""
    ends = [mask(pc.match_substring_regex(column, _telling())) for column in (first, last)]
    blank = [mask(pc.equal(pc.utf8_trim_whitespace(column), ""), null=True) for column in (first, last)]
    words = [mask(pc.match_substring_regex(column, _SEVERAL)) for column in (first, last)]
    return ends[0] | ends[1] | ((blank[0] ^ blank[1]) & (words[0] | words[1]))


@cache
def _telling() -> str:
    """The expression for a form of firms at the end of a name, or the joined ones anywhere."""
    forms = (
        r"[.,]*".join(map(re.escape, form)) for form in sorted(read_words("legal_forms", kind="telling"))
    )
    joined = "|".join(map(re.escape, LEGAL_FORMS_JOINED))
    return rf"(?i)(?:^|,|{_WHITE})(?:{'|'.join(forms)})[.,]*{_WHITE}*$|{joined}"


def _is_firm(first: str, last: str) -> bool:
    return bool((first + last).strip()) and is_company(first, last)


def damaged_number(phones: pa.Array, /) -> Mask:
    """Rows whose phone number has lost digits: an exponent, zeros in place of them, or too few."""
    plain = _are_whole(phones)
    ends = Octets.of(phones).tails() >> np.uint32(24)
    near = np.flatnonzero(plain & ((ends == _ZERO) | (ends == _BLANK_SIGN)))
    plain[near[mask(pc.match_substring_regex(phones.take(pa.array(near)), _ROUND))]] = False
    if plain.all():
        return ~plain
    from hygiene.fields.phones import is_damaged

    return where_distinct([phones], lambda row: is_damaged(row[0]), plain=plain)


def _are_whole(phones: pa.Array) -> Mask:
    """Numbers of enough digits; most columns are of digits and plus signs before them, which is cheaper to see."""
    octets = Octets.of(phones)
    if len(octets.data) and not phones.null_count and _IS_DIGIT[octets.data].all():
        signs = octets.data == _PLUS
        lengths = np.diff(octets.bounds)
        first = signs[np.minimum(octets.bounds[:-1], len(signs) - 1)] & (lengths > 0)
        if np.count_nonzero(first) == np.count_nonzero(signs):
            whole: Mask = lengths - first >= _FEWEST
            return whole
    return mask(pc.match_substring_regex(phones, _WHOLE_NUMBER))


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
    from hygiene.fields.links import host_of, is_shared

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
