import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from hygiene.text import is_blank, text_column, text_series

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
