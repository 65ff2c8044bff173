"""The words of the toolkit as types: outcomes, reasons, counts.

Which rows get which reason is decided by the passes; here is only what each reason means.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from hygiene.display import html_table

__all__ = [
    "NOTES",
    "NOT_CHECKED",
    "REASONS",
    "SAME_PERSON",
    "Counts",
    "Outcome",
    "Reason",
    "meaning",
    "reason",
]


class Outcome(enum.StrEnum):
    """Where a row ends. Exactly one a row; the order of definition is the order of precedence."""

    INVALID = "invalid"
    UNDELIVERABLE = "undeliverable"
    SUPPRESSED = "suppressed"
    BLOCKED = "blocked"
    DUPLICATE = "duplicate"
    REVIEW = "review"
    READY = "ready"

    @property
    def rank(self) -> int:
        """Place in the order of precedence; 0 wins over all others."""
        return list(Outcome).index(self)


#: What stands for the rows of an outcome whose pass did not run.
NOT_CHECKED = "not checked"

#: The note on a row that is likely of the same person as another.
SAME_PERSON = "same_person_suspected"

_MEANING = {
    Outcome.READY: "will be sent",
    Outcome.INVALID: "not a lead that can be sent",
    Outcome.UNDELIVERABLE: "DNS says that no mail is accepted",
    Outcome.SUPPRESSED: "on a suppression list of ours",
    Outcome.BLOCKED: "on the API's block list",
    Outcome.DUPLICATE: "another row or a known lead stands for it",
    Outcome.REVIEW: "undecided: look at it",
}


def meaning(outcome: Outcome, /) -> str:
    """What an outcome means, in a few words."""
    return _MEANING[outcome]


@dataclass(frozen=True, slots=True)
class Reason:
    """What a reason code means.

    Attributes:
        code: Stable snake_case code.
        outcome: The outcome it leads to; None for a note, which leads to `review` only where the user
            asks for it.
        text: One sentence for people.
    """

    code: str
    outcome: Outcome | None
    text: str


_TABLE: Mapping[Outcome | None, Mapping[str, str]] = {
    Outcome.INVALID: {
        "row_malformed": "The row does not have the columns that the header has.",
        "missing_email": "The row has no email address.",
        "no_at_sign": "The address has no @.",
        "bad_local_part": "The part before the @ is not allowed.",
        "bad_domain": "The part after the @ is not a domain name.",
        "address_too_long": "The address is longer than 254 characters.",
        "special_use_domain": "The domain is reserved and never receives mail.",
        "verifier_invalid": "The verifier whose verdicts are trusted says that the address is bad.",
        "escape_debris": "The address begins with the remains of an escaped character.",
        "unsendable_address": "The place that is imported to takes no address of this form.",
    },
    Outcome.UNDELIVERABLE: {
        "domain_not_found": "The domain does not exist.",
        "null_mx": "The domain says that it accepts no mail (null MX).",
        "no_mail_host": "The domain exists and has no host that takes mail.",
        "mail_host_unroutable": "No mail host of the domain can be reached from the internet.",
    },
    Outcome.SUPPRESSED: {
        "suppressed_address": "The address is on a suppression list.",
        "suppressed_domain": "The domain is on a suppression list.",
        "suppressed_hash": "A hash of the address is on a suppression list.",
        "suppressed_column": "A column of the leads says not to write to the address.",
    },
    Outcome.BLOCKED: {
        "blocked_address": "The address is on the API's block list.",
        "blocked_domain": "The domain is on the API's block list.",
    },
    Outcome.DUPLICATE: {
        "duplicate_in_file": "Another row with the same address stays.",
        "duplicate_of_known": "The API's list or account holds the address already.",
    },
    Outcome.REVIEW: {
        "dns_unknown": "DNS gave no answer for the domain; nothing is known against it.",
        "verifier_risky": "The verifier whose verdicts are trusted is not certain of the address.",
    },
    None: {
        "several_addresses": "The cell holds several addresses; the first good one is used.",
        "disposable": "The domain is on a list of disposable ones.",
        "role_account": "The address is that of a function, not of a person.",
        "free_provider": "The domain is that of a public mail provider.",
        "typo_suspected": "The domain is nearly that of a well-known provider.",
        "mixed_script": "The address mixes alphabets that look alike.",
        "near_suppressed": "A suppressed address is that of the same mailbox: other dots, tag or googlemail.com.",
        "placeholder_name": "The name names nobody: NULL, test, a department, the address itself.",
        "name_is_company": "The name is that of a company.",
        "damaged_number": "The phone number has lost digits: 4.41E+11, zeros in their place, or too few.",
        "domain_mismatch": "The address is at another registered domain than the website.",
        SAME_PERSON: "Another row is likely of the same person, under another address.",
    },
}

#: Every reason with a fixed code. Families (`missing_<column>`, `schema_<column>_<check>`, `rule_<name>`)
#: are made by `reason`.
REASONS: Mapping[str, Reason] = {
    code: Reason(code, outcome, text) for outcome, reasons in _TABLE.items() for code, text in reasons.items()
}


#: Reasons that lead to `review` only where the user asks for it.
NOTES = tuple(code for code, found in REASONS.items() if found.outcome is None)


def reason(code: str, /, *, outcome: Outcome | None = Outcome.INVALID) -> Reason:
    """The reason with this code; for a code of a family, one that leads to `outcome`."""
    known = REASONS.get(code)
    if known is not None:
        return known
    family, _, rest = code.partition("_")
    text = {
        "missing": f"The required column {rest} is blank.",
        "schema": f"The schema check {rest} failed.",
        "rule": f"The user's rule {rest} matched.",
    }[family]
    return Reason(code, outcome, text)


def _plus(a: int | None, b: int | None, sign: int) -> int | None:
    return None if a is None or b is None else a + sign * b


@dataclass(frozen=True, slots=True)
class Counts:
    """The four numbers an import API answers. None is a counter that the API did not give."""

    total_leads: int | None = 0
    imported: int | None = 0
    duplicates: int | None = 0
    blocked: int | None = 0

    @property
    def unaccounted(self) -> int | None:
        """Leads that are in the total and in none of the three classes; None where a counter is missing."""
        if None in (self.total_leads, self.imported, self.duplicates, self.blocked):
            return None
        return self.total_leads - self.imported - self.duplicates - self.blocked  # type: ignore[operator]

    def __add__(self, other: "Counts") -> "Counts":
        return self._with(other, 1)

    def __sub__(self, other: "Counts") -> "Counts":
        return self._with(other, -1)

    def _with(self, other: "Counts", sign: int) -> "Counts":
        return Counts(
            _plus(self.total_leads, other.total_leads, sign),
            _plus(self.imported, other.imported, sign),
            _plus(self.duplicates, other.duplicates, sign),
            _plus(self.blocked, other.blocked, sign),
        )

    def as_dict(self) -> dict[str, int | None]:
        """The counters by the API's names, in the API's order."""
        return {
            "total_leads": self.total_leads,
            "imported": self.imported,
            "duplicates": self.duplicates,
            "blocked": self.blocked,
        }

    def _repr_html_(self) -> str:
        return html_table("The import API's counts", ("", "leads"), list(self.as_dict().items()))
