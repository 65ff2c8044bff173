import pandas as pd
import pytest

import hygiene
from hygiene.deliverability import (
    HOSTS_ASKED,
    Answer,
    DomainVerdict,
    KnownVerdicts,
    Question,
    a_labels,
    doubt,
    is_routable,
    judge,
)
from hygiene.errors import UsageError


def found(*records, ttl_s=300):
    return Answer("found", records, ttl_s=ttl_s)


NO_DATA, NO_NAME, LOST = Answer("no_data"), Answer("no_name"), Answer("unknown", cause="timeout")
PUBLIC, PRIVATE = found("192.0.2.1"), found("10.0.0.1", "127.0.0.1")


def decide(answers, domain="acme.example"):
    """The verdict on answers by "NAME TYPE"; what is asked and not there fails the test."""
    return judge(domain, lambda question: answers[f"{question.name} {question.kind}"])


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ({"acme.example MX": NO_NAME}, DomainVerdict("domain_not_found")),
        ({"acme.example MX": LOST}, DomainVerdict("dns_unknown", cause="timeout")),
        (
            {"acme.example MX": Answer("unknown", cause="servfail")},
            DomainVerdict("dns_unknown", cause="servfail"),
        ),
        (
            {"acme.example MX": Answer("unknown", cause="refused")},
            DomainVerdict("dns_unknown", cause="refused"),
        ),
        ({"acme.example MX": found((0, ""))}, DomainVerdict("null_mx")),
        ({"acme.example MX": found((10, "."))}, DomainVerdict("null_mx")),
        (
            {"acme.example MX": found((0, "mx.example")), "mx.example A": PUBLIC},
            DomainVerdict("accepts", hosts=("mx.example",)),
        ),
        (
            {"acme.example MX": found((0, ""), (5, "mx.example")), "mx.example A": PUBLIC},
            DomainVerdict("accepts", hosts=("mx.example",)),
        ),
        (
            {"acme.example MX": found((20, "b.example"), (10, "A.example.")), "a.example A": PUBLIC},
            DomainVerdict("accepts", hosts=("a.example", "b.example")),
        ),
    ],
)
def test_an_mx_answer_has_its_verdict(answers, verdict):
    assert decide(answers) == verdict


@pytest.mark.parametrize(
    ("hosts", "code"),
    [
        ({"mx.example A": NO_NAME}, "mail_host_unroutable"),
        ({"mx.example A": PRIVATE, "mx.example AAAA": NO_DATA}, "mail_host_unroutable"),
        ({"mx.example A": NO_DATA, "mx.example AAAA": NO_DATA}, "mail_host_unroutable"),
        ({"mx.example A": PRIVATE, "mx.example AAAA": found("fd00::1")}, "mail_host_unroutable"),
        ({"mx.example A": PRIVATE, "mx.example AAAA": found("2001:db8::1")}, "accepts"),
        ({"mx.example A": found("10.0.0.1", "192.0.2.1")}, "accepts"),
        ({"mx.example A": LOST}, "accepts"),
        ({"mx.example A": NO_DATA, "mx.example AAAA": LOST}, "accepts"),
    ],
)
def test_a_mail_host_must_be_one_that_can_be_reached(hosts, code):
    verdict = decide({"acme.example MX": found((10, "mx.example")), **hosts})

    assert (verdict.code, verdict.hosts) == (code, ("mx.example",))


@pytest.mark.parametrize("host", ["localhost", "mail.localhost", "192.0.2.1", "[192.0.2.1]", "2001:db8::1"])
def test_localhost_and_literals_are_no_mail_hosts_and_are_not_asked_about(host):
    assert decide({"acme.example MX": found((10, host))}).code == "mail_host_unroutable"


def test_one_host_that_can_be_reached_is_enough():
    answers = {
        "acme.example MX": found((10, "localhost"), (20, "gone.example"), (30, "mx.example")),
        "gone.example A": NO_NAME,
        "mx.example A": PUBLIC,
    }

    assert decide(answers).code == "accepts"


def test_several_mx_with_empty_hosts_are_no_null_mx_and_reach_nobody():
    assert decide({"acme.example MX": found((0, ""), (5, "."))}).code == "mail_host_unroutable"
    assert decide({"acme.example MX": found((0, ""), (5, "localhost"))}).code == "mail_host_unroutable"


def test_hosts_beyond_those_that_are_asked_about_count_for_the_domain():
    many = found(*((number, f"mx{number}.example") for number in range(HOSTS_ASKED + 1)))
    asked = []

    def known(question):
        asked.append(question)
        return many if question.kind == "MX" else NO_NAME

    assert judge("acme.example", known).code == "accepts"
    assert len(asked) == 1 + HOSTS_ASKED


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ({"A": PUBLIC, "TXT": NO_DATA}, DomainVerdict("accepts_implicit", hosts=("acme.example",))),
        ({"A": PUBLIC, "TXT": LOST}, DomainVerdict("accepts_implicit", hosts=("acme.example",))),
        (
            {"A": NO_DATA, "AAAA": found("2001:db8::1"), "TXT": found("hello", "V=SPF1  -all")},
            DomainVerdict("accepts_implicit", hosts=("acme.example",), notes=("spf_minus_all",)),
        ),
        (
            {"A": PUBLIC, "TXT": found("v=spf1 mx -all")},
            DomainVerdict("accepts_implicit", hosts=("acme.example",)),
        ),
        (
            {"A": LOST, "AAAA": found("2001:db8::1"), "TXT": NO_DATA},
            DomainVerdict("accepts_implicit", hosts=("acme.example",)),
        ),
        ({"A": NO_DATA, "AAAA": NO_DATA}, DomainVerdict("no_mail_host")),
        ({"A": PRIVATE, "AAAA": NO_DATA}, DomainVerdict("mail_host_unroutable", hosts=("acme.example",))),
        ({"A": NO_NAME, "AAAA": NO_NAME}, DomainVerdict("domain_not_found")),
        ({"A": LOST, "AAAA": NO_DATA}, DomainVerdict("dns_unknown", cause="timeout")),
        ({"A": PRIVATE, "AAAA": LOST}, DomainVerdict("dns_unknown", cause="timeout")),
    ],
)  # fmt: skip
def test_a_domain_without_mx_is_judged_by_its_own_address(answers, verdict):
    asked = {f"acme.example {kind}": answer for kind, answer in {"MX": NO_DATA, **answers}.items()}

    assert decide(asked) == verdict


@pytest.mark.parametrize(
    "address", ["192.0.2.1", "198.51.100.9", "203.0.113.1", "2001:db8::1", "8.8.8.8", "::ffff:8.8.8.8"]
)
def test_public_and_documentation_addresses_can_be_reached(address):
    assert is_routable(address)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.0.1", "100.64.0.1", "169.254.1.1", "0.0.0.0", "224.0.0.1",
     "255.255.255.255", "::", "::1", "fe80::1", "fd00::1", "ff02::1", "::ffff:10.0.0.1"],
)  # fmt: skip
def test_private_and_loopback_addresses_cannot(address):
    assert not is_routable(address)


def test_a_verdict_carries_the_shortest_time_to_live_and_whether_all_was_kept():
    answers = {
        Question("acme.example", "MX"): Answer("found", ((10, "mx.example"),), ttl_s=300, cached=True),
        Question("mx.example", "A"): Answer("found", ("192.0.2.1",), ttl_s=60),
    }

    verdict = judge("acme.example", answers.__getitem__)

    assert (verdict.ttl_s, verdict.cached) == (60, False)


@pytest.mark.parametrize(
    ("code", "invented", "after"),
    [
        ("accepts", {"MX"}, "dns_unknown"),
        ("accepts", {"A"}, "accepts"),
        ("accepts_implicit", {"A"}, "dns_unknown"),
        ("mail_host_unroutable", {"A"}, "dns_unknown"),
        ("no_mail_host", {"A"}, "dns_unknown"),
        ("null_mx", {"MX"}, "dns_unknown"),
        ("null_mx", {"A"}, "null_mx"),
        ("domain_not_found", {"MX", "A"}, "domain_not_found"),
    ],
)
def test_what_rests_on_made_up_records_is_unknown(code, invented, after):
    verdict = doubt(DomainVerdict(code, hosts=("mx.example",)), invented=invented)

    assert verdict.code == after
    assert verdict.cause == ("captive" if after == "dns_unknown" else "")


def test_verdicts_at_hand_answer_for_themselves_alone():
    known = KnownVerdicts({"acme.example": DomainVerdict("null_mx")})

    assert known.look_up(["acme.example", "bolt.example"]) == {"acme.example": DomainVerdict("null_mx")}


def test_a_verdict_is_written_as_its_code_alone():
    assert str(DomainVerdict("dns_unknown", cause="timeout")) == "dns_unknown"


@pytest.mark.parametrize("code", ["nonsense", "has_mx", "", "ACCEPTS", None, ["accepts"]])
def test_a_verdict_of_an_unknown_kind_is_refused(code):
    with pytest.raises(UsageError, match=r"expected one of accepts, .*dns_unknown"):
        DomainVerdict(code)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("acme.example", "acme.example"),
        ("ACME.Example.", "acme.example"),
        (" acme.example\n", "acme.example"),
        ("müller.example", "xn--mller-kva.example"),
        ("MÜLLER.example", "xn--mller-kva.example"),
        ("xn--mller-kva.example", "xn--mller-kva.example"),
        ("acme。example", "acme.example"),
        ("_dmarc.acme.example", "_dmarc.acme.example"),
        ("a..example", None),
        ("", None),
        ("jo@acme.example", None),
        ("acme example", None),
        ("\u0301.example", None),
    ],
)
def test_a_domain_is_asked_for_by_its_a_labels(written, asked):
    assert a_labels(written) == asked


class StandIn:
    """A resolver that answers as it is told."""

    def __init__(self, answer):
        self.answer = answer

    def look_up(self, domains):
        return self.answer


def outcomes(resolver):
    frame = pd.DataFrame({"email": ["a@müller.example", "b@acme.example"]})
    return hygiene.clean(frame, resolver=resolver).verdicts["outcome"].tolist()


@pytest.mark.parametrize(
    "domain", ["müller.example", "MÜLLER.EXAMPLE", "xn--mller-kva.example", "müller.example."]
)
@pytest.mark.parametrize("way", [dict, KnownVerdicts, StandIn])
def test_the_verdict_for_a_domain_is_found_however_its_name_is_written(domain, way):
    assert outcomes(way({domain: DomainVerdict("null_mx")})) == ["undeliverable", "ready"]


@pytest.mark.parametrize(
    "resolver",
    ["127.0.0.1:53", ["127.0.0.1"], 53, True, hygiene.Resolver, StandIn, {"acme.example"}, len,
     pd.Series({"acme.example": DomainVerdict("null_mx")})],
    ids=lambda given: type(given).__name__,
)  # fmt: skip
def test_a_resolver_of_a_wrong_kind_is_refused(resolver):
    with pytest.raises(UsageError, match=r"resolver=\.\.\. is .*hygiene\.Resolver\(nameservers=") as refused:
        outcomes(resolver)

    assert refused.value.parameter == "resolver"
    with pytest.raises(UsageError, match=r"resolver=\.\.\. is "):
        hygiene.clean(pd.DataFrame({"email": ["a@acme.example"]})).again(resolver=resolver)


@pytest.mark.parametrize("way", [dict, StandIn])
@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        ({"a..example": DomainVerdict("accepts")}, "key 1 is no domain"),
        ({"jo@acme.example": DomainVerdict("accepts")}, "key 1 is no domain"),
        ({"bolt.example": DomainVerdict("accepts"), 7: DomainVerdict("accepts")}, "key 2 is no domain"),
        ({"acme.example": "null_mx"}, r"said of acme\.example is of type str.*DomainVerdict\('null_mx'\)"),
        ({"acme.example": None}, "is of type NoneType"),
        (
            {"acme.example": DomainVerdict("accepts"), "Acme.example": DomainVerdict("null_mx")},
            r"two verdicts for acme\.example",
        ),
    ],
)
def test_what_is_no_verdict_for_a_domain_is_refused(way, verdicts, told):
    with pytest.raises(UsageError, match=told) as refused:
        outcomes(way(verdicts))

    assert "jo@" not in str(refused.value)


@pytest.mark.parametrize("answer", [None, [DomainVerdict("accepts")], "accepts"])
def test_a_stand_in_that_gives_no_verdicts_by_domain_is_refused(answer):
    with pytest.raises(UsageError, match="look_up gave a"):
        outcomes(StandIn(answer))
