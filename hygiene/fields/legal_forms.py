"""Legal forms: which words at the end of a company's name are one, as they are written there.

Nothing is taken off here.
"""

from collections.abc import Mapping
from functools import cache

from hygiene.words.name_words import compact
from hygiene.words.tables import read_rows, read_words

__all__ = ["are_halves", "ends_a_form", "is_form", "is_telling"]

#: Words that a company of several names has before its last one.
_AND = frozenset({"&", "and", "und", "et", "y", "+", "e", "en", "og", "och"})


def is_form(tail: str, head: list[str], country: str, *, behind_comma: bool, shouted: bool) -> bool:
    """Whether the last words of a name are a legal form, as they are written there."""
    halves = tail.split("/")
    if (
        len(halves) > 1
        and tail.isupper()
        and all(len(half) > 1 and _forms().get(compact(half)) for half in halves)
    ):
        return True
    kinds = _forms().get(compact(tail), {})
    letters = [sign for sign in tail if sign.isalpha()]
    apart = " " in tail and all(len(word) == 1 for word in tail.split())
    if not kinds or not letters or apart or head[-1].lower() in _AND:
        return False
    dotted = "." in tail.rstrip(".") or "/" in tail
    upper = all(map(str.isupper, letters))
    word = shouted and not behind_comma and tail.lower() in read_words("firm_cases", kind="word")
    told = {
        "certain": len(letters) > 2 or upper or dotted or not tail.isascii() or tail.lower() == "oy",
        "co": "certain" not in kinds and head[0].lower() != "the",
        "cased": tail.rstrip(",") in read_words("legal_forms", kind="cased"),
        "dotted": dotted or (behind_comma and upper and (not country or country in kinds.get("dotted", ()))),
        "capitals": dotted or (upper and not word),
    }
    if (country in kinds.get("in_country", ()) and upper) or country in kinds.get("in_country_any", ()):
        return True
    if compact(tail) == "spa" and not dotted and upper:
        return country in {"IT", "CL"}
    return any(told.get(kind, False) for kind in kinds)


@cache
def _forms() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Compact legal forms at the end of names, with their kinds and the countries of each."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for form, kind, country in read_rows("legal_forms"):
        if not kind.startswith("before"):
            kinds = found.setdefault(compact(form), {})
            kinds[kind] = kinds.get(kind, frozenset()) | {country}
    return found


def is_telling(word: str) -> bool:
    """Whether a word is a legal form that is no word of a name."""
    return compact(word) in read_words("legal_forms", kind="telling")


def ends_a_form(word: str) -> bool:
    """Whether some legal form ends with a word or is it, or it is two forms with a stroke between them."""
    return "/" in word or compact(word) in _form_ends() or compact(word) in _forms()


@cache
def _form_ends() -> frozenset[str]:
    return frozenset(compact(form.split()[-1]) for form, *_ in read_rows("legal_forms"))


def are_halves(first: str, tail: str) -> bool:
    """Whether a name begins and ends with the halves of a legal form: S.C. Foo S.R.L., Oy Foo Ab."""
    last = compact(tail)
    return (first in {"S.C.", "SC"} and last in {"srl", "sa", "sca", "snc"}) or (
        first == "Oy" and last == "ab"
    )
