"""Phones: E.164 where a number is one for certain, the cell as it is where it is not."""

import re
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hygiene.errors import UsageError
from hygiene.fields.phones import is_damaged, tidy_phone, tidy_phones

phonenumbers = pytest.importorskip("phonenumbers")

from hygiene.fields.plain_phones import plain_phones  # noqa: E402 -- it needs the package as well

TABLE = (Path(__file__).parent / "data" / "fields" / "phones.txt").read_text(encoding="utf-8")
LINES = [tuple(line.split("\t")) for line in TABLE.splitlines() if not line.startswith("# ")]
PHONES = [row for row in LINES if row[0] != "!"]
MISSED = [row[1:] for row in LINES if row[0] == "!"]
DAMAGED = [
    "+49 30",
    "2.12556E+09",
    "4,49E+11",
    "4.42E+11",
    "911",
    "4.41E+11",
    "4.92E+12",
    "4,41E+11",
    "1.415555E+10",
    "442079460000",
    "12345",
    "555-01",
    "+44 20",
    "0",
    "1.212556E+10",
    "1.21256E+10",
    "1.41555E+11",
    "5.03556E+09",
    "4.47701E+11",
    "3.10555E+09",
    "0186",
    "123",
    "6.46556E+09",
    "11",
    "7.70090E+09",
    "999",
]
REGIONS = st.sampled_from(["", "US", "CA", "GB", "DE", "FR", "IT", "NL", "RU", "AU", "IN", "BR", "CI", "XX"])


@st.composite
def dialled(draw):
    """A number of some region as people write it, a digit of it perhaps another."""
    region = draw(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)))
    number = phonenumbers.example_number(region)
    text = phonenumbers.format_number(number, draw(st.sampled_from([0, 1, 2])))
    if draw(st.booleans()):
        place = draw(st.integers(0, len(text) - 1))
        text = text[:place] + draw(st.sampled_from("0123456789 -/()+x")) + text[place + 1 :]
    if draw(st.integers(0, 3)) == 0:
        text = re.sub(r"^(\+\d+) ", r"\1 (0) ", text)
    front = draw(st.sampled_from(["", "", "", "tel: ", "Phone:", "Fax. : ", "Bob: "]))
    behind = draw(st.sampled_from(["", "", "", " ext. 12", "x7", " Ext 304", " x 1234567", "E+11", ".0"]))
    if draw(st.booleans()):
        text = text.replace("+", "00", 1)
    return front + text + behind, draw(st.just(region) | REGIONS)


def texts(*cells):
    return pa.array(cells, pa.large_string())


@pytest.mark.parametrize("row", PHONES, ids="-".join)
def test_a_number_is_written_as_e164_where_it_is_one(row):
    text, region, *numbers = row
    found, rule = tidy_phone(text, region)

    assert found in numbers
    assert rule == ("phone" if found != text else "")


def test_what_is_said_to_be_missed_still_is_and_was_not_right_before():
    found = [row for row in MISSED if tidy_phone(*row[:2])[0] in row[2:]]

    assert found == [row for row in MISSED if row[0] in row[2:]] == []


def test_there_are_as_many_numbers_as_were_promised():
    assert len(set(PHONES)) == len(PHONES) >= 100


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_number_is_known_and_left(text):
    assert is_damaged(text)
    assert text in {row[2] for row in PHONES}


def test_no_other_number_is_called_damaged():
    others = {row[0] for row in PHONES} - set(DAMAGED) - {"Ext.: 12"}

    assert [text for text in others if is_damaged(text)] == []


def test_a_column_takes_the_region_of_the_row_else_that_of_the_call():
    column = texts("020 7946 0123", "415-555-0101", None, "+49 30 123456", "4.41E+11")

    found = tidy_phones(column, regions=texts("GB", None, "GB", "", None), region="US")

    assert found.cells.to_pylist() == ["+442079460123", "+14155550101", None, "+4930123456", "4.41E+11"]
    assert found.rules.to_pylist() == ["phone", "phone", None, "phone", None]


def test_a_column_of_few_numbers_says_what_each_says():
    cells = [
        "020 7946 0123",
        "",
        None,
        "+49 30 123456",
        "tel: 0044 20 7946 0123 x5",
        "4.41E+11",
        "nobody",
    ] * 400
    regions = ["GB", "US", None, "", "DE"] * 560

    found = tidy_phones(texts(*cells), regions=texts(*regions))

    wanted = [
        cell if not cell else tidy_phone(cell, region or "")
        for cell, region in zip(cells, regions, strict=True)
    ]
    assert found.cells.to_pylist() == [each[0] if each else each for each in wanted]
    assert found.rules.to_pylist() == [(each[1] or None) if each else None for each in wanted]


def test_a_column_says_what_the_table_says_of_each_number():
    found = tidy_phones(texts(*[row[0] for row in PHONES]), regions=texts(*[row[1] for row in PHONES]))

    assert found.cells.to_pylist() == [tidy_phone(*row[:2])[0] for row in PHONES]


def test_a_region_without_numbers_is_refused():
    with pytest.raises(UsageError, match="region='UK' is no region with telephone numbers; that is GB"):
        tidy_phones(texts("1"), region="UK")


def test_numbers_of_common_shapes_are_decided_by_the_column():
    column = texts("+1 415 555 0101", "(415) 555-0101", "030 123456", "020 7946 0123")

    decided, _ = plain_phones(column, texts("", "US", "DE", "GB"))

    assert decided.tolist() == [True, True, True, False]


@given(dialled())
def test_the_column_says_what_one_number_says(drawn):
    text, region = drawn
    found = tidy_phones(texts(text), regions=texts(region))

    assert found.cells[0].as_py() == tidy_phone(text, region)[0]


@given(dialled())
def test_tidying_twice_changes_nothing(drawn):
    text, region = drawn
    once, _ = tidy_phone(text, region)

    assert tidy_phone(once, region) == (once, "")


@given(st.text(max_size=30), REGIONS)
def test_any_text_is_a_number_or_left(text, region):
    found, rule = tidy_phone(text, region)

    assert found.startswith("+") if rule else found == text
