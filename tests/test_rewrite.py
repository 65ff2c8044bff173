"""Rewriting: what is written and what is sent are the same cells, every change is told, and the leads stay."""

import pandas as pd
import pytest

import hygiene
from hygiene.cleaning.rewrite import FieldRules
from hygiene.cli import main
from hygiene.errors import UsageError
from hygiene.importing.payload import Payload

LEADS = pd.DataFrame(
    {
        "email": ["ann@birch.example", "bob@birch.example", "ann@birch.example", "no address"],
        "first_name": [" Ann ", "DR. BOB", " Ann", " Dan "],
        "last_name": ["LUND", "Roe, PhD", "Lund", "Day"],
        "company": ["Birch &amp; Sons GmbH", "ACME, INC. (formerly Foo)", "Birch", " Hill "],
        "note": ["a\u00a0b", "two\n\nlines", "c", "d "],
    }
)


def run(arguments):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    return stop.value.code


def test_what_is_ready_is_mended_and_the_leads_stay():
    cleaned = hygiene.clean(LEADS)

    assert cleaned.ready["first_name"].tolist() == ["Ann", "DR. BOB"]
    assert cleaned.ready["company"].tolist() == ["Birch & Sons GmbH", "ACME, INC. (formerly Foo)"]
    assert cleaned.ready["note"].tolist() == ["a b", "two\n\nlines"]
    assert cleaned.frame["first_name"].tolist() == LEADS["first_name"].tolist()
    assert cleaned.withheld["first_name"].tolist() == [" Ann", " Dan "]


def test_every_change_is_told_with_its_row_and_rule():
    cleaned = hygiene.clean(LEADS)

    assert cleaned.changes.values.tolist() == [
        [1, "first_name", " Ann ", "Ann", "white_space"],
        [1, "company", "Birch &amp; Sons GmbH", "Birch & Sons GmbH", "entity"],
        [1, "note", "a\u00a0b", "a b", "white_space"],
    ]
    assert cleaned.verdicts["changes"].tolist() == [3, 0, 0, 0]


def test_without_mending_cells_are_as_they_came_in():
    cleaned = hygiene.clean(LEADS, mend=False)

    assert cleaned.ready.drop(columns="email").equals(LEADS.iloc[:2].drop(columns="email"))
    assert not len(cleaned.changes)


def test_what_is_asked_for_is_tidied_after_it_was_mended():
    cleaned = hygiene.clean(LEADS, tidy=["names", "companies"])

    assert cleaned.ready["first_name"].tolist() == ["Ann", "Bob"]
    assert cleaned.ready["last_name"].tolist() == ["Lund", "Roe"]
    assert cleaned.ready["company"].tolist() == ["Birch & Sons", "Acme"]
    assert cleaned.changes["rule"].tolist() == [
        "white_space", "case", "entity;legal_form", "white_space", "title;case", "credential",
        "formerly;legal_form;case",
    ]  # fmt: skip


def test_an_address_in_the_place_of_a_name_is_blanked():
    leads = pd.DataFrame({"email": ["hal@birch.example"], "first_name": ["HAL@birch.example"]})

    cleaned = hygiene.clean(leads, tidy="names")

    assert cleaned.ready["first_name"].tolist() == [""]
    assert cleaned.changes["rule"].tolist() == ["placeholder"]


@pytest.mark.parametrize("fields", [{}, {"mend": False}, {"tidy": "names,companies,links"}])
def test_what_is_sent_is_what_is_ready(fields):
    cleaned = hygiene.clean(LEADS, **fields)
    sent = Payload(cleaned, custom=("all",)).batch(1, cleaned.rows_to_send().tolist()).leads

    assert [dict(lead) for lead in sent] == cleaned.ready.to_dict("records")


@pytest.mark.parametrize("fields", [{}, {"tidy": "names,companies,links"}])
def test_addresses_outcomes_and_duplicates_do_not_depend_on_it(fields):
    plain, cleaned = (
        hygiene.clean(LEADS, mend=False, match="person"),
        hygiene.clean(LEADS, match="person", **fields),
    )

    assert cleaned.verdicts.drop(columns="changes").equals(plain.verdicts.drop(columns="changes"))
    assert cleaned.ready["email"].tolist() == plain.ready["email"].tolist()


def test_a_filled_cell_is_mended_too():
    leads = LEADS.assign(first_name=[None, "Bob", " Ann ", None])

    cleaned = hygiene.clean(leads, fill=True)

    assert cleaned.ready["first_name"].tolist() == ["Ann", "Bob"]
    assert "first_name" in cleaned.changes["column"].tolist()


def test_cleaning_what_is_ready_changes_nothing_more():
    once = hygiene.clean(LEADS, tidy="names,companies,links").ready

    assert not len(hygiene.clean(once, tidy="names,companies,links").changes)


def test_a_column_with_blanks_numbers_or_nothing_is_left():
    leads = pd.DataFrame({"email": ["ann@birch.example"] * 2, "n": [1.5, None], "blank": [None, None]})

    assert hygiene.clean(leads, tidy="names,companies,links").changes.empty


def test_another_kind_of_field_is_refused():
    with pytest.raises(UsageError, match=r"tidy=.*expected all, or any of names, companies, phones"):
        hygiene.clean(LEADS, tidy=["name"])


def test_all_is_every_kind():
    assert FieldRules.of(mend=True, tidy="all", region="gb") == FieldRules(
        True, ("names", "companies", "phones", "places", "links"), "GB"
    )


def test_phones_and_places_take_the_country_of_the_row_or_of_the_address():
    pytest.importorskip("phonenumbers")
    pytest.importorskip("pycountry")
    leads = pd.DataFrame(
        {
            "email": ["ann@birch.example", "bob@birch.de", "cleo@birch.example", "dan@birch.example"],
            "phone": ["020 7946 0123", "030 123456", "415-555-0101", "4.41E+11"],
            "country": ["Großbritannien", "", "", "UK"],
        }
    )

    cleaned = hygiene.clean(leads, tidy=["phones", "places"], region="US")

    assert cleaned.ready["phone"].tolist() == ["+442079460123", "+4930123456", "+14155550101", "4.41E+11"]
    assert cleaned.ready["country"].tolist() == ["United Kingdom", "", "", "United Kingdom"]


@pytest.mark.parametrize("tidy", ["names,companies", "all"])
def test_names_and_companies_take_the_country_of_the_row(tidy):
    pytest.importorskip("pycountry")
    leads = pd.DataFrame(
        {
            "email": ["a@birch.example", "b@birch.example"],
            "first_name": ["Pan Marek", "Pan"],
            "last_name": ["Nowak", "Jun"],
            "company": ["Colombo SPA", "PT Nusantara"],
            "country": ["Poland", "Indonesia"],
        }
    )

    cleaned = hygiene.clean(leads, tidy=[tidy])

    assert cleaned.ready["first_name"].tolist() == ["Marek", "Pan"]
    assert cleaned.ready["company"].tolist() == ["Colombo SPA", "Nusantara"]


def test_the_command_line_writes_every_change_for_its_owner_alone(tmp_path):
    LEADS.to_csv(tmp_path / "leads.csv", index=False)

    code = run(
        [
            "clean",
            str(tmp_path / "leads.csv"),
            "--no-dns",
            "--tidy",
            "names",
            "--out",
            str(tmp_path / "out"),
            "-q",
        ]
    )

    changes = pd.read_csv(tmp_path / "out" / "changes.csv")
    assert code == 0
    assert changes.columns.tolist() == ["row", "column", "before", "after", "rule"]
    assert changes.loc[changes["column"] == "first_name", "after"].tolist() == ["Ann", "Bob"]
    assert (tmp_path / "out" / "changes.csv").stat().st_mode & 0o777 == 0o600


def test_the_command_line_leaves_cells_where_it_is_told_to(tmp_path):
    LEADS.to_csv(tmp_path / "leads.csv", index=False)

    run(["clean", str(tmp_path / "leads.csv"), "--no-dns", "--no-mend", "--out", str(tmp_path / "out"), "-q"])

    assert pd.read_csv(tmp_path / "out" / "ready.csv")["first_name"].tolist() == [" Ann ", "DR. BOB"]
    assert not (tmp_path / "out" / "changes.csv").exists()


def test_a_region_is_refused_before_anything_is_read(capsys):
    pytest.importorskip("phonenumbers")

    assert run(["check", "nowhere.csv", "--tidy", "phones", "--region", "UK"]) == 2
    assert "--region UK is no region with telephone numbers; that is GB." in capsys.readouterr().err
