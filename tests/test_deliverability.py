import pytest

from hygiene.deliverability import DomainVerdict, judge_mx


@pytest.mark.parametrize(
    ("exchanges", "verdict"),
    [
        (
            [(20, "b.example."), (10, "A.example.")],
            DomainVerdict("accepts", hosts=("a.example", "b.example")),
        ),
        ([(0, ".")], DomainVerdict("null_mx")),
        ([(10, ".")], DomainVerdict("null_mx")),
        ([(0, "mx.example.")], DomainVerdict("accepts", hosts=("mx.example",))),
        ([(0, "."), (5, "mx.example.")], DomainVerdict("accepts", hosts=("mx.example",))),
    ],
)
def test_an_mx_answer_is_judged_by_its_hosts(exchanges, verdict):
    assert judge_mx(exchanges) == verdict


def test_a_verdict_is_written_as_its_code_alone():
    assert str(DomainVerdict("dns_unknown", cause="timeout")) == "dns_unknown"
