import json
import logging
import socket
import ssl
import struct
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from hygiene import __version__
from hygiene.emulator import Emulator
from hygiene.errors import (
    AuthError,
    HygieneError,
    ListNotFound,
    RateLimited,
    Rejected,
    SinkError,
    UnknownOutcome,
    Unreachable,
    UsageError,
)
from hygiene.http.settings import proxy_for
from hygiene.http.transport import _transport
from hygiene.outcomes import Counts
from hygiene.sinks import LeadList, ListReader
from hygiene.smartlead import Smartlead

KEY = "s3cret+key/%40"
LEADS = [{"email": "ann@acme.example", "first_name": "Ann"}, {"email": "bob@bolt.example"}]
DONE = {"ok": True, "data": {"total_leads": 2, "imported": 2, "duplicates": 0, "blocked": 0}}
IMPORT = "POST /lead-list/7/import"


class Canned(ThreadingHTTPServer):
    """Gives the answers it was told, in order, and keeps what it was asked; the last answer stays."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Canned)
        self.base_url = f"http://127.0.0.1:{self.server_port}/api/v1"
        self.answers: deque[Any] = deque()
        self.asked: list[tuple[str, str, Mapping[str, str], Any]] = []
        self.may_go_on = threading.Event()

    def server_bind(self) -> None:
        ThreadingHTTPServer.server_bind(self)

    def tell(self, body: object, status: int = 200, kind: str = "application/json", **headers: str) -> None:
        text = body if isinstance(body, str) else json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append((status, {"Content-Type": kind, **named}, text.encode()))

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a connection that a test ended."""
        if not isinstance(sys.exception(), OSError | ValueError):
            super().handle_error(request, client_address)

    @property
    def bodies(self) -> list[Any]:
        return [body for *_, body in self.asked]


class _Canned(BaseHTTPRequestHandler):
    server: Canned
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append(
            (self.command, self.path, dict(self.headers), json.loads(body) if body else None)
        )
        answers = self.server.answers
        answer = answers.popleft() if len(answers) > 1 else answers[0]
        if callable(answer):
            answer(self)
            return
        status, headers, content = answer
        self.log_request(status)
        self.send_response_only(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 -- named by http.server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- named by http.server
        pass


@pytest.fixture
def canned() -> Iterator[Canned]:
    with Canned() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.may_go_on.set()
        server.shutdown()
        thread.join()


@contextmanager
def sink_at(base_url: str, **more: Any) -> Iterator[Smartlead]:
    with Smartlead(**{"list_id": 7, "api_key": KEY, "base_url": base_url, **more}) as sink:
        yield sink


@pytest.fixture
def sink(canned: Canned) -> Iterator[Smartlead]:
    with sink_at(canned.base_url) as sink:
        yield sink


def send(sink: Smartlead) -> Any:
    return sink.send(LEADS, file_name="leads.csv")


def told_of(error: BaseException) -> str:
    """Everything that a person or a log could come to see of an error."""
    chain = [error]
    while chain[-1].__cause__ or chain[-1].__context__:
        chain.append(chain[-1].__cause__ or chain[-1].__context__)
    texts = [f"{each}\n{each!r}\n{each.args!r}" for each in chain]
    return "\n".join([*texts, *traceback.format_exception(error)])


def test_it_is_a_list_reader(sink):
    assert isinstance(sink, ListReader)


# what is sent


def test_an_import_is_one_post_with_the_documented_body(canned, sink):
    canned.tell(DONE)

    send(sink)

    [(method, path, headers, body)] = canned.asked
    assert method == "POST"
    assert path == "/api/v1/lead-list/7/import?api_key=s3cret%2Bkey%2F%2540"
    assert headers["User-Agent"] == f"lead-hygiene/{__version__}"
    assert body == {"leadList": LEADS, "fileName": "leads.csv"}


def test_the_block_list_is_waived_only_where_asked_for(canned, sink):
    canned.tell(DONE)

    sink.send(LEADS, file_name="f", waive_blocklist=True)
    sink.send(LEADS, file_name="f", waive_blocklist=False)

    assert canned.bodies[0]["csvSettings"] == {"ignoreGlobalBlockList": True}
    assert "csvSettings" not in canned.bodies[1]


def test_the_optional_maps_are_sent_only_where_given(canned):
    canned.tell(DONE)

    with sink_at(canned.base_url, email_fields_added={"email": "Email"}, custom_fields={}) as sink:
        send(sink)

    assert canned.bodies[0]["emailFieldsAdded"] == {"email": "Email"}
    assert canned.bodies[0]["customFields"] == {}


@pytest.mark.parametrize(
    ("shape", "sent"),
    [
        ("flat", {"email": "a@x.example", "company_name": "Acme", "Tier": "gold"}),
        ("nested", {"email": "a@x.example", "company_name": "Acme", "custom_fields": {"Tier": "gold"}}),
    ],
)
def test_fields_are_renamed_and_custom_ones_flat_or_nested(canned, shape, sent):
    canned.tell(DONE)
    lead = {"email": "a@x.example", "company": "Acme", "Level": "gold"}

    with sink_at(
        canned.base_url, rename={"company": "company_name", "Level": "Tier"}, custom_shape=shape
    ) as sink:
        sink.send([lead], file_name="f")

    assert canned.bodies[0]["leadList"] == [sent]


def test_a_nested_shape_sends_no_empty_map(canned):
    canned.tell(DONE)

    with sink_at(canned.base_url, custom_shape="nested") as sink:
        sink.send([{"email": "a@x.example"}], file_name="f")

    assert canned.bodies[0]["leadList"] == [{"email": "a@x.example"}]


def test_a_canonical_field_wins_over_a_flat_custom_one_of_its_name(canned):
    canned.tell(DONE)

    with sink_at(canned.base_url, rename={"company": "company_name"}) as sink:
        sink.send([{"email": "a@x.example", "company": "Acme", "company_name": "Old"}], file_name="f")

    assert canned.bodies[0]["leadList"] == [{"email": "a@x.example", "company_name": "Acme"}]


@pytest.mark.parametrize("rename", [{"title": "company"}, {"a": "b", "c": "b"}, {"email": "mail"}])
def test_a_rename_that_loses_a_column_is_refused(rename):
    with pytest.raises(UsageError, match="field"):
        Smartlead(api_key=KEY, rename=rename)


def test_batches_hold_400_leads_by_default(sink):
    assert sink.batch_leads == 400


def test_a_list_is_needed_to_import_to(canned):
    with sink_at(canned.base_url, list_id=None) as sink, pytest.raises(UsageError, match="list_id"):
        send(sink)
    assert canned.asked == []


# counts that come back


@pytest.mark.parametrize(
    ("body", "counts"),
    [
        (DONE, Counts(2, 2, 0, 0)),
        ({"ok": True, "imported_count": 2}, Counts(None, 2, None, None)),
        ({"data": {"total_leads": "2", "imported": " 1 ", "duplicates": "1", "blocked": "0"}}, Counts(2, 1, 1, 0)),
        ({"ok": True, "imported": 2.0, "duplicates": None, "blocked": True}, Counts(None, 2, None, None)),
        ({"ok": True, "total_leads": 2, "imported": "many"}, Counts(2, None, None, None)),
        ({"total_leads": 2, "imported_count": 1, "duplicate_count": 1, "blocked_count": 0}, Counts(2, 1, 1, 0)),
    ],
)  # fmt: skip
def test_every_known_shape_of_reply_is_read_and_what_is_not_given_is_none(canned, sink, body, counts):
    canned.tell(body)

    assert send(sink).counts == counts


@pytest.mark.parametrize(
    "given",
    [
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "0.5",
        "true",
        "false",
        "[1]",
        "[]",
        "{}",
        "-1",
        "9" * 20,
        '"2.5"',
    ],
)
def test_a_counter_that_is_no_count_is_nonsense_and_kept_as_it_was_written(canned, sink, given):
    canned.tell(f'{{"ok": true, "data": {{"total_leads": 2, "imported": {given}}}}}')

    reply = send(sink)

    assert reply.counts == Counts(2, None, None, None)
    assert reply.nonsense == ("imported",)
    assert [name for name, _ in reply.extra] == ["imported"]
    json.dumps(reply.extra, allow_nan=False)


@pytest.mark.parametrize(
    "body",
    [
        '{"imported_count": NaN}',
        '{"data": {"total_leads": true, "imported": []}}',
        '{"ok": true, "data": {"imported": "²"}}',
        '{"imported": "many", "blocked": ""}',
        '{"data": {"total_leads": "30.0", "imported": "29.5", "duplicates": "NaN", "blocked": "-1"}}',
    ],
)
def test_counters_that_are_all_nonsense_are_an_answer_all_the_same(canned, sink, body):
    canned.tell(body)

    assert "imported" in send(sink).nonsense


@pytest.mark.parametrize("shape", ["page", "openapi", "strings", "campaign"])
def test_the_emulators_shapes_are_read(shape):
    with (
        Emulator(reply=shape, api_key=KEY) as api,
        sink_at(api.base_url, list_id=api.create_list("A")) as sink,
    ):
        assert send(sink).counts.imported == 2


def test_counters_that_are_not_known_are_kept_with_their_addresses_masked(canned, sink):
    told = {"invalid_count": 1, "invalid_emails": ["ann@acme.example"], "imported": 1, "imported_count": 9}
    canned.tell({"ok": True, "data": told, "is_lead_limit_exhausted": False})

    reply = send(sink)

    assert reply.counts.imported == 1
    assert dict(reply.extra) == {
        "imported_count": 9,
        "invalid_count": 1,
        "invalid_emails": ["<address>"],
        "is_lead_limit_exhausted": False,
    }
    assert reply.raw["data"] == told
    assert "acme" not in repr(reply)


SIBLING = {
    "ok": True, "upload_count": 10, "total_leads": 4, "skipped_in_other_campaign_count": 1, "block_count": 2,
    "duplicate_count": 1, "invalid_email_count": 1, "already_added_to_campaign": 1, "bounce_count": 0,
}  # fmt: skip


@pytest.mark.parametrize("wrapped", [False, True])
def test_the_reply_of_the_sibling_endpoint_is_read_and_its_extras_are_kept(canned, sink, wrapped):
    canned.tell({"ok": True, "data": SIBLING} if wrapped else SIBLING)

    reply = send(sink)

    assert reply.counts == Counts(total_leads=10, imported=4, duplicates=2, blocked=2)
    assert dict(reply.extra)["skipped_in_other_campaign_count"] == 1
    assert dict(reply.extra)["invalid_email_count"] == 1
    assert "already_added_to_campaign" not in dict(reply.extra)


def test_a_documented_dialect_of_the_sibling_endpoint_is_read(canned, sink):
    canned.tell({"ok": True, "inserted_count": 3, "duplicate_count": 1, "blocked_count": 1})

    assert send(sink).counts == Counts(None, 3, 1, 1)


# refusals and lost answers


@pytest.mark.parametrize(
    ("status", "kind", "next_step"),
    [
        (302, UnknownOutcome, "SMARTLEAD_BASE_URL"),
        (400, Rejected, "batch_leads="),
        (401, AuthError, "SMARTLEAD_API_KEY"),
        (403, AuthError, "SMARTLEAD_API_KEY"),
        (404, ListNotFound, "hygiene lists"),
        (413, Rejected, "batch_leads="),
        (422, Rejected, "batch_leads="),
        (429, RateLimited, "run the command again"),
        (500, UnknownOutcome, "may have landed"),
        (502, UnknownOutcome, "may have landed"),
        (503, UnknownOutcome, "may have landed"),
    ],
)
def test_a_refusal_has_its_class_and_names_request_status_words_and_next_step(
    canned, sink, status, kind, next_step
):
    canned.tell(
        {"error": {"code": "X", "message": "because of\n ann@acme.example and bob%40bolt.example"}}, status
    )

    with pytest.raises(HygieneError) as caught:
        send(sink)

    assert type(caught.value) is kind
    assert str(caught.value).startswith(f"{IMPORT}: HTTP {status}, 'because of <address> and <address>'. ")
    assert next_step in str(caught.value)
    assert getattr(caught.value, "status", status) == status
    assert len(canned.asked) == 1


@pytest.mark.parametrize(
    "body",
    [{"error": "no"}, {"message": "no"}, {"error": {"message": "no"}}, {"error": "Bad", "message": "no"}],
)
def test_the_apis_own_words_are_told_in_every_shape(canned, sink, body):
    canned.tell(body, 400)

    with pytest.raises(SinkError, match="HTTP 400, 'no'"):
        send(sink)


def test_a_path_the_api_does_not_have_is_no_missing_list(canned, sink):
    canned.tell("Cannot POST /api/v1/lead-list/7/import", 404, "text/plain")

    with pytest.raises(SinkError, match=r"Cannot POST.*SMARTLEAD_BASE_URL") as caught:
        send(sink)

    assert not isinstance(caught.value, ListNotFound)


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"Retry_After": "30"}, {}, 30.0),
        ({"Retry_After": " 1.5"}, {}, 1.5),
        ({}, {"error": {"message": "slow", "retry_after": "12"}}, 12.0),
        ({}, {"error": "slow", "retry_after": 12}, 12.0),
        ({}, {"message": "slow"}, None),
        ({"Retry_After": "soon"}, "<html>", None),
        ({"Retry_After": "Wed, 21 Oct 2015 07:28:00 GMT"}, {}, 0.0),
    ],
)
def test_a_wish_to_slow_down_is_read_from_header_or_body(canned, sink, headers, body, seconds):
    canned.tell(body, 429, **headers)

    with pytest.raises(RateLimited) as caught:
        send(sink)

    assert caught.value.retry_after_s == seconds
    assert ("wait a while" if seconds is None else f"wait {seconds:g} s") in str(caught.value)


def test_a_date_to_wait_for_is_turned_into_seconds(canned, sink):
    canned.tell({}, 429, Retry_After=format_datetime(datetime.now(UTC) + timedelta(minutes=2), usegmt=True))

    with pytest.raises(RateLimited) as caught:
        send(sink)

    assert 60 < caught.value.retry_after_s <= 120


@pytest.mark.parametrize("off", [timedelta(0), timedelta(hours=-7), timedelta(days=400)], ids=str)
@pytest.mark.parametrize("apart", [timedelta(0), timedelta(seconds=90)], ids=str)
def test_a_date_counts_from_the_apis_own_clock(canned, sink, off, apart):
    now = datetime.now(UTC) + off
    dates = {"Date": now, "Retry_After": now + apart}
    canned.tell({}, 429, **{name: format_datetime(date, usegmt=True) for name, date in dates.items()})

    with pytest.raises(RateLimited) as caught:
        send(sink)

    assert caught.value.retry_after_s == apart.total_seconds()


@pytest.mark.parametrize(
    "date", ["yesterday", "", "Fri, 32 Foo 2026 99:00:00 GMT", "Mon, 1 Jan 99999999999 00:00:00 GMT"]
)
@pytest.mark.parametrize("header", ["Retry_After", "Date"])
def test_a_date_that_is_none_is_passed_over(canned, sink, header, date):
    told = {"Retry_After": format_datetime(datetime.now(UTC) + timedelta(minutes=2)), header: date}
    canned.tell({"retry_after": 7}, 429, **told)

    with pytest.raises(RateLimited) as caught:
        send(sink)

    seconds = caught.value.retry_after_s
    assert seconds == 7 if header == "Retry_After" else 60 < seconds <= 120


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<html>ann@acme.example</html>", "text/html"),
        ("", "application/json"),
        ("success", "text/plain"),
        ("[" * 100_000, "application/json"),
        ('{"imported": ' + "9" * 5_000 + "}", "application/json"),
        ('{"ok": false, "error": "The lead credit limit has been reached"}', "application/json"),
        ('{"ok": "false"}', "application/json"),
        ("{}", "application/json"),
        ("[]", "application/json"),
        ("null", "application/json"),
        ('{"ok": true, "data": {"added": 2}}', "application/json"),
        ('{"ok": true, "data": {"imported": "", "blocked": " "}}', "application/json"),
    ],
)
def test_a_200_that_tells_no_counts_is_an_unknown_outcome(canned, sink, body, kind):
    canned.tell(body, 200, kind)

    with pytest.raises(UnknownOutcome, match=f"^{IMPORT}: HTTP 200.*may have landed") as caught:
        send(sink)

    assert "acme" not in str(caught.value)
    assert ("credit limit" in str(caught.value)) == ("credit limit" in body)
    assert len(canned.asked) == 1


def _reset(handler: _Canned) -> None:
    """End the connection with an RST."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.rfile.close()
    handler.wfile.close()
    handler.connection.close()
    handler.close_connection = True


def _half(handler: _Canned) -> None:
    handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n{"ok": tr')
    handler.close_connection = True


def _hang(handler: _Canned) -> None:
    handler.server.may_go_on.wait(10)
    handler.close_connection = True


@pytest.mark.parametrize("failure", [_reset, _half, _hang])
def test_a_lost_answer_to_an_import_is_an_unknown_outcome_and_sent_once(canned, failure):
    canned.answers.append(failure)

    with (
        sink_at(canned.base_url, timeout_s=0.3) as sink,
        pytest.raises(UnknownOutcome, match=rf"^{IMPORT}: the answer was lost .*may have landed"),
    ):
        send(sink)

    assert len(canned.asked) == 1


def test_a_lost_answer_to_a_reading_call_changed_nothing(canned, sink):
    canned.answers.append(_reset)

    with pytest.raises(Unreachable, match=r"^GET /lead-list/7: the answer was lost"):
        sink.describe()


@pytest.mark.parametrize("drop", ["before", "after"])
def test_a_connection_closed_before_or_after_the_commit_is_unknown_alike(drop):
    with Emulator(api_key=KEY) as api, sink_at(api.base_url, list_id=api.create_list("A")) as sink:
        api.fail_next(drop=drop)
        with pytest.raises(UnknownOutcome):
            send(sink)

        assert len(api.members(sink.list_id)) == (2 if drop == "after" else 0)


def _closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_a_refused_connection_means_that_nothing_was_sent():
    base_url = f"http://127.0.0.1:{_closed_port()}"

    with sink_at(base_url) as sink, pytest.raises(Unreachable) as caught:
        send(sink)

    assert str(caught.value).startswith(
        f"{IMPORT}: no connection to {base_url} (ConnectError), nothing was sent."
    )
    assert "SMARTLEAD_BASE_URL" in str(caught.value)


def test_a_redirect_is_not_followed(canned, sink):
    canned.tell("", 307, Location="/api/v1/elsewhere")

    with pytest.raises(UnknownOutcome, match="Redirects are not followed"):
        send(sink)

    assert [path.partition("?")[0] for _, path, *_ in canned.asked] == ["/api/v1/lead-list/7/import"]


# secrets


def _echo(handler: _Canned) -> None:
    """Refuse with everything that was sent, in the body and in a header."""
    body = json.dumps({"message": f"{KEY} {handler.path} ann@acme.example"}).encode()
    handler.send_response(302 if "import" in handler.path else 400)
    handler.send_header("Location", f"https://elsewhere.example{handler.path}")
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@pytest.mark.parametrize("failure", [_echo, _reset, _half, _hang])
@pytest.mark.parametrize("call", [send, Smartlead.describe, lambda sink: list(sink.members())])
def test_no_error_and_no_log_line_holds_the_key_or_an_address(canned, caplog, failure, call):
    caplog.set_level(logging.DEBUG)
    canned.answers.append(failure)

    with sink_at(canned.base_url, timeout_s=0.3) as sink, pytest.raises(HygieneError) as caught:
        call(sink)

    seen = told_of(caught.value) + caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert len(caplog.records) > 5
    assert "s3cret" not in seen
    assert "acme" not in seen


def test_no_log_line_of_a_success_holds_the_key_or_an_address(canned, sink, caplog):
    caplog.set_level(logging.DEBUG)
    canned.tell({**DONE, "echo": f"{KEY} ann@acme.example"}, Link=f"<?api_key={KEY}>")

    reply = send(sink)

    assert len(caplog.records) > 5
    assert "s3cret" not in caplog.text + repr(reply) + str(reply.raw) + str(reply.extra) + repr(sink)
    assert "acme" not in caplog.text + repr(reply) + str(reply.extra)


def test_a_short_key_that_is_part_of_an_address_or_a_domain_leaves_these_as_they_are():
    with Emulator(api_key="spring") as api:
        home = api.create_list("A", members=["ann@spring.example", "spring@acme.example"])
        api.block(["offspring.example"])
        with Smartlead(list_id=home, api_key="spring", base_url=api.base_url) as sink:
            members, entries = sorted(sink.members()), list(sink.blocked())

    assert members == ["ann@spring.example", "spring@acme.example"]
    assert entries == ["offspring.example"]


def test_the_fingerprint_tells_accounts_apart_and_not_the_key():
    one, same, other = (Smartlead(api_key=key).account for key in (KEY, f" {KEY}\n", "another"))

    assert one == same != other
    assert one not in KEY


# settings


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example/v1", "ftp://127.0.0.1/", "127.0.0.1:80", "https://", "https://[::1", "https://h:x/",
        "https://api.example/?api_key=s3cret", "https://s3cret@api.example/", "http://127.0.0.1.example/",
        "https://api.example/#s3cret", "http://s3cret@127.0.0.1/",
    ],
)  # fmt: skip
def test_a_base_url_that_would_give_the_key_away_is_refused_without_echo(url):
    with pytest.raises(UsageError, match="expected https") as caught:
        Smartlead(api_key=KEY, base_url=url)

    assert "s3cret" not in told_of(caught.value)


@pytest.mark.parametrize(
    "url", ["https://api.example/v1/", "http://localhost:1", "http://127.0.0.2:1", "http://[::1]:1"]
)
def test_https_and_this_machine_are_taken(url):
    assert Smartlead(api_key=KEY, base_url=url).base_url == url.rstrip("/")


def test_the_environment_says_where_the_api_is_and_else_the_vendor_does(monkeypatch):
    vendors = Smartlead(api_key=KEY)
    monkeypatch.setenv("SMARTLEAD_BASE_URL", "https://api.example/v1")

    assert vendors.base_url == "https://server.smartlead.ai/api/v1"
    assert Smartlead(list_id=5, api_key=KEY).name == "list 5 at api.example"
    assert Smartlead(api_key=KEY, base_url="https://b.example").base_url == "https://b.example"


def test_no_key_names_the_variable_that_holds_it():
    with pytest.raises(UsageError, match="SMARTLEAD_API_KEY"):
        Smartlead()


def _own(path: Path) -> Path:
    """The file, for its owner's eyes alone."""
    path.chmod(0o600)
    return path


def test_a_key_file_that_others_can_read_is_refused(monkeypatch, write):
    path = write("key", "s3cret")
    path.chmod(0o640)
    monkeypatch.setenv("SMARTLEAD_API_KEY_FILE", str(path))

    with pytest.raises(UsageError, match=r"others can read it .mode 640.*chmod 600") as caught:
        Smartlead()

    assert "s3cret" not in told_of(caught.value)


def _key_seen(canned: Canned) -> str:
    canned.tell(DONE)
    with Smartlead(list_id=7, base_url=canned.base_url) as sink:
        send(sink)
    return canned.asked[-1][1].rpartition("=")[2]


def test_the_key_is_taken_from_the_environment_before_the_file(canned, monkeypatch, write):
    monkeypatch.setenv("SMARTLEAD_API_KEY_FILE", str(_own(write("key", "\ufefffrom-file\n"))))
    from_file = _key_seen(canned)
    monkeypatch.setenv("SMARTLEAD_API_KEY", "from-variable")

    assert (from_file, _key_seen(canned)) == ("from-file", "from-variable")


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "No such file"), (b"\n", "empty"), (b"s3cret\xff", "no key has"), (b"s3cret\nb", "one line")],
)
def test_a_key_file_that_holds_no_key_is_named_and_not_shown(monkeypatch, tmp_path, content, said):
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
        _own(path)
    monkeypatch.setenv("SMARTLEAD_API_KEY_FILE", str(path))

    with pytest.raises(UsageError, match=said) as caught:
        Smartlead()

    assert "s3cret" not in told_of(caught.value)


@pytest.mark.parametrize("key", ["s3cret key", "s3cret\x00", "s3cret\udcff", "s3crét"])
def test_what_can_be_no_key_is_refused_without_echo(key):
    with pytest.raises(UsageError, match="characters that no key has") as caught:
        Smartlead(api_key=key)

    assert "s3cr" not in told_of(caught.value)


@pytest.mark.parametrize("text", ["soon", "0", "-1", "nan", "inf"])
def test_a_timeout_that_is_no_number_of_seconds_is_refused(monkeypatch, text):
    monkeypatch.setenv("HYGIENE_TIMEOUT_S", text)

    with pytest.raises(UsageError, match=f"HYGIENE_TIMEOUT_S is '{text}'"):
        Smartlead(api_key=KEY)
    with pytest.raises(UsageError, match="timeout_s is '0'"):
        Smartlead(api_key=KEY, timeout_s=0)


def test_the_timeout_of_the_environment_is_used(canned, monkeypatch):
    monkeypatch.setenv("HYGIENE_TIMEOUT_S", "0.3")
    canned.answers.append(_hang)

    with sink_at(canned.base_url) as sink, pytest.raises(UnknownOutcome, match="ReadTimeout"):
        send(sink)


# proxies


@contextmanager
def proxy_that_refuses() -> Iterator[tuple[int, list[bytes]]]:
    """A proxy that answers the first connection with 502, and what it was sent."""
    seen: list[bytes] = []

    def serve() -> None:
        with listening, listening.accept()[0] as connection:
            seen.append(connection.recv(65536))
            connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        thread = threading.Thread(target=serve)
        thread.start()
        yield port, seen
        thread.join(5)


def test_a_proxy_of_the_environment_is_asked_to_connect_and_sees_no_key(monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    with proxy_that_refuses() as (port, seen):
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        with sink_at("https://api.example/v1") as sink, pytest.raises(Unreachable, match="nothing was sent"):
            send(sink)

    assert seen[0].startswith(b"CONNECT api.example:443 ")
    assert b"s3cret" not in seen[0]
    assert "s3cret" not in caplog.text


def test_this_machine_is_reached_without_a_proxy(canned, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{_closed_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{_closed_port()}")
    canned.tell(DONE)

    with sink_at(canned.base_url) as sink:
        assert send(sink).counts.imported == 2


@pytest.mark.parametrize(
    ("settings", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "proxy.example:3128"}, "http://proxy.example:3128"),
        ({"ALL_PROXY": "http://proxy.example"}, "http://proxy.example"),
        ({"HTTP_PROXY": "http://proxy.example"}, None),
        ({"HTTPS_PROXY": "http://proxy.example", "NO_PROXY": "localhost, .example"}, None),
        ({"HTTPS_PROXY": "http://proxy.example", "NO_PROXY": "*"}, None),
        ({"HTTPS_PROXY": "http://proxy.example", "NO_PROXY": "other.example"}, "http://proxy.example"),
    ],
)
def test_the_proxy_is_chosen_as_curl_chooses_it(monkeypatch, settings, proxy):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    assert proxy_for("https://api.example/v1") == proxy


@pytest.mark.parametrize("proxy", ["gopher://me:s3cret@proxy.example", "http://me:s3cret@proxy.example:port"])
def test_a_proxy_that_cannot_be_used_is_named_without_its_password(monkeypatch, proxy):
    monkeypatch.setenv("HTTPS_PROXY", proxy)

    with pytest.raises(UsageError, match="HTTPS_PROXY") as caught:
        Smartlead(api_key=KEY, base_url="https://api.example")

    assert "s3cret" not in told_of(caught.value)


@pytest.mark.parametrize(("url", "trusts"), [("https://api.example", True), ("http://127.0.0.1:9", False)])
def test_certificates_are_checked_and_without_encryption_nobody_s_are_taken(url, trusts):
    with closing(_transport(url)) as wire:
        context = wire._pool._ssl_context

        assert context.verify_mode == ssl.CERT_REQUIRED
        assert context.check_hostname
        assert bool(context.cert_store_stats()["x509_ca"]) == trusts


# what the API holds


@pytest.mark.parametrize(
    ("body", "size"),
    [
        ({"ok": True, "data": {"id": 7, "listName": "A", "lead_count": 3}}, 3),
        ({"id": 7, "listName": "A", "lead_count": "3"}, 3),
        ({"data": {"id": "7", "list_name": "A", "leads_count": 0}}, 0),
        ({"data": {"id": 7, "name": "A"}}, None),
    ],
)
def test_a_list_is_described_from_every_known_shape(canned, sink, body, size):
    canned.tell(body)

    assert sink.describe() == LeadList(7, "A", size)


@pytest.mark.parametrize(
    ("body", "status"),
    [({"ok": True, "data": None}, 200), ({"ok": True}, 200), ({}, 200), ({"data": {}}, 200), ({"error": "no"}, 404)],
)  # fmt: skip
def test_a_missing_list_is_said_to_be_missing(canned, sink, body, status):
    canned.tell(body, status)

    with pytest.raises(ListNotFound, match=r"GET /lead-list/7: HTTP .*hygiene lists"):
        sink.describe()


@pytest.mark.parametrize("body", ["", "<html>", {"ok": False, "error": "no"}])
def test_a_reading_call_without_an_answer_is_a_refusal(canned, sink, body):
    canned.tell(body)

    with pytest.raises(SinkError, match="GET /lead-list/7: HTTP 200") as caught:
        sink.describe()

    assert not isinstance(caught.value, ListNotFound)


ROW = {"id": 1, "name": "A", "lead_count": 2, "created_at": "x"}


@pytest.mark.parametrize(
    ("body", "end"),
    [
        ({"ok": True, "data": [ROW]}, {"ok": True, "data": []}),
        ({"lists": [ROW], "total_count": 1}, {"lists": [], "total_count": 1}),
        ({"data": {"lists": [ROW], "totalCount": 1}}, {"data": {"lists": [], "totalCount": "1"}}),
        ([ROW, {"name": "no id"}], []),
    ],
)
def test_lists_are_read_from_every_known_shape(canned, sink, body, end):
    canned.tell(body)
    canned.tell(end)

    assert sink.lists("A b") == [LeadList(1, "A", 2)]
    path, _, query = canned.asked[0][1].partition("?")
    assert path == "/api/v1/lead-list/"
    assert {name: value for name, value in parse_qsl(query) if name != "api_key"} == {
        "listName": "A b",
        "limit": "1000",
        "offset": "0",
    }


@pytest.mark.parametrize("body", [{"data": {"rows": []}}, {"data": None}, {"data": ["A"]}, {"ok": True}])
def test_a_listing_of_no_known_shape_is_refused(canned, sink, body):
    canned.tell(body)

    with pytest.raises(SinkError, match="expected an array of lists"):
        sink.lists()


@pytest.fixture
def account() -> Iterator[Emulator]:
    with Emulator(api_key=KEY) as api:
        yield api


def test_a_new_list_is_empty_and_then_found(account):
    with sink_at(account.base_url) as sink:
        made = sink.create_list("Spring")

        assert made == LeadList(made.id, "Spring", 0)
        assert sink.lists("spr") == [made]


@pytest.mark.parametrize("body", [{"ok": True, "id": 9, "listName": "B"}, {"data": {"id": 9}}])
def test_a_new_list_is_read_from_every_known_shape(canned, sink, body):
    canned.tell(body)

    assert sink.create_list("B") == LeadList(9, "B", 0)
    assert canned.bodies == [{"listName": "B"}]


def test_a_new_list_without_its_number_is_an_unknown_outcome(canned, sink):
    canned.tell({"ok": True})

    with pytest.raises(UnknownOutcome, match="hygiene lists"):
        sink.create_list("B")


def test_all_members_of_a_long_list_are_read(account):
    members = [f"lead{number}@acme.example" for number in range(2050)]
    list_id = account.create_list("A", members=members)
    account.create_list("B", members=["other@acme.example"])

    with sink_at(account.base_url, list_id=list_id) as sink:
        found = list(sink.members())

    assert sorted(found) == sorted(members)
    assert len(account.requests) == 4


def test_the_block_list_is_read_whole_and_without_other_clients_entries(account):
    entries = [f"shut{number}.example" for number in range(1002)]
    account.block(entries[:1001])
    account.block(["client.example"], client_id=4)
    account.block(entries[1001:])

    with sink_at(account.base_url) as sink:
        assert list(sink.blocked()) == entries


def _capped(rows: list[dict[str, Any]], cap: int) -> Callable[[_Canned], None]:
    """An API that gives fewer rows a page than it was asked for."""

    def answer(handler: _Canned) -> None:
        offset = int(handler.path.partition("offset=")[2].partition("&")[0])
        body = json.dumps(rows[offset : offset + cap]).encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def test_pages_smaller_than_asked_for_are_read_to_the_end(canned, sink):
    rows = [{"email_or_domain": f"shut{number}.example"} for number in range(250)]
    canned.answers.append(_capped(rows, 100))

    assert list(sink.blocked()) == [row["email_or_domain"] for row in rows]


def test_a_listing_that_does_not_move_on_ends_with_an_error(canned, sink):
    rows = [{"id": number, "email": f"a{number}@x.example", "email_or_domain": "x"} for number in range(100)]
    canned.tell(rows)
    with pytest.raises(SinkError, match="the same page again"):
        list(sink.blocked())

    canned.answers.clear()
    canned.tell({"ok": True, "data": {"leads": rows, "lastSeenLeadId": 1}})
    with pytest.raises(SinkError, match="the same page again"):
        list(sink.members())


def test_leads_without_an_address_are_no_members(canned, sink):
    canned.tell({"data": {"leads": [{"id": 1, "email": None}, {"id": 2, "email": "a@x.example"}]}})
    canned.tell({"data": {"leads": []}})

    assert list(sink.members()) == ["a@x.example"]


def test_a_key_file_path_may_be_relative(canned, monkeypatch, tmp_path):
    Path(tmp_path / "key").write_text("relative", encoding="utf-8")
    _own(tmp_path / "key")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SMARTLEAD_API_KEY_FILE", "key")

    assert _key_seen(canned) == "relative"
