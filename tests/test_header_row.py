"""Which row is the header, and what is done and said where there is none."""

from pathlib import Path

import pandas as pd
import pytest

from hygiene.errors import InputError
from hygiene.io.readers import open_leads

ROWS = [
    ["ann@birch.example", "Ann", "Lund", "Birch & Co", "+1 415 555 0101"],
    ["bob@ever.example", "Bob", "Roe", "Evergate", "+1 415 555 0102"],
]
HEADER = ["email", "first_name", "last_name", "company", "phone"]


def written(tmp_path: Path, rows: list[list[str]], kind: str) -> Path:
    path = tmp_path / f"leads.{kind}"
    if kind == "xlsx":
        width = max(map(len, rows))
        pd.DataFrame([row + [""] * (width - len(row)) for row in rows]).to_excel(
            path, header=False, index=False
        )
    else:
        path.write_text("".join(",".join(row) + "\n" for row in rows))
    return path


def read(path: Path, **options: object) -> tuple[pd.DataFrame, str]:
    with open_leads([path], **options) as leads:
        frame = leads.frame()
        return frame, "\n".join(leads.notes)


ABOVE = {
    "a note with an address": [["Questions? Mail olive@us.example"]],
    "an address on line 2": [["Import template"], ["Ask olive@us.example for more"]],
    "an address that is padded": [["Lead list", "", ""], ["Owner:", "olive@us.example", ""]],
    "groups": [["Contact", "Contact", "Contact", "Firm", "Firm"]],
    "numbers of questions": [["Q1", "Q2", "Q3", "Q4", "Q5"]],
    "a comment": [["# exported", " by", " tool", " v1", " x"]],
    "all of it": [
        ["Lead list EMEA", "Q3", "final", "v2", "x"],
        ["Mail olive@us.example"],
        ["a", "b", "c", "d", "e"],
    ],
}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("above", ABOVE.values(), ids=ABOVE)
def test_the_header_is_found_below_notes_and_rows_that_are_as_full(tmp_path, above, kind):
    frame, notes = read(written(tmp_path, [*above, HEADER, *ROWS], kind))

    assert frame.to_numpy().tolist() == ROWS
    assert list(frame.columns) == HEADER
    assert f"the header is on line {len(above) + 1}" in notes


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_commas_above_the_header_hide_neither_it_nor_its_delimiter(tmp_path, delimiter):
    path = tmp_path / "leads.csv"
    lines = ["Sales team EMEA, Q3, final", *(delimiter.join(row) for row in [HEADER, *ROWS])]
    path.write_text("\n".join(lines))

    assert read(path)[0].to_numpy().tolist() == ROWS


def test_a_quote_in_a_note_above_the_header_is_no_error(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text('"Leads" of 2026\n' + ",".join(HEADER) + "\n" + ",".join(ROWS[0]) + "\n")

    assert read(path)[0].to_numpy().tolist() == ROWS[:1]


def test_rows_of_leads_above_a_line_that_names_columns_are_no_notes(tmp_path):
    rows = [*ROWS, HEADER, *ROWS]

    with pytest.raises(InputError, match="the first row holds an address"):
        read(written(tmp_path, rows, "csv"))


def test_a_word_in_a_row_makes_it_no_header(tmp_path):
    rows = [["Wer", "Wo", "Kanal"], ["Ann", "", "email"], ["Bob", "bob@ever.example", "email"]]

    with pytest.raises(InputError, match="most addresses stand in 'Wo'"):
        read(written(tmp_path, rows, "csv"))


def test_the_header_is_the_line_under_which_rows_fit(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text("Liste, Stand 2026, intern, nur, hier\nWer;Postfach;Firma\nAnn;ann@birch.example;Birch\n")

    with pytest.raises(InputError) as refused:
        read(path)
    assert refused.value.args[0].endswith("columns={'email': 'Postfach'}.")

    frame, _ = read(path, columns={"email": "Postfach"})
    assert frame[["email", "company"]].to_numpy().tolist() == [["ann@birch.example", "Birch"]]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "first",
    [
        ["Secret Person", "+1 415 555 0199", "Birch"],
        ["Ann Lund", "n/a", "Birch"],
        ["Ann Lund", "", "Birch"],
        ["Zzy", "ann(at)birch.example", "Xxo"],
        ["Xxo Holding GmbH", "-", "7"],
        ["Qzx", "www.birch.example", "Birch"],
    ],
)
def test_a_first_row_without_an_address_is_seen_and_none_of_its_cells_shown(tmp_path, first, kind):
    rows = [first, *([name, address, company] for address, name, _, company, _ in ROWS)]
    path = written(tmp_path, rows, kind)

    with pytest.raises(InputError) as refused:
        read(path)
    assert refused.value.args[0].endswith("Read it with no_header=True.")
    assert not [cell for cell in first if len(cell) > 2 and cell in str(refused.value)]

    assert len(read(path, no_header=True)[0]) == len(rows)


def test_a_header_of_words_that_are_not_known_is_shown(tmp_path):
    path = written(tmp_path, [["Nimi", "Yhteys", "Laji"], ["Aino", "aino@birch.example", "x"]], "csv")

    with pytest.raises(InputError, match="most addresses stand in 'Yhteys'"):
        read(path)


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("ann@birch.example,Ann,Lund,Birch\n", ["ann@birch.example"]),
        ("ann@birch.example", ["ann@birch.example"]),
        (
            "ann@birch.example, bob@ever.example, cy@x.example",
            ["ann@birch.example", "bob@ever.example", "cy@x.example"],
        ),
        ("ann@birch.example;bob@ever.example;\n", ["ann@birch.example", "bob@ever.example"]),
        ("ann@birch.example\nbob@ever.example\n", ["ann@birch.example", "bob@ever.example"]),
        ("ann@birch.example\x01Ann\nbob@ever.example\x01Bob\n", ["ann@birch.example", "bob@ever.example"]),
        ("a@x.example, b@x.example,\nc@x.example\n", ["a@x.example", "b@x.example", "c@x.example"]),
    ],
)
def test_a_row_or_a_line_of_addresses_is_proposed_to_be_read_without_a_header(tmp_path, text, addresses):
    path = tmp_path / "leads.txt"
    path.write_text(text)

    with pytest.raises(InputError, match=r"Read it with no_header=True\.$"):
        read(path)

    assert read(path, no_header=True)[0]["email"].tolist() == addresses


def test_columns_of_a_dump_without_a_header_are_named_by_their_cells_as_they_are_meant(tmp_path):
    path = tmp_path / "leads.txt"
    path.write_text("ann@birch.example\tAnn\t\\N\nbob@ever.example\tBob\\\tRob\tEver\\\ngate Inc\n")

    frame, _ = read(path, no_header=True)

    assert frame["company"].tolist() == ["", "Ever\ngate Inc"]
    assert frame.shape == (2, 3)


@pytest.mark.parametrize(
    "text",
    [
        'Ann Lund <ann@birch.example>; "Roe, Bob" <bob@ever.example>\n',
        'Ann Lund <ann@birch.example>\n"Roe, Bob" <bob@ever.example>\n',
        "Lund, Ann <ann@birch.example>; Roe, Bob <mailto:bob@ever.example>",
        '\ufeffAnn Lund <ann@birch.example>, "Bob Roe" <bob@ever.example>,',
    ],
)
def test_names_before_addresses_are_those_of_the_leads(tmp_path, text):
    path = tmp_path / "leads.txt"
    path.write_text(text)

    frame, notes = read(path, no_header=True)

    names = ["email", "first_name", "last_name"]
    assert frame[names].to_numpy().tolist() == [
        ["ann@birch.example", "Ann", "Lund"],
        ["bob@ever.example", "Bob", "Roe"],
    ]
    assert "each of them is a lead" in notes


def test_what_is_no_address_in_a_list_of_them_is_malformed(tmp_path):
    path = tmp_path / "leads.txt"
    path.write_text("a@x.example, b@x.example\n" * 200 + "and so on, c@x.example\n")

    frame, _ = read(path, no_header=True)

    assert frame["row_malformed"].tolist()[-1] == "and so on, c@x.example"
    assert frame["email"].tolist()[-2:] == ["b@x.example", "c@x.example"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_without_a_header_columns_have_the_names_that_their_cells_make_evident(tmp_path, kind):
    rows = [
        [
            "1",
            "Ann Lund",
            "2026-01-02",
            "Birch GmbH",
            "ann@birch.example",
            "+49 30 5550101",
            "https://birch.example",
        ],
        ["2", "Bob Roe", "2026-01-03", "Evergate Ltd", "bob@ever.example", "030/5550102", "www.ever.example"],
    ]

    frame, notes = read(written(tmp_path, rows, kind), no_header=True)

    names = ["email", "first_name", "last_name", "company", "phone", "website"]
    assert frame[names].iloc[0].tolist() == [rows[0][4], "Ann", "Lund", *(rows[0][at] for at in (3, 5, 6))]
    assert "left as custom: 'column 1', 'column 3'" in notes


def test_a_column_that_may_be_a_last_name_is_said_with_what_names_it(tmp_path):
    path = written(tmp_path, ROWS, "csv")

    frame, notes = read(path, no_header=True)
    assert list(frame.columns) == ["email", "first_name", "company", "phone", "column 3"]
    assert "columns={'last_name': 'column 3'}" in notes

    frame, _ = read(path, no_header=True, columns={"last_name": "column 3"})
    assert frame["last_name"].tolist() == ["Lund", "Roe"]


def test_columns_without_a_meaning_are_proposed_by_what_they_hold(tmp_path):
    path = written(tmp_path, [[f"Column{at}" for at in range(1, 6)], *ROWS], "csv")

    with pytest.raises(InputError) as refused:
        read(path)

    for name, header in zip(HEADER, ("Column1", "Column2", "Column3", "Column4", "Column5"), strict=True):
        assert f"columns={{{name!r}: {header!r}}}" in str(refused.value)
