"""Files that are not text, compressed ones, and many at once."""

import datetime
import gzip
import io
import json
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from hygiene.errors import InputError, UsageError
from hygiene.io.readers import open_leads, read_leads

CELLS = {"email": ["a@x.example", None], "Phone": ["+14155550100", "00123"], "Note": ["NA", "null"]}


@pytest.fixture
def book(tmp_path):
    """Writes a workbook of sheets and gives its name."""

    def write(sheets: dict[str, list[list[object]]]) -> str:
        path = tmp_path / "leads.xlsx"
        with xlsxwriter.Workbook(path, {"strings_to_numbers": False}) as made:
            day = made.add_format({"num_format": "yyyy-mm-dd"})
            moment = made.add_format({"num_format": "yyyy-mm-dd hh:mm"})
            for name, rows in sheets.items():
                sheet = made.add_worksheet(name)
                for at, row in enumerate(rows):
                    for column, cell in enumerate(row):
                        kind = {datetime.date: day, datetime.datetime: moment}.get(type(cell))
                        sheet.write(at, column, cell, kind)
        return str(path)

    return write


def rows_of(frame: pd.DataFrame) -> list[list[str]]:
    return frame.to_numpy().tolist()


def test_a_sheet_is_read_as_text(book):
    when = datetime.datetime.fromisoformat("2026-02-01T10:30")
    path = book(
        {
            "Leads": [
                ["Email", "Phone", "Zip", "Since", "At", "Score", "Ok", "Note"],
                ["a@x.example", 14155550100, "00123", datetime.date(2026, 2, 1), when, 1.5, True, "NA"],
                [],
                ["b@x.example", "'+1415", "", "", "", "", False, "x"],
            ]
        }
    )

    frame = read_leads(path)

    assert rows_of(frame) == [
        ["a@x.example", "14155550100", "00123", "2026-02-01", "2026-02-01T10:30:00", "1.5", "TRUE", "NA"],
        ["b@x.example", "'+1415", "", "", "", "", "FALSE", "x"],
    ]
    assert frame.index.get_level_values("line").tolist() == [2, 4]


def test_a_sheet_may_have_lines_above_its_header(book):
    path = book({"A": [["Export of May"], [], ["Name", "Email"], ["Ann Lund", "a@x.example"]]})

    with open_leads([path]) as files:
        assert files.frame().index.get_level_values("line").tolist() == [4]
        assert any("the header is on line 3" in note for note in files.notes)
    assert len(read_leads(path)) == 1


def test_the_only_sheet_with_an_email_column_is_read_and_others_have_to_be_named(book):
    leads = [["Email"], ["a@x.example"]]
    assert len(read_leads(book({"Read me": [["Hello"], ["World"]], "Data": leads}))) == 1

    path = book({"May": leads, "June": [["Email"], ["b@x.example"]]})
    with pytest.raises(InputError, match=r"2 sheets have an email column. .*sheet=...: 'May', 'June'"):
        read_leads(path)
    with open_leads([path], sheet="June") as files:
        assert files.frame()["email"].tolist() == ["b@x.example"]
    with pytest.raises(InputError, match="no sheet 'July'; there are 'May', 'June'"):
        open_leads([path], sheet="July")


def test_a_damaged_workbook_and_a_mere_archive_are_errors(tmp_path, book):
    data = Path(book({"A": [["Email"], ["a@x.example"]]})).read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(data[: len(data) // 2])
    with zipfile.ZipFile(tmp_path / "leads.zip", "w") as archive:
        archive.writestr("leads.csv", "Email\na@x.example\n")
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000)

    for name, told in (("cut.xlsx", "damaged"), ("leads.zip", "Unpack it"), ("old.xls", "damaged or locked")):
        with pytest.raises(InputError, match=told):
            read_leads(tmp_path / name)


def test_a_workbook_that_unpacks_to_too_much_is_refused(book):
    path = book({"A": [["Email"], *[["a@x.example"]] * 2000]})

    with pytest.raises(InputError, match=r"limits=\{'size': N\}"):
        open_leads([path], limits={"size": 1000})


def test_a_sheet_with_cells_far_apart_is_refused_before_it_is_held(book):
    path = book({"A": [["Email"], ["a@x.example"]], "B": [[]]})
    with xlsxwriter.Workbook(path) as made:
        made.add_worksheet("A").write(1_048_575, 16_383, "x")

    with pytest.raises(InputError, match="spans 17,179,869,184 cells"):
        read_leads(path)


def test_without_the_extra_a_workbook_is_an_error_that_names_it(book, monkeypatch):
    path = book({"A": [["Email"], ["a@x.example"]]})
    monkeypatch.setitem(sys.modules, "python_calamine", None)

    with pytest.raises(UsageError, match=r"pip install 'lead-hygiene\[excel\]'"):
        read_leads(path)


@pytest.mark.parametrize("kind", ["parquet", "arrow", "stream"])
def test_columnar_files_keep_text_and_make_text_of_the_rest(tmp_path, kind):
    table = pa.table(
        {
            **CELLS,
            "n": [1, None],
            "x": [14155550100.0, 1.5],
            "on": [datetime.date(2026, 2, 1), None],
            "ok": [True, False],
            "tags": [["a", "b"], []],
            "word": pa.array(["q", "q"]).dictionary_encode(),
        }
    )
    path = tmp_path / "leads.bin"
    with path.open("wb") as file:
        if kind == "parquet":
            pq.write_table(table, file)
        else:
            new = pa.ipc.new_file if kind == "arrow" else pa.ipc.new_stream
            with new(file, table.schema) as writer:
                writer.write_table(table)

    frame = read_leads(path)

    assert rows_of(frame) == [
        ["a@x.example", "+14155550100", "NA", "1", "14155550100", "2026-02-01", "TRUE", '["a","b"]', "q"],
        ["", "00123", "null", "", "1.5", "", "FALSE", "[]", "q"],
    ]
    assert frame.index.get_level_values("line").tolist() == [1, 2]


def test_a_damaged_parquet_file_is_an_error(tmp_path):
    pq.write_table(pa.table(CELLS), tmp_path / "leads.parquet")
    data = (tmp_path / "leads.parquet").read_bytes()
    (tmp_path / "leads.parquet").write_bytes(data[:-40])

    with pytest.raises(InputError, match="damaged or cut off"):
        read_leads(tmp_path / "leads.parquet")


def test_json_lines_keep_digits_and_what_is_no_object(tmp_path):
    lines = [
        '{"email":"a@x.example","zip":00123}',
        '{"email":"a@x.example","n":1.50,"big":12345678901234567890}',
    ]
    lines += ['', '[1]', '{"email":null,"tags":["x",{"y":1}],"ok":true,"n":1,"n":2}']  # fmt: skip
    path = tmp_path / "leads.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")

    frame = read_leads(path)

    assert list(frame.columns) == ["email", "n", "big", "tags", "ok", "n (2)", "row_malformed"]
    assert frame.index.get_level_values("line").tolist() == [1, 2, 4, 5]
    assert frame["row_malformed"].dropna().tolist() == [lines[0], "[1]"]
    assert rows_of(frame.iloc[[1, 3], :6]) == [
        ["a@x.example", "1.50", "12345678901234567890", "", "", ""],
        ["", "1", "", '["x",{"y":1}]', "true", "2"],
    ]


def test_a_json_array_is_read_by_its_records(tmp_path):
    path = tmp_path / "leads.json"
    path.write_text(json.dumps([{"email": "a@x.example", "City": "Ås"}, 7], indent=1), encoding="utf-8")

    frame = read_leads(path)

    assert rows_of(frame.iloc[:1, :2]) == [["a@x.example", "Ås"]]
    assert frame["row_malformed"].tolist()[1] == "7"
    path.write_text('[{"email": "a@x.example"},\n{"email"]', encoding="utf-8")
    with pytest.raises(InputError, match="no JSON from line 2 on"):
        read_leads(path)


def test_nesting_is_limited(tmp_path):
    path = tmp_path / "leads.json"
    path.write_text('[{"email": "a@x.example", "x": ' + "[" * 30 + "]" * 30 + "}]", encoding="utf-8")

    with pytest.raises(InputError, match=r"limits=\{'nesting': N\}"):
        read_leads(path)
    with open_leads([path], limits={"nesting": 30}) as files:
        assert files.rows == 1
    path.write_text('[{"email": ' + "[" * 100_000, encoding="utf-8")
    with pytest.raises(InputError, match=r"limits=\{'nesting': N\}"):
        read_leads(path)


@pytest.mark.parametrize("name", ["leads.csv", "leads.jsonl", "leads.parquet", "leads.xlsx"])
def test_any_format_may_be_compressed(tmp_path, name, book, monkeypatch):
    spools = tmp_path / "spools"
    spools.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spools))
    path = tmp_path / name
    if name.endswith("csv"):
        path.write_text("email\na@x.example\n")
    elif name.endswith("jsonl"):
        path.write_text('{"email":"a@x.example"}')
    elif name.endswith("parquet"):
        pq.write_table(pa.table({"email": ["a@x.example"]}), path)
    else:
        book({"A": [["email"], ["a@x.example"]]})
    packed = tmp_path / f"{name}.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(packed.read_bytes())))

    with open_leads([packed]) as files, open_leads(["-"]) as piped:
        assert rows_of(files.frame()) == rows_of(piped.frame()) == [["a@x.example"]]
        assert files.sha256 == piped.sha256
    assert list(spools.iterdir()) == []


def test_what_unpacks_to_too_much_is_refused_and_leaves_nothing(tmp_path, monkeypatch):
    spools = tmp_path / "spools"
    spools.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spools))
    monkeypatch.setattr("hygiene.io.readers.sources.HARMLESS", 1000)
    bomb = tmp_path / "leads.csv.gz"
    bomb.write_bytes(gzip.compress(b"email\n" + b"a@x.example\n" * 200_000))

    for limits, told in (({}, r"limits=\{'ratio': N\}"), ({"size": 5000}, r"limits=\{'size': N\}")):
        with pytest.raises(InputError, match=told):
            open_leads([bomb], limits=limits)
    bomb.write_bytes(bomb.read_bytes()[:200])
    with pytest.raises(InputError, match="damaged or cut off"):
        open_leads([bomb])

    import gc

    gc.collect()
    assert list(spools.iterdir()) == []


def test_a_folder_and_a_pattern_are_their_files_in_order(tmp_path):
    for number in (2, 1):
        pq.write_table(pa.table({"email": [f"p{number}@x.example"]}), tmp_path / f"part-{number}.parquet")
    (tmp_path / "_SUCCESS").write_text("")
    (tmp_path / ".part-1.parquet.crc").write_text("x")
    (tmp_path / "README.md").write_text("x")

    for given in (tmp_path, tmp_path / "part-*.parquet"):
        with open_leads([given]) as files:
            assert files.frame()["email"].tolist() == ["p1@x.example", "p2@x.example"]
            assert [name.rpartition("part-")[2] for name in files.files] == ["1.parquet", "2.parquet"]


def test_formats_may_be_mixed(tmp_path, book):
    path = book({"A": [["Email", "City"], ["a@x.example", "Oslo"]]})
    (tmp_path / "leads.csv").write_text("Email;Tag\nb@x.example;t\n")

    frame = read_leads(path, tmp_path / "leads.csv")

    assert rows_of(frame) == [["a@x.example", "Oslo", ""], ["b@x.example", "", "t"]]
