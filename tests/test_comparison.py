"""Comparing sources: each group as if alone, and what groups share."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hygiene
from hygiene.cleaning.comparison import BLANK, MOST_GROUPS
from hygiene.errors import UsageError

FRAME = pd.DataFrame(
    {
        "email": ["ann@a.example", "ANN@a.example", "bob@b.example", "bad", "ann@a.example", "eve@e.example"],
        "Vendor": ["north", "quick", "quick", "quick", "quick", "  "],
    }
)


def test_each_group_is_judged_as_if_alone():
    cleaned = hygiene.clean(FRAME)

    groups = {group.name: group for group in cleaned.by("Vendor").groups}

    assert cleaned.counts.outcomes["duplicate"] == 2
    assert groups["north"].tally.outcomes["duplicate"] == 0
    assert groups["quick"].tally.outcomes["duplicate"] == 1
    assert groups["quick"].tally.reasons == {"no_at_sign": 1, "duplicate_in_file": 1}
    assert groups["quick"].predicted.imported == 2


def test_the_largest_group_comes_first_and_blank_cells_are_one():
    names = [group.name for group in hygiene.clean(FRAME).by("vendor").groups]

    assert names == ["quick", BLANK, "north"]


def test_groups_overlap_in_distinct_leads():
    [pair] = hygiene.clean(FRAME).by("Vendor").overlaps

    assert ({pair.first, pair.second}, pair.leads) == ({"north", "quick"}, 1)


def test_files_are_groups(write):
    paths = [
        write("a.csv", "email\nann@a.example\n"),
        write("b.csv", "email\nann@a.example\nbob@b.example\n"),
    ]

    told = hygiene.clean(paths).by("file")

    assert [(group.name, group.leads) for group in told.groups] == [(str(paths[1]), 2), (str(paths[0]), 1)]
    assert [pair.leads for pair in told.overlaps] == [1]


def test_what_was_not_checked_stays_so():
    told = hygiene.clean(FRAME).by("Vendor")

    assert told.groups[0].tally.outcomes["blocked"] is None
    assert told.groups[0].share(None) is None
    assert told.frame()["blocked"].isna().all()


def test_dns_is_not_asked_again():
    asked = []

    class Counting:
        def look_up(self, domains):
            asked.append(set(domains))
            return {domain: hygiene.DomainVerdict("accepts") for domain in domains}

    hygiene.clean(FRAME, resolver=Counting()).by("Vendor")

    assert len(asked) == 1


@pytest.mark.parametrize("name", ["nowhere", "email "])
def test_a_column_that_is_not_there_is_refused(name):
    with pytest.raises(UsageError, match="no such column; there are email, Vendor, and file and provider"):
        hygiene.clean(FRAME).by(name)


def test_a_column_that_names_leads_is_refused():
    frame = pd.DataFrame({"email": [f"a{number}@a.example" for number in range(MOST_GROUPS + 1)]})

    with pytest.raises(UsageError, match=f"{MOST_GROUPS + 1} different values"):
        hygiene.clean(frame).by("email")


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("xyz")), max_size=30))
def test_groups_add_up_and_overlaps_are_what_sets_say(rows):
    frame = pd.DataFrame(
        {"email": [f"{name}@a.example" for name, _ in rows], "by": [group for _, group in rows]}, dtype=str
    )
    held = {group: {name for name, at in rows if at == group} for _, group in rows}

    told = hygiene.clean(frame).by("by")

    assert sum(group.tally.rows for group in told.groups) == len(rows)
    assert {group.name: group.leads for group in told.groups} == {
        name: len(leads) for name, leads in held.items()
    }
    shared = {frozenset((pair.first, pair.second)): pair.leads for pair in told.overlaps}
    wanted = {
        frozenset((a, b)): len(held[a] & held[b]) for a in held for b in held if a < b and held[a] & held[b]
    }
    assert shared == wanted


def test_more_leads_than_are_held_against_each_other_at_once(monkeypatch):
    monkeypatch.setattr("hygiene.cleaning.comparison._SLICE", 2)
    emails = [f"a{number}@a.example" for number in range(5)] * 2
    frame = pd.DataFrame({"email": emails, "by": np.repeat(["x", "y"], 5)})

    assert [pair.leads for pair in hygiene.clean(frame).by("by").overlaps] == [5]
