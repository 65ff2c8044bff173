"""Statuses that leave open what became of a request: nothing is sent again before evidence settles it."""

import json

import pandas as pd
import pytest

import hygiene
from hygiene.emulator import Emulator
from hygiene.errors import SinkError, UnknownOutcome
from hygiene.outcomes import Counts
from hygiene.policy import ImportPolicy
from hygiene.sinks import Reply, leaves_open

REDIRECTS = [300, 301, 302, 303, 307, 308]
OPEN = [*REDIRECTS, 408, 409, 425, 499, 500, 502, 503, 520]
EMAILS = [f"lead{row}@acme.example" for row in range(3)]


@pytest.fixture
def cleaned():
    return hygiene.clean(pd.DataFrame({"email": EMAILS}))


@pytest.mark.parametrize("scope", ["request", "list", "account"])
@pytest.mark.parametrize("headers", [{}, {"Retry-After": "1"}], ids=["bare", "to be tried later"])
@pytest.mark.parametrize("drop", ["before", "after"])
@pytest.mark.parametrize("status", [302, 408, 409, 425, 503])
def test_each_lead_is_in_the_list_once_whatever_the_api_remembers(
    cleaned, tmp_path, status, drop, headers, scope
):
    policy = ImportPolicy(duplicate_scope=scope)
    with Emulator(policy=policy) as api:
        list_id = api.create_list("A")
        api.fail_next(after=1, status=status, drop=drop, headers=headers)
        with hygiene.Smartlead(
            list_id=list_id, api_key=api.api_key, base_url=api.base_url, policy=policy
        ) as sink:
            for _ in range(2):
                receipt = hygiene.import_leads(cleaned, sink, journal=tmp_path / "j.sqlite", batch_leads=1)
        asked = [(method, path) for method, path, _ in api.requests]
        held = api.members(list_id)

    lost = [at for at, (method, path) in enumerate(asked) if path.endswith("/import")][1]
    assert receipt.reconciliation.agrees
    assert sorted(held) == EMAILS
    assert asked[lost + 1][1].startswith("/api/v1/leads/all")


@pytest.mark.parametrize("status", OPEN)
@pytest.mark.parametrize("headers", [{}, {"Retry-After": "0"}], ids=["bare", "to be tried later"])
def test_nobody_is_told_that_nothing_was_taken_and_nothing_is_sent_again(api, status, headers):
    list_id = api.create_list("A")
    api.fail_next(status=status, drop="after", headers=headers)
    with (
        hygiene.Smartlead(list_id=list_id, api_key=api.api_key, base_url=api.base_url, patience_s=60) as sink,
        pytest.raises(UnknownOutcome, match=f"HTTP {status}.*It may have landed") as caught,
    ):
        sink.send([{"email": EMAILS[0]}], file_name="f")

    assert "othing" not in str(caught.value)
    assert len(api.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 402, 404, 405, 413, 415, 422, 429, 431, 451])
def test_a_refusal_that_a_standard_knows_says_that_nothing_landed(status):
    assert not leaves_open(status)


def test_reading_is_asked_for_again_after_a_503_that_says_when(api):
    answers = iter([503])
    route = ("GET", "/lead-list/{id}")
    honest = api._routes.table[route]

    def at_first_busy(call):
        reply = honest(call)
        return type(reply)(next(answers, 200), reply.body, {"Retry-After": "0"})

    api._routes.table = {**api._routes.table, route: at_first_busy}
    list_id = api.create_list("A")
    with hygiene.Smartlead(
        list_id=list_id, api_key=api.api_key, base_url=api.base_url, patience_s=60
    ) as sink:
        found = sink.describe()

    assert found.id == list_id
    assert [status for *_, status in api.requests] == [503, 200]


class Refusing:
    """A sink that nobody can read, and that meets one status at its second request."""

    batch_leads, policy, name = 1, ImportPolicy(), "the other API"

    def __init__(self, status):
        self.left, self.status = 1, status

    def send(self, leads, /, *, file_name, waive_blocklist=False):
        self.left -= 1
        if self.left < 0:
            msg = f"HTTP {self.status}"
            raise SinkError(msg, status=self.status)
        return Reply(Counts(len(leads), len(leads), 0, 0))


@pytest.mark.parametrize("status", [307, 408, 409, 425, 503])
def test_a_batch_of_a_sink_that_cannot_be_read_stays_unknown(cleaned, status):
    receipt = hygiene.import_leads(cleaned, Refusing(status))

    assert [batch.state for batch in receipt.batches] == ["acknowledged", "unknown", "planned"]
    assert isinstance(receipt.error, UnknownOutcome)
    assert "cannot be read" in str(receipt.error)


def test_a_status_that_the_sink_declares_is_an_answer(cleaned):
    class Declaring(Refusing):
        answers = frozenset({409})

    receipt = hygiene.import_leads(cleaned, Declaring(409))

    assert [batch.state for batch in receipt.batches] == ["acknowledged", "planned", "planned"]
    assert not isinstance(receipt.error, UnknownOutcome)


@pytest.mark.parametrize("drop", ["before", "after"])
@pytest.mark.parametrize("status", REDIRECTS)
def test_an_import_that_is_redirected_is_settled_by_what_the_list_holds(
    api, tmp_path, run, monkeypatch, status, drop
):
    list_id = api.create_list("A")
    api.fail_next(status=status, drop=drop, headers={"Location": f"{api.base_url}/elsewhere"})
    monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)
    monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
    (tmp_path / "leads.csv").write_text("email\n" + "\n".join(EMAILS) + "\n")
    command = ("import", "leads.csv", "--list", list_id, "--no-dns", "--yes")

    stopped, _, told = run(*command, "--on-unknown", "stop")
    settled, out, _ = run(*command, "--format", "json")

    posts = [path for method, path, _ in api.requests if method == "POST"]
    assert (stopped, settled) == (5, 0)
    assert f"HTTP {status}" in told
    assert "Redirects are not followed; check SMARTLEAD_BASE_URL. It may have landed" in told
    assert len(posts) == (1 if drop == "after" else 2)
    assert json.loads(out)["outcomes"]["duplicate"] == 0  # its own leads are no known ones
    assert sorted(api.members(list_id)) == EMAILS


def test_a_batch_stays_unknown_where_the_list_cannot_be_read(api, cleaned, tmp_path, run, monkeypatch):
    list_id = api.create_list("A")
    api.fail_next(status=503, drop="after", headers={"Retry-After": "1"})
    route = ("GET", "/leads/all")
    honest = api._routes.table[route]
    down = []
    api._routes.table = {
        **api._routes.table,
        route: lambda call: type(honest(call))(500, "down") if down else honest(call),
    }
    monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)
    monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
    (tmp_path / "leads.csv").write_text("email\n" + "\n".join(EMAILS) + "\n")
    command = ("import", "leads.csv", "--list", list_id, "--no-dns", "--yes", "--no-snapshot")
    down.append(1)

    code, _, err = run(*command)
    sent = [path for method, path, _ in api.requests if method == "POST"]

    assert code == 5
    assert "could not be read" in err
    assert len(sent) == 1

    assert run(*command)[0] == 5  # a later run that finds nothing out says the same
    down.clear()
    assert run(*command, "--on-unknown", "resend")[0] == 0
    assert sorted(api.members(list_id)) == EMAILS
