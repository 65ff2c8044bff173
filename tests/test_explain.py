"""Explained drift: which rules or causes reproduce what an API reported, and what is left over."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import hygiene
from hygiene.emulator import Emulator
from hygiene.outcomes import Counts
from hygiene.policy import ImportPolicy
from hygiene.prediction.explain import Trace, explain
from hygiene.prediction.features import TextFeatures
from hygiene.prediction.predict import predict
from hygiene.prediction.reconcile import BatchResult, reconcile

LEADS = ["ann+1@acme.example", "ann+2@acme.example", "bob@bolt.example", "eve@acme.example"]


def told(reported, *, leads=LEADS, policy=None, batch_leads=2, attempts=1, states=()):
    """Batches with these reported counts, and the trace of their leads."""
    policy = policy or ImportPolicy()
    predicted = predict(pd.Series(leads), policy=policy, batch_leads=batch_leads).batches
    states = states or ["acknowledged"] * len(reported)
    batches = [
        BatchResult(number, batch_leads, state, attempts, before, after)
        for number, (state, before, after) in enumerate(zip(states, predicted, reported, strict=True), 1)
    ]
    batch = np.arange(len(leads)) // batch_leads + 1
    return batches, Trace(TextFeatures(pd.Series(leads)), batch, np.arange(len(leads)) + 10, policy)


def test_counts_as_predicted_need_no_explanation():
    assert explain(*told([Counts(2, 2, 0, 0), Counts(2, 2, 0, 0)])).sentences() == []


def test_the_rule_that_reproduces_every_batch_is_named_with_the_rows_it_moves():
    found = explain(*told([Counts(2, 1, 1, 0), Counts(2, 2, 0, 0)]))

    assert [fit.changes for fit in found.fits] == [{"fold_plus_tag": (False, True)}]
    assert found.policy == ImportPolicy(fold_plus_tag=True)
    assert found.fits[0].rows == (11,)
    assert found.sentences() == [
        "fold_plus_tag = true (was false) explains every batch; it counts row 11 otherwise",
        "or no rule differs, and the list held 1 lead that we did not know (1 in batch 1)",
    ]


def test_rules_that_cannot_be_told_apart_are_all_named_and_none_is_offered():
    leads = ["nobody", "bob@bolt.example"]
    found = explain(*told([Counts(2, 1, 0, 1)], leads=leads))
    both = explain(*told([Counts(2, 2, 0, 0)], leads=["a.b+1@gmail.com", "ab+1@gmail.com"]))

    assert [fit.changes for fit in found.fits] == [{"invalid_rows": ("uncounted", "blocked")}]
    assert both.sentences() == []
    leads = ["a.b+1@gmail.com", "ab+1@gmail.com", "ab+2@gmail.com"]
    twice = explain(*told([Counts(3, 2, 1, 0)], leads=leads, batch_leads=3))
    told_apart = {tuple(fit.changes) for fit in twice.fits}
    assert told_apart == {("fold_plus_tag",), ("fold_gmail_tags",), ("fold_gmail_dots",)}
    assert twice.policy is None
    assert "these 3 cannot be told apart by this import" in twice.sentences()


@pytest.mark.parametrize(
    ("reported", "attempts", "cause"),
    [
        (Counts(2, 1, 1, 0), 1, "the list held 1 lead that we did not know"),
        (Counts(2, 0, 2, 0), 2, "our own earlier attempt had brought 2 leads"),
        (Counts(2, 1, 0, 1), 1, "the block list names 1 lead by entries that we do not have"),
        (Counts(2, 1, 0, 0), 1, "the API dropped 1 lead uncounted"),
        (Counts(1, 1, 0, 0), 1, "1 lead did not reach the API"),
    ],
)
def test_causes_that_are_no_rule_are_told_where_they_fit(reported, attempts, cause):
    leads = ["bob@bolt.example", "eve@acme.example"]

    found = explain(*told([reported], leads=leads, attempts=attempts))

    assert found.fits == ()
    assert found.policy is None
    count = next(word for word in cause.split() if word.isdigit())
    assert f"{cause} ({count} in batch 1)" in found.sentences()[0]


def test_a_difference_is_searched_for_once_however_often_it_is_told():
    batches, trace = told([Counts(2, 1, 1, 0), Counts(2, 2, 0, 0)])
    found = reconcile(batches, trace=trace)

    assert found.search().policy == ImportPolicy(fold_plus_tag=True)
    assert found.search() is found.search()


def test_known_leads_and_entries_that_are_gone_are_told():
    leads = ["bob@bolt.example", "eve@acme.example"]
    batches, trace = told([Counts(2, 2, 0, 0)], leads=leads, batch_leads=2)
    held = Trace(TextFeatures(pd.Series(leads), known=leads[:1]), trace.batch, trace.rows, trace.policy)
    listed = Trace(TextFeatures(pd.Series(leads), blocklist=leads[:1]), trace.batch, trace.rows, trace.policy)

    assert any("that we took for known" in line for line in explain(batches, held).sentences())
    assert any("the block list named" in line for line in explain(batches, listed).sentences())


@pytest.mark.parametrize(
    ("held", "reported", "is_told"),
    [
        ([], Counts(3, 3, 0, 0), False),
        (["eve@acme.example"], Counts(3, 3, 0, 0), False),
        (["bob@bolt.example"], Counts(3, 3, 0, 0), False),
        (["bob@bolt.example", "eve@acme.example"], Counts(3, 2, 1, 0), True),
    ],
)
def test_known_leads_are_told_to_be_gone_only_where_so_many_were_predicted_as_known(held, reported, is_told):
    leads = ["bob@bolt.example", "BOB@bolt.example", "eve@acme.example"]
    _, trace = told([None], leads=leads, batch_leads=3)
    trace = replace(trace, features=TextFeatures(pd.Series(leads), known=held))
    predicted = Counts(3, 2, 1, 0)

    found = explain([BatchResult(1, 3, "acknowledged", 1, predicted, reported)], trace)

    assert any("that we took for known" in line for line in found.sentences()) == is_told


def test_entries_are_told_to_be_gone_only_where_so_many_leads_were_predicted_as_listed():
    leads = ["nobody", "bob@bolt.example"]
    policy = ImportPolicy(invalid_rows="blocked")

    found = explain(*told([Counts(2, 2, 0, 0)], leads=leads, policy=policy))

    assert not any("the block list named" in line for line in found.sentences())


def test_where_nothing_fits_the_smallest_remainder_is_shown_and_nothing_guessed():
    found = explain(*told([Counts(2, 1, 1, 0), Counts(3, 4, 0, 0)]))

    assert (found.fits, found.causes, found.policy) == ((), (), None)
    assert found.sentences() == [
        (
            "nothing explains every batch; least is left over under fold_plus_tag = true (was false): "
            "+1 total_leads, +2 imported"
        )
    ]


def test_batches_without_an_answer_are_left_out_leads_and_all():
    leads = ["ann@acme.example", "bob@bolt.example", "ann@acme.example", "eve@acme.example"]
    states = ["rejected", "acknowledged"]

    found = explain(*told([None, Counts(2, 2, 0, 0)], leads=leads, states=states))

    assert found.sentences() == []


def test_a_counter_that_the_api_does_not_give_is_not_explained():
    found = explain(*told([Counts(None, 1, None, None), Counts(None, 2, None, None)]))

    assert {"fold_plus_tag": (False, True)} in [fit.changes for fit in found.fits]


def test_neither_a_trace_nor_an_explanation_shows_an_address():
    batches, trace = told([Counts(2, 1, 1, 0), Counts(2, 2, 0, 0)])
    found = reconcile(batches, trace=trace)

    assert "acme" not in repr(found) + repr(trace) + repr(found.search()) + "".join(found.explain())


def test_under_account_scope_an_import_reads_what_other_lists_hold():
    with Emulator(policy=ImportPolicy(duplicate_scope="account")) as api:
        api.create_list("other", members=["ann@acme.example"])
        home = api.create_list("home", members=["bob@bolt.example"])
        told_ = {"list_id": home, "api_key": api.api_key, "base_url": api.base_url}
        frame = pd.DataFrame({"email": ["ann@acme.example", "bob@bolt.example", "eve@acme.example"]})
        with hygiene.Smartlead(**told_, policy=ImportPolicy(duplicate_scope="account")) as sink:
            receipt = hygiene.import_leads(hygiene.clean(frame), sink, send_all=True, verify=True)

    assert receipt.predicted == receipt.reported == Counts(3, 1, 2, 0)
    assert receipt.reconciliation.agrees
    assert receipt.readback.agrees
