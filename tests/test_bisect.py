"""Refusals of an import: which leads are at fault, and which are the fault of the request itself."""

import pandas as pd
import pytest

import hygiene
from hygiene.emulator import Emulator
from hygiene.emulator.routes import Reply
from hygiene.errors import LeadLimit, Rejected

EMAILS = [f"lead{row}@acme.example" for row in range(12)]


class Picky(Emulator):
    """A local API that refuses requests which hold certain leads, and counts how often it was asked."""

    def __init__(self, bad, *, named=True, words="must be a valid email", **more):
        super().__init__(**more)
        self._bad, self._named, self._words = bad, named, words
        self.asked = 0
        inner = self._routes.table["POST", "/lead-list/{id}/import"]

        def refuse(call):
            self.asked += 1
            for place, lead in enumerate(call.body["leadList"]):
                if self._bad(lead):
                    return Reply(400, self._refusal(place, lead))
            return inner(call)

        self._routes.table = {**self._routes.table, ("POST", "/lead-list/{id}/import"): refuse}

    def _refusal(self, place, lead):
        if not self._named:
            return {"error": f"one of them {self._words}: {lead['email']}"}
        return {
            "statusCode": 400,
            "message": f'"leadList[{place}].email" {self._words}, {lead["email"]}',
            "validation": {"source": "body", "keys": [f"leadList.{place}.email"]},
        }


def run(api, emails=EMAILS, **more):
    cleaned = hygiene.clean(pd.DataFrame({"email": emails}))
    with hygiene.Smartlead(list_id=api.create_list("A"), api_key="demo-key", base_url=api.base_url) as sink:
        return hygiene.import_leads(cleaned, sink, **more), cleaned


def bad_ones(*rows):
    return lambda lead: lead["email"] in {EMAILS[row - 1] for row in rows}


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("rows", [(1,), (12,), (3, 4), (2, 7, 11), (1, 5, 6, 7, 8, 12)])
def test_the_leads_at_fault_are_rejected_and_all_others_imported(tmp_path, rows, named):
    with Picky(bad_ones(*rows), named=named) as api:
        receipt, cleaned = run(api, batch_leads=12, journal=tmp_path / "j")

        members = api.members(1)
    files = receipt.deliveries(cleaned)
    rejected = files["rejected.csv"]
    assert sorted(members) == sorted(email for row, email in enumerate(EMAILS, 1) if row not in rows)
    assert rejected["row"].tolist() == list(rows)
    assert rejected["words"].str.contains("must be a valid email").all()
    assert not rejected["words"].str.contains("acme").any()
    assert files["sent.csv"]["row"].tolist() == [row for row in range(1, 13) if row not in rows]
    assert files["unknown.csv"].empty
    assert receipt.reconciliation.status == "differs"
    assert (receipt.reconciliation.rejected, receipt.reported.imported) == (len(rows), 12 - len(rows))
    assert receipt.error is None


def test_many_leads_at_fault_are_found_with_fewer_requests_than_leads():
    emails = [f"lead{row}@acme.example" for row in range(200)]
    with Picky(lambda lead: lead["email"] == emails[77]) as api:
        receipt, _ = run(api, emails, batch_leads=200)

        assert api.asked == 2
    assert receipt.reconciliation.rejected == 1


def test_a_run_again_sends_no_rejected_lead_again(tmp_path):
    with Picky(bad_ones(3)) as api:
        cleaned = hygiene.clean(pd.DataFrame({"email": EMAILS}))
        with hygiene.Smartlead(
            list_id=api.create_list("A"), api_key="demo-key", base_url=api.base_url
        ) as sink:
            first = hygiene.import_leads(cleaned, sink, journal=tmp_path / "j")
            asked = api.asked
            again = hygiene.import_leads(cleaned, sink, journal=tmp_path / "j")

        assert api.asked == asked
    assert again.batches == first.batches


@pytest.mark.parametrize(
    ("body", "whole"),
    [
        ({"message": '"leadList[0].Tier" is not allowed'}, True),
        ({"message": '"fileName" is required'}, True),
        ({"message": '"leadList" must be an array'}, True),
        ({"message": "nothing of this will do"}, False),
    ],
)
def test_a_request_refused_whatever_is_in_it_stops_before_it_eats_the_list(tmp_path, body, whole):
    emails = [f"lead{row}@acme.example" for row in range(100)]
    with Emulator() as api:
        for _ in range(200):
            api.fail_next(status=400, body=body)
        with pytest.raises(Rejected) as refused:
            run(api, emails, batch_leads=50, journal=tmp_path / "j")

        posts = len([path for method, path, _ in api.requests if method == "POST"])
        assert api.members(1) == []
    assert posts == 1 if whole else 1 < posts < 20
    assert refused.value.whole == whole


def test_an_api_that_names_one_lead_after_the_other_and_takes_none_stops_too():
    emails = [f"lead{row}@acme.example" for row in range(100)]
    with Picky(lambda lead: True, words="is required") as api, pytest.raises(Rejected, match="row"):
        run(api, emails, batch_leads=50)

    assert api.asked < 20


def test_a_refusal_that_names_a_lead_is_told_with_our_row():
    with Picky(bad_ones(9), words="is not allowed") as api, pytest.raises(Rejected) as refused:
        run(api, EMAILS[6:], batch_leads=12)

    assert str(refused.value).startswith("row 3: POST /lead-list/1/import: HTTP 400")


def test_a_batch_that_is_too_large_is_halved():
    with Emulator(max_batch_leads=4) as api:
        receipt, _ = run(api, batch_leads=12)

    assert receipt.reconciliation.agrees
    assert receipt.reported.imported == 12
    assert max(batch.rows for batch in receipt.batches) <= 4


@pytest.mark.parametrize("status", [413, 422])
def test_a_refusal_of_one_half_is_isolated_whatever_its_status(status):
    with Emulator() as api:
        api.fail_next(status=status, body={"error": "one is bad"})
        receipt, _ = run(api, batch_leads=12)

    assert receipt.reconciliation.agrees
    assert [batch.rows for batch in receipt.batches] == [6, 6]


def test_a_lead_limit_stops_and_says_how_many_are_left(tmp_path):
    told = {
        "ok": False, "is_lead_limit_exhausted": True, "lead_import_stopped_count": 2,
        "error": "The lead credit limit has been reached, preventing any further lead imports.",
    }  # fmt: skip
    with Emulator() as api:
        api.fail_next(after=1, status=200, body=told)
        receipt, _ = run(api, batch_leads=4, journal=tmp_path / "j")

    assert isinstance(receipt.error, LeadLimit)
    assert "lead limit is reached, 2 leads of this batch were left out" in str(receipt.error)
    assert [batch.state for batch in receipt.batches] == ["acknowledged", "unknown", "planned"]


def test_a_lead_limit_beside_counts_stops_after_them():
    told = {"total_leads": 4, "imported": 3, "duplicates": 0, "blocked": 0}
    told |= {"is_lead_limit_exhausted": True, "lead_import_stopped_count": 1}
    with Emulator() as api:
        api.fail_next(status=200, body={"ok": True, "data": told})
        receipt, _ = run(api, batch_leads=4)

    assert isinstance(receipt.error, LeadLimit)
    assert [batch.state for batch in receipt.batches] == ["acknowledged", "planned", "planned"]


def test_401_stops_at_once():
    with Emulator() as api:
        api.fail_next(after=1, status=403, body={"message": "no"})
        receipt, _ = run(api, batch_leads=4)

        posts = [status for method, _, status in api.requests if method == "POST"]
    assert posts == [200, 403]
    assert receipt.reconciliation.status == "incomplete"
