"""Destinations: whether what a run is to write can be written, tried before the run does anything else.

Nothing is left of a trial. A disk may be full or a folder gone later all the same.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hygiene.errors import HygieneError, JournalError, UsageError

if TYPE_CHECKING:
    from hygiene.importing.journal import SqliteJournal

__all__ = ["check_file", "check_journal", "check_journal_name", "check_results", "check_rows"]

#: Options that name what a run reads.
_READ = ("files", "suppress", "blocklist", "known", "disposable", "free", "roles")
#: Options that name a file to write.
_FILES = ("report", "policy_out")


def check_results(options: Mapping[str, Any], /) -> None:
    """Try the report and the folder of a run that cleans.

    Raises:
        UsageError: one of them cannot be written, or would take the place of what the run reads.
    """
    read = [path for name in _READ for path in _paths(options.get(name))]
    read += options["profile"].several("suppress") if options.get("profile") else ()
    read += _of_journal(options.get("journal")) if "journal" in options else ()
    files = {f"--{name.replace('_', '-')}": options[name] for name in _FILES if options.get(name)}
    for flag, name in files.items():
        check_file(flag, name, read=read)
    if len({os.path.realpath(name) for name in files.values()}) < len(files):
        raise UsageError(f"{' and '.join(files)} name one file; expected two.")
    if options.get("out") not in (None, "-"):
        _check_folder(Path(options["out"]), options["out_format"], read=read)


def check_rows(options: Mapping[str, Any], rows: int, /) -> None:
    """Refuse more rows than the format of the folder holds.

    Raises:
        UsageError: there are more.
    """
    if options.get("out") in (None, "-") or options["out_format"] != "xlsx":
        return
    from hygiene.io.writers.excel import SHEET_ROWS

    if rows >= SHEET_ROWS:
        msg = f"--out {options['out']}: {rows:,} rows are more than a sheet holds; say --out-format csv."
        raise UsageError(msg)


def check_file(flag: str, name: str, /, *, read: Sequence[str] = ()) -> None:
    """Try a file.

    Raises:
        UsageError: it cannot be written, or is one of those that are `read`.
    """
    path = Path(name)
    with _told(f"{flag} {name}", "Name a file in a folder that can be written to."):
        _refuse_input(path, read)
        _try(path)


def check_journal_name(name: str | None, /) -> None:
    """Refuse a journal that is a folder.

    Raises:
        JournalError: it is.
    """
    if name and Path(name).is_dir():
        inside = Path(name) / "imports.sqlite"
        msg = f"--journal {name}: is a folder; expected a file. Name one in it: --journal {inside}"
        raise JournalError(msg)


def check_journal(journal: "SqliteJournal", /) -> None:
    """Try to write to a journal, and to its folder, where its locks are.

    Raises:
        JournalError: one of them cannot be written.
    """
    try:
        journal.try_write()
        _try(journal.path.with_name(f"{journal.path.name}.trial"))
    except (HygieneError, OSError) as error:
        why = str(error) if isinstance(error, HygieneError) else f"{journal.path}: its folder: {_why(error)}."
        msg = f"{why} Make the file and its folder writable, or name another with --journal."
        raise JournalError(msg) from error


def _check_folder(folder: Path, format_: str, *, read: Sequence[str]) -> None:
    from hygiene.importing.receipt import DELIVERIES
    from hygiene.io.writers.tables import Table

    names = [f"{name}.{format_}" for name in ("ready", "withheld", "verdicts")]
    with _told(f"--out {folder}", "Name a folder that can be written to."), _made(folder):
        Table(BytesIO(), folder, format_=format_).drop()  # type: ignore[arg-type]  # click allows no other word
        for name in (*names, "summary.json", "report.html", "changes.csv", "fills.csv", *DELIVERIES):
            _refuse_input(folder / name, read)
            if (folder / name).is_dir():
                raise OSError(f"{name} in it is a folder")
        _try(folder / names[-1])


@contextmanager
def _told(what: str, step: str) -> Iterator[None]:
    """Tell of what cannot be written."""
    try:
        yield
    except (OSError, ValueError) as error:  # a name with a NUL is a ValueError
        msg = f"{what}: {_why(error)}. {step}"
        raise UsageError(msg) from error


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """The folder for the time of the block: what had to be made of it goes again."""
    if folder.exists() and not folder.is_dir():
        raise OSError("is a file; expected a folder to write to")
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    finally:
        for each in missing:
            with suppress(OSError):  # another run may use it by now
                each.rmdir()


def _try(path: Path) -> None:
    """Make the file that would take this name, and take it away.

    Raises:
        OSError: it cannot be made.
    """
    from hygiene.io.writers.atomic import Draft
    from hygiene.io.writers.in_place import is_in_place

    if path.is_dir():
        raise OSError("is a folder")
    if is_in_place(os.fspath(path)):  # a device or a pipe, which is not to be opened twice
        if not os.access(path, os.W_OK):
            raise OSError("cannot be written to")
        return
    Draft(path).drop()


def _of_journal(name: str | None) -> list[str]:
    """A journal and the files beside it."""
    from hygiene.importing.journal import default_path

    path = str(name or default_path())
    return [f"{path}{ending}" for ending in ("", ".key", "-wal", "-shm")]


def _paths(given: Any) -> list[str]:
    """The names that an option gives."""
    return [given] if isinstance(given, str) else [str(each) for each in given or ()]


def _refuse_input(path: Path, read: Sequence[str]) -> None:
    """Refuse to take the place of what is read."""
    if path.exists() and any(Path(each).exists() and path.samefile(each) for each in read):
        raise OSError(f"{path.name} is used by this run, and would be replaced")
