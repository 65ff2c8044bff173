import numpy as np
import pandas as pd
import pyarrow as pa

from hygiene.cleaning.dedup.fill import find_fills
from hygiene.cleaning.dedup.survivors import find_repeats

FRAME = pd.DataFrame(
    {
        "email": ["a@x.example", "A@x.example", "b@x.example", "a@x.example"],
        "first_name": ["", "Ann", "", "Anna"],
        "company": ["Acme", "Bolt", "", ""],
        "phone": [" ", "", "", "1"],
        "Bounced": ["", "yes", "", ""],
    }
)
REPEATS = find_repeats(pa.array(["a", "a", "b", "a"], pa.large_string()))


def _fill(sound=(True, True, True, True)):
    here = REPEATS.order
    return find_fills(FRAME.iloc[here], REPEATS, sound=np.array(sound)[here], without=("Bounced",))


def test_blank_cells_are_taken_from_the_first_row_that_fills_them_and_nothing_is_overwritten():
    before = FRAME.copy()

    found = _fill()

    filled = found.fill(FRAME, np.arange(4))
    assert filled.iloc[0].tolist() == ["a@x.example", "Ann", "Acme", "1", ""]
    pd.testing.assert_frame_equal(filled.iloc[1:], FRAME.iloc[1:])
    pd.testing.assert_frame_equal(found.fill(FRAME.iloc[[0, 2]], np.array([0, 2])), filled.iloc[[0, 2]])
    pd.testing.assert_frame_equal(FRAME, before)


def test_every_cell_that_was_taken_is_told_with_its_row():
    assert _fill().cells.to_dict("records") == [
        {"row": 1, "column": "first_name", "from_row": 2},
        {"row": 1, "column": "phone", "from_row": 4},
    ]


def test_rows_that_are_no_donors_give_nothing():
    found = _fill(sound=(True, False, True, False))

    assert found.fill(FRAME, np.arange(4)) is FRAME
    assert found.cells.empty


def test_a_row_that_is_itself_withheld_takes_nothing():
    found = _fill(sound=(False, True, True, True))

    assert found.fill(FRAME, np.arange(4)) is FRAME
    assert found.cells.empty


def test_values_that_are_no_text_stay_what_they_are():
    frame = pd.DataFrame({"email": ["a", "a"], "score": [np.nan, 2.5]})
    repeats = find_repeats(pa.array(["a", "a"], pa.large_string()))

    found = find_fills(frame, repeats, sound=np.array([True, True]))

    assert found.fill(frame, np.arange(2))["score"].tolist() == [2.5, 2.5]
