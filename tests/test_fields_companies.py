"""Companies: each name as people say it, and what is right stays."""

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hygiene.fields.companies import tidy_companies, tidy_company
from hygiene.fields.firm_ends import KEYWORDS
from hygiene.words.tables import read_rows, read_words

TABLE = (Path(__file__).parent / "data" / "fields" / "companies.txt").read_text(encoding="utf-8")
LINES = [tuple(line.split("\t")) for line in TABLE.splitlines() if not line.startswith("# ")]
COMPANIES = [row for row in LINES if row[0] != "!"]
MISSED = [row[1:] for row in LINES if row[0] == "!"]
WORDS = sorted(
    {word for row in COMPANIES for word in row[0].split()}
    | {*KEYWORDS, *",&-|"}
    | {word for form in read_words("legal_forms", kind="before") for word in form.split()}
)
CELLS = (
    st.lists(st.sampled_from(WORDS) | st.text(max_size=4), max_size=5)
    .map(" ".join)
    .flatmap(lambda text: st.sampled_from([text, text.upper(), text.title(), text.lower()]))
)
COUNTRIES = st.sampled_from(["", "IT", "ID"])


def texts(*cells):
    return pa.array(cells, pa.large_string())


@pytest.mark.parametrize("row", COMPANIES, ids="-".join)
def test_a_company_is_called_as_people_say_it(row):
    name, country, *said = row
    found, rule = tidy_company(name, country)

    assert found in said
    assert bool(rule) == (name != found)


def test_what_is_said_to_be_missed_still_is_and_was_not_right_before():
    found = [row for row in MISSED if tidy_company(*row[:2])[0] in row[2:]]

    assert found == [row for row in MISSED if row[0] in row[2:]] == []


def test_there_are_as_many_companies_as_were_promised():
    assert len(set(COMPANIES)) == len(COMPANIES) >= 150


def test_legal_forms_are_those_of_sixty_countries():
    assert len({country for _, _, country in read_rows("legal_forms")}) >= 60


def test_a_column_says_what_was_changed_by_which_rule():
    found = tidy_companies(texts("Acme GmbH", None, "Acme", "ACME, INC. (formerly Foo)", "Acme GmbH"))

    assert found.cells.to_pylist() == ["Acme", None, "Acme", "Acme", "Acme"]
    assert found.rules.to_pylist() == ["legal_form", None, None, "formerly;legal_form;case", "legal_form"]


def test_a_huge_cell_is_left():
    assert tidy_companies(texts("ACME " * 2_000 + "INC")).changed == 0


@given(CELLS, COUNTRIES)
def test_a_column_says_what_one_cell_says(name, country):
    found = tidy_companies(texts(name), countries=texts(country))

    assert (found.cells[0].as_py(), found.rules[0].as_py() or "") == tidy_company(name, country)


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Birch Precedentemente Cedar", "IT"),
        ("Birch Au Capital De Oslo", "FR"),
        ("Bar Sport Snc Di Rossi", "IT"),
        ("Birch Sas Di Rossi", "IT"),
        ("Công Ty Cổ Phần Thu Hà", "VN"),
        ("Birch Doing Business As Cedar", "US"),
        ("Birch As Trustee For Cedar", "AU"),
    ],
)
def test_an_end_that_needs_no_sign_is_seen_in_a_column_too(name, country):
    said, rules = tidy_company(name, country)

    found = tidy_companies(texts(name), countries=texts(country))

    assert said != name
    assert (found.cells[0].as_py(), found.rules[0].as_py()) == (said, rules)


@given(CELLS, COUNTRIES)
def test_tidying_twice_changes_nothing(name, country):
    once, _ = tidy_company(name, country)

    assert tidy_company(once, country) == (once, "")
