"""Batches: leads divided into requests, and which request comes next."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hygiene.importing.batches import Batches, divide_leads

STATES = ("planned", "unknown", "acknowledged", "settled", "rejected")


@given(leads=st.integers(0, 40), size=st.integers(1, 12), first=st.integers(0, 5), number=st.integers(1, 4))
def test_every_lead_is_in_one_batch_in_order_and_only_the_last_is_smaller(leads, size, first, number):
    entries = divide_leads(leads, size, first=first, number=number)

    places = [place for entry in entries for place in entry.leads.tolist()]
    assert places == list(range(first, first + leads))
    assert [entry.number for entry in entries] == list(range(number, number + len(entries)))
    assert all(len(entry.leads) == entry.result.rows == size for entry in entries[:-1])
    assert all(0 < len(entry.leads) <= size for entry in entries)


@given(
    states=st.lists(st.sampled_from(STATES), min_size=1, max_size=8),
    notes=st.lists(st.tuples(st.integers(0, 7), st.sampled_from(STATES)), max_size=12),
    after=st.integers(0, 8),
    without=st.frozensets(st.integers(1, 8), max_size=3),
)
def test_lost_ones_come_first_then_the_rest_in_order_and_the_leads_left_are_theirs(
    states, notes, after, without
):
    entries = [
        entry.with_result(state=state)
        for entry, state in zip(divide_leads(2 * len(states), 2), states, strict=True)
    ]
    batches, left = Batches(reversed(entries)), ("planned", "unknown")

    for place, state in notes:
        entry = entries[place % len(entries)]
        if batches[entry.number].result.state in left:
            batches.note(entry.with_result(state=state))

    rest = [entry for entry in batches.entries() if entry.result.state in left]
    ahead = [entry for entry in rest if entry.number > after and entry.number not in without]
    ahead.sort(key=lambda entry: (entry.result.state != "unknown", entry.number))
    found = batches.next(after=after, without=without)
    assert (found and found.number) == (ahead[0].number if ahead else None)
    assert sorted(entry.number for entry in batches.left()) == sorted(entry.number for entry in rest)
    assert batches.leads_left == sum(len(entry.leads) for entry in rest)
    assert batches.leads == 2 * len(states)


def test_batches_that_take_the_place_of_others_are_all_there_are():
    batches = Batches(divide_leads(6, 2))

    batches.replace(divide_leads(9, 3, number=4))

    assert [entry.number for entry in batches.entries()] == [4, 5, 6]
    assert (batches.leads, batches.leads_left, batches.free_number()) == (9, 9, 7)
    with pytest.raises(KeyError):
        batches[1]


def test_a_batch_that_is_done_with_is_not_next_again():
    batches, seen = Batches(divide_leads(5, 2)), []

    while (entry := batches.next()) is not None:
        seen.append(entry)
        batches.note(entry.with_result(state="acknowledged"))

    assert [entry.number for entry in seen] == [1, 2, 3]
    assert np.array_equal(list(itertools.chain(*(entry.leads for entry in seen))), np.arange(5))
    assert batches.leads_left == 0
