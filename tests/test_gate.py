import pytest

from hygiene.cleaning.gate import check_gate, parse_limit
from hygiene.errors import GateFailed, UsageError


@pytest.mark.parametrize(
    ("text", "limit"),
    [("invalid=2%", ("invalid", 0.02)), ("invalid=0.02", ("invalid", 0.02)), ("null_mx=1", ("null_mx", 1)),
     ("missing_company=0", ("missing_company", 0)), ("ready=100%", ("ready", 1.0))],
)  # fmt: skip
def test_a_limit_is_a_row_count_or_a_share(text, limit):
    found = parse_limit(text)

    assert found == limit
    assert type(found[1]) is type(limit[1])


@pytest.mark.parametrize(
    "text",
    [
        "invalid",
        "invalid=",
        "invalid=x",
        "invalid=-1",
        "invalid=200%",
        "invalid=2.5",
        "bounced=1",
        "=1",
        "invalid=nan",
    ],
)
def test_a_limit_that_is_none_is_refused(text):
    with pytest.raises(UsageError, match="limit"):
        parse_limit(text)


def test_all_limits_that_were_passed_are_named_with_their_figures():
    with pytest.raises(GateFailed) as failed:
        check_gate({"invalid": 3, "ready": 7}, rows=10, max={"invalid": 0.2}, min={"ready": 8})

    assert failed.value.failures == (
        "invalid is 3 of 10 rows (30.00%), at most 20.00% allowed",
        "ready is 7 rows, at least 8 rows allowed",
    )


def test_a_limit_that_is_just_kept_passes():
    check_gate({"invalid": 2}, rows=10, max={"invalid": 0.2, "null_mx": 0}, min={"invalid": 2})
