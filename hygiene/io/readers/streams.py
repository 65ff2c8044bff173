"""Streams: what can be read once, standard input, pipes and devices, written to a file as far as it makes sense.

A stream may have no end; it is given up once what came can be no file of leads. What it holds is read elsewhere.
"""

import os
import re
import stat
from contextlib import suppress
from typing import IO

from hygiene.errors import InputError
from hygiene.io.readers.csv_unfinished import RECORD_BYTES
from hygiene.io.readers.limits import Limits

__all__ = ["keep"]

#: Bytes read at a time.
_BLOCK = 1 << 19

#: What begins like JSON or markup may be one line; what ends an object, an element or a line.
_NESTED = re.compile(rb"(?:\xef\xbb\xbf)?\s*[\[{<]")
_LINE_ENDS = (b"\n", b"\r")
_ENDS = (*_LINE_ENDS, b"}", b"]", b">")

#: First bytes of formats that are no text and know their own end: gzip, zip, Parquet, Arrow, Excel's containers.
_BINARY = (b"\x1f\x8b", b"PK\x03\x04", b"PAR1", b"ARROW1", b"\xff\xff\xff\xff", b"\xd0\xcf\x11\xe0")

#: How many times as many NULs there are in the one half of a text's octets as in the other.
_FEW = 8


def _check_device(stream: IO[bytes], name: str, /) -> None:
    """Refuse a device that is neither a terminal nor the empty one.

    Raises:
        InputError: it is such a device.
    """
    with suppress(OSError, ValueError, AttributeError):  # a stream of the caller's, which is no file
        held = os.fstat(stream.fileno())
        if stat.S_ISCHR(held.st_mode) and not stream.isatty() and held.st_rdev != os.stat(os.devnull).st_rdev:  # noqa: PTH116
            raise InputError(
                f"{name}: is a device, which has no end and holds no leads. Name a file or a pipe."
            )


def keep(stream: IO[bytes], spool: IO[bytes], name: str, limits: Limits, /) -> None:
    """Write all that a stream holds to a file.

    Raises:
        InputError: it is more than the limits allow, or no file of leads is like that.
        OSError: it cannot be read or written.
    """
    _check_device(stream, name)
    size, since = 0, 0
    ends: tuple[bytes, ...] = ()
    while block := stream.read(_BLOCK):
        if size == 0 and not block.startswith(_BINARY):
            _check_text(block, name)
            ends = _ENDS if _NESTED.match(block) else _LINE_ENDS
        size += len(block)
        last = max(map(block.rfind, ends), default=0)
        since = since + len(block) if last < 0 else len(block) - last
        _check_size(size, since, name, limits)
        spool.write(block)


def _check_size(size: int, since: int, name: str, limits: Limits) -> None:
    if since > RECORD_BYTES:
        msg = f"{name}: no line ends within {RECORD_BYTES:,} bytes. It is no table of leads; check what writes it."
        raise InputError(msg)
    if size > limits.size:
        raise limits.refuse("size", name, f"gives more than {limits.size:,} bytes")


def _check_text(top: bytes, name: str) -> None:
    """Make sure that the beginning of a stream is text in some encoding: in UTF-16 NULs are nearly all even, or odd."""
    few, many = sorted((top[::2].count(0), top[1::2].count(0)))
    if few * _FEW > many:
        raise InputError(f"{name}: holds NUL bytes and is no text. Check what writes it.")
