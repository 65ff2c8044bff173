"""JSON in the shapes that programs write: columns, rows, answers of APIs, several addresses of one lead."""

import json
from pathlib import Path

import pandas as pd
import pytest

from hygiene.errors import InputError
from hygiene.io.readers import open_leads, read_leads

DATA = Path(__file__).parent / "data" / "formats"
PEOPLE = [{"email": "ann@x.example", "name": "Ann Lund"}, {"email": "bob@x.example", "name": "Bob Roe"}]
ADDRESSES = ["ann@x.example", "bob@x.example"]


def read(tmp_path: Path, value: object, **how: object) -> pd.DataFrame:
    path = tmp_path / "leads.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value, **how), encoding="utf-8")
    return read_leads(path)


def test_columns_that_pandas_wrote_are_leads():
    """Written by pandas 3.1 `to_json()`."""
    frame = read_leads(DATA / "pandas-3.1-to-json.json")

    assert frame.to_numpy().tolist()[2] == ["cy@northwind.example", "Cy", "Northwind"]
    assert frame.index.get_level_values("line").tolist() == [1, 2, 3]


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("orient", ["columns", "index", "split", "table", "values", "records"])
def test_every_shape_that_pandas_writes_is_read(tmp_path, orient, indent):
    made = pd.DataFrame(PEOPLE).assign(n=[1, 2]).to_json(orient=orient, indent=indent)

    frame = read(tmp_path, made)

    assert frame["email"].tolist() == ADDRESSES
    assert frame[frame.columns[-1]].tolist() == ["1", "2"]


@pytest.mark.parametrize(
    "value",
    [
        {"results": PEOPLE, "paging": {"next": None}},
        {"meta": {"tags": ["a", "b", "c"]}, "response": {"data": {"contacts": PEOPLE}}},
        {"data": pd.DataFrame(PEOPLE).to_dict()},
        pd.DataFrame(PEOPLE).to_dict("list"),
        {"-Na": PEOPLE[0], "-Nb": PEOPLE[1] | {"city": "Ås"}},
        {address: {"name": "x"} for address in ADDRESSES},
        {"values": [["Email", "Name"], ["ann@x.example", "Ann"], ["bob@x.example"]]},
        {"results": [{"id": at, "properties": each, "archived": False} for at, each in enumerate(PEOPLE)]},
        {"emails": ADDRESSES},
        [{"id": 1, "lead": PEOPLE[0]}, {"id": 2, "lead": PEOPLE[1]}],
    ],
    ids=[
        "wrapped",
        "deep",
        "wrapped columns",
        "lists",
        "keys",
        "addresses",
        "sheet",
        "properties",
        "texts",
        "lead",
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_leads_are_found_in_answers_and_other_shapes(tmp_path, value, indent):
    assert read(tmp_path, value, indent=indent)["email"].tolist() == ADDRESSES


def test_objects_and_arrays_one_after_the_other_are_read(tmp_path):
    """As `jq '.[]'` and `jq -c '.[] | [.email, .name]'` write them."""
    printed = "\n".join(json.dumps(each, indent=2) for each in PEOPLE)

    assert read(tmp_path, printed)["email"].tolist() == ADDRESSES
    assert read(tmp_path, '["email","name"]\n["ann@x.example","Ann"]')["name"].tolist() == ["Ann"]


def test_what_is_within_a_lead_of_a_line_is_lifted(tmp_path):
    lines = [json.dumps({"id": at, "lead": each}) for at, each in enumerate(PEOPLE)]

    frame = read(tmp_path, "\n".join([*lines, "[]"]))

    assert frame["email"].tolist() == [*ADDRESSES, ""]
    assert frame["id"].tolist()[:2] == ["0", "1"]
    assert frame["row_malformed"].tolist()[2] == "[]"


@pytest.mark.parametrize("name", ["api-wrapper.json", "emails-strings.json"])
def test_answers_of_apis_are_leads(name):
    assert read_leads(DATA / name)["email"].iloc[0] in {"ann@evergate.example", "ann.lund@birchworks.example"}


@pytest.mark.parametrize(
    ("given", "cells"),
    [
        (["ann@x.example", "al@x.example"], ["ann@x.example", "al@x.example"]),
        ([{"value": "ann@x.example"}], ["ann@x.example"]),
        (
            [{"email": "al@x.example"}, {"email": "ann@x.example", "primary": True}],
            ["ann@x.example", "al@x.example"],
        ),
        ({"address": "ann@x.example"}, ["ann@x.example"]),
        ({"work": "ann@x.example", "home": "al@x.example"}, ["ann@x.example", "al@x.example"]),
        ([], [""]),
        ([None, "ann@x.example"], ["ann@x.example"]),
    ],
)
def test_a_lead_with_several_addresses_has_the_first_and_the_others(tmp_path, given, cells):
    frame = read(tmp_path, [{"emails": given, "id": 7}])

    names = ["email", "emails 2"][: len(cells)]
    assert frame[names].to_numpy().tolist() == [cells]


def test_what_else_a_list_of_addresses_says_is_kept(tmp_path):
    given = [{"value": "ann@x.example", "type": "work"}]

    frame = read(tmp_path, [{"emails": given}])

    assert json.loads(frame["emails as given"].iloc[0]) == given
    assert frame["email"].tolist() == ["ann@x.example"]


def test_a_column_that_is_named_is_not_looked_for_within_leads(tmp_path):
    path = tmp_path / "leads.json"
    path.write_text(json.dumps([{"where": "ann@x.example", "owner": {"email": "own@x.example"}}]))

    with open_leads([path], columns={"email": "where"}) as leads:
        assert leads.frame()["email"].tolist() == ["ann@x.example"]


def test_text_after_json_is_an_error_with_its_line(tmp_path):
    with pytest.raises(InputError, match="no JSON from line 2 on"):
        read(tmp_path, '[{"email": "ann@x.example"}]\nand so on')
