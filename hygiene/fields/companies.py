"""Companies: the name that people say, from the one that a register or a directory has.

Off come legal forms at its ends, what stands in brackets, an earlier name, a slogan, marks and the ending of a domain;
capitals throughout are set. ``&`` stays, and so does every word that may be part of the name.

Why no library: of cleanco only the terms by country are taken; it makes "Day" of "Day Spa", nothing of "UK Ltd", and
knows no UG, e.K., EOOD or FZE.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Mask, mask
from hygiene.fields.distinct import BETWEEN, KEPT, Change, Tidied, by_distinct_rows, where_few
from hygiene.fields.firm_case import firm_case
from hygiene.fields.firm_ends import KEYWORDS, drop_ends, kept
from hygiene.fields.legal_forms import are_halves, ends_a_form, is_form
from hygiene.fields.mend import is_left_encoded
from hygiene.fields.name_parts import Cell
from hygiene.fields.placeholders import is_nothing
from hygiene.words.name_words import LEGAL_FORMS_JOINED, compact
from hygiene.words.tables import read_rows, read_words

__all__ = ["tidy_companies", "tidy_company"]

_ROUNDS = 5
#: Most words that a legal form has.
_FORM_WORDS = 8
_TEXT = pa.large_string()
#: A name of words that begin with a capital; what more there may be is looked at one by one.
_PLAIN = r"^\p{Lu}\p{Ll}+( \p{Lu}\p{Ll}+)*$"
_LAST_WORD, _FURTHER_WORDS = r"^.* ", r" .*$"
_KEYWORD = rf"(?i)\b(?:{'|'.join(sorted(KEYWORDS))})\b"

#: Two companies in one cell.
_TWO_FIRMS = re.compile(r"\s/\s|\S\s\S.*[^\W\d_]{3}\.?/[^\s/]{3,}\s\S")
#: A German partnership with a company as its partner, with words between its parts: GmbH & Co. Beteiligungs KG.
_PARTNERSHIP = re.compile(
    r"^(.*\S)\s(?:gGmbH|GmbH|AG|SE|UG|mbH)\s?&\s?Co\.?(?:\s[^\W\d_-]+)?\s(?:KG|OHG|KGaA)$", re.IGNORECASE
)
#: Capitals of Turkish alone: where one stands, an I is the one without a dot.
_TURKISH = frozenset("İĞ")
_BRACKETS = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|\uff08[^\uff08\uff09]*\uff09)\s*")
_NOW = re.compile(r"[(\[]\s*(?:now|jetzt|heute)\b", re.IGNORECASE)
_HOST = re.compile(
    r"(?:https?://)?(?:www\.)?([a-z0-9][a-z0-9-]*)((?:\.[a-z]{2,24}){1,2})(?:/\S*)?", re.IGNORECASE
)
#: Endings that people do not say; io, ai, co and others like them are often part of a name.
_ENDINGS = re.compile(
    r"\.(?:(?:com?|net|org|ltd)\.[a-z]{2}|com|net|org|biz|info|de|at|ch|fr|es|it|nl|be|pl|uk|us|ca|eu|se|no|dk|fi|cz|pt|ie"
    r"|in|ru|br|mx|au|nz|jp|example)",
    re.IGNORECASE,
)
#: What is no name of its own behind a legal form: a country, a group, an article.
_NO_NAME = frozenset(
    [
        "uk",
        "usa",
        "us",
        "eu",
        "uae",
        "the",
        "group",
        "holding",
        "holdings",
        "international",
        "global",
        "services",
        "company",
    ]
)


def tidy_companies(column: pa.Array, /, *, countries: pa.Array | None = None) -> Tidied:
    """The cells as people say the names.

    Args:
        column: Names of companies (`large_string`).
        countries: ISO 3166-1 codes, aligned, as far as they are known: "PT" is a legal form in Indonesia.

    Returns:
        The cells, and for each that changed the rules: ``placeholder``, ``mark``, ``trading_as``, ``formerly``,
        ``slogan``, ``brackets``, ``legal_form``, ``domain``, ``case``.
    """
    known = pa.nulls(len(column), _TEXT) if countries is None else countries
    return where_few([column, known], _tidied)[0]


def _tidied(columns: Sequence[pa.Array], /) -> list[Tidied]:
    return by_distinct_rows(columns, lambda row: [tidy_company(*row)], plain=_plain(columns[0]))


def _plain(column: pa.Array) -> Mask:
    plain = mask(pc.match_substring_regex(column, _PLAIN), null=True)
    plain &= ~mask(pc.match_substring_regex(column, _KEYWORD))
    words = pc.replace_substring_regex(column, _LAST_WORD, "")
    plain &= ~mask(pc.is_in(pc.utf8_lower(words), value_set=_last_words()))
    words = pc.replace_substring_regex(column, _FURTHER_WORDS, "")
    plain &= ~mask(pc.is_in(pc.utf8_lower(words), value_set=_first_words()))
    return plain & ~mask(pc.is_in(pc.utf8_lower(column), value_set=_whole()))


@cache
def _last_words() -> pa.Array:
    """Words with which a legal form ends, or what stands for no company."""
    words = {compact(form.split()[-1]) for form in read_words("legal_forms")}
    return pa.array(
        sorted(words | {"company", "group", "brand", "business", "subsidiary", "corporation"}), _TEXT
    )


@cache
def _first_words() -> pa.Array:
    """Words with which a legal form begins that stands in front of a name."""
    words = {form.split()[0].lower() for form in read_words("legal_forms", kind="before")}
    return pa.array(sorted(words), _TEXT)


@cache
def _whole() -> pa.Array:
    return pa.array(sorted(read_words("placeholders")), _TEXT)


@lru_cache(KEPT)
def tidy_company(text: str, country: str = "", /) -> Change:
    """One name as people say it, and the rules that changed it."""
    if is_left_encoded(text):
        return text, ""
    cell = Cell(text)
    for _ in range(_ROUNDS):
        before = cell.text
        if is_nothing(cell.text.strip(), firm=True):
            cell.set("", "placeholder")
        if (
            not cell.text
            or _NOW.search(cell.text)
            or "@" in cell.text
            or _TWO_FIRMS.search(cell.text)
            or BETWEEN in cell.text
        ):
            break
        drop_ends(cell, country)
        shouted = _is_shouted(cell.text)
        _drop_forms(cell, country)
        cell.set(_without_domain(cell.text), "domain")
        cell.set(
            firm_case(
                cell.text,
                shouted=shouted,
                sloppy=cell.text != before and before.islower(),
                turkish=not _TURKISH.isdisjoint(text),
                country=country,
            ),
            "case",
        )
        if cell.text == before:
            break
    else:
        return text, ""
    return cell.change()


def _is_shouted(text: str) -> bool:
    """Whether a name stands in capitals throughout, its legal form too, brackets apart."""
    bare = _BRACKETS.sub(" ", text)
    return bare.isupper()


def _drop_forms(cell: Cell, country: str) -> None:
    """Legal forms off both ends, and brackets, which may stand between them."""
    while True:
        before = cell.text
        cell.set(_without_form(cell.text, country), "legal_form")
        if cell.text == before and _BRACKETS.search(cell.text):
            cell.set(kept(_BRACKETS.sub(_gap, cell.text), cell.text), "brackets")
        if cell.text == before:
            return


def _gap(found: re.Match[str]) -> str:
    """What stands in place of brackets: nothing between signs that are written without spaces."""
    text = found.string[: found.start()][-1:] + found.string[found.end() :][:1]
    return "" if text and all("\u3040" <= sign <= "\u9fff" for sign in text) else " "


def _without_form(text: str, country: str) -> str:
    partnership = _PARTNERSHIP.match(text)
    if partnership:
        return _as_name(partnership[1], text)
    words = text.split()
    most = min(_FORM_WORDS, len(words) - 1) if words and ends_a_form(words[-1]) else 0
    for count in range(most, 0, -1):
        tail = " ".join(words[-count:])
        behind_comma = words[-count - 1].endswith(",")
        if is_form(tail, words[:-count], country, behind_comma=behind_comma, shouted=text.isupper()):
            head = (
                words[1:-count] if are_halves(words[0], tail) and count < len(words) - 1 else words[:-count]
            )
            return _as_name(" ".join(head), text)
    for form in sorted(LEGAL_FORMS_JOINED, key=len, reverse=True):
        if text.startswith(form) or text.endswith(form):
            return _as_name(text.removeprefix(form).removesuffix(form).strip(), text)
    return _without_leading(text, country)


def _as_name(new: str, old: str) -> str:
    """What is left of a name, where it is one by itself."""
    new = re.sub(r"(?:\s+[&+]|[\s,;\u2013\u2014-]+)+$", "", new)
    if len(new) > 2 and (new[0], new[-1]) in {('"', '"'), ("«", "»"), ("„", "“"), ("“", "”"), ("„", "”")}:
        new = new[1:-1].strip()
    letters = sum(map(str.isalnum, new))
    return new if letters and new.lower().strip(".") not in _NO_NAME else old


def _without_leading(text: str, country: str) -> str:
    for form in sorted(read_words("legal_forms", kind="before"), key=len, reverse=True):
        if text.startswith(form) and re.match(r"[\s\"«„“]", text[len(form) :]):
            return _as_name(text[len(form) :].strip(), text)
    word, _, rest = text.partition(" ")
    if rest and word.rstrip(".") in read_words("legal_forms", kind="before_dotted"):
        own = (word.rstrip("."), "before_dotted", country) in read_rows("legal_forms")
        sure = word.endswith(".") or own or rest.endswith((" Indonesia", " Tbk", " Tbk."))
        return _as_name(rest, text) if sure else text
    return text


def _without_domain(text: str) -> str:
    """A host as the name before its ending; of one that has its own capitals only a common ending goes."""
    found = _HOST.fullmatch(text)
    if not found or found[1].isdigit():
        return text
    label, ending = found[1], found[2]
    if not _ENDINGS.fullmatch(ending) and not (text.islower() and ending.count(".") == 1):
        return text
    if len(label) < 3:
        return text
    return label[0].upper() + label[1:] if label.islower() else label
