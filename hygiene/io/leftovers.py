"""Leftovers: temporary files and folders of runs that were killed, told from those of runs that still go on.

Whoever makes one holds a lock on it for as long as it is in use; the system lets go of it when the process ends,
however it ends. What nobody holds is removed by the next run that makes one like it. Where there are no such locks
(Windows) an open file cannot be removed, and temporary folders stay.
"""

import contextlib
import os
import re
import secrets
import shutil
import stat
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["Scratch", "held", "new_folder", "sweep", "sweep_scratch"]

#: Names of folders for temporary files, among those of all programs.
_SCRATCH = re.compile(r"lead-hygiene-[0-9a-f]{12}\.tmp")

#: How a folder or file is opened to be held: never a link, and without waiting for whoever writes to a pipe.
_LOOK = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def held(make: Callable[[], tuple[Path, int]], /) -> tuple[Path, int]:
    """What was made, held for as long as its handle is open.

    Args:
        make: Makes something of a name that is new each time; gives its path and a handle.
    """
    while True:
        path, handle = make()
        if _hold(handle) and _is_there(path, handle):
            return path, handle
        os.close(handle)  # a sweep came between; it is gone, or will be


def sweep(folder: Path, names: re.Pattern[str], /) -> None:
    """Remove the files and folders of these names that are ours and that nobody holds.

    Args:
        folder: Where they may be.
        names: What their whole names match.
    """
    with contextlib.suppress(OSError):  # a folder that cannot be listed is nobody's to clean
        for each in [Path(entry.path) for entry in os.scandir(folder) if names.fullmatch(entry.name)]:
            with contextlib.suppress(OSError):  # another run was faster, or it is not ours
                _remove(each)


def _remove(path: Path) -> None:
    if fcntl is None:
        path.unlink()  # which fails where it is open, and for folders
        return
    handle = os.open(path, _LOOK)
    try:
        about = os.fstat(handle)
        if about.st_uid != os.getuid() or not _hold(handle, unsure=False):
            return
        if stat.S_ISDIR(about.st_mode):
            shutil.rmtree(path)
        elif stat.S_ISREG(about.st_mode):
            path.unlink()
    finally:
        os.close(handle)


def _hold(handle: int, *, unsure: bool = True) -> bool:
    """Whether the lock is ours now; `unsure` where the file system knows no locks."""
    if fcntl is None:
        return unsure
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return unsure
    return True


def _is_there(path: Path, handle: int) -> bool:
    if fcntl is None:
        return True
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_ino == os.fstat(handle).st_ino
    return False


class Scratch:
    """A folder for temporary files, for this user alone; it goes with its owner. Those of killed runs go first.

    Attributes:
        path: The folder.

    Raises:
        OSError: it cannot be made.
    """

    def __init__(self) -> None:
        place = sweep_scratch()
        self.path, handle = held(lambda: new_folder(place / f"lead-hygiene-{secrets.token_hex(6)}.tmp"))
        self._finalizer = weakref.finalize(self, _clear, self.path, handle)

    def close(self) -> None:
        """Remove it and what is in it."""
        self._finalizer()


def sweep_scratch() -> Path:
    """Where folders for temporary files stand, without those of killed runs.

    Raises:
        OSError: there is no such place.
    """
    place = Path(tempfile.gettempdir())
    sweep(place, _SCRATCH)
    return place


def new_folder(path: Path, /) -> tuple[Path, int]:
    """A new folder for this user alone, and a handle to hold it by; none (-1) where folders have none."""
    while True:
        path.mkdir(mode=0o700)
        with contextlib.suppress(FileNotFoundError):  # a sweep came between
            return path, -1 if fcntl is None else os.open(path, _LOOK)


def _clear(path: Path, handle: int) -> None:
    shutil.rmtree(path, ignore_errors=True)
    if handle >= 0:
        os.close(handle)
