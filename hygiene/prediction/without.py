"""Leads some of which have no usable address, whatever it is: by a pattern that was never tried, or by other fields."""

from dataclasses import dataclass, field, replace

from hygiene.arrow.text import Mask
from hygiene.prediction.features import Codes, Features, Folding, Kind

__all__ = ["Without"]


@dataclass(frozen=True, slots=True)
class Without:
    """Features of which some leads have no usable address, whether their addresses are known or not.

    Attributes:
        of: The features.
        pattern: The one value of `usable_address` under which they have none; empty for all.
        refused: These leads.
    """

    of: Features = field(repr=False)
    pattern: str
    refused: Mask = field(repr=False)

    def __len__(self) -> int:
        return len(self.of)

    def take(self, rows: Codes, /) -> "Without":
        """The same of the leads at these positions alone."""
        return replace(self, of=self.of.take(rows), refused=self.refused[rows])

    def sees(self, rule: str, /) -> bool:
        """Whether what a rule needs to be tried is known of these leads."""
        return self.of.sees(rule)

    def usable(self, *, trimmed: bool, kind: str = "loose") -> Mask:
        """True where a lead has a usable address, as it is or trimmed, by a value of `usable_address`."""
        if kind == self.pattern:
            return self.of.usable(trimmed=trimmed) & ~self.refused
        found = self.of.usable(trimmed=trimmed, kind=kind)
        return found if self.pattern else found & ~self.refused

    def key(self, folding: Folding, /) -> Codes:
        """The duplicate keys under a folding, as codes."""
        return self.of.key(folding)

    def known(self, folding: Folding, /) -> Mask:
        """True where the key is that of a known lead; what is known lies in the target list."""
        return self.of.known(folding)

    def elsewhere(self, folding: Folding, /) -> Mask:
        """True where the key is that of a known lead that lies in another list of the account."""
        return self.of.elsewhere(folding)

    def listed(self, kind: Kind, /, *, trimmed: bool, folded: bool) -> Mask:
        """True where an entry of the block list names the lead, with or without regard to case."""
        return self.of.listed(kind, trimmed=trimmed, folded=folded)
