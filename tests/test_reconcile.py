import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hygiene.outcomes import Counts
from hygiene.prediction.reconcile import BatchResult, reconcile

COUNTERS = ("total_leads", "imported", "duplicates", "blocked")
PREDICTED = Counts(4, 3, 1, 0)


def batch(number=1, state="acknowledged", rows=4, predicted=PREDICTED, reported=None):
    if state == "acknowledged" and reported is None:
        reported = predicted
    return BatchResult(number, rows, state, 1, predicted, reported)


def test_equal_counts_agree_and_need_no_explanation():
    told = reconcile([batch(1), batch(2)])

    assert told.agrees
    assert told.status == "agrees"
    assert told.drift == Counts()
    assert (told.unaccounted, told.rejected, told.replayed) == (0, 0, 0)
    assert told.explain() == []


def test_nothing_sent_agrees_with_nothing_and_has_no_answer():
    told = reconcile([])

    assert (told.status, told.predicted, told.reported, told.answered) == (
        "agrees",
        Counts(),
        Counts(),
        False,
    )


def test_a_difference_is_told_by_batch_and_by_how_much():
    told = reconcile([batch(1), batch(2, reported=Counts(4, 1, 2, 0)), batch(3)])

    assert told.status == "differs"
    assert not told.agrees
    assert told.drift == Counts(0, -2, 1, 0)
    assert told.unaccounted == 1
    assert told.explain() == ["batch 2 of 3 (4 leads): 2 fewer imported, 1 more duplicates than predicted"]


def test_differences_that_cancel_out_over_batches_are_differences():
    told = reconcile([batch(1, reported=Counts(4, 4, 0, 0)), batch(2, reported=Counts(4, 2, 2, 0))])

    assert told.drift == Counts()
    assert told.status == "differs"
    assert len(told.explain()) == 2


@pytest.mark.parametrize(
    ("state", "meaning"),
    [
        ("planned", "planned, not imported yet"),
        ("rejected", "rejected by the API, none of it was imported"),
        ("unknown", "unknown, the answer was lost and it may have landed"),
    ],
)
def test_a_batch_without_an_answer_leaves_the_import_incomplete_unless_the_api_rejected_it(state, meaning):
    told = reconcile([batch(1, reported=Counts(4, 2, 2, 0)), batch(2, state)])

    assert told.status == ("differs" if state == "rejected" else "incomplete")
    assert (told.predicted, told.reported) == (Counts(4, 3, 1, 0), Counts(4, 2, 2, 0))
    assert told.rejected == (4 if state == "rejected" else 0)
    assert told.explain()[-1] == f"batch 2 of 2 (4 leads): {meaning}"


def test_a_settled_batch_counts_with_what_was_inferred():
    told = reconcile([batch(1), batch(2, "settled", reported=Counts(4, 3, 1, 0))])

    assert told.agrees
    assert told.explain() == [
        "batch 2 of 2 (4 leads): its answer was lost, and its leads were found in the list"
    ]
    assert told.reported == Counts(8, 6, 2, 0)


@pytest.mark.parametrize(("replayed", "landed"), [(3, "all"), (1, "part")])
def test_our_own_replays_are_a_class_of_their_own_and_no_drift(replayed, landed):
    reported = Counts(4, 3 - replayed, 1 + replayed, 0)

    told = reconcile([dataclasses.replace(batch(1, reported=reported), replayed=replayed)])

    assert told.agrees
    assert (told.replayed, told.drift, told.reported) == (replayed, Counts(), reported)
    assert told.explain() == [
        f"batch 1 of 1 (4 leads): {replayed} duplicates are our own: an earlier send had landed, {landed} of it"
    ]


def test_what_the_api_said_of_a_rejected_batch_is_told():
    told = reconcile([dataclasses.replace(batch(1, "rejected"), words="must be a valid email")])

    assert told.explain() == [
        "batch 1 of 1 (4 leads): rejected by the API, none of it was imported: must be a valid email"
    ]


@pytest.mark.parametrize("counters", [("imported",), ("total_leads", "blocked"), ()])
def test_a_counter_that_the_api_did_not_give_is_not_compared(counters):
    reported = Counts(**{name: getattr(PREDICTED, name) if name in counters else None for name in COUNTERS})

    told = reconcile([batch(1), batch(2, reported=reported)])

    assert told.agrees
    assert told.unaccounted is None
    assert told.reported == PREDICTED + reported
    assert told.explain() == []


def test_a_counter_that_is_given_is_compared_though_others_are_not():
    told = reconcile([batch(reported=Counts(None, 2, None, None))])

    assert told.status == "differs"
    assert told.explain() == ["batch 1 of 1 (4 leads): 1 fewer imported than predicted"]


def test_what_an_api_adds_is_kept_out_of_reprs():
    result = dataclasses.replace(batch(), extra=(("note", "text of the API"),))

    assert "text of the API" not in repr(reconcile([result]))
    assert dict(result.extra) == {"note": "text of the API"}


numbers = st.integers(0, 9)
counts = st.builds(Counts, numbers, numbers, numbers, numbers)
answered = st.builds(batch, predicted=counts, reported=counts)
unanswered = st.builds(batch, state=st.sampled_from(["planned", "rejected", "unknown"]), predicted=counts)
batches = st.lists(answered | unanswered, max_size=6)


@given(batches, batches)
def test_two_receipts_add(one, other):
    both, first, second = reconcile(one + other), reconcile(one), reconcile(other)

    assert both.predicted == first.predicted + second.predicted
    assert both.reported == first.reported + second.reported
    assert both.drift == first.drift + second.drift
    assert both.rejected == first.rejected + second.rejected
    assert both.agrees == (first.agrees and second.agrees)


@given(batches)
def test_it_is_complete_where_every_batch_has_an_answer_and_explains_each_that_is_not_as_predicted(results):
    told = reconcile(results)

    wrong = [result for result in results if result.reported != result.predicted]
    open_ = [result for result in results if result.reported is None and result.state != "rejected"]
    assert (told.status == "incomplete") == bool(open_)
    assert told.agrees == (wrong == [])
    assert len(told.explain()) == len(wrong)


def test_counters_that_hold_more_than_their_total_are_said_to_once():
    told = reconcile([batch(reported=Counts(4, 3, 1, 2))])

    (line,) = told.explain()
    assert line.count("more than its total") == 1
    assert "its counters overlap: they hold 2 leads more than its total, so the API counts some twice" in line
    assert "more than its total" not in " ".join(reconcile([batch(reported=Counts(4, 2, 1, 0))]).explain())


def test_counters_that_were_predicted_to_overlap_are_no_news():
    predicted = Counts(2, 2, 2, 0)

    assert reconcile([batch(predicted=predicted, reported=predicted)]).explain() == []
