"""Instantly as a place to import to: its fields, its counters, its refusals, and the command line."""

import json
from pathlib import Path
from uuid import uuid4

import httpx
import pandas as pd
import pytest

import hygiene
from hygiene.emulator import InstantlyEmulator
from hygiene.errors import ListNotFound, Rejected, SinkError, UnknownOutcome
from hygiene.http.answers import Answer
from hygiene.instantly import Instantly, replies
from hygiene.instantly.counting import KNOWN, POLICY

LEADS = [f"lead{row}@acme.example" for row in range(5)]


@pytest.fixture
def workspace():
    with InstantlyEmulator() as running:
        yield running


def sink_of(api, **more):
    return Instantly(api_key=api.api_key, base_url=api.base_url, patience_s=0, **more)


def clean(emails=LEADS, **options):
    return hygiene.clean(pd.DataFrame({"email": emails}), **options)


def answered(status=200, where="/leads/add", **body):
    return Answer(f"POST {where}: HTTP {status}", status, body, 1)


@pytest.mark.parametrize("kind", ["list", "campaign"])
def test_what_is_known_is_counted_as_the_documentation_says(workspace, kind):
    place = workspace.create("A", kind=kind, members=[LEADS[0]])
    workspace.block([LEADS[1], "shut.example"])
    with sink_of(workspace, **{f"{kind}_id": place}) as sink:
        leads = clean([*LEADS, LEADS[4].upper(), "x@shut.example"])

        receipt = hygiene.import_leads(leads, sink, send_all=True)

    assert receipt.reported == hygiene.Counts(7, 3, 2, 2)
    assert receipt.reconciliation.agrees
    assert sorted(workspace.members(place)) == [LEADS[0], *LEADS[2:]]


@pytest.mark.parametrize(("whole", "new"), [(False, 5), (True, 3)])
def test_leads_of_the_workspace_are_skipped_where_that_is_asked_for(workspace, whole, new):
    workspace.create("other", members=LEADS[:2])
    place = workspace.create("A")
    with sink_of(workspace, list_id=place, whole_workspace=whole) as sink:
        receipt = hygiene.import_leads(clean(), sink, send_all=True)

    assert receipt.reported.imported == new
    assert receipt.reconciliation.agrees


def test_the_block_list_that_is_named_is_asked_of_the_api(workspace):
    place = workspace.create("A")
    with sink_of(workspace, list_id=place, blocklist_id="b-1") as sink:
        assert hygiene.import_leads(clean(), sink).reconciliation.agrees
    with (
        sink_of(workspace, list_id=place, blocklist_id=7) as sink,
        pytest.raises(Rejected, match="blocklist_id"),
    ):
        hygiene.import_leads(clean(["new@acme.example"]), sink)


def test_a_listing_is_read_to_its_end(workspace):
    place = workspace.create("A", members=[f"m{row}@acme.example" for row in range(250)])
    with sink_of(workspace, list_id=place) as sink:
        assert len(list(sink.members())) == 250
        assert len(list(sink.members(whole_account=True))) == 250


def test_fields_that_the_api_does_not_know_are_custom_variables(workspace):
    with sink_of(workspace, list_id="x", rename={"title": "job"}) as sink:
        shaped = sink.shaped([{"email": LEADS[0], "company": "Birchworks", "title": "CEO", "score": "7"}])

    assert shaped == [
        {"email": LEADS[0], "company_name": "Birchworks", "custom_variables": {"job": "CEO", "score": "7"}}
    ]


def test_the_leads_that_were_made_are_known_by_their_place():
    answer = answered(created_leads=[{"index": 0, "id": "a"}, {"index": 2, "id": "b"}])

    assert replies.created(answer) == {0, 2}
    rows = replies.reply(answered(total_sent=3, created_leads=[{"index": 0}, {"index": 2}])).rows
    assert [(row.position, row.became) for row in rows] == [(0, "imported"), (2, "imported")]


@pytest.mark.parametrize("rows", [None, 3, [1], [{"id": "a"}], [{"index": "first"}]])
def test_rows_that_cannot_be_read_say_nothing(rows):
    assert replies.created(answered(created_leads=rows)) is None


@pytest.mark.parametrize(
    ("body", "counts"),
    [
        ({"total_sent": 9, "leads_uploaded": 3, "duplicated_leads": 1, "skipped_count": 2, "duplicate_email_count": 1,
          "in_blocklist": 1, "invalid_email_count": 1}, (9, 3, 4, 1)),
        ({"total_sent": "9", "leads_uploaded": "3"}, (9, 3, None, None)),
    ],
)  # fmt: skip
def test_counters_are_read(body, counts):
    assert replies.reply(answered(**body)).counts == hygiene.Counts(*counts)


def test_a_counter_that_is_no_count_is_nonsense():
    assert replies.reply(answered(total_sent=9, leads_uploaded=2.5)).nonsense == ("imported",)


@pytest.mark.parametrize("body", [{}, {"ok": True}, {"imported_count": 3}])
def test_a_reply_in_another_dialect_is_unknown(body):
    with pytest.raises(UnknownOutcome, match="none of the counters total_sent, leads_uploaded"):
        replies.reply(answered(**body))


def test_a_plan_that_is_used_up_in_the_middle_of_a_batch_stops_the_import(workspace, tmp_path):
    workspace.plan = 4
    place = workspace.create("A")
    with sink_of(workspace, list_id=place) as sink:
        receipt = hygiene.import_leads(clean(), sink, journal=tmp_path / "j.sqlite", batch_leads=3)

    assert "the plan takes no more leads, 1 of this batch were left out" in str(receipt.error)
    assert workspace.members(place) == LEADS[:4]


def test_a_plan_without_credit_refuses_the_request_and_the_same_run_goes_on_later(workspace, tmp_path):
    workspace.plan = 0
    place = workspace.create("A")
    with sink_of(workspace, list_id=place) as sink, pytest.raises(SinkError, match="Upgrade it, then run"):
        hygiene.import_leads(clean(), sink, journal=tmp_path / "j.sqlite")
    workspace.plan = 100
    with sink_of(workspace, list_id=place) as sink:
        receipt = hygiene.import_leads(clean(), sink, journal=tmp_path / "j.sqlite")

    assert receipt.reconciliation.agrees
    assert workspace.members(place) == LEADS


def test_a_campaign_that_is_paused_says_so(workspace):
    place = workspace.create("Spring", kind="campaign", status=2)
    with sink_of(workspace, campaign_id=place) as sink:
        assert sink.describe().idle == "paused"
        assert sink.describe().name == "Spring (paused)"
        receipt = hygiene.import_leads(clean(), sink)

    assert receipt.reconciliation.agrees
    assert any("is paused: leads are taken, and nobody is written to" in note for note in receipt.notes)


@pytest.mark.parametrize("kind", ["list", "campaign"])
def test_what_is_not_there_is_said_before_anything_is_sent(workspace, kind):
    with (
        sink_of(workspace, **{f"{kind}_id": str(uuid4())}) as sink,
        pytest.raises(ListNotFound, match="whose lists this shows: hygiene lists --to instantly"),
    ):
        hygiene.import_leads(clean(), sink)


def test_a_lead_that_a_refusal_names_is_isolated_at_once():
    answer = answered(400, message="body/leads/3/email must be string", statusCode=400, error="Bad Request")

    with pytest.raises(Rejected) as refused:
        replies.checked(answer, "POST")

    assert refused.value.positions == (3,)


def test_a_listing_whose_answer_is_lost_is_not_said_to_have_landed():
    with pytest.raises(SinkError) as refused:
        replies.checked(answered(500, "/leads/list"), "POST")

    assert "landed" not in str(refused.value)


def test_the_block_list_cannot_be_waived_and_nothing_is_sent(workspace):
    place = workspace.create("A")
    with (
        sink_of(workspace, list_id=place) as sink,
        pytest.raises(hygiene.UsageError, match="no way to waive its block list"),
    ):
        hygiene.import_leads(clean(waive_blocklist=True), sink)
    assert workspace.members(place) == []


def test_a_list_and_a_campaign_at_once_are_refused():
    with pytest.raises(hygiene.UsageError, match="expected one of them"):
        Instantly(list_id="a", campaign_id="b", api_key="k")


def test_an_import_goes_by_the_command_line(workspace, run, write, monkeypatch):
    monkeypatch.setenv("INSTANTLY_BASE_URL", workspace.base_url)
    monkeypatch.setenv("INSTANTLY_API_KEY", workspace.api_key)
    place = workspace.create("A")
    write("leads.csv", "email\n" + "\n".join(LEADS))

    code, out, _ = run(
        "import", "leads.csv", "--to", f"instantly:list={place}", "--no-dns", "--yes", "--format", "json"
    )

    assert code == 0
    assert json.loads(out)["reported"]["imported"] == 5
    assert workspace.members(place) == LEADS


def test_the_lists_of_a_workspace_are_shown_and_made(workspace, run, monkeypatch):
    monkeypatch.setenv("INSTANTLY_BASE_URL", workspace.base_url)
    monkeypatch.setenv("INSTANTLY_API_KEY", workspace.api_key)

    made, _, _ = run("lists", "--to", "instantly", "--create", "Spring")
    shown, out, _ = run("lists", "--to", "instantly")

    assert (made, shown) == (0, 0)
    assert "Spring" in out


def test_the_campaigns_of_a_workspace_are_shown_too_as_the_import_names_them(workspace, run, monkeypatch):
    monkeypatch.setenv("INSTANTLY_BASE_URL", workspace.base_url)
    monkeypatch.setenv("INSTANTLY_API_KEY", workspace.api_key)
    held = workspace.create("Spring")
    spring = workspace.create("Spring mail", kind="campaign", status=2)
    many = [workspace.create(f"Autumn {number}", kind="campaign") for number in range(120)]

    _, out, _ = run("lists", "spring".title(), "--to", "instantly")
    _, whole, _ = run("lists", "--to", "instantly")
    _, told, _ = run("doctor", "--to", f"instantly:campaign={spring}", "--no-dns")

    assert f"list={held}" in out
    assert f"campaign={spring}   Spring mail (paused)" in out
    assert "Autumn" not in out
    assert all(f"campaign={each} " in whole for each in many)
    assert spring in told or "Spring mail" in told


def test_the_stand_in_refuses_what_the_documentation_says(workspace):
    place = workspace.create("A")
    url, key = f"{workspace.base_url}/leads/add", {"Authorization": f"Bearer {workspace.api_key}"}

    def post(**body):
        return httpx.post(url, headers=key, json=body).status_code

    assert post(list_id=place, leads=[{"email": LEADS[0]}] * 1001) == 400
    assert post(list_id=place, campaign_id=place, leads=[{"email": LEADS[0]}]) == 400
    assert post(list_id=place, leads=[{"email": LEADS[0], "company": "x"}]) == 400
    assert httpx.post(url, json={}).status_code == 401


@pytest.mark.parametrize("rule", KNOWN)
def test_a_rule_with_a_source_is_told_on_the_page(rule):
    page = (Path(__file__).parents[1] / "docs" / "how-to" / "instantly.md").read_text(encoding="utf-8")
    label, source = KNOWN[rule]
    value = str(getattr(POLICY, rule))

    assert (
        f"| `{rule}` | {value.lower() if value in ('True', 'False') else f'`{value}`'} | {label} | {source} |"
        in page
    )
