"""Columns: which header of an exported file holds which canonical column.

Headers are matched by rule (the words they are made of), not by a list of exporters. Nothing here
reads a file, and no cell is changed: a cell is only looked at for an ``@`` or a profile link.
"""

import re
import unicodedata
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from hygiene.columns.translations import in_english
from hygiene.columns.vocabulary import (
    BESIDE,
    BESIDE_ANY,
    CORES,
    CREDENTIAL,
    NOT_THE_LEADS,
    NUMBER_HIGHER,
    NUMBER_ONE,
    SPELLINGS,
    UNFAMILIAR,
    VOCABULARY,
    WORST,
)
from hygiene.errors import InputError, option

__all__ = [
    "CANONICAL",
    "MALFORMED",
    "SAMPLE_ROWS",
    "ColumnMap",
    "email_columns",
    "has_email",
    "known_columns",
    "map_columns",
    "split_name",
]

#: Columns of a lead that have a name of their own, in the order in which they are written.
# fmt: off
CANONICAL = (
    "email", "first_name", "last_name", "company", "title", "phone", "website", "linkedin", "city", "state",
    "country",
)
# fmt: on

#: Reserved column that holds the raw text of a record that does not fit its header.
MALFORMED = "row_malformed"

#: Rows that the choice of columns looks at, in every mode, so that chunks and whole files agree.
SAMPLE_ROWS = 1000

#: Longest list of headers that an error shows.
_LISTED = 12

#: Rank of a column that a file of ours names itself: `ready` and `withheld` start with the canonical names.
_OURS = -1

Sample = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Where each column of a file goes.

    Attributes:
        names: Output name for each position of the header; no name occurs twice.
        full_name: Position of the full-name column that gives `first_name` and `last_name`, or None.
        notes: Sentences about choices that a user may want to correct.
    """

    names: tuple[str, ...]
    full_name: int | None
    notes: tuple[str, ...]


def map_columns(
    header: Sequence[str],
    sample: Sample,
    /,
    *,
    columns: Mapping[str, str] | None = None,
    source: str = "the frame",
) -> ColumnMap:
    """The output name of every column of a header.

    Args:
        header: The header's cells.
        sample: The first rows, each as wide as the header.
        columns: Canonical column -> header text, where the rules are to be overruled.
        source: Name of the file, for messages.

    Raises:
        InputError: no column, or more than one with equal claim, holds the address; or `columns` names
            a column that does not exist.
    """
    header = [text.removeprefix("\ufeff") for text in header]
    named = _overrides(header, columns or {}, source)
    ranked = _candidates(header, sample, without=set(named.values()))
    if "email" not in named:
        named["email"] = _email_column(header, sample, ranked.get("email", {}), source)
    for canonical in CANONICAL[1:]:
        ranks = ranked.get(canonical)
        if ranks and canonical not in named:
            named[canonical] = _first_best(ranks)
    splits = "full_name" in ranked and not {"first_name", "last_name"} & named.keys()
    full_name = _first_best(ranked["full_name"]) if splits else None
    made = {"first_name", "last_name"} if splits else set()
    notes = _choices(header, {c: at for c, at in named.items() if c not in (columns or {})}, ranked)
    if full_name is not None:
        notes.append(f"first_name and last_name are split from {_shown(header[full_name])}.")
    return ColumnMap(
        names=_output_names(header, {at: canonical for canonical, at in named.items()}, made),
        full_name=full_name,
        notes=tuple(f"{source}: {note}" for note in notes),
    )


def _first_best(ranks: Mapping[int, int]) -> int:
    return min(ranks, key=lambda at: (ranks[at], at))


def has_email(header: Sequence[str], /, *, columns: Mapping[str, str] | None = None) -> bool:
    """Whether a row of cells is a header that names an email column."""
    wanted = (columns or {}).get("email")
    if wanted is not None:
        return _position([text.removeprefix("\ufeff") for text in header], wanted) is not None
    return "email" in known_columns(header)


def known_columns(header: Sequence[str], /) -> frozenset[str]:
    """The canonical columns, and `full_name`, that the words of a header name, whatever the cells hold."""
    return frozenset(_candidates([text.removeprefix("\ufeff") for text in header], []))


def email_columns(header: Sequence[str], /) -> tuple[int, ...]:
    """Positions of all columns whose words name an address of the lead, further ones included."""
    return tuple(_candidates([text.removeprefix("\ufeff") for text in header], []).get("email", ()))


def split_name(text: str, /) -> tuple[str, str]:
    """First and last name of a full name; one word alone is the first name."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    while len(parts) > 1 and CREDENTIAL.fullmatch(parts[-1].replace(".", "").casefold()):
        parts.pop()
    if len(parts) > 1:
        return parts[1], parts[0]
    first, *rest = parts[0].split() if parts else [""]
    return first, " ".join(rest)


def _words(text: str) -> tuple[str, ...]:
    """A header as lower-case words, in one spelling."""
    text = unicodedata.normalize("NFKC", text).replace("'s", "").replace("\u2019s", "")
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text).lower()
    text = " ".join(re.findall(r"[^\W\d_]+|\d+", text))
    for pattern, spelling in SPELLINGS:
        text = pattern.sub(spelling, text)
    return tuple(part for word in text.split() for part in _segments(word) or [word])


def _segments(word: str) -> list[str] | None:
    """A run-together word ("workemail") as known words; None where it is not made of them."""
    if word in VOCABULARY:
        return [word]
    for part in VOCABULARY:
        tail = _segments(word.removeprefix(part)) if word.startswith(part) else None
        if tail:
            return [part, *tail]
    return None


def _rank(words: Sequence[str], canonical: str) -> int | None:
    """How well words name a canonical column, 0 best; None where a word is left that belongs to neither."""
    beside = {**BESIDE_ANY, **BESIDE.get(canonical, {})}
    best: int | None = None
    for core, base in CORES[canonical].items():
        others = _without(words, core.split())
        ranks = [base] + [_beside(word, beside) for word in others or ()]
        if others is not None and WORST not in ranks:
            best = min(max(ranks), WORST if best is None else best)
    return best


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
        return NUMBER_ONE if int(word) == 1 else NUMBER_HIGHER
    return beside.get(word, WORST)


def _candidates(
    header: Sequence[str], sample: Sample, *, without: Container[int] = ()
) -> dict[str, dict[int, int]]:
    """For each canonical column (and `full_name`) the positions that may hold it, with their ranks."""
    ranked: dict[str, dict[int, int]] = {}
    ours = _canonical_prefix(header)
    for at, words in enumerate(in_english([_words(text) for text in header])):
        ranks = {canonical: _rank(words, canonical) for canonical in CORES}
        ranks |= {header[at]: _OURS} if at < ours else _by_cells(words, at, sample)
        fitting = [(rank, canonical) for canonical, rank in ranks.items() if rank is not None]
        if fitting and at not in without:
            rank, canonical = min(fitting)
            ranked.setdefault(canonical, {})[at] = rank
    return ranked


def _canonical_prefix(header: Sequence[str]) -> int:
    """How many columns a header starts with that have canonical names in our order, `email` the first."""
    order = [CANONICAL.index(text) if text in CANONICAL else -1 for text in header]
    length = 0
    while length < len(order) and order[length] > (order[length - 1] if length else -1):
        length += 1
    return length if order[:1] == [0] else 0


def _by_cells(words: tuple[str, ...], at: int, sample: Sample) -> dict[str, int]:
    """Ranks of a header whose words alone do not tell, by what its cells hold."""
    if words in {("url",), ("profile",), ("profile", "url"), ("profile", "link")}:
        if any("linkedin." in row[at].lower() for row in sample):
            return {"linkedin": 5}
        return {"website": 5} if words == ("url",) else {}
    bare = [word for word in words if not word.isdecimal() and word not in {"address", "value", "id"}]
    if bare[-1:] != ["email"] or _rank(words, "email") is not None or not _at_signs(sample, at):
        return {}
    return {} if any(NOT_THE_LEADS.fullmatch(word) for word in bare) else {"email": UNFAMILIAR}


def _at_signs(sample: Sample, at: int) -> int:
    return sum("@" in row[at] for row in sample)


def _email_column(header: Sequence[str], sample: Sample, ranks: Mapping[int, int], source: str) -> int:
    if not ranks:
        raise _no_email(header, sample, source)
    best = [at for at in ranks if ranks[at] == min(ranks.values())]
    counts = {at: _at_signs(sample, at) for at in best}
    most = [at for at in best if counts[at] == max(counts.values())]
    if len(most) == 1:
        return most[0]
    names = _output_names(header, {}, set())
    candidates = [names[at] for at in most]
    found = f"{source}: {len(most)} columns have an equal claim to the address: {_listed(candidates)}."
    quoted = f'"{candidates[0]}"'
    raise InputError(found, f"Name the one to take with {option('columns', key='email', value=quoted)}.")


def _no_email(header: Sequence[str], sample: Sample, source: str) -> InputError:
    """What to do where no header names an email column; only what the cells bear out is proposed."""
    signs = [_at_signs(sample, at) for at in range(len(header))]
    if any("@" in text for text in header):
        return InputError(
            f"{source}: the first row holds an address, so the file seems to have no header.",
            f"Read it with {option('no_header', given=True)}.",
        )
    if not sample:
        names = _listed(_output_names(header, {}, set()), most=_LISTED)
        return InputError(
            f"{source}: no email column among {len(header)}; there are {names}.",
            f"Name the one to take with {option('columns', key='email', value=repr('HEADER'))}.",
        )
    if not any(signs):
        return InputError(
            f"{source}: no email column among {len(header)}, and no address in the first {len(sample):,} rows.",
            "Export the leads with their email addresses.",
        )
    nearest = _output_names(header, {}, set())[signs.index(max(signs))]
    return InputError(
        f"{source}: no email column among {len(header)}; most addresses stand in {nearest!r}.",
        f"Name it with {option('columns', key='email', value=repr(nearest))}.",
    )


def _position(header: Sequence[str], wanted: str) -> int | None:
    """First position whose text, or else whose output name ("Email (2)", "column 7"), is the wanted one."""
    folded = [text.strip().casefold() for text in header]
    for texts, text in ((header, wanted), (folded, wanted.strip().casefold())):
        if text.strip() and text in texts:
            return texts.index(text)
    names = _output_names(header, {}, set())
    return names.index(wanted) if wanted in names else None


def _overrides(header: Sequence[str], columns: Mapping[str, str], source: str) -> dict[str, int]:
    named: dict[str, int] = {}
    for canonical, wanted in columns.items():
        if canonical not in CANONICAL:
            msg = f"{canonical!r} is no column that can be named; those are {', '.join(CANONICAL)}."
            raise InputError(msg)
        at = _position(header, wanted)
        if at is None:
            names = _listed(_output_names(header, {}, set()), most=_LISTED)
            msg = f"{source}: no column {wanted!r} to take as {canonical}; there are {names}."
            raise InputError(msg)
        if at in named.values():
            msg = f"{source}: column {wanted!r} is named for more than one canonical column; name it for one."
            raise InputError(msg)
        named[canonical] = at
    return named


def _output_names(header: Sequence[str], chosen: Mapping[int, str], made: set[str]) -> tuple[str, ...]:
    taken = {MALFORMED, *made, *chosen.values()}
    names: list[str] = []
    for at, text in enumerate(header):
        base = text if text.strip() else f"column {at + 1}"
        number = 1 + (list(header[:at]).count(text) if text.strip() else 0)
        name = chosen.get(at) or (base if number == 1 else f"{base} ({number})")
        while at not in chosen and name in taken:
            number += 1
            name = f"{base} ({number})"
        taken.add(name)
        names.append(name)
    return tuple(names)


def _listed(names: Sequence[str], *, most: int = 3) -> str:
    more = len(names) - most
    return ", ".join(_shown(name) for name in names[:most]) + (f" and {more} more" if more > 0 else "")


def _shown(name: str) -> str:
    """A header for people; never one that may be an address, as in a file without a header."""
    return repr(name) if "@" not in name else "(a header with an @)"


def _choices(
    header: Sequence[str], named: Mapping[str, int], ranked: Mapping[str, Mapping[int, int]]
) -> list[str]:
    """One sentence for each canonical column that had more than one candidate."""
    names = _output_names(header, {}, set())
    notes = []
    for canonical in (canonical for canonical in CANONICAL if canonical in named):
        left = [names[at] for at in ranked.get(canonical, {}) if at != named[canonical]]
        if left:
            notes.append(
                f"{canonical} is {_shown(names[named[canonical]])}; left as custom: {_listed(left)}."
            )
    return notes
