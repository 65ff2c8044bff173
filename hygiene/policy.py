"""The import API's counting rules as data: what is documented, observed or merely assumed.

Nothing here counts; `prediction` and the local API do, each in its own way.
"""

import tomllib
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from hygiene.errors import UsageError

__all__ = ["ImportPolicy"]

Label = Literal["documented", "observed", "assumed"]


def _rule(label: Label, text: str, *choices: str, default: bool | str) -> Any:
    return field(default=default, metadata={"label": label, "text": text, "choices": choices})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPolicy:
    """Every rule of the API's counting that shapes the four numbers.

    A lead is counted in this order. Its *address* is the text of its `email` field, trimmed where
    `strip_whitespace`. A lead has a *usable* address where that text has exactly one ``@``, something
    before it, no white space or control character anywhere, and after it at least two labels divided
    by single dots, none of them empty. All other leads (a missing or blank `email` too) are *invalid*
    and follow `invalid_rows`.

    The *duplicate key* of an address is the text after, where the rule is on and in this order: lower
    case as `str.lower` writes it (`fold_case`); a plus sign and what follows it taken off the local
    part, not where nothing would be left (`fold_plus_tag`); for gmail.com and googlemail.com the dots
    taken out of the local part and the domain written gmail.com (`fold_gmail_dots`). A lead is a
    *repeat* where its key is remembered already in the scope (`duplicate_scope`): from this request
    alone, from the list (its members, and requests to it before this one), or from the account (leads
    of every list). Imported leads are remembered; blocked ones only where `blocked_are_remembered`.

    A lead is on the *block list* where an entry is its address (`block_addresses`), its domain
    (`block_domains`), or a parent of its domain (`block_subdomains`, only with `block_domains`), taken
    literally, and compared in lower case where `block_fold_case`. A parent is every domain above it,
    the last label alone included. `ignoreGlobalBlockList` waives all entries or only those for domains
    (`waive_covers`). A lead that is both on the block list and a repeat is counted as `precedence`
    says. A lead that is neither is imported.

    Source: docs of `POST /lead-list/{id}/import`, whose counting rules are largely not stated. Each
    rule carries a label: documented, observed (by others, in public code or notes), or assumed.
    """

    fold_case: bool = _rule("assumed", "Addresses that differ in case are the same lead.", default=True)
    strip_whitespace: bool = _rule(
        "assumed", "White space around an address is trimmed, not refused.", default=True
    )
    fold_plus_tag: bool = _rule(
        "assumed", "Addresses that differ in a plus tag are the same lead.", default=False
    )
    fold_gmail_dots: bool = _rule(
        "assumed", "Dotted spellings of a Gmail address are the same lead.", default=False
    )
    duplicate_scope: Literal["request", "list", "account"] = _rule(
        "assumed",
        "Where a lead must be already to be a duplicate.",
        "request",
        "list",
        "account",
        default="list",
    )
    block_addresses: bool = _rule(
        "documented", "Entries of the block list that are addresses count.", default=True
    )
    block_domains: bool = _rule(
        "documented", "Entries of the block list that are domains count.", default=True
    )
    block_subdomains: bool = _rule("assumed", "An entry for a domain covers its subdomains.", default=False)
    block_fold_case: bool = _rule("assumed", "Block-list entries are compared without case.", default=True)
    blocked_are_remembered: bool = _rule(
        "assumed", "A blocked lead makes a later one with its key a duplicate.", default=False
    )
    waive_covers: Literal["all", "domains"] = _rule(
        "assumed", "The entries that ignoreGlobalBlockList waives.", "all", "domains", default="all"
    )
    precedence: Literal["blocked", "duplicate"] = _rule(
        "assumed",
        "How a lead is counted that is blocked and a repeat.",
        "blocked",
        "duplicate",
        default="blocked",
    )
    invalid_rows: Literal["reject_request", "uncounted", "blocked", "imported"] = _rule(
        "assumed",
        "What a lead without a usable address does: the whole request is refused and nothing of it "
        "counts; it is in total_leads alone; it counts as blocked; it counts as imported (never a "
        "repeat, never on the block list).",
        "reject_request",
        "uncounted",
        "blocked",
        "imported",
        default="uncounted",
    )

    def __post_init__(self) -> None:
        for rule in fields(self):
            value, choices = getattr(self, rule.name), rule.metadata["choices"]
            wanted = " or ".join(repr(choice) for choice in choices) or "true or false"
            if value not in choices if choices else not isinstance(value, bool):
                msg = f"policy rule {rule.name} is {value!r}; expected {wanted}"
                raise UsageError(msg)

    @classmethod
    def from_toml(cls, text: str, /) -> "ImportPolicy":
        """The policy a TOML text holds; rules it does not name keep their defaults.

        Raises:
            UsageError: the text is not TOML, names a rule that does not exist, or gives a value that
                the rule does not take.
        """
        try:
            rules = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            msg = f"the policy is not TOML: {error}"
            raise UsageError(msg) from error
        unknown = sorted(set(rules) - {rule.name for rule in fields(cls)})
        if unknown:
            msg = f"the policy names {unknown[0]!r}, which is no rule; rules are " + ", ".join(
                rule.name for rule in fields(cls)
            )
            raise UsageError(msg)
        return cls(**rules)

    def to_toml(self) -> str:
        """The policy as TOML, each rule under a comment with its label and meaning."""
        lines = []
        for rule in fields(self):
            value = getattr(self, rule.name)
            text = str(value).lower() if isinstance(value, bool) else f'"{value}"'
            lines += [f"# {rule.metadata['label']}: {rule.metadata['text']}", f"{rule.name} = {text}", ""]
        return "\n".join(lines)
