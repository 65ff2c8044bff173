import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hygiene.cleaning.dedup.survivors import Keep, find_repeats, join_repeats, order_repeats
from hygiene.columns.dates import Dated, times
from hygiene.columns.leads import as_leads
from hygiene.errors import UsageError


def _repeats(keys, rank=None, merit=None, **how):
    numbers = {"rank": rank, "merit": merit}
    given_ = {name: np.array(each, dtype=np.int64) for name, each in numbers.items() if each is not None}
    return find_repeats(pa.array(keys, pa.large_string()), **given_, **how)


def test_the_first_row_of_a_key_stays():
    found = _repeats(["a", "b", "a", "a"])

    assert found.replaced.tolist() == [False, False, True, True]
    assert (found.order.tolist(), found.stays.tolist()) == ([0, 2, 3], [0, 0, 0])


def test_rows_without_a_key_are_nobodys_duplicate():
    found = _repeats([None, None, "a"])

    assert found.replaced.tolist() == [False, False, False]
    assert len(found.order) == 0


def test_the_row_with_the_best_rank_stays_and_among_equals_the_first():
    found = _repeats(["a", "a", "a"], rank=[0, 6, 6])

    assert found.replaced.tolist() == [True, False, True]
    assert (found.order.tolist(), found.stays.tolist()) == ([1, 2, 0], [1, 1, 1])


def test_among_equal_ranks_the_merit_decides_and_then_the_last_where_asked():
    keys = ["a"] * 4

    assert _repeats(keys, rank=[6, 6, 6, 0], merit=[1, 2, 2, 9]).stays.tolist() == [1] * 4
    assert _repeats(keys, rank=[6, 6, 6, 0], merit=[1, 2, 2, 9], last=True).stays.tolist() == [2] * 4


def test_clusters_come_largest_first_with_the_best_row_at_their_head():
    found = _repeats(["a", "b", "a", "b", "b", "c"], merit=[0, 0, 1, 0, 0, 0])

    assert found.largest(9) == [(1, [3, 4]), (2, [0])]


def test_nothing_has_no_clusters():
    assert _repeats([]).largest(9) == []


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c", None]), st.integers(0, 6), st.integers(-(2**63), 2**63 - 1)
        ),
        max_size=30,
    ),
    st.booleans(),
)
def test_exactly_one_row_of_each_key_stays_and_it_is_the_best(rows, last):
    keys, ranks, merits = ([row[part] for row in rows] for part in range(3))

    found = _repeats(keys, ranks, np.array(merits, dtype=np.int64), last=last)

    standing = [key for key, replaced in zip(keys, found.replaced, strict=True) if key and not replaced]
    assert sorted(standing) == sorted({key for key in keys if key})
    stays_for = dict(zip(found.order.tolist(), found.stays.tolist(), strict=True))
    for place in range(len(rows)):
        stays = stays_for.get(place, place)
        if keys[place]:
            same = [
                (rank, merit, i if last else -i)
                for i, (k, rank, merit) in enumerate(rows)
                if k == keys[place]
            ]
            assert keys[stays] == keys[place]
            assert (ranks[stays], merits[stays], stays if last else -stays) == max(same)


#: Numbers that differ in low bits alone, in high bits, and not at all.
HALVES = st.sampled_from([0, 1, 2, 1 << 40, 1 << 63])


@given(st.lists(st.tuples(HALVES, HALVES, st.integers(0, 3)), max_size=40), st.booleans(), st.booleans())
def test_keys_are_told_apart_by_all_bits_of_their_hashes(rows, ranked, last):
    hashes = np.array([row[:2] for row in rows], dtype=np.uint64).reshape(-1, 2)
    ranks = np.array([row[2] for row in rows], dtype=np.int8)
    numbers = np.arange(len(rows)) * 10

    order, stays = order_repeats(hashes, numbers, rank=ranks if ranked else None, last=last)

    expected = set()
    for key in {row[:2] for row in rows}:
        same = [place for place, row in enumerate(rows) if row[:2] == key]
        best = max(same, key=lambda place: (rows[place][2] if ranked else 0, place if last else -place))
        expected |= {(place * 10, best * 10) for place in same if len(same) > 1}
    assert set(zip(order.tolist(), stays.tolist(), strict=True)) == expected
    assert len(order) == len(expected)


@given(st.lists(st.tuples(HALVES, st.integers(0, 9)), max_size=40), st.integers(0, 2**40))
def test_parts_that_share_no_key_are_joined_in_the_order_of_the_rows_that_stay(rows, start):
    hashes = np.array([(half, half) for half, _ in rows], dtype=np.uint64).reshape(-1, 2)
    numbers = np.arange(len(rows)) + start
    odd = hashes[:, 0] % 3 == 1
    parts = [order_repeats(hashes[part], numbers[part]) for part in (odd, ~odd)]

    found, joined = join_repeats(start + len(rows), parts)

    whole = order_repeats(hashes, numbers)
    expected = sorted(zip(whole[1].tolist(), whole[0].tolist(), strict=True))
    assert list(zip(found.stays.tolist(), found.order.tolist(), strict=True)) == expected
    assert np.concatenate([part[0] for part in parts])[joined].tolist() == found.order.tolist()


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 2), st.integers(0, 2)), unique=True),
    st.randoms(),
)
def test_shuffling_rows_that_differ_keeps_the_same_lead(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)

    def kept(rows):
        keys, ranks, merits = ([row[part] for row in rows] for part in range(3))
        found = _repeats(keys, ranks, merits)
        return {row for row, replaced in zip(rows, found.replaced, strict=True) if not replaced}

    assert kept(shuffled) == kept(rows)


@pytest.mark.parametrize("text", ["first", "last", "most-complete", "newest:Last touch"])
def test_a_rule_of_keeping_is_read_and_written(text):
    assert Keep.parse(text).text == text


@pytest.mark.parametrize("text", ["", "newest", "newest:", "oldest", "first:x"])
def test_another_rule_is_refused(text):
    with pytest.raises(UsageError, match="newest:COLUMN"):
        Keep.parse(text)


def test_the_most_complete_row_has_the_most_cells_that_are_filled():
    frame = pd.DataFrame(
        {"email": ["a", "a"], "first_name": ["", "Ann"], "Note": [" ", None], "row_malformed": ["x", None]}
    )

    assert Keep("most-complete").merits(as_leads(frame)).tolist() == [1, 2]


def test_the_newest_row_has_the_latest_time_and_what_is_no_time_is_oldest():
    cells = [
        "2026-01-02",
        "2026-01-02T10:00:00Z",
        "2026-01-02T10:00:00+05:00",
        "1767225600",
        "1767225600000",
        "03/04/2026",
        "",
        None,
    ]

    found = times(pa.array(cells, pa.large_string())).tolist()

    assert found[1] > found[2] > found[0] > found[3] == found[4]
    assert found[5:] == [np.iinfo(np.int64).min] * 3


def test_a_date_with_slashes_is_read_where_the_year_comes_first():
    cells = ["2026/04/01", "2026-04-01", " 2026/04/01 10:00 ", "2026-04-01T10:00Z"]

    found = times(pa.array(cells, pa.large_string())).tolist()

    assert found[0] == found[1] < found[2] == found[3]


@pytest.mark.parametrize("cell", ["20260301", "2026/4/1", "2026/04-01", "01/02/2026", "2026/13/01"])
def test_a_date_of_another_form_is_not_guessed_at(cell):
    assert times(pa.array([cell], pa.large_string())).tolist() == [np.iinfo(np.int64).min]


def test_dates_that_are_not_understood_are_counted_and_those_of_parts_add_up():
    keep = Keep("newest", "Seen")
    frame = pd.DataFrame({"Seen": ["2026-01-02", "01/02/2026", " ", None, "20260301", "2026/04/01"]})
    parts = [frame.iloc[:2], frame.iloc[2:4], frame.iloc[4:]]

    whole, *cut = (keep.dated(part, keep.merits(part)) for part in map(as_leads, [frame, *parts]))

    assert whole == sum(cut, Dated()) == Dated(filled=4, unread=2)
    assert Keep("most-complete").dated(frame, Keep("most-complete").merits(as_leads(frame))) == Dated()


def test_a_column_of_dates_that_is_not_there_is_refused():
    with pytest.raises(UsageError, match="newest:Seen"):
        Keep("newest", "Seen").merits(as_leads(pd.DataFrame({"email": ["a"]})))


def test_dates_far_away_are_times_like_others():
    cells = ["9999-12-31", "0001-01-01", "9999999999999", "9999999999", "2026-01-02", "1700000000"]

    found = times(pa.array(cells, pa.large_string())).tolist()

    assert sorted(cells, key=lambda cell: found[cells.index(cell)]) == [
        "0001-01-01", "1700000000", "2026-01-02", "9999999999", "9999999999999", "9999-12-31"
    ]  # fmt: skip
