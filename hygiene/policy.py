"""The import API's counting rules as data: what is documented, observed or merely assumed.

Nothing here counts; `prediction` and the local API do, each in its own way.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from typing import Any, Literal

from hygiene.errors import UsageError

__all__ = ["RULES", "ImportPolicy", "Label", "as_toml", "choices"]

#: How a rule is known: the vendor says so, others saw it, nobody knows, or it was measured on this account.
Label = Literal["documented", "observed", "assumed", "measured"]


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

    Lists of the API that no client can read, such as community bounces, block a lead only where
    `unreadable_lists` says so; no option waives them, and which leads they name cannot be predicted.

    Source: docs of `POST /lead-list/{id}/import`, whose counting rules are largely not stated. Each
    rule carries a label: documented, observed (by others, in public code or notes), or assumed; those
    in `measured` were learned from the API itself. What is known of each:

    - Documented: entries of the block list are addresses and domains; `ignoreGlobalBlockList` skips the
      check of domains, and nothing is said of addresses.
    - Observed on the campaign import, not on lists: an address that repeats has a counter of its own;
      lists of community bounces and unsubscribed leads have theirs; clients fold case before they send.
    - Assumed is everything else, with the default that is the commonest practice.

    Attributes:
        measured: Names of the rules that were measured; no part of what makes two policies equal.
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
    unreadable_lists: Literal["ignored", "blocked"] = _rule(
        "assumed",
        "What lists that no client can read (community bounces) do to a lead they name.",
        "ignored",
        "blocked",
        default="ignored",
    )
    measured: frozenset[str] = field(default=frozenset(), compare=False)

    def __post_init__(self) -> None:
        for name, rule in RULES.items():
            value, taken = getattr(self, name), rule.metadata["choices"]
            if value not in taken if taken else not isinstance(value, bool):
                wanted = " or ".join(repr(choice) for choice in taken) or "true or false"
                msg = f"policy rule {name} is {value!r}; expected {wanted}"
                raise UsageError(msg)
        _check_names(self.measured, "measured names")
        object.__setattr__(self, "measured", frozenset(self.measured))

    def label(self, rule: str, /) -> Label:
        """How the value of a rule is known."""
        label: Label = "measured" if rule in self.measured else RULES[rule].metadata["label"]
        return label

    def assumed(self) -> tuple[str, ...]:
        """Names of the rules whose value is merely assumed."""
        return tuple(name for name in RULES if self.label(name) == "assumed")

    def changes(self, other: "ImportPolicy", /) -> dict[str, tuple[bool | str, bool | str]]:
        """Rules that differ in the other policy, each with its value here and there."""
        pairs = {name: (getattr(self, name), getattr(other, name)) for name in RULES}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}

    @classmethod
    def from_toml(cls, text: str, /) -> "ImportPolicy":
        """The policy a TOML text holds; rules it does not name keep their defaults.

        Raises:
            UsageError: the text is not TOML, names a rule that does not exist, or gives a value that
                the rule does not take.
        """
        try:
            found = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            msg = f"the policy is not TOML: {error}"
            raise UsageError(msg) from error
        measured = found.pop("measured", [])
        if not isinstance(measured, list) or not all(isinstance(name, str) for name in measured):
            msg = "the policy's `measured` is no array of rule names"
            raise UsageError(msg)
        _check_names(found, "the policy names")
        return cls(**found, measured=frozenset(measured))

    def to_toml(self, *, evidence: Sequence[str] = ()) -> str:
        """The policy as TOML, each rule under a comment with its label and meaning.

        Args:
            evidence: Sentences that stand above the rules, as comments.
        """
        lines = [f"# {' '.join(sentence.split())}" for sentence in evidence]
        lines += [""] if lines else []
        for name, rule in RULES.items():
            lines += [f"# {self.label(name)}: {rule.metadata['text']}", f"{name} = {as_toml(self, name)}", ""]
        if self.measured:
            names = ", ".join(f'"{name}"' for name in RULES if name in self.measured)
            lines += ["# Rules that were measured on the API itself.", f"measured = [{names}]", ""]
        return "\n".join(lines)


def as_toml(policy: ImportPolicy, rule: str, /) -> str:
    """The value of a rule as TOML writes it."""
    value = getattr(policy, rule)
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'


#: The rules by name, in the order they are told.
RULES: Mapping[str, Field[Any]] = {rule.name: rule for rule in fields(ImportPolicy) if rule.metadata}


def choices(rule: str, /) -> tuple[bool | str, ...]:
    """Every value that a rule takes."""
    return RULES[rule].metadata["choices"] or (True, False)


def _check_names(names: Any, who: str) -> None:
    unknown = sorted(set(names) - set(RULES))
    if unknown:
        msg = f"{who} {unknown[0]!r}, which is no rule; rules are {', '.join(RULES)}"
        raise UsageError(msg)
