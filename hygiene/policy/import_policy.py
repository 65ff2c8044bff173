"""The import API's counting rules as data: what is documented, observed or merely assumed.

Nothing here counts; `prediction` and the local API do, each in its own way.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from typing import Any, Literal

from hygiene.errors import UsageError
from hygiene.policy.rule_values import LANGUAGE, USABLE, Value, a_rule, check_value, names_of, toml_value

__all__ = ["RULES", "ImportPolicy", "Label", "as_toml", "choices", "is_seldom"]

#: How a rule is known: the vendor says so, others saw it, nobody knows, or it was measured on this account.
Label = Literal["documented", "observed", "assumed", "measured"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPolicy:
    r"""Every rule of the API's counting that shapes the four numbers.

    A lead is counted in this order. Leads of a request beyond the first `request_limit` are *dropped*:
    nothing of them is looked at. A lead's *address* is the text of its `email` field, trimmed where
    `strip_whitespace`. An address is *usable* by `usable_address`:

    - ``loose``: exactly one ``@``, something before it, no white space or control character anywhere, and
      after it at least two labels divided by single dots, none of them empty.
    - ``email-validator``: what the Python package of that name takes by its defaults, without asking DNS.
    - ``ascii``: ASCII letters, digits and ``._%+-`` before the one ``@``, after it letters, digits, hyphens and
      dots, the last label being two letters or more.
    - a pattern: any value that has an ``@`` is a regular expression that the whole address matches, which has
      an ``@`` itself; its classes (``\w``, ``\s``) are of ASCII.

    All other leads (a missing or blank `email` too, and a missing or blank field of `needed_fields`, named as
    the columns of leads are) are *invalid* and follow `invalid_rows`. What is before an
    address's first ``@`` is its local part, what is after it its domain.

    The *duplicate key* of an address is the text after, where the rule is on and in this order: lower
    case as `str.lower` writes it (`fold_case`); labels of the domain that are not ASCII as A-labels, in lower
    case first and by `idna.encode` with UTS 46, where they have any (`fold_u_labels`); a plus sign and what
    follows it taken off the local part, not where nothing would be left (`fold_plus_tag`, or
    `fold_gmail_tags` at gmail.com and googlemail.com alone); googlemail.com written gmail.com
    (`fold_googlemail`); for these two the dots taken out of the local part and the domain written gmail.com
    (`fold_gmail_dots`). A lead is a *repeat* where its key is remembered already in the scope
    (`duplicate_scope`): from this request alone, from the list (its members, and requests to it before this
    one), or from the account (leads of every list). Imported leads are remembered; blocked ones only where
    `blocked_are_remembered`. A repeat counts as a duplicate, or as imported where `repeats_count_as` has it so:
    all of them, those whose key was remembered before the request began, or those alone whose was not. Where it is
    ``uncounted``, a repeat is in the total alone.

    A lead is on the *block list* where an entry is its address (`block_addresses`), its domain
    (`block_domains`), or a parent of its domain (`block_subdomains`, only with `block_domains`), taken
    literally, and compared in lower case where `block_fold_case`. A parent is every domain above it,
    the last label alone included. An entry without an ``@`` covers, with `block_domains`, by `block_reach`
    also every domain that somebody registered as the same (``registrable``: by the public suffix list, in lower
    case) or every domain that ends with its letters (``letters``). A list whose entries are addresses only has
    `block_domains` off. `ignoreGlobalBlockList` waives all entries or only those for domains (`waive_covers`). A
    lead that is both on the block list and a repeat is counted as `precedence` says. A lead that is neither is
    imported.

    Once `lead_credit` leads were imported, counted from the first request on, every lead after is dropped.
    `total_leads` holds, by `total_counts`, every lead of the request (``rows``); all but those that are dropped
    (``taken``); of these each duplicate key once, and each invalid lead (``distinct``); or the leads that were
    imported and are no repeats (``added``).

    Lists of the API that no client can read, such as community bounces, touch a lead only where
    `unreadable_lists` says so, its usable address taken literally: it is blocked, a duplicate, or in the total
    alone. No option waives them, and which leads they name cannot be predicted.

    Source: docs of `POST /lead-list/{id}/import`, whose counting rules are largely not stated. Each
    rule carries a label: documented, observed (by others, in public code or notes), or assumed; those
    in `measured` were learned from the API itself. What is known of each:

    - Documented: entries of the block list are addresses and domains; `ignoreGlobalBlockList` skips the
      check of domains, and nothing is said of addresses.
    - Observed on the campaign import, not on lists: an address that repeats has a counter of its own;
      lists of community bounces and unsubscribed leads have theirs; clients fold case before they send.
    - Observed on import servers of others: updates counted as imported, leads beyond a number that are dropped,
      addresses outside ASCII that are refused.
    - Assumed is everything else, with the default that is the commonest practice.

    Attributes:
        measured: Names of the rules that were measured; no part of what makes two policies equal.
    """

    fold_case: bool = a_rule("assumed", "Addresses that differ in case are the same lead.", default=True)
    strip_whitespace: bool = a_rule(
        "assumed", "White space around an address is trimmed, not refused.", default=True
    )
    fold_plus_tag: bool = a_rule(
        "assumed", "Addresses that differ in a plus tag are the same lead.", default=False
    )
    fold_gmail_dots: bool = a_rule(
        "assumed", "Dotted spellings of a Gmail address are the same lead.", default=False
    )
    fold_gmail_tags: bool = a_rule(
        "assumed",
        "Addresses at Gmail that differ in a plus tag are the same lead.",
        default=False,
        seldom=True,
    )
    fold_googlemail: bool = a_rule(
        "assumed", "An address at googlemail.com is the one at gmail.com.", default=False, seldom=True
    )
    fold_u_labels: bool = a_rule(
        "assumed",
        "A domain is the same in letters outside ASCII and as A-labels (xn--).",
        default=False,
        seldom=True,
    )
    duplicate_scope: Literal["request", "list", "account"] = a_rule(
        "assumed",
        "Where a lead must be already to be a duplicate.",
        "request",
        "list",
        "account",
        default="list",
    )
    block_addresses: bool = a_rule(
        "documented", "Entries of the block list that are addresses count.", default=True
    )
    block_domains: bool = a_rule(
        "documented", "Entries of the block list that are domains count.", default=True
    )
    block_subdomains: bool = a_rule("assumed", "An entry for a domain covers its subdomains.", default=False)
    block_reach: Literal["name", "registrable", "letters"] = a_rule(
        "assumed",
        "What an entry for a domain covers beside it: nothing, all names of the same registered domain, "
        "all names that end with its letters.",
        "name",
        "registrable",
        "letters",
        default="name",
        seldom=True,
    )
    block_fold_case: bool = a_rule("assumed", "Block-list entries are compared without case.", default=True)
    blocked_are_remembered: bool = a_rule(
        "assumed", "A blocked lead makes a later one with its key a duplicate.", default=False
    )
    waive_covers: Literal["all", "domains"] = a_rule(
        "assumed", "The entries that ignoreGlobalBlockList waives.", "all", "domains", default="all"
    )
    precedence: Literal["blocked", "duplicate"] = a_rule(
        "assumed",
        "How a lead is counted that is blocked and a repeat.",
        "blocked",
        "duplicate",
        default="blocked",
    )
    repeats_count_as: Literal[
        "duplicates", "imported", "imported_in_list", "imported_in_request", "uncounted"
    ] = a_rule(
        "assumed",
        "How repeats count: as duplicates; as imported (updates); as imported where they were remembered "
        "before the request, or where they were not; in total_leads alone.",
        "duplicates",
        "imported",
        "imported_in_list",
        "imported_in_request",
        "uncounted",
        default="duplicates",
        seldom=True,
    )
    usable_address: str = a_rule(
        "assumed",
        "What a usable address is: by the loose rule, by the package email-validator, by the common "
        "pattern of ASCII, or by a regular expression of yours, which has an @.",
        *USABLE,
        default="loose",
        seldom=True,
    )
    needed_fields: str = a_rule(
        "assumed",
        "Fields without which a lead has no usable address, by their columns, divided by commas.",
        default="",
        seldom=True,
    )
    invalid_rows: Literal["reject_request", "uncounted", "blocked", "imported"] = a_rule(
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
    total_counts: Literal["rows", "taken", "distinct", "added"] = a_rule(
        "assumed",
        "What total_leads counts: every lead of a request, those that were not dropped, different ones of "
        "these, or those newly added.",
        "rows",
        "taken",
        "distinct",
        "added",
        default="rows",
        seldom=True,
    )
    request_limit: int = a_rule(
        "assumed", "Leads of a request beyond so many are dropped; 0 for none.", default=0, seldom=True
    )
    lead_credit: int = a_rule(
        "assumed",
        "Once so many leads were imported, all others are dropped; 0 for none.",
        default=0,
        seldom=True,
    )
    unreadable_lists: Literal["ignored", "blocked", "duplicates", "uncounted"] = a_rule(
        "assumed",
        "What lists that no client can read (community bounces) do to a lead they name.",
        "ignored",
        "blocked",
        "duplicates",
        "uncounted",
        default="ignored",
    )
    measured: frozenset[str] = field(default=frozenset(), compare=False)

    def __post_init__(self) -> None:
        for name in RULES:
            check_value(name, RULES[name], getattr(self, name))
        _check_names(self.measured, "measured names")
        object.__setattr__(self, "measured", frozenset(self.measured))

    @property
    def needs(self) -> tuple[str, ...]:
        """The columns of `needed_fields`."""
        return names_of(self.needed_fields)

    def label(self, rule: str, /) -> Label:
        """How the value of a rule is known."""
        label: Label = "measured" if rule in self.measured else RULES[rule].metadata["label"]
        return label

    def assumed(self) -> tuple[str, ...]:
        """Names of the rules whose value is merely assumed."""
        return tuple(name for name in RULES if self.label(name) == "assumed")

    def changes(self, other: "ImportPolicy", /) -> dict[str, tuple[Value, Value]]:
        """Rules that differ in the other policy, each with its value here and there."""
        pairs = {name: (getattr(self, name), getattr(other, name)) for name in RULES}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}

    @classmethod
    def from_toml(cls, text: str, /) -> "ImportPolicy":
        """The policy a TOML text holds; rules it does not name keep their defaults.

        Raises:
            UsageError: the text is not TOML, names a rule that does not exist, gives a value that the rule
                does not take, or was written by a later version and cannot be read without it.
        """
        try:
            found = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            msg = f"the policy is not TOML: {error}"
            raise UsageError(msg) from error
        measured, language = found.pop("measured", []), found.pop("language", LANGUAGE)
        if isinstance(language, int) and language > LANGUAGE:
            _check_language(found, language)
        if not isinstance(measured, list) or not all(isinstance(name, str) for name in measured):
            msg = "the policy's `measured` is no array of rule names"
            raise UsageError(msg)
        _check_names(found, "the policy names")
        return cls(**found, measured=frozenset(measured))

    def to_toml(self, *, evidence: Sequence[str] = (), because: Mapping[str, str] | None = None) -> str:
        """The policy as TOML, each rule under a comment with its label and meaning.

        Args:
            evidence: Sentences that stand above the rules, as comments.
            because: What single rules are known from, as comments of theirs.
        """
        lines = [f"# {' '.join(sentence.split())}" for sentence in evidence]
        lines += [""] if lines else []
        lines += ["# Which rules this file may name.", f"language = {LANGUAGE}", ""]
        for name, rule in RULES.items():
            told = [f"# by {because[name]}"] if because and name in because else []
            lines += [f"# {self.label(name)}: {rule.metadata['text']}", *told]
            lines += [f"{name} = {as_toml(self, name)}", ""]
        if self.measured:
            names = ", ".join(f'"{name}"' for name in RULES if name in self.measured)
            lines += ["# Rules that were measured on the API itself.", f"measured = [{names}]", ""]
        return "\n".join(lines)


def as_toml(policy: ImportPolicy, rule: str, /) -> str:
    """The value of a rule as TOML writes it."""
    return toml_value(getattr(policy, rule))


#: The rules by name, in the order they are told.
RULES: Mapping[str, Field[Any]] = {rule.name: rule for rule in fields(ImportPolicy) if rule.metadata}


def choices(rule: str, /) -> tuple[Value, ...]:
    """Every value that a rule takes; of one that takes any number or pattern, those that need no evidence."""
    default: Any = RULES[rule].default
    taken: tuple[Value, ...] = RULES[rule].metadata["choices"]
    return taken or ((True, False) if isinstance(default, bool) else (default,))


def is_seldom(rule: str, /) -> bool:
    """Whether few APIs have another value than the default: looked for in a difference, not allowed for in a range."""
    seldom: bool = RULES[rule].metadata["seldom"]
    return seldom


def _check_language(found: Mapping[str, Any], language: int) -> None:
    """Refuse a file of a later version where it says what this one cannot read."""
    later = f"was written by a later version (its language is {language}, this one reads {LANGUAGE})"
    step = "Upgrade lead-hygiene, or take the rule out to predict without it."
    unknown = sorted(set(found) - set(RULES))
    if unknown:
        msg = f"the policy {later} and names {unknown[0]!r}, a rule that this one does not know. {step}"
        raise UsageError(msg)
    for name, value in found.items():
        try:
            check_value(name, RULES[name], value)
        except UsageError as error:
            msg = f"the policy {later}, and here {error}. {step}"
            raise UsageError(msg) from error


def _check_names(names: Any, who: str) -> None:
    unknown = sorted(set(names) - set(RULES))
    if unknown:
        msg = f"{who} {unknown[0]!r}, which is no rule; rules are {', '.join(RULES)}"
        raise UsageError(msg)
