"""Names: first and last name as somebody would greet their owner.

Titles, suffixes, credentials, nicknames and pictures are taken off, capitals are set, and what a program or a bored
hand left is blanked. Two people in one cell, a company, a department, an address and anything with digits are left
alone. Nothing is derived from another column.

Why no library: nameparser takes King, Prince and Judge for titles and greets the surname, makes "Acme" the given name
of "Jane Doe, Acme", and costs 0.2 ms a name; our tables are shorter, and what is in none of them is left alone.
"""

from collections.abc import Sequence
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask
from hygiene.fields.distinct import KEPT, Change, Tidied, by_distinct_rows, where_few
from hygiene.fields.mend import is_left_encoded
from hygiene.fields.name_case import DOTLESS, name_case
from hygiene.fields.name_ends import cut_end
from hygiene.fields.name_order import drop_doubled, put_in_order
from hygiene.fields.name_parts import (
    Cell,
    before_employer,
    drop_address,
    drop_nicknames,
    drop_pictures,
    drop_signs,
    is_company,
    is_left,
    starts_with_particle,
)
from hygiene.fields.name_titles import split_titles
from hygiene.fields.placeholders import are_nobody, is_department, is_empty, is_nothing
from hygiene.fields.plain_names import plain_names, set_plainly
from hygiene.fields.whole_names import split_whole
from hygiene.words.name_words import given_names
from hygiene.words.spelling import folded

__all__ = ["tidy_name", "tidy_names"]

_TEXT = pa.large_string()
#: Times that all rules are tried on a name; one that still changes then is left as it was.
_ROUNDS = 5


def tidy_names(first: pa.Array, last: pa.Array, /, *, countries: pa.Array | None = None) -> list[Tidied]:
    """First and last names as one would greet them.

    Args:
        first: Cells of first names (`large_string`).
        last: Cells of last names, aligned.
        countries: ISO 3166-1 codes, aligned, as far as they are known: small words before surnames and the Turkish i
            depend on them.

    Returns:
        Both columns. Rules: ``placeholder``, ``address``, ``picture``, ``nickname``, ``title``, ``suffix``,
        ``credential``, ``order``, ``last_name_in_first``, ``first_name_in_last``, ``case``.
    """
    known = pa.nulls(len(first), _TEXT) if countries is None else countries
    return where_few([first, last, known], _tidied)


def _tidied(columns: Sequence[pa.Array], /) -> list[Tidied]:
    first, last, known = columns
    plain = plain_names(first, last)
    done = set_plainly(first, last, known, dotless=pa.array(sorted(DOTLESS), _TEXT))
    done = done._replace(rows=done.rows & ~plain)
    found = by_distinct_rows(columns, lambda row: tidy_name(*row), plain=plain | done.rows, out=2)
    before, after = (first, last), (done.first, done.last)
    return [
        each.replaced(done.rows & mask(pc.not_equal(old, new)), new, "case")
        for each, old, new in zip(found, before, after, strict=True)
    ]


@lru_cache(KEPT)
def tidy_name(first: str, last: str, country: str = "", /) -> tuple[Change, ...]:
    """The first and the last name of one lead, each with the rules that changed it."""
    if is_left_encoded(first) or is_left_encoded(last):
        return (first, ""), (last, "")
    cells = (Cell(first), Cell(last))
    for _ in range(_ROUNDS):
        before = [cell.text for cell in cells]
        for cell, other in zip(cells, cells[::-1], strict=True):
            text = cell.text.strip()
            nothing = is_nothing(text, beside=other.before.strip(), given=cell is cells[0]) or is_empty(text)
            if nothing or are_nobody(first.strip(), last.strip()):
                cell.set("", "placeholder")
        if not is_company(*[before_employer(cell.text) for cell in cells]):
            _take_off(*cells, country)
            _set_case(*cells, country)
        if before == [cell.text for cell in cells]:
            return tuple(cell.change() for cell in cells)
    return (first, ""), (last, "")


def _take_off(first: Cell, last: Cell, country: str) -> None:
    if is_department(f"{first.text} {last.text}"):
        return
    for cell in (first, last):
        if is_department(cell.text):
            continue
        if cell.text.isalpha() and (cell is first or cell.text.istitle()):
            continue  # one word: there is nothing to take off
        cell.set(drop_address(cell.text), "address")
        cell.set(drop_signs(drop_pictures(cell.text)), "picture")
        cell.set(drop_nicknames(cell.text), "nickname")
        beside = last.text if cell is first else first.text
        for text, rule in cut_end(cell.text, given=cell is first, whole=not beside.strip(), country=country):
            cell.set(text, rule)
    put_in_order(first, last, country)
    titles, rest = split_titles(first.text, country, alone=True)
    if titles and not (rest and is_left(rest, given=True)) and not _is_surname_alone(rest, last.text):
        _drop_titles(first, last, rest)
    titles, rest = split_titles(last.text, country, alone=False)
    if titles and not is_left(rest, given=False):
        last.set(rest, "title")
    drop_doubled(first, last)
    _split_whole(first, last, country, titled="title" in first.rules | last.rules)


def _is_surname_alone(rest: str, last: str) -> bool:
    """Whether behind a title, without a last name, stands one word that is no given name: as in "Mrs. Robinson"."""
    return not last and " " not in rest and rest != "" and folded(rest) not in given_names()


def _drop_titles(first: Cell, last: Cell, rest: str) -> None:
    """Take titles off; where nothing else was the first name, it is what the other cell begins with."""
    if rest or is_left(last.text, given=False) or starts_with_particle(last.text):
        first.set(rest, "title")
        return
    _, name = split_titles(last.text, "", alone=False)
    given, _, surname = name.partition(" ")
    if surname and not starts_with_particle(name):
        first.set(given, "title")
        last.set(surname, "title")
    else:
        first.set("", "title")


def _split_whole(first: Cell, last: Cell, country: str, *, titled: bool) -> None:
    """First and last name of one cell into both, where the other has nothing."""
    cell = last if last.text else first
    if first.text and last.text:
        return
    given, surname = split_whole(cell.text, country, given=cell is first, titled=titled)
    if given:
        rule = "last_name_in_first" if cell is first else "first_name_in_last"
        first.set(given, rule)
        last.set(surname, rule)


def _set_case(first: Cell, last: Cell, country: str) -> None:
    letters = "İıĞğŞş" if country in DOTLESS else "İıĞğ"
    turkish = any(sign in letters for sign in first.text + last.text)
    for cell, given in ((first, True), (last, False)):
        beside = first.text.partition(" ")[0]
        left = is_left(cell.text, given=given) or (
            is_department(cell.text) and (given or folded(beside) not in given_names())
        )
        if cell.text and not left:
            cell.set(name_case(cell.text, given=given, country=country, turkish=turkish), "case")
