"""HTTP that sinks share, over real sockets: keys in headers, settings by convention, threads on one rate."""

import json
import logging
import threading
import traceback
from base64 import b64encode
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from hygiene import Smartlead
from hygiene.errors import (
    AuthError,
    HygieneError,
    RateLimited,
    Rejected,
    SinkError,
    UnknownOutcome,
    Unreachable,
    UsageError,
)
from hygiene.http import settings
from hygiene.http.answers import Answer, refusal
from hygiene.http.keys import Key, Signature, basic, bearer, find_key, in_query
from hygiene.http.rate_limit import Limiter, parse_rate
from hygiene.http.retry import Pace
from hygiene.http.service import Service
from hygiene.http.transport import Transport

KEY = "s3cret+key/1"
ADDRESS = "whoever@acme.example"
SERVICE = Service(title="Postbox", prefix="POSTBOX", credential="password")
PAIR = b64encode(f"ann:{KEY}".encode()).decode()


class Box(ThreadingHTTPServer):
    """Answers every request alike, and keeps what it was sent."""

    daemon_threads = True

    def __init__(self, status: int, answer: Any, headers: Mapping[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.answer, self.sent = status, answer, headers
        self.seen: list[tuple[str, str, str, bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/3.1"


class _Handler(BaseHTTPRequestHandler):
    server: Box
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.command, self.path, self.headers.get("Authorization", ""), body))
        given = self.server.answer(self) if callable(self.server.answer) else self.server.answer
        told = json.dumps(given).encode()
        self.send_response(self.server.status)
        for name, value in {**self.server.sent, "Content-Length": str(len(told))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(told)

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815 -- names of the base class

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@contextmanager
def box(status: int = 200, answer: Any = None, headers: Mapping[str, str] | None = None) -> Iterator[Box]:
    server = Box(status, answer or {}, headers or {})
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    running.start()
    try:
        yield server
    finally:
        server.shutdown()
        running.join()
        server.server_close()


def checked(answer: Answer, method: str) -> Answer:
    if answer.status >= 300:
        raise refusal(answer, method=method, service=SERVICE)
    return answer


@contextmanager
def wire_to(url: str, sign: Signature, *, limiter: Limiter | None = None) -> Iterator[Transport]:
    pace = Pace(limiter or Limiter(()), patience_s=0)
    wire = Transport(SERVICE, Key(KEY), sign=sign, checked=checked, base_url=url, timeout_s=5, pace=pace)
    try:
        yield wire
    finally:
        wire.close()


@pytest.mark.parametrize(
    ("sign", "header", "query"),
    [
        (bearer, f"Bearer {KEY}", ""),
        (basic("ann"), f"Basic {PAIR}", ""),
        (in_query("api_key"), "", "&api_key=s3cret%2Bkey%2F1"),
    ],
    ids=["bearer", "basic", "query"],
)
def test_the_key_goes_out_where_the_api_wants_it(sign, header, query):
    with box() as api, wire_to(api.url, sign) as wire:
        wire.ask("POST", "/members", query={"a": "1"}, form={"subscriber": ADDRESS})

        assert api.seen == [
            ("POST", f"/3.1/members?a=1{query}", header, b"subscriber=whoever%40acme.example")
        ]


@pytest.mark.parametrize("status", [200, 302, 400, 401, 404, 409, 429, 500, 503])
@pytest.mark.parametrize(("sign", "secret"), [(bearer, KEY), (basic("ann"), PAIR)], ids=["bearer", "basic"])
def test_neither_key_nor_address_shows_in_logs_errors_and_locals(status, sign, secret, caplog):
    caplog.set_level(logging.DEBUG)
    echo = {"title": f"{KEY} {secret} {ADDRESS}", "Authorization": f"Basic {secret}"}
    told = ""

    with box(status, echo, {"X-Echo": f"Basic {secret} Bearer {KEY}"}) as api, wire_to(api.url, sign) as wire:
        for method in ("GET", "POST"):
            try:
                told += repr(wire.ask(method, "/lists/a/member/{address}", address=ADDRESS))
            except HygieneError as error:
                trace = error.__traceback__ and error.__traceback__.tb_next
                found = traceback.TracebackException(type(error), error, trace, capture_locals=True)
                told += "".join(found.format())

    assert api.seen[0][1] == "/3.1/lists/a/member/whoever%40acme.example"
    for each in (KEY, secret, ADDRESS):
        assert each not in told
        assert each not in caplog.text


@pytest.mark.parametrize(
    ("status", "headers", "method", "kind"),
    [
        (401, {}, "POST", AuthError),
        (302, {}, "POST", UnknownOutcome),
        (302, {}, "GET", SinkError),
        (409, {}, "POST", UnknownOutcome),
        (422, {}, "POST", Rejected),
        (404, {}, "POST", SinkError),
        (429, {}, "POST", RateLimited),
        (500, {}, "POST", UnknownOutcome),
        (500, {}, "DELETE", SinkError),
        (503, {"Retry-After": "3"}, "GET", RateLimited),
    ],
)
def test_a_status_says_what_became_of_a_request(status, headers, method, kind):
    told = f"^{method} /members: HTTP {status}, 'No.'"
    with (
        box(status, {"description": "No."}, headers) as api,
        wire_to(api.url, bearer) as wire,
        pytest.raises(kind, match=told) as caught,
    ):
        wire.ask(method, "/members")

    assert type(caught.value) is kind
    if status == 401:
        assert "POSTBOX_PASSWORD, the file of POSTBOX_PASSWORD_FILE" in str(caught.value)


def test_threads_share_one_rate_and_every_request_is_counted():
    now = [1000.0]
    limiter = Limiter(parse_rate("5/s"), clock=lambda: now[0])
    slept: list[float] = []
    lock = threading.Lock()

    def pause(seconds: float, why: str) -> None:
        with lock:
            slept.append(seconds)
            now[0] += seconds

    pace = Pace(limiter, patience_s=0, pause=pause)
    with box() as api:
        wire = Transport(
            SERVICE, Key(KEY), sign=bearer, checked=checked, base_url=api.url, timeout_s=5, pace=pace
        )
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: wire.ask("GET", "/a"), range(20)))
        wire.close()

        assert len(api.seen) == wire.asked == 20
        assert now[0] >= 1003.0  # twenty at five a second: the last five only after three whole seconds
        assert slept


def test_a_service_of_ones_own_has_to_be_named():
    with pytest.raises(UsageError, match="set POSTBOX_BASE_URL to where Postbox is"):
        settings.base_url(None, SERVICE)


def test_the_base_url_comes_from_the_service_s_variable(monkeypatch):
    monkeypatch.setenv("POSTBOX_BASE_URL", "https://lists.example/3.1/")

    assert settings.base_url(None, SERVICE) == "https://lists.example/3.1"
    assert settings.base_url("http://127.0.0.1:8001/3.1", SERVICE) == "http://127.0.0.1:8001/3.1"


def test_http_off_this_machine_needs_to_be_allowed():
    with pytest.raises(
        UsageError, match=r"insecure=True.*POSTBOX_PASSWORD.*Found http and host lists\.example"
    ):
        settings.base_url("http://lists.example/3.1", SERVICE)

    assert settings.base_url("http://lists.example/3.1", SERVICE, insecure=True) == "http://lists.example/3.1"
    with pytest.raises(UsageError, match="Found ftp"):
        settings.base_url("ftp://lists.example/3.1", SERVICE, insecure=True)


def test_smartlead_can_be_reached_over_http_where_that_is_allowed():
    with pytest.raises(UsageError, match="insecure=True"):
        Smartlead(api_key="k", base_url="http://api.example/v1")

    with Smartlead(api_key="k", base_url="http://api.example/v1", insecure=True) as sink:
        assert sink.rate == "8/s,48/m,800/h"


def test_a_key_is_looked_for_in_the_argument_the_variable_and_the_file(monkeypatch, tmp_path):
    with pytest.raises(UsageError, match="no password: set POSTBOX_PASSWORD, or POSTBOX_PASSWORD_FILE"):
        find_key(None, SERVICE)
    file = tmp_path / "password"
    file.touch(mode=0o600)
    file.write_text("of file\n")
    monkeypatch.setenv("POSTBOX_PASSWORD_FILE", str(file))

    with pytest.raises(
        UsageError, match=r"the password has characters that no key has\. Set POSTBOX_PASSWORD "
    ):
        find_key(None, SERVICE)
    file.write_text("file\n")
    assert find_key(None, SERVICE).reveal() == "file"
    monkeypatch.setenv("POSTBOX_PASSWORD", "variable")
    assert find_key("", SERVICE).reveal() == "variable"
    assert find_key(" argument ", SERVICE).reveal() == "argument"


def test_what_was_asked_of_an_api_that_is_away_was_not_sent():
    with box() as api:
        url = api.url

    with (
        wire_to(url, bearer) as wire,
        pytest.raises(Unreachable, match="Check POSTBOX_BASE_URL and the network"),
    ):
        wire.ask("POST", "/members")
