"""Name order: which words are the first name and which the last, where a comma, capitals or the other cell say so.

Where nothing says so, a name stays in its order.
"""

import re

from hygiene.fields.name_parts import Cell, is_left, starts_with_particle
from hygiene.fields.name_titles import split_titles
from hygiene.fields.placeholders import is_department
from hygiene.fields.whole_names import SURNAME_FIRST
from hygiene.words.firm_names import are_positions, is_firm
from hygiene.words.name_words import given_names
from hygiene.words.spelling import folded
from hygiene.words.tables import read_words

__all__ = ["drop_doubled", "put_in_order"]

#: Surnames that one person has, where a comma is all that tells them from a name.
_TWO_SURNAMES = 2
#: An initial or several: K., J. R., J.R.
_INITIALS = re.compile(r"[^\W\d_](?:\.[\s-]?[^\W\d_])*\.|[^\W\d_]\.?(?:\s[^\W\d_]\.?)*")
_NAME = re.compile(r"[^\W\d_a-z][^\W\d_]+(?:[-'\u2019][^\W\d_]+)*")
#: A surname in capitals throughout, hyphens and apostrophes within.
_CAPITALS = re.compile(r"[^\W\d_a-z][^\W\d_a-z'\u2019\-]+")


def put_in_order(first: Cell, last: Cell, country: str = "", /) -> None:
    """Turn a name round where a comma behind its surname, or capitals throughout of that alone, stand first."""
    whole = first if first.text else last
    if not (first.text and last.text):
        surname, given = _turned(whole.text, country)
        if given:
            first.set(given, "order")
            last.set(surname, "order")
    if first.text.endswith(",") and last.text and "," not in last.text and "," not in first.text[:-1]:
        surname, given = first.text[:-1].rstrip(), last.text
        if not is_left(surname, given=False) and not is_left(given, given=True) and surname:
            first.set(given, "order")
            last.set(surname, "order")
    for cell in (first, last):
        bare = cell.text.rstrip(" ,;")
        if bare:
            cell.set(bare, "order")


def _turned(text: str, country: str) -> tuple[str, str]:
    """Surname and given names of a cell that has them in that order for certain; both blank for any other."""
    surname, comma, given = text.partition(",")
    if comma:
        return (surname, given.strip()) if _is_turned(surname, given.strip(), country) else ("", "")
    words = text.split()
    if len(words) == len(("given", "surname")) and _is_cased(words[0]) and _CAPITALS.fullmatch(words[1]):
        return (words[1], words[0]) if words[1].isupper() and folded(words[0]) in given_names() else ("", "")
    count = next(
        (at for at, word in enumerate(words) if not _CAPITALS.fullmatch(word) or not word.isupper()), 0
    )
    rest = words[count:]
    known = rest and all(
        word.istitle() and given_names().issuperset(folded(word).split("-")) for word in rest
    )
    return (
        (" ".join(words[:count]), " ".join(rest))
        if count and known and not is_left(text, given=True)
        else ("", "")
    )


def _is_cased(word: str) -> bool:
    return word.istitle() and word.isalpha() and len(word) > 1


def _is_turned(surname: str, given: str, country: str) -> bool:
    """Whether what stands before a comma is a surname, and behind it given names, with titles before them or not."""
    words, names = surname.split(), split_titles(given, "", alone=False)[1]
    if not words or is_left(surname, given=False) or is_left(names, given=True):
        return False
    own = len(words) == 1 or starts_with_particle(surname)
    if own and len(words) > 1 and words[0].islower() and names.isalpha() and not are_positions([names]):
        return True
    if own and _INITIALS.fullmatch(names):
        return True
    two = len(words) == _TWO_SURNAMES and given_names().isdisjoint(map(folded, words))
    begin, *further = folded(names).split() or [""]
    known = given_names().issuperset(begin.split("-")) and all(
        len(word.rstrip(".")) == 1 or word in given_names() for word in further
    )
    return (own or two) and (known or (own and _are_likely(words, names, country)))


def _are_likely(words: list[str], names: str, country: str) -> bool:
    """Whether words that no table knows are given names behind a surname: one or two, and nothing that a firm has."""
    given = names.split()
    known = folded(words[0]) in given_names() and not starts_with_particle(" ".join(words))
    surname_first = country in SURNAME_FIRST or not known
    shaped = 0 < len(given) <= len("ab") and all(
        map(_NAME.fullmatch, given[:1] + [x for x in given[1:] if len(x) > 2])
    )
    other = are_positions([names]) or is_firm(" ".join([*words, *given])) or is_department(names)
    place = names.lower() in read_words("firm_parts", kind="place")
    return surname_first and shaped and not other and not place


def drop_doubled(first: Cell, last: Cell, /) -> None:
    """Where both cells hold the surname or the first name, or both the whole name, each keeps its own."""
    for cell, other in ((first, last), (last, first)):
        before, comma, behind = cell.text.partition(",")
        whole = f"{behind.strip()} {before}".casefold()
        if (
            comma
            and other.text
            and other.text.casefold() in {whole, (before if cell is first else behind.strip()).casefold()}
        ):
            first.set(behind.strip(), "last_name_in_first")
            last.set(before, "first_name_in_last")
    words, surname = first.text.split(), last.text.split()
    if len(words) < 2 and len(surname) < 2:
        return
    same = [word.casefold() for word in words] == [word.casefold() for word in surname[: len(words)]]
    known = words != [] and folded(words[0]) in given_names() and not is_left(last.text, given=False)
    if same and known and len(words) < len(surname):
        last.set(" ".join(surname[len(words) :]), "first_name_in_last")
    if len(words) < 2 or not surname or is_left(first.text, given=True):
        return
    fold = [word.casefold() for word in words]
    if fold == [word.casefold() for word in surname]:
        if len(words) == 2:
            first.set(words[0], "last_name_in_first")
            last.set(surname[1], "last_name_in_first")
    elif fold[-len(surname) :] == [word.casefold() for word in surname]:
        first.set(" ".join(words[: -len(surname)]), "last_name_in_first")
