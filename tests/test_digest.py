"""The digest of a frame: the same for the same cells, another for any other."""

import pandas as pd
import pyarrow as pa
import pytest

from hygiene.arrow.hashing import frame_digest

CELLS = ["ann@acme.example", None, "", "ü", "x"]


def frame(*cells, name="email", **more):
    return pd.DataFrame({name: pd.Series(list(cells), **more)})


def test_it_knows_cells_and_names_and_not_how_they_are_kept():
    whole = frame("before", *CELLS, "after", dtype=pd.ArrowDtype(pa.large_string()))

    kept = [
        frame(*CELLS, dtype=object),
        frame(*CELLS, dtype="string"),
        frame(*CELLS, dtype=pd.ArrowDtype(pa.string())),
        whole.iloc[1:-1],
        frame(*CELLS, dtype=object).set_axis([5, 5, 5, 1, 0]),
    ]

    assert len({frame_digest(each) for each in kept}) == 1


@pytest.mark.parametrize(
    "other",
    [
        frame("ab", "c"),
        frame("a", "bc", ""),
        frame("a", None),
        frame("bc", "a"),
        frame("a", "bc", name="mail"),
        frame("", ""),
        frame(),
        pd.DataFrame({"email": ["a"], "bc": [""]}),
    ],
)
def test_any_other_cell_name_or_place_is_told(other):
    assert frame_digest(other) != frame_digest(frame("a", "bc"))


def test_a_frame_without_rows_or_columns_has_one():
    assert frame_digest(frame()) != frame_digest(pd.DataFrame())
