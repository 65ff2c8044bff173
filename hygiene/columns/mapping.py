"""Columns: which header of an exported file holds which canonical column.

The best candidate is taken, and what was chosen among several is said. Nothing here reads a file, and no cell
is changed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from hygiene.columns.candidates import CANONICAL, Candidates
from hygiene.columns.contents import Sample
from hygiene.columns.evident import evident_columns, is_row
from hygiene.columns.stand_ins import stand_in_notes
from hygiene.columns.vocabulary import UNFAMILIAR
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
]

#: Reserved column that holds the raw text of a record that does not fit its header.
MALFORMED = "row_malformed"

#: Rows that the choice of columns looks at, in every mode, so that chunks and whole files agree.
SAMPLE_ROWS = 1000

_HALVES = ("first_name", "last_name")

#: Longest list of headers that an error shows.
_LISTED = 12


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Where each column of a file goes.

    Attributes:
        names: Output name for each position of the header; no name occurs twice.
        full_name: Position of the full-name column that gives `first_name` and `last_name`, or None.
        notes: Sentences about choices that a user may want to correct.
        further: Positions of the columns whose address a row has that has none under `email`, the best first.
    """

    names: tuple[str, ...]
    full_name: int | None
    notes: tuple[str, ...]
    further: tuple[int, ...] = ()

    def renamed(self, header: Sequence[str], /) -> dict[str, str]:
        """Header to output name, where the column is called otherwise."""
        pairs = zip(_output_names(header), self.names, strict=True)
        return {text: name for text, name in pairs if text not in self.names}

    def told(self, header: Sequence[str], counts: Sequence[int], /, *, source: str) -> tuple[str, ...]:
        """Sentences about the further columns that gave addresses.

        Args:
            header: The header's cells.
            counts: Rows that each of them gave an address.
            source: Name of the file, for messages.
        """
        names = _output_names(header)
        email, *further = (_shown(names[at]) for at in (self.names.index("email"), *self.further))
        return tuple(f"{source}: {note}" for note in stand_in_notes(email, further, counts))


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
    overruled = _overrides(header, columns or {}, source)
    found = Candidates(header, sample, without=set(overruled.values()))
    named = {**_best(found), **overruled}
    further: list[int] = []
    if "email" not in overruled:
        named["email"], further = _email_columns(found, source)
    notes = []
    alone = not _is_filled(found, named.get("company"))
    firms = found.firm_names(named["email"], alone=alone)
    if firms is not None and alone and "company" not in overruled:
        named = {name: at for name, at in named.items() if at != firms} | {"company": firms}
        notes.append(f"company is {_shown(header[firms])}, as it names firms.")
    named |= _missing_half(found, named, overruled, without=firms)
    full_name = _to_split(found, named, overruled, without=firms)
    if full_name is not None:
        named = {name: at for name, at in named.items() if name not in _HALVES}
        notes.append(f"first_name and last_name are split from {_shown(header[full_name])}.")
    chosen = {canonical: at for canonical, at in named.items() if canonical not in overruled}
    notes = [*_choices(found, chosen), *notes, *_not_borne_out(found, named)]
    return ColumnMap(
        names=_output_names(header, {at: canonical for canonical, at in named.items()}, reserved=CANONICAL),
        full_name=full_name,
        notes=tuple(f"{source}: {note}" for note in notes),
        further=tuple(further),
    )


def _best(found: Candidates) -> dict[str, int]:
    """The best candidate of each canonical column but the address."""
    ordered = {canonical: found.in_order(canonical) for canonical in CANONICAL[1:]}
    return {canonical: places[0] for canonical, places in ordered.items() if places}


def _is_filled(found: Candidates, at: int | None) -> bool:
    return at is not None and (not found.sample or bool(found.held(at).filled))


def _missing_half(
    found: Candidates, named: Mapping[str, int], overruled: Mapping[str, int], *, without: int | None
) -> dict[str, int]:
    """The half of a name whose column is merely called "name", beside the other half."""
    for half, other in (("first_name", "last_name"), ("last_name", "first_name")):
        if half not in named and other in named and not overruled.keys() & {*_HALVES}:
            at = found.other_half(other)
            return {} if at is None or at == without else {half: at}
    return {}


def _to_split(
    found: Candidates, named: Mapping[str, int], overruled: Mapping[str, int], *, without: int | None
) -> int | None:
    """The full-name column to split, where no column that is filled has half a name."""
    halves = [half for half in _HALVES if half in overruled or _is_filled(found, named.get(half))]
    places = [at for at in found.in_order("full_name") if at != without]
    full = places[0] if places and not halves else None
    stand = any(half in named for half in _HALVES)
    return full if full is None or not stand or found.held(full).filled else None


def has_email(header: Sequence[str], /, *, columns: Mapping[str, str] | None = None) -> bool:
    """Whether a row of cells is a header that names an email column."""
    wanted = (columns or {}).get("email")
    if wanted is not None:
        return _position([text.removeprefix("\ufeff") for text in header], wanted) is not None
    return "email" in known_columns(header)


def known_columns(header: Sequence[str], /) -> frozenset[str]:
    """The canonical columns, and `full_name`, that the words of a header name, whatever the cells hold."""
    return frozenset(Candidates([text.removeprefix("\ufeff") for text in header]).named)


def email_columns(header: Sequence[str], /) -> tuple[int, ...]:
    """Positions of all columns whose words name an address of the lead, further ones included."""
    return tuple(Candidates([text.removeprefix("\ufeff") for text in header]).named.get("email", ()))


def _email_columns(found: Candidates, source: str) -> tuple[int, list[int]]:
    """The column of the address, and those whose address stands in for a blank one."""
    order = found.in_order("email")
    if not order:
        raise _no_email(found, source)
    ranks = found.ranked["email"]
    equal = [at for at in order if found.claim("email", at) == found.claim("email", order[0])]
    signs = {at: found.held(at).at_signs for at in equal}
    most = [at for at in equal if signs[at] == max(signs.values())]
    if len(most) == 1:
        further = [
            at for at in order if at != most[0] and ranks[at] < UNFAMILIAR and found.held(at).are_leads_own
        ]
        return most[0], further
    names = _output_names(found.header)
    candidates = [names[at] for at in most]
    told = f"{source}: {len(most)} columns have an equal claim to the address: {_listed(candidates)}."
    quoted = f'"{candidates[0]}"'
    raise InputError(told, f"Name the one to take with {option('columns', key='email', value=quoted)}.")


def _no_email(found: Candidates, source: str) -> InputError:
    """What to do where no header names an email column; only what the cells bear out is proposed."""
    header, rows = found.header, len(found.sample)
    signs = [found.held(at).at_signs for at in range(len(header))]
    if any("@" in text for text in header) or (any(signs) and is_row(header, found.sample)):
        return InputError(
            f"{source}: the first row looks like a lead's, so there seems to be no header.",
            f"Read it with {option('no_header', given=True)}.",
        )
    if not rows:
        names = _listed(_output_names(header), most=_LISTED)
        return InputError(
            f"{source}: no email column among {len(header)}; there are {names}.",
            f"Name the one to take with {option('columns', key='email', value=repr('HEADER'))}.",
        )
    if not any(signs):
        return InputError(
            f"{source}: no email column among {len(header)}, and no address in the first "
            f"{'row' if rows == 1 else f'{rows:,} rows'}.",
            "Export the leads with their email addresses.",
        )
    called = _output_names(header)
    nearest = called[signs.index(max(signs))]
    others = {} if found.named else evident_columns(found.sample, guess=True)
    told = [
        option("columns", key=name, value=repr(called[at]))
        for name, at in others.items()
        if name in CANONICAL[1:]
    ]
    with_others = f", and the others with {', '.join(told)}" if told else ""
    return InputError(
        f"{source}: no email column among {len(header)}; most addresses stand in {nearest!r}.",
        f"Name it with {option('columns', key='email', value=repr(nearest))}{with_others}.",
    )


def _position(header: Sequence[str], wanted: str) -> int | None:
    """First position whose text, or else whose output name ("Email (2)", "column 7"), is the wanted one."""
    folded = [text.strip().casefold() for text in header]
    for texts, text in ((header, wanted), (folded, wanted.strip().casefold())):
        if text.strip() and text in texts:
            return texts.index(text)
    names = _output_names(header)
    return names.index(wanted) if wanted in names else None


def _overrides(header: Sequence[str], columns: Mapping[str, str], source: str) -> dict[str, int]:
    named: dict[str, int] = {}
    for canonical, wanted in columns.items():
        if canonical not in CANONICAL:
            msg = f"{canonical!r} is no column that can be named; those are {', '.join(CANONICAL)}."
            raise InputError(msg)
        at = _position(header, wanted)
        if at is None:
            names = _listed(_output_names(header), most=_LISTED)
            msg = f"{source}: no column {wanted!r} to take as {canonical}; there are {names}."
            raise InputError(msg)
        if at in named.values():
            msg = f"{source}: column {wanted!r} is named for more than one canonical column; name it for one."
            raise InputError(msg)
        named[canonical] = at
    return named


def _output_names(
    header: Sequence[str], chosen: Mapping[int, str] = MappingProxyType({}), *, reserved: Sequence[str] = ()
) -> tuple[str, ...]:
    """A name for each column: that which was chosen, else its header, numbered where another has that name."""
    taken = {MALFORMED, *reserved, *chosen.values()}
    names: list[str] = []
    times: Counter[str] = Counter()
    for at, text in enumerate(header):
        base = text if text.strip() else f"column {at + 1}"
        number = 1 + (times[text] if text.strip() else 0)
        times[text] += 1
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


def _choices(found: Candidates, named: Mapping[str, int]) -> list[str]:
    """One sentence for each canonical column that had more than one candidate."""
    names = _output_names(found.header)
    notes = []
    for canonical in (canonical for canonical in CANONICAL if canonical in named):
        taken = {named[canonical], *(at for name, at in named.items() if name != canonical)}
        left = [names[at] for at in found.named.get(canonical, {}) if at not in taken]
        if left:
            notes.append(
                f"{canonical} is {_shown(names[named[canonical]])}; left as custom: {_listed(left)}."
            )
    return notes


def _not_borne_out(found: Candidates, named: Mapping[str, int]) -> list[str]:
    """One sentence for each canonical column whose only candidates hold something else."""
    names = _output_names(found.header)
    left = {
        canonical: [names[at] for at in ranks if at not in named.values()]
        for canonical, ranks in found.named.items()
        if canonical in CANONICAL and canonical not in named and canonical not in found.ranked
    }
    return [
        f"no column is taken as {canonical}: {_listed(each)} holds something else."
        for canonical, each in left.items()
        if each
    ]
