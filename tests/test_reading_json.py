"""JSON in the shapes that programs write: columns, rows, answers of APIs, several addresses of one lead."""

import json
from pathlib import Path

import pandas as pd
import pytest

import hygiene
from hygiene.errors import InputError
from hygiene.io.readers import json_cells, json_entries, json_file, json_records, open_leads, read_leads

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


def test_rows_without_names_are_named_by_what_they_hold(tmp_path):
    frame = read(tmp_path, [["Ann", "Birch GmbH", "ann@x.example"], ["Bob", "Ever Inc", "bob@x.example"]])

    assert frame[["email", "first_name", "company"]].to_numpy().tolist() == [
        ["ann@x.example", "Ann", "Birch GmbH"],
        ["bob@x.example", "Bob", "Ever Inc"],
    ]


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


ANN = ["ann@x.example", "Ann", "Lund", "Birch", "CEO", "+1 415 555 0101"]
CANONICAL = ["email", "first_name", "last_name", "company", "title", "phone"]


@pytest.mark.parametrize(
    "lead",
    [
        {
            "email": "ann@x.example",
            "name": {"first": "Ann", "last": "Lund"},
            "organization": {"name": "Birch"},
            "title": "CEO",
            "phones": ["+1 415 555 0101", "+1 415 555 0102"],
        },
        {
            "names": [{"metadata": {"primary": True}, "givenName": "Ann", "familyName": "Lund"}],
            "emailAddresses": [{"value": "ann@x.example"}],
            "organizations": [{"name": "Birch", "title": "CEO"}],
            "phoneNumbers": [{"value": "+1 415 555 0101", "canonicalForm": "+14155550101"}],
        },
        {
            "attributes": {"type": "Contact", "url": "/services/data/Contact/003"},
            "Email": "ann@x.example",
            "FirstName": "Ann",
            "LastName": "Lund",
            "Title": "CEO",
            "Account": {"attributes": {"type": "Account"}, "Name": "Birch"},
            "Phone": "+1 415 555 0101",
        },
        {
            "email": [
                {"value": "al@y.example", "primary": False},
                {"value": "ann@x.example", "primary": True},
            ],
            "first_name": "Ann",
            "last_name": "Lund",
            "org_name": "Birch",
            "job_title": "CEO",
            "phone": [{"value": "+44 1", "primary": False}, {"value": "+1 415 555 0101", "primary": True}],
        },
        {
            "properties": {
                "Email": {"id": "a", "type": "email", "email": "ann@x.example"},
                "Name": {
                    "id": "title",
                    "type": "title",
                    "title": [{"plain_text": "Ann "}, {"plain_text": "Lund"}],
                },
                "Company": {"type": "select", "select": {"id": "b", "name": "Birch", "color": "red"}},
                "Title": {"type": "rich_text", "rich_text": [{"plain_text": "CEO"}]},
                "Phone": {"type": "phone_number", "phone_number": "+1 415 555 0101"},
            }
        },
        {
            "_id": {"$oid": "65a"},
            "person": {"name": {"fullName": "Ann Lund"}},
            "email": "ann@x.example",
            "employer": {"name": "Birch"},
            "job": {"title": "CEO"},
            "phone_numbers": [{"raw_number": "+1 415 555 0101", "type": "mobile"}],
        },
    ],
    ids=["plain", "people api", "salesforce", "pipedrive", "notion", "documents"],
)
@pytest.mark.parametrize("lines", [False, True])
def test_nested_values_become_columns_of_their_own(tmp_path, lead, lines):
    bob = json.loads(json.dumps(lead).replace("ann@", "bob@"))

    frame = read(tmp_path, "\n".join(map(json.dumps, [lead, bob])) if lines else [lead, bob])

    assert frame[CANONICAL].to_numpy().tolist()[0] == ANN
    assert frame["email"].tolist()[1] == "bob@x.example"


def test_no_column_of_a_lead_holds_json(tmp_path):
    lead = {
        "email": "ann@x.example",
        "name": [{"x": 1}],
        "company": {"deep": {"deeper": ["a"]}},
        "title": [["CEO"]],
        "phone": {"a": {"b": "+1 415 555 0101"}},
        "city": {"id": 7},
    }

    frame = read(tmp_path, [lead])

    cells = frame[[name for name in CANONICAL if name in frame]].to_numpy().ravel().tolist()
    assert not [cell for cell in cells if cell.startswith(("{", "["))]


def test_what_a_list_says_beside_its_first_value_is_kept(tmp_path):
    phones = [{"number": "+1 415 555 0101", "type": "work"}, {"number": "+1 415 555 0102"}]

    frame = read(tmp_path, [{"email": "ann@x.example", "phones": phones, "tags": ["a", "b"]}])

    assert json.loads(frame["phones as given"].iloc[0]) == phones
    assert frame[["phone", "phones.type", "tags"]].to_numpy().tolist() == [
        ["+1 415 555 0101", "work", '["a","b"]']
    ]


@pytest.mark.parametrize(
    "companies",
    [
        {"type": "list", "data": [{"id": "1", "name": "Birch"}], "total_count": 1},
        {"totalSize": 1, "done": True, "records": [{"name": "Birch"}]},
        [{"name": "Old", "current": False}, {"name": "Birch", "current": True}],
        [{"name": "Birch"}],
        {"name": "Birch", "site": {"emailAddresses": ["hi@x.example"]}},
    ],
)
def test_the_company_of_a_lead_is_found_in_lists_and_objects(tmp_path, companies):
    frame = read(tmp_path, [{"email": "ann@x.example", "companies": companies}])

    assert frame[["email", "company"]].to_numpy().tolist() == [["ann@x.example", "Birch"]]


def test_a_person_beside_a_company_in_one_object_is_one_lead(tmp_path):
    person = {"name": {"fullName": "Ann Lund"}, "email": "ann@x.example"}
    firm = {"name": "Birch", "site": {"emailAddresses": ["hi@x.example"]}}

    frame = read(tmp_path, {"person": person, "company": firm})

    assert frame[["email", "first_name", "last_name", "company"]].to_numpy().tolist() == [
        ["ann@x.example", "Ann", "Lund", "Birch"]
    ]


def test_an_opt_out_within_an_object_is_heard(tmp_path):
    path = tmp_path / "leads.json"
    path.write_text(
        json.dumps(
            [{"email": address, "attributes": {"OPT_OUT": at == 0}} for at, address in enumerate(ADDRESSES)]
        )
    )

    cleaned = hygiene.clean(path, resolver=None)

    assert cleaned.verdicts["reasons"].tolist() == ["suppressed_column", ""]


def test_objects_with_keys_of_their_own_do_not_make_too_many_columns(tmp_path):
    leads = [{"email": f"a{at}@x.example", "history": {f"day {at}": at}, "n": {"x": 1}} for at in range(300)]
    path = tmp_path / "leads.json"
    path.write_text(json.dumps(leads))

    frame = hygiene.read(path, limits={"columns": 200})

    assert frame.columns.tolist() == ["email", "history", "n.x"]
    assert frame["history"].iloc[7] == '{"day 7":7}'


@pytest.mark.parametrize(
    "value",
    [
        "".join(json.dumps(each) for each in PEOPLE),
        "\n".join(json.dumps({"results": [each], "next": 1}) for each in PEOPLE),
        "\n".join(json.dumps({"data": {"items": [each]}}) for each in PEOPLE) + '\n{"data": {"items": []}}',
        [{"page": at, "results": [each]} for at, each in enumerate(PEOPLE)],
        [{"type": "header", "version": "5.2"}, {"type": "table", "name": "leads", "data": PEOPLE}],
        {"data": {"domain": "x.example", "emails": [{"value": a, "first_name": "A"} for a in ADDRESSES]}},
        pd.DataFrame(PEOPLE).set_index("email").to_json(),
        pd.DataFrame(PEOPLE).set_index("email").to_json(orient="index"),
    ],
    ids=[
        "run",
        "pages",
        "deep pages",
        "list of pages",
        "phpmyadmin",
        "domain",
        "columns by address",
        "rows by address",
    ],
)
def test_leads_in_pages_and_under_keys_are_each_a_row(tmp_path, value):
    assert read(tmp_path, value)["email"].tolist() == ADDRESSES


def test_the_people_of_firms_have_the_firm_as_their_company(tmp_path):
    """As Close's API answers: a lead there is a firm."""
    ann = {"name": "Ann Lund", "emails": [{"type": "office", "email": "ann@x.example"}]}
    al = {"name": "Al Ode", "emails": [{"email": "al@x.example"}]}
    firms = [{"name": "Birch", "contacts": [ann, al]}, {"name": "Evergate", "contacts": []}]

    frame = read(tmp_path, {"has_more": False, "data": firms})

    assert frame["email"].tolist() == ["ann@x.example", "al@x.example", ""]
    assert frame[["first_name", "company"]].to_numpy().tolist()[:2] == [["Ann", "Birch"], ["Al", "Birch"]]


def test_the_addresses_of_a_person_are_one_lead(tmp_path):
    given = [{"name": "Ann", "address": "ann@x.example"}, {"name": "Al", "address": "al@x.example"}]

    frame = read(tmp_path, {"value": [{"givenName": "Ann", "emailAddresses": given}]})

    assert frame[["email", "emailAddresses 2"]].to_numpy().tolist() == [["ann@x.example", "al@x.example"]]


def test_addresses_of_somebody_else_in_a_list_are_no_leads(tmp_path):
    deals = [{"deal": "a", "owners": [{"email": "own@x.example"}]}, {"deal": "b", "owners": []}]

    with pytest.raises(InputError, match="no email column"):
        read(tmp_path, deals)


WIDE = {"email": "ann@firm.example"} | {f"k{at}": "" for at in range(30)}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(WIDE) + "\n",
        json.dumps([WIDE]),
        json.dumps([WIDE], indent=1),
        json.dumps({"data": [WIDE]}),
        json.dumps({"a": {"data": [WIDE]}}),
        json.dumps([list(WIDE), list(WIDE.values())]),
        json.dumps([list(WIDE)]),
        json.dumps({name: [value] for name, value in WIDE.items()}),
        '{"email":"ann@firm.example"}\n' + json.dumps(WIDE) + "\n",
        json.dumps(WIDE) + json.dumps(WIDE),
    ],
    ids=["line", "array", "pretty", "wrapped", "deep", "rows", "a row", "columns", "second line", "run"],
)
def test_what_is_too_wide_is_refused_before_its_names_are_looked_at(tmp_path, monkeypatch, text):
    path = tmp_path / "wide.json"
    path.write_text(text, encoding="utf-8")
    looked: list[str] = []

    def looking(was):
        return lambda names, **more: looked.extend(names) or was(names, **more)

    for room in (json_cells, json_entries, json_file, json_records):
        for name in {"has_email", "known_columns"} & set(vars(room)):
            monkeypatch.setattr(room, name, looking(getattr(room, name)))

    with pytest.raises(InputError, match="the limit is 20"):
        hygiene.read(path, limits={"columns": 20})

    assert len(looked) <= 20


def test_leads_by_keys_of_their_own_and_columns_by_rows_may_be_more_than_columns(tmp_path):
    by_key = tmp_path / "by_key.json"
    by_key.write_text(json.dumps({f"-N{at}": {"email": f"p{at}@firm.example"} for at in range(30)}))
    by_column = tmp_path / "by_column.json"
    by_column.write_text(json.dumps({"email": {f"{at}": f"p{at}@firm.example" for at in range(30)}}))

    for path in (by_key, by_column):
        assert len(hygiene.read(path, limits={"columns": 20})) == 30


def test_a_key_that_comes_again_and_again_keeps_all_its_values(tmp_path):
    path = tmp_path / "again.json"
    path.write_text('[{"email":"ann@firm.example","a":1,"a (2)":2,"a":3,"a":4}]')

    assert hygiene.read(path).iloc[0].to_dict() == {
        "email": "ann@firm.example", "a": "1", "a (2)": "2", "a (3)": "3", "a (4)": "4",
    }  # fmt: skip
