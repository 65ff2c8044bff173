"""In place: devices, pipes and open descriptors, which are written to and never replaced.

What is for them is kept in a temporary file until it is whole, so that an error writes nothing.
"""

import hashlib
import io
import os
import re
import shutil
import stat
import tempfile
from pathlib import Path
from typing import IO, Any, Literal

__all__ = ["InPlace", "is_in_place"]

#: Names of descriptors that are open already; through them a file is written to where its writer is.
_DESCRIPTOR = re.compile(r"/(?:dev/fd|proc/(?:self|thread-self)/fd)/([0-9]+)")
_STANDARD = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}


def is_in_place(path: str, /) -> bool:
    """Whether a path names what is no file that could be replaced, and no folder."""
    if _descriptor(path) is not None:
        return True
    try:
        mode = Path(path).stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _descriptor(path: str) -> int | None:
    """The open descriptor that a path names."""
    found = _DESCRIPTOR.fullmatch(path)
    return int(found[1]) if found else _STANDARD.get(path)


class InPlace:
    """What is to be written to a device or pipe; used as a `Draft` is.

    Args:
        path: Its name.
        mode: "w" for text in UTF-8, in which line ends are written as they are, "wb" for bytes.

    Attributes:
        file: What to write to.
    """

    file: IO[Any]

    def __init__(self, path: str, /, *, mode: Literal["w", "wb"] = "wb") -> None:
        self._path = path
        self._spool = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by `drop`
        self.file = (
            self._spool if "b" in mode else io.TextIOWrapper(self._spool, encoding="utf-8", newline="")
        )

    def settle(self) -> None:
        """Put all that was written into the temporary file."""
        self.file.flush()

    def digest(self) -> str:
        """SHA-256 of it, settled."""
        self._spool.seek(0)
        return hashlib.file_digest(self._spool, "sha256").hexdigest()

    def name(self) -> None:
        """Write it where it is for."""
        self._spool.seek(0)
        descriptor = _descriptor(self._path)
        handle = os.open(self._path, os.O_WRONLY) if descriptor is None else os.dup(descriptor)
        with os.fdopen(handle, "wb") as target:
            shutil.copyfileobj(self._spool, target, 1 << 20)

    def drop(self) -> None:
        """Let go of the temporary file."""
        self.file.close()
