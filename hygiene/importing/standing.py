"""Standing: how many leads a list held when an import was planned, so that a later run sees what its journal misses.

A journal that was brought back from an older copy, key file and all, is as good as new to itself; only the list
knows better. Nothing here asks one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from hygiene.errors import JournalBehind, option

__all__ = ["Brought", "Standing"]


class Brought(NamedTuple):
    """How many leads an import brought to its list, at least and at most, by what is remembered of it."""

    least: int
    most: int

    def __add__(self, other: "Brought") -> "Brought":  # type: ignore[override]
        return Brought(self.least + other.least, self.most + other.most)

    @classmethod
    def by(cls, *, state: str, rows: int, lost: int, imported: int | None) -> "Brought":
        """What one batch brought.

        Args:
            state: What became of it.
            rows: Its leads.
            lost: How often its answer was lost.
            imported: How many of its leads were new by the answer; None where that does not say.
        """
        if state in ("acknowledged", "settled"):
            return cls(imported or 0, rows if lost or imported is None else imported)
        return cls(0, rows if lost or state in ("sending", "unknown") else 0)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a list stood when an import to it was planned.

    Attributes:
        held: Leads in it.
        brought: How many of them the journal's imports had brought at least, by import.
    """

    held: int
    brought: Mapping[str, int] = field(default_factory=dict)

    def check(self, name: str, held: int, brought: Mapping[str, Brought], /) -> None:
        """Refuse to go on where the list holds more by now than the journal's imports can have brought.

        Args:
            name: What the list is called.
            held: Leads in it.
            brought: What the journal's imports brought by now.

        Raises:
            JournalBehind: it does.
        """
        since = sum(max(0, each.most - self.brought.get(of, 0)) for of, each in brought.items())
        unknown = held - self.held - since
        if unknown > 0:
            msg = (
                f"{name} holds at least {unknown} leads that the journal does not know of: it may be an older copy, or "
                "others add to the list. Bring back the newest journal, or plan what is left anew with "
                f"{option('again', given=True)}, which asks the list alone what is there."
            )
            raise JournalBehind(msg)
