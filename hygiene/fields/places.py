"""Places: countries and states by one name, whatever language or code a cell has.

A country is written as English says it (`Germany`), a state as its country does (`California`); a name that is right
stays. Codes are those of ISO 3166, names those of the package pycountry. Nothing is looked for by likeness: its fuzzy
search gives North Korea for "Republic of Korea" and Nigeria for Niger. What names several places is left alone.
"""

import gettext
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from types import ModuleType

import pyarrow as pa
import pyarrow.compute as pc

from hygiene.errors import UsageError
from hygiene.fields.distinct import Change, Tidied, by_distinct, by_distinct_rows
from hygiene.words.spelling import folded
from hygiene.words.tables import read_rows, read_words

__all__ = [
    "can_read_countries",
    "country_codes",
    "has_states",
    "tidy_countries",
    "tidy_country",
    "tidy_state",
    "tidy_states",
]

#: The languages that headers are read in, as pycountry calls them.
_LANGUAGES = (
    "de", "fr", "es", "it", "nl", "pt", "tr", "pl", "cs", "da", "sv", "nb_NO", "fi", "hu", "ro", "ru", "uk", "ja",
    "zh_CN", "zh_TW", "ko", "he", "ar",
)  # fmt: skip
#: Countries whose states are called by codes.
_STATES = frozenset({"US", "CA", "AU", "BR", "MX", "IN", "DE", "AT", "CH", "IT", "NL", "MY"})
#: Short codes of states that are no codes of countries: a column that has them has states.
_NO_COUNTRY = frozenset({"TX", "NY", "WA", "OH", "WI", "UT", "OK", "IA", "NV", "WV", "RI"})
_TEXT = pa.large_string()


@dataclass(frozen=True, slots=True)
class _Country:
    """What a text is known as.

    Attributes:
        code: ISO 3166-1.
        name: What the text is written as; empty where it is right as it is.
    """

    code: str
    name: str


def tidy_countries(column: pa.Array, /, *, codes: bool | None = None) -> Tidied:
    """Countries as English says them; what is none for certain is left.

    Args:
        column: Countries (`large_string`).
        codes: Whether two letters may be the code of a country; None where the column is to tell, see `has_states`.

    Raises:
        UsageError: pycountry is not installed.
    """
    codes = not has_states(column) if codes is None else codes
    return by_distinct(column, lambda text: tidy_country(text, codes=codes))


def country_codes(column: pa.Array, /, *, codes: bool | None = None) -> pa.Array:
    """ISO 3166-1 codes of countries, in capitals; null where a cell names none for certain.

    Args:
        column: Countries (`large_string`).
        codes: As `tidy_countries` takes it.

    Raises:
        UsageError: pycountry is not installed.
    """
    encoded = pc.dictionary_encode(column)
    codes = not has_states(column) if codes is None else codes
    found = [_find(text, codes=codes) for text in encoded.dictionary.to_pylist()]
    return pa.array([each.code if each else None for each in found], _TEXT).take(encoded.indices)


def tidy_states(column: pa.Array, codes: pa.Array, /) -> Tidied:
    """States by their name, of rows whose country is known.

    Args:
        column: States (`large_string`).
        codes: ISO 3166-1 codes, aligned.

    Raises:
        UsageError: pycountry is not installed.
    """
    (found,) = by_distinct_rows([column, codes], lambda row: [tidy_state(*row)])
    return found


def tidy_country(text: str, /, *, codes: bool = True) -> Change:
    """One country as English says it.

    Args:
        text: A cell.
        codes: Whether two letters may be the code of a country.
    """
    found = _find(text, codes=codes)
    if not found or not found.name or found.name == text:
        return text, ""
    return found.name, "country"


def tidy_state(text: str, country: str, /) -> Change:
    """One state by its name, where its country is known."""
    if country not in _STATES or not text.strip():
        return text, ""
    found = _states(country).get(_key(text), "")
    if not found or (_key(found) == _key(text) and not (text.isupper() or text.islower())):
        return text, ""
    return found, "state" if found != text else ""


def has_states(column: pa.Array, /) -> bool:
    """Whether a column of countries holds codes of states, as some do: then two letters are no country."""
    return bool(pc.any(pc.is_in(column, value_set=pa.array(sorted(_NO_COUNTRY), _TEXT))).as_py())


def _find(text: str | None, *, codes: bool) -> _Country | None:
    bare = (text or "").strip()
    if len(bare) == len("DE") and bare.isascii() and not codes:
        return None
    found = _countries().get(_key(bare))
    if found and found.name and _key(found.name) == _key(bare) and not (bare.isupper() or bare.islower()):
        return _Country(found.code, "")
    return found


def _key(text: str) -> str:
    """A name without marks, signs, articles and case."""
    plain = folded(unicodedata.normalize("NFKC", text)).replace("&", " and ")
    return re.sub(
        r"^the (?=\w)", "", " ".join(re.sub(r"[.]", "", re.sub(r"[-,()'\u2019]", " ", plain)).split())
    )


def can_read_countries() -> bool:
    """Whether the package is there that knows countries by their names."""
    return find_spec("pycountry") is not None


def _iso() -> ModuleType:
    try:
        import pycountry
    except ImportError as error:
        msg = "tidying countries and states needs pycountry: pip install 'lead-hygiene[tidy]'."
        raise UsageError(msg) from error
    found: ModuleType = pycountry
    return found


@cache
def _countries() -> Mapping[str, _Country]:
    """Countries by every name and code; English before other languages, and nothing that has two meanings."""
    iso = _iso()
    said = {code: name for name, kind, code in read_rows("countries") if kind == "said"}
    written = {each.alpha_2: said.get(each.alpha_2, each.name) for each in iso.countries}
    found: dict[str, _Country] = {}
    for name, code in _foreign(iso, written):
        found[_key(name)] = _Country(code, written[code])
    for each in iso.countries:
        for name in (
            each.name,
            getattr(each, "official_name", ""),
            each.alpha_2,
            each.alpha_3,
            written[each.alpha_2],
        ):
            if name:
                found[_key(name)] = _Country(each.alpha_2, written[each.alpha_2])
    for name, kind, code in read_rows("countries"):
        if kind in {"name", "part"}:
            found[_key(name)] = _Country(code, name)
        elif kind == "alias":
            found[_key(name)] = _Country(code, written[code])
    for name in read_words("countries", kind="ask"):
        found.pop(_key(name), None)
    found.pop("", None)
    return found


def _foreign(iso: ModuleType, written: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Names in other languages, those that name one country in all of them."""
    meant: dict[str, set[str]] = {}
    names: dict[str, str] = {}
    for language in _LANGUAGES:
        table = gettext.translation("iso3166-1", iso.LOCALES_DIR, languages=[language], fallback=True)
        for each in iso.countries:
            for english in (each.name, getattr(each, "common_name", ""), getattr(each, "official_name", "")):
                name = table.gettext(english) if english else ""
                if name and name != english:
                    meant.setdefault(_key(name), set()).add(each.alpha_2)
                    names[_key(name)] = name
    for key, codes in meant.items():
        if len(codes) == 1 and codes <= written.keys():
            yield names[key], next(iter(codes))


@cache
def _states(country: str) -> Mapping[str, str]:
    """The states of a country by name and code."""
    found: dict[str, str] = {}
    for each in _iso().subdivisions.get(country_code=country):
        name = re.sub(r"\s*[\[(].*$", "", each.name)
        if country == "IN":  # its list writes long vowels with marks that its people do not
            name = unicodedata.normalize(
                "NFC", re.sub("[\u0304\u0323]", "", unicodedata.normalize("NFD", name))
            )
        found[_key(name)] = name
        code = each.code.partition("-")[2]
        if not code.isdigit():
            found.setdefault(_key(code), name)
    for name, kind, code in read_rows("countries"):
        if kind == "state" and code.startswith(f"{country}-"):
            found[_key(name)] = found[_key(code.partition("-")[2])]
    return found
