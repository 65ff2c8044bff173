"""Sources: the files behind the names that were given, plain and ready to be opened more than once.

Standard input, pipes and what is compressed go to a temporary file. Nothing here knows what is in a file beyond
its first bytes.
"""

import contextlib
import gzip
import hashlib
import os
import stat
import sys
import tempfile
import zlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self

from hygiene.errors import InputError, SpoolError
from hygiene.io.leftovers import Scratch, sweep_scratch
from hygiene.io.readers.limits import HARMLESS, Limits
from hygiene.io.readers.streams import keep

__all__ = ["BLOCK", "GZIP", "Digest", "Hash", "Source", "Spools", "open_source", "printable"]

#: Bytes read at a time.
BLOCK = 1 << 20
#: Bytes that are hashed sooner than they are handed to a thread.
_SMALL = 1 << 16
#: What a gzip file begins with. RFC 1952 2.3.1.
GZIP = b"\x1f\x8b"


class Digest(Protocol):
    """What bytes are hashed into."""

    def update(self, data: bytes, /) -> object:
        """Take in the next bytes."""


class Hash:
    """A SHA-256 that is made beside the reading, in a thread of its own."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._pool = ThreadPoolExecutor(1)
        self._last: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self._pool.shutdown()

    def update(self, data: bytes, /) -> None:
        """Take in the next bytes; only one block waits at a time, and a small one is not worth it."""
        if self._last is not None:
            self._last.result()
            self._last = None
        if len(data) < _SMALL:
            self._digest.update(data)
        else:
            self._last = self._pool.submit(self._digest.update, data)

    def hexdigest(self) -> str:
        """The digest of all bytes so far."""
        if self._last is not None:
            self._last.result()
        return self._digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be opened again, under the name the user knows it by.

    Attributes:
        name: The name for people.
        given: The bytes as they were given; the digest is over these.
        path: The bytes to read; other than `given` where that is compressed.
        spools: Where temporary files of it go; None where it has no owner that removes them.
    """

    name: str
    given: Path
    path: Path
    spools: "Spools | None" = field(default=None, compare=False, repr=False)

    def open(self) -> IO[bytes]:
        """The bytes to read.

        Raises:
            InputError: the file cannot be opened.
        """
        try:
            return self.path.open("rb")
        except OSError as error:
            raise InputError(f"{self.name}: cannot be opened: {error.strerror}. Check its rights.") from error

    def starts(self) -> bytes:
        """The first bytes, by which formats are known."""
        with self.open() as file:
            return file.read(512)

    def blocks(self, digest: Digest | None = None, /, *, size: int = BLOCK) -> Iterator[bytes]:
        """The bytes to read, a block at a time; what was given goes through `digest`."""
        if digest is not None and self.given != self.path:
            self.hash_into(digest)
            digest = None
        with self.open() as file:
            while block := file.read(size):
                if digest is not None:
                    digest.update(block)
                yield block

    def hash_into(self, digest: Digest | None, /) -> None:
        """Send the bytes as they were given through `digest`."""
        if digest is not None:
            with self.given.open("rb") as file:
                while block := file.read(BLOCK):
                    digest.update(block)


class Spools:
    """Temporary files, removed with their owner; those of killed runs are, whether or not there are new ones."""

    def __init__(self) -> None:
        self._scratch: Scratch | None = None
        with contextlib.suppress(OSError):  # no place for temporary files, which is said where one is needed
            sweep_scratch()

    def new(self) -> tuple[Path, IO[bytes]]:
        """A new file, open for writing."""
        self._scratch = self._scratch or Scratch()
        handle, path = tempfile.mkstemp(dir=self._scratch.path)
        return Path(path), os.fdopen(handle, "wb")

    def copy(self, stream: IO[bytes], name: str, limits: Limits, /) -> Path:
        """A new file with all that a stream holds.

        Raises:
            InputError: it has no end, or is more than the limits allow.
            SpoolError: it cannot be written.
        """
        try:
            path, spool = self.new()
            with spool:
                keep(stream, spool, name, limits)
        except OSError as error:
            raise SpoolError(error) from error
        return path

    def close(self) -> None:
        """Remove the files."""
        if self._scratch is not None:
            self._scratch.close()
            self._scratch = None


def open_source(name: str, spools: Spools, limits: Limits, /) -> Source:
    """The file of a name; "-" is standard input.

    Raises:
        InputError: it cannot be opened or unpacked, is a device, or holds more than the limits allow.
    """
    given, shown = Path(name), "<stdin>" if name == "-" else printable(name)
    if name == "-":
        given = spools.copy(sys.stdin.buffer, shown, limits)
    elif not stat.S_ISREG(given.stat().st_mode):  # a pipe, as <(...) in a shell gives: it can be read once
        with Path(name).open("rb") as pipe:
            given = spools.copy(pipe, shown, limits)
    source = Source(shown, given, given, spools)
    if not source.starts().startswith(GZIP):
        return source
    return Source(shown, given, _unpack(source, spools, limits), spools)


def printable(name: str, /) -> str:
    """A file's name as it can be shown and written: what is not UTF-8 in it as escapes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _unpack(source: Source, spools: Spools, limits: Limits) -> Path:
    """What a gzip file holds, as a temporary file."""
    path, spool = spools.new()
    packed, unpacked = source.path.stat().st_size, 0
    try:
        with spool, gzip.open(source.path) as file:
            while block := file.read(BLOCK):
                unpacked += len(block)
                if unpacked > limits.size:
                    raise limits.refuse("size", source.name, f"unpacks to more than {limits.size:,} bytes")
                if unpacked > max(HARMLESS, packed * limits.ratio):
                    found = f"unpacks to more than {limits.ratio:,} times its own size"
                    raise limits.refuse("ratio", source.name, found)
                spool.write(block)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        msg = f"{source.name}: begins like a gzip file and is damaged or cut off. Get a whole copy of it."
        raise InputError(msg) from error
    return path
