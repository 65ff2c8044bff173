import csv
import gc
import hashlib
import io
import os
import re
import sys
import threading
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from hygiene.errors import InputError, UsageError
from hygiene.io.readers import open_leads, read_leads

HEADER = "Email,First Name,Company\n"

pytestmark = pytest.mark.usefixtures("columns_are_made")


@pytest.fixture
def leads(tmp_path):
    """Writes a file of leads and gives its name."""

    def write(text: str | bytes, name: str = "leads.csv") -> str:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    return write


@pytest.fixture
def stdin(monkeypatch):
    def give(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="ascii"))

    return give


def lines_of(frame: pd.DataFrame) -> list[int]:
    return frame.index.get_level_values("line").tolist()


def rows_of(frame: pd.DataFrame) -> list[list[str]]:
    return frame.to_numpy().tolist()


def test_a_file_becomes_text_with_canonical_columns_first(leads):
    path = leads("Notes,Company,Email\nhello,Acme Ltd,a@x.example\n")

    frame = read_leads(path)

    assert list(frame.columns) == ["email", "company", "Notes"]
    assert rows_of(frame) == [["a@x.example", "Acme Ltd", "hello"]]
    assert frame.index.names == ["source", "line"]
    assert frame.index.tolist() == [(path, 2)]
    assert {str(kind) for kind in frame.dtypes} == {str(pd.Series(["a"]).dtype)}


def test_text_that_looks_like_something_else_stays_text(leads):
    cells = ["+14155550100", "00123", "NA", "None", "null", "1e5", "TRUE", "-", " x ", ""]
    path = leads("email," + ",".join("abcdefghij") + "\na@x.example," + ",".join(cells) + "\n")

    assert rows_of(read_leads(path)) == [["a@x.example", *cells]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_dialects_read_alike(leads, delimiter, end, mark):
    records = [
        ["Email", "Last, first; name"],
        ["a@x.example", "Doe, Jane; Ms|\tX"],
        ["b@x.example", 'say "hi"'],
    ]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(records)
    path = leads(mark + text.getvalue())

    frame = read_leads(path)

    assert [["Email", "Last, first; name"], *rows_of(frame)] == records
    assert list(frame.columns) == ["email", "Last, first; name"]
    assert lines_of(frame) == [2, 3]


def test_one_column_keeps_commas_in_its_cells(leads):
    path = leads('email\na@x.example, b@x.example\n""\n\nc@x.example\n')

    frame = read_leads(path)

    assert frame["email"].tolist() == ["a@x.example, b@x.example", "", "c@x.example"]
    assert lines_of(frame) == [2, 3, 5]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_line_is_where_the_record_starts(leads, end):
    text = 'Email,"Notes, of\nyours"\na@x.example,"one\n\ntwo"\n\n   \nb@x.example,\n"c@x.example\n",x\n'
    path = leads(text.replace("\n", end))

    frame = read_leads(path)

    assert lines_of(frame) == [3, 8, 9]
    assert frame.iloc[0, 1] == f"one{end}{end}two"
    assert frame.iloc[2, 0] == f"c@x.example{end}"


def test_a_row_that_does_not_fit_is_kept_with_its_raw_text(leads):
    path = leads(HEADER + 'a,A,B,C\nb@x.example,B,"C\nD",x\n,,\n"c"x@x.example,C,D\nd@x.example,D,E\n')

    frame = read_leads(path)

    assert frame.columns[-1] == "row_malformed"
    assert lines_of(frame) == [2, 3, 5, 6, 7]
    raw = ["a,A,B,C", 'b@x.example,B,"C\nD",x', None, '"c"x@x.example,C,D', None]
    assert [None if pd.isna(text) else text for text in frame["row_malformed"]] == raw
    addresses = ["", "b@x.example", "", "x@x.example"]
    assert rows_of(frame.drop(columns="row_malformed")) == [
        *([address, "", ""] for address in addresses),
        ["d@x.example", "D", "E"],
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_row_that_ends_early_has_blank_cells_and_is_counted(leads, delimiter):
    rows = ["a@x.example,A,B", "b@x.example", "c@x.example,C", '"d@x.example","D, E"', ",,", "e@x.example,,"]
    path = leads("\n".join([HEADER.strip(), *rows]).replace(",", delimiter) + "\n")

    with open_leads([path]) as files:
        frame = files.frame()

    assert "row_malformed" not in frame
    assert [row[0][:1] for row in rows_of(frame)] == ["a", "b", "c", "d", "", "e"]
    assert [row[1:] for row in rows_of(frame)[1:3]] == [["", ""], ["C", ""]]
    assert any("3 rows lack cells at the end" in note for note in files.notes)


def test_lines_of_delimiters_below_the_last_filled_row_are_no_rows(leads):
    path = leads(HEADER + "a@x.example,A,B\n,,\nb@x.example,,\n" + ",,\n" * 5000)

    for size in (None, 1):
        with open_leads([path], chunk_rows=size) as files:
            assert sum(len(chunk) for chunk in files.chunks()) == files.rows == 3
            assert any("5,000 lines of delimiters alone below the last row" in note for note in files.notes)


def test_only_a_chunk_with_malformed_rows_has_the_column(leads):
    path = leads(HEADER + "a@x.example,A,B\nb@x.example,A,B,C\nc@x.example,A,B\n")

    with open_leads([path], chunk_rows=1) as files:
        assert [len(chunk.columns) for chunk in files.chunks()] == [3, 4, 3]
        assert "row_malformed" not in files.columns
        assert files.rows == 3


def test_a_trailing_delimiter_is_no_field(leads):
    frame = read_leads(leads(HEADER + "a@x.example,A,B,\nb@x.example,B,C,,\n"))

    assert rows_of(frame) == [["a@x.example", "A", "B"], ["b@x.example", "B", "C"]]


def test_cells_under_no_header_may_be_left_out(leads):
    frame = read_leads(leads("Email,Company,\na@x.example,A\nb@x.example,B,x\n"))

    assert list(frame.columns) == ["email", "company", "column 3"]
    assert rows_of(frame) == [["a@x.example", "A", ""], ["b@x.example", "B", "x"]]


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ('a@x.example,A,B\nb@x.example,"B,C\nc@x.example,C,D\n', 3),
        ('a@x.example,A,B\nb@x.example,"B,C\nc@x.example,"C",D\n', 3),
        ('a@x.example,"A\nA","B\nc@x.example,C,D\n', 3),
        ('a@x.example,A,"B', 2),
        ('a@x.example,A,"B\n' + "c@x.example,C,D\n" * 20_000, 2),
    ],
)
def test_an_unclosed_quote_is_an_error_with_its_line(leads, rows, line):
    path = leads(HEADER + rows)

    with pytest.raises(InputError, match=f"a quote opens on line {line} and is not closed"):
        read_leads(path)


def test_a_stray_quote_after_a_cell_over_two_lines_spoils_that_row_alone(leads):
    frame = read_leads(leads(HEADER + '"a@x.example",A,"B\nB"\n"b@x.example\n","A"x,B\nc@x.example,C,D\n'))

    assert lines_of(frame) == [2, 4, 6]
    assert frame["row_malformed"].tolist()[1] == '"b@x.example\n","A"x,B'


def test_a_header_with_a_quote_out_of_place_is_an_error(leads):
    with pytest.raises(InputError, match="the header on line 1"):
        read_leads(leads('"Email"x,Name\na@x.example,A\n'))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (
            "Email,Name\na@x.example,é\nb@x.example,".encode() + b"\xe9\n",
            "line 3 holds a byte that is not UTF-8",
        ),
        (b"\xef\xbb\xbfEmail,Name\r\xe9,A\r", "line 2 holds a byte that is not UTF-8"),
        (b"Email,Name\na@x.example,\x81\n", "line 2 holds a byte that is not CP1252"),
        (b"Email,Name\na@x.example,\0\n", "line 2 holds a NUL byte"),
        (b"Email,Name\n" + b"a@x.example,A\n" * 90_000 + b"\x81", "line 90002 holds a byte"),
        (b"Email,Name\n" + b"a@x.example,A\n" * 90_000 + b"\0", "line 90002 holds a NUL"),
        ("Email,Name\na@x.example,A\n".encode("utf-16-le"), "Save it as CSV in UTF-8"),
        (b"", "is empty"),
        (b"\xef\xbb\xbf\n \n", "is empty"),
        (b"Email,Name\n", "has a header and no rows"),
        (b"Email,Name\n\n  \n", "has a header and no rows"),
        (b"Name,City\nA,B\n", "no email column"),
    ],
)
def test_what_is_no_file_of_leads_is_an_error_in_one_line(leads, data, told):
    path = leads(data)

    with pytest.raises(InputError, match=told) as caught:
        read_leads(path)

    assert str(caught.value).startswith(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["ann@birch.example", "email\nann@birch.example\n", "ann@birch.example," * 99]
)
def test_leads_in_the_place_of_a_file_are_an_error_that_does_not_show_them(text):
    with pytest.raises(InputError, match="A text with leads was given where a file is expected") as refused:
        read_leads(text)

    assert "birch" not in str(refused.value)


@pytest.mark.parametrize("name", ["", " "])
def test_an_empty_name_is_not_this_folder(name, tmp_path, monkeypatch):
    (tmp_path / "leads.csv").write_text("email\nann@birch.example\n")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(InputError, match="An empty name was given"):
        read_leads(name)


def test_a_file_whose_name_has_an_at_is_read(tmp_path):
    (tmp_path / "leads@2026").write_text("email\nann@birch.example\n")

    assert len(read_leads(tmp_path / "leads@2026")) == 1


def test_a_missing_file_and_an_empty_folder_are_errors(tmp_path):
    with pytest.raises(InputError, match="there is no such file"):
        read_leads(tmp_path / "none.csv")
    with pytest.raises(InputError, match="is a folder without lead files"):
        read_leads(tmp_path)
    with pytest.raises(InputError, match="no file matches"):
        read_leads(tmp_path / "*.csv")


def test_a_web_address_is_refused_and_not_repeated():
    with pytest.raises(InputError, match="Download it first") as caught:
        read_leads("https://customer.example/leads.csv?token=abc")

    assert "abc" not in str(caught.value)


@pytest.mark.parametrize("paths", [[], ["-", "-"]])
def test_arguments_that_name_no_input_are_usage_errors(paths):
    with pytest.raises(UsageError):
        open_leads(paths)


def test_notes_above_the_header_are_left_out(leads):
    path = leads(
        "\ufeffNotes:\r\n"
        '"When you export, note that ""some"" cells are empty, as people choose."\r\n'
        "\r\n"
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On\r\n"
        "Jane,Doe,https://www.linkedin.com/in/jane-doe-x,jane@customer.example,Acme,CEO,01 Feb 2026\r\n"
    )

    with open_leads([path]) as files:
        frame = files.frame()

    assert frame.index.tolist() == [(path, 5)]
    assert frame["email"].tolist() == ["jane@customer.example"]
    assert frame["linkedin"].tolist() == ["https://www.linkedin.com/in/jane-doe-x"]
    assert files.notes == (f"{path}: the header is on line 4; what stands above it is left out.",)


def test_a_row_as_wide_as_the_header_never_takes_its_place(leads):
    with pytest.raises(InputError, match="no email column among 2"):
        read_leads(leads("Name,City\nEmail,a@x.example\nA,B\n"))


def test_a_line_of_delimiters_is_a_row(leads):
    frame = read_leads(leads("Email\tCompany\tTag\n\t\t\n\t\n \na@x.example\tA\tB\n"))

    assert lines_of(frame) == [2, 3, 5]
    assert rows_of(frame)[:2] == [["", "", ""]] * 2


def test_a_full_name_gives_first_and_last_and_stays(leads):
    with open_leads([leads('Name,Email\nJane Doe,a@x.example\n"Roe, Rick",b@x.example\nx,y,z\n')]) as files:
        frame = files.frame()

    assert files.columns == ("email", "first_name", "last_name", "Name")
    assert frame["first_name"].tolist() == ["Jane", "Rick", ""]
    assert frame["last_name"].tolist() == ["Doe", "Roe", ""]
    assert frame["Name"].tolist() == ["Jane Doe", "Roe, Rick", ""]
    assert any("split from 'Name'" in note for note in files.notes)


def test_several_files_are_one_frame_with_the_union_of_columns(leads):
    one = leads("Email,Tag\na@x.example,t\n", "one.csv")
    two = leads("Company;Email;Size\nAcme;b@x.example;3\n;c@x.example;4;5\n", "two.csv")

    with open_leads([one, two]) as files:
        frame = files.frame()
        chunks = list(files.chunks())

    assert files.files == (one, two)
    assert files.columns == ("email", "company", "Tag", "Size")
    assert frame.index.tolist() == [(one, 2), (two, 2), (two, 3)]
    assert rows_of(frame.iloc[:2, :4]) == [["a@x.example", "", "t", ""], ["b@x.example", "Acme", "", "3"]]
    assert frame["row_malformed"].isna().tolist() == [True, True, False]
    assert [list(chunk.columns[:4]) for chunk in chunks] == [list(files.columns)]  # small files share a chunk
    assert frame.loc[(two, 2), "email"] == "b@x.example"


def test_the_digest_is_over_the_bytes_in_order_whatever_the_names(leads):
    data = [b"\xef\xbb\xbfEmail\na@x.example\n", b"email\r\nb@x.example\r\n"]
    files = [leads(data[0], "one.csv"), leads(data[1], "two.csv")]

    before, after = open_leads(files), open_leads(files)
    list(after.chunks())

    assert before.sha256 == after.sha256 == hashlib.sha256(b"".join(data)).hexdigest()
    assert (before.rows, after.rows) == (2, 2)


def test_a_file_that_changes_between_two_readings_is_an_error(leads):
    files = open_leads([leads(HEADER + "a@x.example,A,B\n")])
    assert files.rows == 1
    leads(HEADER + "a@x.example,A,C\n")

    with pytest.raises(InputError, match="changed while it was read"):
        files.frame()


def test_a_file_that_is_emptied_before_it_is_read_is_an_error(leads):
    files = open_leads([leads(HEADER + "a@x.example,A,B\n")])
    leads("")

    with pytest.raises(InputError, match="changed while it was read"):
        files.frame()


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_chunks_hold_the_rows_of_the_frame_and_can_be_read_again(leads, size):
    path = leads(HEADER + "".join(f'p{i}@x.example,"A\n{i}",B\n' for i in range(20)))

    with open_leads([path], chunk_rows=size) as files:
        frame = files.frame()
        for _ in range(2):
            chunks = list(files.chunks())
            assert all(len(chunk) <= size for chunk in chunks)
            pd.testing.assert_frame_equal(
                pd.concat([chunk.reset_index() for chunk in chunks], ignore_index=True), frame.reset_index()
            )


def test_raw_text_is_right_far_into_a_file(leads):
    rows = 'p@x.example,"A\nB",C\n' * 30_000
    path = leads(HEADER + rows + 'q@x.example,"A\nB",C,D\n' + rows)

    frame = read_leads(path)

    odd = frame[frame["row_malformed"].notna()]
    assert odd["row_malformed"].tolist() == ['q@x.example,"A\nB",C,D']
    assert lines_of(odd) == [60_002]
    assert len(frame) == 60_001


def test_standard_input_is_read_more_than_once_and_its_copy_removed(stdin, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    stdin(b"Email\na@x.example\n\xc3\xa9@x.example\n")

    with open_leads(["-"]) as files:
        assert files.files == ("<stdin>",)
        assert len(list(tmp_path.iterdir())) == 1
        for _ in range(2):
            frame = files.frame()
            assert frame["email"].tolist() == ["a@x.example", "é@x.example"]
        assert frame.index.tolist() == [("<stdin>", 2), ("<stdin>", 3)]

    assert list(tmp_path.iterdir()) == []


def test_the_copy_of_standard_input_goes_with_its_owner(stdin, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    stdin(b"Email\na@x.example\n")

    files = open_leads(["-"])
    assert len(list(tmp_path.iterdir())) == 1
    del files
    gc.collect()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("data", [b"nothing\n", b""])
def test_standard_input_without_leads_leaves_no_copy(stdin, tmp_path, monkeypatch, data):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    stdin(data)

    with pytest.raises(InputError, match=r"^<stdin>: "):
        open_leads(["-"])

    gc.collect()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes there")
def test_a_pipe_reads_as_a_file(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"Email\na@x.example\n",))
    writer.start()

    frame = read_leads(pipe)

    writer.join()
    assert frame.index.tolist() == [(str(pipe), 2)]


def test_columns_may_be_named_by_hand(leads):
    frame = read_leads(leads("Reach,Email\na@x.example,no\n"), columns={"email": "Reach"})

    assert frame["email"].tolist() == ["a@x.example"]
    assert frame["Email"].tolist() == ["no"]


#: Any cell but a formula by which a spreadsheet is made to take it for text, which is taken off.
CELL = st.text(alphabet=st.sampled_from("aé@,;\t|\"'\r\n =.0"), max_size=6).filter(
    lambda cell: not re.fullmatch(r'="(?:[^"]|"")*"', cell)
)
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=8)
)


@settings(max_examples=settings.default.max_examples * 2, deadline=None)
@example(table=[["\n"], [""], [""], ["@  "]], delimiter=",", end="\r", size=1)
@given(
    table=TABLES,
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    size=st.integers(1, 9),
)
def test_a_well_formed_table_comes_back_cell_for_cell(tmp_path_factory, table, delimiter, end, size):
    assume(any(cell.strip() for row in table for cell in row))
    header = ["email", "b", "c", "d"][: len(table[0])]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(
        [header, *table]
    )
    path = tmp_path_factory.mktemp("tables") / "table.csv"
    path.write_bytes(text.getvalue().encode())

    with open_leads([path], chunk_rows=size) as files:
        found = [row for chunk in files.chunks() for row in rows_of(chunk)]

    while table and not any(map(str.strip, table[-1])):
        table = table[:-1]
    assert found == table


@settings(max_examples=settings.default.max_examples * 2, deadline=None)
@example(lines=[",, "])
@given(lines=st.lists(st.text(alphabet="ab@,'; ", max_size=8), max_size=9))
def test_every_line_that_is_not_blank_is_one_row(tmp_path_factory, lines):
    path = Path(tmp_path_factory.mktemp("lines") / "lines.csv")
    path.write_text("Email,b\na@x.example,b\n" + "".join(f"{line}\n" for line in lines), encoding="utf-8")

    frame = read_leads(path)

    filled = max((at for at, line in enumerate(lines, 3) if line.strip(" ,")), default=2)
    expected = [2] + [at for at, line in enumerate(lines, 3) if line.strip() and at <= filled]
    assert lines_of(frame) == expected


@settings(max_examples=settings.default.max_examples * 3, deadline=None)
@given(lines=st.lists(st.text(alphabet='ab,"', max_size=7), max_size=8))
def test_with_quotes_anywhere_no_text_is_lost_or_read_twice(tmp_path_factory, lines):
    path = Path(tmp_path_factory.mktemp("quotes") / "quotes.csv")
    path.write_text("Email,b\na@x.example,b\n" + "".join(f"{line}\n" for line in lines), encoding="utf-8")

    try:
        frame = read_leads(path)
    except InputError as error:
        opened = int(str(error).partition("on line ")[2].split()[0])
        assert '"' in lines[opened - 3]
        return

    texts = frame.astype(object).where(frame.notna(), "").to_numpy().ravel()
    assert re.findall("[ab]", "".join(texts[2:])) == re.findall("[ab]", "".join(lines))
    assert lines_of(frame) == sorted(set(lines_of(frame)))
