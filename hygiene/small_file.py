"""Files that a user names: settings, keys, policies, databases. What has no end is refused instead of read.

A pipe is read, as a shell's ``<(...)`` gives one, and so is a terminal; any other device is no file.
"""

import os
import stat
from pathlib import Path

__all__ = ["SMALL", "NotSmallError", "check_regular", "check_small", "read_small"]

#: Bytes of a file of settings, a key or a policy; all that were seen have a few thousand.
SMALL = 1 << 20


class NotSmallError(OSError):
    """What a name stands for is a device, or holds more than it should; `strerror` says so without the name."""


def read_small(path: Path, /, *, most: int = SMALL, encoding: str = "utf-8", errors: str = "strict") -> str:
    """The text of a file, its lines ended by line feeds.

    Args:
        path: The file.
        most: Bytes that it may hold.
        encoding: What it is decoded as.
        errors: What becomes of octets that this cannot decode, as in `bytes.decode`.

    Raises:
        NotSmallError: it is a device, or holds more.
        OSError: it cannot be read.
        UnicodeDecodeError: it is another encoding.
    """
    with path.open("rb") as file:
        if not file.isatty():
            _check(os.fstat(file.fileno()), most)
        held = file.read(most + 1)
    if len(held) > most:  # of a pipe, or of what the system makes up while it is read
        raise _too_long(most)
    return held.decode(encoding, errors).replace("\r\n", "\n").replace("\r", "\n")


def check_small(path: Path, /, *, most: int = SMALL) -> None:
    """Make sure of a file that others read.

    Raises:
        NotSmallError: it is a device, or holds more than `most` bytes.
        OSError: it cannot be looked at.
    """
    _check(path.stat(), most)


def check_regular(path: Path, /) -> None:
    """Make sure that a database may be kept in a file: that it is one, or is not there.

    Raises:
        OSError: it is a device, a pipe or a folder; `strerror` says so without the name.
    """
    if path.exists() and not path.is_file():
        raise OSError(0, "is no file, and a database is kept in one")


def _check(held: os.stat_result, most: int) -> None:
    is_device = stat.S_ISCHR(held.st_mode) or stat.S_ISBLK(held.st_mode)
    if is_device and held.st_rdev != Path(os.devnull).stat().st_rdev:
        raise NotSmallError(0, "is a device, which holds no text. Name a file")
    if stat.S_ISREG(held.st_mode) and held.st_size > most:
        raise _too_long(most)


def _too_long(most: int) -> NotSmallError:
    return NotSmallError(
        0, f"holds more than {most:,} bytes, and a small file is expected. Name the right one"
    )
