"""The key file beside a journal: the secret of its leads, and how often the journal was written.

Two lines: the secret as 64 hex digits, and the epoch, the number of the last write to the journal, as 16 decimal
digits. The journal holds the epoch too and is written first, so that one with a lower epoch is no whole copy.
A file that 0.1.0 made has the first line alone. What the secret is for is not known here.
"""

import os
import secrets
from pathlib import Path
from typing import IO, NamedTuple

from hygiene.errors import JournalError
from hygiene.small_file import NotSmallError, read_small

__all__ = ["Key", "KeyFile"]

#: Octets of a secret.
SECRET_OCTETS = 32

#: Digits of an epoch, always as many, so that it is written over in one piece.
EPOCH_DIGITS = 16


class Key(NamedTuple):
    """What a key file holds; the epoch is None in one that counts no writes yet."""

    secret: bytes
    epoch: int | None

    def __repr__(self) -> str:
        return f"Key(epoch={self.epoch})"


class KeyFile:
    """The key file of a journal.

    Args:
        journal: The journal's path.

    Attributes:
        path: The file.
    """

    def __init__(self, journal: Path, /) -> None:
        self.path = journal.with_name(journal.name + ".key")
        self._file: IO[bytes] | None = None

    def read(self) -> Key | None:
        """What it holds; None where it is not there.

        Raises:
            JournalError: it holds something else.
        """
        try:
            first, *rest = read_small(self.path, encoding="ascii").split() or [""]
            secret = bytes.fromhex(first)
            epoch = int(rest[0]) if rest else None
        except FileNotFoundError:
            return None
        except (ValueError, NotSmallError):
            secret, epoch, rest = b"", None, []
        if len(secret) != SECRET_OCTETS or len(rest) > 1:
            msg = f"{self.path}: not the secret of a journal. Bring the right file back."
            raise JournalError(msg)
        return Key(secret, epoch)

    def make(self) -> Key:
        """A new secret, in a new file that is there whole or not at all, before the first write to its journal.

        One process at a time may make it: who holds the journal against the others.
        """
        key = Key(secrets.token_bytes(SECRET_OCTETS), 0)
        begun = self.path.with_name(self.path.name + ".new")
        handle = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(f"{key.secret.hex()}\n{key.epoch:0{EPOCH_DIGITS}}".encode())
            file.flush()
            os.fsync(file.fileno())
        begun.replace(self.path)
        return key

    def open(self) -> None:
        """Make ready to note epochs.

        Raises:
            JournalError: it cannot be written.
        """
        if self._file is None:
            try:
                self._file = self.path.open("r+b", buffering=0)
            except OSError as error:
                msg = (
                    f"{self.path}: cannot be opened for writing ({error.strerror}), and every write to the journal "
                    "is counted there. Bring the file back, or make it writable."
                )
                raise JournalError(msg) from error

    def note(self, epoch: int, /) -> None:
        """Note the number of a write that is finished, unless another process noted a later one.

        Only the first one is forced to the disk, so that a key file never lacks its number: one that a power cut
        takes back is that of an older copy, and taken.

        Raises:
            OSError: it cannot be written.
        """
        assert self._file is not None  # noqa: S101 -- opened before
        self._file.seek(2 * SECRET_OCTETS)
        noted = self._file.read(1 + EPOCH_DIGITS).strip()
        if not noted or int(noted) < epoch:
            self._file.seek(2 * SECRET_OCTETS)
            self._file.write(f"\n{epoch:0{EPOCH_DIGITS}}".encode())
            if not noted:
                os.fsync(self._file.fileno())

    def close(self) -> None:
        """Let go of it."""
        if self._file is not None:
            self._file.close()
            self._file = None
