"""Pulling: what the API holds as a dated file, to predict with.

Pages are kept beside the file as they come (`draft`), so that a pull that was cut off goes on where it stopped. What
the rows mean is not decided here.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from platformdirs import user_state_path

from hygiene.errors import (
    ListingIncomplete,
    PullBusy,
    RateLimited,
    SinkError,
    Unreachable,
    UsageError,
    option,
)
from hygiene.http.listings import Page
from hygiene.io.locks import Lock
from hygiene.io.writers import PRIVATE
from hygiene.pulling.draft import Draft

__all__ = ["BLOCK_LIST", "LEADS", "Pages", "Pulled", "pull"]

#: Columns of the snapshots of leads and of the block list; the first is the one that is read again.
LEADS = ("email", "id", "created_at")
BLOCK_LIST = ("email_or_domain", "source", "client_id", "created_at", "id")
#: Requests for one page before the pull stops.
TRIES = 4

Path_: TypeAlias = str | os.PathLike[str]


Pages: TypeAlias = Callable[[Any], Iterator[Page]]


class Pulled(NamedTuple):
    """How many rows a snapshot holds, of how many that the API gave, and how many of those do not say."""

    rows: int
    read: int
    untold: int


def pull(
    pages: Pages,
    out: Path_,
    /,
    *,
    columns: Sequence[str],
    origin: str,
    pause: Callable[[float], None] = time.sleep,
    progress: Callable[[int, int], None] | None = None,
    rights: int = PRIVATE,
    check_told: Callable[[int, int], None] | None = None,
) -> Pulled:
    """Write a listing to a CSV file; returns how many rows it holds.

    The file is there whole or not at all. Its first line, a comment, says what it is, where it comes from
    and when the pull began.

    Args:
        pages: The pages from one on; None for the first.
        out: The file.
        columns: The columns that are kept; a row without the first is left out.
        origin: What is pulled and from where, for people; a pull goes on only from pages of the same origin.
        pause: Waits.
        progress: Called with the rows so far, twice: how many there are to come is not known.
        rights: Who may read the file.
        check_told: Called with the rows that were read and with those of them that do not say what is asked for; raises
            where that is too many.

    Raises:
        SinkError: refused, and again when asked anew, where the pages so far are kept; or no row says what is
            asked for.
        ListingIncomplete: what was given does not add up, and did not when it was read once more; nothing is kept.
        PullBusy: another process writes the file.
        UsageError: the file cannot be written; where that shows before the first request, none is sent.
    """
    _check_place(os.fspath(out))
    with _alone(Path(out)), _writing(out):
        draft = Draft(Path(f"{os.fspath(out)}.part"), origin, columns)
        try:
            for _ in _filling(draft, pages, pause):
                if progress is not None:
                    progress(draft.read, draft.read)
        finally:
            draft.close()
        try:
            if check_told is not None:
                check_told(draft.read, draft.untold)
            draft.write(Path(out), rights)
        except SinkError:
            draft.remove()  # the same pages would be refused again
            raise
        draft.remove()
        return Pulled(draft.rows, draft.read, draft.untold)


def _check_place(out: str) -> None:
    """Refuse what no snapshot can stand at, before anything is asked for.

    Raises:
        UsageError: it is standard output, a folder, or anything else that is no file.
    """
    if out == "-":
        msg = (
            f"{option('out', '-')}: a snapshot is not written to standard output, for a pull that is cut off"
        )
        raise UsageError(f"{msg} goes on from its file. Name a file.")
    if Path(out).exists() and not Path(out).is_file():
        kind = "is a folder" if Path(out).is_dir() else "is no file"
        step = (
            f"Name a file, for example {Path(out) / 'snapshot.csv'}."
            if Path(out).is_dir()
            else "Name a file."
        )
        msg = f"{option('out', os.fspath(out))}: {kind}. {step}"
        raise UsageError(msg)


@contextmanager
def _writing(out: Path_) -> Iterator[None]:
    """Say what to do where a file cannot be written.

    Raises:
        UsageError: it cannot.
    """
    try:
        yield
    except OSError as error:
        msg = (
            f"{option('out', os.fspath(out))}: {error.strerror or error}. Name a file in a folder that can be "
            "written to and has room; pages that were kept are gone on from."
        )
        raise UsageError(msg) from error


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Hold a file against other pulls to it for as long as this one lasts.

    Raises:
        PullBusy: another one writes it.
        UsageError: the folder that locks stand in cannot be written.
    """
    folder = user_state_path("lead-hygiene", appauthor=False) / "pulls.locks"
    name = hashlib.sha256(os.fsencode(os.path.realpath(out))).hexdigest()[:16]
    lock = Lock(folder, name)
    if not lock.take():
        msg = (
            f"{out}: another process pulls to this file. Wait for it to end, or name another {option('out')}."
        )
        raise PullBusy(msg)
    try:
        yield
    finally:
        lock.release()


def _filling(draft: Draft, pages: Pages, pause: Callable[[float], None]) -> Iterator[None]:
    """Keep all pages, and pause after each; a listing that does not add up is read once more from its start.

    Raises:
        ListingIncomplete: it does not add up the second time either.
    """
    for is_last in (False, True):
        try:
            for page in () if draft.whole else _patiently(pages, draft.next, pause):
                draft.keep(page)
                yield
                if draft.tally.enough:
                    break
            draft.tally.check()
        except ListingIncomplete as odd:
            draft.restart()
            if is_last:
                msg = f"{odd.marked} It was read twice, and no file was written; run the command again later."
                raise ListingIncomplete(msg) from odd
        else:
            return


def _patiently(pages: Pages, start: Any, pause: Callable[[float], None]) -> Iterator[Page]:
    """The pages from one on; a page that cannot be had is asked for again."""
    tries = 0
    while True:
        try:
            for page in pages(start):
                start, tries = page.next, 0
                yield page
        except SinkError as error:
            tries += 1
            if not _may_pass(error) or tries >= TRIES:
                raise
            pause(2.0**tries)
        else:
            return


def _may_pass(error: SinkError) -> bool:
    """Whether a page may be had all the same: what a client waits for by itself it has waited for."""
    if isinstance(error, RateLimited):
        return False
    return isinstance(error, Unreachable) or error.status in (200, 408, 425) or (error.status or 0) >= 500
