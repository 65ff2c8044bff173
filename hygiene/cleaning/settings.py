"""Settings of a cleaning: what is checked, against what, and whom to ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

import pyarrow as pa

from hygiene.address import AddressRule
from hygiene.arguments import check_word
from hygiene.checks.custom_rules import Rule
from hygiene.cleaning.dedup.survivors import Keep
from hygiene.cleaning.rewrite import FieldRules
from hygiene.deliverability import Resolver, as_resolver
from hygiene.errors import UsageError
from hygiene.lists import RuleList
from hygiene.lists.known_leads import KnownLeads
from hygiene.lists.name_lists import TraitLists, built_in_lists
from hygiene.outcomes import NOTES
from hygiene.policy import ImportPolicy

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a cleaning is to do.

    Attributes:
        schema: Pandera model or schema the rows are held against; None is `hygiene_schemas.Lead`.
        required: Columns that must not be blank.
        rules: The user's own rules.
        trusted: Columns whose verdicts, by an address verifier, are trusted.
        review: Notes whose rows are for review.
        traits: Lists that traits are read from.
        suppress: Suppression lists, ours; None where the pass does not run.
        blocklist: The API's block list; None where the pass does not run.
        known: Known leads; None where the pass does not run.
        match: Which rows are the same lead: `exact`, as an API counts, or `person`, by what is known of
            mailbox providers.
        keep: Which of several rows of a lead stays.
        likely: Whether rows are noted that are likely of one person under two addresses.
        fill: Whether the row that stays takes blank cells from the rows it replaces.
        suppression_columns: Whether opt-out marks in the leads' own columns count.
        suppression_column: Columns that mark rows, as the user says: ``HEADER``, or ``HEADER=VALUE,VALUE``.
        resolver: Who is asked about domains; None asks nobody.
        accept_unknown: Whether leads whose domain DNS does not decide are ready rather than for review.
        policy: The API's counting rules, which say what its block list covers.
        waive_blocklist: Whether the import will waive the block list.
        address_form: What an address has to be for where leads are imported to; nothing where any is taken.
        batch_leads: Leads a request, for the prediction.
        fields: What is done to cells before they are sent.
        headers: Header of the input to the name of its column, where that is another.
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
    match: Literal["exact", "person"] = "exact"
    keep: Keep = field(default_factory=Keep)
    likely: bool = False
    fill: bool = False
    suppression_columns: bool = True
    suppression_column: Sequence[str] = ()
    resolver: Resolver | None = None
    accept_unknown: bool = False
    policy: ImportPolicy = field(default_factory=ImportPolicy)
    waive_blocklist: bool = False
    address_form: Sequence[AddressRule] = ()
    batch_leads: int = 400
    fields: FieldRules = field(default_factory=FieldRules)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_word("match", self.match, ("exact", "person"))
        object.__setattr__(self, "resolver", as_resolver(self.resolver))
        for code in self.review:
            if code not in NOTES:
                msg = f"review of {code}: that is no note; notes are {', '.join(NOTES)}."
                raise UsageError(msg)

    def of_input(self, headers: Mapping[str, str], /) -> Self:
        """The same settings where they name a column by its header: under the name it was read as."""
        required = [headers.get(name, name) for name in self.required]
        keep = replace(self.keep, column=headers.get(self.keep.column, self.keep.column))
        return replace(self, required=tuple(dict.fromkeys(required)), keep=keep, headers=headers)

    def addresses_held(self, place: Literal["list", "account"], /) -> pa.Array | None:
        """Addresses of the known leads of one place, as the API has them; None where nobody handed any over."""
        given = [leads.given for leads in self.known or () if leads.place == place]
        if len(given) == 1:
            return given[0]
        return pa.concat_arrays(given) if given else None

    def entries_listed(self) -> pa.Array | None:
        """Entries of the API's block list, as it has them; None where nobody handed it over."""
        if self.blocklist is None:
            return None
        return pa.concat_arrays(
            [pa.nulls(0, pa.large_string()), *(rules.literal for rules in self.blocklist)]
        )

    @property
    def of_api(self) -> dict[str, pa.Array | None]:
        """What the API holds, as it has it, by the words of `predict`; None for what nobody handed over."""
        held = {"known": self.addresses_held("list"), "elsewhere": self.addresses_held("account")}
        return {"blocklist": self.entries_listed(), **held}

    @property
    def by_person(self) -> bool:
        """Whether two addresses that are likely one person's are the same lead."""
        return self.match == "person"

    @property
    def by_row(self) -> bool:
        """Whether no check looks at several rows, as a schema or rule of the user's may."""
        return self.schema is None and not self.rules

    @property
    def duplicating(self) -> list[KnownLeads]:
        """The known leads that make a lead a duplicate under the policy."""
        wide = self.policy.duplicate_scope == "account"
        return [leads for leads in self.known or () if wide or leads.place == "list"]
