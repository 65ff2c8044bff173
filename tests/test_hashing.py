"""Hashing: equal texts and no others have equal hashes, wherever they lie in a column."""

import pickle

import hypothesis.strategies as st
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given

from hygiene.arrow.hashing import HashKey, HashSet, Lookup, by_bucket, hash_texts
from hygiene.lists import parse_list
from hygiene.lists.known_leads import KnownLeads

TEXTS = st.lists(
    st.one_of(
        st.none(),
        st.text(max_size=12),
        st.sampled_from(["a", "a\0", "\0", "", "b" * 32, "b" * 33, "b" * 64, "b" * 65]),
    ),
    max_size=60,
)


@given(TEXTS, st.integers(0, 5), st.sampled_from([2, 4]))
def test_texts_are_equal_where_their_hashes_are(texts: list[str | None], first: int, lanes: int) -> None:
    column = pa.array(texts, pa.large_string()).slice(first)
    found = hash_texts(column, lanes=lanes)
    assert found.shape == (len(column), lanes // 2)
    words = [text or "" for text in column.to_pylist()]
    assert len({tuple(row) for row in found.tolist()}) == len(set(words))
    pairs = set(zip(words, map(tuple, found.tolist()), strict=True))
    assert len(pairs) == len(set(words))


def test_a_long_column_is_hashed_like_its_parts() -> None:
    column = pa.array(
        [f"lead{number % 50_000}@company.example" for number in range(100_000)], pa.large_string()
    )
    whole = hash_texts(column)
    parts = [hash_texts(column.slice(start, 7_919)) for start in range(0, len(column), 7_919)]
    assert (whole == np.concatenate(parts)).all()
    assert len(np.unique(whole[:, 0])) == len(np.unique(whole[:, 1])) == 50_000


def _by_hand(text: bytes, key: HashKey, lane: int) -> int:
    """One lane of a text of at most 64 octets, in whole numbers: the definition of Multilinear-HM."""
    numbers = [int(number) for number in key.numbers[:, lane]]
    total = len(text) * numbers[-2] + numbers[-1]
    for place in range(0, 32 if len(text) <= 32 else 64, 8):
        part = text[place : place + 8]
        word = int.from_bytes(part, "little") << (64 - 8 * len(part)) if part else 0
        low, high = word % 2**32, word >> 32
        total += (low + numbers[place // 4]) * (high + numbers[place // 4 + 1])
    return total % 2**64 >> 32


@given(st.lists(st.text(max_size=16), max_size=5))
def test_a_hash_is_the_upper_half_of_a_multilinear_sum(texts: list[str]) -> None:
    key = HashKey()
    found = hash_texts(pa.array(texts, pa.large_string()), key=key)
    for text, row in zip(texts, found.tolist(), strict=True):
        lanes = [_by_hand(text.encode(), key, lane) for lane in range(4)]
        assert row == [lanes[0] << 32 | lanes[1], lanes[2] << 32 | lanes[3]]


@pytest.mark.parametrize("octets", [5, 20, 32, 40, 64])
def test_each_bit_of_a_text_counts(octets: int) -> None:
    base = bytearray(b"x" * octets)
    texts = ["x" * octets]
    for place in range(octets):
        for bit in range(7):
            changed = base.copy()
            changed[place] ^= 1 << bit
            texts.append(changed.decode())
    found = hash_texts(pa.array(texts, pa.large_string()))
    assert len({tuple(row) for row in found.tolist()}) == len(set(texts))


@given(TEXTS, TEXTS)
def test_the_first_place_of_a_text_is_found(texts: list[str | None], wanted: list[str | None]) -> None:
    column, asked = (pa.array(each, pa.large_string()) for each in (texts, [text or "" for text in wanted]))
    found = Lookup.of(column).find(hash_texts(asked)).tolist()
    assert found == [texts.index(text) if text in texts else -1 for text in asked.to_pylist()]


def test_two_processes_that_share_a_key_hash_alike() -> None:
    texts = pa.array(["ann@acme.example", "b" * 100, None], pa.large_string())
    key = HashKey()
    there = pickle.loads(pickle.dumps(key))
    assert (hash_texts(texts, key=there) == hash_texts(texts, key=key)).all()
    assert (hash_texts(texts, key=HashKey())[:2] != hash_texts(texts, key=key)[:2]).all()


def test_a_key_is_not_shown() -> None:
    assert repr(HashKey()) == "HashKey()"


def test_lookups_stay_in_the_process_whose_key_they_were_made_under() -> None:
    known = KnownLeads.from_cells("known.csv", pa.array(["ann@acme.example"], pa.large_string()))
    entries = parse_list("ann@acme.example\n", name="dnc.txt").addresses
    assert known.exact is known.exact
    assert entries.lookup is entries.lookup
    for each in (known, entries):
        assert not [
            value for value in vars(pickle.loads(pickle.dumps(each))).values() if isinstance(value, Lookup)
        ]


@given(st.lists(st.integers(0, 2**64 - 1), max_size=30), st.lists(st.integers(0, 2**64 - 1), max_size=30))
def test_a_set_of_hashes_has_those_and_no_others(held: list[int], asked: list[int]) -> None:
    asked = [*asked, *held[::2], *(each ^ 1 << 63 for each in held[:3])]
    found = HashSet(np.array(held, dtype=np.uint64)).has(np.array(asked, dtype=np.uint64))
    assert found.tolist() == [each in held for each in asked]


@given(st.lists(st.integers(0, 2**64 - 1), max_size=60), st.sampled_from([1, 6, 16, 17]))
def test_buckets_part_hashes_by_their_leading_bits_and_keep_their_order(
    numbers: list[int], bits: int
) -> None:
    buckets = [number >> (64 - bits) for number in numbers]

    order, begins = by_bucket(np.array(numbers, dtype=np.uint64), bits)

    assert order.tolist() == sorted(range(len(numbers)), key=buckets.__getitem__)
    assert len(begins) == (1 << bits) - 1
    met = sorted(set(buckets) - {0})
    assert [begins[bucket - 1] for bucket in met] == [
        sum(each < bucket for each in buckets) for bucket in met
    ]
