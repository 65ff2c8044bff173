"""The calls that open paths and join the core with its edges: read, clean, import_leads.

No judgement is made here, and nothing is printed.
"""

import contextlib
import logging
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from hygiene.arguments import check_names, check_word, described, takes
from hygiene.cleaning.pipeline import survey_frame
from hygiene.cleaning.result import CleanedLeads
from hygiene.cleaning.settings import Settings
from hygiene.cleaning.spill import Spill
from hygiene.cleaning.survey import survey
from hygiene.columns.frames import ArrowStream, as_frame, check_paths, is_table
from hygiene.columns.rename import choose_columns, count_stand_ins, name_columns
from hygiene.errors import Note, option
from hygiene.io.readers import LeadFiles
from hygiene.options import CleanOptions, PathLike, ReadOptions, resolve

if TYPE_CHECKING:
    import pandas as pd

    from hygiene.importing import Journal, OnUnknown, Progress, Receipt
    from hygiene.sinks import Sink

_log = logging.getLogger("hygiene")

__all__ = ["clean", "import_leads", "read"]


@described(ReadOptions)
def read(  # noqa: D417 -- the options are told by their class
    path: PathLike,
    /,
    *more: PathLike,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
    no_header: bool = False,
    sheet: str | None = None,
    visible_rows: bool = False,
    limits: Mapping[str, int] | None = None,
) -> "pd.DataFrame":
    """Read lead files into one frame with canonical columns.

    Args:
        path: A file, a folder or a pattern of files; ``-`` is standard input.
        more: Further files, whose rows follow.
        options: As below.

    Returns:
        Text columns, the canonical ones first; the index holds `source` and `line` of each row.

    Raises:
        InputError: a file cannot be read, has no email column, or passes a limit.
        UsageError: an option makes no sense.
    """
    options = ReadOptions(
        columns=columns,
        encoding=encoding,
        delimiter=delimiter,
        header_row=header_row,
        no_header=no_header,
        sheet=sheet,
        visible_rows=visible_rows,
        limits=limits,
    )
    with LeadFiles([path, *more], options) as leads:
        return leads.frame()


@takes(CleanOptions)
def clean(
    leads: "pd.DataFrame | ArrowStream | PathLike | Sequence[PathLike]", options: CleanOptions
) -> CleanedLeads:
    """Give every row of a lead list its verdict.

    Args:
        leads: A pandas frame or whatever speaks Arrow (Polars, DuckDB, an Arrow table or reader), or one or
            several files.
        options: As below.

    Raises:
        InputError: the leads or a list cannot be read; a suppression list without entries is one.
        ResolverError: no name server answered at all.
        UsageError: an argument makes no sense.
    """
    settings = resolve(options)
    started = time.monotonic()
    cleaned = (
        _clean_frame(as_frame(leads), settings, options)
        if is_table(leads)
        else _clean_files(check_paths(leads), settings, options)
    )
    _log.info("%d rows cleaned in %.1f s", len(cleaned), time.monotonic() - started)
    for code, rows in cleaned.counts.reasons.items():
        _log.debug("%s: %d rows", code, rows)
    return cleaned


def _clean_frame(leads: "pd.DataFrame", settings: Settings, options: CleanOptions) -> CleanedLeads:
    found = choose_columns(leads, options.columns, source="the frame")
    frame = name_columns(leads, found)
    stand_ins = found.told([*map(str, leads.columns)], count_stand_ins(leads, found), source="the frame")
    notes = (*found.notes, *stand_ins)
    settings = settings.of_input(found.renamed([*map(str, leads.columns)]))
    return CleanedLeads(survey_frame(frame, settings, jobs=options.jobs), frame=frame, notes=notes)


def _clean_files(paths: Sequence[PathLike], settings: Settings, options: CleanOptions) -> CleanedLeads:
    with LeadFiles(paths, options) as opened:
        settings = settings.of_input(opened.headers)
        spool = None if options.memory is None else Spill(options.memory)
        if spool is None:
            frame = opened.frame()
            cleaned = CleanedLeads(survey_frame(frame, settings, jobs=options.jobs), frame=frame)
        else:
            parts = opened.leads() if settings.by_row else iter([opened.frame()])
            cleaned = CleanedLeads(survey(parts, settings, keeping=spool, jobs=options.jobs))
        of_memory = (spool.note,) if spool is not None and spool.note else ()
        untrusted = _untrusted(opened.verdict_columns, settings.trusted)
        cleaned.read_notes = (*opened.notes, *of_memory, *untrusted)
        cleaned.files, cleaned.sha256 = opened.files, opened.sha256
        return cleaned


def _untrusted(found: Sequence[str], trusted: Sequence[str]) -> list[str]:
    """A sentence for each column with a verifier's verdicts that nobody asked to honour."""
    known = {name.strip().casefold() for name in trusted}
    return [
        Note(f"{name!r} holds a verifier's verdicts, which were not asked for: {named} honours them.")
        for name in found
        if name.strip().casefold() not in known
        for named in [option("trust_columns", [name], value=f'"{name}"')]
    ]


def import_leads(
    cleaned: CleanedLeads,
    sink: "Sink",
    /,
    *,
    snapshot: bool = True,
    custom: Sequence[str] = (),
    send_all: bool = False,
    batch_leads: int | None = None,
    file_name: str = "",
    journal: "PathLike | Journal | None" = None,
    on_unknown: "OnUnknown" = "verify",
    again: bool = False,
    progress: "Progress | None" = None,
    verify: bool = False,
) -> "Receipt":
    """Import what is ready, and reconcile the API's answers with the prediction.

    With a journal the same call again goes on where an earlier one was cut off, and sends nothing where it
    was not. Where nothing is ready the sink is not asked at all.

    Args:
        cleaned: The leads.
        sink: Where to, for instance `hygiene.Smartlead(list_id=500)`.
        snapshot: Read the list's members, the block list and who of the account unsubscribed from the sink
            where `cleaned` was made without them; leads found there are withheld as they would have been.
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
        InputError: the list or the account holds too many leads to read them all unasked.
        UsageError: no cleaned leads or no sink, a custom or renamed column that the leads do not have, a batch
            size below 1, another word for `on_unknown`, or a journal that cannot be used.
        ImportBusy: another process runs the same import.
        JournalBehind: the list holds more than the journal of an import that was cut off knows of.
    """
    from hygiene.importing import OnUnknown, open_session
    from hygiene.importing.handed_over import check_handed_over
    from hygiene.importing.preflight import with_known_leads, with_readback
    from hygiene.importing.summary import summarise

    check_handed_over(cleaned, sink)
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
        known = with_known_leads(session, cleaned, sink, snapshot=snapshot, send_all=send_all)
        receipt = session.run(known, on_unknown=on_unknown, progress=progress)
        if verify:
            receipt = with_readback(receipt, known, sink, custom=custom)
            session.keep_evidence(receipt)
        session.keep(summarise(known, receipt=receipt, send_all=send_all))
        return receipt


@contextlib.contextmanager
def _opened(journal: "PathLike | Journal | None") -> "Iterator[Journal | None]":
    if not isinstance(journal, str | os.PathLike):
        yield journal
        return
    from hygiene.importing.journal import SqliteJournal

    with SqliteJournal(journal) as opened:
        yield opened
