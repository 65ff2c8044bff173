"""The standard streams: where one is closed, full or broken, what is written there is lost and the run goes on.

What a run did counts, whether or not somebody could be told. What a lost result means for the exit code is not
decided here.
"""

import contextlib
import errno
import io
import os
import select
import sys
from collections.abc import Iterator
from typing import Any, TextIO

__all__ = ["Output", "lasting"]

#: What the system says where whoever read our output has left, or never was.
_NOBODY_READS = (errno.EPIPE, errno.EBADF)


class _Lasting(io.FileIO):
    """The end of a stream that takes all that is written, and keeps why something of it was lost."""

    lost: OSError | None = None

    def write(self, octets: Any, /) -> int:
        try:
            while self.lost is None:
                written = super().write(octets)
                if written is not None:
                    return written
                select.select([], [self], [])  # a pipe that its other end made non-blocking, and that is full
        except OSError as error:
            self.lost = error
        return len(octets)


class Output:
    """What became of a run's output.

    Args:
        ends: The end of stdout, where it is one that lasts.
    """

    def __init__(self, end: _Lasting | None) -> None:
        self._end = end

    @property
    def lost(self) -> str:
        """Why something of it was lost, though somebody may want it; empty where all was written or nobody reads."""
        sys.stdout.flush()
        error = self._end.lost if self._end else None
        return "" if error is None or error.errno in _NOBODY_READS else error.strerror or str(error)


@contextlib.contextmanager
def lasting() -> Iterator[Output]:
    """Standard streams that outlast what they are connected to, until the end of the block."""
    _open_closed()
    before = sys.stdin, sys.stdout, sys.stderr
    # without a standard stream Python has None for it; what is read there is nothing, and what is written is lost
    with open(os.devnull, encoding="utf-8") as nothing, open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123
        sys.stdin = before[0] or nothing
        sys.stdout, end = _lasting(before[1] or nowhere)
        sys.stderr, _ = _lasting(before[2] or nowhere)
        try:
            yield Output(end)
        finally:
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(OSError, ValueError):  # nobody is left to be told
                    stream.flush()
            sys.stdin, sys.stdout, sys.stderr = before


def _open_closed() -> None:
    """Give the numbers of closed standard streams to the null device, so that no file of ours gets one."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free


def _lasting(stream: TextIO) -> tuple[TextIO, _Lasting | None]:
    """A stream that lasts in the place of one; one that is no file, such as a program's own, stays."""
    if not isinstance(stream, io.TextIOWrapper):
        return stream, None
    try:
        stream.flush()
        end = _Lasting(stream.fileno(), "w", closefd=False)
    except (OSError, ValueError):
        return stream, None
    # a letter that the terminal does not know is no reason to stop
    errors = "backslashreplace" if stream.errors == "strict" else stream.errors
    text = io.TextIOWrapper(
        io.BufferedWriter(end), encoding=stream.encoding, errors=errors, line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )  # fmt: skip
    return text, end
