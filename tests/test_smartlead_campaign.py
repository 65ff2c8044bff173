"""A campaign as a place to import to: its fields, its reply in every dialect, and what ends an import."""

import json
from pathlib import Path

import httpx
import pandas as pd
import pytest

import hygiene
from hygiene.errors import ListNotFound, Rejected, UnknownOutcome
from hygiene.http.answers import Answer
from hygiene.smartlead import SmartleadCampaign
from hygiene.smartlead.campaign_policy import CAMPAIGN_POLICY, KNOWN
from hygiene.smartlead.campaign_replies import campaign_reply

LEADS = [f"lead{row}@acme.example" for row in range(5)]


def sink_of(api, number, **more):
    return SmartleadCampaign(
        campaign_id=number, api_key=api.api_key, base_url=api.base_url, patience_s=0, **more
    )


def clean(emails=LEADS, **columns):
    return hygiene.clean(pd.DataFrame({"email": emails, **columns}))


def answered(**body):
    return Answer("POST /campaigns/7/leads: HTTP 200", 200, body, 1)


def test_what_is_known_is_counted_as_the_live_reply_says(api):
    number = api.campaigns.create("A", members=[LEADS[0]])
    api.block([LEADS[1], "shut.example"])
    with sink_of(api, number) as sink:
        leads = clean([*LEADS, LEADS[4].upper(), "x@shut.example"])

        receipt = hygiene.import_leads(leads, sink, send_all=True)

    assert receipt.reported == hygiene.Counts(7, 3, 2, 2)
    assert receipt.reconciliation.agrees
    assert sorted(api.campaigns.members(number)) == [LEADS[0], *LEADS[2:]]


def test_who_unsubscribed_is_suppressed_where_the_account_says_so(api):
    api.create_list("old", members=[LEADS[2]])
    api.unsubscribe([LEADS[2]])
    number = api.campaigns.create("A")
    with sink_of(api, number) as sink:
        receipt = hygiene.import_leads(clean(), sink)

    assert receipt.reconciliation.agrees
    assert LEADS[2] not in api.campaigns.members(number)


def test_an_unsubscribed_lead_that_nobody_listed_is_told_as_the_api_counts_it(api):
    api.unsubscribe([LEADS[2]])
    number = api.campaigns.create("A")
    with sink_of(api, number) as sink:
        receipt = hygiene.import_leads(clean(), sink)

    assert receipt.reconciliation.status == "differs"
    assert receipt.reported == hygiene.Counts(5, 4, 0, 0)
    assert dict(receipt.batches[0].extra)["unsubscribed_leads"] == 1


def test_fields_go_by_the_names_of_the_api_and_the_others_are_custom(api):
    lead = {
        "email": LEADS[0],
        "company": "Birchworks",
        "phone": "+1 555",
        "title": "CEO",
        "city": "Oslo",
        "score": "7",
    }

    with sink_of(api, 1) as sink:
        shaped = sink.shaped([lead])

    assert shaped == [
        {
            "email": LEADS[0],
            "company_name": "Birchworks",
            "phone_number": "+1 555",
            "custom_fields": {"title": "CEO", "city": "Oslo", "score": "7"},
        }
    ]


def test_a_column_can_be_sent_as_another_field_of_the_api(api):
    with sink_of(api, 1, rename={"city": "location", "title": "position"}) as sink:
        shaped = sink.shaped([{"email": LEADS[0], "title": "CEO", "city": "Oslo"}])

    assert shaped == [{"email": LEADS[0], "location": "Oslo", "custom_fields": {"position": "CEO"}}]


def test_the_block_list_is_waived_in_the_settings(api):
    api.block([LEADS[0]])
    number = api.campaigns.create("A")
    leads = hygiene.clean(pd.DataFrame({"email": LEADS}), waive_blocklist=True)
    with sink_of(api, number) as sink:
        receipt = hygiene.import_leads(leads, sink)

    assert receipt.reported.imported == 5
    assert receipt.reconciliation.agrees


@pytest.mark.parametrize(
    ("body", "counts"),
    [
        ({"upload_count": 9, "total_leads": 3, "duplicate_count": 1, "already_added_to_campaign": 2, "block_count": 1},
         (9, 3, 3, 1)),
        ({"upload_count": "9", "total_leads": "3"}, (9, 3, None, None)),
        ({"ok": True, "inserted_count": 3, "duplicate_count": 2, "blocked_count": 1}, (None, 3, 2, 1)),
        ({"added_count": 3, "skipped_count": 2, "skipped_leads": []}, (None, 3, None, None)),
    ],
)  # fmt: skip
def test_a_reply_is_read_in_every_dialect(body, counts):
    assert campaign_reply(answered(**body), places={}).counts == hygiene.Counts(*counts)


def test_leads_that_a_reply_lists_are_told_by_their_number():
    reply = campaign_reply(
        answered(
            upload_count=2,
            total_leads=1,
            unsubscribed_leads=[LEADS[0]],
            emailToLeadIdMap={"newlyAddedLeads": {LEADS[1]: "7"}, "existingLeads": {}},
        ),
        places={},
    )

    assert dict(reply.extra) == {
        "unsubscribed_leads": 1,
        "emailToLeadIdMap": {"newlyAddedLeads": 1, "existingLeads": 0},
    }


def test_what_became_of_each_lead_is_told_where_ids_are_asked_for(api):
    number = api.campaigns.create("A", members=[LEADS[1]])
    with sink_of(api, number, settings={"return_lead_ids": True}) as sink:
        leads = [{"email": each} for each in (LEADS[0].upper(), LEADS[1], "nobody", LEADS[0], LEADS[2])]

        reply = sink.send(leads, file_name="f")

    assert {row.position: row.became for row in reply.rows} == {0: "imported", 1: "duplicate", 4: "imported"}


@pytest.mark.parametrize(
    "ids", [None, [], {"newlyAddedLeads": []}, {"newlyAddedLeads": {"else@x.example": "1"}}]
)
def test_ids_that_cannot_be_read_say_nothing_of_leads(ids):
    reply = campaign_reply(answered(upload_count=1, emailToLeadIdMap=ids), places={LEADS[0]: 0})

    assert reply.rows == ()


@pytest.mark.parametrize("body", [{}, {"imported": 5}, {"upload_count": None}])
def test_a_reply_in_another_dialect_is_unknown_and_says_which_are_known(body):
    with pytest.raises(
        UnknownOutcome, match="none of the dialects that begin with upload_count, inserted_count"
    ):
        campaign_reply(answered(**body), places={})


def test_a_campaign_that_is_paused_says_so_and_takes_leads(api):
    number = api.campaigns.create("Spring", status="PAUSED")
    with sink_of(api, number) as sink:
        assert sink.describe().idle == "paused"
        assert sink.describe().name == "Spring (paused)"
        receipt = hygiene.import_leads(clean(), sink)

    assert receipt.reconciliation.agrees
    assert any("is paused: leads are taken, and nobody is written to" in note for note in receipt.notes)


def test_a_campaign_that_takes_nothing_is_a_refusal_of_the_request_and_not_of_leads(api, tmp_path):
    number = api.campaigns.create("Spring", status="STOPPED")
    api.campaigns.closed = frozenset({"STOPPED"})
    with sink_of(api, number) as sink, pytest.raises(Rejected, match="See to the campaign") as refused:
        hygiene.import_leads(clean(), sink, journal=tmp_path / "j.sqlite")
    api.campaigns.closed = frozenset()
    with sink_of(api, number) as sink:
        receipt = hygiene.import_leads(clean(), sink, journal=tmp_path / "j.sqlite")

    assert refused.value.whole
    assert receipt.reconciliation.agrees


def test_a_plan_without_credit_stops_the_import_and_the_same_run_goes_on_later(api, tmp_path):
    number = api.campaigns.create("Spring")
    api.campaigns.credit = 3
    with sink_of(api, number) as sink:
        stopped = hygiene.import_leads(clean(), sink, journal=tmp_path / "j.sqlite", batch_leads=3)
    api.campaigns.credit = None
    with sink_of(api, number) as sink:
        receipt = hygiene.import_leads(clean(), sink, journal=tmp_path / "j.sqlite", batch_leads=3)

    assert "Raise the limit, then run the command again." in str(stopped.error)
    assert [batch.state for batch in stopped.batches] == ["acknowledged", "planned"]
    assert receipt.reconciliation.agrees
    assert sorted(api.campaigns.members(number)) == LEADS


def test_a_campaign_that_is_not_there_is_said_before_anything_is_sent(api):
    with sink_of(api, 99) as sink, pytest.raises(ListNotFound, match="Look up the campaign's number"):
        hygiene.import_leads(clean(), sink)


@pytest.mark.parametrize("settings", [{"ignore_unsubscribe_list": True}, {"return_lead_ids": "yes"}])
def test_a_setting_that_is_none_or_writes_to_who_unsubscribed_is_refused(settings):
    with pytest.raises(hygiene.UsageError, match="expected true or false for ignore_community_bounce_list"):
        SmartleadCampaign(campaign_id=1, api_key="k", settings=settings)


def test_a_number_that_is_none_is_refused():
    with pytest.raises(hygiene.UsageError):
        SmartleadCampaign(campaign_id=0, api_key="k")


def test_an_import_into_a_campaign_goes_by_the_command_line(api, run, write, monkeypatch):
    monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
    monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)
    number = api.campaigns.create("Spring")
    write("leads.csv", "email\n" + "\n".join(LEADS))

    code, out, _ = run(
        "import", "leads.csv", "--to", f"smartlead:campaign={number}", "--no-dns", "--yes", "--format", "json"
    )

    assert code == 0
    assert json.loads(out)["reported"]["imported"] == 5
    assert sorted(api.campaigns.members(number)) == LEADS


def test_the_local_api_refuses_what_the_live_one_does(api):
    number = api.campaigns.create("A")
    url, key = f"{api.base_url}/campaigns/{number}/leads", {"api_key": api.api_key}

    flat = httpx.post(url, params=key, json={"lead_list": [{"email": LEADS[0], "company": "x"}]})
    many = httpx.post(url, params=key, json={"lead_list": [{"email": LEADS[0]}] * 401})
    wide = httpx.get(url, params={**key, "limit": 101})

    assert [flat.status_code, many.status_code, wide.status_code] == [400, 400, 400]
    assert flat.json()["message"] == '"lead_list[0].company" is not allowed'


@pytest.mark.parametrize("rule", KNOWN)
def test_a_rule_with_a_source_is_told_on_the_page(rule):
    page = (Path(__file__).parents[1] / "docs" / "how-to" / "campaigns.md").read_text(encoding="utf-8")
    label, source = KNOWN[rule]
    value = str(getattr(CAMPAIGN_POLICY, rule))

    assert (
        f"| `{rule}` | {value.lower() if value in ('True', 'False') else f'`{value}`'} | {label} | {source} |"
        in page
    )
