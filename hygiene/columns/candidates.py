"""Candidates: which columns of a header may hold which canonical column, and how good each one is.

A header is matched by rule (the words it is made of), not by a list of exporters, and its first cells must
bear it out. Which candidate is taken is decided in `mapping`.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from hygiene.columns.contents import Contents, Sample
from hygiene.columns.header_words import without_remark, words_of
from hygiene.columns.translations import in_english
from hygiene.columns.vocabulary import (
    ADDRESS_LINE,
    BESIDE,
    BESIDE_ANY,
    CORES,
    FIRM_RECORD,
    LAST_ALONE,
    LOOSE,
    NOT_THE_LEADS,
    NUMBER_HIGHER,
    NUMBER_ONE,
    OF_NAMES,
    PEOPLE,
    UNFAMILIAR,
    WORST,
)
from hygiene.words.firm_names import are_firms, are_positions, is_firm, is_person
from hygiene.words.spelling import folded

__all__ = ["CANONICAL", "Candidates"]

#: Columns of a lead that have a name of their own, in the order in which they are written.
# fmt: off
CANONICAL = (
    "email", "first_name", "last_name", "company", "title", "phone", "website", "linkedin", "city", "state",
    "country",
)
# fmt: on

#: Rank of a column that a file of ours names itself: `ready` and `withheld` start with the canonical names.
_OURS = -1
#: Rank of a column whose cells tell what its header leaves open, and of one that holds domains.
_BY_CELLS, _DOMAIN = 5, 6
#: A column that is filled in fewer cells than this part of another's loses to it, however well it is named (assumed).
_THIN = 20

#: The words of each name, by the first of them.
_BY_WORD: dict[str, list[tuple[str, tuple[str, ...], int]]] = {}
for _canonical, _cores in CORES.items():
    for _core, _base in _cores.items():
        _BY_WORD.setdefault(_core.split()[0], []).append((_canonical, tuple(_core.split()), _base))
_AROUND = {canonical: {**BESIDE_ANY, **BESIDE.get(canonical, {})} for canonical in CORES}


@dataclass(frozen=True)
class Candidates:
    """The columns of a header, as candidates.

    Attributes:
        header: The header's cells.
        sample: The first rows, each as wide as the header.
        without: Positions that are none.
    """

    header: Sequence[str]
    sample: Sample = ()
    without: Container[int] = ()

    @cached_property
    def words(self) -> list[tuple[str, ...]]:
        """The words of each header, in English; without a remark where they say nothing that another header says."""
        own = [words_of(text) for text in self.header]
        told = in_english(own)
        short = {
            at: bare
            for at, text in enumerate(self.header)
            if (bare := words_of(without_remark(text))) != own[at] and not _ranks(told[at])
        }
        if not short:
            return told
        claimed = {name for words in told for name in _ranks(words)}
        again = in_english([short.get(at, words) for at, words in enumerate(own)])
        taken = {at for at in short if not claimed.isdisjoint(_ranks(again[at]))}
        return [told[at] if at in taken else words for at, words in enumerate(again)]

    @cached_property
    def named(self) -> dict[str, dict[int, int]]:
        """For each canonical column (and `full_name`) the positions that may hold it, with their ranks."""
        named: dict[str, dict[int, int]] = {}
        ours = _canonical_prefix(self.header)
        for at, words in enumerate(self.words):
            ranks = {self.header[at]: _OURS} if at < ours else _ranks(words) or self._by_cells(words, at)
            if ranks and at not in self.without:
                canonical = min(ranks, key=lambda name: (ranks[name], name))
                named.setdefault(canonical, {})[at] = ranks[canonical]
        return named

    @cached_property
    def ranked(self) -> dict[str, dict[int, int]]:
        """Those of `named` whose cells can be what their headers say; an address may be anything."""
        kept = {
            canonical: {at: rank for at, rank in ranks.items() if self._borne_out(canonical, at, rank)}
            for canonical, ranks in self.named.items()
        }
        return {canonical: ranks for canonical, ranks in kept.items() if ranks}

    def held(self, at: int, /) -> Contents:
        """What a column holds."""
        if at not in self._held:
            self._held[at] = Contents(self.sample, at)
        return self._held[at]

    def in_order(self, canonical: str, /) -> list[int]:
        """The candidates for a canonical column, the best first."""
        return sorted(self.ranked.get(canonical, {}), key=lambda at: (*self.claim(canonical, at), at))

    def claim(self, canonical: str, at: int, /) -> tuple[bool, int, int]:
        """How good a candidate is, the best the lowest; two columns may be equally good."""
        if canonical not in self._most:
            self._most[canonical] = max(self.held(each).fitting(canonical) for each in self.ranked[canonical])
        rank = self.ranked[canonical][at]
        held, most = self.held(at), self._most[canonical]
        thin = held.is_other_than_mail if canonical == "email" else held.fitting(canonical) * _THIN < most
        return rank != _OURS and most > 0 and thin, rank, self._number(at)

    def other_half(self, half: str, /) -> int | None:
        """The column that is merely called a name and holds the other half of a name beside this one."""
        bare = [at for at in self.ranked.get("full_name", {}) if self.words[at] == ("name",)]
        halves = self.in_order(half)[:1]
        fit = (at for at in bare if self.held(at).are_single_words and not self._repeats(at, halves))
        return next(fit, None) if halves and self.held(halves[0]).filled else None

    def firm_names(self, addresses: int, /, *, alone: bool) -> int | None:
        """The column that is merely called a name, or a title, and names firms.

        Args:
            addresses: The email column.
            alone: Whether no other column names firms, so that those beside it may tell.
        """
        people = self.ranked.get("full_name", {})
        bare = [at for at in people if OF_NAMES.issuperset(self.words[at])]
        halves = [at for half in ("first_name", "last_name") for at in self.in_order(half)[:1]]
        contacts = [at for at in people if at not in bare] or (halves if len(halves) > 1 else [])
        contact = any(self.held(at).filled for at in contacts)
        titles = [] if people or halves or not alone else self.ranked.get("title", {})
        called = [
            at for at in titles if self.words[at] == ("title",) and not are_positions(self.held(at).looked)
        ]
        mail = [row[addresses] for row in self.sample]
        for at in (*(at for at in bare if not self._repeats(at, halves)), *called):
            names = [row[at] for row in self.sample]
            if are_firms(names, mail, beside=alone and self._beside_records, contact=alone and contact):
                return at
        return None

    def _repeats(self, at: int, halves: Sequence[int]) -> bool:
        """Whether a name is mostly made of the half names beside it."""
        told = [[row[half].strip() for half in halves if row[half].strip()] for row in self.sample]
        same = [
            any(half in row[at] for half in each) for row, each in zip(self.sample, told, strict=True) if each
        ]
        return bool(same) and 2 * sum(same) > len(same)

    @cached_property
    def _beside_records(self) -> bool:
        """Whether a column stands in the header that lists of firms have."""
        plain = [{folded(word) for word in words} for words in self.words]
        return any(words & FIRM_RECORD or (words and words <= ADDRESS_LINE) for words in plain)

    @cached_property
    def _held(self) -> dict[int, Contents]:
        return {}

    @cached_property
    def _most(self) -> dict[str, int]:
        """Cells that fit of the candidate that has most, by canonical column."""
        return {}

    def _borne_out(self, canonical: str, at: int, rank: int) -> bool:
        held = self.held(at)
        return _is_ours(canonical, rank) or not held.filled or held.bears_out(canonical)

    def _number(self, at: int) -> int:
        return next((int(word) for word in self.words[at] if word.isdecimal()), 0)

    def _by_cells(self, words: tuple[str, ...], at: int) -> dict[str, int]:
        """Ranks of a header whose words alone do not tell, by what its cells hold."""
        plain = {word for word in words if not word.isdecimal()}
        for canonical, (some, all_) in LOOSE.items():
            if not some.isdisjoint(plain) and all_.issuperset(plain) and self._hold(canonical, at, plain):
                return {canonical: _DOMAIN if "domain" in plain else _BY_CELLS}
        bare = [word for word in words if not word.isdecimal() and word not in {"address", "value", "id"}]
        others = bare[-1:] != ["email"] or any(NOT_THE_LEADS.fullmatch(word) for word in bare)
        return {} if others or not self.held(at).at_signs else {"email": UNFAMILIAR}

    def _hold(self, canonical: str, at: int, plain: set[str]) -> bool:
        """Whether cells are so surely what a canonical column holds that no header need say so."""
        held = self.held(at)
        if canonical == "phone":
            return 2 * held.fitting(canonical) > len(held.filled)
        if canonical != "full_name":
            return bool(held.people_pages if canonical == "linkedin" else held.websites)
        firms = OF_NAMES.issuperset(plain)
        named = sum(is_person(cell) or (firms and is_firm(cell)) for cell in held.looked)
        return 2 * named > len(held.looked)


def _ranks(words: Sequence[str]) -> dict[str, int]:
    """How well words name each canonical column, 0 best, as far as no word is left that belongs to neither."""
    found: dict[str, int] = {}
    for word in set(words):
        for canonical, core, base in _BY_WORD.get(word, ()):
            others = _without(words, core)
            follows = words[-1] if words[-1] not in core else ""
            if others is None or (follows and len(core) == 1 and core[0] in LAST_ALONE):
                continue
            if canonical == "company" and follows in PEOPLE:
                continue
            rank = max((base, *(_beside(other, _AROUND[canonical]) for other in others)))
            if rank < found.get(canonical, WORST):
                found[canonical] = rank
    return found


def _without(words: Sequence[str], core: Sequence[str]) -> list[str] | None:
    """The words beside a core; None where the core's words are not all there, in their order."""
    others, wanted = [], list(core)
    for word in words:
        if wanted and word == wanted[0]:
            wanted.pop(0)
        else:
            others.append(word)
    return None if wanted else others


def _beside(word: str, beside: Mapping[str, int]) -> int:
    if word.isdecimal():
        return NUMBER_ONE if int(word) <= 1 else NUMBER_HIGHER
    return beside.get(word, WORST)


def _is_ours(canonical: str, rank: int) -> bool:
    """Whether a file of ours names a column so; "website" is also what people call a list of profiles."""
    return rank == _OURS and canonical != "website"


def _canonical_prefix(header: Sequence[str]) -> int:
    """How many columns a header starts with that have canonical names in our order, `email` the first."""
    order = [CANONICAL.index(text) if text in CANONICAL else -1 for text in header]
    length = 0
    while length < len(order) and order[length] > (order[length - 1] if length else -1):
        length += 1
    return length if order[:1] == [0] else 0
