"""Explanations: policies that reproduce what an API reported, and how they are told.

How they are found is in `explain`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hygiene.outcomes import Counts
from hygiene.policy import ImportPolicy, Value, as_toml
from hygiene.prediction.evidence import Contradiction

__all__ = ["Explanation", "Fit"]

#: Row numbers that a sentence names.
NAMED_ROWS = 10
#: Policies that are told where several fit equally well.
NAMED_POLICIES = 5
#: Those that the list contradicts.
NAMED_CONTRADICTED = 3


@dataclass(frozen=True, slots=True)
class Fit:
    """A policy, and what it leaves unexplained.

    Attributes:
        policy: The rules.
        changes: Rule to its value before and in this policy.
        rows: Row numbers that it counts otherwise.
        remainder: Reported less counted under it; zero throughout where it explains everything.
        against: What the list shows otherwise than it says.
    """

    policy: ImportPolicy
    changes: dict[str, tuple[Value, Value]]
    rows: tuple[int, ...]
    remainder: Counts
    against: Contradiction = field(default_factory=lambda: Contradiction((), ()))

    @property
    def overturned(self) -> frozenset[str]:
        """The rules among those it changes that were measured."""
        return self.policy.measured & self.changes.keys()

    @property
    def words(self) -> str:
        """The changed rules as TOML writes them, each with its value before."""
        before = {name: str(pair[0]).lower() for name, pair in self.changes.items()}
        return " and ".join(
            f"{name} = {as_toml(self.policy, name)} (was {before[name]})" for name in self.changes
        )


@dataclass(frozen=True, slots=True)
class Explanation:
    """What reproduces the reported counts.

    Attributes:
        fits: Policies with the fewest changes that explain every batch; empty where none does.
        causes: What would explain every batch without a change of rules, one sentence each.
        closest: The policy that leaves least unexplained, where nothing explains everything.
        complete: Whether every policy was tried that differs no more than the fits do.
        contradicted: Policies that reproduce the counts, and say otherwise than the list shows of some leads.
    """

    fits: tuple[Fit, ...] = ()
    causes: tuple[str, ...] = ()
    closest: Fit | None = None
    complete: bool = True
    contradicted: tuple[Fit, ...] = ()

    @property
    def policy(self) -> ImportPolicy | None:
        """The one policy that explains everything; None where there is none, or several."""
        return self.fits[0].policy if len(self.fits) == 1 else None

    def sentences(self) -> list[str]:
        """The explanation for people; what turns a measured rule over comes last."""
        shown = sorted(self.fits, key=lambda fit: bool(fit.overturned))[:NAMED_POLICIES]
        doubted = [_told(fit) for fit in shown if fit.overturned]
        lines = [_told(fit) for fit in shown if not fit.overturned]
        if self.causes:
            lead = "or no rule differs, and " if lines else "no rule explains it; it fits that "
            doubted.insert(0, ("no rule differs, and " if doubted else lead) + "; ".join(self.causes))
        if len(self.fits) > 1:
            more = len(self.fits) - NAMED_POLICIES
            lines.append(
                f"these {len(self.fits)} cannot be told apart by this import"
                + (f" ({more} are not shown)" if more > 0 else "")
            )
        lines += doubted
        lines += [_contradicted(fit) for fit in self.contradicted[:NAMED_CONTRADICTED]]
        if self.closest is not None:
            lines.append(_unexplained(self.closest))
        if not self.complete:
            lines.append("the search was stopped before all rules were tried: there are many leads here")
        return lines


def _named(rows: Sequence[int]) -> str:
    if not rows:
        return ""
    return f"; it counts {_rows(rows)} otherwise"


def _told(fit: Fit) -> str:
    doubt = ", and the measurement would have been wrong" if fit.overturned else ""
    return f"{fit.words} explains every batch{_named(fit.rows)}{doubt}"


def _contradicted(fit: Fit) -> str:
    """Why a policy that reproduces the counts is none of the API's."""
    kinds = (("holds", fit.against.held, "leaves out"), ("lacks", fit.against.missing, "lets in"))
    shows = ", and ".join(f"{verb} {_rows(rows)}, which it {does}" for verb, rows, does in kinds if rows)
    what = fit.words if fit.changes else "the policy as it is"
    return f"{what} fits the counts and is contradicted: the list {shows}"


def _rows(rows: Sequence[int]) -> str:
    shown = ", ".join(map(str, rows[:NAMED_ROWS]))
    more = len(rows) - NAMED_ROWS
    return f"row{'s' * (len(rows) > 1)} {shown}" + (f" and {more} more" if more > 0 else "")


def _unexplained(fit: Fit) -> str:
    left = ", ".join(f"{number:+d} {name}" for name, number in fit.remainder.as_dict().items() if number)
    under = f"under {fit.words}" if fit.changes else "under the policy as it is"
    return f"nothing explains every batch; least is left over {under}: {left or 'counts that cancel out'}"
