"""Given: the settings that the arguments of a call stand for.

Lists that are named by a path are read here, and held against what would forbid too much.
"""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from hygiene.arguments import check_names, check_span
from hygiene.cleaning.dedup.survivors import Keep
from hygiene.cleaning.settings import Settings
from hygiene.deliverability import KnownVerdicts
from hygiene.io.readers.list_files import block_list, known_leads, name_list, suppression_list
from hygiene.lists import RuleList, check_broad
from hygiene.lists.known_leads import KnownLeads
from hygiene.lists.name_lists import NameList, TraitLists, built_in_lists
from hygiene.policy import ImportPolicy

if TYPE_CHECKING:
    from hygiene.deliverability import DomainVerdict, Resolver

__all__ = ["settings_of"]

_List = TypeVar("_List", RuleList, KnownLeads, NameList)


def settings_of(
    *,
    suppress: Any,
    blocklist: Any,
    known: Any,
    keep: str,
    max_list_age: timedelta | None,
    allow_empty_list: bool,
    allow_broad_rules: Collection[str],
    client: int | None,
    resolver: "Resolver | Mapping[str, DomainVerdict] | None",
    disposable: Any,
    free: Any,
    roles: Any,
    policy: ImportPolicy | None,
    require: Sequence[str],
    trust_columns: Sequence[str],
    review: Sequence[str],
    **alike: Any,
) -> Settings:
    """The settings of a call of `library.clean`, whose arguments these are; `alike` are those of `Settings`.

    Raises:
        ListError: a list cannot be read; a suppression list without entries is one.
        UsageError: an argument makes no sense.
    """
    check_span("max_list_age", max_list_age)
    check_names(
        require=require, trust_columns=trust_columns, review=review, allow_broad_rules=allow_broad_rules
    )
    return Settings(
        traits=_trait_lists(disposable=disposable, free=free, roles=roles),
        suppress=_suppression(
            suppress,
            max_age=max_list_age,
            may_be_empty=allow_empty_list,
            allow_broad=allow_broad_rules,
        ),
        blocklist=_each(blocklist, lambda path: block_list(path, client=client)),
        known=_each(known, known_leads),
        keep=Keep.parse(keep),
        resolver=_resolver(resolver),
        policy=policy or ImportPolicy(),
        required=tuple(require),
        trusted=tuple(trust_columns),
        review=tuple(review),
        **alike,
    )


def _trait_lists(**given: Any) -> TraitLists:
    """The lists that were handed over, by trait, and ours for the other traits."""
    changes: dict[str, Any] = {
        trait: _each(lists, partial(name_list, kind="local_part" if trait == "roles" else "domain"))
        for trait, lists in given.items()
        if lists is not None
    }
    return replace(built_in_lists(), **changes)


def _suppression(given: Any, **how: Any) -> tuple[RuleList, ...] | None:
    """Our own lists, each held against what would forbid too much, those that were read before as well."""
    lists = _each(given, lambda path: suppression_list(path, **how))
    for rules in lists or ():
        check_broad(rules, allowed=how["allow_broad"])
    return lists


def _each(given: Any, open_one: Callable[["str | os.PathLike[str]"], _List]) -> tuple[_List, ...] | None:
    """What was handed over for a list, read where it is a path; None where nothing was."""
    if given is None:
        return None
    one = isinstance(given, str | os.PathLike | RuleList | KnownLeads | NameList)
    return tuple(
        open_one(each) if isinstance(each, str | os.PathLike) else each
        for each in ([given] if one else given)
    )


def _resolver(given: "Resolver | Mapping[str, DomainVerdict] | None") -> "Resolver | None":
    """Who is asked: what was handed over, where it can look up, else the verdicts it holds."""
    if isinstance(given, Mapping) and not hasattr(given, "look_up"):
        return KnownVerdicts(given)
    return given
