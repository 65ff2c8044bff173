"""Person traits: what of a lead says who it is, in a spelling that is compared.

Columns of text, aligned with the leads; a blank one is null. What two leads have in common is not asked here.
"""

import re
from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask
from hygiene.fields.companies import tidy_companies
from hygiene.fields.distinct import LONGEST, by_distinct
from hygiene.fields.links import host_of, is_shared, tidy_linkedins
from hygiene.fields.names import tidy_names
from hygiene.fields.placeholders import is_nothing
from hygiene.words.nicknames import name_groups
from hygiene.words.spelling import folded

__all__ = ["BLOCKS", "TRAITS", "block_keys", "person_traits"]

#: Columns that `person_traits` gives.
TRAITS = (
    "given", "surname", "suffix", "company", "domain", "phone", "linkedin", "city", "state", "country",
    "title", "local", "born", "street", "postcode",
)  # fmt: skip
#: How leads are brought together that may be one person, each with the most rows that are looked at: of more the trait
#: tells nobody apart.
BLOCKS = {
    "linkedin": 16,
    "phone": 16,
    "domain and surname": 48,
    "domain and given name": 48,
    "company and surname": 48,
    "company and given name": 48,
    "name": 48,
    "sound of the name": 24,
    "beginnings of the name": 24,
    "surname and city": 48,
    "given name and city": 32,
    "birth and surname": 16,
    "birth and given name": 16,
    "birth and postcode": 16,
    "birth and street": 16,
    "street and surname": 16,
    "street and given name": 16,
    "postcode and surname": 32,
    "postcode and given name": 32,
}
#: Letters of one sound are one digit, vowels none. Source: Soundex, US patents 1,261,167 and 1,435,663.
_SOUNDS = (
    ("[aeiouyhw ]+", ""), ("[bfpv]+", "1"), ("[cgjkqsxz]+", "2"), ("[dt]+", "3"), ("l+", "4"), ("[mn]+", "5"),
    ("r+", "6"),
)  # fmt: skip
#: Letters of a sound that are kept.
_SOUND = 4
#: Letters of a city or street and of a name that are kept where the rest may be written wrong.
_TOWN, _BEGINNING = 5, 3
#: Digits at the end of a number that are compared: what is before them is written or not.
_PHONE_END = r"^.*?(\d{7,8})$"
_SUFFIX = r"(?i)^.*[\s,](jr|sr|junior|senior|ii|iii|iv)\.?\s*$"
#: A date of eight digits or with a sign between its numbers, the year first or last; a time behind it does not count.
_DATE = r"(?:(\d{4})\D?(\d\d)\D?(\d\d)|(\d\d?)\D(\d\d?)\D(\d{4}))(?:[T ].*)?$"
_EXTENSION = r"(?i)\s*(?:ext\.?|extension|x|#|;ext=)\s*\.?\d{1,6}\s*$"
_PROFILE = r"^https://www\.linkedin\.com/in/(.+)$"
_TEXT = pa.large_string()
_NONE = pa.scalar(None, _TEXT)


def person_traits(
    cells: Mapping[str, pa.Array],
    addresses: pa.Array,
    domains: pa.Array,
    /,
    *,
    registrable: Callable[[str], str],
    public: pa.Array,
) -> dict[str, pa.Array]:
    """The traits of leads, by the names of `TRAITS`.

    Args:
        cells: Canonical columns by name, those that are there, and `born`, `street` and `postcode`.
        addresses: Normalized addresses, aligned; null for none.
        domains: Their domains as A-labels.
        registrable: The domain that was registered of a host, or an empty text.
        public: Domains of public mail providers, which are nobody's employer.
    """
    none = pa.nulls(len(addresses), _TEXT)

    def cell(name: str) -> pa.Array:
        column = cells.get(name, none)
        return pc.if_else(pc.less_equal(pc.utf8_length(column), LONGEST), column, _NONE)

    given, surname, suffix = _names(cell("first_name"), cell("last_name"))
    own = _mapped(pc.if_else(pc.is_in(domains, value_set=public), _NONE, domains), registrable)
    site = _mapped(
        cell("website"), lambda text: "" if is_shared(host := host_of(text)) else registrable(host)
    )
    site = pc.if_else(pc.is_in(site, value_set=public), _NONE, site)
    company = _mapped(cell("company"), lambda text: "" if is_nothing(text.strip(), firm=True) else text)
    profile = tidy_linkedins(cell("linkedin")).cells
    found = {
        "given": given,
        "surname": surname,
        "suffix": suffix,
        "company": _squeezed(_folded(tidy_companies(company).cells)),
        "domain": pc.coalesce(own, site),
        "phone": _phones(cell("phone")),
        "linkedin": _captured(profile, _PROFILE),
        **{name: _words(_folded(cell(name))) for name in ("city", "state", "country", "title")},
        "local": pc.replace_substring_regex(addresses, r"(\+[^@]*)?@.*$", ""),
        "born": _mapped(cell("born"), _birth),
        "street": _squeezed(_folded(cell("street"))),
        "postcode": pc.utf8_lower(_squeezed(cell("postcode"))),
    }
    return {name: _blank_to_null(found[name]) for name in TRAITS}


def _names(first: pa.Array, last: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Given name, surname and what tells father and son apart, folded."""
    suffix = pc.coalesce(_captured(last, _SUFFIX), _captured(first, _SUFFIX))
    suffix = pc.replace_substring(pc.utf8_lower(suffix), "junior", "jr")
    suffix = pc.replace_substring(suffix, "senior", "sr")
    tidied = tidy_names(pc.utf8_title(first), pc.utf8_title(last))
    given, surname = (_words(_folded(each.cells)) for each in tidied)
    whole = mask(pc.equal(pc.fill_null(surname, ""), "")) & mask(pc.match_substring(given, " "))
    if whole.any():
        where = pa.array(whole)
        surname = pc.if_else(where, pc.replace_substring_regex(given, "^.* ", ""), surname)
        given = pc.if_else(where, pc.replace_substring_regex(given, " [^ ]*$", ""), given)
    return given, surname, suffix


def _folded(column: pa.Array) -> pa.Array:
    """Texts in small letters without marks."""
    lower = pc.utf8_lower(column)
    plain = mask(pc.string_is_ascii(lower), null=True)
    return by_distinct(lower, lambda text: (folded(text), "marks"), plain=plain).cells


def _words(column: pa.Array) -> pa.Array:
    """Letters and digits, words a space apart."""
    column = pc.replace_substring_regex(column, "['\u2019`\u00b4.]", "")
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(column, r"[^\pL\pN\pM]+", " "))


def _squeezed(column: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(column, r"[^\pL\pN]+", "")


def _phones(column: pa.Array) -> pa.Array:
    """The end of each number that has enough digits and was not rounded."""
    column = pc.replace_substring_regex(column, _EXTENSION, "")
    rounded = pc.match_substring_regex(column, r"[eE]\+|\d{3}\.0+$|0000\s*$")
    digits = pc.replace_substring_regex(column, r"\D", "")
    return pc.if_else(pc.fill_null(rounded, fill_value=True), _NONE, _captured(digits, _PHONE_END))


def _birth(text: str) -> str:
    """Year and, in rising order, day and month, of which either may come first; empty for no whole date."""
    found = re.match(_DATE, text.strip())
    if found is None:
        return ""
    year, *parts = found.group(1, 2, 3) if found[1] else found.group(6, 4, 5)
    return year + "".join(sorted(part.zfill(2) for part in parts))


def _captured(column: pa.Array, pattern: str) -> pa.Array:
    """The first group of a pattern; null where a text does not match."""
    return pc.if_else(
        pc.match_substring_regex(column, pattern),
        pc.replace_substring_regex(column, pattern, r"\1"),
        _NONE,
    )


def _mapped(column: pa.Array, work: Callable[[str], str]) -> pa.Array:
    """What becomes of each distinct text."""
    coded = column.dictionary_encode()
    found = pa.array([None if each is None else work(each) for each in coded.dictionary.to_pylist()], _TEXT)
    return found.take(coded.indices)


def _blank_to_null(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(column, ""), _NONE, column)


def block_keys(traits: Mapping[str, pa.Array], /) -> dict[str, pa.Array]:
    """A text a lead for each of `BLOCKS`: leads of which one is equal may be one person; null for none.

    Args:
        traits: What `person_traits` gave.
    """
    given, surname = _first_word(traits["given"]), traits["surname"]
    group = _mapped(given, lambda name: name_groups().get(name, name))
    heard, called = _sound(surname), _sound(given)
    town = pc.utf8_slice_codeunits(_squeezed(traits["city"]), 0, _TOWN)
    return {
        "linkedin": traits["linkedin"],
        "phone": traits["phone"],
        "domain and surname": _joined(traits["domain"], heard),
        "domain and given name": _joined(traits["domain"], group),
        "company and surname": _joined(traits["company"], heard),
        "company and given name": _joined(traits["company"], group),
        "name": _sorted_pair(group, surname),
        "sound of the name": _sorted_pair(called, heard),
        "beginnings of the name": _sorted_pair(_beginning(given), _beginning(surname)),
        "surname and city": _joined(heard, town),
        "given name and city": _joined(group, town),
        "birth and surname": _joined(traits["born"], heard),
        "birth and given name": _joined(traits["born"], called),
        "birth and postcode": _joined(traits["born"], traits["postcode"]),
        "birth and street": _joined(traits["born"], pc.utf8_slice_codeunits(traits["street"], 0, _TOWN)),
        "street and surname": _joined(traits["street"], heard),
        "street and given name": _joined(traits["street"], called),
        "postcode and surname": _joined(traits["postcode"], heard),
        "postcode and given name": _joined(traits["postcode"], called),
    }


def _first_word(column: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(column, " .*$", "")


def _beginning(column: pa.Array) -> pa.Array:
    return pc.utf8_slice_codeunits(column, 0, _BEGINNING)


def _sound(column: pa.Array) -> pa.Array:
    """How a name sounds: its first letter, and what of the others is no vowel as a few digits."""
    first, rest = pc.utf8_slice_codeunits(column, 0, 1), pc.utf8_slice_codeunits(column, 1)
    for pattern, digit in _SOUNDS:
        rest = pc.replace_substring_regex(rest, pattern, digit)
    return _joined(first, pc.utf8_slice_codeunits(rest, 0, _SOUND))


def _joined(*columns: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(*columns, pa.scalar("\x1f", _TEXT))


def _sorted_pair(first: pa.Array, second: pa.Array) -> pa.Array:
    """Two texts in one order, whichever came first."""
    rises = pc.less_equal(first, second)
    return _joined(pc.if_else(rises, first, second), pc.if_else(rises, second, first))
