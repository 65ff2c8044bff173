"""Workbooks, OpenDocument spreadsheets and pages: what is in them, hidden, merged or never calculated."""

import re
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from hygiene.errors import InputError
from hygiene.io.readers import open_leads, read_leads, xlsx_scan

DATA = Path(__file__).parent / "data" / "formats"


def notes_of(path: Path, **options: object) -> list[str]:
    with open_leads([path], **options) as leads:
        return [note.removeprefix(f"{path}: ") for note in leads.notes]


def rewritten(path: Path, made: Path, *changes: tuple[str, str]) -> Path:
    """A workbook whose first sheet's XML is changed."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            for pattern, other in changes if name.endswith("sheet1.xml") else ():
                text = re.sub(pattern.encode(), other.encode(), text)
            new.writestr(name, text)
    return made


def prefixed(path: Path, made: Path) -> Path:
    """A workbook as Open XML SDK writes it, every element of the sheet with a prefix."""
    return rewritten(
        path, made, (r"<(/?)(?=[a-zA-Z])", r"<\1x:"), (r'xmlns="', 'xmlns:x="'), ("<x:xml", "<xml")
    )


def page(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "leads.xls"
    path.write_bytes(text.encode(encoding))
    return path


def ods(tmp_path: Path, rows: str, top: str = "") -> Path:
    """A flat spreadsheet."""
    spaces = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    path = tmp_path / "leads.ods"
    path.write_text(
        f'<?xml version="1.0"?>{top}<office:document{spaces} office:mimetype="{kind}"><office:body><office:spreadsheet>'
        f'<table:table table:name="L">{rows}</table:table></office:spreadsheet></office:body></office:document>'
    )
    return path


def ods_row(*cells: str, how: str = "") -> str:
    made = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        for cell in cells
    )
    return f"<table:table-row {how}>{made}</table:table-row>"


def test_rows_hidden_by_a_filter_are_said_and_left_out_when_asked():
    """Written by openpyxl 3.1 with an autofilter."""
    path = DATA / "openpyxl-3.1-filtered.xlsx"

    assert len(read_leads(path)) == 3
    assert notes_of(path)[1] == (
        "rows that are hidden, by a filter or by hand, are read too: 2 of 3; "
        "leave them out with visible_rows=True."
    )
    with open_leads([path], visible_rows=True) as leads:
        frame = leads.frame()
        assert frame["first_name"].tolist() == ["Cy"]
        assert frame.index.get_level_values("line").tolist() == [4]
        assert leads.notes[1].endswith("leads in hidden rows are left out: 2.")


def test_merged_cells_fill_the_rows_they_span():
    """Written by openpyxl 3.1."""
    path = DATA / "openpyxl-3.1-merged.xlsx"

    assert read_leads(path)["company"].tolist() == ["Evergate", "Evergate", "Northwind"]
    assert (
        notes_of(path)[1] == "cells that are merged over several rows stand in each of them: 1 were filled."
    )


def test_a_formula_that_was_never_calculated_is_blank_and_said(tmp_path):
    """Written by XlsxWriter 3.3, which puts 0 where no value was given and asks to be calculated."""
    path = DATA / "xlsxwriter-3.3-formula.xlsx"

    assert read_leads(path)["company"].tolist() == [""]
    assert notes_of(path)[1] == (
        "formulas without a value that was calculated are blank: 1, the first on line 2, in 'company'. "
        "Open the file in a spreadsheet program, save it, and read that."
    )
    empty = rewritten(
        path, tmp_path / "empty.xlsx", ("<v>0</v></c></row></sheetData>", "<v/></c></row></sheetData>")
    )
    assert read_leads(empty)["company"].tolist() == [""]
    assert "formulas without a value" in notes_of(empty)[1]


def test_a_formula_that_fills_several_cells_is_blank_in_all_of_them(tmp_path):
    """Written by XlsxWriter, which puts 0 into every cell of the range where no value was given."""
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([["Email", "Company", "Seats"], ["a@x.example"], ["b@x.example"]]):
            sheet.write_row(at, 0, row)
        sheet.write_dynamic_array_formula("B2:B3", '=A2:A3&" Co"')
        sheet.write_column("C2", [0, 7])

    frame = read_leads(path)

    assert frame[["company", "Seats"]].to_numpy().tolist() == [["", "0"], ["", "7"]]
    assert any("formulas without a value that was calculated are blank: 2" in note for note in notes_of(path))


@pytest.mark.parametrize("suffix", ["xlsx", "xlsm", "xls", "xlsb", "ods", "xlam", "csv", ""])
@pytest.mark.parametrize("name", ["openpyxl-3.1-merged.xlsx", "libreoffice-7.4.xls", "libreoffice-7.4.ods"])
def test_a_workbook_is_read_whatever_it_is_called(tmp_path, name, suffix):
    path = tmp_path / f"leads.{suffix}"
    path.write_bytes((DATA / name).read_bytes())

    assert read_leads(path).to_numpy().tolist() == read_leads(DATA / name).to_numpy().tolist()


def test_a_typed_zero_and_a_calculated_value_stay(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["email", "typed", "calculated", "none"])
        sheet.write_row(1, 0, ["a@x.example", 0])
        sheet.write_formula(1, 2, "=1+1", None, 2)
        sheet.write_formula(1, 3, "=0", None, 0)

    assert read_leads(path).to_numpy().tolist() == [["a@x.example", "0", "2", ""]]
    assert "blank: 1, the first on line 2, in 'none'" in notes_of(path)[1]


@pytest.mark.parametrize("block", [1 << 20, 200])
@pytest.mark.parametrize("change", [prefixed, None], ids=["prefixed", "plain"])
def test_what_a_sheet_says_beside_its_cells_is_seen_wherever_blocks_end(tmp_path, monkeypatch, block, change):
    monkeypatch.setattr(xlsx_scan, "_BLOCK", block)
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["email", "company", "n"])
        for line in range(1, 60):
            sheet.write_row(line, 0, [f"a{line}@x.example", ""])
            sheet.write_formula(line, 2, "=" + "+".join(["1"] * 30))
            sheet.set_row(line, None, None, {"hidden": line % 3 == 0})
        sheet.merge_range(1, 1, 30, 1, "Acme")
    if change:
        path = change(path, tmp_path / "changed.xlsx")

    with open_leads([path], visible_rows=True) as leads:
        frame = leads.frame()

        assert len(frame) == 59 - 19
        assert (frame["company"] == "Acme").sum() == 20
        assert (frame["n"] == "").all()
        assert "blank: 59, the first on line 2" in leads.notes[1]


def test_what_exceljs_merges_hides_and_does_not_calculate_is_seen():
    """Written by ExcelJS 4.4, with a link and a text of several fonts."""
    path = DATA / "exceljs-4.4.xlsx"

    assert read_leads(path).to_numpy().tolist() == [
        ["a@x.example", "Ann", "Evergate", ""],
        ["b@x.example", "Bob", "Evergate", "2"],
        ["c@x.example", "Cy", "N", ""],
    ]
    assert [note.partition(":")[0] for note in notes_of(path)][1:3] == [
        "formulas without a value that was calculated are blank",
        "cells that are merged over several rows stand in each of them",
    ]
    assert notes_of(path)[3].startswith("rows that are hidden, by a filter or by hand, are read too: 1 of 3;")


def test_rows_without_a_number_are_counted():
    rows = b'<row><c><v>1</v></c></row><row hidden="1"/><row hidden="true"/>'
    sheet = b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>"

    assert xlsx_scan.scan_sheet(BytesIO(sheet)).hidden == {2, 3}


def test_a_header_of_two_lines_is_the_lower_one_filled_from_above(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 1, 0, "Email")
        sheet.merge_range(0, 1, 0, 2, "Name")
        sheet.write_row(1, 1, ["First name", "Last name"])
        sheet.write_row(2, 0, ["a@x.example", "Ann", "Lund"])

    assert read_leads(path)[["email", "first_name", "last_name"]].to_numpy().tolist() == [
        ["a@x.example", "Ann", "Lund"]
    ]


def test_blank_rows_under_a_merged_cell_stay_none(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["company", "email"])
        sheet.merge_range(1, 0, 500, 0, "Acme")
        sheet.write(1, 1, "a@x.example")
        sheet.write(400, 1, "b@x.example")

    assert read_leads(path)["company"].tolist() == ["Acme", "Acme"]


def test_a_sheet_of_libreoffice_is_the_same_in_every_format():
    """Written by LibreOffice 7.4 from one workbook with a merged cell, a hidden row, a comment and a second sheet."""
    frames = {kind: read_leads(DATA / f"libreoffice-7.4.{kind}") for kind in ("ods", "xls", "html")}
    cells = frames["ods"].drop(columns=["ok"])

    assert cells.to_numpy().tolist()[0] == [
        "ann@evergate.example", "Ann", "Evergåte & Co", "14155550100", "2026-02-01", "2026-02-01T10:30:00",
        "two\nlines  and  blanks", "1.5",
    ]  # fmt: skip
    assert cells["at"].tolist()[1] == "09:05:00"
    assert frames["xls"].drop(columns=["ok"]).to_numpy().tolist() == cells.to_numpy().tolist()
    assert frames["html"]["email"].tolist() == cells["email"].tolist()[:3]  # it leaves out what is hidden
    assert frames["html"]["phone"].tolist() == cells["phone"].tolist()[:3]
    for kind in ("ods", "xls"):
        assert "are read too: 1 of" in notes_of(DATA / f"libreoffice-7.4.{kind}")[2]


def test_hidden_rows_of_an_old_workbook_are_said_and_left_out_when_asked():
    """Written by xlwt 1.3, with a second sheet whose name is no ASCII."""
    path = DATA / "xlwt-1.3-hidden.xls"

    assert "are read too: 2 of 4;" in " ".join(notes_of(path))
    with open_leads([path], visible_rows=True) as leads:
        assert leads.frame()["first_name"].tolist() == ["Ann", "Cleo"]


def test_formulas_of_an_old_workbook_that_nobody_calculated_are_blank_and_said(tmp_path):
    """Written by xlwt 1.3, which stores no values; others store 0 and ask to be calculated, as Apache POI does."""
    octets = (DATA / "xlwt-1.3-formulas.xls").read_bytes()
    asked = tmp_path / "asked.xls"
    asked.write_bytes(
        octets.replace(bytes.fromhex("030000000000ffff0000"), bytes.fromhex("00000000000000000200"))
    )

    for path in (DATA / "xlwt-1.3-formulas.xls", asked):
        frame = read_leads(path)

        assert frame["Full"].tolist() == ["", ""]
        assert frame["Score"].tolist() == ["0", ""]
        assert (
            "without a value that was calculated are blank: 3, the first on line 2, in 'Full'"
            in notes_of(path)[-1]
        )


def test_a_workbook_that_is_cut_off_is_damaged(tmp_path):
    path = tmp_path / "leads.xls"
    path.write_bytes((DATA / "libreoffice-7.4.xls").read_bytes()[:3000])

    with pytest.raises(InputError, match="damaged or locked"):
        read_leads(path)


@pytest.mark.parametrize("name", ["libreoffice-7.4.xls", "exceljs-4.4.xlsx"])
def test_a_workbook_that_kills_the_process_that_reads_it_is_refused(tmp_path, monkeypatch, name):
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nkill -ABRT $$\n", encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))

    with pytest.raises(
        InputError, match="the workbook cannot be read; it is damaged or locked with a password"
    ):
        read_leads(DATA / name)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
    with pytest.raises(
        InputError, match=r"gone cannot be started \(No such file or directory\)\. Save it as CSV"
    ):
        read_leads(DATA / name)


def test_a_spreadsheet_of_sheetjs_is_read():
    """Written by SheetJS 0.18.5 with blanks between its elements."""
    assert read_leads(DATA / "sheetjs-0.18.5.ods").to_numpy().tolist() == [["ann@evergate.example", "Ann"]]
    assert len(read_leads(DATA / "sheetjs-0.18.5.html")) == 3


def test_what_repeats_in_a_spreadsheet_is_written_out(tmp_path):
    blanks = '<table:table-cell table:number-columns-repeated="16384"/>'
    path = ods(
        tmp_path,
        ods_row("email", "x")
        + '<table:table-row table:number-rows-repeated="3">' + blanks + "</table:table-row>"
        + ods_row("a@x.example", "A<text:s text:c='2'/>B<text:tab/>C", how='table:number-rows-repeated="2"')
        + ods_row("b@x.example", "", how='table:visibility="filter"')
        + f'<table:table-row table:number-rows-repeated="1048570">{blanks}</table:table-row>',
    )  # fmt: skip

    frame = read_leads(path)

    assert frame.to_numpy().tolist() == [["a@x.example", "A  B\tC"]] * 2 + [["b@x.example", ""]]
    assert frame.index.get_level_values("line").tolist() == [5, 6, 7]
    assert "are read too: 1 of 3;" in notes_of(path)[1]


@pytest.mark.parametrize(
    ("rows", "top", "told"),
    [
        (ods_row("x", how='table:number-rows-repeated="999999999"'), "", "spans 999,999,999 cells"),
        (
            ods_row("x", how='table:number-rows-repeated="99999"').replace(
                "<table:table-cell ", '<table:table-cell table:number-columns-repeated="9999" '
            ),
            "",
            "spans 999,890,001 cells",
        ),
        (ods_row("&a;"), '<!DOCTYPE x [<!ENTITY a "b">]>', "has a document type"),
        (ods_row("x") + "<", "", "damaged or locked"),
    ],
)
def test_a_spreadsheet_that_would_grow_is_refused(tmp_path, rows, top, told):
    with pytest.raises(InputError, match=told):
        read_leads(ods(tmp_path, rows, top))


def test_a_formula_of_a_spreadsheet_without_a_value_is_said(tmp_path):
    cell = '<table:table-cell table:formula="of:=PROPER([.A1])"/></table:table-row>'
    lead = ods_row("a@x.example").replace("</table:table-row>", cell)
    path = ods(tmp_path, ods_row("email", "x") + lead)

    assert "blank: 1, the first on line 2, in 'x'" in notes_of(path)[1]


def test_a_page_is_read_whatever_it_is_called(tmp_path):
    path = page(
        tmp_path,
        """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><style>td {x: "<table>"}</style></head><body>
        <table><tr><td>Export of <b>May</b></td></tr></table>
        <TABLE border=1><THEAD><TR><TH>Email<TH colspan=2>Name<TH>Phone
        <TBODY><TR><TD>ann@x.example<TD>Ann &amp; Co&nbsp;<TD>Lund<TD x:num="14155550100">1.41556E+10
        <tr style="display: none"><td>bob@x.example</td><td rowspan=2>Bob</td><td>Roe</td><td>1<br>2</td></tr>
        <tr><td>cy@x.example</td><td>Lee</td><td></td></tr></TABLE>""",
    )

    frame = read_leads(path)

    assert frame["email"].tolist() == ["ann@x.example", "bob@x.example", "cy@x.example"]
    assert frame["phone"].tolist() == ["14155550100", "1\n2", ""]
    assert frame["column 3"].tolist() == ["Lund", "Roe", "Lee"]
    assert [note for note in notes_of(path) if "hidden" in note or "merged" in note] == [
        "cells that are merged over several rows stand in each of them: 1 were filled.",
        (
            "rows that are hidden, by a filter or by hand, are read too: 1 of 3; leave them out "
            "with visible_rows=True."
        ),
    ]


def test_tables_of_one_header_are_one_and_others_have_to_be_named(tmp_path):
    table = "<table><tr><th>Email</th></tr><tr><td>{}@x.example</td></tr></table>"
    path = page(tmp_path, "<html>" + table.format("a") + "<p>Page 2</p>" + table.format("b"))

    assert read_leads(path)["email"].tolist() == ["a@x.example", "b@x.example"]
    page(tmp_path, "<html>" + table.format("a") + table.format("b").replace("Email", "E-mail"))
    with pytest.raises(InputError, match=r"2 sheets have an email column. .*: 'table 1', 'table 2'"):
        read_leads(path)
    with open_leads([path], sheet="table 2") as leads:
        assert leads.frame()["email"].tolist() == ["b@x.example"]


@pytest.mark.parametrize(
    ("told", "encoding"),
    [("windows-1251", "cp1251"), ("iso-8859-1", "cp1252"), ("x-none", "utf-8"), ("utf-8", "utf-16")],
)
def test_a_page_says_its_encoding(tmp_path, told, encoding):
    name = "Жуков" if encoding == "cp1251" else "Ås \u2013 Co"
    head = f'<html><meta http-equiv="Content-Type" content="text/html; charset={told}">'
    text = f"{head}<table><tr><th>email<th>company<tr><td>a@x.example<td>{name}"

    assert read_leads(page(tmp_path, text, encoding))["company"].tolist() == [name]


def test_a_page_without_a_table_is_named(tmp_path):
    with pytest.raises(InputError, match="may be a log-in page"):
        read_leads(page(tmp_path, "<!DOCTYPE html>\n<html><body><form>Sign in</form></body></html>"))


def test_tables_are_bounded(tmp_path):
    nested = page(tmp_path, "<table><tr><td>" * 500)
    with pytest.raises(InputError, match="nested too deep"):
        read_leads(nested)
    wide = page(tmp_path, "<table><tr>" + "<td colspan=1000>a" * 10)
    with pytest.raises(InputError, match=r"limits=\{'columns': N\}"):
        read_leads(wide)


def test_frames_of_sheets_may_be_cut_into_chunks():
    with open_leads([DATA / "libreoffice-7.4.ods"], chunk_rows=2) as leads:
        assert pd.concat(leads.chunks()).equals(leads.frame())


def test_cells_of_databases_and_of_formulas_for_text_are_undone_in_a_workbook_too(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Email", "First name", "Company"])
        for at, text in enumerate(["a@x.example", "\\N", '="North ""N"" Ltd"']):
            sheet.write_string(1, at, text)

    frame = read_leads(path)

    assert frame.to_numpy().tolist() == [["a@x.example", "", 'North "N" Ltd']]
    with open_leads([path]) as leads:
        leads.frame()
        assert [note.partition(": ")[2] for note in leads.notes[1:]] == [
            "1 cell holds \\N, which is taken for blank.",
            '1 cell is wrapped as ="..."; what is inside is read.',
        ]


def test_where_all_rows_are_hidden_it_is_said_that_none_is_left(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_column(0, 0, ["Email", "a@x.example"])
        sheet.set_row(1, None, None, {"hidden": True})

    with pytest.raises(InputError, match="its only lead is hidden"):
        notes_of(path, visible_rows=True)
    assert len(read_leads(path)) == 1


def test_errors_and_truths_of_a_spreadsheet_are_those_of_a_workbook(tmp_path):
    """As LibreOffice 7.4 writes `=NA()` and `=TRUE()`, and a typed truth."""
    error = (
        '<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value="" '
        'calcext:value-type="error" '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        "<text:p>#N/A</text:p></table:table-cell>"
    )
    truth = '<table:table-cell office:value-type="float" office:value="1"><text:p>WAHR</text:p></table:table-cell>'
    typed = '<table:table-cell office:value-type="boolean" office:boolean-value="false"/>'
    lead = ods_row("a@x.example").replace("</table:table-row>", f"{error}{truth}{typed}</table:table-row>")

    frame = read_leads(ods(tmp_path, ods_row("Email", "Company", "A", "B") + lead))

    assert frame.to_numpy().tolist() == [["a@x.example", "", "TRUE", "FALSE"]]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"sheet": "May"}, "no workbook, so sheet='May' changed nothing."),
        ({"visible_rows": True}, "no workbook, so visible_rows=True changed nothing."),
        (
            {"sheet": "May", "visible_rows": True},
            "no workbook, so sheet='May' and visible_rows=True changed nothing.",
        ),
    ],
    ids=["sheet", "visible rows", "both"],
)
def test_options_of_workbooks_are_noted_where_none_is_read(write, options, said):
    path = write("leads.csv", "email\nann@acme.example\n")

    assert notes_of(path, **options) == [said]
    assert notes_of(path) == []


def test_options_of_workbooks_are_not_noted_where_one_of_the_files_is_one(tmp_path, write):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("May").write_column(0, 0, ["email", "bob@bolt.example"])
    beside = [write(name, "email\nann@acme.example\n") for name in ("a.csv", "b.csv")]

    with open_leads([path, *beside], sheet="May") as one, open_leads(beside, sheet="May") as none:
        told = one.notes, none.notes

    assert told == (
        (f"{path}: read sheet 'May'.",),
        ("none of 2 files is a workbook, so sheet='May' changed nothing.",),
    )


def test_an_ods_sheet_wider_than_any_program_makes_is_refused_where_it_becomes_so(tmp_path):
    wide = '<table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell>'
    path = ods(tmp_path, ods_row("email").replace("</table:table-row>", wide + wide + "</table:table-row>"))

    with pytest.raises(InputError, match="line 1 has more than 5,000 cells; the limit is 5,000"):
        read_leads(path)
