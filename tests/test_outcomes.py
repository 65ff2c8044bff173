import pytest

from hygiene.outcomes import REASONS, Counts, Outcome, reason


def test_outcomes_are_ordered_by_precedence():
    assert [outcome.value for outcome in Outcome] == [
        "invalid", "undeliverable", "suppressed", "blocked", "duplicate", "review", "ready",
    ]  # fmt: skip
    assert Outcome.INVALID.rank < Outcome.READY.rank


def test_counts_add_and_subtract_counter_by_counter():
    total = Counts(10, 6, 3, 1) + Counts(2, 1, 1, 0)

    assert total == Counts(12, 7, 4, 1)
    assert total - Counts(2, 1, 1, 0) == Counts(10, 6, 3, 1)


def test_a_counter_that_is_not_given_stays_unknown():
    partial = Counts(None, 5, None, None)

    assert (partial + Counts(1, 1, 1, 1)) == Counts(None, 6, None, None)
    assert partial.unaccounted is None
    assert Counts(10, 5, 2, 1).unaccounted == 2


def test_reason_codes_are_stable_words_with_a_sentence():
    assert all(code == found.code and found.text.endswith(".") for code, found in REASONS.items())
    assert all(code.replace("_", "").isalnum() and code == code.lower() for code in REASONS)


@pytest.mark.parametrize("code", ["missing_company", "schema_title_str_length", "rule_no_phone"])
def test_a_family_code_says_what_it_is_about(code):
    assert reason(code).code == code
    assert code.partition("_")[2] in reason(code).text
