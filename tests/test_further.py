"""What forbids any address of a cell with several forbids its row, and a mark on the row counts for all of them."""

import pandas as pd
import pytest

import hygiene
from hygiene.lists import parse_list

ROWS = {
    "email": [
        "ann@x.example; bob@x.example",
        "BOB@x.example",
        "cleo@x.example, dan@x.example",
        "dan@x.example",
        "eve@x.example / ann@x.example",
        "finn@x.example",
    ],
    "Unsubscribed": ["yes", "", "", "yes", "", ""],
}


@pytest.fixture(params=["memory", "spilled", "person"])
def clean(request, tmp_path):
    def _clean(rows, **options):
        pd.DataFrame(rows).to_csv(tmp_path / "leads.csv", index=False)
        more = {"memory": {}, "spilled": {"memory": 1 << 20}, "person": {"match": "person"}}[request.param]
        return hygiene.clean(tmp_path / "leads.csv", **options, **more)

    return _clean


def test_a_mark_counts_for_all_addresses_of_its_cell_and_any_address_of_a_cell(clean):
    cleaned = clean(ROWS)

    outcomes = cleaned.verdicts["outcome"].tolist()
    assert outcomes == ["suppressed"] * 5 + ["ready"]
    assert cleaned.verdicts["reasons"].tolist()[1] == "suppressed_column"
    assert cleaned.verdicts["matched_rule"].tolist()[4].endswith("leads.csv:2:Unsubscribed")
    assert cleaned.counts.reasons["suppressed_column"] == 5


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("dan@x.example", "suppressed_address"),
        ("d*n@x.example", "suppressed_address"),
        ("x.example", "suppressed_domain"),
        ("bc8e0ed2e2a2ba2cb3ce6b5c6d0b4d2d", ""),
    ],
)
def test_any_address_of_a_cell_that_a_list_names_withholds_the_row(clean, entry, reason):
    rows = {"email": ["cleo@y.example; dan@x.example", "other@y.example"]}

    cleaned = clean(rows, suppress=parse_list(f"{entry}\n", name="dnc"))

    assert cleaned.verdicts["outcome"].tolist() == ["suppressed" if reason else "ready", "ready"]
    assert reason in cleaned.verdicts["reasons"].tolist()[0]
    if reason:
        assert cleaned.verdicts["matched_rule"].tolist()[0] == f"dnc:1:{entry}"


@pytest.mark.parametrize("order", [["bob@z.example", "dan@x.example"], ["dan@x.example", "bob@z.example"]])
def test_a_row_keeps_what_lists_say_of_each_of_its_addresses(clean, order):
    rows = {"email": ["; ".join(["cleo@y.example", *order])]}

    cleaned = clean(rows, suppress=parse_list("dan@x.example\nz.example\n", name="dnc"))

    assert set(cleaned.counts.reasons) == {"several_addresses", "suppressed_address", "suppressed_domain"}


def test_a_near_miss_of_any_address_of_a_cell_is_noted(clean):
    cleaned = clean(
        {"email": ["cleo@y.example; jane.doe@gmail.com", "other@y.example"]},
        suppress=parse_list("janedoe@gmail.com\n", name="dnc"),
    )

    first = cleaned.verdicts["reasons"].tolist()[0]
    assert "near_suppressed" in first or "suppressed_address" in first
