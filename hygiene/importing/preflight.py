"""Preparing an import: what the sink holds already is read, and the leads are decided anew with it.

Afterwards the list can be read back. What does not add up counts as not read, and opens the range of the prediction.
What a sink offers is said in `sinks`; nothing here sends a lead.
"""

import csv
import io
import itertools
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import text_column
from hygiene.cleaning.result import CleanedLeads
from hygiene.cleaning.settings import Settings
from hygiene.errors import InputError, ListingIncomplete, Note, SinkError, option
from hygiene.importing import Receipt, Session
from hygiene.importing.evidence import evidence_of
from hygiene.importing.handed_over import check_handed_over
from hygiene.lists import UNSUBSCRIBED, RuleList, parse_list
from hygiene.lists.known_leads import KnownLeads
from hygiene.lists.messages import counted
from hygiene.prediction.readback import read_back
from hygiene.sinks import (
    AccountReader,
    Addressed,
    BlocksByPattern,
    HeldLead,
    LeadList,
    ListReader,
    Sink,
    form_of,
)

__all__ = ["prepare", "with_known_leads", "with_readback"]

#: Leads of a list, or of the account, that an import still reads by itself. Above it a dated snapshot is kinder to the
#: API's hourly quota (1,000 leads a call, and some second each).
MOST_LEADS = 50_000
_UNBOUND = sys.maxsize
_LEADS = "them once (hygiene pull leads --out F)"

Read = TypeVar("Read")


def with_known_leads(
    session: Session, cleaned: CleanedLeads, sink: Sink, /, *, snapshot: bool = True, send_all: bool = False
) -> CleanedLeads:
    """The same leads, decided with the import's policy and what the sink holds, its own leads apart.

    An import that begins with nothing to send asks the sink nothing.

    Raises:
        ListNotFound: the list does not exist.
        InputError: the list or the account holds too many leads to read them all unasked.
        SinkError: refused, or no lead of the account says whether it is unsubscribed.
        JournalBehind: the list holds more than the journal of an import that was cut off knows of.
    """
    if changes := _changes(cleaned, policy=sink.policy, address_form=session.frozen.address_form):
        cleaned = cleaned.again(**changes)
    if session.continues or len(cleaned.rows_to_send(send_all=send_all)):
        found = session.look(sink) if isinstance(sink, ListReader) else None
        session.notes += _idle(sink, found)
        told = len(cleaned.read_notes)
        # The leads of an import that was cut off may be more than are read unasked, and the same command goes on.
        most = _UNBOUND if session.continues else MOST_LEADS
        cleaned = _prepared(cleaned, sink, found, snapshot=snapshot, most=most)
        session.notes += cleaned.read_notes[told:]
    return session.knowing(cleaned)


def with_readback(
    receipt: Receipt, cleaned: CleanedLeads, sink: Sink, /, *, custom: Sequence[str] = ()
) -> Receipt:
    """The receipt with what the list holds now; as it is where the sink cannot list it, or nothing was sent.

    A list that cannot be read is a note of the receipt: what was sent is sent.

    Args:
        receipt: Of the import.
        cleaned: Its leads.
        sink: Where to.
        custom: Custom columns that were sent.
    """
    trace = receipt.reconciliation.trace
    if trace is None or not isinstance(sink, ListReader):
        return receipt
    try:
        members = list(sink.members())
    except SinkError as error:
        note = Note(f"warning: read back: what the list holds was not read: {error.marked}")
        return replace(receipt, notes=(*receipt.notes, note))
    held = cleaned.survey.settings.addresses_held("list")
    sent = cleaned.addresses(trace.rows - 1)
    found = read_back(
        members,
        sent,
        trace,
        landed=[result.batch for result in receipt.batches if result.reported is not None],
        known=None if held is None else held.to_pylist(),
    )
    known = evidence_of(
        cleaned, trace.rows, sent=sent, custom=custom, members=members, was_read=held is not None
    )
    told = replace(receipt.reconciliation, trace=replace(trace, evidence=known))
    return replace(receipt, readback=found, reconciliation=told)


def prepare(cleaned: CleanedLeads, sink: Sink, /, *, snapshot: bool = True) -> CleanedLeads:
    """The same leads, decided with the sink's policy and what the sink holds already.

    Raises:
        ListNotFound: the list does not exist.
        InputError: the list or the account holds too many leads to read them all unasked.
        SinkError: refused, or no lead of the account says whether it is unsubscribed.
        UsageError: no cleaned leads, no sink, or one that names no form of addresses.
    """
    check_handed_over(cleaned, sink)
    if changes := _changes(cleaned, address_form=form_of(sink)):
        cleaned = cleaned.again(**changes)
    found = sink.describe() if isinstance(sink, ListReader) else None
    return _prepared(cleaned, sink, found, snapshot=snapshot, most=MOST_LEADS)


def _changes(cleaned: CleanedLeads, **wanted: Any) -> dict[str, Any]:
    """Those of the settings that are not as they are wanted."""
    settings = cleaned.survey.settings
    return {name: value for name, value in wanted.items() if getattr(settings, name) != value}


def _prepared(
    cleaned: CleanedLeads, sink: Sink, found: LeadList | None, *, snapshot: bool, most: int
) -> CleanedLeads:
    """The same of a list that was looked at already; more leads than `most` are not read unasked."""
    look, changes = _Look(most), _changes(cleaned, policy=sink.policy)
    if isinstance(sink, ListReader) and found is not None:
        wide = sink.policy.duplicate_scope == "account"
        changes |= _held(sink, found, cleaned, look, wide=wide) if snapshot else {}
    if not changes and not look.notes:
        return cleaned
    decided = cleaned.again(**changes)
    decided.read_notes = (*decided.read_notes, *look.notes)
    return decided


def _idle(sink: Sink, found: LeadList | None) -> list[str]:
    """That nobody is written to for now, of a campaign that does not run."""
    if found is None or not found.idle:
        return []
    told = f"{sink.name} is {found.idle}: leads are taken, and nobody is written to until you start it again."
    return [Note(f"warning: {told}")]


@dataclass(frozen=True, slots=True)
class _Look:
    """What the look at the sink could not read.

    Attributes:
        most: Leads that are read unasked.
        notes: One sentence for each.
    """

    most: int
    notes: list[Note] = field(default_factory=list)

    def at(self, what: str, read: Callable[[], Read], /) -> Read | None:
        """What is read; None, and a note, where that does not add up."""
        try:
            return read()
        except ListingIncomplete as odd:
            self.notes.append(Note(f"warning: {what} not read: {odd.marked}"))
            return None


def _held(
    reader: ListReader, found: LeadList, cleaned: CleanedLeads, look: _Look, *, wide: bool
) -> dict[str, Any]:
    """The settings that say what the sink holds, as far as nobody handed it over and it could be read.

    Args:
        reader: The sink.
        found: Its list.
        cleaned: The leads, which say what was handed over.
        look: Is told what could not be read.
        wide: Whether leads of the account's other lists count as well.
    """
    changes: dict[str, Any] = {}
    settings, mine = cleaned.survey.settings, None
    if settings.known is None:
        mine = look.at("what the list holds was", lambda: _members(reader, found, look.most))
    account, unsubscribed = _account(reader, settings, look)
    if mine is not None:
        known, others = mine, None
        if wide:
            what = "what the account's other lists hold was"
            others = look.at(what, lambda: _elsewhere(reader, known, account, look.most))
        changes["known"] = (known,) if others is None else (known, others)
    if settings.blocklist is None:
        rules = look.at("the API's block list was", lambda: _block_list(reader, cleaned))
        changes |= {} if rules is None else {"blocklist": (rules,)}
    if unsubscribed is not None:
        changes["suppress"] = (*(settings.suppress or ()), unsubscribed)
    return changes


def _account(
    sink: object, settings: Settings, look: _Look
) -> tuple[Sequence[HeldLead] | None, RuleList | None]:
    """The leads of the account and who of them unsubscribed; None for what was handed over or cannot be read.

    Of leads that are not all there, those that unsubscribed are suppressed all the same.
    """
    try:
        found = _account_leads(sink, settings, look.most)
    except ListingIncomplete as odd:
        look.notes.append(Note(f"warning: who of the account unsubscribed was not read whole: {odd.marked}"))
        return None, _unsubscribed(odd.given, ", and not all were read")
    return found, None if found is None else _unsubscribed(found)


def _account_leads(sink: object, settings: Settings, most: int) -> Sequence[HeldLead] | None:
    """The leads of the account; None where they do not say who unsubscribed, or a snapshot of that was handed over."""
    if not isinstance(sink, AccountReader):
        return None
    account = f"(account {sink.target.account})" if isinstance(sink, Addressed) else ""
    given = [rules.unsubscribed for rules in settings.suppress or () if rules.unsubscribed]
    if any(account in snapshot for snapshot in given):  # one of another account says nothing of this one
        return None
    found = sink.account_leads(most=most)
    if found is None:
        what = "who unsubscribed once (hygiene pull unsubscribed --out F)"
        raise InputError(_too_many("the account", None, what, option("suppress", value="F")))
    return found


def _elsewhere(
    sink: ListReader, mine: KnownLeads, account: Sequence[HeldLead] | None, most: int
) -> KnownLeads:
    """What the account's other lists hold, from its leads where they were read already."""
    addresses = sink.members(whole_account=True) if account is None else (lead.address for lead in account)
    everyone = _few(addresses, "the account", most)
    others = everyone.filter(pc.invert(pc.is_in(everyone, value_set=mine.given)))
    return KnownLeads.from_cells("the account's other lists", others, place="account")


def _members(sink: ListReader, found: LeadList, most: int) -> KnownLeads:
    """The leads of the list, where they are few enough to read; its stated size is not relied on."""
    who = f"list {found.id}"
    if (found.size or 0) > most:
        raise InputError(_too_many(who, found.size, _LEADS, option("known", value="F")))
    return KnownLeads.from_cells(who, _few(sink.members(), who, most))


def _few(members: Iterable[str], who: str, most: int) -> pa.Array:
    read = list(itertools.islice(members, None if most == _UNBOUND else most + 1))
    if len(read) > most:
        raise InputError(_too_many(who, None, _LEADS, option("known", value="F")))
    import pandas as pd

    return text_column(pd.Series(read, dtype=object))


def _too_many(who: str, size: int | None, what: str, given: str) -> str:
    return (
        f"{who} holds {size or 'more than ' + str(MOST_LEADS)} leads, too many to read for one import. Pull {what} "
        f"and hand them over with {given}, or do without with {option('snapshot', given=False)}."
    )


def _unsubscribed(account: Sequence[HeldLead], more: str = "") -> RuleList:
    """Who of the account's leads unsubscribed, as a snapshot says it."""
    untold = sum(lead.unsubscribed is None for lead in account)
    do = "does" if untold == 1 else "do"
    among = counted(len(account), "lead") + (f", of whom {untold} {do} not say" if untold else "") + more
    text = io.StringIO()
    text.write(f"{UNSUBSCRIBED}among {among}\n")
    rows = ([lead.address] for lead in account if lead.unsubscribed)
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([["email"], *rows])
    found = parse_list(text.getvalue(), name="the account's unsubscribed leads")
    return replace(found, layout=among, is_listing=True)


def _block_list(sink: ListReader, cleaned: CleanedLeads) -> RuleList:
    """The API's block list, entry for entry: under a header and quoted, no entry is read as something else.

    What an entry names that is neither an address nor a domain stands in it address for address.
    """
    text, entries = io.StringIO(), list(sink.blocked())
    if isinstance(sink, BlocksByPattern):
        entries += sink.blocked_among(
            cleaned.addresses(np.arange(len(cleaned))).drop_null().unique().to_pylist()
        )
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([["email_or_domain"], *([each] for each in entries)])
    found = parse_list(text.getvalue(), name="the API's block list", of_api=True)
    return replace(found, layout="", is_listing=True)
