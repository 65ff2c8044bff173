"""Drafts: files that take their name only when they are whole, and vanish on an error."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Literal, TypeAlias, overload

__all__ = ["Draft", "Path_", "atomic"]

Path_: TypeAlias = str | os.PathLike[str]


class Draft:
    """A file to write, beside the one whose name it will take.

    Args:
        path: The name; a link is followed.
        mode: "w" for text in UTF-8, in which line ends are written as they are, "wb" for bytes.
        private: Only the owner may read it; otherwise the umask decides.

    Attributes:
        file: What to write to.
    """

    file: IO[Any]

    def __init__(self, path: Path_, /, *, mode: Literal["w", "wb"] = "wb", private: bool = False) -> None:
        self._path = Path(os.path.realpath(path))
        self._draft = self._path.with_name(f".{self._path.name}.{secrets.token_hex(6)}.tmp")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        handle = os.open(self._draft, flags, 0o600 if private else 0o666)
        text = {} if "b" in mode else {"encoding": "utf-8", "newline": ""}
        self.file = os.fdopen(handle, mode, **text)  # type: ignore[call-overload]

    def settle(self) -> None:
        """Put all that was written on the disk."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()

    def name(self) -> None:
        """Take the name; the file that had it stays until then."""
        self._draft.replace(self._path)

    def drop(self) -> None:
        """Vanish, unless the name was taken."""
        try:
            self.file.close()
        finally:
            self._draft.unlink(missing_ok=True)


@overload
def atomic(
    path: Path_, /, *, mode: Literal["w"] = "w", private: bool = False
) -> contextlib.AbstractContextManager[IO[str]]: ...
@overload
def atomic(
    path: Path_, /, *, mode: Literal["wb"], private: bool = False
) -> contextlib.AbstractContextManager[IO[bytes]]: ...
def atomic(
    path: Path_, /, *, mode: Literal["w", "wb"] = "w", private: bool = False
) -> contextlib.AbstractContextManager[IO[Any]]:
    """One draft's file, named at the end of the block; arguments as for `Draft`."""
    return _atomic(path, mode, private=private)


@contextlib.contextmanager
def _atomic(path: Path_, mode: Literal["w", "wb"], *, private: bool) -> Iterator[IO[Any]]:
    draft = Draft(path, mode=mode, private=private)
    try:
        yield draft.file
        draft.settle()
        draft.name()
    finally:
        draft.drop()
