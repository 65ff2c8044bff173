import sqlite3
import threading
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest

from hygiene.emulator import Emulator
from hygiene.emulator.counting import import_leads
from hygiene.errors import UsageError
from hygiene.policy import ImportPolicy

Counted = tuple[int, int, int, int]


@contextmanager
def client_of(api: Emulator, key: str | None = None) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=api.base_url, params={"api_key": key or api.api_key}) as client:
        yield client


def send(api: Emulator, list_id: int, emails: Iterable[object], **more: object) -> httpx.Response:
    body = {"leadList": [{"email": email} for email in emails], "fileName": "leads.csv", **more}
    with client_of(api) as client:
        return client.post(f"/lead-list/{list_id}/import", json=body)


def counts(reply: httpx.Response) -> Counted:
    assert reply.status_code == 200, reply.text
    data = reply.json()["data"]
    return data["total_leads"], data["imported"], data["duplicates"], data["blocked"]


def count_one(
    policy: ImportPolicy,
    emails: Iterable[object],
    *,
    members: Iterable[str] = (),
    block: Iterable[str] = (),
    **more: object,
) -> Counted:
    with Emulator(policy=policy) as api:
        list_id = api.create_list("A", members=members)
        api.block(block)
        return counts(send(api, list_id, emails, **more))


@pytest.fixture
def api() -> Iterator[Emulator]:
    with Emulator() as api:
        yield api


def test_a_lead_counts_as_imported_duplicate_or_blocked() -> None:
    emails = ["new@a.example", "new@a.example", "old@a.example", "x@shut.example"]

    found = count_one(ImportPolicy(), emails, members=["old@a.example"], block=["shut.example"])

    assert found == (4, 1, 2, 1)


def test_an_empty_import_counts_nothing() -> None:
    assert count_one(ImportPolicy(), []) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("rule", "emails", "on", "off"),
    [
        ("fold_case", ["a@x.example", "A@X.example"], (2, 1, 1, 0), (2, 2, 0, 0)),
        ("strip_whitespace", ["a@x.example", " a@x.example\t"], (2, 1, 1, 0), (2, 1, 0, 0)),
        ("fold_plus_tag", ["a@x.example", "a+1@x.example", "a+2+3@x.example"], (3, 1, 2, 0), (3, 3, 0, 0)),
        ("fold_plus_tag", ["+1@x.example", "+2@x.example"], (2, 2, 0, 0), (2, 2, 0, 0)),
        ("fold_gmail_dots", ["a.b@gmail.com", "ab@googlemail.com"], (2, 1, 1, 0), (2, 2, 0, 0)),
        ("fold_gmail_dots", ["a.b@x.example", "ab@x.example"], (2, 2, 0, 0), (2, 2, 0, 0)),
    ],
)
def test_a_folding_rule_makes_spellings_one_lead(
    rule: str, emails: list[str], on: Counted, off: Counted
) -> None:
    assert count_one(ImportPolicy(**{rule: True}), emails) == on  # type: ignore[arg-type]  # names of rules
    assert count_one(ImportPolicy(**{rule: False}), emails) == off  # type: ignore[arg-type]


def test_folding_of_members_and_of_case_reaches_gmail() -> None:
    policy = ImportPolicy(fold_gmail_dots=True, fold_plus_tag=True)

    assert count_one(policy, ["AB@Gmail.com"], members=["a.b+x@googlemail.com"]) == (1, 0, 1, 0)


@pytest.mark.parametrize(
    ("scope", "first", "again", "other"),
    [
        ("request", (3, 2, 1, 0), (3, 2, 1, 0), (3, 2, 1, 0)),
        ("list", (3, 1, 2, 0), (3, 0, 3, 0), (3, 2, 1, 0)),
        ("account", (3, 1, 2, 0), (3, 0, 3, 0), (3, 0, 3, 0)),
    ],
)
def test_the_scope_says_where_a_lead_must_be_already(
    scope: str, first: Counted, again: Counted, other: Counted
) -> None:
    with Emulator(policy=ImportPolicy(duplicate_scope=scope)) as api:  # type: ignore[arg-type]  # literals above
        one, two = api.create_list("A", members=["m@x.example"]), api.create_list("B")
        emails = ["m@x.example", "n@x.example", "n@x.example"]

        found = [counts(send(api, number, emails)) for number in (one, one, two)]

    assert found == [first, again, other]


@pytest.mark.parametrize(
    ("policy", "blocked"),
    [
        (ImportPolicy(), 2),
        (ImportPolicy(block_addresses=False), 1),
        (ImportPolicy(block_domains=False), 1),
        (ImportPolicy(block_subdomains=True), 3),
        (ImportPolicy(block_subdomains=True, block_domains=False), 1),
        (ImportPolicy(block_fold_case=False), 1),
    ],
)
def test_the_block_list_covers_what_the_rules_say(policy: ImportPolicy, blocked: int) -> None:
    emails = ["a@x.example", "b@SHUT.example", "c@sub.deep.shut.example", "d@notshut.example"]

    found = count_one(policy, emails, block=["a@x.example", "shut.example"])

    assert found == (4, 4 - blocked, 0, blocked)


@pytest.mark.parametrize(("remembered", "second"), [(False, (1, 1, 0, 0)), (True, (1, 0, 1, 0))])
def test_blocked_leads_are_remembered_where_the_policy_says(remembered: bool, second: Counted) -> None:
    with Emulator(policy=ImportPolicy(blocked_are_remembered=remembered)) as api:
        list_id = api.create_list("A")
        api.block(["shut.example"])
        first = counts(send(api, list_id, ["a@shut.example"]))

        waived = counts(send(api, list_id, ["a@shut.example"], csvSettings={"ignoreGlobalBlockList": True}))

    assert (first, waived) == ((1, 0, 0, 1), second)


@pytest.mark.parametrize(
    ("covers", "waive", "found"),
    [
        ("all", False, (3, 1, 0, 2)),
        ("all", True, (3, 3, 0, 0)),
        ("domains", True, (3, 2, 0, 1)),
        ("domains", False, (3, 1, 0, 2)),
    ],
)
def test_a_waiver_covers_all_entries_or_domains(covers: str, waive: bool, found: Counted) -> None:
    policy = ImportPolicy(waive_covers=covers)  # type: ignore[arg-type]  # literals above
    emails, block = ["a@x.example", "b@shut.example", "c@x.example"], ["a@x.example", "shut.example"]

    assert count_one(policy, emails, block=block, csvSettings={"ignoreGlobalBlockList": waive}) == found


@pytest.mark.parametrize(("precedence", "found"), [("blocked", (2, 0, 0, 2)), ("duplicate", (2, 0, 1, 1))])
def test_precedence_decides_for_a_lead_that_is_blocked_and_a_repeat(precedence: str, found: Counted) -> None:
    policy = ImportPolicy(precedence=precedence)  # type: ignore[arg-type]  # literals above
    emails = ["old@shut.example", "new@shut.example"]

    assert count_one(policy, emails, members=["old@shut.example"], block=["shut.example"]) == found


UNUSABLE = [None, "", "  ", "plain", "a@b@c.example", "@x.example", "a@nodot", "a@x..example", "a@.example"]
UNUSABLE += ["a@x.example.", "a b@x.example", "a\u0007@x.example"]


@pytest.mark.parametrize(
    ("invalid_rows", "found"),
    [("uncounted", (14, 1, 1, 0)), ("blocked", (14, 1, 1, 12)), ("imported", (14, 13, 1, 0))],
)
def test_a_lead_without_a_usable_address_follows_its_rule(invalid_rows: str, found: Counted) -> None:
    policy = ImportPolicy(invalid_rows=invalid_rows)  # type: ignore[arg-type]  # literals above

    assert count_one(policy, [*UNUSABLE, "a@x.example", "a@x.example"]) == found


def test_a_lead_without_any_email_field_is_invalid(api: Emulator) -> None:
    list_id = api.create_list("A")
    body = {"leadList": [{"first_name": "Ada"}], "fileName": "f"}

    with client_of(api) as client:
        assert counts(client.post(f"/lead-list/{list_id}/import", json=body)) == (1, 0, 0, 0)


def test_invalid_leads_that_are_imported_are_never_repeats_nor_blocked_and_are_members() -> None:
    policy = ImportPolicy(invalid_rows="imported", blocked_are_remembered=True)
    with Emulator(policy=policy) as api:
        list_id = api.create_list("A")
        api.block(["plain"])

        found = counts(send(api, list_id, ["plain", " plain ", None]))

        assert found == (3, 3, 0, 0)
        assert api.members(list_id) == ["plain", "plain", ""]


@pytest.mark.parametrize("email", UNUSABLE)
def test_a_request_is_refused_whole_where_the_policy_says(email: object) -> None:
    with Emulator(policy=ImportPolicy(invalid_rows="reject_request")) as api:
        list_id = api.create_list("A")

        reply = send(api, list_id, ["a@x.example", email])

        assert reply.status_code == 400
        assert reply.json() == {
            "statusCode": 400,
            "error": "Bad Request",
            "message": '"leadList[1].email" must be a valid email',
            "validation": {"source": "body", "keys": ["leadList.1.email"]},
        }
        assert api.members(list_id) == []


def test_an_entry_of_a_client_does_not_act_on_a_list(api: Emulator) -> None:
    list_id = api.create_list("A")
    api.block(["shut.example"], client_id=7)

    assert counts(send(api, list_id, ["a@shut.example"])) == (1, 1, 0, 0)


def test_members_are_kept_in_order_with_the_text_they_came_with(api: Emulator) -> None:
    list_id = api.create_list("A", members=["Old@x.example"])

    send(api, list_id, ["B@x.example", " a@x.example", "old@x.example"])

    assert api.members(list_id) == ["Old@x.example", "B@x.example", "a@x.example"]


def test_a_list_is_created_read_renamed_and_deleted(api: Emulator) -> None:
    with client_of(api) as client:
        made = client.post("/lead-list/", json={"listName": "Acme"}).json()
        number = made["id"]
        renamed = client.put(f"/lead-list/{number}", json={"listName": "Beta"}).json()
        send(api, number, ["a@x.example"])
        found = client.get(f"/lead-list/{number}").json()["data"]
        deleted = client.delete(f"/lead-list/{number}").json()
        missing = client.get(f"/lead-list/{number}")

    assert made == {"ok": True, "id": number, "listName": "Acme"}
    assert renamed == deleted == {"ok": True}
    assert (found["id"], found["listName"], found["lead_count"]) == (number, "Beta", 1)
    assert (missing.status_code, missing.json()) == (200, {"ok": True, "data": None})


def test_lists_are_found_by_part_of_the_name_page_by_page(api: Emulator) -> None:
    for name in ("Spring EU", "Autumn", "Spring US"):
        api.create_list(name)

    with client_of(api) as client:
        both = client.get("/lead-list/", params={"listName": "spring"}).json()["data"]
        second = client.get("/lead-list/", params={"limit": 1, "offset": 1}).json()["data"]

    assert [row["name"] for row in both] == ["Spring EU", "Spring US"]
    assert [row["name"] for row in second] == ["Autumn"]
    assert set(second[0]) == {"id", "name", "lead_count", "created_at"}


@pytest.mark.parametrize(("method", "body"), [("PUT", {"listName": "B"}), ("DELETE", None)])
def test_a_missing_list_is_404_for_changes(api: Emulator, method: str, body: object) -> None:
    with client_of(api) as client:
        reply = client.request(method, "/lead-list/9", json=body)

    assert (reply.status_code, reply.json()) == (404, {"error": "Lead list not found"})


def test_an_import_into_a_missing_list_is_404_and_stores_nothing(api: Emulator) -> None:
    reply = send(api, 9, ["a@x.example"])

    assert (reply.status_code, reply.json()) == (404, {"error": "Lead list not found"})
    with client_of(api) as client:
        assert client.get("/leads/all").json()["data"]["totalCount"] == 0


def test_a_list_number_is_taken_once(api: Emulator) -> None:
    assert api.create_list("A", list_id=500) == 500

    with pytest.raises(UsageError, match="500 exists"):
        api.create_list("B", list_id=500)


def test_leads_come_newest_first_by_cursor(api: Emulator) -> None:
    first = api.create_list("A", members=["a@x.example", "b@x.example", "c@x.example"])
    api.create_list("B", members=["d@x.example"])

    pages, cursor = [], None
    with client_of(api) as client:
        while True:
            query = {"limit": 2, "listId": first} | ({"lastSeenLeadId": cursor} if cursor else {})
            data = client.get("/leads/all", params=query).json()["data"]
            if not data["leads"]:
                break
            pages.append([lead["email"] for lead in data["leads"]])
            cursor = data["lastSeenLeadId"]
        account = client.get("/leads/all").json()["data"]

    assert pages == [["c@x.example", "b@x.example"], ["a@x.example"]]
    assert (data["totalCount"], account["totalCount"]) == (3, 4)
    assert account["leads"][0]["email"] == "d@x.example"


def test_a_lead_keeps_its_fields_and_is_found_by_address(api: Emulator) -> None:
    list_id = api.create_list("A")
    lead = {"email": "Ada@x.example", "first_name": "Ada", "custom_fields": {"tier": 1}, "id": "theirs"}

    with client_of(api) as client:
        client.post(f"/lead-list/{list_id}/import", json={"leadList": [lead], "fileName": "f"})
        found = client.get("/leads/", params={"email": "ada@x.example"}).json()
        unknown = client.get("/leads/", params={"email": "bob@x.example"})

    assert (found["first_name"], found["custom_fields"], found["email"]) == (
        "Ada",
        {"tier": 1},
        "Ada@x.example",
    )
    assert isinstance(found["id"], int)
    assert (unknown.status_code, unknown.json()) == (200, {})


def test_a_lead_that_unsubscribed_says_so_in_every_list_and_counts_as_before(api: Emulator) -> None:
    first = api.create_list("A", members=["ada@x.example", "bob@x.example"])
    api.unsubscribe(["ADA@x.example", "cleo@x.example"])
    second = api.create_list("B")
    sent = [{"email": "bob@x.example", "is_unsubscribed": True}, {"email": "cleo@x.example"}]

    with client_of(api) as client:
        client.post(f"/lead-list/{second}/import", json={"leadList": sent, "fileName": "f"})
        rows = [
            lead
            for list_id in (first, second)
            for lead in client.get("/leads/all", params={"listId": list_id}).json()["data"]["leads"]
        ]

    assert [(lead["email"], lead["is_unsubscribed"]) for lead in rows] == [
        ("bob@x.example", False),
        ("ada@x.example", True),
        ("cleo@x.example", True),
        ("bob@x.example", False),
    ]


def test_leads_of_a_deleted_list_stay_in_the_account() -> None:
    with Emulator(policy=ImportPolicy(duplicate_scope="account")) as api:
        gone, other = api.create_list("A", members=["a@x.example"]), api.create_list("B")
        with client_of(api) as client:
            client.delete(f"/lead-list/{gone}")

        assert counts(send(api, other, ["a@x.example"])) == (1, 0, 1, 0)


def test_the_block_list_is_added_to_filtered_and_shortened(api: Emulator) -> None:
    post, get, drop = (
        "/leads/add-domain-block-list",
        "/leads/get-domain-block-list",
        "/leads/delete-domain-block-list",
    )
    with client_of(api) as client:
        body = {"domain_block_list": ["shut.example", "a+b@x.example"], "client_id": None}
        added = client.post(post, json=body).json()
        again = client.post(post, json={"domain_block_list": ["shut.example"]}).json()
        client.post(post, json={"domain_block_list": ["theirs.example"], "client_id": 3})
        entries = client.get(get).json()
        fuzzy = client.get(get, params={"filter_email_or_domain": "SHUT"}).json()
        exact = client.get(get, params={"filter_email_with_domain": "shut"}).json()
        client3 = client.get(get, params={"filter_client_id": 3}).json()
        removed = client.delete(drop, params={"id": entries[0]["id"]})
        twice = client.delete(drop, params={"id": entries[0]["id"]})

    assert added == {"uploadCount": 2, "totalDomainAdded": 2}
    assert again == {"uploadCount": 1, "totalDomainAdded": 0}
    assert [entry["email_or_domain"] for entry in entries] == [
        "shut.example",
        "a+b@x.example",
        "theirs.example",
    ]
    assert set(entries[0]) == {"id", "email_or_domain", "created_at", "source", "client_id"}
    assert ([len(found) for found in (fuzzy, exact, client3)]) == [1, 0, 1]
    assert (removed.json(), twice.status_code) == ({"ok": True}, 404)


def test_the_import_reply_takes_the_documented_and_observed_shapes() -> None:
    found = {}
    for shape in ("page", "openapi", "strings", "campaign"):
        with Emulator(reply=shape) as api:
            found[shape] = send(api, api.create_list("A"), ["a@x.example", "a@x.example"]).json()

    sibling = found.pop("campaign")
    assert {name: count for name, count in sibling.items() if count} == {
        "ok": True,
        "upload_count": 2,
        "total_leads": 1,
        "duplicate_count": 1,
    }
    page = {"total_leads": 2, "imported": 1, "duplicates": 1, "blocked": 0}
    assert found == {
        "page": {"ok": True, "data": page},
        "openapi": {"ok": True, "imported_count": 1},
        "strings": {"ok": True, "data": {name: str(count) for name, count in page.items()}},
    }


def test_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(UsageError, match="reply is 'yaml'"):
        Emulator(reply="yaml")  # type: ignore[arg-type]  # the mistake under test
    with pytest.raises(UsageError, match="rate window"):
        Emulator(rate=[(0, 1.0)])
    with Emulator() as api, pytest.raises(UsageError, match="cannot be bound"):
        Emulator(port=int(api.base_url.split(":")[2].partition("/")[0]))


@pytest.mark.parametrize("query", ["", "?api_key=", "?api_key=wrong"])
def test_a_wrong_key_is_401(api: Emulator, query: str) -> None:
    reply = httpx.get(f"{api.base_url}/lead-list/{query}")

    assert (reply.status_code, reply.json()) == (401, {"message": "Invalid API Key"})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([], '"value" must be of type object'),
        ({"fileName": "f"}, '"leadList" is required'),
        ({"leadList": {}, "fileName": "f"}, '"leadList" must be an array'),
        ({"leadList": []}, '"fileName" is required'),
        ({"leadList": [], "fileName": ""}, '"fileName" is not allowed to be empty'),
        ({"leadList": ["a"], "fileName": "f"}, '"leadList[0]" must be of type object'),
        ({"leadList": [{"email": 5}], "fileName": "f"}, '"leadList[0].email" must be a string'),
        ({"leadList": [], "fileName": "f", "settings": {}}, '"settings" is not allowed'),
        ({"leadList": [], "fileName": "f", "csvSettings": {"x": 1}}, '"csvSettings.x" is not allowed'),
        (
            {"leadList": [], "fileName": "f", "csvSettings": {"ignoreGlobalBlockList": "yes"}},
            '"csvSettings.ignoreGlobalBlockList" must be a boolean',
        ),
        (
            {"leadList": [{}, {}, {}], "fileName": "f"},
            '"leadList" must contain less than or equal to 2 items',
        ),
    ],
)
def test_a_body_that_does_not_fit_is_refused_in_joi_words(body: object, message: str) -> None:
    with Emulator(max_batch_leads=2) as api, client_of(api) as client:
        reply = client.post(f"/lead-list/{api.create_list('A')}/import", json=body)

    assert reply.status_code == 400
    assert reply.json()["message"] == message


@pytest.mark.parametrize(
    ("path", "query", "message"),
    [
        ("/leads/all", {"page": 2}, '"page" is not allowed'),
        ("/leads/all", {"offset": 2}, '"offset" is not allowed'),
        ("/leads/all", {"limit": 1001}, '"limit" must be less than or equal to 1000'),
        ("/leads/all", {"limit": 0}, '"limit" must be greater than or equal to 1'),
        ("/leads/all", {"listId": "x"}, '"listId" must be a number'),
        ("/leads/all", {"limit": ["1", "2"]}, '"limit" must be a number'),
        ("/leads/", {}, '"email" is required'),
        ("/lead-list/abc", {}, '"id" must be a number'),
    ],
)
def test_a_query_that_does_not_fit_is_refused(
    api: Emulator, path: str, query: dict[str, str], message: str
) -> None:
    with client_of(api) as client:
        reply = client.get(path, params=query)

    assert (reply.status_code, reply.json()["message"]) == (400, message)


@pytest.mark.parametrize(
    "text", [b"{", b"\xff", b'{"listName": "\\ud800"}', b'{"listName": NaN}', b"[" * 100_000, b'{"a": 1e999}']
)
def test_malformed_json_is_400(api: Emulator, text: bytes) -> None:
    with client_of(api) as client:
        reply = client.post("/lead-list/", content=text, headers={"Content-Type": "application/json"})

    assert reply.status_code == 400
    assert reply.json()["message"] == "Request body is not valid JSON"


def test_a_body_that_is_not_marked_as_json_counts_as_empty(api: Emulator) -> None:
    with client_of(api) as client:
        reply = client.post("/lead-list/", content=b'{"listName": "A"}')

    assert reply.json()["message"] == '"listName" is required'


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("GET", "/nowhere", 404, "Cannot GET /api/v1/nowhere"),
        ("POST", "/leads/all", 404, "Cannot POST /api/v1/leads/all"),
        ("TRACE", "/leads/all", 404, "Cannot TRACE /api/v1/leads/all"),
        ("BREW", "/leads/all", 404, "Cannot BREW /api/v1/leads/all"),
    ],
)
def test_an_unknown_route_or_method_is_answered_in_text(
    api: Emulator, method: str, path: str, status: int, text: str
) -> None:
    with client_of(api) as client:
        reply = client.request(method, path)

    assert (reply.status_code, reply.text) == (status, text)
    assert reply.headers["content-type"].startswith("text/plain")


def test_a_body_beyond_the_bound_is_refused(api: Emulator) -> None:
    with client_of(api) as client:
        reply = client.post("/lead-list/", content=bytes(11 * 1024 * 1024))
        after = client.get("/lead-list/")

    assert (reply.status_code, after.status_code) == (413, 200)


def test_a_chunked_body_is_refused(api: Emulator) -> None:
    with client_of(api) as client:
        assert client.post("/lead-list/", content=iter([b"{}"])).status_code == 411


def test_the_default_user_agent_of_python_is_banned(api: Emulator) -> None:
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"{api.base_url}/lead-list/?api_key={api.api_key}", timeout=5)

    with refusal.value as reply:
        assert (reply.status, reply.read()) == (403, b"error code: 1010")


def test_requests_beyond_the_rate_are_429_with_headers_and_body() -> None:
    with Emulator(rate=[(2, 3600), (100, 7200)]) as api, client_of(api) as client:
        replies = [client.get("/lead-list/") for _ in range(3)]

    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert [reply.headers["x-ratelimit-remaining"] for reply in replies] == ["1", "0", "0"]
    assert replies[2].headers["x-ratelimit-limit"] == "2"
    assert int(replies[2].headers["x-ratelimit-reset"]) > 1_700_000_000
    wait = int(replies[2].headers["retry-after"])
    assert 3500 < wait <= 3600
    assert replies[2].json() == {
        "error": {
            "code": "RATE_LIMIT_EXCEEDED",
            "message": f"Too many requests. Please retry after {wait} seconds.",
            "retry_after": wait,
        }
    }
    assert "retry-after" not in replies[0].headers


def test_a_request_lost_before_it_landed_stores_nothing(api: Emulator) -> None:
    list_id = api.create_list("A")
    api.fail_next(drop="before")

    with pytest.raises(httpx.RemoteProtocolError):
        send(api, list_id, ["a@x.example"])

    assert api.members(list_id) == []
    assert counts(send(api, list_id, ["a@x.example"])) == (1, 1, 0, 0)


def test_an_answer_lost_after_the_import_leaves_it_stored(api: Emulator) -> None:
    list_id = api.create_list("A")
    api.fail_next(drop="after")

    with pytest.raises(httpx.RemoteProtocolError):
        send(api, list_id, ["a@x.example"])

    assert api.members(list_id) == ["a@x.example"]
    assert api.requests == [("POST", f"/api/v1/lead-list/{list_id}/import", None)]


def test_faults_answer_in_order_and_other_routes_are_left_alone(api: Emulator) -> None:
    list_id = api.create_list("A")
    api.fail_next(status=502, body="<html>bad gateway</html>")
    api.fail_next(status=200, body="", drop="after")

    with client_of(api) as client:
        fine = client.get("/lead-list/").status_code
    first, second = send(api, list_id, ["a@x.example"]), send(api, list_id, ["b@x.example"])

    assert (fine, first.status_code, first.text) == (200, 502, "<html>bad gateway</html>")
    assert (second.status_code, second.content) == (200, b"")
    assert api.members(list_id) == ["b@x.example"]


def test_the_request_log_never_holds_the_key(api: Emulator) -> None:
    with client_of(api) as client:
        client.get("/lead-list/", params={"limit": 5})
    httpx.get(f"{api.base_url}/lead-list/?api%5Fkey=wrong-key&limit=5")

    path = "/api/v1/lead-list/?limit=5"
    assert api.requests == [("GET", path, 200), ("GET", path, 401)]


def test_concurrent_requests_count_each_lead_once(api: Emulator) -> None:
    list_id = api.create_list("A")
    found: list[Counted] = []
    emails = [f"n{number}@x.example" for number in range(50)]
    threads = [
        threading.Thread(target=lambda: found.append(counts(send(api, list_id, emails)))) for _ in range(4)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [sum(numbers) for numbers in zip(*found, strict=True)] == [200, 50, 150, 0]
    assert len(api.members(list_id)) == 50


def test_a_file_keeps_the_state_and_takes_the_keys_of_a_new_policy(tmp_path: Path) -> None:
    path = tmp_path / "api.sqlite"
    with Emulator(database=str(path), policy=ImportPolicy(fold_case=False)) as api:
        list_id = api.create_list("A", members=["A@x.example"])

    with Emulator(database=str(path)) as api:
        assert counts(send(api, list_id, ["a@x.example"])) == (1, 0, 1, 0)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_a_closed_server_answers_no_kept_connection() -> None:
    api = Emulator()
    api.start()
    with client_of(api) as client:
        client.get("/lead-list/")
        api.close()

        with pytest.raises(httpx.TransportError):
            client.get("/lead-list/")


def test_serving_in_the_foreground_ends_with_close() -> None:
    api = Emulator()
    serving = threading.Thread(target=api.serve_forever)
    serving.start()
    with client_of(api) as client:
        status = client.get("/lead-list/").status_code

    api.close()
    serving.join(timeout=5)

    assert (status, serving.is_alive()) == (200, False)


def test_counting_a_request_takes_no_longer_for_what_the_account_holds():
    """By the steps that SQLite takes, of which one a lead held would be ten times as many."""
    steps = []
    with Emulator() as api:
        list_id = api.create_list("A")
        connection = api._store._connection
        for first in (0, 4000):
            api.create_list(f"B{first}", members=[f"held{number}@acme.example" for number in range(first)])
            connection.set_progress_handler(partial(steps.append, first), 1000)
            leads = [{"email": f"new{first + number}@acme.example"} for number in range(100)]
            import_leads(api._store, leads, list_id=list_id, file_name="f", waive=False)
            connection.set_progress_handler(None, 0)

    assert steps.count(4000) < 3 * steps.count(0)
