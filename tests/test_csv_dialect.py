"""Text tables as programs write them that write no plain CSV: where rows stand, and what is undone in cells."""

import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hygiene
from hygiene.errors import InputError, UsageError
from hygiene.io.readers import open_leads, read_leads

FILES = Path(__file__).parent / "data" / "files"


@pytest.fixture
def leads(tmp_path):
    def _leads(text, name="leads.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return _leads


def _read(path, **options):
    with open_leads([path], **options) as files:
        frame = files.frame()
        return frame, " ".join(files.notes)


def test_below_a_title_that_is_padded_with_delimiters_the_header_is_found():
    """Written by LibreOffice 7.4."""
    frame, notes = _read(FILES / "title-row-libreoffice.csv")

    assert "the header is on line 3" in notes
    assert hygiene.clean(frame).counts.rows == 20
    assert frame["company"].tolist()[:2] == ["Birchworks, Inc.", 'N\u00fa\u00f1ez "El Faro" S.A.']
    assert len(hygiene.clean(frame).ready) == 18


def test_below_the_notes_of_an_import_template_the_header_is_found():
    """Written by hand after the import templates of Frappe."""
    frame, notes = _read(FILES / "l7-erpnext.csv")

    assert "the header is on line 12" in notes
    assert hygiene.clean(frame).ready["email"].tolist() == ["ann@birch.example", "bob@birch.example"]


def test_a_header_full_of_commas_is_cut_as_the_rows_below_it_are(leads):
    frame, _ = _read(
        leads("Name (first, last);E-mail;Company (legal name, no form)\nAnn;ann@birch.example;Birch\n")
    )

    assert frame["email"].tolist() == ["ann@birch.example"]
    assert frame["first_name"].tolist() == ["Ann"]
    assert frame["company"].tolist() == ["Birch"]


def test_of_two_header_rows_the_one_that_is_filled_is_the_header(leads):
    frame, _ = _read(leads("Contact,,Firm,\nName,Email,Company,City\nAnn,ann@birch.example,Birch,Oslo\n"))

    assert frame["email"].tolist() == ["ann@birch.example"]
    assert frame["city"].tolist() == ["Oslo"]


def test_a_line_with_an_address_is_never_a_header(leads):
    path = leads("EMAIL;TYPE=INTERNET:ann@birch.example\nEmail;Name\nbob@birch.example;Bob\n")

    with pytest.raises(InputError, match="the first row holds an address") as refused:
        read_leads(path)
    assert "ann@" not in str(refused.value)


def test_padded_cells_are_trimmed_and_quotes_after_blanks_are_quotes():
    """Written by hand after an export that pads its columns."""
    frame, notes = _read(FILES / "12-padded.csv")

    assert frame["email"].tolist() == ["ann@birch.example", "bob@birch.example"]
    assert frame["attributes"].tolist()[0] == '{"mailchimp": true, "a": 1}'
    assert "pads its cells" in notes


def test_a_row_that_exceljs_wrote_short_has_a_blank_cell_and_that_is_said():
    """Written by ExcelJS 4.4."""
    frame, notes = _read(FILES / "exceljs-short-rows.csv")

    assert frame["note"].tolist() == ["met", ""]
    assert "1 row lack" in notes


def test_the_row_numbers_of_write_table_are_no_cells():
    """Written by R 4.2, `write.table(d, sep="\\t")`."""
    frame, notes = _read(FILES / "r-write-table.tsv")

    assert list(frame.columns) == ["email", "first_name", "company"]
    assert frame["email"].tolist() == ["ann@evergate.example", "bob@evergate.example"]
    assert "numbers its rows" in notes


def test_row_names_of_write_table_are_a_column_of_their_own(leads):
    frame, _ = _read(
        leads('"email"\t"company"\n"a"\t"ann@birch.example"\t"Birch"\n"b"\t"bob@birch.example"\t"B"\n')
    )

    assert frame["email"].tolist() == ["ann@birch.example", "bob@birch.example"]
    assert frame["row names"].tolist() == ["a", "b"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("email,alt_email,company", "ann@birch.example,ann@home.example,Birch,"),
        ("email,first_name,company", "ann@birch.example,Ann,Birch,"),
        ("company,email", "Birch,ann@birch.example,"),
    ],
)
def test_rows_that_end_with_a_delimiter_have_no_names(leads, delimiter, header, row):
    other = row.replace("ann", "bob")
    frame, _ = _read(leads("\n".join([header, row, other]).replace(",", delimiter) + "\n"))

    assert frame["email"].tolist() == ["ann@birch.example", "bob@birch.example"]
    assert frame["company"].tolist() == ["Birch", "Birch"]
    assert not [name for name in frame.columns if "row" in name]


def test_rows_with_one_cell_too_many_keep_their_address_under_its_header(leads):
    frame, _ = _read(leads("email,company\nann@birch.example,Birch,x\nbob@birch.example,Birch,y\n"))

    assert [cell.split(",")[0] for cell in frame["email"]] == ["ann@birch.example", "bob@birch.example"]


def test_the_text_of_copy_is_read_with_its_escapes_undone():
    """Written by PostgreSQL 15, `COPY ... TO`."""
    frame, notes = _read(FILES / "postgres-copy.txt")

    assert frame["first_name"].tolist() == ["Ann", ""]
    assert frame["company"].tolist() == ["", "C:\\new\nSecond line"]
    assert "2 cells hold \\N" in notes
    assert "backslash escapes" in notes


def test_a_dump_of_outfile_escapes_line_ends_and_tabs(leads):
    """As `SELECT ... INTO OUTFILE` writes them by default: a backslash before the octet itself (MySQL 8 manual)."""
    path = leads(
        "email\tcompany\tnote\nann@birch.example\tBirch\\\nWorks\tone\\\ttwo\nbob@birch.example\t\\N\tC:\\\\new\n"
    )
    frame, notes = _read(path)

    assert frame["email"].tolist() == ["ann@birch.example", "bob@birch.example"]
    assert frame["company"].tolist() == ["Birch\nWorks", ""]
    assert frame["note"].tolist() == ["one\ttwo", "C:\\new"]
    assert "backslash escapes" in notes


def test_a_dump_of_outfile_that_encloses_its_cells_escapes_quotes(leads):
    """`FIELDS TERMINATED BY ',' ENCLOSED BY '"'`."""
    path = leads(
        'email,company,note\n"ann@birch.example","The \\"Birch\\" Works",\\N\n"bob@birch.example","a\\\nb","C:\\\\"\n'
    )
    frame, _ = _read(path)

    assert frame["company"].tolist() == ['The "Birch" Works', "a\nb"]
    assert frame["note"].tolist() == ["", "C:\\"]


def test_rows_below_an_escaped_line_end_keep_their_lines(leads):
    path = leads("email\tcompany\nann@birch.example\tBirch\\\nWorks\nno-address\t\\N\n")

    frame, _ = _read(path)

    assert hygiene.clean(frame).withheld.index.get_level_values("line").tolist() == [4]


@given(
    st.lists(st.lists(st.text('ab\\\n\t,"', max_size=6), min_size=2, max_size=2), min_size=1, max_size=8),
    st.sampled_from(("\t", ",")),
)
def test_what_outfile_escapes_is_read_as_it_was(tmp_path_factory, rows, delimiter):
    escaped = re.compile(r'[\\\n"' + delimiter + "]")
    quote = '"' if delimiter == "," else ""
    text = f'email{delimiter}a{delimiter}b\nnull@birch.example{delimiter}\\N{delimiter}{quote}\\"x{quote}\n'
    for number, row in enumerate(rows):
        cells = [f"lead{number}@birch.example", *row]
        text += delimiter.join(quote + escaped.sub(r"\\\g<0>", cell) + quote for cell in cells) + "\n"
    path = tmp_path_factory.mktemp("outfile") / "leads.txt"
    path.write_bytes(text.encode())

    frame, _ = _read(path)

    assert frame[["a", "b"]].iloc[1:].to_numpy().tolist() == [list(row) for row in rows]


def test_backslashes_of_a_file_that_is_no_dump_stay(leads):
    frame, _ = _read(leads("email\tcompany\nann@birch.example\tC:\\new\n"))

    assert frame["company"].tolist() == ["C:\\new"]


def test_cells_that_are_wrapped_as_a_formula_are_unwrapped_in_every_column(leads):
    frame, notes = _read(
        leads('email,zip,phone\n"=""ann@birch.example""",="02134","=""+1 415"""\nb@x.example,=1+1,x\n')
    )

    assert frame.to_numpy().tolist() == [
        ["ann@birch.example", "+1 415", "02134"],
        ["b@x.example", "x", "=1+1"],
    ]
    assert '3 cells are wrapped as ="..."' in notes


_PSQL = """\
       email       | name | company
-------------------+------+---------
 ann@birch.example | Ann  | Birch
 bob@birch.example | Bob  |
(2 rows)

"""
_MARKDOWN = """\
| email | name | company |
|---|:---|---:|
| ann@birch.example | Ann | Birch |
| bob@birch.example | Bob |  |
"""
_MYSQL = """\
+-------------------+------+---------+
| email             | name | company |
+-------------------+------+---------+
| ann@birch.example | Ann  | Birch   |
| bob@birch.example | Bob  |         |
+-------------------+------+---------+
2 rows in set (0.01 sec)
"""


@pytest.mark.parametrize("text", [_PSQL, _MARKDOWN, _MYSQL], ids=["psql", "markdown", "mysql"])
def test_a_table_as_a_console_draws_it_is_read(leads, text):
    frame, notes = _read(leads(text))

    assert frame["email"].tolist() == ["ann@birch.example", "bob@birch.example"]
    assert frame["company"].tolist() == ["Birch", ""]
    assert set(frame.columns) == {"email", "first_name", "last_name", "company", "name"}
    assert "as a console draws it" in notes


def test_without_a_header_columns_are_named_by_what_they_hold():
    frame, _ = _read(FILES / "headerless.csv", no_header=True)

    assert frame["email"].tolist() == ["ann.lund@birchworks.example", "bob@evergate.example"]
    assert list(frame.columns) == ["email", "first_name", "last_name", "column 3"]
    assert frame.index.get_level_values("line").tolist() == [1, 2]


def test_a_plain_list_of_addresses_is_read_without_a_header(leads):
    frame, _ = _read(leads("\nann@birch.example\nbob@birch.example\n"), no_header=True)

    assert frame["email"].tolist() == ["ann@birch.example", "bob@birch.example"]


@pytest.mark.parametrize(
    ("name", "advice"),
    [("headerless.csv", "no_header=True"), ("names-only.csv", "Export the leads with their")],
)
def test_what_is_advised_works_and_shows_no_cell_of_a_person(name, advice):
    with pytest.raises(InputError, match=advice) as refused:
        read_leads(FILES / name)
    assert "Lund" not in str(refused.value)
    if "no_header" in advice:
        assert len(_read(FILES / name, no_header=True)[0]) == 2


def test_a_header_far_down_and_a_rare_delimiter_are_proposed_and_the_proposal_works(leads):
    rows = "email,name,company\nann@birch.example,Ann,Birch\nbob@birch.example,Bob,B\n"
    for text, advice, options in (
        ("A note\n" * 60 + rows, "header_row=61", {"header_row": 61}),
        (rows.replace(",", "^"), r"delimiter='\^'", {"delimiter": "^"}),
    ):
        with pytest.raises(InputError, match=advice):
            read_leads(leads(text))

        frame, _ = _read(leads(text), **options)
        assert frame["email"].tolist() == ["ann@birch.example", "bob@birch.example"]
        assert frame["company"].tolist() == ["Birch", "B"]


def test_a_workbook_without_a_header_is_read_too(tmp_path):
    path = tmp_path / "leads.xlsx"
    pd.DataFrame([["Ann", "ann@birch.example"], ["Bob", "bob@birch.example"]]).to_excel(
        path, header=False, index=False
    )

    frame, _ = _read(path, no_header=True)

    assert frame["email"].tolist() == ["ann@birch.example", "bob@birch.example"]


def test_a_header_and_none_exclude_each_other(leads):
    with pytest.raises(UsageError, match="exclude each other"):
        _read(leads("email\na@x.example\n"), no_header=True, header_row=1)


@pytest.mark.parametrize("null", ["\\N", ""])
@pytest.mark.parametrize(
    ("row", "delimiter"),
    [
        (r'"ann@birch.example","Birch \"A\" Co","{}"', ","),
        (r'"ann@birch.example";"Birch \"A\" Co";"{}"', ";"),
        (r"ann@birch.example,Birch \"A\" Co,{}", ","),
        (r'"ann@birch.example" "Birch \"A\" Co" "{}"', " "),
    ],
)
def test_quotes_that_a_backslash_escapes_are_part_of_their_cell(leads, row, delimiter, null):
    """As OUTFILE, R's `write.table`, Spark and pandas' `escapechar` write them."""
    plain = delimiter.join(
        ['"bob@birch.example"', '"Birch"', '"x"']
        if row.startswith('"')
        else ["bob@birch.example", "Birch", "x"]
    )
    header = delimiter.join(
        ['"email"', '"company"', '"note"'] if row.startswith('"') else ["email", "company", "note"]
    )

    frame, notes = _read(leads("\n".join([header, plain, row.format(null or "y"), ""])))

    assert frame["company"].tolist() == ["Birch", 'Birch "A" Co']
    assert "row_malformed" not in frame
    assert "backslash" in notes


@pytest.mark.parametrize(
    ("cell", "delimiter"), [(r"Birch\, Inc.", ","), (r"Birch\| Inc.", "|"), (r"Birch\; Inc.", ";")]
)
@pytest.mark.parametrize("null", ["\\N", "x"])
def test_delimiters_that_a_backslash_escapes_divide_nothing(leads, cell, delimiter, null):
    rows = [
        ["email", "company", "note"],
        ["ann@birch.example", cell, "C:\\dir"],
        ["bob@birch.example", "Ever", null],
    ]

    frame, _ = _read(leads("".join(delimiter.join(row) + "\n" for row in rows)))

    assert frame["company"].tolist() == [f"Birch{delimiter} Inc.", "Ever"]
    assert frame["note"].tolist() == ["C:\\dir" if null == "x" else "C:dir", "" if null == "\\N" else "x"]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('email,path,n\na@x.example,"C:\\dir\\",1\nb@x.example,"D:\\",2\n', ["C:\\dir\\", "D:\\"]),
        ("email,path,n\na@x.example,C:\\dir\\,1\nb@x.example,D:\\,2\n", ["C:\\dir\\", "D:\\"]),
        ('email,path,n\na@x.example,"6\\"" pipe",1\nb@x.example,x,2\n', ['6\\" pipe', "x"]),
        ('email,path,n\na@x.example,6\\" or 7" pipe,1\nb@x.example,x,2\n', ['6\\" or 7" pipe', "x"]),
        ('email,path,n\na@x.example,C:\\dir\\,1\nb@x.example,say \\"x\\",2\n', ["C:\\dir\\", 'say \\"x\\"']),
    ],
)
def test_backslashes_that_escape_nothing_stay(leads, text, cells):
    frame, notes = _read(leads(text))

    assert frame["path"].tolist() == cells
    assert "backslash" not in notes


@pytest.mark.parametrize("quote", ['"', ""])
@pytest.mark.parametrize("numbered", [True, False])
def test_cells_that_r_divides_with_blanks_are_read(leads, quote, numbered):
    """As `write.table(d, "leads.txt")` writes them, with row names and without."""
    rows = [["ann@birch.example", "Ann", "Birch"], ["bob@birch.example", "Bob", "Evergate"]]
    text = " ".join(f"{quote}{cell}{quote}" for cell in ["email", "first_name", "company"]) + "\n"
    for number, row in enumerate(rows, 1):
        cells = [str(number), *row] if numbered else row
        text += " ".join(f"{quote}{cell}{quote}" for cell in cells) + "\n"

    frame, _ = _read(leads(text))

    assert frame.to_numpy().tolist() == rows


def test_quotes_within_a_formula_are_undone(leads):
    frame, _ = _read(leads('email,company\na@x.example,"=""North """"N"""" Ltd"""\nb@x.example,"=""B"""\n'))

    assert frame["company"].tolist() == ['North "N" Ltd', "B"]


@pytest.mark.parametrize("count", ["(2 Zeilen)", "(2 lignes)", "(2 filas)", "(2 rader)", "(2 行)", "(1 row)"])
def test_the_count_below_a_drawn_table_is_no_row_in_any_language(leads, count):
    frame, _ = _read(leads(_PSQL.replace("(2 rows)", count)))

    assert frame["email"].tolist() == ["ann@birch.example", "bob@birch.example"]
