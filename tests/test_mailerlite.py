"""MailerLite as a place to import to: imports that are asked about, its counters, its refusals, the command line."""

import json
import time
from itertools import chain
from pathlib import Path

import httpx
import pandas as pd
import pytest

import hygiene
from hygiene.emulator import MailerLiteEmulator
from hygiene.errors import JobUnfinished, ListNotFound, Rejected, SinkError, UnknownOutcome
from hygiene.http.answers import Answer
from hygiene.mailerlite import MailerLite, replies
from hygiene.mailerlite.place import KNOWN, POLICY

LEADS = [f"lead{row}@acme.example" for row in range(5)]


@pytest.fixture
def account():
    with MailerLiteEmulator() as running:
        yield running


def sink_of(api, group=None, **more):
    return MailerLite(group_id=group, api_key=api.api_key, base_url=api.base_url, patience_s=0, **more)


def clean(emails=LEADS, **options):
    return hygiene.clean(pd.DataFrame({"email": emails}), **options)


def answered(status=200, where="/groups/7/subscribers/import", **body):
    return Answer(f"POST {where}: HTTP {status}", status, body, 1)


def test_what_is_known_is_counted_as_the_report_says(account):
    group = account.create("A", members=[LEADS[0]])
    with sink_of(account, group) as sink:
        receipt = hygiene.import_leads(clean([*LEADS, LEADS[4].upper()]), sink, send_all=True)

    assert receipt.reported == hygiene.Counts(6, 4, 2, 0)
    assert receipt.reconciliation.agrees
    assert sorted(account.members(group)) == LEADS


def test_who_unsubscribed_anywhere_in_the_account_is_suppressed(account):
    group = account.create("A")
    account.unsubscribe([LEADS[2]])
    with sink_of(account, group) as sink:
        receipt = hygiene.import_leads(clean(), sink)

    assert receipt.reported == hygiene.Counts(4, 4, 0, 0)
    assert receipt.reconciliation.agrees


def test_whom_the_api_banned_is_told_as_blocked_and_differs_from_the_prediction(account):
    group = account.create("A")
    account.banned = {LEADS[1]}
    with sink_of(account, group) as sink:
        receipt = hygiene.import_leads(clean(), sink)

    assert receipt.reported == hygiene.Counts(5, 4, 0, 1)
    assert receipt.reconciliation.status == "differs"


def test_an_import_that_takes_its_time_is_asked_about_until_it_is_done(account, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    group = account.create("A")
    account.polls = 3
    with sink_of(account, group) as sink:
        receipt = hygiene.import_leads(clean(), sink)

    asked = [path for method, path, _ in account.requests if "/subscribers/import/" in path]
    assert receipt.reconciliation.agrees
    assert len(asked) == 4


def test_an_import_that_never_ends_stops_the_run_and_the_same_run_asks_about_it_later(
    account, monkeypatch, tmp_path
):
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    group = account.create("A")
    account.polls = 10**6
    with sink_of(account, group) as sink:
        stopped = hygiene.import_leads(clean(), sink, journal=tmp_path / "j.sqlite")
    handed_in = [path for method, path, _ in account.requests if method == "POST"]
    account.polls = 0
    with sink_of(account, group) as sink:
        receipt = hygiene.import_leads(clean(), sink, journal=tmp_path / "j.sqlite")

    assert isinstance(stopped.error, JobUnfinished)
    assert "is not done yet" in str(stopped.error)
    assert receipt.reconciliation.agrees
    assert [path for method, path, _ in account.requests if method == "POST"] == handed_in
    assert len(handed_in) == 1


def test_all_but_the_address_is_a_field(account):
    with sink_of(account, "1", rename={"title": "job"}) as sink:
        shaped = sink.shaped([{"email": LEADS[0], "first_name": "Ann", "last_name": "Lund", "title": "CEO"}])

    assert shaped == [{"email": LEADS[0], "fields": {"name": "Ann", "last_name": "Lund", "job": "CEO"}}]


def test_subscribers_of_every_status_are_members_and_are_read_to_their_end(account):
    group = account.create("A", members=[f"m{row}@acme.example" for row in range(1100)])
    account.unsubscribe(["m5@acme.example", "elsewhere@acme.example"])
    with sink_of(account, group) as sink:
        found, size, whole = (
            list(sink.members()),
            sink.describe().size,
            list(sink.members(whole_account=True)),
        )

    assert len(found) == len(set(found)) == size == 1100
    assert len(whole) == 1101


def test_pages_go_on_from_any_of_them(account):
    group = account.create("A", members=[f"m{row}@acme.example" for row in range(1100)])
    account.unsubscribe([f"m{row}@acme.example" for row in range(10)])
    with sink_of(account, group) as sink:
        pages = list(sink.lead_pages())
        resumed = [
            [row["email"] for page in sink.lead_pages(page.next) for row in page.rows] for page in pages[:-2]
        ]

    rows = [[row["email"] for row in page.rows] for page in pages]
    assert resumed == [list(chain(*rows[place + 1 :])) for place in range(len(pages) - 2)]
    assert len(rows) > 2


REPORT = {
    "id": "1", "total": 9, "processed": 9, "imported": 2, "updated": 1, "errored": 6, "percent": 100, "done": True,
    "invalid": [{"email": LEADS[0]}], "invalid_count": 1, "mistyped_count": 0, "changed_count": 1, "unchanged_count": 2,
    "unsubscribed_count": 1, "role_based_count": 0, "suspicious_format_count": 0, "duplicate_count": 1,
    "banned_import_emails_count": 1, "finished_at": "2024-07-01T01:30:01.000000Z",
}  # fmt: skip


def test_a_report_is_read_and_what_it_counts_otherwise_is_shown():
    reply = replies.report(answered(data=REPORT))

    assert reply.counts == hygiene.Counts(9, 2, 4, 2)
    assert dict(reply.extra)["invalid_count"] == 1
    assert LEADS[0] not in f"{reply.extra}{reply.raw}"


def test_an_import_that_runs_has_no_reply():
    assert replies.report(answered(data={**REPORT, "done": False})) is None


@pytest.mark.parametrize("data", [None, [], {"total": 3}, "done"])
def test_a_report_in_another_dialect_is_no_report(data):
    with pytest.raises(SinkError, match="does not say whether the import is done"):
        replies.report(answered(data=data))


class OnlyTotals(MailerLiteEmulator):
    """One whose reports of imports hold their total and no other counter."""

    def _progress(self, call):
        told = super()._progress(call)
        data = told.body["data"]
        told.body["data"] = {name: data[name] for name in ("id", "total", "done") if name in data}
        return told


def test_a_report_of_nothing_but_its_total_is_not_passed_off_as_what_was_predicted(
    tmp_path, monkeypatch, run
):
    with OnlyTotals() as api:
        monkeypatch.setenv("MAILERLITE_API_KEY", api.api_key)
        monkeypatch.setenv("MAILERLITE_BASE_URL", api.base_url)
        leads, report = tmp_path / "leads.csv", tmp_path / "r.html"
        leads.write_text("\n".join(["email", *LEADS]), encoding="utf-8")
        named = ["--to", f"mailerlite:group={api.create('A')}", "--no-dns", "--yes"]
        code, out, err = run("import", leads, *named, "--report", report)
        again, _, verified = run("import", leads, *named, "--verify")

    assert (code, again) == (0, 0)
    assert "5 total_leads, and no imported or duplicates or blocked: as predicted as far as it says." in out
    assert "warning: the API did not say how many leads it imported; the same command with --verify" in err
    assert (
        "It gave no imported or duplicates or blocked, of which nothing was compared." in report.read_text()
    )
    assert "read back: all that was to be imported is among the list's 5 leads" in verified
    assert "did not say" not in verified
    assert err.count("r.html, to be written again when the import is done") == 1


@pytest.mark.parametrize("url", [None, 5, "", "https://connect.mailerlite.com/api/subscribers/import/x"])
def test_an_import_whose_number_is_not_told_is_unknown(url):
    with pytest.raises(UnknownOutcome, match="cannot be asked about"):
        replies.handed_in(answered(import_progress_url=url))


def test_a_subscriber_that_a_refusal_names_is_isolated_at_once():
    body = {"message": "The given data was invalid.", "errors": {"subscribers.3.email": ["must be valid"]}}

    with pytest.raises(Rejected) as refused:
        replies.checked(answered(422, **body), "POST")

    assert refused.value.positions == (3,)


def test_a_plan_that_takes_no_more_stops_the_import(account, tmp_path):
    group = account.create("A")
    account.plan = 4
    with sink_of(account, group) as sink:
        receipt = hygiene.import_leads(clean(), sink, journal=tmp_path / "j.sqlite", batch_leads=3)

    assert "the plan takes no more subscribers, 1 of this batch were left out" in str(receipt.error)
    assert account.members(group) == LEADS[:4]


def test_a_plan_without_credit_is_no_refusal_of_leads():
    with pytest.raises(SinkError, match="Upgrade it, then run the command again") as refused:
        replies.checked(answered(402, message="Payment Required"), "POST")

    assert not isinstance(refused.value, Rejected)


def test_a_group_that_is_not_there_is_said_before_anything_is_sent(account):
    with sink_of(account, "99") as sink, pytest.raises(ListNotFound, match="hygiene lists --to mailerlite"):
        hygiene.import_leads(clean(), sink)


def test_the_block_list_cannot_be_waived_and_nothing_is_sent(account):
    group = account.create("A")
    with sink_of(account, group) as sink, pytest.raises(hygiene.UsageError, match="no way to waive"):
        hygiene.import_leads(clean(waive_blocklist=True), sink)
    assert account.members(group) == []


def test_imports_keep_to_a_rate_of_their_own():
    with MailerLite(group_id="1", api_key="k") as sink:
        assert sink.least_s(9) == 120
        assert sink.rate == "96/m"


def test_an_import_goes_by_the_command_line(account, run, write, monkeypatch):
    monkeypatch.setenv("MAILERLITE_BASE_URL", account.base_url)
    monkeypatch.setenv("MAILERLITE_API_KEY", account.api_key)
    group = account.create("A")
    write("leads.csv", "email\n" + "\n".join(LEADS))

    code, out, err = run(
        "import", "leads.csv", "--to", f"mailerlite:group={group}", "--no-dns", "--yes", "--format", "json"
    )

    assert code == 0, err
    assert json.loads(out)["reported"]["imported"] == 5
    assert account.members(group) == LEADS


def test_groups_are_shown_made_and_pulled(account, run, monkeypatch, tmp_path):
    monkeypatch.setenv("MAILERLITE_BASE_URL", account.base_url)
    monkeypatch.setenv("MAILERLITE_API_KEY", account.api_key)
    group = account.create("A", members=LEADS)

    made, _, _ = run("lists", "--to", "mailerlite", "--create", "Spring")
    shown, out, _ = run("lists", "--to", "mailerlite")
    pulled, _, err = run("pull", "leads", "--to", f"mailerlite:group={group}", "--out", "held.csv")

    assert (made, shown, pulled) == (0, 0, 0), err
    assert "Spring" in out
    assert LEADS[4] in (tmp_path / "held.csv").read_text(encoding="utf-8")


def test_the_stand_in_refuses_what_the_documentation_says(account):
    group = account.create("A")
    url, key = (
        f"{account.base_url}/groups/{group}/subscribers/import",
        {"Authorization": f"Bearer {account.api_key}"},
    )

    refused = httpx.post(url, headers=key, json={"subscribers": [{"fields": {}}]})

    assert refused.status_code == 422
    assert list(refused.json()["errors"]) == ["subscribers.0.email"]
    assert httpx.post(url, json={}).status_code == 401


@pytest.mark.parametrize("rule", KNOWN)
def test_a_rule_with_a_source_is_told_on_the_page(rule):
    page = (Path(__file__).parents[1] / "docs" / "how-to" / "mailerlite.md").read_text(encoding="utf-8")
    label, source = KNOWN[rule]

    assert f"| `{rule}` | `{getattr(POLICY, rule)}` | {label} | {source} |" in page
