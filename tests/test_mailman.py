"""The sink for Mailman over real sockets, against a stub with Mailman's words and every fault; `tests/mailman` has the
real one.
"""

import json
import re
import threading
import time
import traceback
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pandas as pd
import pytest

import hygiene
from hygiene.errors import (
    AuthError,
    HygieneError,
    ListingIncomplete,
    ListNotFound,
    RateLimited,
    UnknownOutcome,
    Unreachable,
    UsageError,
)
from hygiene.importing.preflight import prepare
from hygiene.mailman import Mailman
from hygiene.outcomes import Counts
from hygiene.sinks import Lead
from hygiene.testing import Place, SinkLaws

LIST = "spring@lists.example"
PASSWORD = "s3cret+word"
ANN, BOB, CID, DEE = (f"{name}@birchworks.example" for name in ("ann", "bob", "cid", "dee"))


class Stub(ThreadingHTTPServer):
    """What Mailman answers, in its words as they were recorded of 3.3.10, and what can go wrong.

    Attributes:
        members: Who is a member.
        bans: Bans from the list.
        faults: What goes wrong with the next requests to subscribe an address.
        posts: Every address that was posted, in order.
        most: How many requests it was at once.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.members: list[str] = []
        self.bans: list[str] = []
        self.faults: dict[str, list[Any]] = {}
        self.posts: list[str] = []
        self.gone = False
        self.other: Any = None
        self.total: int | None = None
        self.at_once = self.most = 0
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/3.1"

    def subscribe(self, form: dict[str, str]) -> tuple[int, str]:
        address = form.get("subscriber", "")
        if self.gone:
            return 400, "No such list"
        if not address:
            return 400, "Missing Parameter: subscriber"
        if not address.isascii() or " " in address or "." not in address.rpartition("@")[2]:
            return 400, 'Invalid Parameter "subscriber": .'
        if address.lower() in self.members:
            return 409, "Member already subscribed"
        if any(
            re.match(ban, address, re.I) if ban[0] == "^" else ban == address.lower() for ban in self.bans
        ):
            return 400, "Membership is banned"
        self.members.append(address.lower())
        return 201, ""


class _Handler(BaseHTTPRequestHandler):
    server: Stub
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        address = form.get("subscriber", "")
        with self.server.lock:
            self.server.posts.append(address)
            self.server.at_once += 1
            self.server.most = max(self.server.most, self.server.at_once)
            fault = (
                self.server.faults.get(address, [None]).pop(0) if self.server.faults.get(address) else None
            )
        time.sleep(0.005)
        with self.server.lock:
            self.server.at_once -= 1
            if fault == "drop before":
                self.close_connection = True
                return
            status, said = fault if isinstance(fault, tuple) else self.server.subscribe(form)
        if fault == "drop after":
            self.close_connection = True
            return
        self._say(status, {"title": str(status), "description": said} if said else None)

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        path, query = unquote(url.path).removeprefix("/3.1"), parse_qs(url.query)
        if self.server.other is not None:
            self._say(200, self.server.other)
        elif self.headers["Authorization"] != f"Basic {b64encode(f'ann:{PASSWORD}'.encode()).decode()}":
            self._say(401, {"title": "401 Unauthorized", "description": "REST API authorization failed"})
        elif self.server.gone:
            self._say(404, {"title": "404 Not Found"})
        elif path == "/lists/spring.lists.example":
            self._say(200, self._list())
        elif path == "/lists":
            self._entries([self._list()], query)
        elif path.startswith("/lists/spring.lists.example/member/"):
            there = path.rpartition("/")[2].lower() in self.server.members
            self._say(200 if there else 404, {"title": "404 Not Found"})
        elif path in ("/lists/spring.lists.example/roster/member", "/members"):
            rows = [
                {"email": each, "member_id": f"m{each}", "role": "member"}
                for each in sorted(self.server.members)
            ]
            self._entries(rows, query)
        elif path.endswith("/bans"):
            bans = self.server.bans if "spring" in path else []
            self._say(200, {"entries": [{"email": each} for each in bans], "total_size": len(bans)})
        else:
            self._say(404, {"title": "404 Not Found"})

    def _list(self) -> dict[str, Any]:
        size = len(self.server.members)
        return {
            "fqdn_listname": LIST, "list_id": "spring.lists.example", "display_name": "Spring", "member_count": size,
        }  # fmt: skip

    def _entries(self, rows: list[dict[str, Any]], query: dict[str, list[str]]) -> None:
        count, page = int(query["count"][0]), int(query["page"][0])
        part = rows[count * (page - 1) : count * page]
        total = len(rows) if self.server.total is None else self.server.total
        self._say(200, {"start": 0, "total_size": total, **({"entries": part} if part else {})})

    def _say(self, status: int, body: Any) -> None:
        told = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    running.start()
    yield server
    server.shutdown()
    running.join()
    server.server_close()


@contextmanager
def sink_at(stub: Stub, **more: Any) -> Iterator[Mailman]:
    given = {"list_name": LIST, "user": "ann", "api_key": PASSWORD, "base_url": stub.url, **more}
    with Mailman(**given) as sink:
        yield sink


class TestLaws(SinkLaws):
    @pytest.fixture
    def place(self, stub: Stub) -> Place:
        def sink(url: str, **more: Any) -> Mailman:
            given = {"list_name": LIST, "user": "ann", "api_key": PASSWORD, "base_url": url, **more}
            return Mailman(**given, patience_s=0)

        return Place(
            sink,
            held=lambda: stub.members,
            url=stub.url,
            secrets=[PASSWORD, b64encode(f"ann:{PASSWORD}".encode()).decode()],
            stranger=lambda url: sink(url, api_key="another"),
            astray=lambda url: sink(url, list_name="gone@lists.example"),
            in_flight=4,
            refusal=(400, {"title": "400 Bad Request", "description": "Invalid Parameter"}),
        )


def leads(*addresses):
    return [Lead(email=each, first_name="Ann", last_name="Lund", company="Birch") for each in addresses]


def send(sink, *addresses):
    return sink.send(leads(*addresses), file_name="a.csv")


def test_each_lead_goes_in_a_request_of_its_own_several_at_a_time(stub):
    many = [f"lead{each}@birchworks.example" for each in range(60)]

    with sink_at(stub) as sink:
        reply = send(sink, *many)

    assert reply.counts == Counts(60, 60, 0, 0)
    assert sorted(stub.posts) == sorted(many) == sorted(stub.members)
    assert 1 < stub.most <= 4


def test_every_answer_has_its_counter(stub):
    stub.members, stub.bans = [ANN], [BOB, r"^.*@evergate\.example$"]

    with sink_at(stub) as sink:
        reply = send(sink, ANN, BOB, CID, "eve@evergate.example", "nobody", " d@b.example", CID.upper(), "")

    assert reply.counts == Counts(8, 1, 2, 2)
    assert dict(reply.extra) == {"invalid": 3}
    told = {row.position: (row.became, row.words) for row in reply.rows}
    assert told[1] == told[3] == ("blocked", "Membership is banned")
    assert told[4] == ("invalid", "Invalid Parameter")
    assert [told[place][0] for place in (0, 2, 6)] == ["duplicate", "imported", "duplicate"]


def test_a_lead_is_sent_as_address_and_name(stub):
    with sink_at(stub) as sink:
        assert sink.shaped(leads(ANN)) == [{"subscriber": ANN, "display_name": "Ann Lund"}]
        assert sink.shaped([{"email": ANN}]) == [{"subscriber": ANN}]


@pytest.mark.parametrize("fault", ["drop before", "drop after", (500, "oops"), (502, "")])
def test_a_lost_answer_is_settled_for_its_lead_alone(stub, fault):
    stub.members = [DEE]
    stub.faults = {BOB: [fault], DEE: [fault]}

    with sink_at(stub) as sink:
        list(sink.members())
        reply = send(sink, ANN, BOB, CID, DEE)

    assert reply.counts == Counts(4, 3, 1, 0)
    assert sorted(stub.members) == [ANN, BOB, CID, DEE]
    assert stub.posts.count(ANN) == stub.posts.count(CID) == stub.posts.count(DEE) == 1
    assert stub.posts.count(BOB) == (1 if fault == "drop after" else 2)


def test_a_member_since_nobody_knows_when_leaves_the_request_unknown(stub):
    stub.faults = {BOB: ["drop after"]}

    with (
        sink_at(stub) as sink,
        pytest.raises(UnknownOutcome, match="of 3 leads were taken or refused one by one"),
    ):
        send(sink, ANN, BOB, CID)


def test_answers_that_are_lost_again_and_again_end_the_request(stub):
    stub.faults = {BOB: ["drop before"] * 9}

    with sink_at(stub) as sink, pytest.raises(UnknownOutcome):
        send(sink, BOB)

    assert len(stub.posts) == 3


@pytest.mark.parametrize(
    ("fault", "kind"),
    [((401, ""), AuthError), ((403, ""), AuthError), ((429, ""), RateLimited), ((400, "No such list"), ListNotFound)],
)  # fmt: skip
def test_a_refusal_before_any_lead_landed_is_that_refusal(stub, fault, kind):
    stub.faults = {ANN: [fault]}

    with sink_at(stub, requests_in_flight=1) as sink, pytest.raises(kind):
        send(sink, ANN, BOB)

    assert stub.posts == [ANN]


def test_a_refusal_after_some_leads_landed_leaves_the_request_unknown(stub):
    stub.faults = {BOB: [(401, "no")]}

    with (
        sink_at(stub, requests_in_flight=1) as sink,
        pytest.raises(UnknownOutcome, match=r"1 of 3 leads.*MAILMAN_PASS"),
    ):
        send(sink, ANN, BOB, CID)

    assert stub.posts == [ANN, BOB]


def test_an_import_whose_answers_are_lost_reconciles(stub):
    many = [f"lead{each}@birchworks.example" for each in range(50)]
    stub.members, stub.bans = many[:3], [many[5], "^lead4[0-4]@"]
    stub.faults = {
        each: [fault] for each, fault in zip(many[6:40:5], ["drop after", "drop before"] * 9, strict=False)
    }
    frame = pd.DataFrame({"email": [*many, many[9].upper()]})

    with sink_at(stub) as sink:
        cleaned = prepare(hygiene.clean(frame), sink)
        receipt = hygiene.import_leads(cleaned, sink, send_all=True)

    assert receipt.reconciliation.status == "agrees"
    assert receipt.reported == Counts(51, 41, 4, 6)
    assert len(stub.members) == 44


def test_the_same_after_everything_was_lost_once(stub):
    many = [f"lead{each}@birchworks.example" for each in range(30)]
    stub.faults = {many[7]: ["drop before"] * 3}
    cleaned = hygiene.clean(pd.DataFrame({"email": many}))

    with sink_at(stub) as sink:
        receipt = hygiene.import_leads(prepare(cleaned, sink), sink)

    assert receipt.reconciliation.status == "agrees"
    assert sorted(stub.members) == sorted(many)


def test_bans_by_pattern_are_predicted_and_those_that_only_mailman_reads_are_said(stub):
    stub.bans = [r"^.*@EVERGATE\.example$", "Dead@birchworks.example"]
    frame = pd.DataFrame({"email": [ANN, "eve@evergate.example", "dead@birchworks.example"]})

    with sink_at(stub) as sink:
        cleaned = prepare(hygiene.clean(frame), sink)
        stub.bans.append(r"^(?!ann).*@x\.example$")
        odd = prepare(hygiene.clean(frame), sink)
        with pytest.raises(ListingIncomplete, match="1 of the bans are patterns"):
            list(sink.blocked_among([ANN]))

    assert cleaned.counts.outcomes["blocked"] == 1
    assert cleaned.predict(send_all=True).counts == Counts(3, 2, 0, 1)
    assert any("the API's block list was not read" in note for note in odd.notes)


def test_a_roster_that_does_not_add_up_is_not_read_whole(stub):
    stub.members, stub.total = [ANN, BOB], 5

    with sink_at(stub) as sink, pytest.raises(ListingIncomplete, match="2 rows were given, and 5 are stated"):
        list(sink.members())


def test_a_long_roster_is_read_page_by_page(stub, monkeypatch):
    monkeypatch.setattr("hygiene.mailman.client.PAGE", 7)
    stub.members = [f"lead{each}@birchworks.example" for each in range(40)]

    with sink_at(stub) as sink:
        assert sorted(sink.members()) == sorted(sink.members(whole_account=True)) == sorted(stub.members)


def test_a_list_that_is_not_there_is_said(stub):
    stub.gone = True

    with sink_at(stub) as sink, pytest.raises(ListNotFound, match="hygiene lists --to mailman"):
        sink.describe()


@pytest.mark.parametrize(
    "fault", ["drop before", (500, f"{PASSWORD} {ANN}"), (401, f"{PASSWORD} {ANN}"), (418, ANN)]
)
def test_neither_password_nor_address_shows_in_an_error(stub, fault, caplog):
    caplog.set_level("DEBUG")
    stub.faults = {ANN: [fault] * 9}

    with sink_at(stub) as sink, pytest.raises(HygieneError) as caught:
        send(sink, ANN)

    trace = caught.value.__traceback__.tb_next.tb_next  # the frames of this test hold both
    told = "".join(
        traceback.TracebackException(type(caught.value), caught.value, trace, capture_locals=True).format()
    )
    for secret in (PASSWORD, ANN):
        assert secret not in told + caplog.text + str(caught.value)
    assert repr(sink) == f"Mailman(base_url='{stub.url}')"


def test_what_is_missing_is_named(stub, monkeypatch):
    for name in ("MAILMAN_BASE_URL", "MAILMAN_USER", "MAILMAN_PASSWORD"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(UsageError, match="no password: set MAILMAN_PASSWORD, or MAILMAN_PASSWORD_FILE"):
        Mailman(LIST)
    monkeypatch.setenv("MAILMAN_PASSWORD", PASSWORD)
    with pytest.raises(UsageError, match="no user: set MAILMAN_USER"):
        Mailman(LIST)
    monkeypatch.setenv("MAILMAN_USER", "ann")
    with pytest.raises(UsageError, match="no base URL: set MAILMAN_BASE_URL to where Mailman is"):
        Mailman(LIST)
    monkeypatch.setenv("MAILMAN_BASE_URL", stub.url)
    with Mailman(LIST) as sink:
        assert sink.describe().size == 0
        other = sink.account
    with Mailman(LIST, user="bob") as sink:
        assert sink.account != other
    with Mailman() as sink, pytest.raises(UsageError, match="hygiene lists --to mailman"):
        sink.describe()


def test_bans_cannot_be_waived(stub):
    with (
        sink_at(stub) as sink,
        pytest.raises(UsageError, match="no way to waive its bans; leave waive_blocklist=True out"),
    ):
        sink.send(leads(ANN), file_name="a.csv", waive_blocklist=True)


def test_a_mailman_that_is_away_took_nothing(stub):
    url = stub.url
    with sink_at(stub, base_url=url.replace(str(stub.server_port), "9")) as sink, pytest.raises(Unreachable):
        send(sink, ANN, BOB)


def test_the_command_line_reads_and_sends(stub, run, monkeypatch, write):
    stub.members, stub.bans = [ANN], [BOB]
    write("leads.csv", f"email,company\n{ANN},Birch\n{BOB},Birch\n{CID},Birch\n")
    for name, value in (("BASE_URL", stub.url), ("USER", "ann"), ("PASSWORD", PASSWORD)):
        monkeypatch.setenv(f"MAILMAN_{name}", value)
    to = f"mailman:{LIST}"

    sent, out, err = run("import", "leads.csv", "--no-dns", "--yes", "--to", to)
    _, pulled, _ = run("pull", "leads", "--to", to, "--out", "known.csv")
    _, banned, _ = run("pull", "blocklist", "--to", to, "--out", "block.csv")
    _, shown, _ = run("lists", "--to", "mailman")
    well, doctors, _ = run("doctor", "--no-dns", "--to", to)
    refused, _, says = run("import", "leads.csv", "--no-dns", "--yes", "--to", to, "--rename", "company=firm")

    assert sent == 0, err
    assert "not sent: company\n" in err
    assert out.splitlines()[-1] == (
        "3 rows: 1 ready, 1 blocked, 1 duplicate; "
        "the API answered 1 total_leads, 1 imported, 0 duplicates, 0 blocked: as predicted."
    )
    assert pulled == f"known.csv: 2 rows, leads of list {LIST}\n"
    assert banned == "block.csv: 1 row, block list\n"
    assert LIST in shown
    assert (well, f"ok    list: {LIST} 'Spring', 2 leads" in doctors) == (0, True)
    assert (refused, "--rename is not for mailman:LIST@HOST" in says) == (2, True)


def test_the_command_line_writes_domains_as_a_labels_and_says_what_mailman_does_not_take(
    stub, run, monkeypatch, write
):
    write("leads.csv", f"email\n{ANN}\ncid@büro.example\nmüller@birchworks.example\n")
    for name, value in (("BASE_URL", stub.url), ("USER", "ann"), ("PASSWORD", PASSWORD)):
        monkeypatch.setenv(f"MAILMAN_{name}", value)
    command = ("import", "leads.csv", "--no-dns", "--yes", "--verify", "--to", f"mailman:{LIST}")

    rehearsed, dry, _ = run(*command[:4], "--dry-run", *command[-2:])
    sent, out, err = run(*command, "--format", "json")
    again, said, _ = run(*command)

    assert (rehearsed, sent, again) == (0, 0, 0), err
    assert "unsendable_address" in dry
    assert sorted(stub.posts) == [ANN, "cid@xn--bro-hoa.example"]
    told = json.loads(out)
    assert told["reasons"] == {"unsendable_address": 1}
    assert told["predicted"] == told["reported"]
    assert told["reported"]["imported"] == 2
    assert "as predicted" in said


def test_what_was_answered_before_a_refusal_is_not_asked_again(stub, tmp_path):
    many = [f"lead{each}@birchworks.example" for each in range(40)]
    stub.faults = {many[21]: [(401, "no")], many[5]: ["drop after"]}
    cleaned = hygiene.clean(pd.DataFrame({"email": many}))

    with sink_at(stub) as sink:
        first = hygiene.import_leads(cleaned, sink, journal=tmp_path / "j.sqlite", snapshot=False)
        taken = list(stub.members)
        second = hygiene.import_leads(cleaned, sink, journal=tmp_path / "j.sqlite", snapshot=False)

    states = [batch.state for batch in first.batches]
    assert isinstance(first.error, AuthError)
    assert {"acknowledged", "planned"} <= set(states)
    assert 0 < len(taken) < 40
    assert second.error is None
    assert sorted(stub.members) == sorted(many)
    assert all(stub.posts.count(each) == 1 for each in taken if each != many[5])
    assert second.reconciliation.agrees
