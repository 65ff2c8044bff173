"""Bounds of a prediction: what missing knowledge leaves open, and that nothing falls outside."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hygiene.emulator.counting import import_leads
from hygiene.emulator.database import Database
from hygiene.outcomes import Counts
from hygiene.policy import RULES, ImportPolicy, choices, is_seldom
from hygiene.prediction import uncertainty
from hygiene.prediction.predict import predict

ADDRESSES = [
    "ann@acme.example", "Ann@acme.example", " ann@acme.example", "ann+1@acme.example", "b.ob@gmail.com",
    "bob@gmail.com", "x@deep.shut.example", "x@shut.example", "nobody", "eve@acme.example",
]  # fmt: skip
ENTRIES = ["shut.example", "eve@acme.example", "Ann@acme.example"]
MEASURED = ImportPolicy(measured=frozenset(RULES))
NOTHING = {"blocklist": [], "known": [], "elsewhere": []}


def range_of(*addresses, **told):
    return predict(pd.Series(addresses, dtype=object), **{**NOTHING, **told}).range


def test_where_everything_is_measured_and_read_nothing_is_open():
    assert range_of("ann@acme.example", "Ann@acme.example", policy=MEASURED) is None


def test_an_assumed_rule_opens_the_range_only_where_these_leads_show_it():
    assert range_of("ann@acme.example", "bob@acme.example") is None

    found = range_of("ann+1@acme.example", "ann+2@acme.example")

    assert (found.low, found.high) == (Counts(2, 1, 0, 0), Counts(2, 2, 1, 0))
    assert found.reasons == ("fold_plus_tag is assumed",)


@pytest.mark.parametrize(
    ("missing", "low", "high", "reason"),
    [
        ("known", Counts(2, 0, 0, 0), Counts(2, 2, 2, 0), "the leads that the list holds were not read"),
        ("blocklist", Counts(2, 0, 0, 0), Counts(2, 2, 0, 2), "the API's block list was not read"),
    ],
)
def test_what_was_not_read_is_allowed_for_in_full(missing, low, high, reason):
    found = range_of("ann@acme.example", "bob@acme.example", policy=MEASURED, **{missing: None})

    assert (found.low, found.high, found.reasons) == (low, high, (reason,))


def test_leads_of_other_lists_open_the_range_under_account_scope_alone():
    wide = replace(MEASURED, duplicate_scope="account")

    assert range_of("ann@acme.example", policy=MEASURED, elsewhere=None) is None
    assert range_of("ann@acme.example", policy=wide, elsewhere=None).high.duplicates == 1


def test_a_waived_block_list_need_not_be_read():
    told = {"policy": MEASURED, "blocklist": None, "waive_blocklist": True}

    assert range_of("ann@acme.example", **told) is None


def test_lists_that_no_client_can_read_open_the_range_where_the_policy_says_they_count():
    found = range_of("ann@acme.example", policy=replace(MEASURED, unreadable_lists="blocked"))

    assert found.high.blocked == 1
    assert "unreadable_lists" in found.reasons[0]


def test_where_too_much_would_have_to_be_tried_the_bounds_are_wide_and_still_hold(monkeypatch):
    exact = range_of("ann@acme.example", "Ann@acme.example", " ann@acme.example", "eve@acme.example")
    monkeypatch.setattr(uncertainty, "MOST_WORK", 0)

    wide = range_of("ann@acme.example", "Ann@acme.example", " ann@acme.example", "eve@acme.example")

    for name, low in wide.low.as_dict().items():
        assert low <= getattr(exact.low, name)
        assert getattr(wide.high, name) >= getattr(exact.high, name)


@settings(max_examples=settings.default.max_examples * 2)
@given(
    leads=st.lists(st.sampled_from(ADDRESSES), min_size=1, max_size=8),
    truth=st.fixed_dictionaries(
        {name: st.sampled_from(choices(name)) for name in RULES}
        | {"request_limit": st.sampled_from([0, 0, 2]), "lead_credit": st.sampled_from([0, 0, 3])}
    ),
    open_rules=st.sets(st.sampled_from([name for name in RULES if not is_seldom(name)]), max_size=4),
    blocklist=st.lists(st.sampled_from(ENTRIES), max_size=2),
    known=st.lists(st.sampled_from(ADDRESSES), max_size=2),
    bounced=st.lists(st.sampled_from(ADDRESSES), max_size=1),
    unread=st.sets(st.sampled_from(["blocklist", "known"])),
    batch_leads=st.integers(1, 8),
    waive=st.booleans(),
    wide=st.booleans(),
)
def test_the_api_never_answers_outside_the_bounds(
    leads, truth, open_rules, blocklist, known, bounced, unread, batch_leads, waive, wide
):
    true_policy = ImportPolicy(**truth)
    assumed = open_rules - {"unreadable_lists", "block_addresses", "block_domains"}
    believed = replace(
        true_policy,
        **{name: getattr(ImportPolicy(), name) for name in assumed},
        measured=frozenset(RULES) - assumed,
    )
    told = {"blocklist": blocklist, "known": known, "elsewhere": []}
    told |= dict.fromkeys(unread)
    before = uncertainty.MOST_WORK
    uncertainty.MOST_WORK = 0 if wide else before
    try:
        prediction = predict(
            pd.Series(leads), policy=believed, batch_leads=batch_leads, waive_blocklist=waive, **told
        )
        found = prediction.range
    finally:
        uncertainty.MOST_WORK = before

    answers = counted(leads, true_policy, blocklist, known, bounced, batch_leads, waive=waive)
    if found is None:
        assert answers == prediction.batches
        return
    for batch, answer in enumerate(answers):
        assert found.hold(answer, batch=batch), (answer, found.batches[batch])


def counted(leads, policy, blocklist, known, bounced, batch_leads, *, waive):
    """What the local API counts."""
    from hygiene.emulator import keys

    store = Database(":memory:", policy=policy)
    home = store.create_list("target", members=known)
    store.block(blocklist)
    store.bounce(bounced)
    counts = []
    for start in range(0, len(leads), batch_leads):
        batch = [{"email": address} for address in leads[start : start + batch_leads]]
        refused = (
            policy.invalid_rows == "reject_request" and keys.first_unusable(batch, policy=policy) is not None
        )
        found = None if refused else import_leads(store, batch, list_id=home, file_name="t", waive=waive)
        counts.append(Counts(**found) if found else Counts())
    store.close()
    return tuple(counts)
