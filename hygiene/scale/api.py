"""The call: what it takes, and what cannot be had of partitions."""

import os
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from hygiene.checks.custom_rules import Rule
from hygiene.errors import UsageError
from hygiene.lists import RuleList
from hygiene.lists.known_leads import KnownLeads
from hygiene.lists.name_lists import NameList
from hygiene.options import settings_of
from hygiene.policy import ImportPolicy
from hygiene.scale.result import ScaledLeads
from hygiene.scale.survey import survey
from hygiene.scale.tasks import check_frame

if TYPE_CHECKING:
    import dask.dataframe as dd

    from hygiene.deliverability import DomainVerdict, Resolver

__all__ = ["clean"]

PathLike: TypeAlias = str | os.PathLike[str]


def clean(
    leads: "dd.DataFrame",
    /,
    *,
    order: str | None = None,
    suppress: PathLike | RuleList | Sequence[PathLike | RuleList] | None = None,
    blocklist: PathLike | RuleList | Sequence[PathLike | RuleList] | None = None,
    known: PathLike | KnownLeads | Sequence[PathLike | KnownLeads] | None = None,
    match: Literal["exact", "person"] = "exact",
    keep: str = "first",
    fill: bool = False,
    suppression_columns: bool = True,
    max_list_age: timedelta | None = None,
    allow_empty_list: bool = False,
    allow_broad_rules: Collection[str] = (),
    client: int | None = None,
    resolver: "Resolver | Mapping[str, DomainVerdict] | None" = None,
    accept_unknown: bool = False,
    schema: Any = None,
    require: Sequence[str] = (),
    rules: Sequence[Rule] = (),
    review: Sequence[str] = (),
    disposable: PathLike | NameList | Sequence[PathLike | NameList] | None = None,
    free: PathLike | NameList | Sequence[PathLike | NameList] | None = None,
    roles: PathLike | NameList | Sequence[PathLike | NameList] | None = None,
    policy: ImportPolicy | None = None,
    waive_blocklist: bool = False,
    batch_leads: int = 400,
    trust_columns: Sequence[str] = (),
    columns: Mapping[str, str] | None = None,
) -> ScaledLeads:
    """Give every row of a Dask frame its verdict, by whatever computes Dask's graphs: a `Client`'s cluster, if any.

    Rows count from 1 in the order of the partitions, or as the column `order` says. All arguments but
    `order` are those of `hygiene.clean`; lists are read, and domains looked up, by this process.

    Args:
        leads: The leads; the same rows in the same order each time the frame is computed.
        order: A column that numbers the rows, for a frame that was shuffled: whole numbers from 1, each once.
        suppress: Suppression lists, ours: what they name is never sent.
        blocklist: The API's block list.
        known: Leads the API's list or account holds already.
        match: Which rows are the same lead.
        keep: Which of several rows of a lead stays.
        fill: Refused: the cells of other partitions are not at hand.
        suppression_columns: Whether opt-out marks in the leads' own columns suppress addresses.
        max_list_age: How long ago a suppression list may have been written at most.
        allow_empty_list: Whether a suppression list without entries is meant so.
        allow_broad_rules: What a suppression list is meant to forbid though it is much.
        client: The client whose entries of the block list act beside those of no client.
        resolver: Who is asked about domains, once for all partitions.
        accept_unknown: Leads whose domain DNS does not decide are ready rather than for review.
        schema: A Pandera model or schema of your own, which sees a partition at a time.
        require: Canonical columns that must not be blank.
        rules: Your own rules, which see a partition at a time.
        review: Notes whose rows are for review.
        disposable: Lists of disposable domains, in place of ours.
        free: Lists of domains of public mail providers, in place of ours.
        roles: Lists of local parts that name a function, in place of ours.
        policy: The API's counting rules.
        waive_blocklist: Predict and withhold as if the import set ``csvSettings.ignoreGlobalBlockList``.
        batch_leads: Leads a request, for the prediction.
        trust_columns: Columns with an address verifier's verdicts, to be honoured.
        columns: Canonical name to header, where the choice made by name is not right.

    Raises:
        InputError: a partition or a list cannot be read, or `order` does not number the rows.
        ResolverError: no name server answered at all.
        UsageError: it is no Dask frame, Dask is not installed, or an argument cannot be had of partitions.
    """
    check_frame(leads)
    _check_reach(schema, fill=fill)
    settings = settings_of(
        suppress=suppress,
        blocklist=blocklist,
        known=known,
        match=match,
        keep=keep,
        suppression_columns=suppression_columns,
        max_list_age=max_list_age,
        allow_empty_list=allow_empty_list,
        allow_broad_rules=allow_broad_rules,
        client=client,
        resolver=resolver,
        accept_unknown=accept_unknown,
        schema=schema,
        require=require,
        rules=tuple(rules),
        review=review,
        disposable=disposable,
        free=free,
        roles=roles,
        policy=policy,
        waive_blocklist=waive_blocklist,
        batch_leads=batch_leads,
        trust_columns=trust_columns,
    )
    return ScaledLeads(survey(leads, settings, columns=columns, order=order))


def _check_reach(schema: Any, *, fill: bool) -> None:
    """Refuse what looks beyond a partition."""
    if fill:
        msg = "fill=True takes cells from rows of other partitions; clean the written parts with hygiene.clean instead."
        raise UsageError(msg)
    built = schema.to_schema() if isinstance(schema, type) and hasattr(schema, "to_schema") else schema
    columns = getattr(built, "columns", {}).values()
    if getattr(built, "unique", None) or any(column.unique for column in columns):
        msg = "the schema asks for unique values, which a partition cannot show; duplicates are found without it."
        raise UsageError(msg)
