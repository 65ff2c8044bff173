import csv
import io
import itertools
import json
import os
import secrets
import stat
import sys
import unicodedata
import zipfile
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st

from hygiene.errors import UsageError
from hygiene.io.formulas import guarded, guarded_texts, unguarded_texts
from hygiene.io.writers import (
    atomic,
    open_results,
    open_table,
    write_csv,
    write_parquet,
    write_results,
    write_xlsx,
)
from hygiene.io.writers.tables import Table

FRAME = pd.DataFrame(
    {"email": ["a@x.example", "b@x.example"], "note": ['say "hi", please', None], "row": [1, 2]}
)


def test_a_csv_has_plain_line_ends_and_no_index(tmp_path):
    write_csv(FRAME, tmp_path / "ready.csv")

    assert (tmp_path / "ready.csv").read_bytes() == (
        b'email,note,row\na@x.example,"say ""hi"", please",1\nb@x.example,,2\n'
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_spreadsheet_cell_never_starts_a_formula(tmp_path, start):
    frame = pd.DataFrame({"a": [f"{start}1+1"], f"{start}b": ["fine"]})

    write_csv(frame, tmp_path / "withheld.csv", spreadsheet=True)

    data = (tmp_path / "withheld.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    with (tmp_path / "withheld.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["a", f"'{start}b"], [f"'{start}1+1", "fine"]]


#: What stands before a formula in cells that programs take for one all the same.
BEFORE = [
    "",
    " ",
    "\u00a0",
    "\n",
    "\r\n ",
    "\t",
    "\ufeff",
    "\u200b",
    "\u2060",
    "\u3000",
    "\x00",
    "\u202e",
    "'",
    "' '",
]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66"])
def test_a_formula_behind_what_is_not_seen_and_in_full_width_is_guarded_and_comes_back(before, start):
    cell = f"{before}{start}1+1"

    column = guarded_texts(pa.array([cell, None, "a=1"], pa.large_string()))

    assert column.to_pylist() == [f"'{cell}", None, "a=1"]
    assert guarded(cell) == f"'{cell}"
    assert unguarded_texts(pa.chunked_array([column])).to_pylist() == [cell, None, "a=1"]


def test_both_engines_of_expressions_guard_the_same_characters_and_all_that_are_not_seen():
    # One plane at a time would do too: above U+FFFF only tags and format characters are of a kind that counts.
    points = [*range(0xD800), *range(0xE000, 0x12000), *range(0xE0000, 0xE1000)]
    cells = [f"{chr(point)}=1" for point in points] + [f"{chr(point)}1" for point in points]

    by_column = guarded_texts(pa.array(cells, pa.large_string())).to_pylist()

    assert by_column == [guarded(cell) for cell in cells]
    unseen = {
        cell
        for cell in cells[: len(points)]
        if unicodedata.category(cell[0]) in {"Cc", "Cf", "Zs", "Zl", "Zp"}
    }
    assert len(unseen) > 100
    assert unseen & set(by_column) == set()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_every_file_of_a_run_but_the_leads_to_import_is_guarded(tmp_path, ending):
    frame = pd.DataFrame({"address": ["=a@x.example", " @b", "fine"]})

    write_results(
        tmp_path, ready=frame, withheld=frame, verdicts=frame, fills=frame, summary={}, format_=ending
    )

    found = {path.stem: cells_of(path) for path in tmp_path.iterdir() if path.suffix != ".json"}
    guarded_cells = ["'=a@x.example", "' @b", "fine"]
    assert found == {
        "ready": ["=a@x.example", " @b", "fine"],
        **dict.fromkeys(("withheld", "verdicts", "fills"), guarded_cells),
    }


def cells_of(path):
    """The cells of a file's one column."""
    if path.suffix == ".csv":
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    else:
        rows = python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()
    return [cell for (cell,) in rows[1:]]


def test_verdicts_are_guarded_and_have_no_byte_order_mark_that_a_program_would_read(tmp_path):
    frame = pd.DataFrame({"row": [1], "address": ["+tag@x.example"]})

    write_results(tmp_path, ready=frame, withheld=frame, verdicts=frame, summary={})

    assert (tmp_path / "verdicts.csv").read_bytes() == b"row,address\n1,'+tag@x.example\n"


def test_a_plain_csv_keeps_what_looks_like_a_formula(tmp_path):
    write_csv(pd.DataFrame({"email": ["=a@x.example"]}), tmp_path / "ready.csv")

    assert (tmp_path / "ready.csv").read_bytes() == b"email\n=a@x.example\n"


@settings(deadline=None)
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
@pytest.mark.parametrize(("given", "rights"), [(None, 0o640), (0o600, 0o600), (0o644, 0o644)])
def test_rights_are_those_that_were_given_or_follow_the_umask(tmp_path, given, rights):
    before = os.umask(0o027)
    try:
        with atomic(tmp_path / "f", rights=given) as file:
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
    monkeypatch.setattr("hygiene.io.writers.excel.SHEET_ROWS", 2)
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


TEXT = st.text(alphabet="ab,;'\"\r\n\t =+-@#\\\u2028\x00é\N{PARTY POPPER}", max_size=6)
ODD = TEXT | st.none() | st.integers() | st.floats() | st.booleans() | st.binary(max_size=2) | st.dates()
COLUMN = st.one_of(
    *(
        st.lists(cell, min_size=4, max_size=4).map(lambda cells, dtype=dtype: pd.Series(cells, dtype=dtype))
        for cell, dtype in [
            (TEXT | st.none(), "str" if pd.__version__ >= "3" else object),
            (TEXT | st.none(), object),
            (TEXT | st.none(), "string[pyarrow]"),
            (TEXT | st.none(), "category"),
            (ODD, object),
            (st.integers(-(2**63), 2**63 - 1), "int64"),
            (st.integers(-5, 5) | st.none(), "Int8"),
            (st.floats(), "float64"),
            (st.booleans(), bool),
            (st.dates(date(1970, 1, 1), date(2100, 1, 1)), "datetime64[ns]"),
        ]
    )
)


def as_the_csv_module_writes(frame, *, spreadsheet):
    """A reference: cell for cell, with the one writer whose quoting others read."""

    def shown(cell):
        is_formula = isinstance(cell, str) and (
            cell.lstrip("'").startswith(("\t", "\r", "\n"))
            or cell.lstrip("' \t\r\n\u2028\x00").startswith(("=", "+", "-", "@"))
        )
        return f"'{cell}" if spreadsheet and is_formula else cell

    columns = [frame.iloc[:, at] for at in range(frame.shape[1])]
    cells = [column.astype(object).where(column.notna(), "").tolist() for column in columns]
    written = []
    for row in [list(frame.columns), *zip(*cells, strict=True)]:
        line = io.StringIO()
        csv.writer(line).writerow([shown(cell) for cell in row])
        written.append(line.getvalue()[:-2] + "\n")
    return (("\ufeff" if spreadsheet else "") + "".join(written)).encode()


def in_parts(frame, cuts):
    ends = sorted({0, *(min(cut, len(frame)) for cut in cuts), len(frame)})
    return [frame.iloc[:0], *(frame.iloc[start:end] for start, end in itertools.pairwise(ends))]


@settings(max_examples=settings.default.max_examples * 3, deadline=None)
@given(
    st.lists(COLUMN, min_size=1, max_size=3),
    st.lists(TEXT, min_size=3, max_size=3),
    st.sets(st.integers(1, 3)),
    st.booleans(),
)
def test_a_csv_is_octet_for_octet_what_the_csv_module_writes_in_any_parts(
    tmp_path_factory, columns, names, cuts, spreadsheet
):
    frame = pd.concat(columns, axis=1)
    frame.columns = names[: len(columns)]
    path = tmp_path_factory.mktemp("written") / "table.csv"

    with open_table(path, spreadsheet=spreadsheet) as table:
        for part in in_parts(frame, cuts):
            table.add(part)

    assert path.read_bytes() == as_the_csv_module_writes(frame, spreadsheet=spreadsheet)


def test_a_row_whose_only_cell_is_empty_is_a_row_still(tmp_path):
    write_csv(pd.DataFrame({"": ["", None, "a"]}), tmp_path / "table.csv")

    assert (tmp_path / "table.csv").read_bytes() == b'""\n""\n""\na\n'


def test_a_text_that_is_no_unicode_is_an_error_and_no_file(tmp_path):
    with pytest.raises(UnicodeEncodeError):
        write_csv(pd.DataFrame({"a": ["\ud800"]}, dtype=object), tmp_path / "table.csv")

    assert list(tmp_path.iterdir()) == []


@settings(deadline=None)
@given(
    cells=st.lists(TEXT | st.none(), min_size=1, max_size=9),
    cuts=st.sets(st.integers(1, 8)),
    group=st.sampled_from([1, 2, 3, 100]),
    ending=st.sampled_from(["parquet", "xlsx"]),
)
def test_a_file_is_the_same_however_its_rows_are_cut_into_parts(tmp_path_factory, cells, cuts, group, ending):
    frame = pd.DataFrame({"row": range(len(cells)), "note": pd.Series(cells, dtype=object), "none": None})
    folder = tmp_path_factory.mktemp("written")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hygiene.io.writers.parquet.GROUP_ROWS", group)
        for name, parts in {"whole": [frame], "parts": in_parts(frame, cuts)}.items():
            with open_table(folder / name, format_=ending) as table:
                for part in parts:
                    table.add(part)

    assert (folder / "parts").read_bytes() == (folder / "whole").read_bytes()
    if ending == "parquet":
        kept = pq.ParquetFile(folder / "parts")
        assert [kept.metadata.row_group(at).num_rows for at in range(kept.num_row_groups)] == [
            min(group, len(cells) - start) for start in range(0, len(cells), group)
        ]
        assert kept.read().to_pydict() == {
            "row": list(range(len(cells))), "note": cells, "none": [None] * len(cells)
        }  # fmt: skip


def test_a_parquet_column_has_one_type_in_all_parts(tmp_path):
    parts = [
        pd.DataFrame(
            {"row": [1], "text": [None], "number": [None], "odd": ["a"], "label": pd.Categorical(["x"])}
        ),
        pd.DataFrame({"row": [2], "text": ["b"], "number": [1.5], "odd": [date(2026, 1, 2)], "label": ["y"]}),
    ]

    with open_table(tmp_path / "t", format_="parquet") as table:
        for part in parts:
            table.add(part)

    found = pq.read_table(tmp_path / "t")
    assert found.schema.types == [
        pa.int64(),
        pa.large_string(),
        pa.float64(),
        pa.large_string(),
        pa.large_string(),
    ]
    assert found.to_pydict() == {
        "row": [1, 2], "text": [None, "b"], "number": [None, 1.5], "odd": ["a", "2026-01-02"], "label": ["x", "y"]
    }  # fmt: skip


def write_in_parts(path, parts, **told):
    with open_table(path, **told) as table:
        for part in parts:
            table.add(part)


def test_a_parquet_column_that_changes_its_type_later_is_an_error_and_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr("hygiene.io.writers.parquet.GROUP_ROWS", 1)
    parts = [pd.DataFrame({"a": [1]}), pd.DataFrame({"a": ["x"]})]

    with pytest.raises(UsageError, match="does not keep its type"):
        write_in_parts(tmp_path / "t", parts, format_="parquet")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_a_part_with_other_columns_is_an_error_and_no_file(tmp_path, ending):
    with pytest.raises(UsageError, match="not the 1 of the first"):
        write_in_parts(tmp_path / "t", [FRAME[["email"]], FRAME[["note"]]], format_=ending)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_results_in_parts_are_those_in_one_part_and_are_named_together(tmp_path, ending):
    withheld, fills = FRAME[["note"]], FRAME[["row"]]
    tables = {"ready": FRAME, "withheld": withheld, "verdicts": FRAME, "fills": fills}
    whole = write_results(tmp_path / "whole", **tables, summary={"a": 1}, format_=ending)
    parts = tmp_path / "parts"

    with open_results(parts, format_=ending, fills=True) as results:
        for part in (slice(0, 1), slice(1, 2)):
            results.add(**{name: frame[part] for name, frame in tables.items()})
        assert all(path.name.startswith(".") for path in parts.iterdir())
        written = results.finish({"a": 1})

    assert [path.name for path in written] == [path.name for path in whole]
    assert sorted(parts.iterdir()) == sorted(written)
    assert [path.read_bytes() for path in written] == [path.read_bytes() for path in whole]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_results_that_are_not_finished_leave_the_old_files_and_nothing_else(tmp_path, ending):
    for name in ("ready", "verdicts"):
        (tmp_path / f"{name}.{ending}").write_text("old")
    before = sorted(tmp_path.iterdir())

    with open_results(tmp_path, format_=ending) as results:
        results.add(ready=FRAME, withheld=FRAME, verdicts=FRAME)
    with open_results(tmp_path, format_=ending):
        pass

    assert sorted(tmp_path.iterdir()) == before
    assert {path.read_text() for path in before} == {"old"}


def write_all_in_parts(folder, parts, **told):
    with open_results(folder, **told) as results:
        for ready, withheld, verdicts in parts:
            results.add(ready=ready, withheld=withheld, verdicts=verdicts)
        results.finish({})


def test_a_sheet_that_is_full_in_a_later_part_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("hygiene.io.writers.excel.SHEET_ROWS", 4)
    parts = [(FRAME[:1], FRAME, FRAME[:1])] * 2

    with pytest.raises(UsageError, match=r"withheld.xlsx: 4 rows are more"):
        write_all_in_parts(tmp_path, parts, format_="xlsx")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="limits are POSIX")
@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_a_file_that_cannot_grow_leaves_nothing(tmp_path, monkeypatch, ending):
    import resource

    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # half a module would be kept
    frame = pd.DataFrame({"a": [secrets.token_hex(500) for _ in range(2000)]})
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            write_all_in_parts(tmp_path, [(frame, frame, frame)], format_=ending)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("ending", ["xlsx", "parquet"])
def test_a_full_disk_at_the_very_end_is_told_once(ending):
    with Path("/dev/full").open("wb", buffering=0) as full:
        table = Table(full, "t", format_=ending)
        table.add(FRAME)

        with pytest.raises(OSError, match="No space"):
            table.close()
        table.drop()


def test_a_sheet_holds_numbers_as_numbers_and_the_rest_as_text(tmp_path):
    frame = pd.DataFrame({"number": [1.5, float("inf")], "day": [date(2026, 1, 2), None]})

    write_xlsx(frame, tmp_path / "t.xlsx")

    book = python_calamine.CalamineWorkbook.from_path(str(tmp_path / "t.xlsx"))
    assert book.get_sheet_by_index(0).to_python() == [["number", "day"], [1.5, "2026-01-02"], ["inf", ""]]
