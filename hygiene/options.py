"""The options of a cleaning, each declared once, and the settings they stand for.

Lists that are named by a path are read here, and held against what would forbid too much.
"""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, Union

from hygiene.arguments import check_kind, check_names, check_number, check_span, octets
from hygiene.checks.custom_rules import Rule
from hygiene.cleaning.dedup.survivors import Keep
from hygiene.cleaning.rewrite import FieldRules
from hygiene.cleaning.settings import Settings
from hygiene.columns.frames import ArrowStream
from hygiene.deliverability import DomainVerdict, Resolver
from hygiene.errors import UsageError, option
from hygiene.fields.same_person import need_rapidfuzz
from hygiene.io.readers.list_files import block_list, known_leads, name_list, suppression_list
from hygiene.io.readers.read_options import ReadOptions
from hygiene.lists import Reading, RuleList, check_broad
from hygiene.lists.handed_over import Column, Entries, known_handed_over, parted, rules_handed_over
from hygiene.lists.known_leads import KnownLeads
from hygiene.lists.name_lists import NameList, TraitLists, built_in_lists
from hygiene.outcomes import SAME_PERSON
from hygiene.policy import ImportPolicy

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CleanOptions", "PathLike", "ReadOptions", "ScaleOptions", "resolve"]

PathLike: TypeAlias = str | os.PathLike[str]
_List = TypeVar("_List", RuleList, KnownLeads)
#: Entries themselves, in place of a file that holds them.
_Entries: TypeAlias = Union[Entries, Column, "pd.DataFrame", ArrowStream]
_Rules: TypeAlias = PathLike | RuleList | _Entries | Sequence[PathLike | RuleList | _Entries] | None
_Known: TypeAlias = PathLike | KnownLeads | _Entries | Sequence[PathLike | KnownLeads | _Entries] | None
_Names: TypeAlias = PathLike | NameList | Sequence[PathLike | NameList] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanOptions(ReadOptions):
    """What a cleaning does; those of reading are for files alone, `columns` apart.

    Attributes:
        suppress: Suppression lists, ours: what they name is never sent. A text is the path of a file, and so is each
            of a list of texts; entries are a series, a frame, or `hygiene.Entries` of texts. A text with an ``@``
            that is no file is an entry too.
        blocklist: The API's block list, given like `suppress`.
        known: Leads the API's list or account holds already, given like `suppress`: a file or frame with an email
            column, or addresses.
        match: Which rows are the same lead: `exact`, as an API counts, or `person`, by what is known of
            mailbox providers (tags, dots of Gmail).
        likely: Whether rows are noted (`same_person_suspected`) that are likely of one person under two
            addresses; needs the extra `likely`.
        keep: Which of several rows of a lead stays: `first`, `last`, `most-complete` or `newest:COLUMN`.
        fill: Whether the row that stays takes blank cells from the rows it replaces.
        mend: Whether cells are put right before they are sent, where nobody meant what stands there: white space at the
            ends, invisible characters, quotes around the whole, HTML entities, mojibake.
        tidy: Kinds of fields that are written as in a mail before they are sent: ``names``, ``companies``, ``phones``,
            ``places``, ``links``, or ``all``.
        region: The country of phone numbers whose row says none, by its code: ``GB``.
        suppression_columns: Whether opt-out marks in the leads' own columns suppress addresses.
        suppression_column: Columns of the leads that mark who must not be written to, where they are not understood:
            ``HEADER`` for one whose truth does, ``HEADER=VALUE,VALUE`` for one of which these values do.
        max_list_age: How long ago the file of a suppression list may have been written at most.
        allow_empty_list: Whether a suppression list without entries is meant so.
        all_rows: Whether rows of a suppression list count whose own marks say that they may be written to.
        lead_domains: Whether a web address among the addresses of a suppression list that looks like a file of
            leads forbids its domain.
        allow_broad_rules: Public suffixes and large mailbox providers that a suppression list is meant to
            forbid.
        client: The client whose entries of the block list act beside those of no client.
        resolver: Who is asked about domains, for instance `hygiene.Resolver()`, or verdicts by domain
            that are known already; None asks nobody.
        accept_unknown: Leads whose domain DNS does not decide are ready rather than for review.
        schema: A Pandera model or schema of your own, in place of `hygiene.Lead`.
        require: Columns that must not be blank, by their name or their header.
        rules: Your own rules.
        review: Notes whose rows are for review, for instance ``["disposable"]``.
        disposable: Lists of disposable domains, in place of ours.
        free: Lists of domains of public mail providers, in place of ours.
        roles: Lists of local parts that name a function, in place of ours.
        policy: The API's counting rules.
        waive_blocklist: Predict and withhold as if the import set ``ignoreGlobalBlockList``.
        batch_leads: Leads a request, for the prediction.
        trust_columns: Columns with an address verifier's verdicts, to be honoured.
        memory: Memory to stay within, where the leads are files, in octets or as ``"2GB"`` or ``"512MiB"``: what does
            not fit goes to temporary files, and nothing else changes. None keeps all leads in memory.
        jobs: Chunks examined at once; None is the processors there are.
    """

    suppress: _Rules = None
    blocklist: _Rules = None
    known: _Known = None
    match: Literal["exact", "person"] = "exact"
    likely: bool = False
    keep: str = "first"
    fill: bool = False
    mend: bool = True
    tidy: Sequence[str] = ()
    region: str | None = None
    suppression_columns: bool = True
    suppression_column: Sequence[str] = ()
    max_list_age: timedelta | None = None
    allow_empty_list: bool = False
    all_rows: bool = False
    lead_domains: bool = False
    allow_broad_rules: Collection[str] = ()
    client: int | None = None
    resolver: Resolver | Mapping[str, DomainVerdict] | None = None
    accept_unknown: bool = False
    schema: Any = None
    require: Sequence[str] = ()
    rules: Sequence[Rule] = ()
    review: Sequence[str] = ()
    disposable: _Names = None
    free: _Names = None
    roles: _Names = None
    policy: ImportPolicy | None = None
    waive_blocklist: bool = False
    batch_leads: int = 400
    trust_columns: Sequence[str] = ()
    memory: float | str | None = None
    jobs: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleOptions(CleanOptions):
    """What a cleaning of a Dask frame does: a schema and rules see a partition at a time.

    Attributes:
        order: A column that numbers the rows, for a frame that was shuffled: whole numbers from 1, each once.
    """

    order: str | None = None


def resolve(options: CleanOptions, /) -> Settings:
    """The settings that options stand for: those of the same name are taken as they are, lists are read.

    Raises:
        ListError: a list cannot be read; a suppression list without entries is one.
        UsageError: an option makes no sense.
    """
    _check_kinds(options)
    if not isinstance(options.suppression_columns, bool):
        named = option("suppression_column", ["HEADER"])
        raise UsageError(
            f"{option('suppression_columns', value='...')} is true or false; columns are named with {named}."
        )
    if isinstance(options.suppression_column, Mapping):
        raise UsageError(
            f"{option('suppression_column', ['HEADER=VALUE'])}: expected texts like this one, not a mapping."
        )
    if options.suppression_column and not options.suppression_columns:
        named = option("suppression_column", list(options.suppression_column))
        raise UsageError(f"{named} and {option('suppression_columns', given=False)} exclude each other.")
    names = ("require", "trust_columns", "review", "allow_broad_rules", "suppression_column")
    check_names(**{name: getattr(options, name) for name in names})
    _check_likely(options)
    alike = {each.name for each in fields(options)} & {each.name for each in fields(Settings)}
    changed: dict[str, Any] = {
        "traits": _trait_lists(disposable=options.disposable, free=options.free, roles=options.roles),
        "suppress": _suppression(options),
        "blocklist": _lists(
            "blocklist",
            options.blocklist,
            RuleList,
            partial(block_list, client=options.client),
            partial(rules_handed_over, reading=Reading(of_api=True, client=options.client)),
        ),
        "known": _lists("known", options.known, KnownLeads, known_leads, known_handed_over),
        "keep": Keep.parse(options.keep),
        "policy": options.policy or ImportPolicy(),
        "suppression_column": tuple(options.suppression_column),
        "required": tuple(options.require),
        "trusted": tuple(options.trust_columns),
        "rules": tuple(options.rules),
        "review": tuple(options.review),
        "fields": FieldRules.of(mend=options.mend, tidy=options.tidy, region=options.region),
    }
    return Settings(**{name: getattr(options, name) for name in alike} | changed)


def _check_kinds(options: CleanOptions) -> None:
    """See that no option is of a kind that the pass which takes it would trip over."""
    check_span("max_list_age", options.max_list_age)
    if options.memory is not None:
        octets("memory", options.memory)
    for name in ("jobs", "batch_leads", "client"):
        check_number(name, getattr(options, name))
    check_kind("keep", options.keep, str, "a text, such as 'first'", needed=True)
    check_kind("region", options.region, str, "a text, such as 'GB'")
    policy = "a hygiene.ImportPolicy, such as hygiene.ImportPolicy.from_toml(text) reads"
    check_kind("policy", options.policy, ImportPolicy, policy)
    check_kind("columns", options.columns, Mapping, "columns by name, such as columns={'email': 'E-mail'}")
    check_kind("rules", options.rules, (list, tuple), "a list of hygiene.Rule", needed=True)
    for rule in options.rules:
        check_kind("one of the rules", rule, Rule, "a hygiene.Rule", needed=True)


def _check_likely(options: CleanOptions) -> None:
    """See that the search for one person under two addresses can be done, and is asked for where its note is."""
    if options.likely:
        need_rapidfuzz()
    elif SAME_PERSON in options.review:
        raise UsageError(
            f"{option('review', [SAME_PERSON])} looks at a note that {option('likely', given=True)} gives: add that."
        )


def _trait_lists(**given: Any) -> TraitLists:
    """The lists that were handed over, by trait, and ours for the other traits."""
    changes: dict[str, Any] = {
        trait: _each(lists, partial(name_list, kind="local_part" if trait == "roles" else "domain"))
        for trait, lists in given.items()
        if lists is not None
    }
    return replace(built_in_lists(), **changes)


def _suppression(options: CleanOptions) -> tuple[RuleList, ...] | None:
    """Our own lists, each held against what would forbid too much, those that were read before as well."""
    open_one = partial(
        suppression_list,
        max_age=options.max_list_age,
        may_be_empty=options.allow_empty_list,
        all_rows=options.all_rows,
        lead_domains=options.lead_domains,
        allow_broad=options.allow_broad_rules,
    )
    reading = Reading(all_rows=options.all_rows, lead_domains=options.lead_domains)
    take = partial(rules_handed_over, reading=reading, may_be_empty=options.allow_empty_list)
    lists = _lists("suppress", options.suppress, RuleList, open_one, take)
    for rules in lists or ():
        check_broad(rules, allowed=options.allow_broad_rules)
    return lists


def _lists(
    name: str,
    given: Any,
    kind: type[_List],
    open_one: Callable[[PathLike], _List],
    take: Callable[..., _List],
    /,
) -> tuple[_List, ...] | None:
    """What was handed over for a list: files are read, entries taken; None where nothing was.

    Args:
        name: The argument, which entries are called by.
        given: What was handed over.
        kind: What a list is that was read before.
        open_one: Reads a file.
        take: Makes a list of entries, given its name.
    """
    if given is None:
        return None
    parts = parted(given)
    entries = sum(not isinstance(each, str | os.PathLike | kind) for each in parts)
    names = iter([name] if entries == 1 else [f"{name} {number}" for number in range(1, entries + 1)])
    return tuple(
        open_one(each)
        if isinstance(each, str | os.PathLike)
        else each
        if isinstance(each, kind)
        else take(each, name=next(names))
        for each in parts
    )


def _each(given: Any, open_one: Callable[[PathLike], NameList], /) -> tuple[NameList, ...]:
    """The lists of names that were handed over, read where they are paths."""
    if isinstance(given, Mapping) or hasattr(given, "columns") or hasattr(given, "dtype"):
        msg = f"a list is a {type(given).__name__}; hand over paths of files, or lists that were read."
        raise UsageError(msg)
    one = isinstance(given, str | os.PathLike | NameList)
    return tuple(
        open_one(each) if isinstance(each, str | os.PathLike) else each
        for each in ([given] if one else given)
    )
