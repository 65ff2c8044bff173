"""What the import API will answer: its counting rules as data, and the counts they give.

The rules are the API's, not ours: nothing here reads verdicts or looks at why a row was cleaned, and
nothing here touches the network.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.errors import UsageError
from hygiene.text import Mask, mask, text_column
from hygiene.verdict import Counts

__all__ = ["ImportPolicy", "Prediction", "predict"]

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


#: A usable address as `ImportPolicy` defines it.
_USABLE = r"^[^@\pZ\p{Cc}]+@[^@.\pZ\p{Cc}]+(\.[^@.\pZ\p{Cc}]+)+$"


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the API will answer to an import.

    Attributes:
        counts: The four numbers over all requests.
        batches: The four numbers of each request, in sending order; a request that the API refuses whole
            has zeros.
        range: Lowest and highest counts that missing knowledge leaves open; None where nothing is.
    """

    counts: Counts
    batches: tuple[Counts, ...]
    range: tuple[Counts, Counts] | None = None


def predict(
    rows: pd.DataFrame | pd.Series | pa.Array,
    /,
    *,
    policy: ImportPolicy | None = None,
    blocklist: Iterable[str] = (),
    known: Iterable[str] = (),
    batch_leads: int | None = None,
    waive_blocklist: bool = False,
) -> Prediction:
    """Predict the counts of an import of these rows, in this order, under a policy.

    Args:
        rows: Leads in sending order: a frame with a column ``email``, or the addresses alone.
        policy: The API's counting rules; None is the defaults.
        blocklist: The API's block list, addresses and domains.
        known: Addresses that the list (or, with account scope, the account) holds already.
        batch_leads: Leads a request; None sends all in one.
        waive_blocklist: Whether the requests set ``csvSettings.ignoreGlobalBlockList``.

    Source: the rules of `ImportPolicy`, each with its label.
    """
    policy = policy or ImportPolicy()
    address = _addresses(rows, policy)
    usable = mask(pc.match_substring_regex(address, _USABLE))
    batch = np.arange(len(address)) // (batch_leads or max(len(address), 1))
    received = np.ones(len(address), dtype=bool)
    if policy.invalid_rows == "reject_request":
        received = ~np.isin(batch, batch[~usable])
    on_list = usable & _on_block_list(address, list(blocklist), policy, waived=waive_blocklist)
    repeat = _repeats(
        address, counted=usable & received, on_list=on_list, batch=batch, known=list(known), policy=policy
    )
    blocked = on_list & ~repeat if policy.precedence == "duplicate" else on_list
    duplicate = repeat & ~blocked
    imported = usable & ~blocked & ~duplicate
    blocked = blocked | (~usable & (policy.invalid_rows == "blocked"))
    imported = imported | (~usable & (policy.invalid_rows == "imported"))
    batches = _count(batch, received, imported & received, duplicate & received, blocked & received)
    return Prediction(sum(batches, Counts()), batches)


def _addresses(rows: pd.DataFrame | pd.Series | pa.Array, policy: ImportPolicy) -> pa.Array:
    if isinstance(rows, pd.DataFrame):
        rows = rows["email"]
    text = text_column(rows) if isinstance(rows, pd.Series) else rows
    text = pc.fill_null(text, "")
    return pc.utf8_trim_whitespace(text) if policy.strip_whitespace else text


def duplicate_key(address: pa.Array, policy: ImportPolicy, /) -> pa.Array:
    """The key under which the API counts addresses as one, as `ImportPolicy` defines it."""
    key = _lower(address) if policy.fold_case else address
    if policy.fold_plus_tag:
        key = pc.replace_substring_regex(key, r"^([^@+]+)\+[^@]*@", r"\1@")
    if policy.fold_gmail_dots:
        gmail = pc.match_substring_regex(key, r"@(gmail|googlemail)\.com$")
        local = pc.replace_substring(pc.replace_substring_regex(key, "@[^@]*$", ""), ".", "")
        dotless = pc.binary_join_element_wise(
            local, pa.scalar("gmail.com", key.type), pa.scalar("@", key.type)
        )
        key = pc.if_else(gmail, dotless, key)
    return key


def _lower(texts: pa.Array) -> pa.Array:
    """Each text as `str.lower` writes it; Arrow's own kernel agrees on ASCII alone."""
    odd = pc.invert(pc.string_is_ascii(texts))
    lowered = pc.utf8_lower(texts)
    if not pc.any(odd).as_py():
        return lowered
    words = [text.lower() for text in texts.filter(odd).to_pylist()]
    return pc.replace_with_mask(lowered, odd, pa.array(words, texts.type))


def _on_block_list(address: pa.Array, entries: list[str], policy: ImportPolicy, *, waived: bool) -> Mask:
    if waived and policy.waive_covers == "all":
        entries = []
    if policy.block_fold_case:
        address, entries = _lower(address), [entry.lower() for entry in entries]
    found = np.zeros(len(address), dtype=bool)
    if policy.block_addresses:
        found |= _among(address, [entry for entry in entries if "@" in entry])
    if policy.block_domains and not waived:
        domains = [entry for entry in entries if "@" not in entry]
        host = pc.replace_substring_regex(address, "^[^@]*@", "").dictionary_encode()
        names = host.dictionary
        covered = _among(names, domains)
        while policy.block_subdomains and pc.any(pc.match_substring(names, ".")).as_py():
            names = pc.replace_substring_regex(names, r"^[^.]*(\.|$)", "")
            covered |= _among(names, domains)
        found |= covered[host.indices.to_numpy(zero_copy_only=False)] if len(covered) else False
    return found


def _among(texts: pa.Array, wanted: Iterable[str]) -> Mask:
    values = pa.array(wanted, pa.large_string())
    return mask(pc.is_in(texts, value_set=values))


def _repeats(
    address: pa.Array,
    /,
    *,
    counted: Mask,
    on_list: Mask,
    batch: np.ndarray[Any, Any],
    known: list[str],
    policy: ImportPolicy,
) -> Mask:
    """True where a lead's key is remembered when it arrives."""
    key = duplicate_key(address, policy)
    codes = key.dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64)
    already = np.zeros(len(address), dtype=bool)
    if policy.duplicate_scope == "request":
        pairs = pa.array(batch * (codes.max(initial=0) + 1) + codes).dictionary_encode()
        codes = pairs.indices.to_numpy(zero_copy_only=False)
    else:
        members = _addresses(pa.array(known, pa.large_string()), policy)
        already = mask(pc.is_in(key, value_set=duplicate_key(members, policy)))
    remembered = np.flatnonzero(counted if policy.blocked_are_remembered else counted & ~on_list)
    first = np.full(codes.max(initial=0) + 1, len(codes), dtype=np.int64)
    first[codes[remembered[::-1]]] = remembered[::-1]  # the last one written is the first to arrive
    repeat: Mask = counted & (already | (np.arange(len(codes)) > first[codes]))
    return repeat


def _count(batch: np.ndarray[Any, Any], *classes: Mask) -> tuple[Counts, ...]:
    requests = int(batch[-1]) + 1 if len(batch) else 0
    columns = [np.bincount(batch[rows], minlength=requests).tolist() for rows in classes]
    return tuple(Counts(*numbers) for numbers in zip(*columns, strict=True))
