"""Phones: a number as E.164 writes it, its extension behind it.

What has no country code takes that of a region, and is then held against the numbers that this region has. What is
damaged, several numbers, or holds words that are none of ours is left alone: nothing is guessed. Numbering plans are
those of Google's libphonenumber, by the package phonenumbers.

Its guards: the ``.0`` of a float, a note in brackets and a German ``DW`` are taken off before it reads them as digits,
``00`` is read as ``+`` in every region, and ``+8 495`` is not read as a number of Viet Nam.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask
from hygiene.errors import UsageError, option
from hygiene.fields.distinct import KEPT, Change, Tidied, by_distinct_rows, where_few
from hygiene.fields.numbering_plans import DATE, FOR_FILMS, NANP, NANP_SHAPE, UNITED_KINGDOM, numbering_plans
from hygiene.fields.plain_phones import plain_phones
from hygiene.words.tables import read_words

__all__ = ["check_region", "is_damaged", "tidy_phone", "tidy_phones"]

#: Digits of a number that people dial from outside a firm, and of the longest there is. ITU-T E.164 6.
_SHORTEST, _LONGEST = 7, 15
_TEXT = pa.large_string()

_FLOAT = re.compile(r"(\+?\d{7,})[.,]0+")
#: A country code in brackets: (+33) 5 56 12 34 56.
_BRACKETED = re.compile(r"^\(\+(\d{1,3})\)\s*")
#: A word before a number: behind it stands a colon, or the number itself.
_LABEL = re.compile(r"\(?([^\d:+()#]+?)\)?(?:\s*[:#]+|[\s.\-]+(?=[+(\d]))")
#: A word behind a number: 415 555 0101 - cell.
_LABEL_BEHIND = re.compile(r"[\s\-\u2013\u2014,/]+([^\W\d_]+)\.?$")
#: The country code of Ukraine with the 0 of its trunk prefix apart: +38 (050) 123-45-67.
_UKRAINIAN = re.compile(r"^\+38[\s\-]*\(?0")
_NOTE = re.compile(r"\s*[(\[][^()\[\]\d]*[^\W\d_][^()\[\]\d]*[)\]]\s*$")
_EXTENSION = re.compile(
    r"[\s,;(/\-]*(?:;ext=|ext(?:ension)?n?\.?|x|#|\bdw\.?|\bapp\.?|durchwahl|\bposte|\bramal|anexo|\bint(?:erno|erne)?\.?"
    r"|toestel|\btst\.?|ankn(?:ytning|\.)?|\blokal|linka|\bwew\.?|klapka|mellék|dahili|доб\.?|вн\.?|внут\.?)[\s.:#]*(\d{1,6})\)?$",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"\+?[\d\s()./\-\u2010-\u2015\u2212]+")
#: Two numbers with a sign between them; a code behind a plus or zero has fewer digits than one.
_SEVERAL = re.compile(
    r"^(?!\s*[+0])(?:\D*\d){0,9}?(?:\d[\s()\-]*){6,}[/,;|\n](?:[\s()+\-]*\d){6,}"
    r"|(?:\d[\s()\-]*){8,}[/,;|\n](?:[\s()+\-]*\d){6,}|\+.*\+"
)
_DATE = re.compile(DATE)
_GROUP = re.compile(r"\+\s*\(?(\d+)")
#: A number that a spreadsheet wrote with fewer digits than it had, and one that ends in zeros for the same reason.
_EXPONENT = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d{1,3}")
_ROUNDED = re.compile(r"\d{7,}0000(?:[.,]0+)?")


def tidy_phones(column: pa.Array, /, *, regions: pa.Array | None = None, region: str = "") -> Tidied:
    """The numbers as E.164 writes them: ``+14155550101``, or ``+14155550101 ext. 12``.

    Args:
        column: Phone numbers (`large_string`).
        regions: ISO 3166-1 codes, aligned, as far as they are known.
        region: That of rows where none is known; none where empty.

    Returns:
        The cells, and ``phone`` for each that changed.

    Raises:
        UsageError: phonenumbers is not installed, or `region` is none of its regions.
    """
    check_region(region)
    known = pa.nulls(len(column), _TEXT) if regions is None else regions
    known = pc.fill_null(pc.if_else(pc.equal(known, ""), pa.scalar(None, _TEXT), known), region.upper())
    return where_few([column, known], _tidied)[0]


def check_region(region: str, /) -> None:
    """Hold the code of a region, which may be empty, against those that have telephone numbers.

    Raises:
        UsageError: phonenumbers is not installed, or there is no such region.
    """
    plans = numbering_plans()
    if region and region.upper() not in plans.SUPPORTED_REGIONS:
        meant = {"UK": "GB", "EN": "GB", "EL": "GR"}.get(region.upper())
        told = f"that is {meant}" if meant else "expected the ISO 3166 code of a country, such as GB"
        raise UsageError(f"{option('region', region)} is no region with telephone numbers; {told}.")


def _tidied(columns: Sequence[pa.Array], /) -> list[Tidied]:
    decided, numbers = plain_phones(*columns)
    (found,) = by_distinct_rows(columns, lambda row: [tidy_phone(*row)], plain=decided)
    return [found.replaced(decided & mask(pc.not_equal(numbers, columns[0])), numbers, "phone")]


@lru_cache(KEPT)
def tidy_phone(text: str, region: str = "", /) -> Change:
    """One number as E.164 writes it; the text where it is none for certain."""
    plans = numbering_plans()
    bare, extension = _parts(text)
    bare = _unspelled(bare, region, plans)
    number = _dialled(bare, region if region in plans.SUPPORTED_REGIONS else "", plans)
    if not number:
        return text, ""
    found = f"{number} ext. {extension}" if extension else number
    return found, "phone" if found != text else ""


def _parts(text: str) -> tuple[str, str]:
    """A text without labels and notes, and its extension."""
    bare = unicodedata.normalize("NFKC", text).strip().lstrip("'=\"").strip(' "')
    bare = re.sub(r"^\+{2,}", "+", bare)
    label = _LABEL.match(bare)
    if label and _is_label(label[1]):
        bare = bare[label.end() :].strip()
    behind = _LABEL_BEHIND.search(bare)
    if behind and behind[1].lower() in read_words("phone_labels"):
        bare = bare[: behind.start()]
    bare = _UKRAINIAN.sub("+380", _BRACKETED.sub(r"+\1 ", _NOTE.sub("", bare))).rstrip(" .,;")
    number = _FLOAT.fullmatch(bare)
    bare = number[1] if number else bare
    extension = _EXTENSION.search(bare)
    if extension and sum(map(str.isdigit, bare[: extension.start()])) >= _SHORTEST:
        return bare[: extension.start()].rstrip(" ,;-"), extension[1]
    return bare, ""


def _is_label(text: str) -> bool:
    """Whether words before a number say that one follows."""
    key, known = text.strip(" .").lower(), read_words("phone_labels")
    return key in known or known.issuperset(key.replace(".", " ").split())


#: Free numbers of North America whose last seven digits are spelled; a telephone's keys, ITU-T E.161.
_SPELLED = re.compile(
    r"(?:\+?1[\s.\-]?)?\(?8(?:00|88|77|66|55|44|33)\)?[\s.\-]?[A-Z][A-Z\s.\-]*", re.IGNORECASE
)
_KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
#: A mobile number of Mexico with the 1 that was dialled from abroad until 2019.
_MEXICAN = re.compile(r"(\+\s*52)[\s.\-]*1(?=(?:[\s().\-]*\d){10}[\s.]*$)")


def _unspelled(bare: str, region: str, plans: ModuleType) -> str:
    """A number whose letters are digits, where they are, and without a digit that its plan no longer has."""
    if _SPELLED.fullmatch(bare) and plans.country_code_for_region(region or "US") == NANP:
        digits = re.sub(r"\W", "", bare).upper().translate(_KEYS).removeprefix("1")
        return f"+1{digits}" if len(digits) == len("8005550199") else bare
    return _MEXICAN.sub(r"\1", bare)


def _dialled(bare: str, region: str, plans: ModuleType) -> str:
    """A number of nothing but digits and what stands between them, in E.164; nothing where it is none."""
    if not _SIGNS.fullmatch(bare) or _SEVERAL.search(bare) or _DATE.match(bare):
        return ""
    digits = re.sub(r"\D", "", bare)
    code = plans.COUNTRY_CODE_TO_REGION_CODE
    for prefix in ("00", "011"):
        abroad = digits.startswith(prefix) and digits[len(prefix) : len(prefix) + 1] not in {"", "0"}
        if (
            not bare.startswith("+")
            and abroad
            and (prefix == "00" or plans.country_code_for_region(region) == NANP)
        ):
            bare = "+" + re.sub(r"^\D*" + r"\D*".join(prefix) + r"\D*", "", bare)
            break
    if not _SHORTEST <= len(digits) <= _LONGEST + len("00"):
        return ""
    if bare.startswith("+"):
        group = _GROUP.match(bare)
        if not group or not any(int(group[1][:size]) in code for size in (1, 2, 3)):
            return ""
    elif not region:
        return ""
    return _in_plan(bare, region, plans)


def _in_plan(bare: str, region: str, plans: ModuleType) -> str:
    """A number that its plan has: of the right length behind a country code, one that is given out without."""
    try:
        number = plans.parse(bare, None if bare.startswith("+") else region)
    except plans.NumberParseException:
        return ""
    trunk = plans.ndd_prefix_for_region(region, strip_non_digits=True) if region else None
    unlike = trunk == "0" and not re.match(r"\W*0", bare)  # a number at home begins with it
    if not bare.startswith("+") and (unlike or not plans.is_valid_number(number)):
        own = _with_own_code(bare, number, region, plans)
        if own:
            return _in_plan(own, region, plans)
    national = plans.national_significant_number(number)
    if number.country_code == NANP:
        fits = NANP_SHAPE.fullmatch(national) is not None
    elif bare.startswith("+"):
        fits = plans.is_possible_number_with_reason(number) == plans.ValidationResult.IS_POSSIBLE
    else:
        fits = plans.is_valid_number(number) or _is_dialled_at_home(bare, number, region, plans)
        fits |= number.country_code == UNITED_KINGDOM and FOR_FILMS.fullmatch(national) is not None
    found = str(plans.format_number(number, plans.PhoneNumberFormat.E164))
    if fits and (national.startswith("0") or len(re.sub(r"\D", "", bare)) != len(found) - 1):
        fits = _is_settled(found, plans)
    return found if fits else ""


def _with_own_code(bare: str, number: Any, region: str, plans: ModuleType) -> str:
    """A number that is none at home, but one with the country code that its digits begin with, a 0 before it or not."""
    digits = re.sub(r"\D", "", bare).lstrip("0")
    code = str(plans.country_code_for_region(region))
    abroad = f"+{digits}"
    if not digits.startswith(code) or len(digits) > _LONGEST:
        return ""
    try:
        found = plans.parse(abroad, None)
    except plans.NumberParseException:
        return ""
    longer = plans.is_possible_number(found) and not plans.is_possible_number(number)
    return abroad if plans.is_valid_number(found) or longer else ""


def _is_dialled_at_home(bare: str, number: Any, region: str, plans: ModuleType) -> bool:
    """Whether a number begins with the 0 that its country dials and is as long as its numbers are.

    Numbers that are given out for films and samples, or were after the tables were made, are not valid in these.
    """
    zero = re.match(r"\W*0[1-9]", bare) and plans.ndd_prefix_for_region(region, strip_non_digits=True) == "0"
    possible = plans.is_possible_number_with_reason(number) == plans.ValidationResult.IS_POSSIBLE
    return bool(zero and possible)


def _is_settled(number: str, plans: ModuleType) -> bool:
    """Whether a number from which something was left out is the same when it is read again."""
    return bool(plans.format_number(plans.parse(number, None), plans.PhoneNumberFormat.E164) == number)


def is_damaged(text: str, /) -> bool:
    """Whether a number has lost digits: an exponent, zeros at the end of one without ``+``, or too few digits."""
    bare = text.strip()
    if _EXPONENT.fullmatch(bare):
        return True
    digits = sum(map(str.isdigit, bare))
    if _ROUNDED.fullmatch(bare) and digits > len("4155550000"):
        return True
    return 0 < digits < _SHORTEST and _SIGNS.fullmatch(bare) is not None
