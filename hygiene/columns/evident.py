"""Evident columns: which columns of rows without a header are certain by their cells, and whether a header is a row.

Only what cells make evident is said; a column that may be this or that stays unnamed. What headers mean is in
`candidates`.
"""

import re
from collections.abc import Sequence

from hygiene.columns.candidates import Candidates
from hygiene.columns.contents import BLANK_WORDS, Contents
from hygiene.columns.header_words import words_of
from hygiene.words.firm_names import are_firms, is_firm, is_person

__all__ = ["evident_columns", "is_row"]

#: Share of the filled cells of a column that must be of a kind, and of those of a last name that the addresses beside
#: them must bear out (assumed: chosen on made-up rows).
_MOST, _SOME = 0.8, 0.3

#: A phone number as people write it: with a plus, brackets, a leading 0, or groups.
_PHONE = re.compile(
    r"'?(?=(?:\D*\d){7,15}\D*$)(?:\+|\(|0)?[\d\s().\-/\u2010-\u2015]*(?:\s*(?:x|ext\.?)\s*\d+)?"
)
_GROUPED = re.compile(r"'?(?:[+(0]|\d+[\s.\-/]+\d)")
_DATE = re.compile(r"\d{4}[-./]\d\d?[-./]\d\d?\b.*|\d\d?[-./]\d\d?[-./]\d{4}\b.*|\d{1,3}(?:\.\d{1,3}){3}")
#: What no header is made of: digits alone, a host, an address that is written out.
_VALUE = re.compile(
    r"[+-]?[\d\s.,:/()-]*\d[\d\s.,:/()-]*|(?:https?://|www\.)\S+|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/\S*)?"
    r"|\S+\s*[(\[]at[)\]]\s*\S+",
    re.IGNORECASE,
)
#: Words that show a cell to be of a header, whatever stands beside them.
_HEADER_WORDS = frozenset(
    {"email", "mail", "name", "company", "phone", "title", "website", "country", "id", "date"}
)
_NAME = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


def evident_columns(rows: Sequence[Sequence[str]], /, *, guess: bool = False) -> dict[str, int]:
    """For each canonical column (and `full_name`) that cells make evident its position.

    Args:
        rows: Rows without a header, some shorter than others.
        guess: Whether single words right of first names are taken for last names, which may be towns.
    """
    width = max(map(len, rows), default=0)
    sample = [[*row, *[""] * (width - len(row))] for row in rows]
    held = [Contents(sample, at) for at in range(width)]
    signs = [each.at_signs for each in held]
    if not any(signs):
        return {}
    found = {"email": signs.index(max(signs))}
    for name, share in (("linkedin", _linkedin), ("website", _websites), ("phone", _phones)):
        fitting = [at for at in range(width) if at not in found.values() and share(held[at]) >= _MOST]
        if fitting:
            found[name] = fitting[0]
    texts = [at for at in range(width) if at not in found.values() and held[at].filled and not signs[at]]
    mail = [row[found["email"]] for row in sample]
    return found | _names(sample, texts, mail, guess=guess)


def is_row(header: Sequence[str], rows: Sequence[Sequence[str]], /) -> bool:
    """Whether what was taken for a header is a lead's row: it says what rows say, and hardly what headers do."""
    known = sum(map(len, Candidates(header).named.values()))
    filled = [(at, text.strip()) for at, text in enumerate(header) if text.strip()]
    values = sum(text.lower() in BLANK_WORDS or _VALUE.fullmatch(text) is not None for _, text in filled)
    if values > known:
        return True
    again = any(at < len(row) and row[at].strip() == text for row in rows for at, text in filled)
    told = (text for _, text in filled if _HEADER_WORDS.isdisjoint(words_of(text)))
    names = any(is_person(text) or is_firm(text) for text in told)
    return not known and (names or (len(filled) > 1 and again))


def _names(
    sample: Sequence[Sequence[str]], texts: Sequence[int], mail: Sequence[str], *, guess: bool
) -> dict[str, int]:
    """The columns that hold firms, and the names of people, whole or in halves."""
    found: dict[str, int] = {}
    cells = {at: [row[at].strip() for row in sample] for at in texts}
    people = {
        at: _share([is_person(cell, address) for cell, address in _beside(cells[at], mail)]) for at in texts
    }
    words = {at: _share([_NAME.fullmatch(cell) is not None for cell in cells[at] if cell]) for at in texts}
    firms = [at for at in texts if are_firms(cells[at], mail, beside=False, contact=False)]
    if firms:
        found["company"] = firms[0]
    whole = [at for at in texts if at not in firms and people[at] >= _MOST and words[at] < 1 - _MOST]
    first = [at for at in texts if at not in firms and people[at] >= _SOME and words[at] >= _MOST]
    if whole:
        found["full_name"] = whole[0]
    elif first:
        found["first_name"] = first[0]
        last = [at for at in (first[0] + 1, first[0] - 1) if at in texts and at not in found.values()]
        last = [at for at in last if words[at] >= _MOST]
        borne_out = [at for at in last if _share(_in_address(cells[at], mail)) >= _SOME]
        last = borne_out or [at for at in last if guess and at > first[0]]
        if last:
            found["last_name"] = last[0]
    return found


def _beside(cells: Sequence[str], mail: Sequence[str]) -> list[tuple[str, str]]:
    return [(cell, address) for cell, address in zip(cells, mail, strict=True) if cell]


def _in_address(cells: Sequence[str], mail: Sequence[str]) -> list[bool]:
    return [cell.lower() in address.lower().partition("@")[0] for cell, address in _beside(cells, mail)]


def _share(which: Sequence[bool]) -> float:
    return sum(which) / len(which) if which else 0.0


def _linkedin(held: Contents) -> float:
    return held.people_pages / len(held.looked) if held.looked else 0.0


def _websites(held: Contents) -> float:
    return held.websites / len(held.looked) if held.looked else 0.0


def _phones(held: Contents) -> float:
    return _share(
        [
            bool(_PHONE.fullmatch(cell) and _GROUPED.match(cell) and not _DATE.fullmatch(cell))
            for cell in held.looked
        ]
    )
