import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from hygiene.duplicates import find_repeats


def _repeats(keys, rank=None):
    return find_repeats(pa.array(keys, pa.large_string()), rank=None if rank is None else np.array(rank))


def test_the_first_row_of_a_key_stays():
    found = _repeats(["a", "b", "a", "a"])

    assert found.replaced.tolist() == [False, False, True, True]
    assert found.stays.tolist() == [0, 1, 0, 0]


def test_rows_without_a_key_are_nobodys_duplicate():
    found = _repeats([None, None, "a"])

    assert found.replaced.tolist() == [False, False, False]
    assert found.stays.tolist() == [-1, -1, 2]


def test_the_row_with_the_best_rank_stays_and_among_equals_the_first():
    found = _repeats(["a", "a", "a"], rank=[0, 6, 6])

    assert found.replaced.tolist() == [True, False, True]
    assert found.stays.tolist() == [1, 1, 1]


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c", None]), st.integers(0, 6)), max_size=30))
def test_exactly_one_row_of_each_key_stays(rows):
    keys, ranks = [key for key, _ in rows], [rank for _, rank in rows]

    found = _repeats(keys, ranks)

    standing = [key for key, replaced in zip(keys, found.replaced, strict=True) if key and not replaced]
    assert sorted(standing) == sorted({key for key in keys if key})
    for place, stays in enumerate(found.stays.tolist()):
        if keys[place]:
            assert keys[stays] == keys[place]
            assert (ranks[stays], -stays) == max((r, -i) for i, (k, r) in enumerate(rows) if k == keys[place])
