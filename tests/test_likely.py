"""One person under two addresses: noted beside another row, never a duplicate by itself."""

import subprocess
import sys

import pandas as pd
import pytest

import hygiene
from hygiene.columns.person_columns import person_columns
from hygiene.errors import UsageError

pytest.importorskip("rapidfuzz")

COLUMNS = ["email", "first_name", "last_name", "company", "phone", "linkedin", "city"]
PAGE = "https://www.linkedin.com/in/maren-holdahl-77"

ONE = [
    pytest.param(
        ["maren.holdahl@birch.example", "Maren", "Holdahl", "Birch Ltd", "", "", "Oslo"],
        ["mholdahl@birch.example", "Maren", "Holdahl", "Birch", "", "", "Oslo"],
        "name;company;place",
        id="two forms of an address",
    ),
    pytest.param(
        ["r.holdahl@birch.example", "Robert", "Holdahl", "Birch Ltd", "", "", ""],
        ["bob@birch.example", "Bob", "Holdahl", "Birch Ltd", "", "", ""],
        "name;company",
        id="a nickname",
    ),
    pytest.param(
        ["maren@birch.example", "Maren", "Holdahl", "Birch Ltd", "", "", ""],
        ["mar@birch.example", "Maren", "Holdhal", "Birch Ltd", "", "", ""],
        "name;company",
        id="a slip",
    ),
    pytest.param(
        ["maren@birch.example", "Maren", "Janssen", "Birch Ltd", "", "", ""],
        ["janssen@birch.example", "Maren", "Jansen", "Birch Ltd", "", "", ""],
        "name;company",
        id="a letter of the surname, under the same given name",
    ),
    pytest.param(
        ["maren@birch.example", "Maren", "Holdahl", "Birch Ltd", "", PAGE, ""],
        [
            "maren.roe@birch.example",
            "Maren",
            "Roe",
            "Birch Ltd",
            "",
            PAGE.replace("https://www.", "") + "/",
            "",
        ],
        "given name;company;linkedin",
        id="married",
    ),
    pytest.param(
        ["maren@birch.example", "Maren", "Holdahl", "Birch Ltd", "+47 22 33 44 55", "", ""],
        ["holdahl@cedar.example", "Maren", "Holdahl", "Cedar Ltd", "0047-22334455", "", ""],
        "name;phone",
        id="moved jobs with the number",
    ),
    pytest.param(
        ["maren@birch.example", "Dr. MAREN", "HOLDAHL", "Birch Ltd", "", "", "Oslo"],
        ["maren.h@gmail.com", "maren", "holdahl", "", "", "", "oslo"],
        "name;place",
        id="a private address",
    ),
    pytest.param(
        ["maren@birch.example", "Maren", "Holdahl", "Birch Ltd", "", "", ""],
        ["holdahl@birch.example", "Holdahl", "Maren", "Birch Ltd", "", "", ""],
        "name;company",
        id="names in each other's place",
    ),
]
TWO = [
    pytest.param(
        ["maren@birch.example", "Maren", "Holdahl", "Birch Ltd", "+47 22 33 44 55", "", "Oslo"],
        ["jonas@birch.example", "Jonas", "Holdahl", "Birch Ltd", "+47 22 33 44 55", "", "Oslo"],
        id="family at one firm",
    ),
    pytest.param(
        ["anna@birch.example", "Anna", "Holdahl", "Birch Ltd", "", "", "Oslo"],
        ["hanna@birch.example", "Hanna", "Holdahl", "Birch Ltd", "", "", "Oslo"],
        id="two names that are near",
    ),
    pytest.param(
        ["maren@birch.example", "Maren", "Holdahl", "Birch Ltd", "+47 22 33 44 55", "", "Oslo"],
        ["m.roe@birch.example", "Maren", "Roe", "Birch Ltd", "+47 22 33 44 55", "", "Oslo"],
        id="one first name at one office",
    ),
    pytest.param(
        ["john@birch.example", "John", "Holdahl", "Birch Ltd", "", "", "Oslo"],
        ["jr@birch.example", "John", "Holdahl Jr.", "Birch Ltd", "", "", "Oslo"],
        id="father and son",
    ),
    pytest.param(
        ["maren@birch.example", "Maren", "Holdahl", "Birch Ltd", "", PAGE, "Oslo"],
        ["maren@cedar.example", "Maren", "Holdahl", "Cedar Ltd", "", PAGE[:-1] + "8", "Paris"],
        id="namesakes",
    ),
    pytest.param(
        ["x@birch.example", "", "", "Birch Ltd", "+47 22 33 44 55", "", "Oslo"],
        ["y@birch.example", "", "", "Birch Ltd", "+47 22 33 44 55", "", "Oslo"],
        id="no names",
    ),
    *(
        pytest.param(
            ["one@birch.example", first, "Janssen", "Birch Ltd", "+47 22 33 44 55", "", "Oslo"],
            ["other@birch.example", second, "Jansen", "Birch Ltd", "+47 22 33 44 55", "", "Oslo"],
            id=f"surnames a letter apart at one firm, with {first or 'no'} and {second or 'no'}",
        )
        for first, second in (
            ("Torvin", "Torvina"),
            ("J.", "J."),
            ("J", "Jan"),
            ("", ""),
            ("", "Anna"),
            ("Eva", "Ada"),
        )
    ),
    pytest.param(
        ["maren@alder12.example", "Maren", "Holdahl", "Alder 12 Ltd", "", "", "Oslo"],
        ["maren@alder13.example", "Maren", "Holdahl", "Alder 13 Ltd", "", "", ""],
        id="firms that differ in a digit",
    ),
    pytest.param(
        ["maren@birch.example", "Maren", "Holdahl", "Aldera Ltd", "", "", "Oslo"],
        ["maren@cedar.example", "Maren", "Holdahl", "Alderb Ltd", "", "", ""],
        id="firms a letter apart with domains of their own",
    ),
]


def frame(*rows: list[str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def told(cleaned: hygiene.CleanedLeads) -> list[str | None]:
    column = cleaned.verdicts["same_person"]
    return column.astype(object).where(column.notna(), None).tolist()


@pytest.mark.parametrize(("first", "second", "why"), ONE)
def test_the_later_row_of_one_person_names_the_earlier_and_why(first, second, why):
    cleaned = hygiene.clean(frame(first, second), likely=True)

    assert told(cleaned) == [None, f"1:{why}"]
    assert cleaned.verdicts["reasons"].str.contains("same_person_suspected").tolist() == [False, True]
    assert cleaned.counts.reasons["same_person_suspected"] == 1


@pytest.mark.parametrize(("first", "second"), TWO)
def test_those_who_look_alike_are_two(first, second):
    assert told(hygiene.clean(frame(first, second), likely=True)) == [None, None]


PRIVATE = ["email", "first_name", "last_name", "city", "PLZ", "Street", "Date of birth"]
AT_HOME = [
    pytest.param(
        ["one@gmail.com", "Maren", "Holdahl", "Oslo", "0150", "Birch Lane", "1977-03-12"],
        ["two@gmail.com", "Maren", "Roe", "Oslo", "0150", "birchlane", "12.03.1977"],
        "given name;place;birth",
        id="another surname, the date written otherwise",
    ),
    pytest.param(
        ["one@gmail.com", "Maren", "Holdahl", "Oslo", "", "Birch Lane", "19770312"],
        ["two@gmail.com", "Roe", "Maren", "Oslo", "", "Birch Lnae", "19770312"],
        "surname;place;birth",
        id="names in each other's place, of which one is another",
    ),
    pytest.param(
        ["one@gmail.com", "Vigdis", "Holdahl", "Oslo", "0150", "Birch Lane", "19770312"],
        ["two@gmail.com", "Maren", "Holdahl", "Oslo", "0150", "Birch Lane", "19770313"],
        "surname;place",
        id="another given name, a slip in the date",
    ),
    pytest.param(
        ["one@gmail.com", "", "", "Oslo", "0150", "Birch Lane", "1977-03-12 00:00:00"],
        ["two@gmail.com", "Maren", "Holdahl", "Oslo", "0150", "Birch Lane", "12/03/1977"],
        "place;birth",
        id="no name, at home",
    ),
]
NOT_AT_HOME = [
    pytest.param(
        ["one@gmail.com", "Maren", "Holdahl", "Oslo", "0150", "Birch Lane", "1977-03-12"],
        ["two@gmail.com", "Jonas", "Holdahl", "Oslo", "0150", "Birch Lane", "1975-11-02"],
        id="a couple",
    ),
    pytest.param(
        ["one@gmail.com", "Maren", "Holdahl", "Oslo", "0150", "Birch Lane", "1977-03-12"],
        ["two@gmail.com", "Jonas", "Roe", "Paris", "75001", "Cedar Street", "1977-03-12"],
        id="strangers of one birthday",
    ),
    pytest.param(
        ["one@birch.example", "Maren", "Holdahl", "Oslo", "0150", "Birch Lane", "1977-03-12"],
        ["two@birch.example", "Jonas", "Roe", "Oslo", "0150", "Birch Lane", "1977-03-12"],
        id="colleagues of one birthday, at the street of the firm",
    ),
    pytest.param(
        ["one@gmail.com", "Maren", "Holdahl", "Oslo", "0150", "Birch Lane", "12.03.77"],
        ["two@gmail.com", "Jonas", "Roe", "Oslo", "0150", "Birch Lane", "12.03.77"],
        id="a date that is none",
    ),
]


@pytest.mark.parametrize(("first", "second", "why"), AT_HOME)
def test_dates_of_birth_streets_and_postal_codes_speak_for_one_person(first, second, why):
    cleaned = hygiene.clean(pd.DataFrame([first, second], columns=PRIVATE), likely=True)

    assert told(cleaned) == [None, f"1:{why}"]


@pytest.mark.parametrize(("first", "second"), NOT_AT_HOME)
def test_who_lives_or_works_at_one_street_is_not_one_person_by_that(first, second):
    cleaned = hygiene.clean(pd.DataFrame([first, second], columns=PRIVATE), likely=True)

    assert told(cleaned) == [None, None]


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("date_of_birth", "born"),
        ("DOB", "born"),
        ("Geburtsdatum", "born"),
        ("Address 1", "street"),
        ("Straße", "street"),
        ("Zip/Postal Code", "postcode"),
        ("code postal", "postcode"),
        ("Company Street", None),
        ("Spouse's date of birth", None),
    ],
)
def test_what_a_column_says_of_a_person_is_known_by_its_header(header, says):
    assert person_columns(["email", header]) == ({} if says is None else {says: header})


def test_it_is_never_a_duplicate_and_withholds_nothing_by_itself():
    first, second, _ = ONE[0].values

    cleaned = hygiene.clean(frame(first, second), likely=True)

    assert cleaned.counts.outcomes["ready"] == 2
    assert cleaned.predicted.duplicates == 0


def test_review_sets_the_noted_row_aside_and_leaves_the_other():
    first, second, _ = ONE[0].values

    cleaned = hygiene.clean(frame(first, second), likely=True, review=["same_person_suspected"])

    assert cleaned.verdicts["outcome"].tolist() == ["ready", "review"]
    assert len(cleaned.ready) == 1


def test_who_said_no_is_the_one_that_the_other_is_held_against():
    first, second, why = ONE[0].values

    cleaned = hygiene.clean(frame(first, second), likely=True, suppress=hygiene.Entries([second[0]]))

    assert told(cleaned) == [f"2:{why}", None]


def test_rows_of_one_address_are_duplicates_and_no_more():
    first, _, _ = ONE[0].values

    cleaned = hygiene.clean(frame(first, first), likely=True)

    assert told(cleaned) == [None, None]
    assert cleaned.verdicts["outcome"].tolist() == ["ready", "duplicate"]


def test_without_it_nothing_is_compared():
    first, second, _ = ONE[0].values

    assert told(hygiene.clean(frame(first, second))) == [None, None]


@pytest.fixture
def many(tmp_path):
    rows = []
    for number in range(500):
        first, second, _ = ONE[number % len(ONE)].values
        for row in (first, second):
            name = f"{row[2]}{chr(97 + number % 26)}{chr(97 + number // 26 % 26)}{chr(97 + number // 676)}"
            firm = f"{row[3]} {number}" if row[3] else ""
            email = (
                row[0].replace("@", f"{number}@{number}") if "gmail" not in row[0] else f"{number}{row[0]}"
            )
            rows.append([email, row[1], name, firm, *row[4:]])
    path = tmp_path / "leads.csv"
    frame(*rows).to_csv(path, index=False)
    return path


def test_in_memory_spilled_and_in_chunks_say_the_same(many, monkeypatch):
    whole = hygiene.clean(many, likely=True)
    monkeypatch.setattr("hygiene.cleaning.likely._AT_ONCE", 100)
    monkeypatch.setattr("hygiene.cleaning.likely._ROWS_AT_ONCE", 70)
    cut = hygiene.clean(many, likely=True, memory=1, jobs=1)

    assert told(whole) == told(cut)
    assert sum(each is not None for each in told(whole)) > 250


def test_the_explanation_of_a_row_names_the_other():
    first, second, _ = ONE[0].values

    told = str(hygiene.clean(frame(first, second), likely=True).explain(2))

    assert "It is likely of the same person as row 1: name, company, place in common." in told


def test_review_of_what_is_not_looked_for_is_refused():
    with pytest.raises(UsageError, match="likely=True gives: add that"):
        hygiene.clean(frame(), review=["same_person_suspected"])


def test_a_missing_package_is_named_with_its_extra():
    code = (
        "import sys; sys.modules['rapidfuzz'] = None\n"
        "import hygiene, pandas\n"
        "hygiene.clean(pandas.DataFrame({'email': []}, dtype=str), likely=True)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "pip install 'lead-hygiene[likely]'" in done.stderr
    assert "UsageError" in done.stderr
