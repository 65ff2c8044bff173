"""The bytes of answers: our reading must be dnspython's, and noise must never be an answer."""

import struct

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hygiene.deliverability import Question
from hygiene.resolver.decode import read_odd, read_reply
from hygiene.resolver.encode import BadName, pack_query, pack_question
from hygiene.resolver.fast_decode import Odd, read_plain

MX = Question("acme.example", "MX")

RECORDS = [
    "acme.example. 300 IN MX 10 mx.acme.example.", "acme.example. 200 IN MX 20 MX2.Other.Example.",
    "acme.example. 300 IN MX 0 .", r"acme.example. 300 IN MX 10 o\.dd.acme.example.",
    "acme.example. 60 IN CNAME target.example.", "target.example. 300 IN MX 10 mx.target.example.",
    "target.example. 60 IN CNAME acme.example.", "acme.example. 300 IN A 192.0.2.1",
    "acme.example. 300 IN AAAA 2001:db8::1", 'acme.example. 300 IN TXT "v=spf1" " -all"',
    "other.example. 5 IN A 192.0.2.9",
]  # fmt: skip
AUTHORITY = [
    "example. 900 IN SOA ns.example. hostmaster.example. 1 3600 600 86400 120", "example. 900 IN NS ns.example.",
]  # fmt: skip
ADDITIONAL = ["ns.example. 300 IN A 192.0.2.53", "mx.acme.example. 300 IN AAAA 2001:db8::2"]
CODES = [dns.rcode.NOERROR, dns.rcode.NXDOMAIN, dns.rcode.SERVFAIL, dns.rcode.REFUSED, dns.rcode.FORMERR,
         dns.rcode.YXDOMAIN, dns.rcode.BADVERS]  # fmt: skip


@st.composite
def messages(draw):
    """A question, and an answer to it as a name server might write it."""
    question = Question("acme.example", draw(st.sampled_from(["MX", "A", "AAAA", "TXT"])))
    query = dns.message.make_query(question.name, question.kind, use_edns=draw(st.booleans()))
    response = dns.message.make_response(query, recursion_available=True)
    response.set_rcode(draw(st.sampled_from(CODES)))
    for section, texts in (
        (response.answer, RECORDS),
        (response.authority, AUTHORITY),
        (response.additional, ADDITIONAL),
    ):
        for text in draw(st.lists(st.sampled_from(texts), max_size=3, unique=True)):
            name, ttl, class_, kind, value = text.split(" ", 4)
            section.append(dns.rrset.from_text(name, int(ttl), class_, kind, value))
    if draw(st.booleans()):
        response.flags |= dns.flags.AA
    return question, response.to_wire()


def plain(data, question):
    """What the plain reading makes of a message; None where it leaves it to dnspython."""
    try:
        return read_plain(data, pack_question(question), question)
    except (Odd, IndexError, struct.error, UnicodeDecodeError):
        return None


def bare(reply):
    """A reply without its time to live."""
    answer = reply and reply.answer
    return reply and (reply.kind, answer and (answer.state, sorted(answer.records)))


@given(messages())
def test_what_is_read_plainly_is_what_dnspython_reads(drawn):
    question, data = drawn
    ours = plain(data, question)
    theirs = read_odd(data, pack_question(question))

    assert ours is None or ours == theirs or bare(ours) == bare(theirs)
    assert read_reply(data, pack_question(question), question) is not None


def test_a_plain_answer_is_read_without_dnspython():
    query = dns.message.make_query("acme.example", "MX")
    response = dns.message.make_response(query)
    response.answer.append(
        dns.rrset.from_text("acme.example.", 300, "IN", "MX", "10 mx.acme.example.", "0 a.example.")
    )

    reply = plain(response.to_wire(), MX)

    assert sorted(reply.answer.records) == [(0, "a.example"), (10, "mx.acme.example")]
    assert reply.answer.ttl_s == 300


@pytest.mark.parametrize(
    "chain", [["CNAME target.example."], ["CNAME www.acme.example.", "CNAME acme2.example."]]
)
@pytest.mark.parametrize("kind", ["MX", "A", "AAAA", "TXT"])
def test_aliases_in_order_are_followed_without_dnspython(chain, kind):
    question = Question("acme.example", kind)
    response = dns.message.make_response(dns.message.make_query(question.name, kind))
    owner = "acme.example."
    for number, alias in enumerate(chain):
        response.answer.append(dns.rrset.from_text(owner, 60 + number, "IN", *alias.split()))
        owner = alias.split()[1]
    value = {"MX": "10 mx.acme.example.", "A": "192.0.2.1", "AAAA": "2001:db8::1", "TXT": '"v=spf1" " -all"'}[
        kind
    ]
    response.answer.append(dns.rrset.from_text(owner, 300, "IN", kind, value))

    ours, theirs = plain(response.to_wire(), question), read_odd(response.to_wire(), pack_question(question))

    assert ours == theirs
    assert ours.answer.ttl_s == 60


@pytest.mark.parametrize(
    "records",
    [
        ["acme.example. CNAME acme.example.", "acme.example. MX 10 mx.example."],
        [
            "acme.example. CNAME b.example.",
            "b.example. CNAME acme.example.",
            "acme.example. MX 10 mx.example.",
        ],
        ["acme.example. CNAME b.example.", "c.example. MX 10 mx.example."],
        ["acme.example. CNAME b.example.", "acme.example. MX 10 mx.example."],
        ["b.example. MX 10 mx.example.", "acme.example. CNAME b.example."],
        ["acme.example. CNAME b.example."],
    ],
    ids=["itself", "loop", "astray", "both", "order", "end"],
)
def test_aliases_that_are_not_plain_are_left_to_dnspython(records):
    response = dns.message.make_response(dns.message.make_query("acme.example", "MX"))
    for record in records:
        owner, kind, value = record.split(" ", 2)
        response.answer.append(dns.rrset.from_text(owner, 300, "IN", kind, value))

    assert plain(response.to_wire(), MX) is None


def test_a_negative_answer_may_be_kept_as_long_as_its_soa_says():
    response = dns.message.make_response(dns.message.make_query("acme.example", "MX"))
    response.set_rcode(dns.rcode.NXDOMAIN)
    response.authority.append(
        dns.rrset.from_text("example.", 900, "IN", "SOA", AUTHORITY[0].split(" ", 4)[4])
    )

    ours, theirs = plain(response.to_wire(), MX), read_odd(response.to_wire(), pack_question(MX))

    assert ours == theirs
    assert ours.answer.ttl_s == 120


@pytest.mark.parametrize(
    ("code", "authority", "state"),
    [
        (dns.rcode.NOERROR, [], "no_data"),
        (dns.rcode.NOERROR, ["example. SOA"], "no_data"),
        (dns.rcode.NOERROR, [". SOA"], "no_data"),
        (dns.rcode.NOERROR, ["example. NS", "example. SOA"], "no_data"),
        (dns.rcode.NOERROR, ["example. NS"], "unknown"),
        (dns.rcode.NOERROR, ["ample. SOA"], "unknown"),
        (dns.rcode.NOERROR, ["below.acme.example. SOA"], "unknown"),
        (dns.rcode.NXDOMAIN, [], "no_name"),
        (dns.rcode.NXDOMAIN, ["acme.example. SOA"], "no_name"),
        (dns.rcode.NXDOMAIN, ["example. NS"], "no_name"),
        (dns.rcode.NXDOMAIN, ["rpz.test. SOA"], "unknown"),
        (dns.rcode.NXDOMAIN, ["rpz.test. SOA", "example. SOA"], "no_name"),
    ],
)
def test_an_answer_without_records_says_as_much_as_its_authority(code, authority, state):
    response = dns.message.make_response(dns.message.make_query("acme.example", "MX"))
    response.set_rcode(code)
    for record in authority:
        owner, kind = record.split()
        value = AUTHORITY[0].split(" ", 4)[4] if kind == "SOA" else "ns.example."
        response.authority.append(dns.rrset.from_text(owner, 900, "IN", kind, value))

    ours, theirs = (reading(response.to_wire()) for reading in (lambda wire: plain(wire, MX), read_mx_oddly))

    assert theirs.answer.state == state
    assert ours is None or ours.answer.state == state
    assert (ours is None) == (state == "unknown" or "rpz.test. SOA" in authority)


def read_mx_oddly(wire):
    return read_odd(wire, pack_question(MX))


@pytest.mark.parametrize("after", ["nothing", "soa", "other soa"])
def test_an_alias_without_its_target_says_nothing_unless_an_soa_does(after):
    response = dns.message.make_response(dns.message.make_query("acme.example", "MX"))
    response.answer.append(dns.rrset.from_text("acme.example.", 60, "IN", "CNAME", "acme.test."))
    if after != "nothing":
        owner = "test." if after == "soa" else "example."
        response.authority.append(dns.rrset.from_text(owner, 900, "IN", "SOA", AUTHORITY[0].split(" ", 4)[4]))

    answer = read_reply(response.to_wire(), pack_question(MX), MX).answer

    assert (answer.state, answer.cause) == (
        ("no_data", "") if after == "soa" else ("unknown", "inconclusive")
    )


@settings(max_examples=settings.default.max_examples * 4)
@given(messages(), st.data())
def test_a_damaged_message_is_never_read_otherwise_than_by_dnspython(drawn, data):
    question, sound = drawn
    damaged = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(2, len(sound) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(damaged[: data.draw(st.integers(12, len(sound)))])

    ours = plain(cut, question)
    theirs = read_odd(cut, pack_question(question))

    assert ours is None or theirs is None or bare(ours) == bare(theirs)


@given(st.binary(max_size=600), st.booleans())
def test_noise_is_no_answer(noise, behind_a_header):
    packed = pack_question(MX)
    header = b"\x00\x01\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00"

    reply = read_reply(header + packed + noise if behind_a_header else noise.ljust(12, b"\0"), packed, MX)

    assert reply is None or reply.kind in ("answer", "failed", "refused", "format", "truncated")
    if reply is not None and reply.answer is not None and not behind_a_header:
        assert reply.answer.records == ()


@pytest.mark.parametrize("name", ["acme.test", "acme.example.test", "xacme.example", ""])
@pytest.mark.parametrize("kind", ["MX", "A"])
def test_an_answer_to_another_question_is_ignored(name, kind):
    response = dns.message.make_response(dns.message.make_query(name, kind))

    assert read_reply(response.to_wire(), pack_question(MX), MX) is None


def test_a_query_is_no_answer_and_case_does_not_matter():
    query = dns.message.make_query("acme.example", "MX")

    assert read_reply(query.to_wire(), pack_question(MX), MX) is None
    echoed = dns.message.make_response(dns.message.make_query("ACME.example", "MX"))
    assert read_reply(echoed.to_wire(), pack_question(MX), MX).answer.state == "no_data"


@given(st.integers(0, 65535), st.booleans())
def test_dnspython_reads_our_query(ident, edns):
    query = dns.message.from_wire(ident.to_bytes(2) + pack_query(pack_question(MX), edns=edns))

    assert (query.id, query.edns, query.question[0].to_text()) == (
        ident,
        0 if edns else -1,
        "acme.example. IN MX",
    )
    assert query.flags == dns.flags.RD


@pytest.mark.parametrize(
    "name", ["a..example", ".", "x" * 64 + ".example", "a." * 127 + "toolong", "bücher.example"]
)
def test_a_name_that_dns_cannot_carry_is_refused(name):
    with pytest.raises(BadName):
        pack_question(Question(name, "MX"))
