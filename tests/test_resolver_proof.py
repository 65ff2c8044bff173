"""What a name server must have shown before it is believed that something does not exist; over real sockets."""

import socket
import subprocess
import sys
import threading
from collections import Counter

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rrset
import pandas as pd
import pytest

import hygiene
from hygiene.emulator import ZoneServer
from hygiene.errors import ResolverError
from hygiene.resolver import Resolver

NS = "NS ns.test."
SOA = "SOA ns.test. hostmaster.test. 1 3600 600 86400 60"


class Server:
    """A name server over UDP that answers what a function puts into a response; by default nothing.

    Attributes:
        asked: How often each (name, type) was asked.
    """

    def __init__(self, fill):
        self.fill = fill
        self.asked = Counter()
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._udp.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while True:
            wire, client = self._udp.recvfrom(4096)
            if wire == b"stop":
                return
            query = dns.message.from_wire(wire)
            name = query.question[0].name.to_text().rstrip(".")
            kind = query.question[0].rdtype.name
            self.asked[name, kind] += 1
            response = dns.message.make_response(query)
            self.fill(response, name, kind)
            self._udp.sendto(response.to_wire(), client)

    def close(self):
        self._udp.sendto(b"stop", self._udp.getsockname())
        self._thread.join()
        self._udp.close()


@pytest.fixture
def serve():
    """Start servers; see `Server`."""
    running = []

    def start(fill):
        running.append(Server(fill))
        return running[-1]

    yield start
    for server in running:
        server.close()


def record(owner, text, *, class_="IN"):
    kind, value = text.split(" ", 1)
    return dns.rrset.from_text(dns.name.from_text(owner), 60, class_, kind, value)


def referral(response, name, kind):
    response.authority.append(record("com", NS))


def upward_referral(response, name, kind):
    response.flags |= dns.flags.RA
    response.authority.append(record(".", NS))


def other_name(response, name, kind):
    response.answer.append(record("other.test", {"MX": "MX 0 .", "A": "A 10.0.0.1"}.get(kind, NS)))


def other_name_with_soa(response, name, kind):
    other_name(response, name, kind)
    response.authority.append(record(".", SOA))


def other_class(response, name, kind):
    response.answer.append(record(name or ".", 'TXT "chaos"', class_="CH"))


def soa_of_another_class(response, name, kind):
    response.authority.append(record(".", SOA, class_="CH"))


def soa_of_another_zone(response, name, kind):
    response.authority.append(record("blocked.test", SOA))


def not_there_by_another_zone(response, name, kind):
    response.set_rcode(dns.rcode.NXDOMAIN)
    response.authority.append(record("blocked.test", SOA))


def alias_of_nothing(response, name, kind):
    response.answer.append(record(name or ".", "CNAME elsewhere.test."))


def alias_and_referral(response, name, kind):
    alias_of_nothing(response, name, kind)
    response.authority.append(record("test", NS))


def nothing(response, name, kind):
    """An empty answer, as a forwarder gives that leaves the authority out."""


def no_such_name(response, name, kind):
    response.set_rcode(dns.rcode.NXDOMAIN)


def no_such_name_with_soa(response, name, kind):
    response.set_rcode(dns.rcode.NXDOMAIN)
    response.authority.append(record(".", SOA))


def nothing_with_soa(response, name, kind):
    response.authority.append(record(".", SOA))


SAYS_NOTHING = [
    referral, upward_referral, other_name, other_name_with_soa, other_class, soa_of_another_class,
    soa_of_another_zone, not_there_by_another_zone, alias_of_nothing, alias_and_referral,
]  # fmt: skip
SAYS_NO = [nothing, no_such_name, no_such_name_with_soa, nothing_with_soa]


def beside(fill, zone):
    """A filling that knows some records, as (name, type) to text, and does otherwise what another does."""

    def fill_known(response, name, kind):
        if (name, kind) in zone:
            response.answer.append(record(name or ".", zone[name, kind]))
        else:
            fill(response, name, kind)

    return fill_known


def look_up(server, domains, **settings):
    return Resolver(nameservers=[server.address], **settings).look_up(domains)


def told(verdicts):
    return Counter((verdict.code, verdict.cause) for verdict in verdicts.values())


def domains_of(count):
    return [f"d{number}.test" for number in range(count)]


GOOD = {("good.test", "MX"): "MX 10 mx.good.test.", ("mx.good.test", "A"): "A 192.0.2.1"}


@pytest.mark.parametrize("fill", SAYS_NOTHING)
def test_an_answer_that_leaves_open_what_was_asked_decides_nothing(serve, fill):
    server = serve(beside(fill, GOOD))

    found = look_up(server, ["good.test", *domains_of(30)])

    assert told(found) == {("accepts", ""): 1, ("dns_unknown", "inconclusive"): 30}
    assert {count for (name, _), count in server.asked.items() if name.endswith(".test")} == {1}


@pytest.mark.parametrize("fill", SAYS_NOTHING)
def test_what_leaves_a_mail_host_open_does_not_speak_against_it(serve, fill):
    server = serve(beside(fill, {("d0.test", "MX"): "MX 10 mx.d0.test."}))

    assert told(look_up(server, ["d0.test"])) == {("accepts", ""): 1}


@pytest.mark.parametrize("fill", [nothing, nothing_with_soa])
def test_the_address_of_a_domain_counts_where_the_answer_about_mx_is_empty(serve, fill):
    server = serve(beside(fill, {("d0.test", "A"): "A 192.0.2.1", ("d1.test", "AAAA"): "AAAA 2001:db8::1"}))

    assert told(look_up(server, domains_of(2))) == {("accepts_implicit", ""): 2}


@pytest.mark.parametrize(
    ("fill", "code"),
    [
        (nothing, "no_mail_host"),
        (nothing_with_soa, "no_mail_host"),
        (no_such_name, "domain_not_found"),
        (no_such_name_with_soa, "domain_not_found"),
    ],
)
def test_that_nothing_exists_is_believed_of_a_server_that_gave_a_record(serve, fill, code):
    server = serve(beside(fill, GOOD))

    found = look_up(server, [*domains_of(30), "good.test"])

    assert told(found) == {(code, ""): 30, ("accepts", ""): 1}
    assert server.asked["", "NS"] == 0


@pytest.mark.parametrize("fill", SAYS_NO)
def test_where_every_name_is_missing_the_roots_name_servers_prove_the_server(serve, fill):
    server = serve(beside(fill, {("", "NS"): NS}))

    found = look_up(server, domains_of(30))

    assert {verdict.cause for verdict in found.values()} == {""}
    assert {verdict.code for verdict in found.values()} <= {"domain_not_found", "no_mail_host"}
    assert server.asked["", "NS"] == 1


@pytest.mark.parametrize("fill", SAYS_NO)
def test_without_such_a_proof_nothing_is_taken_for_missing(serve, fill):
    server = serve(fill)
    resolver = Resolver(nameservers=[server.address])

    found = resolver.look_up(domains_of(20))

    assert told(found) == {("dns_unknown", "unproven"): 20}
    assert server.asked["", "NS"] == 1
    assert len(resolver.warnings) == 1
    assert server.address in resolver.warnings[0]


def _stderr_of(*arguments):
    given = [sys.executable, *arguments]
    return subprocess.run(given, capture_output=True, text=True, check=False, timeout=60).stderr


def test_a_warning_of_the_library_is_for_handlers_that_somebody_set_up(serve):
    look = f"import hygiene; hygiene.Resolver(nameservers=['{serve(no_such_name).address}']).look_up(['a.example'])"

    silent = _stderr_of("-c", look)
    heard = _stderr_of("-c", f"import logging; logging.basicConfig(); {look}")

    assert silent == ""
    assert heard.count("gave no record") == 1


@pytest.mark.parametrize("loud", [(), ("-v",)], ids=["plain", "verbose"])
def test_a_warning_of_the_command_line_comes_once(serve, loud):
    server = serve(no_such_name)

    err = _stderr_of(
        "-m", "hygiene", *loud, "mx", "a.example", "--resolver", server.address, "--no-dns-cache"
    )

    told = [line for line in err.splitlines() if server.address in line]
    assert [line.startswith("warning: ") for line in told] == [True]


@pytest.mark.parametrize("fill", [*SAYS_NO, *SAYS_NOTHING])
def test_a_server_that_does_not_resolve_stops_a_run_over_many_domains(serve, fill):
    server = serve(fill)

    with pytest.raises(
        ResolverError, match=rf"this server does not resolve \({server.address}\).*resolver=None"
    ):
        look_up(server, domains_of(21))


def test_domains_that_are_not_asked_do_not_make_many(serve):
    bad = [f"bad..d{number}.test" for number in range(30)]

    found = look_up(serve(no_such_name), [*domains_of(20), *bad])

    assert told(found) == {("dns_unknown", "unproven"): 20, ("dns_unknown", "bad_name"): 30}


def test_a_server_that_does_not_resolve_is_exit_4(serve, run):
    domains = [f"d{number}.example" for number in range(21)]

    code, out, err = run("mx", "--resolver", serve(referral).address, *domains)

    assert (code, out) == (4, "")
    assert "this server does not resolve" in err
    assert "--no-dns" in err


def test_a_row_is_for_review_where_dns_says_nothing(serve):
    frame = pd.DataFrame({"email": ["a@acme.example"]})
    cleaned = hygiene.clean(frame, resolver=Resolver(nameservers=[serve(no_such_name).address]))

    assert cleaned.counts.reasons == {"dns_unknown": 1}
    assert cleaned.verdicts["outcome"].tolist() == ["review"]


def test_what_was_not_proven_is_not_kept(serve, tmp_path):
    server = serve(no_such_name)
    resolver = Resolver(nameservers=[server.address], cache=tmp_path / "dns.sqlite")
    first = resolver.look_up(domains_of(3))
    server.fill = beside(no_such_name, {("d1.test", "A"): "A 192.0.2.1", ("d1.test", "MX"): "MX 10 d1.test."})
    second = resolver.look_up(domains_of(3))
    third = look_up(server, domains_of(3), cache=tmp_path / "dns.sqlite")

    assert told(first) == {("dns_unknown", "unproven"): 3}
    assert told(second) == told(third) == {("accepts", ""): 1, ("domain_not_found", ""): 2}
    assert [{verdict.cached for verdict in found.values()} for found in (second, third)] == [{False}, {True}]


def test_what_is_proven_later_in_a_run_is_kept(serve, tmp_path):
    server = serve(beside(no_such_name, {("", "NS"): NS}))
    first, second = (look_up(server, domains_of(3), cache=tmp_path / "dns.sqlite") for _ in range(2))

    assert told(first) == told(second) == {("domain_not_found", ""): 3}
    assert {verdict.cached for verdict in second.values()} == {True}
    assert {verdict.ttl_s for verdict in first.values()} == {60}


@pytest.mark.parametrize("fill", SAYS_NOTHING)
def test_where_one_server_says_nothing_another_is_asked(serve, fill):
    zone = {f"d{number}.test": ["MX 10 mx.test."] for number in range(40)}
    with ZoneServer({**zone, "mx.test": ["A 192.0.2.1"]}) as good:
        found = Resolver(nameservers=[serve(fill).address, good.address]).look_up(domains_of(40))

    assert told(found) == {("accepts", ""): 40}


def test_where_all_servers_say_nothing_each_is_asked_once(serve):
    one, two = serve(beside(referral, GOOD)), serve(beside(referral, GOOD))

    found = Resolver(nameservers=[one.address, two.address]).look_up(["good.test", *domains_of(10)])

    assert told(found) == {("accepts", ""): 1, ("dns_unknown", "inconclusive"): 10}
    assert {one.asked[domain, "MX"] for domain in domains_of(10)} == {1}
    assert {two.asked[domain, "MX"] for domain in domains_of(10)} == {1}


@pytest.mark.parametrize("fill", SAYS_NO)
def test_a_server_that_proved_itself_is_asked_after_one_that_did_not(serve, fill):
    zone = {f"d{number}.test": ["MX 10 mx.test."] for number in range(40)}
    bad = serve(fill)
    with ZoneServer({**zone, "mx.test": ["A 192.0.2.1"]}) as good:
        resolver = Resolver(nameservers=[bad.address, good.address])
        found = resolver.look_up(domains_of(40))

    assert told(found) == {("accepts", ""): 40}
    assert resolver.warnings == ()


def test_a_referral_to_a_silent_server_ends(serve):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        silent = f"127.0.0.1:{deaf.getsockname()[1]}"
        resolver = Resolver(nameservers=[serve(referral).address, silent], timeout_s=0.2)
        found = resolver.look_up(["d0.test"])

    assert found["d0.test"].code == "dns_unknown"
