"""Every fault at the first, middle and last batch: nothing is lost, nothing counted twice, all explained."""

import socket
import threading
import time
from contextlib import contextmanager

import pandas as pd
import pytest

import hygiene
from hygiene.emulator import Emulator
from hygiene.errors import HygieneError

pytestmark = pytest.mark.faults

ROWS, SIZE = 21, 3
EMAILS = [f"lead{row}@acme.example" for row in range(ROWS)]

FAULTS = {
    "drop before": {"drop": "before"},
    "drop after": {"drop": "after"},
    "half reply": {"half": True},
    "half refusal": {"status": 500, "body": {"error": "x" * 50}, "half": True},
    "slow beyond timeout": {"delay_s": 0.4},
    "500 before commit": {"status": 500, "body": {"error": "no"}},
    "500 after commit": {"status": 500, "body": {"error": "no"}, "drop": "after"},
    "502 HTML": {"status": 502, "body": "<html>Bad gateway</html>"},
    "502 HTML after commit": {"status": 502, "body": "<html>Bad gateway</html>", "drop": "after"},
    "503 with Retry-After": {"status": 503, "body": "", "headers": {"Retry-After": "7"}},
    "429 with Retry-After": {"status": 429, "body": "", "headers": {"Retry-After": "7"}},
    "429 with retry_after": {"status": 429, "body": {"error": {"retry_after": 7}}},
    "429 bare": {"status": 429, "body": ""},
    "empty 200": {"status": 200, "body": ""},
    "empty 200 after commit": {"status": 200, "body": "", "drop": "after"},
    "ok:false": {"status": 200, "body": {"ok": False, "error": "something"}},
    "ok:false after commit": {"status": 200, "body": {"ok": False, "error": "something"}, "drop": "after"},
    "garbage": {"status": 200, "body": "\x00\x01{]"},
    "garbage after commit": {"status": 200, "body": "\x00\x01{]", "drop": "after"},
    "200 HTML": {"status": 200, "body": "<html>Just a moment</html>"},
}


class Clock:
    """Time that passes only while somebody waits."""

    def __init__(self, monkeypatch):
        self.waited, self.ahead = [], 0.0
        monkeypatch.setattr(time, "time", lambda real=time.time: real() + self.ahead)

    def pause(self, seconds, why):
        self.waited.append(seconds)
        self.ahead += seconds


@pytest.fixture
def cleaned():
    return hygiene.clean(pd.DataFrame({"email": EMAILS}))


def finish(api, list_id, cleaned, journal, *, runs=6, **more):
    """Run the same import until it is complete; gives the last receipt and how many runs it took."""
    for run in range(1, runs + 1):
        with hygiene.Smartlead(
            list_id=list_id, api_key=api.api_key, base_url=api.base_url, timeout_s=0.2, patience_s=0
        ) as sink:
            try:
                receipt = hygiene.import_leads(cleaned, sink, journal=journal, batch_leads=SIZE, **more)
            except HygieneError:
                continue
        if receipt.reconciliation.status != "incomplete":
            return receipt, run
    pytest.fail(f"not complete after {runs} runs: {receipt.error}")


@pytest.mark.parametrize(
    ("at", "on_unknown"),
    [(at, how) for how in ("verify", "resend") for at in (0, 3, 6)],
    ids=[f"{where}, {how}" for how in ("verified", "sent again") for where in ("first", "middle", "last")],
)
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_after_resuming_every_lead_is_in_the_list_once_and_the_counts_agree(
    api, cleaned, tmp_path, fault, at, on_unknown
):
    list_id = api.create_list("A")
    api.fail_next(after=at, **fault)

    receipt, _ = finish(api, list_id, cleaned, tmp_path / "j.sqlite", on_unknown=on_unknown)

    assert sorted(api.members(list_id)) == sorted(EMAILS)
    assert receipt.reconciliation.status == "agrees"
    assert {batch.state for batch in receipt.batches} <= {"acknowledged", "settled"}
    assert sum(batch.rows for batch in receipt.batches) == ROWS
    assert receipt.reconciliation.drift.as_dict() == dict.fromkeys(receipt.predicted.as_dict(), 0)


@pytest.mark.parametrize("fault", ["drop before", "500 after commit", "empty 200"])
def test_three_lost_answers_in_a_row_stop_the_run_and_the_next_one_goes_on(api, cleaned, tmp_path, fault):
    list_id = api.create_list("A")
    for _ in range(3):
        api.fail_next(**FAULTS[fault])

    receipt, runs = finish(api, list_id, cleaned, tmp_path / "j.sqlite")

    assert runs == 2
    assert receipt.reconciliation.agrees
    assert sorted(api.members(list_id)) == sorted(EMAILS)


@pytest.mark.parametrize(("landed", "told"), [("after", "all of it"), ("before", None)])
def test_sent_again_the_answer_tells_whether_the_first_send_had_landed(api, cleaned, tmp_path, landed, told):
    list_id = api.create_list("A")
    api.fail_next(after=1, drop=landed)

    receipt, _ = finish(api, list_id, cleaned, tmp_path / "j.sqlite", on_unknown="resend")

    assert receipt.reconciliation.replayed == (SIZE if told else 0)
    assert [told in line for line in receipt.reconciliation.explain()] == ([True] if told else [])


@pytest.mark.parametrize(
    ("fault", "least", "most"),
    [
        ("429 with Retry-After", 6, 7),
        ("429 with retry_after", 6, 7),
        ("429 bare", 0.4, 1),
        ("503 with Retry-After", 6, 7),
    ],
)
def test_an_api_that_asks_to_wait_is_waited_for_within_the_run(api, cleaned, monkeypatch, fault, least, most):
    list_id, clock = api.create_list("A"), Clock(monkeypatch)
    api.fail_next(after=2, **FAULTS[fault])

    with hygiene.Smartlead(
        list_id=list_id, api_key=api.api_key, base_url=api.base_url, patience_s=60, pause=clock.pause
    ) as sink:
        receipt = hygiene.import_leads(cleaned, sink, batch_leads=SIZE)

    assert receipt.reconciliation.agrees
    assert least < clock.waited[0] <= most


@contextmanager
def switched_proxy(port):
    """A way to the API that can be shut, so that connections are refused, and opened again."""
    way = _Way(port)
    try:
        yield way
    finally:
        way.shut()


class _Way:
    def __init__(self, port):
        self._to, self.port = port, 0
        self._open = []
        self.open()

    def open(self):
        self._listening = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._take, args=(self._listening,), daemon=True).start()

    def shut(self):
        if self._listening.fileno() < 0:
            return
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for one in self._open:
            one.close()

    def _take(self, listening):
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            api = socket.create_connection(("127.0.0.1", self._to))
            self._open += [client, api]
            for one, other in ((client, api), (api, client)):
                threading.Thread(target=_pump, args=(one, other), daemon=True).start()


def _pump(one, other):
    try:
        while octets := one.recv(65536):
            other.sendall(octets)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        return


@pytest.mark.parametrize("at", [0, 3, 6])
def test_a_refused_connection_leaves_the_rest_to_the_next_run(api, cleaned, tmp_path, at):
    list_id = api.create_list("A")
    with switched_proxy(int(api.base_url.split(":")[2].split("/")[0])) as way:
        url = f"http://127.0.0.1:{way.port}/api/v1"

        def shut(done, of):
            if done == at * SIZE:
                way.shut()

        with hygiene.Smartlead(list_id=list_id, api_key=api.api_key, base_url=url, patience_s=0) as sink:
            if at:
                receipt = hygiene.import_leads(
                    cleaned, sink, journal=tmp_path / "j.sqlite", batch_leads=SIZE, progress=shut
                )
                assert receipt.reconciliation.status == "incomplete"
            else:
                way.shut()
                with pytest.raises(HygieneError):
                    hygiene.import_leads(cleaned, sink, journal=tmp_path / "j.sqlite", batch_leads=SIZE)
        way.open()
        with hygiene.Smartlead(list_id=list_id, api_key=api.api_key, base_url=url, patience_s=0) as sink:
            receipt = hygiene.import_leads(cleaned, sink, journal=tmp_path / "j.sqlite", batch_leads=SIZE)

    assert receipt.reconciliation.agrees
    assert sorted(api.members(list_id)) == sorted(EMAILS)


def test_an_api_that_remembers_nothing_is_not_sent_a_batch_that_may_be_under_way(cleaned, tmp_path):
    policy = hygiene.ImportPolicy(duplicate_scope="request")
    with Emulator(policy=policy) as api:
        list_id = api.create_list("A")
        api.fail_next(after=2, drop="before")
        with hygiene.Smartlead(
            list_id=list_id, api_key=api.api_key, base_url=api.base_url, policy=policy
        ) as sink:
            stopped = hygiene.import_leads(cleaned, sink, journal=tmp_path / "j.sqlite", batch_leads=SIZE)
            sends = len([path for method, path, _ in api.requests if method == "POST"])
            resumed = hygiene.import_leads(cleaned, sink, journal=tmp_path / "j.sqlite", batch_leads=SIZE)

        assert (stopped.reconciliation.status, sends) == ("incomplete", 3)
        assert "would import the same leads again" in str(stopped.error)
        assert resumed.reconciliation.agrees
        assert sorted(api.members(list_id)) == sorted(EMAILS)
