"""Drafts: files that take their name only when they are whole, and vanish on an error.

Results hold personal data, so that a file is its owner's alone unless somebody says otherwise.
"""

import contextlib
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Literal, TypeAlias, overload

from hygiene.io.leftovers import held, sweep
from hygiene.io.writers.in_place import InPlace, is_in_place

__all__ = ["PRIVATE", "Draft", "Path_", "atomic", "drafts_of", "give_rights", "open_draft"]

Path_: TypeAlias = str | os.PathLike[str]

#: Rights of a file that its owner alone may read.
PRIVATE = 0o600


def give_rights(made: int | Path, rights: int, /) -> None:
    """Set who may read a file or folder, whatever the umask took; a file system that knows no rights keeps its own.

    Args:
        made: Its handle, or its path.
        rights: Who may read it.
    """
    if os.name == "posix" and stat.S_IMODE(os.stat(made).st_mode) != rights:  # noqa: PTH116 -- a handle too
        with contextlib.suppress(PermissionError):  # as FAT and what is mounted of other systems say
            os.chmod(made, rights)  # noqa: PTH101 -- a handle too


def drafts_of(names: str, /) -> re.Pattern[str]:
    """What the names of drafts match.

    Args:
        names: A regular expression for the names that they would take.
    """
    return re.compile(rf"\.(?:{names})\.[0-9a-f]{{12}}\.tmp")


class Draft:
    """A file to write, beside the one whose name it will take; what killed runs left beside it is removed.

    Args:
        path: The name; a link is followed.
        mode: "w" for text in UTF-8, in which line ends are written as they are, "wb" for bytes.
        rights: Who may read it; None lets the umask decide.

    Attributes:
        file: What to write to.
    """

    file: IO[Any]

    def __init__(
        self, path: Path_, /, *, mode: Literal["w", "wb"] = "wb", rights: int | None = PRIVATE
    ) -> None:
        self._path = Path(os.path.realpath(path))
        sweep(self._path.parent, drafts_of(re.escape(self._path.name)))
        self._draft, handle = held(lambda: self._made(rights))
        text = {} if "b" in mode else {"encoding": "utf-8", "newline": ""}
        self.file = os.fdopen(handle, mode, **text)  # type: ignore[call-overload]

    def _made(self, rights: int | None) -> tuple[Path, int]:
        draft = self._path.with_name(f".{self._path.name}.{secrets.token_hex(6)}.tmp")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        handle = os.open(draft, flags, 0o666 if rights is None else rights)
        if rights is not None:
            give_rights(handle, rights)
        return draft, handle

    def settle(self) -> None:
        """Put all that was written on the disk."""
        self.file.flush()
        os.fsync(self.file.fileno())

    def digest(self) -> str:
        """SHA-256 of the file, settled."""
        with self._draft.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def name(self) -> None:
        """Take the name; the file that had it stays until then."""
        if os.name == "nt":
            self.file.close()  # an open file is not renamed there; elsewhere it is held until it has its name
        self._draft.replace(self._path)
        self.file.close()

    def drop(self) -> None:
        """Vanish, unless the name was taken."""
        try:
            self.file.close()
        finally:
            self._draft.unlink(missing_ok=True)


def open_draft(
    path: Path_, /, *, mode: Literal["w", "wb"] = "wb", rights: int | None = PRIVATE
) -> Draft | InPlace:
    """What to write for a path: a draft, or, for a device or pipe, what is written in place; see `Draft`."""
    given = os.fspath(path)
    return InPlace(given, mode=mode) if is_in_place(given) else Draft(path, mode=mode, rights=rights)


@overload
def atomic(
    path: Path_, /, *, mode: Literal["w"] = "w", rights: int | None = PRIVATE
) -> contextlib.AbstractContextManager[IO[str]]: ...
@overload
def atomic(
    path: Path_, /, *, mode: Literal["wb"], rights: int | None = PRIVATE
) -> contextlib.AbstractContextManager[IO[bytes]]: ...
def atomic(
    path: Path_, /, *, mode: Literal["w", "wb"] = "w", rights: int | None = PRIVATE
) -> contextlib.AbstractContextManager[IO[Any]]:
    """One draft's file, named at the end of the block; arguments as for `Draft`."""
    return _atomic(path, mode, rights)


@contextlib.contextmanager
def _atomic(path: Path_, mode: Literal["w", "wb"], rights: int | None) -> Iterator[IO[Any]]:
    draft = open_draft(path, mode=mode, rights=rights)
    try:
        yield draft.file
        draft.settle()
        draft.name()
    finally:
        draft.drop()
