"""What was mended and tidied, by column: counted without writing, with examples that show no address."""

import json

import jsonschema
import pandas as pd
import pytest

import hygiene
from hygiene.cleaning.changed import ChangedColumn
from hygiene.display import mask_address
from hygiene.report.changes import changed_columns
from hygiene.report.html import render
from hygiene_schemas import summary_schema

LEADS = pd.DataFrame(
    {
        "email": ["ann@acme.example", "bob@acme.example", "cy@acme.example", "dan@acme.example", "nobody"],
        "first_name": [" Ann ", "BOB", '" Cy "', "\tDan", " Eve "],
        "company": ["Birch &amp; Sons", "Birch &amp; Sons", "Acme", "Acme", "Acme"],
        "note": ["ask hal&#64;acme.example", "ask ivy@acme.example ", "", "", ""],
    }
)


def test_changed_cells_are_counted_by_column_and_rule_with_different_examples():
    found = hygiene.clean(LEADS).changed_columns

    assert list(found) == ["first_name", "company", "note"]
    assert found["first_name"].cells == 3
    assert found["first_name"].rules == {"white_space": 3, "quotes": 1}
    assert found["company"] == ChangedColumn(2, {"entity": 2}, (("Birch &amp; Sons", "Birch & Sons"),))


def test_what_is_counted_is_what_is_written():
    cleaned = hygiene.clean(LEADS, tidy=["names", "companies"])

    counted = {name: found.cells for name, found in cleaned.changed_columns.items()}

    assert counted == cleaned.changes["column"].value_counts().to_dict()
    assert sum(counted.values()) == cleaned.verdicts["changes"].sum()


def test_leads_that_were_written_are_not_tidied_again(monkeypatch):
    cleaned = hygiene.clean(LEADS)
    asked = hygiene.clean(LEADS).changed_columns
    assert len(list(cleaned.chunks())) == 1

    monkeypatch.setattr("hygiene.cleaning.outgoing.rewrite", None)

    assert cleaned.changed_columns == asked


def test_nothing_is_counted_where_nothing_is_changed():
    assert hygiene.clean(LEADS, mend=False).changed_columns == {}


def test_an_example_of_long_cells_shows_where_they_differ():
    link = "https://www.linkedin.com/in/ann-lund-of-birch"
    frame = pd.DataFrame({"email": ["ann@acme.example"], "linkedin": [f"{link}?trk=abc"]})

    [(*_, examples)] = changed_columns(hygiene.clean(frame, tidy="links"), mask_address)

    assert examples == '"...nn-lund-of-birch?trk=abc" to "...nn-lund-of-birch"'


@pytest.mark.parametrize(
    "cell", [" hal&commat;acme.example ", " hal@acme.example", "hal\uff20acme.example  x"]
)
def test_examples_hold_no_address(cell):
    frame = pd.DataFrame({"email": ["ann@acme.example"], "note": [cell]})

    [(name, cells, _, examples)] = changed_columns(hygiene.clean(frame), mask_address)

    assert (name, cells) == ("note", 1)
    assert "hal" not in examples


def test_the_page_tells_what_was_changed_and_masks_addresses():
    page = render(hygiene.clean(LEADS))

    assert "Mended and tidied" in page
    assert "&#34; Ann &#34; to &#34;Ann&#34;" in page
    assert "hal" not in page.replace("half", "").replace("shall", "")
    assert "ivy" not in page


def test_a_check_tells_what_would_be_changed_and_writes_nothing(run, write, tmp_path):
    path = write("leads.csv", "email,first_name\nann@acme.example, Ann \n")

    code, out, _ = run("check", path, "--no-dns", "--tidy", "names")

    assert code == 0
    assert "Mended and tidied cells of ready rows" in out
    assert '" Ann " to "Ann"' in out
    assert [each.name for each in tmp_path.iterdir()] == ["leads.csv"]


def test_the_summary_counts_changed_cells_by_rule_and_holds_none_of_them(run, write):
    path = write("leads.csv", "email,first_name\nann@acme.example, Ann \n")

    summary = json.loads(run("check", path, "--no-dns", "--format", "json")[1])

    assert summary["changes"] == {"first_name": {"cells": 1, "rules": {"white_space": 1}}}
    jsonschema.validate(summary, summary_schema())
