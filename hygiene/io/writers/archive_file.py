"""Patient files: for writers of archives, which try to write an end even to a file that is full or given up."""

from collections.abc import Callable
from typing import IO

__all__ = ["ArchiveFile"]


class ArchiveFile:
    """Hands octets on until that fails, keeps the error for `check`, and takes the rest for nothing.

    Args:
        file: Where to.
    """

    mode = "wb"

    def __init__(self, file: IO[bytes], /) -> None:
        self._file, self._given_up = file, False
        self._error: OSError | None = None

    def check(self) -> None:
        """Raise the first error."""
        if self._error is not None:
            raise self._error

    def give_up(self, error: OSError | None = None, /) -> None:
        """Hand nothing on any more; an error that happened elsewhere is kept where it is the first."""
        self._given_up = True
        self._error = self._error or error

    @property
    def closed(self) -> bool:
        """Never: who opened the file closes it."""
        return False

    def write(self, octets: bytes, /) -> int:
        """Write octets."""
        self._try(lambda: self._file.write(octets))
        return len(octets)

    def seek(self, place: int, whence: int = 0, /) -> int:
        """Go to a place."""
        return self._try(lambda: self._file.seek(place, whence))

    def tell(self) -> int:
        """The place."""
        return self._try(self._file.tell)

    def flush(self) -> None:
        """Hand on what is held back."""
        self._try(lambda: self._file.flush() or 0)

    def _try(self, act: Callable[[], int]) -> int:
        if not self._given_up:
            try:
                return act()
            except OSError as error:
                self.give_up(error)
        return 0
