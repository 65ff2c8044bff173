"""Names: each as a careful person would write it, and what is right stays."""

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hygiene.fields.names import tidy_name, tidy_names
from hygiene.words.name_words import given_names

TABLE = (Path(__file__).parent / "data" / "fields" / "names.txt").read_text(encoding="utf-8")
LINES = [tuple(line.split("\t")) for line in TABLE.splitlines() if not line.startswith("# ")]
NAMES = [row for row in LINES if row[0] != "!"]
MISSED = [row[1:] for row in LINES if row[0] == "!"]
WORDS = sorted({word for row in NAMES for cell in row[:2] for word in cell.split()})
CELLS = st.lists(st.sampled_from(WORDS) | st.text(max_size=4), max_size=4).map(" ".join)
COUNTRIES = st.sampled_from(["", "TR", "IT", "BE", "FR", "US"])


def texts(*cells):
    return pa.array(cells, pa.large_string())


def answers(row):
    """First and last name as a careful person may write them: behind the first three cells, in pairs."""
    return list(zip(row[3::2], row[4::2], strict=True))


@pytest.mark.parametrize("row", NAMES, ids="-".join)
def test_a_name_is_written_as_one_would_greet_its_owner(row):
    found = tidy_name(*row[:3])

    assert tuple(text for text, _ in found) in answers(row)
    assert [bool(rule) for _, rule in found] == [
        old != new for old, (new, _) in zip(row, found, strict=False)
    ]


def test_what_is_said_to_be_missed_still_is_and_was_not_right_before():
    found = [row for row in MISSED if tuple(text for text, _ in tidy_name(*row[:3])) in answers(row)]

    assert found == [row for row in MISSED if row[:2] in answers(row)] == []


def test_there_are_as_many_names_as_were_promised():
    assert len({row[:3] for row in [*NAMES, *MISSED]}) == len(LINES) >= 300


def test_tidying_twice_changes_nothing():
    once = [(row, tidy_name(*row[:3])) for row in [*NAMES, *MISSED]]

    twice = [(row, tidy_name(*(text for text, _ in found), row[2])) for row, found in once]

    assert [row for row, found in twice if found[0][1] or found[1][1]] == []


def test_columns_say_what_was_changed_by_which_rule():
    first, last = tidy_names(texts("Dr.", "ANN", None, "Bob"), texts("Bob Roe", None, None, "Smith, PhD"))

    assert first.cells.to_pylist() == ["Bob", "Ann", None, "Bob"]
    assert first.rules.to_pylist() == ["title", "case", None, None]
    assert last.cells.to_pylist() == ["Roe", None, None, "Smith"]
    assert last.rules.to_pylist() == ["title", None, None, "credential"]


@pytest.mark.parametrize("whole", ["First Last", "No Name", "Test Account", "Foo Bar", "Nombre Apellido"])
def test_halves_that_together_name_nobody_are_blanked_by_the_column_too(whole):
    first, last = tidy_names(texts(whole.split()[0]), texts(whole.split()[1]))

    assert first.cells.to_pylist() == last.cells.to_pylist() == [""]


def test_empty_and_huge_cells_are_left():
    huge = "A" * 10_000
    first, last = tidy_names(texts(huge, "", " "), texts("SMITH", "", None))

    assert first.changed == last.changed == 0


@pytest.mark.parametrize("country", ["", "TR", "IE"])
@pytest.mark.parametrize("write", [str.upper, str.lower, str.title])
def test_names_of_one_case_are_set_by_the_column_as_one_by_one(write, country):
    words = [*WORDS, *sorted(given_names())[::40], "xyz", "mcadam", "ijsbrand", "ab", "müller"]
    first, last = [write(word) for word in words], [write(word) for word in reversed(words)]

    found = tidy_names(texts(*first), texts(*last), countries=texts(*[country] * len(words)))

    told = [tidy_name(*pair, country) for pair in zip(first, last, strict=True)]
    assert [each.cells.to_pylist() for each in found] == [[row[place][0] for row in told] for place in (0, 1)]
    assert [each.rules.to_pylist() for each in found] == [
        [row[place][1] or None for row in told] for place in (0, 1)
    ]


@given(CELLS, CELLS, COUNTRIES)
def test_columns_say_what_one_lead_says(first, last, country):
    found = tidy_names(texts(first), texts(last), countries=texts(country))

    # What stands between the texts of a row is mended away before names are looked at; here it leaves a row as it is.
    left = "\x1f" in first + last + country
    expected = [(first, ""), (last, "")] if left else tidy_name(first, last, country)
    assert [(each.cells[0].as_py(), each.rules[0].as_py() or "") for each in found] == list(expected)


@given(CELLS, CELLS, COUNTRIES)
def test_tidying_anything_twice_changes_nothing(first, last, country):
    once = [text for text, _ in tidy_name(first, last, country)]

    assert [text for text, _ in tidy_name(*once, country)] == once


@given(CELLS, CELLS)
def test_no_letter_is_made_up(first, last):
    found = "".join(text for text, _ in tidy_name(first, last)).casefold()

    assert set(filter(str.isalpha, found)) <= set((first + last).casefold() + "iı")
