"""Delimited text in every dialect, encoding and oddity, the fast way held against the slow one."""

import csv
import io
import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hygiene.errors import HygieneError, InputError, UsageError
from hygiene.io.readers import Limits, open_leads, read_leads
from hygiene.io.readers.csv_file import CsvFile
from hygiene.io.readers.csv_scan import scan
from hygiene.io.readers.encoding import Text
from hygiene.io.readers.sources import Source

HEADER = ["Email", "City", "Note"]

pytestmark = pytest.mark.usefixtures("columns_are_made")

#: Rows as a program hands them to a writer, by what is odd about them.
ODDITIES = {
    "plain": [["a@x.example", "Ann", "x"]],
    "quotes": [["a@x.example", 'say "hi"', '"']],
    "breaks": [["a@x.example", "two\nlines", "x"], ["b@x.example", "", "a\r\nb\n\n"]],
    "delimiters": [["a@x.example", "a,b;c\td|e", "x"]],
    "blank cells": [["a@x.example", "", ""], ["", "", "x"]],
    "text that looks like numbers": [["007", "+1415", "1e5"], ["NA", "null", "TRUE"]],
    "apostrophes": [["'a@x.example", "'+1415", "O'Neill"]],
    "letters": [["jörg@x.example", "Zoë", "€ œ ž"]],
}


@pytest.fixture
def leads(tmp_path):
    def write(data: bytes | str, name: str = "leads.csv") -> str:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return str(path)

    return write


def cells_of(path, **options) -> list[list[str]]:
    with open_leads([path], **options) as files:
        return files.frame().to_numpy().tolist()


@pytest.mark.parametrize("oddity", ODDITIES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_every_dialect_in_every_encoding_reads_alike(leads, encoding, oddity):
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    for delimiter, end, quoting in itertools.product(
        ",;\t|", ["\n", "\r\n", "\r"], [csv.QUOTE_MINIMAL, csv.QUOTE_ALL]
    ):
        text = io.StringIO()
        # A writer quotes a carriage return only where it is part of the line end.
        quotes = csv.QUOTE_ALL if oddity == "breaks" else quoting
        csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quotes).writerows(
            [HEADER, *ODDITIES[oddity]]
        )
        path = leads((mark + text.getvalue()).encode(encoding))

        assert cells_of(path) == ODDITIES[oddity]


def test_windows_1252_is_said_even_where_it_shows_far_below_the_first_rows(leads):
    path = leads(b"Email,City\n" + b"a@x.example,A\n" * 90_000 + b"b@x.example,Jos\xe9 \x80\n")

    with open_leads([path]) as files:
        assert files.notes == ()
        frame = files.frame()
        assert [note for note in files.notes if "Windows-1252" in note and "encoding=" in note]

    assert frame.iloc[-1].tolist() == ["b@x.example", "José €"]


def test_a_named_encoding_is_taken_at_its_word(leads):
    path = leads("Email,City\na@x.example,Łódź\n".encode("cp1250"))

    with open_leads([path], encoding="cp1250") as files:
        assert files.frame()["city"].tolist() == ["Łódź"]
        assert not any("1252" in note for note in files.notes)
    with pytest.raises(InputError, match="line 2 holds a byte that is not UTF-8"):
        cells_of(path, encoding="utf-8")
    with pytest.raises(UsageError, match="no such encoding"):
        open_leads([path], encoding="latin-9000")


def test_a_named_delimiter_and_header_row_overrule_what_is_found_out(leads):
    path = leads("a,b\nEmail;Name,Ltd\na@x.example;A,B\n")

    assert cells_of(path, delimiter=";", header_row=2) == [["a@x.example", "A,B"]]
    assert cells_of(leads("Email:City\na@x.example:Oslo\n"), delimiter=":") == [["a@x.example", "Oslo"]]
    with pytest.raises(UsageError, match="delimiter="):
        open_leads([path], delimiter="::")
    with pytest.raises(InputError, match="line 9 is blank or not there"):
        open_leads([path], header_row=9)
    with pytest.raises(UsageError, match="header_row=0: expected a whole number from 1"):
        open_leads([path], header_row=0)


def test_a_line_that_tells_excel_the_delimiter_is_no_header(leads):
    assert cells_of(leads("sep=;\nEmail;City\na@x.example;a,b,c\n")) == [["a@x.example", "a,b,c"]]


@pytest.mark.parametrize(
    ("limit", "text", "told"),
    [
        ("cell", f"Email,N\na@x.example,b\nb@x.example,{'x' * 99}\n", "line 3 holds a cell of more than 50"),
        ("cell", 'Email,N\na@x.example,b\nb@x.example,"' + "x\n" * 40 + '"\n', "line 3 holds a cell"),
        (
            "cell",
            'Email,N\na@x.example,"' + "x" * 600_000 + "\n",
            "a quote opens on line 2 and is not closed",
        ),
        ("columns", "Email" + ",n" * 60 + "\n", "line 1: the header has 61 columns"),
        ("rows", "Email\n" + "a@x.example\n" * 51, "more than 50 rows"),
    ],
)
def test_a_limit_that_is_passed_is_an_error_that_names_what_raises_it(leads, limit, text, told):
    path = leads(text)

    with pytest.raises(InputError, match=told):
        cells_of(path, limits={limit: 50})


def test_a_limit_can_be_raised_and_one_that_is_none_is_refused(leads):
    path = leads(f"Email,City\na@x.example,{'x' * 200_000}\n")

    with pytest.raises(InputError, match=r"131,072; *|limits=\{'cell': N\}"):
        cells_of(path)
    assert len(cells_of(path, limits={"cell": 200_000})[0][1]) == 200_000
    with pytest.raises(UsageError, match="limit depth=3"):
        open_leads([path], limits={"depth": 3})


def blocks_read(monkeypatch, path: str, found: str) -> int:
    """How many bytes were asked for before a file was refused."""
    read = 0

    def counted(self, digest=None, /, *, size=1 << 19):
        nonlocal read
        with self.open() as file:
            while block := file.read(size):
                read += len(block)
                yield block

    monkeypatch.setattr(Source, "blocks", counted)
    with pytest.raises(InputError, match=found):
        cells_of(path)
    return read


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Email,N\na@x.example," + "x" * (8 << 20), "line 2 holds a cell of more than 131,072 characters"),
        ('Email,N\na@x.example,"' + "x" * (8 << 20), "a quote opens on line 2 and is not closed within"),
        ('Email,N\na@x.example,"' + '""' * (4 << 20), "a quote opens on line 2 and is not closed within"),
        ("Email," + "x" * (8 << 20), "line 1 holds a cell of more than 131,072 characters"),
        ("x" * (8 << 20), "line 1 holds a cell of more than 131,072 characters"),
        ("Email,N\n" + "x," * (4 << 20), "line 2 has more than 5,000 cells"),
        ("Email,N\n" + '"x",' * (2 << 20), "line 2 has more than 5,000 cells"),
        ("Email," + "x," * (4 << 20), "line 1: the header has 524,287 columns"),
        ("Email\r" + "a@x.example\r" * 9 + "x" * (8 << 20), "line 11 holds a cell of more than 131,072"),
    ],
    ids=lambda value: value[:40] if value.startswith(("line", "a quote")) else "",
)
def test_what_has_no_end_is_refused_before_it_is_read(leads, monkeypatch, text, found):
    path = leads(text)

    assert blocks_read(monkeypatch, path, found) < 4 << 20  # of 8, and most of that the look at the top


def test_a_line_without_end_is_refused_within_bounds(leads, monkeypatch):
    monkeypatch.setattr("hygiene.io.readers.csv_unfinished.RECORD_BYTES", 1 << 20)
    path = leads("Email,N\n" + ("x" * 100_000 + ",") * 40)

    with pytest.raises(InputError, match="the record on line 2 is longer than 1,048,576 bytes"):
        cells_of(path)


def test_a_repeated_header_inside_the_data_is_a_row_like_any_other(leads):
    path = leads("Email,City\na@x.example,Oslo\nEmail,City\nb@x.example,Porto\n")

    assert [row[0] for row in cells_of(path)] == ["a@x.example", "Email", "b@x.example"]


def read_both_ways(data: bytes, tmp_path, *, size: int, escaped: bool = False) -> list[object]:
    """What the fast and the exact way make of the same bytes: rows, lines and raw texts, or the error."""
    path = tmp_path / "leads.csv"
    path.write_bytes(data)
    results: list[object] = []
    for exact in (False, True):
        text = Text(Source("leads.csv", path, path))
        try:
            table = CsvFile.look(text, Limits())
            grid = replace(table.grid, dialect=replace(table.grid.dialect, escaped=escaped))
            batches = list(scan(text, grid, Limits(), size=size, exact=exact))
        except InputError as error:
            results.append(str(error))
            continue
        rows = [row for batch in batches for row in batch.head(len(batch))]
        lines = [line for batch in batches for line in batch.lines.tolist()]
        raw, first = {}, 0
        for batch in batches:
            raw |= {first + at: text for at, text in batch.malformed.items()}
            first += len(batch)
        results.append((rows, lines, raw))
    return results


@settings(max_examples=settings.default.max_examples * 4)
@given(
    body=st.text(alphabet=st.sampled_from('aé,,\n\n\r"" \\'), max_size=40),
    header=st.sampled_from(["Email,b", "Email,b,", "Email", '"Email",b,c']),
    size=st.sampled_from([1, 2, 3, 7, 1 << 19]),
    escaped=st.booleans(),
)
def test_the_fast_way_is_the_exact_way(tmp_path_factory, body, header, size, escaped):
    data = f"{header}\n{body}".encode()
    fast, exact = read_both_ways(data, tmp_path_factory.mktemp("ways"), size=size, escaped=escaped)

    assert fast == exact


LINES = ["a,b", 'a,"b"', 'a,"b\nb"', "a", "a,b,c", "", 'a,b"b', '"a"x,b', '"a""",b']


@settings(max_examples=settings.default.max_examples * 3)
@given(
    lines=st.lists(st.sampled_from(LINES), max_size=30),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    size=st.sampled_from([5, 64, 1 << 19]),
)  # fmt: skip
def test_runs_of_clean_and_odd_lines_are_the_same_both_ways(tmp_path_factory, lines, end, size):
    text = "".join(f"{line}\n" for line in ["Email,b", *lines]).replace("\n", end)

    fast, exact = read_both_ways(text.encode(), tmp_path_factory.mktemp("runs"), size=size)

    assert fast == exact


@settings(max_examples=settings.default.max_examples * 3)
@given(
    data=st.one_of(
        st.binary(max_size=200),
        st.binary(max_size=60).map(lambda tail: b"Email,Name\na@x.example,A\n" + tail),
        st.binary(max_size=60).map(lambda tail: b"\x1f\x8b\x08" + tail),
        st.binary(max_size=60).map(lambda tail: b"PK\x03\x04" + tail),
        st.binary(max_size=60).map(lambda tail: b"PAR1" + tail),
        st.binary(max_size=60).map(lambda tail: b'{"email": "a@x.example"}\n{"' + tail),
        st.text(alphabet='[]{}",:1 \n', max_size=60).map(lambda tail: ('[{"email":1},' + tail).encode()),
    )
)
def test_any_bytes_end_in_a_frame_or_in_one_of_our_errors(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("fuzz") / "leads.bin"
    path.write_bytes(data)

    try:
        with open_leads([path]) as files:
            frame = files.frame()
    except HygieneError:
        return

    assert len(frame) >= 1
    assert frame.columns[0] == "email"


def test_a_delimiter_that_breaks_the_header_is_none(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_bytes(b'"email","b","c","d"\n"a@x.example","\r;","\r;","\r;0"\n')

    assert read_leads(path).to_numpy().tolist() == [["a@x.example", "\r;", "\r;", "\r;0"]]
