"""The calls that open paths and join the core with its edges: read, clean, import_leads.

No judgement is made here, and nothing is printed.
"""

import contextlib
import logging
import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import pandas as pd

from hygiene.arguments import check_names, check_word
from hygiene.checks.custom_rules import Rule
from hygiene.cleaning.pipeline import survey_frame
from hygiene.cleaning.result import CleanedLeads
from hygiene.cleaning.settings import Settings
from hygiene.cleaning.spill import Spool
from hygiene.cleaning.survey import CHUNK_ROWS, survey
from hygiene.columns.rename import choose_columns, name_columns
from hygiene.importing import Journal, OnUnknown, Progress, Receipt, open_session
from hygiene.importing.preflight import know, prepare, with_readback
from hygiene.importing.summary import summarise
from hygiene.io.readers import open_leads
from hygiene.io.readers.list_files import block_list, known_leads, suppression_list
from hygiene.lists import RuleList
from hygiene.lists.known_leads import KnownLeads
from hygiene.lists.name_lists import NameList
from hygiene.options import settings_of
from hygiene.policy import ImportPolicy
from hygiene.sinks import Sink

if TYPE_CHECKING:
    from hygiene.deliverability import DomainVerdict, Resolver

_log = logging.getLogger("hygiene")

__all__ = [
    "block_list",
    "clean",
    "import_leads",
    "know",
    "known_leads",
    "prepare",
    "read",
    "suppression_list",
    "with_readback",
]

PathLike = str | os.PathLike[str]


def read(
    path: PathLike,
    /,
    *more: PathLike,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
    sheet: str | None = None,
    limits: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    """Read lead files into one frame with canonical columns.

    Args:
        path: A file, a folder or a pattern of files; ``-`` is standard input.
        more: Further files, whose rows follow.
        columns: Canonical name to header, where the choice made by name is not right.
        encoding: Encoding of text files, where what was found out is not right.
        delimiter: Delimiter of text files, where what was found out is not right.
        header_row: Line of the header, where what was found out is not right.
        sheet: Sheet of workbooks; the only one with an email column where None.
        limits: Limits to raise or lower: `cell`, `columns`, `rows`, `size`, `ratio`, `nesting`.

    Returns:
        Text columns, the canonical ones first; the index holds `source` and `line` of each row.

    Raises:
        InputError: a file cannot be read, has no email column, or passes a limit.
        UsageError: an option makes no sense.
    """
    with open_leads(
        [path, *more],
        columns=columns,
        encoding=encoding,
        delimiter=delimiter,
        header_row=header_row,
        sheet=sheet,
        limits=limits,
    ) as leads:
        return leads.frame()


def clean(
    leads: pd.DataFrame | PathLike | Sequence[PathLike],
    /,
    *,
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
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
    sheet: str | None = None,
    limits: Mapping[str, int] | None = None,
    memory: int | None = None,
    jobs: int | None = None,
) -> CleanedLeads:
    """Give every row of a lead list its verdict.

    Args:
        leads: A frame, or one or several files.
        suppress: Suppression lists, ours: what they name is never sent.
        blocklist: The API's block list.
        known: Leads the API's list or account holds already, as a file with an email column.
        match: Which rows are the same lead: `exact`, as an API counts, or `person`, by what is known of
            mailbox providers (tags, dots of Gmail).
        keep: Which of several rows of a lead stays: `first`, `last`, `most-complete` or `newest:COLUMN`.
        fill: Whether the row that stays takes blank cells from the rows it replaces.
        suppression_columns: Whether opt-out marks in the leads' own columns suppress addresses.
        max_list_age: How long ago a suppression list may have been written at most.
        allow_empty_list: Whether a suppression list without entries is meant so.
        allow_broad_rules: Public suffixes and large mailbox providers that a suppression list is meant to
            forbid.
        client: The client whose entries of the block list act beside those of no client.
        resolver: Who is asked about domains, for instance `hygiene.Resolver()`, or verdicts by domain
            (A-labels) that are known already; None asks nobody.
        accept_unknown: Leads whose domain DNS does not decide are ready rather than for review.
        schema: A Pandera model or schema of your own, in place of `hygiene.Lead`.
        require: Canonical columns that must not be blank.
        rules: Your own rules.
        review: Notes whose rows are for review, for instance ``["disposable"]``.
        disposable: Lists of disposable domains, in place of ours.
        free: Lists of domains of public mail providers, in place of ours.
        roles: Lists of local parts that name a function, in place of ours.
        policy: The API's counting rules.
        waive_blocklist: Predict and withhold as if the import set ``ignoreGlobalBlockList``.
        batch_leads: Leads a request, for the prediction.
        trust_columns: Columns with an address verifier's verdicts, to be honoured.
        columns: Canonical name to header, where the choice made by name is not right.
        encoding: As for `read`, where `leads` are files; so are the next four.
        delimiter: Delimiter of text files.
        header_row: Line of the header.
        sheet: Sheet of workbooks.
        limits: Limits to raise or lower.
        memory: Octets of memory to stay within, where `leads` are files: what does not fit goes to temporary
            files, and nothing else changes. None keeps all leads in memory.
        jobs: Chunks examined at once; None is the processors there are.

    Raises:
        InputError: the leads or a list cannot be read; a suppression list without entries is one.
        ResolverError: no name server answered at all.
        UsageError: an argument makes no sense.
    """
    settings = settings_of(
        schema=schema,
        require=require,
        rules=tuple(rules),
        review=review,
        disposable=disposable,
        free=free,
        roles=roles,
        suppress=suppress,
        blocklist=blocklist,
        known=known,
        match=match,
        keep=keep,
        fill=fill,
        suppression_columns=suppression_columns,
        max_list_age=max_list_age,
        allow_empty_list=allow_empty_list,
        allow_broad_rules=allow_broad_rules,
        client=client,
        resolver=resolver,
        accept_unknown=accept_unknown,
        policy=policy,
        waive_blocklist=waive_blocklist,
        batch_leads=batch_leads,
        trust_columns=trust_columns,
    )
    started = time.monotonic()
    reading = {
        "encoding": encoding, "delimiter": delimiter, "header_row": header_row, "sheet": sheet, "limits": limits,
    }  # fmt: skip
    cleaned = _clean(leads, settings, columns, reading, memory=memory, jobs=jobs)
    _log.info("%d rows cleaned in %.1f s", len(cleaned), time.monotonic() - started)
    for code, rows in cleaned.counts.reasons.items():
        _log.debug("%s: %d rows", code, rows)
    return cleaned


def _clean(
    leads: pd.DataFrame | PathLike | Sequence[PathLike],
    settings: Settings,
    columns: Mapping[str, str] | None,
    reading: Mapping[str, Any],
    *,
    memory: int | None,
    jobs: int | None,
) -> CleanedLeads:
    """Clean a frame, or files that are read as `reading` says."""
    if isinstance(leads, pd.DataFrame):
        found = choose_columns(leads, columns, source="the frame")
        frame = name_columns(leads, found)
        return CleanedLeads(survey_frame(frame, settings, jobs=jobs), frame=frame, notes=found.notes)
    paths = [leads] if isinstance(leads, str | os.PathLike) else list(leads)
    with open_leads(paths, columns=columns, chunk_rows=CHUNK_ROWS, **reading) as opened:
        spool = None if memory is None else Spool(memory)
        if spool is None:
            frame = opened.frame()
            cleaned = CleanedLeads(survey_frame(frame, settings, jobs=jobs), frame=frame)
        else:
            frames = opened.chunks() if settings.by_row else iter([opened.frame()])
            cleaned = CleanedLeads(survey(frames, settings, keeping=spool, jobs=jobs))
        of_memory = (spool.note,) if spool is not None and spool.note else ()
        untrusted = _untrusted(opened.verdict_columns, settings.trusted)
        cleaned.read_notes = (*opened.notes, *of_memory, *untrusted)
        cleaned.files, cleaned.sha256 = opened.files, opened.sha256
        return cleaned


def _untrusted(found: Sequence[str], trusted: Sequence[str]) -> list[str]:
    """A sentence for each column with a verifier's verdicts that nobody asked to honour."""
    known = {name.strip().casefold() for name in trusted}
    return [
        f'{name!r} holds a verifier\'s verdicts, which were not asked for: --trust-column "{name}" honours them.'
        for name in found
        if name.strip().casefold() not in known
    ]


def import_leads(
    cleaned: CleanedLeads,
    sink: Sink,
    /,
    *,
    snapshot: bool = True,
    custom: Sequence[str] = (),
    send_all: bool = False,
    batch_leads: int | None = None,
    file_name: str = "",
    journal: PathLike | Journal | None = None,
    on_unknown: OnUnknown = "verify",
    again: bool = False,
    progress: Progress | None = None,
    verify: bool = False,
) -> Receipt:
    """Import what is ready, and reconcile the API's answers with the prediction.

    With a journal the same call again goes on where an earlier one was cut off, and sends nothing where it
    was not. Where nothing is ready the sink is not asked at all.

    Args:
        cleaned: The leads.
        sink: Where to, for instance `hygiene.Smartlead(list_id=500)`.
        snapshot: Read the list's members and the block list from the sink where `cleaned` was made
            without them; leads found there are withheld as they would have been.
        custom: Custom columns to send besides the canonical ones; ``["all"]`` sends every one.
        send_all: Also blocked and duplicate rows, to audit the prediction.
        batch_leads: Leads a request; None is the sink's own number.
        file_name: Name under which the API files the import; the input's name where empty.
        journal: A file that remembers what was sent, made where it is not there; None remembers nothing.
        on_unknown: What is done about a lost answer: read the list back (`verify`), send the batch again
            (`resend`), or `stop`.
        again: Plan anew, whatever the journal remembers of the same import.
        progress: Called with the leads done and all leads.
        verify: Read the list's members afterwards, and hold them against what was sent.

    Raises:
        ListNotFound: the list does not exist.
        SinkError: refused, and nothing of the import was ever sent.
        InputError: the list holds too many leads to read them all unasked.
        UsageError: a custom column that the leads do not have, a batch size below 1, another word for
            `on_unknown`, or a journal that cannot be used.
        ImportBusy: another process runs the same import.
    """
    check_word("on_unknown", on_unknown, get_args(OnUnknown))
    check_names(custom=custom)
    name = file_name or (Path(cleaned.files[0]).name if cleaned.files else "leads")
    with (
        _opened(journal) as kept,
        open_session(
            cleaned, sink, journal=kept, batch_leads=batch_leads, custom=custom, send_all=send_all,
            file_name=name, again=again,
        ) as session,
    ):  # fmt: skip
        known = know(session, cleaned, sink, snapshot=snapshot, send_all=send_all)
        receipt = session.run(known, on_unknown=on_unknown, progress=progress)
        receipt = with_readback(receipt, known, sink) if verify else receipt
        session.keep(summarise(known, receipt=receipt, send_all=send_all))
        return receipt


@contextlib.contextmanager
def _opened(journal: PathLike | Journal | None) -> Iterator[Journal | None]:
    if not isinstance(journal, str | os.PathLike):
        yield journal
        return
    from hygiene.importing.journal import SqliteJournal

    with SqliteJournal(journal) as opened:
        yield opened
