"""What an API says of single leads of a request, and counters of it that overlap.

Where an API names the class of a row, nobody has to search for the rule behind a count. Nothing here sends.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol, get_args, runtime_checkable

from hygiene.outcomes import Counts

__all__ = ["CLASSES", "Overlaps", "RowClass", "RowResult", "apart", "as_octets"]

#: What became of a lead: `updated` is one that was held already and took the new fields, `skipped` one of which the
#: API does not say why.
RowClass = Literal["imported", "updated", "duplicate", "blocked", "invalid", "skipped"]
#: Every class, in the order of the octets that stand for them.
CLASSES: tuple[RowClass, ...] = get_args(RowClass)

#: How a lead of which nothing is said stands among octets; a class has its place in `RowClass`, from 1.
NOT_TOLD = 0


@dataclass(frozen=True, slots=True)
class RowResult:
    """What the API says of one lead of a request.

    Attributes:
        position: The lead's place in the request, from 0.
        became: Its class.
        words: The API's own words; the sink masks addresses in them.
    """

    position: int
    became: RowClass
    words: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.became not in CLASSES or self.position < 0:
            msg = f"a row result is of a position from 0 and one of {', '.join(CLASSES)}"
            raise ValueError(msg)


def as_octets(rows: Iterable[RowResult], /, *, leads: int) -> bytes:
    """One octet a lead of a request of so many; empty where nothing is said of any, the first word about one stands."""
    found = bytearray(leads)
    for row in rows:
        if row.position < leads and found[row.position] == NOT_TOLD:
            found[row.position] = 1 + CLASSES.index(row.became)
    return bytes(found) if any(found) else b""


@runtime_checkable
class Overlaps(Protocol):
    """A sink whose API counts some leads twice.

    Attributes:
        overlaps: Counters (`duplicates`, `blocked`) whose leads are counted as imported as well.
    """

    overlaps: Collection[str]


def apart(counts: Counts, /, *, of: object) -> Counts:
    """The counts with each lead in one counter, where the sink says which overlap (`Overlaps`).

    As many leads are taken off the imported ones as the counters hold more than the total.
    """
    if not isinstance(of, Overlaps) or counts.imported is None:
        return counts
    given = counts.as_dict()
    twice = sum(given.get(name) or 0 for name in of.overlaps)
    beyond = -(counts.unaccounted or 0)
    return replace(counts, imported=counts.imported - max(0, min(beyond, twice, counts.imported)))
