"""Notes about fields in a cleaning: noted on the cells as they came in, and withheld only where one asks for it."""

from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

import hygiene
import hygiene.scale

LEADS = {
    "email": [
        "ann@acme.example",
        "hal@acme.example",
        "ivy@acme.example",
        "jo@acme.example",
        "kim@acme.example",
    ],
    "first_name": ["Ann", " hal@acme.example", "Acme Plumbing Services", "Jo", "Kim"],
    "last_name": ["Lund", "", "", "Roe", "Poe"],
    "phone": ["+44 20 7946 0000", "020 7946 0123", "", "4.41E+11", "0000"],
    "website": ["https://www.acme.example", "mail.acme.example/x", "", "", "https://birch.example"],
}
NOTED = ["", "placeholder_name", "name_is_company", "damaged_number", "damaged_number;domain_mismatch"]


def test_every_note_about_fields_is_in_the_reasons_and_withholds_nothing():
    cleaned = hygiene.clean(pd.DataFrame(LEADS))

    assert cleaned.verdicts["reasons"].tolist() == NOTED
    assert set(cleaned.verdicts["outcome"]) == {"ready"}
    assert cleaned.counts.reasons == {
        "placeholder_name": 1, "name_is_company": 1, "damaged_number": 2, "domain_mismatch": 1
    }  # fmt: skip


@pytest.mark.parametrize("note", ["placeholder_name", "name_is_company", "damaged_number", "domain_mismatch"])
def test_a_row_with_a_note_about_a_field_is_set_aside_where_it_is_reviewed(note):
    verdicts = hygiene.clean(pd.DataFrame(LEADS), review=[note]).verdicts

    assert verdicts["outcome"].tolist() == ["review" if note in reasons else "ready" for reasons in NOTED]


@pytest.mark.skipif(not find_spec("phonenumbers"), reason="needs the extra tidy")
def test_what_tidying_takes_away_is_noted_all_the_same():
    tidied = hygiene.clean(pd.DataFrame(LEADS), tidy="all")

    assert tidied.verdicts["reasons"].tolist() == NOTED
    assert tidied.ready["first_name"].tolist()[1] == ""


@pytest.mark.parametrize(("free", "noted"), [("postbox.example", ""), ("other.example", "domain_mismatch")])
def test_a_public_provider_says_nothing_about_a_website(write, free, noted):
    frame = pd.DataFrame({"email": ["ann@postbox.example"], "website": ["acme.example"]})

    reasons = hygiene.clean(frame, free=write("free.txt", free)).verdicts["reasons"].item()

    assert reasons.replace("free_provider", "") == noted


@pytest.mark.parametrize(
    ("website", "email", "noted"),
    [
        ("https://shop.acme.co.uk/", "ann@mail.acme.co.uk", False),
        ("https://acme.co.uk", "ann@birch.co.uk", True),
        ("HTTPS://ACME.COM:443/a", "ann@acme.com", False),
        ("acme", "ann@birch.example", False),
        ("https://acme.example", "nobody", False),
    ],
)
def test_a_website_is_held_against_the_registered_domain_of_the_address(website, email, noted):
    found = hygiene.clean(pd.DataFrame({"email": [email], "website": [website]})).verdicts["reasons"].item()

    assert ("domain_mismatch" in found) == noted


def test_a_malformed_row_has_no_notes_about_fields(write):
    path = write("leads.csv", "email,first_name\nann@acme.example,NULL,too many\nbob@acme.example,NULL\n")

    assert hygiene.clean(path).verdicts["reasons"].tolist() == ["row_malformed", "placeholder_name"]


def test_a_second_column_of_a_name_is_no_reason_to_fail():
    frame = pd.DataFrame([["ann@acme.example", "4.41E+11", "x"]], columns=["email", "note", "note"])

    assert hygiene.clean(frame).verdicts["reasons"].tolist() == [""]


def test_notes_about_fields_are_the_same_on_dask():
    dask = pytest.importorskip("dask.dataframe")
    frame = pd.DataFrame(LEADS)

    verdicts = hygiene.scale.clean(dask.from_pandas(frame, npartitions=2)).verdicts.compute()

    assert verdicts["reasons"].tolist() == NOTED


COLUMNS_OF = {
    "placeholder_name": ["first_name", "last_name"],
    "name_is_company": ["first_name", "last_name", "company"],
    "damaged_number": ["phone"],
}


@pytest.mark.parametrize("note", COLUMNS_OF)
def test_cells_of_many_kinds_have_the_note_or_have_it_not(note):
    table = (Path(__file__).parent / "data" / "fields" / "notes.txt").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line.split("\t")[0] == note]
    leads = pd.DataFrame([row[2:] for row in rows], columns=COLUMNS_OF[note])
    leads.insert(0, "email", [f"lead{row}@evergate.example" for row in range(len(rows))])

    reasons = hygiene.clean(leads).verdicts["reasons"].tolist()

    assert len(rows) > 100
    assert [note in each.split(";") for each in reasons] == [row[1] == "yes" for row in rows]
