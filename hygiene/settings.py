"""Settings of a cleaning: what is checked, against what, and whom to ask."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene import address
from hygiene.arguments import check_word
from hygiene.blocklist import RuleList
from hygiene.blocklist.wording import counted, line_numbers
from hygiene.deliverability import Resolver
from hygiene.duplicates import Keep
from hygiene.errors import UsageError
from hygiene.hashing import InProcess, Lookup
from hygiene.prediction import ImportPolicy
from hygiene.rules import Rule
from hygiene.text import Mask, is_blank, mask
from hygiene.traits import TraitLists, built_in_lists
from hygiene.verdict import NOTES

__all__ = ["KnownLeads", "Settings"]


@dataclass(frozen=True)
class KnownLeads(InProcess):
    """Leads that the API's list or account holds already.

    Attributes:
        name: File or place they came from.
        given: Their addresses as the API has them, which is how a prediction takes them.
        address: The same, normalized; null where that could not be done.
        domain: Their domains as A-labels; null where there is none.
        line: Where each stands: a line of the file, or its number.
        place: Whether they lie in the target list, or in another list of the account; those of the account
            are duplicates only where the policy's scope is the account.
        layout: How the file they came from is laid out, for people; empty where they came from no file.
        broken: Lines of it that could not be read as rows.
    """

    name: str
    given: pa.Array = field(repr=False)
    address: pa.Array = field(repr=False)
    domain: pa.Array = field(repr=False)
    line: np.ndarray[Any, np.dtype[np.int64]] = field(repr=False)
    place: Literal["list", "account"] = "list"
    layout: str = ""
    broken: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        check_word("place", self.place, ("list", "account"))

    @classmethod
    def from_cells(
        cls,
        name: str,
        cells: pa.Array,
        /,
        *,
        lines: np.ndarray[Any, Any] | None = None,
        place: Literal["list", "account"] = "list",
        layout: str = "",
        broken: Sequence[int] = (),
    ) -> "KnownLeads":
        """Known leads from the cells of an email column; missing cells are left out."""
        there = np.flatnonzero(pc.is_valid(cells).to_numpy(zero_copy_only=False))
        given = cells.take(pa.array(there))
        judged = address.judge(given)
        line = there + 1 if lines is None else np.asarray(lines)[there]
        return cls(name, given, judged.address, judged.domain, line, place, layout, tuple(broken))

    def __len__(self) -> int:
        """How many of them have an address."""
        return len(self.address) - int(self.address.null_count)

    @cached_property
    def left(self) -> tuple[int, ...]:
        """Lines that hold something that is no address; a blank cell is nobody."""
        nobody = mask(pc.is_null(self.address)) & ~is_blank(self.given)
        return tuple(sorted({*self.line[nobody].tolist(), *self.broken}))

    @property
    def note(self) -> str:
        """What was recognised, taken and left, in one sentence; empty where they came from no file."""
        if not self.layout:
            return ""
        taken = f"{counted(len(self), 'address')} taken" if len(self) else "nothing taken"
        left = f"; {counted(len(self.left), 'line')} left: {line_numbers(self.left)}" if self.left else ""
        return f"{self.name}: {self.layout}; {taken}{left}."

    @cached_property
    def exact(self) -> Lookup:
        """Their positions by their exact keys."""
        return Lookup.of(address.exact_key(self.address))

    @cached_property
    def persons(self) -> Lookup:
        """Their positions by their person keys."""
        return Lookup.of(address.person_key(self.address, self.domain))

    def places(self, positions: np.ndarray[Any, np.dtype[np.int64]], /) -> pa.Array:
        """``list:line`` of the leads at these positions; null for -1."""
        line = (
            pa.array(self.line[positions], mask=positions < 0) if len(self.line) else pa.nulls(len(positions))
        )
        text = pc.cast(line, pa.large_string())
        return pc.binary_join_element_wise(pa.scalar(self.name, text.type), text, pa.scalar(":", text.type))

    def where(self, chosen: Mask, /) -> "KnownLeads":
        """Those of the leads for which `chosen` is true."""
        rows = pa.array(chosen)
        return replace(
            self,
            given=self.given.filter(rows),
            address=self.address.filter(rows),
            domain=self.domain.filter(rows),
            line=self.line[chosen],
        )


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
        match: Which rows are the same lead: `exact`, as an API counts, or `person`, by what is known of
            mailbox providers.
        keep: Which of several rows of a lead stays.
        fill: Whether the row that stays takes blank cells from the rows it replaces.
        suppression_columns: Whether opt-out marks in the leads' own columns count.
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
    match: Literal["exact", "person"] = "exact"
    keep: Keep = field(default_factory=Keep)
    fill: bool = False
    suppression_columns: bool = True
    resolver: Resolver | None = None
    accept_unknown: bool = False
    policy: ImportPolicy = field(default_factory=ImportPolicy)
    waive_blocklist: bool = False
    batch_leads: int = 400

    def __post_init__(self) -> None:
        check_word("match", self.match, ("exact", "person"))
        for code in self.review:
            if code not in NOTES:
                msg = f"review of {code}: that is no note; notes are {', '.join(NOTES)}."
                raise UsageError(msg)

    def addresses_held(self, place: Literal["list", "account"], /) -> pa.Array | None:
        """Addresses of the known leads of one place, as the API has them; None where nobody handed any over."""
        given = [leads.given for leads in self.known or () if leads.place == place]
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
    def by_row(self) -> bool:
        """Whether no check looks at several rows, as a schema or rule of the user's may."""
        return self.schema is None and not self.rules

    @property
    def duplicating(self) -> list[KnownLeads]:
        """The known leads that make a lead a duplicate under the policy."""
        wide = self.policy.duplicate_scope == "account"
        return [leads for leads in self.known or () if wide or leads.place == "list"]
