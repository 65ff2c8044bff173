import csv
import json
import os
import stat
import sys
import zipfile

import pandas as pd
import pyarrow.parquet as pq
import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st

from hygiene.errors import UsageError
from hygiene.writing import atomic, write_csv, write_parquet, write_results, write_xlsx

FRAME = pd.DataFrame(
    {"email": ["a@x.example", "b@x.example"], "note": ['say "hi", please', None], "row": [1, 2]}
)


def test_a_csv_has_plain_line_ends_and_no_index(tmp_path):
    write_csv(FRAME, tmp_path / "ready.csv")

    assert (tmp_path / "ready.csv").read_bytes() == (
        b'email,note,row\na@x.example,"say ""hi"", please",1\nb@x.example,,2\n'
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_spreadsheet_cell_never_starts_a_formula(tmp_path, start):
    frame = pd.DataFrame({"a": [f"{start}1+1"], f"{start}b": ["fine"]})

    write_csv(frame, tmp_path / "withheld.csv", spreadsheet=True)

    data = (tmp_path / "withheld.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    with (tmp_path / "withheld.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["a", f"'{start}b"], [f"'{start}1+1", "fine"]]


def test_a_plain_csv_keeps_what_looks_like_a_formula(tmp_path):
    write_csv(pd.DataFrame({"email": ["=a@x.example"]}), tmp_path / "ready.csv")

    assert (tmp_path / "ready.csv").read_bytes() == b"email\n=a@x.example\n"


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(st.text(alphabet='a,"\r\n ;é', max_size=5), min_size=2, max_size=2), max_size=5)
)
def test_what_is_written_reads_back_cell_for_cell(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("written") / "table.csv"

    write_csv(pd.DataFrame(rows, columns=["a", "b"]), path)

    with path.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file, strict=True)) == [["a", "b"], *rows]


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "ready.csv"
    path.write_text("old")

    with pytest.raises(TypeError), atomic(path) as file:
        file.write(b"new")

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_takes_its_name_only_when_it_is_whole(tmp_path):
    path = tmp_path / "ready.csv"

    with atomic(path, mode="wb") as file:
        file.write(b"new")
        assert not path.exists()

    assert path.read_bytes() == b"new"


@pytest.mark.skipif(sys.platform == "win32", reason="rights are POSIX")
@pytest.mark.parametrize(("private", "rights"), [(False, 0o640), (True, 0o600)])
def test_rights_follow_the_umask_unless_private(tmp_path, private, rights):
    before = os.umask(0o027)
    try:
        with atomic(tmp_path / "f", private=private) as file:
            file.write("x")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == rights


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_is_followed(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")

    with atomic(tmp_path / "link") as file:
        file.write("new")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_results_are_four_files_in_a_new_folder(tmp_path):
    summary = {"schema": "hygiene.summary/1", "town": "Łódź"}
    withheld = pd.DataFrame({"phone": ["+1 555"]})

    paths = write_results(
        tmp_path / "a" / "out", ready=FRAME, withheld=withheld, verdicts=FRAME, summary=summary
    )

    assert [path.name for path in paths] == ["ready.csv", "withheld.csv", "verdicts.csv", "summary.json"]
    assert sorted(path.name for path in (tmp_path / "a" / "out").iterdir()) == sorted(p.name for p in paths)
    assert paths[1].read_text(encoding="utf-8-sig") == "phone\n'+1 555\n"
    text = paths[3].read_text(encoding="utf-8")
    assert json.loads(text) == summary
    assert text == '{\n  "schema": "hygiene.summary/1",\n  "town": "Łódź"\n}\n'


@pytest.mark.parametrize("inside", ["", "deeper"])
def test_a_file_in_the_place_of_the_folder_is_a_usage_error(tmp_path, inside):
    (tmp_path / "out").write_text("a file")

    with pytest.raises(UsageError, match="expected a folder"):
        write_results(tmp_path / "out" / inside, ready=FRAME, withheld=FRAME, verdicts=FRAME, summary={})


def test_an_interrupted_run_leaves_no_half_file(tmp_path, monkeypatch):
    write_csv(FRAME, tmp_path / "ready.csv")
    before = (tmp_path / "ready.csv").read_bytes()

    class Interrupted(pd.DataFrame):
        @property
        def iloc(self):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_csv(Interrupted(FRAME), tmp_path / "ready.csv")

    assert (tmp_path / "ready.csv").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["ready.csv"]


def test_a_workbook_holds_text_and_no_formula_or_link(tmp_path):
    frame = pd.DataFrame({"row": [1, 2], "a": ["=1+1", "https://customer.example"], "b": ["00123", None]})

    write_xlsx(frame, tmp_path / "ready.xlsx")

    [rows] = [
        python_calamine.CalamineWorkbook.from_path(str(tmp_path / "ready.xlsx"))
        .get_sheet_by_index(0)
        .to_python()
    ]
    assert rows == [["row", "a", "b"], [1.0, "=1+1", "00123"], [2.0, "https://customer.example", ""]]
    with zipfile.ZipFile(tmp_path / "ready.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_what_a_sheet_cannot_hold_is_an_error_and_no_file(tmp_path, monkeypatch):
    with pytest.raises(UsageError, match="row 1 has a cell"):
        write_xlsx(pd.DataFrame({"a": ["x" * 40_000]}), tmp_path / "ready.xlsx")
    monkeypatch.setattr("hygiene.writing.SHEET_ROWS", 2)
    with pytest.raises(UsageError, match="2 rows are more than a sheet holds"):
        write_xlsx(FRAME, tmp_path / "ready.xlsx")
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(UsageError, match=r"pip install 'lead-hygiene\[excel\]'"):
        write_xlsx(FRAME, tmp_path / "ready.xlsx")

    assert list(tmp_path.iterdir()) == []


def test_parquet_keeps_cells_as_they_are(tmp_path):
    frame = pd.DataFrame({"row": [1], "a": ["=1+1"], "none": [None]}, index=[7])

    write_parquet(frame, tmp_path / "ready.parquet", spreadsheet=True)

    assert pq.read_table(tmp_path / "ready.parquet").to_pydict() == {
        "row": [1],
        "a": ["=1+1"],
        "none": [None],
    }


@pytest.mark.parametrize("ending", ["xlsx", "parquet"])
def test_results_may_have_another_format(tmp_path, ending):
    paths = write_results(
        tmp_path, ready=FRAME, withheld=FRAME, verdicts=FRAME, summary={}, format_=ending
    )  # fmt: skip

    assert [path.name for path in paths] == [
        *(f"{n}.{ending}" for n in ("ready", "withheld", "verdicts")),
        "summary.json",
    ]
    assert all(path.stat().st_size for path in paths)


def test_the_guard_goes_before_apostrophes_so_that_it_can_be_undone(tmp_path):
    write_csv(pd.DataFrame({"a": ["'+1", "'x", "''=1"]}), tmp_path / "withheld.csv", spreadsheet=True)

    assert (tmp_path / "withheld.csv").read_text(encoding="utf-8-sig") == "a\n''+1\n'x\n'''=1\n"
