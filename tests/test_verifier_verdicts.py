import pandas as pd
import pytest

import hygiene
from hygiene.columns.leads import as_leads
from hygiene.columns.verifier_verdicts import is_verdict_column, judge_verdicts
from hygiene.errors import InputError


@pytest.mark.parametrize(
    ("word", "found"),
    [
        *[(word, None) for word in ("valid", "Verified", "deliverable", "OK", " ok ", "", "  ")],
        *[(word, "verifier_invalid") for word in ("invalid", "Undeliverable", "do_not_mail", "SPAMTRAP")],
        *[(word, "verifier_risky") for word in ("catch-all", "accept_all", "Extrapolated", "unknown", "hmm")],
    ],
)
def test_a_verdict_is_good_bad_or_undecided(word, found):
    masks = judge_verdicts(as_leads(pd.DataFrame({"ZB Status": [word]})), "zb status ")

    assert [code for code, rows in masks.items() if rows.any()] == ([found] if found else [])


def test_missing_cells_say_nothing():
    masks = judge_verdicts(as_leads(pd.DataFrame({"S": ["valid", None, "invalid"]})), "S")

    assert masks["verifier_invalid"].tolist() == [False, False, True]
    assert not masks["verifier_risky"].any()


def test_a_column_that_is_not_there_is_an_error_with_those_that_are():
    with pytest.raises(InputError, match="no column 'ZB' to trust; there are 'email', 'ZB Status'"):
        judge_verdicts(as_leads(pd.DataFrame({"email": [], "ZB Status": []})), "ZB")


@pytest.mark.parametrize(
    ("header", "cells", "known"),
    [
        ("ZB Status", ["valid", "", "catch-all"], True),
        ("Email Status", ["Verified", "Extrapolated"], True),
        ("Status", ["subscribed", "cleaned"], False),
        ("Email 1 Validation", ["accept all"], True),
        ("Note", ["valid"], False),
        ("ZB Status", ["", ""], False),
        ("send_status", ["pending"], False),
        ("status_scrape", ["ok", "error"], False),
        ("Lead Status", ["good", "pending"], False),
        ("Email send status", ["bounced", "pending"], False),
        ("emailSent status", ["ok"], False),
        ("Account Status", ["verified"], False),
        ("Result", ["ok"], False),
        ("Result", ["ok", "catch_all"], True),
        ("Lead Status", ["valid", "risky"], True),
        ("email_verification", ["ok"], True),
    ],
)
def test_a_verdict_column_is_known_by_header_and_cells(header, cells, known):
    assert is_verdict_column(header, cells) is known


def test_verdicts_are_offered_and_honoured_only_when_asked(write):
    path = write(
        "leads.csv", "Email,ZB Status\na@acme.example,valid\nb@acme.example,invalid\nc@acme.example,unknown\n"
    )

    told = hygiene.clean(path)
    trusted = hygiene.clean(path, trust_columns=["ZB Status"])

    assert told.counts.outcomes["ready"] == 3
    assert any("trust_columns=['ZB Status']" in note for note in told.notes)
    assert trusted.verdicts["outcome"].tolist() == ["ready", "invalid", "review"]
    assert trusted.notes == ()
