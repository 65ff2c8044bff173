import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hygiene.arrow.text import Octets, is_blank, lower_case, not_ascii, text_column, text_series

WORDS = ["a@b.example", "", None, "Ünï", "NA"]


@pytest.mark.parametrize(
    "dtype", [object, "str", "string[pyarrow]", "string[python]", pd.ArrowDtype(pa.string()), "category"]
)
def test_every_text_dtype_gives_the_same_cells(dtype):
    column = text_column(pd.Series(WORDS, dtype=dtype, index=[3, 3, 1, 0, 9]))

    assert column.to_pylist() in (WORDS, ["a@b.example", "", "None", "Ünï", "NA"])
    assert column.type == pa.large_string()


def test_cells_that_are_no_text_become_text_and_never_raise():
    odd = [1, 2.5, np.nan, None, pd.NA, b"a@b.example", b"\xff", [1], dt.date(2026, 1, 2), "\ud800", {"a": 1}]

    column = text_column(pd.Series(odd, dtype=object))

    assert column.to_pylist() == [
        "1", "2.5", None, None, None, "a@b.example", "\\xff", "[1]", "2026-01-02", "\\ud800", "{'a': 1}",
    ]  # fmt: skip


def test_columns_of_numbers_become_text():
    assert text_column(pd.Series([1, 2])).to_pylist() == ["1", "2"]
    assert text_column(pd.Series([14155550100, None])).to_pylist() == ["14155550100", None]


def test_blank_is_null_empty_or_white_space():
    assert is_blank(pa.array([None, "", " \t\n\u00a0", "x"], pa.large_string())).tolist() == [
        True,
        True,
        True,
        False,
    ]


def test_text_series_keeps_the_index_and_nulls():
    series = text_series(pa.array(["x", None], pa.large_string()), pd.Index(["p", "p"]))

    assert list(series.index) == ["p", "p"]
    assert series.isna().tolist() == [False, True]


CELLS = st.lists(
    st.one_of(st.none(), st.text(st.sampled_from("aB@ \t\x1f\x7f\u00a0\u2003\u00c9\u0130\u1e9e"), max_size=6))
)


@given(CELLS, st.integers(0, 3))
@example([None, "", "\x7f", "\u00a0", " a", "\u00c9 "], 1)
def test_a_slice_is_read_as_its_cells_are(cells, start):
    column, left = pa.array(cells, pa.large_string()).slice(start), cells[start:]
    octets = Octets.of(column)

    assert bytes(octets.data).decode() == "".join(cell or "" for cell in left)
    assert np.diff(octets.bounds).tolist() == [len((cell or "").encode()) for cell in left]
    assert is_blank(column).tolist() == [not (cell or "").strip() for cell in left]
    assert not_ascii(column).tolist() == [row for row, cell in enumerate(left) if not (cell or "").isascii()]
    assert lower_case(column).to_pylist() == [cell if cell is None else cell.lower() for cell in left]


def test_the_ends_of_texts_are_numbers_of_their_octets():
    octets = Octets.of(pa.array(["info@acme", "abcd", None], pa.large_string()))

    assert [int(head).to_bytes(4, "little") for head in octets.heads()[:2]] == [b"info", b"abcd"]
    assert [int(tail).to_bytes(4, "little") for tail in octets.tails()[:2]] == [b"acme", b"abcd"]
    assert len(Octets.of(pa.array(["a", ""], pa.large_string())).heads()) == 2
    assert len(Octets.of(pa.nulls(0, pa.large_string())).tails()) == 0
