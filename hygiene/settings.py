"""Settings of a cleaning: what is checked, against what, and whom to ask."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from hygiene import address
from hygiene.blocklist import RuleList
from hygiene.deliverability import Resolver
from hygiene.errors import UsageError
from hygiene.prediction import ImportPolicy
from hygiene.rules import Rule
from hygiene.traits import TraitLists, built_in_lists
from hygiene.verdict import NOTES

__all__ = ["KnownLeads", "Settings"]


@dataclass(frozen=True, slots=True)
class KnownLeads:
    """Leads that the API's list or account holds already.

    Attributes:
        name: File or place they came from.
        address: Their addresses, normalized where that could be done.
        place: Whether they lie in the target list, or in another list of the account; those of the account
            are duplicates only where the policy's scope is the account.
    """

    name: str
    address: pa.Array
    place: Literal["list", "account"] = "list"

    @classmethod
    def from_cells(cls, name: str, cells: pa.Array, /) -> "KnownLeads":
        """Known leads from the cells of an email column; cells without an address are left out."""
        return cls(name, pc.drop_null(address.judge(cells).address))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a cleaning is to do.

    Attributes:
        schema: Pandera model or schema the rows are held against; None is `hygiene_schemas.Lead`.
        required: Canonical columns that must not be blank.
        rules: The user's own rules.
        trusted: Columns whose verdicts, by an address verifier, are trusted.
        review: Notes whose rows are for review.
        traits: Lists that traits are read from.
        suppress: Suppression lists, ours; None where the pass does not run.
        blocklist: The API's block list; None where the pass does not run.
        known: Known leads; None where the pass does not run.
        resolver: Who is asked about domains; None asks nobody.
        accept_unknown: Whether leads whose domain DNS does not decide are ready rather than for review.
        policy: The API's counting rules, which say what its block list covers.
        waive_blocklist: Whether the import will waive the block list.
        batch_leads: Leads a request, for the prediction.
    """

    schema: Any = None
    required: Sequence[str] = ()
    rules: Sequence[Rule] = ()
    trusted: Sequence[str] = ()
    review: Sequence[str] = ()
    traits: TraitLists = field(default_factory=built_in_lists)
    suppress: Sequence[RuleList] | None = None
    blocklist: Sequence[RuleList] | None = None
    known: Sequence[KnownLeads] | None = None
    resolver: Resolver | None = None
    accept_unknown: bool = False
    policy: ImportPolicy = field(default_factory=ImportPolicy)
    waive_blocklist: bool = False
    batch_leads: int = 400

    def __post_init__(self) -> None:
        for code in self.review:
            if code not in NOTES:
                msg = f"review of {code}: that is no note; notes are {', '.join(NOTES)}."
                raise UsageError(msg)

    def addresses_held(self, place: Literal["list", "account"], /) -> list[str] | None:
        """Addresses of the known leads of one place; None where nobody handed any over."""
        lists = [leads for leads in self.known or () if leads.place == place]
        return [address for leads in lists for address in leads.address.to_pylist()] if lists else None

    @property
    def duplicating(self) -> list[KnownLeads]:
        """The known leads that make a lead a duplicate under the policy."""
        wide = self.policy.duplicate_scope == "account"
        return [leads for leads in self.known or () if wide or leads.place == "list"]
