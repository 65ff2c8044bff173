"""Preparing an import: what the sink holds already is read, and the leads are decided anew with it.

Afterwards the list can be read back. What a sink offers is said in `importing`; nothing here sends a lead.
"""

import csv
import io
import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import text_column
from hygiene.cleaning.result import CleanedLeads
from hygiene.errors import InputError, option
from hygiene.importing import Receipt, Session
from hygiene.lists import RuleList, parse_list
from hygiene.lists.known_leads import KnownLeads
from hygiene.prediction.readback import read_back
from hygiene.sinks import LeadList, ListReader, Sink

__all__ = ["prepare", "with_known_leads", "with_readback"]

#: Members of a list that an import still reads by itself. Above it a dated snapshot is kinder to the
#: API's hourly quota (1,000 leads a call).
MOST_MEMBERS = 50_000


def with_known_leads(
    session: Session, cleaned: CleanedLeads, sink: Sink, /, *, snapshot: bool = True, send_all: bool = False
) -> CleanedLeads:
    """The same leads, decided with the import's policy and what its list holds, its own leads apart.

    An import that begins with nothing to send asks the sink nothing.

    Raises:
        ListNotFound: the list does not exist.
        InputError: the list holds too many leads to read them all unasked.
    """
    if cleaned.survey.settings.policy != sink.policy:
        cleaned = cleaned.again(policy=sink.policy)
    if session.continues or len(cleaned.rows_to_send(send_all=send_all)):
        cleaned = prepare(cleaned, sink, snapshot=snapshot)
    return session.knowing(cleaned)


def with_readback(receipt: Receipt, cleaned: CleanedLeads, sink: Sink, /) -> Receipt:
    """The receipt with what the list holds now; as it is where the sink cannot list it, or nothing was sent."""
    trace = receipt.reconciliation.trace
    if trace is None or not isinstance(sink, ListReader):
        return receipt
    held = cleaned.survey.settings.addresses_held("list")
    found = read_back(
        list(sink.members()),
        cleaned.addresses(trace.rows - 1),
        trace,
        landed=[result.batch for result in receipt.batches if result.reported is not None],
        known=None if held is None else held.to_pylist(),
    )
    return replace(receipt, readback=found)


def prepare(cleaned: CleanedLeads, sink: Sink, /, *, snapshot: bool = True) -> CleanedLeads:
    """The same leads, decided with the sink's policy and what the sink holds already.

    Raises:
        ListNotFound: the list does not exist.
        InputError: the list holds too many leads to read them all unasked.
    """
    settings = cleaned.survey.settings
    changes: dict[str, Any] = {} if settings.policy == sink.policy else {"policy": sink.policy}
    if isinstance(sink, ListReader):
        found = sink.describe()
        if snapshot and settings.known is None:
            changes["known"] = _held(sink, found, wide=sink.policy.duplicate_scope == "account")
        if snapshot and settings.blocklist is None:
            changes["blocklist"] = (_block_list(sink),)
    return cleaned.again(**changes) if changes else cleaned


def _held(sink: ListReader, found: LeadList, *, wide: bool) -> tuple[KnownLeads, ...]:
    """What the list holds and, where the policy's scope is the account, what its other lists hold."""
    mine = _members(sink, found)
    if not wide:
        return (mine,)
    everyone = _few(sink.members(whole_account=True), "the account")
    others = everyone.filter(pc.invert(pc.is_in(everyone, value_set=mine.given)))
    return mine, KnownLeads.from_cells("the account's other lists", others, place="account")


def _members(sink: ListReader, found: LeadList) -> KnownLeads:
    """The leads of the list, where they are few enough to read; its stated size is not relied on."""
    who = f"list {found.id}"
    if (found.size or 0) > MOST_MEMBERS:
        raise InputError(_too_many(who, found.size))
    return KnownLeads.from_cells(who, _few(sink.members(), who))


def _few(members: Iterator[str], who: str) -> pa.Array:
    read = list(itertools.islice(members, MOST_MEMBERS + 1))
    if len(read) > MOST_MEMBERS:
        raise InputError(_too_many(who, None))
    return text_column(pd.Series(read, dtype=object))


def _too_many(who: str, size: int | None) -> str:
    return (
        f"{who} holds {size or 'more than ' + str(MOST_MEMBERS)} leads, too many to read "
        f"for one import. Pull them once (hygiene pull leads --out F) and hand them over with "
        f"{option('known', value='F')}, or do without with {option('snapshot', given=False)}."
    )


def _block_list(sink: ListReader) -> RuleList:
    """The API's block list, entry for entry: under a header and quoted, no entry is read as something else."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(
        [["email_or_domain"], *([each] for each in sink.blocked())]
    )
    return parse_list(text.getvalue(), name="the API's block list", of_api=True)
