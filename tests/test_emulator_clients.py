"""Where real clients of the API do something that a server made from its pages would not expect."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from hygiene.emulator import Emulator
from hygiene.errors import UsageError
from hygiene.smartlead import Smartlead


@pytest.fixture
def api() -> Iterator[Emulator]:
    with Emulator() as served:
        yield served


def ask(api: Emulator, method: str, path: str, *, key: str | None = None, **told: Any) -> httpx.Response:
    query = {"api_key": key or api.api_key, **told.pop("params", {})}
    return httpx.request(method, f"{api.base_url}{path}", params=query, headers={"User-Agent": "t/1"}, **told)


def ids(reply: httpx.Response) -> list[int]:
    return [row["id"] for row in reply.json()["data"]]


def test_tags_are_given_and_taken_and_lists_are_found_by_them(api: Emulator) -> None:
    one, two, three = (api.create_list(name) for name in "ABC")

    given = ask(api, "POST", "/lead-list/assign-tags", json={"listIds": [one, two], "tagIds": [7, 8]})
    ask(api, "POST", "/lead-list/assign-tags", json={"listIds": [two], "tagIds": [9], "removeTagIds": [7, 8]})

    assert given.json() == {"ok": True}
    assert ids(ask(api, "GET", "/lead-list/", params={"tagIds": "7"})) == [one]
    assert ids(ask(api, "GET", "/lead-list/", params={"tagIds": "7,9"})) == [one, two]
    assert ids(ask(api, "GET", "/lead-list/")) == [one, two, three]


@pytest.mark.parametrize(
    "body",
    [
        {"listIds": [], "tagIds": [1]},
        {"listIds": [1], "tagIds": list(range(11))},
        {"tagIds": [1]},
        {"listIds": ["1"]},
    ],
)
def test_tags_beyond_what_is_documented_are_refused(api: Emulator, body: dict[str, Any]) -> None:
    assert ask(api, "POST", "/lead-list/assign-tags", json=body).status_code == 400


@pytest.mark.parametrize(("action", "left"), [("move", []), ("copy", ["a@x.example", "b@x.example"])])
def test_leads_go_from_one_list_to_another(api: Emulator, action: str, left: list[str]) -> None:
    one = api.create_list("A", members=["a@x.example", "b@x.example"])
    two = api.create_list("B", members=["B@x.example"])

    told = {"action": action, "fromListId": one, "toListId": two}
    reply = ask(api, "POST", "/leads/leads/push-between-lists", json=told)

    assert reply.json() == {"ok": True, "data": {"total_leads_moved": 1}}
    assert sorted(api.members(two)) == ["B@x.example", "a@x.example"]
    assert api.members(one) == left


def test_single_leads_are_pushed_by_their_numbers(api: Emulator) -> None:
    one, two = api.create_list("A", members=["a@x.example", "b@x.example"]), api.create_list("B")
    leads = ask(api, "GET", "/leads/all", params={"listId": one}).json()["data"]["leads"]

    told = {"action": "copy", "leadIds": [leads[0]["id"]], "toListId": two}
    ask(api, "POST", "/leads/leads/push-between-lists", json=told)

    assert api.members(two) == [leads[0]["email"]]
    assert (
        ask(api, "POST", "/leads/leads/push-between-lists", json=told | {"fromListId": one}).status_code
        == 400
    )
    assert (
        ask(api, "POST", "/leads/leads/push-between-lists", json=told | {"action": "take"}).status_code == 400
    )


def test_the_filters_of_the_vendors_own_client_are_taken(api: Emulator) -> None:
    home = api.create_list("A", members=["a@x.example"])
    lead = {"email": "b@x.example", "status": "paused", "email_status": "valid", "client_id": 3}
    ask(api, "POST", f"/lead-list/{home}/import", json={"leadList": [lead], "fileName": "f"})
    campaign = api.campaigns.create("C", members=["a@x.example"])

    def found(**params: Any) -> list[str]:
        data = ask(api, "GET", "/leads/all", params=params).json()["data"]
        assert data["totalCount"] == len(data["leads"])
        return [lead["email"] for lead in data["leads"]]

    for filters in (
        {"status": "paused"},
        {"emailStatus": "valid"},
        {"clientId": 3},
        {"leadEmail": "B@x.example"},
        {"leadType": "yet_to_use"},
    ):
        assert found(**filters, listId=home) == ["b@x.example"]
    assert found(campaignId=campaign) == found(leadType="active") == ["a@x.example"]
    assert found(leadType="archived") == []
    assert ask(api, "GET", "/leads/all", params={"leadType": "all"}).status_code == 400


def test_a_bare_array_of_leads_is_gone_on_with_from_its_last_lead() -> None:
    members = [f"lead{number}@x.example" for number in range(1203)]
    with Emulator(bare_leads=True) as api:
        home = api.create_list("A", members=members)
        assert isinstance(ask(api, "GET", "/leads/all").json(), list)
        with Smartlead(list_id=home, api_key=api.api_key, base_url=api.base_url) as sink:
            read = sorted(sink.members())

    assert read == sorted(members)


def test_an_account_has_one_window_for_all_its_keys_and_says_so_in_its_own_words() -> None:
    with Emulator(api_key="one", other_keys=["two"], rate=[(9, 60.0)], account_rate=[(3, 60.0)]) as api:
        replies = [ask(api, "GET", "/lead-list/", key=key) for key in ("one", "two", "one", "two")]

    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
    assert (
        replies[-1]
        .json()["message"]
        .startswith("Account rate limit exceeded. You have exceeded the 3 reques")
    )
    assert "retry-after" not in replies[-1].headers


def test_each_key_has_windows_of_its_own() -> None:
    with Emulator(api_key="one", other_keys=["two"], rate=[(1, 60.0)]) as api:
        statuses = [ask(api, "GET", "/lead-list/", key=key).status_code for key in ("one", "two", "one")]

    assert statuses == [200, 200, 429]


@pytest.mark.parametrize("agent", ["Python-urllib/3.12", "python-requests/2.32.3"])
def test_programs_that_do_not_say_who_they_are_are_banned(api: Emulator, agent: str) -> None:
    reply = httpx.get(
        f"{api.base_url}/lead-list/", params={"api_key": api.api_key}, headers={"User-Agent": agent}
    )

    assert (reply.status_code, reply.text) == (403, "error code: 1010")


@pytest.mark.parametrize(
    ("missing", "status", "body"),
    [("error", 404, {"error": "Lead list not found"}), ("ok", 200, {"ok": True}), ("empty", 200, {})],
)
def test_a_delete_of_what_is_not_there_is_answered_as_it_is_set(
    missing: Any, status: int, body: object
) -> None:
    with Emulator(missing=missing) as api:
        gone = ask(api, "DELETE", "/lead-list/99")
        entry = ask(api, "DELETE", "/leads/delete-domain-block-list", params={"id": 99})

    assert (gone.status_code, gone.json()) == (status, body)
    assert entry.status_code == status


def test_a_switch_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="missing is 'gone'"):
        Emulator(missing="gone")  # type: ignore[arg-type]  # the mistake under test
    with Emulator() as api, pytest.raises(UsageError, match="effect is 'eaten'"):
        api.bounce(["a@x.example"], effect="eaten")


@pytest.mark.skipif(sys.platform == "win32", reason="is ended by a signal")
def test_the_command_serves_with_the_same_switches(tmp_path: Path) -> None:
    switches = ["--reply", "campaign", "--bare-leads", "--missing", "empty"]
    switches += ["--account-rate", "4/m", "--other-key", "two", "--key", "one"]
    command = [sys.executable, "-m", "hygiene", "emulate", *switches]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as served:
        try:
            assert served.stdout is not None
            base = served.stdout.readline().strip().removeprefix("export SMARTLEAD_BASE_URL=")
            with httpx.Client(headers={"User-Agent": "t/1"}, params={"api_key": "two"}) as client:
                told = {"leadList": [{"email": "ann@x.example"}], "fileName": "f"}
                reply = client.post(f"{base}/lead-list/1/import", json=told).json()
                leads = client.get(f"{base}/leads/all").json()
                gone = client.delete(f"{base}/lead-list/99").json()
                client.get(f"{base}/lead-list/", params={"api_key": "one"})
                late = client.get(f"{base}/lead-list/")
        finally:
            served.terminate()

    assert (reply["upload_count"], reply["total_leads"]) == (1, 1)
    assert [lead["email"] for lead in leads] == ["ann@x.example"]
    assert gone == {}
    assert late.json()["message"].startswith("Account rate limit exceeded. You have exceeded the 4 requests")


def test_a_rate_that_is_none_is_refused_by_the_name_that_it_was_given_as(run: Any) -> None:
    code, _, err = run("emulate", "--account-rate", "fast")

    assert code == 2
    assert "--account-rate fast: expected requests a second, minute or hour" in err
