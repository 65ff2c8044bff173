"""Bounds of one request: one deadline from connecting to the last octet, and a longest answer."""

import gzip
import json
import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from hygiene import Smartlead
from hygiene.errors import SinkError, UnknownOutcome, Unreachable
from hygiene.http import bounds

DONE = json.dumps({"ok": True, "data": {"total_leads": 1, "imported": 1}}).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CALLS = ["describe", "send"]


@contextmanager
def serving(answer: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """A server on a bare socket that answers one connection after the other; gives its address."""
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                try:
                    answer(connection, over)
                except OSError:
                    continue

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            over.set()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(10)
            assert not thread.is_alive()


def call(url: str, how: str, *, timeout_s: float = 5.0) -> object:
    with Smartlead(list_id=7, api_key="k", base_url=url, timeout_s=timeout_s) as sink:
        return sink.describe() if how == "describe" else sink.send([{"email": "a@x.example"}], file_name="f")


def _drip(octets: bytes, *, at_once: int) -> Callable[[socket.socket, threading.Event], None]:
    """An answer whose first octets come at once and the rest one by one, without end."""

    def answer(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(octets[:at_once])
        while not over.wait(0.03):
            connection.sendall(b" ")

    return answer


def _never_reads(connection: socket.socket, over: threading.Event) -> None:
    """Take what is sent an octet at a time."""
    while connection.recv(1) and not over.wait(0.03):
        continue


@pytest.mark.parametrize("how", CALLS)
@pytest.mark.parametrize(
    "octets",
    [HEAD + b"Content-Length: 9000000\r\n\r\n", HEAD + b"\r\n", b"HTTP/1.1 200 OK\r\nX-Slow:", b"HTTP/1.1 "],
    ids=["body", "body without a length", "header", "status line"],
)
def test_an_answer_that_drips_for_ever_ends_at_the_deadline(octets, how):
    with (
        serving(_drip(octets, at_once=len(octets))) as url,
        pytest.raises((UnknownOutcome, Unreachable)) as caught,
    ):
        call(url, how, timeout_s=0.15)  # each gap is far below it

    assert "the answer was lost" in str(caught.value)
    assert isinstance(caught.value, UnknownOutcome) == (how == "send")


def test_a_request_that_is_taken_octet_by_octet_ends_at_the_deadline():
    leads = [{"email": "a@x.example", "company": "x" * 1000}] * 20_000  # more than the sockets hold

    with (
        serving(_never_reads) as url,
        Smartlead(list_id=7, api_key="k", base_url=url, timeout_s=0.15) as sink,
        pytest.raises(UnknownOutcome, match="the answer was lost"),
    ):
        sink.send(leads, file_name="f")


@pytest.mark.parametrize("how", CALLS)
@pytest.mark.parametrize("stated", [True, False], ids=["a stated length", "no length"])
@pytest.mark.parametrize("packed", [True, False], ids=["packed", "plain"])
def test_an_answer_without_end_is_not_kept(how, stated, packed):
    pieces = gzip.compress(b" " * 2**24) if packed else b" " * 2**20
    size = b"Content-Length: 1073741824\r\n" if stated else b""
    kind = b"Content-Encoding: gzip\r\n" if packed else b""

    def answer(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(HEAD + size + kind + b"\r\n")
        for _ in range(1000):
            connection.sendall(pieces)

    tracemalloc.start()
    try:
        with serving(answer) as url, pytest.raises((SinkError, UnknownOutcome)) as caught:
            call(url, how)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert most < 6 * bounds.ANSWER_OCTETS
    if not packed or stated:
        assert "longer than 16 MB" in str(caught.value)
    assert isinstance(caught.value, UnknownOutcome) == (how == "send")


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate", "", "identity"])
@pytest.mark.parametrize("stated", [True, False], ids=["a stated length", "no length"])
def test_an_answer_within_the_bounds_is_read_however_it_is_packed(encoding, stated):
    packed = {"gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": __import__("zlib").compress}
    body = packed.get(encoding, bytes)(DONE)
    head = HEAD + (f"Content-Encoding: {encoding}\r\n".encode() if encoding else b"")
    head += f"Content-Length: {len(body)}\r\n".encode() if stated else b"Connection: close\r\n"

    def answer(connection: socket.socket, over: threading.Event) -> None:
        asked = connection.recv(65536)
        if b"\r\n\r\n" in asked and asked.endswith(b"\r\n\r\n"):  # what is left unread resets the connection
            connection.recv(65536)
        connection.sendall(head + b"\r\n" + body)

    with serving(answer) as url:
        assert call(url, "send").counts.imported == 1


def test_what_cannot_be_unpacked_is_a_lost_answer():
    def answer(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}")

    with serving(answer) as url, pytest.raises(UnknownOutcome, match="DecodingError"):
        call(url, "send")


def test_a_deadline_ends_with_the_request(api):
    with bounds.until(60), bounds.until(0.0001):
        pass

    list_id = api.create_list("A")
    with Smartlead(list_id=list_id, api_key=api.api_key, base_url=api.base_url) as sink:
        assert sink.describe().id == list_id
