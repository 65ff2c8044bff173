"""Bounds of one request: how long it may take from connecting to the last octet, and how long its answer may be.

A time limit of httpx is a gap between octets, so that an answer of one octet a minute would never end. What a request
that was broken off means is not decided here.
"""

import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

import httpcore
import httpx

__all__ = ["ANSWER_OCTETS", "PACKED", "TooLongError", "bounded", "read", "until"]

#: Longest answer that is read, in octets, unpacked. Assumed: a page of 1,000 leads with their fields is some 2 MB.
ANSWER_OCTETS: Final = 16 * 2**20

#: How answers may be packed; any other way cannot be unpacked bit by bit, and a small one may hold gigabytes.
PACKED: Final = "gzip, deflate"

#: Octets that are handed to the network at a time, so that the deadline is looked at in between.
PIECE: Final = 65_536

#: When the request that this thread is at must be over, by the monotonic clock.
_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


class _Octets(bytearray):
    """What was read so far; its repr shows none of it, and so no traceback's locals do."""

    def __repr__(self) -> str:
        return f"<{len(self)} octets>"


class TooLongError(Exception):
    """An answer is longer than is read."""


@contextmanager
def until(seconds: float, /) -> Iterator[None]:
    """Let everything that is read and written meanwhile on a bounded transport be over after so many seconds."""
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def _within(timeout: float | None, error: type[Exception]) -> float | None:
    """The gap that is allowed now: what is left until the deadline, where that is less.

    Raises:
        Exception: of the kind `error`; nothing is left.
    """
    end = _deadline.get()
    if end is None:
        return timeout
    left = end - time.monotonic()
    if left <= 0:
        raise error("the request took too long")
    return left if timeout is None else min(timeout, left)


class _Stream(httpcore.NetworkStream):
    """A connection that looks at the deadline."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _within(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), PIECE):
            piece = buffer[start : start + PIECE]
            self._stream.write(piece, _within(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _within(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """The network, connection by connection, each of which looks at the deadline."""

    def __init__(self, network: httpcore.NetworkBackend) -> None:
        self._network = network

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = _within(timeout, httpcore.ConnectTimeout)
        return _Stream(self._network.connect_tcp(host, port, left, local_address, socket_options))

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._network.connect_unix_socket(path, timeout, socket_options))

    def sleep(self, seconds: float) -> None:
        self._network.sleep(seconds)


def bounded(transport: httpx.HTTPTransport, /) -> httpx.HTTPTransport:
    """The transport, made to hold what `until` says.

    httpcore takes a network of one's own (documented: network backends), and httpx hands none on to it.
    """
    pool = transport._pool  # no public way; `tests/test_bounds.py` tells when it moves
    pool._network_backend = _Backend(pool._network_backend)
    return transport


def read(response: httpx.Response, /) -> bytes:
    """The whole answer, unpacked; the connection is closed where it is longer than is read.

    Raises:
        TooLongError: it is longer than `ANSWER_OCTETS`, as it says or as it turns out.
        httpx.HTTPError: the connection broke.
    """
    stated = response.headers.get("Content-Length", "")
    whole = _Octets()
    try:
        if stated.isascii() and stated.isdigit() and int(stated[:18]) > ANSWER_OCTETS:
            raise TooLongError
        unpack = _unpacking(response.headers.get("Content-Encoding", ""))
        for part in response.iter_raw():
            whole += unpack(part, ANSWER_OCTETS - len(whole) + 1)
            del part
            if len(whole) > ANSWER_OCTETS:
                raise TooLongError
    finally:
        response.close()
    return bytes(whole)


def _unpacking(encoding: str) -> Callable[[bytes, int], bytes]:
    """What unpacks the parts of an answer, up to so many octets a part; one packed otherwise stays as it is."""
    if encoding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        return lambda part, most: part[:most]
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # knows gzip and zlib apart by itself

    def unpack(part: bytes, most: int) -> bytes:
        try:
            return unpacker.decompress(part, most)
        except zlib.error as error:
            msg = "the answer cannot be unpacked"
            raise httpx.DecodingError(msg) from error

    return unpack
