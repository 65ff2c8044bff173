"""Pulling: what the API holds as a dated file, to predict with.

Pages are kept beside the file as they come, so that a pull that was cut off goes on where it stopped. What
the rows mean is not decided here.
"""

import csv
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeAlias

from platformdirs import user_state_path

from hygiene.errors import PullBusy, RateLimited, SinkError, Unreachable, UsageError, option
from hygiene.io.locks import Lock
from hygiene.io.writers import PRIVATE, atomic
from hygiene.smartlead.unsubscribed import check_told

__all__ = ["BLOCK_LIST", "LEADS", "Pages", "Pulled", "pull"]

#: Columns of the snapshots of leads and of the block list; the first is the one that is read again.
LEADS = ("email", "id", "created_at")
BLOCK_LIST = ("email_or_domain", "source", "client_id", "created_at", "id")
#: How old the pages kept of a pull may be to go on from them.
KEPT = timedelta(hours=24)
#: Requests for one page before the pull stops.
TRIES = 4

Path_: TypeAlias = str | os.PathLike[str]


class Page(Protocol):
    """A page of a listing; see `smartlead.listing.Page`."""

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Its rows."""

    @property
    def next(self) -> Any:
        """Where the page after it starts; None where it is the last one."""

    @property
    def read(self) -> int | None:
        """Rows that the API gave for it, where not all are among these; None where they are."""

    @property
    def untold(self) -> int:
        """How many of those do not say what is asked for."""


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

    Raises:
        SinkError: refused, and again when asked anew, where the pages so far are kept; or no row says what is
            asked for.
        PullBusy: another process writes the file.
        UsageError: the file cannot be written; where that shows before the first request, none is sent.
    """
    _check_place(os.fspath(out))
    with _alone(Path(out)), _writing(out):
        draft = _Draft(Path(f"{os.fspath(out)}.part"), origin)
        try:
            for page in () if draft.whole else _patiently(pages, draft.next, pause):
                draft.keep(page, columns)
                if progress is not None:
                    progress(draft.read, draft.read)
        finally:
            draft.close()
        try:
            check_told(draft.read, draft.untold)
            draft.write(Path(out), columns, rights)
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
    return isinstance(error, Unreachable) or error.status == 200 or (error.status or 0) >= 500


class _Draft:
    """The pages so far, one line of JSON each under a line that says where they come from.

    Attributes:
        next: Where the next page starts.
        whole: Whether the last page is there.
        rows: How many rows there are.
        read: How many the API gave.
        untold: How many of these do not say what is asked for.
    """

    def __init__(self, path: Path, origin: str) -> None:
        self._path = path
        self.next: Any = None
        self.whole = False
        self.rows = self.read = self.untold = 0
        try:
            kept = self._read(origin)
        except (ValueError, KeyError, TypeError) as error:
            msg = f"{path}: holds something else than the pages of a pull. Remove it, or name another {option('out')}."
            raise UsageError(msg) from error
        handle = os.open(path, os.O_RDWR | os.O_CREAT | (0 if kept else os.O_TRUNC), PRIVATE)
        if os.name == "posix":
            os.fchmod(handle, PRIVATE)  # pages that an earlier version kept were for all to read
        self._file = os.fdopen(handle, "r+", encoding="utf-8", newline="")
        if kept:
            self._file.seek(kept)
            self._file.truncate()
        else:
            self._add({"origin": origin, "began": datetime.now(UTC).isoformat(timespec="seconds")})

    def _read(self, origin: str) -> int:
        """Octets of the pages that can be gone on from; 0 where there are none."""
        if not self._path.exists():
            return 0
        kept = 0
        with self._path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break  # cut off while it was written
                page = json.loads(line)
                if kept:
                    self._count(page)
                elif page["origin"] != origin or _age(page["began"]) > KEPT:
                    return 0
                kept += len(line)
        return kept

    def _count(self, page: dict[str, Any]) -> None:
        self.next, self.whole = page["next"], page["next"] is None
        self.rows += len(page["rows"])
        self.read += page.get("read", len(page["rows"]))
        self.untold += page.get("untold", 0)

    def _add(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=True) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def keep(self, page: Page, columns: Sequence[str]) -> None:
        """Keep a page for good."""
        rows = [[row.get(name) for name in columns] for row in page.rows if row.get(columns[0])]
        line = {"next": page.next, "rows": rows}
        if page.read is not None:
            line |= {"read": page.read, "untold": page.untold}
        self._add(line)
        self._count(line)

    def write(self, out: Path, columns: Sequence[str], rights: int) -> None:
        """Write the file."""
        untold = f"; {self.untold} of {self.read} do not say" if self.untold else ""
        with atomic(out, rights=rights) as file, self._path.open(encoding="utf-8") as draft:
            writer = csv.writer(file, lineterminator="\n")
            for number, line in enumerate(draft):
                page = json.loads(line)
                if not number:
                    file.write(f"# lead-hygiene snapshot: {page['origin']} on {page['began']}{untold}\n")
                    writer.writerow(columns)
                else:
                    writer.writerows(page["rows"])

    def close(self) -> None:
        """Keep the pages for another time, where there are any."""
        self._file.close()
        if self.next is None and not self.whole:
            self.remove()

    def remove(self) -> None:
        """Forget the pages."""
        self._path.unlink()


def _age(began: str) -> timedelta:
    return datetime.now(UTC) - datetime.fromisoformat(began)
