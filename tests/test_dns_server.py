import socket
from collections.abc import Iterator, Mapping, Sequence

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.resolver
import pytest

from hygiene.emulator import ZoneServer
from hygiene.errors import UsageError

ZONE: Mapping[str, Sequence[str]] = {
    "acme.example": [
        "MX 10 mx.acme.example.",
        "MX 20 mx2.acme.example.",
        "A 192.0.2.10",
        'TXT "v=spf1 -all"',
    ],
    "null.example": ["MX 0 ."],
    "six.example": ["AAAA 2001:db8::1"],
    "alias.example": ["CNAME acme.example."],
    "lost.example": ["CNAME nowhere.example."],
    "sour.example": ["CNAME fail.example."],
    "loop.example": ["CNAME pool.example."],
    "pool.example": ["CNAME loop.example."],
    "fail.example": ["SERVFAIL"],
    "no.example": ["REFUSED"],
    "quiet.example": ["DROP"],
    "long.example": ["TRUNCATE", "MX 10 mx.long.example."],
    "wide.example": [f'TXT "{number:03d} {"x" * 200}"' for number in range(30)],
    "deep.inner.example": ["A 192.0.2.11"],
}


@pytest.fixture(scope="module")
def server() -> Iterator[ZoneServer]:
    with ZoneServer(ZONE) as server:
        yield server


def resolver_of(server: ZoneServer) -> dns.resolver.Resolver:
    host, _, port = server.address.rpartition(":")
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port, resolver.lifetime = [host], int(port), 5.0
    return resolver


def ask(server: ZoneServer, name: str, rdtype: str, *, tcp: bool = False) -> dns.message.Message:
    host, _, port = server.address.rpartition(":")
    query = dns.message.make_query(name, rdtype)
    return (dns.query.tcp if tcp else dns.query.udp)(query, host, port=int(port), timeout=5)


@pytest.mark.parametrize(
    ("name", "rdtype", "records"),
    [
        ("acme.example", "MX", ["10 mx.acme.example.", "20 mx2.acme.example."]),
        ("ACME.Example", "A", ["192.0.2.10"]),
        ("acme.example", "TXT", ['"v=spf1 -all"']),
        ("null.example", "MX", ["0 ."]),
        ("six.example", "AAAA", ["2001:db8::1"]),
        ("alias.example", "MX", ["10 mx.acme.example.", "20 mx2.acme.example."]),
        ("alias.example", "CNAME", ["acme.example."]),
    ],
)
def test_records_are_answered(server: ZoneServer, name: str, rdtype: str, records: list[str]) -> None:
    answer = resolver_of(server).resolve(name, rdtype)

    assert sorted(str(record) for record in answer) == records


@pytest.mark.parametrize("name", ["nowhere.example", "x.acme.example", "lost.example"])
def test_a_name_outside_the_zone_does_not_exist(server: ZoneServer, name: str) -> None:
    with pytest.raises(dns.resolver.NXDOMAIN):
        resolver_of(server).resolve(name, "MX")


@pytest.mark.parametrize("name", ["nowhere.example", "six.example"])
def test_a_negative_answer_carries_the_authority(server: ZoneServer, name: str) -> None:
    response = ask(server, name, "MX")

    assert [rrset.rdtype.name for rrset in response.authority] == ["SOA"]


@pytest.mark.parametrize("name", ["six.example", "inner.example", "example"])
def test_a_name_without_the_type_exists(server: ZoneServer, name: str) -> None:
    with pytest.raises(dns.resolver.NoAnswer):
        resolver_of(server).resolve(name, "MX")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("fail.example", dns.rcode.SERVFAIL),
        ("no.example", dns.rcode.REFUSED),
        ("sour.example", dns.rcode.SERVFAIL),
        ("loop.example", dns.rcode.SERVFAIL),
    ],
)
@pytest.mark.parametrize("tcp", [False, True])
def test_a_failure_is_answered_with_its_code(
    server: ZoneServer, name: str, code: dns.rcode.Rcode, tcp: bool
) -> None:
    assert ask(server, name, "MX", tcp=tcp).rcode() == code


def test_a_dropped_query_is_not_answered(server: ZoneServer) -> None:
    host, _, port = server.address.rpartition(":")
    query = dns.message.make_query("quiet.example", "MX")

    with pytest.raises(dns.exception.Timeout):
        dns.query.udp(query, host, port=int(port), timeout=0.2)
    with pytest.raises(EOFError):
        dns.query.tcp(query, host, port=int(port), timeout=5)


def test_a_truncated_answer_is_whole_over_tcp(server: ZoneServer) -> None:
    over_udp, over_tcp = (ask(server, "long.example", "MX", tcp=tcp) for tcp in (False, True))

    assert over_udp.flags & dns.flags.TC
    assert over_udp.answer == []
    assert not over_tcp.flags & dns.flags.TC
    assert [str(record) for record in over_tcp.answer[0]] == ["10 mx.long.example."]
    assert len(resolver_of(server).resolve("long.example", "MX")) == 1


def test_an_answer_too_large_for_udp_is_truncated(server: ZoneServer) -> None:
    assert ask(server, "wide.example", "TXT").flags & dns.flags.TC
    assert len(resolver_of(server).resolve("wide.example", "TXT")) == 30


def test_queries_are_counted_by_name_and_type() -> None:
    with ZoneServer(ZONE) as server:
        ask(server, "Acme.example", "MX")
        ask(server, "acme.example", "MX", tcp=True)
        ask(server, "nowhere.example", "A")

    assert server.queries == {("acme.example", "MX"): 2, ("nowhere.example", "A"): 1}


@pytest.mark.parametrize("default", [None, ["A 192.0.2.1"]])
def test_the_root_has_a_name_server(default: Sequence[str] | None) -> None:
    with ZoneServer({}, default=default) as server:
        found = [str(record) for record in resolver_of(server).resolve(".", "NS")]

    assert found == ["ns.test."]


def test_the_root_is_what_the_zone_or_a_failing_default_says() -> None:
    with ZoneServer({"": ["NS ns.acme.example."]}) as named, ZoneServer({}, default=["REFUSED"]) as failing:
        assert str(resolver_of(named).resolve(".", "NS")[0]) == "ns.acme.example."
        assert ask(failing, ".", "NS").rcode() == dns.rcode.REFUSED


def test_every_other_name_takes_the_default() -> None:
    with ZoneServer({"acme.example": ["MX 0 ."]}, default=["MX 5 mx.test."]) as server:
        found = [
            str(resolver_of(server).resolve(name, "MX")[0])
            for name in ("acme.example", "any.test", "example")
        ]

    assert found == ["0 .", "5 mx.test.", "5 mx.test."]


@pytest.mark.parametrize("wire", [b"", b"\x00", b"\xff" * 40, bytes(12)])
def test_a_malformed_packet_is_ignored_and_the_server_stays_up(server: ZoneServer, wire: bytes) -> None:
    host, _, port = server.address.rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.sendto(wire, (host, int(port)))
    with socket.create_connection((host, int(port)), timeout=5) as tcp:
        tcp.sendall(len(wire).to_bytes(2) + wire)
        assert tcp.recv(1) == b""

    assert ask(server, "acme.example", "MX").rcode() == dns.rcode.NOERROR


def test_an_answer_sent_to_the_server_is_not_answered(server: ZoneServer) -> None:
    reply = dns.message.make_response(dns.message.make_query("acme.example", "MX"))

    assert server.answer(reply.to_wire(), "udp") is None


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ({"a.example": ["MX ten mx.example."]}, "no record"),
        ({"a.example": ["MAIL 10 mx.example."]}, "no record"),
        ({"a.example": ["A 192.0.2.300"]}, "no record"),
        ({"a.example": ["servfail"]}, "no record"),
        ({"a.example": [""]}, "no record"),
        ({"A.example": ["A 192.0.2.1"]}, "lower case"),
        ({"a.example.": ["A 192.0.2.1"]}, "without final dot"),
        ({"a..example": ["A 192.0.2.1"]}, "not a domain name"),
        ({"a.example": ["SERVFAIL", "A 192.0.2.1"]}, "besides SERVFAIL"),
    ],
)
def test_a_wrong_zone_is_refused(zone: Mapping[str, Sequence[str]], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        ZoneServer(zone)


def test_udp_and_tcp_share_a_fixed_port() -> None:
    with ZoneServer(ZONE) as first:
        port = int(first.address.rpartition(":")[2])
    with ZoneServer(ZONE, port=port) as second:
        assert second.address == f"127.0.0.1:{port}"
        assert ask(second, "acme.example", "A", tcp=True).rcode() == dns.rcode.NOERROR
        with pytest.raises(UsageError, match="cannot be bound"):
            ZoneServer(ZONE, port=port)
