"""Bulk look-ups against real name servers on loopback, well-behaved and otherwise."""

import asyncio
import random
import socket
import threading
import time
from collections import Counter

import dns.exception
import dns.flags
import dns.message
import dns.nameserver
import dns.resolver
import pytest

import hygiene
from hygiene.deliverability import Answer, DomainVerdict, Question
from hygiene.emulator import ZoneServer
from hygiene.errors import CacheError, ResolverError, UsageError
from hygiene.resolver import Resolver
from hygiene.resolver.cache import AnswerStore
from hygiene.resolver.engine import Engine
from hygiene.resolver.nameservers import NameServer


@pytest.fixture
def faulty():
    """Start servers that answer from a zone what a function makes of each answer; by default the plain answer."""
    running = []

    def start(zone, mangle=lambda wire: [wire]):
        server = FaultyServer(zone, mangle)
        running.append(server)
        return server

    yield start
    for server in running:
        server.close()


class FaultyServer:
    """A name server over UDP alone whose answers are mangled: datagrams to send instead, in order."""

    def __init__(self, zone, mangle):
        self._zone = ZoneServer(zone)
        self._mangle = mangle
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self.asked = Counter()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        clients = {}
        while True:
            query, client = self._socket.recvfrom(4096)
            if query == b"stop":
                return
            self.asked[dns.message.from_wire(query).question[0].name.to_text()] += 1
            answer = self._zone.answer(query, "udp")
            if answer is not None:
                clients[answer] = client  # an answer that was held back goes to whoever asked
                for wire in self._mangle(answer):
                    self._socket.sendto(wire, clients.get(wire, client))

    def close(self):
        self._socket.sendto(b"stop", ("127.0.0.1", self.port))
        self._thread.join()
        self._socket.close()
        self._zone.close()


def zone_of(count):
    """That many domains which share a mail host."""
    zone = {f"d{number}.example": ["MX 10 mx.acme.example."] for number in range(count)}
    return {**zone, "mx.acme.example": ["A 192.0.2.25"]}


def domains_of(count):
    return [f"d{number}.example" for number in range(count)]


def look_up(server, domains, **settings):
    return Resolver(nameservers=[server.address], **settings).look_up(domains)


@pytest.mark.parametrize(
    ("domain", "code", "cause", "hosts"),
    [
        ("acme.example", "accepts", "", ("mx.acme.example",)),
        ("bolt.example", "accepts", "", ("mx.bolt.example",)),
        ("implicit.example", "accepts_implicit", "", ("implicit.example",)),
        ("null.example", "null_mx", "", ()),
        ("hostless.example", "no_mail_host", "", ()),
        ("inside.example", "mail_host_unroutable", "", ("mx.inside.example",)),
        ("gone.example", "domain_not_found", "", ()),
        ("flaky.example", "dns_unknown", "servfail", ()),
        ("shy.example", "dns_unknown", "refused", ()),
        ("bad..example", "dns_unknown", "bad_name", ()),
    ],
)
def test_each_kind_of_answer_has_its_verdict(names, domain, code, cause, hosts):
    verdict = look_up(names, [domain])[domain]

    assert (verdict.code, verdict.cause, verdict.hosts) == (code, cause, hosts)


KINDS = {
    "plain.example": [
        "MX 10 mx.plain.example.",
        "MX 5 Mx2.Plain.example.",
        "A 192.0.2.1",
        "AAAA 2001:db8::1",
    ],
    "null.example": ["MX 0 ."],
    "text.example": ['TXT "v=spf1" " -all"', 'TXT "two"'],
    "alias.example": ["CNAME plain.example."],
    "chain.example": ["CNAME alias.example."],
    "astray.example": ["CNAME nowhere.example."],
    "empty.example": ["CNAME text.example."],
    "loop.example": ["CNAME pool.example."],
    "pool.example": ["CNAME loop.example."],
    "fail.example": ["SERVFAIL"],
    "no.example": ["REFUSED"],
    "mute.example": ["DROP"],
    "cut.example": ["TRUNCATE", "MX 10 mx.plain.example."],
    "wide.example": [f"MX {number} mx{number}.{'x' * 50}.example." for number in range(90)],
    "inner.deep.example": ["A 192.0.2.11"],
}


def reference(server, question):
    """What dnspython's resolver makes of a question."""
    host, _, port = server.address.rpartition(":")
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [dns.nameserver.Do53Nameserver(host, int(port))]
    try:
        found = resolver.resolve(question.name, question.kind, search=False, lifetime=1)
    except dns.resolver.NXDOMAIN:
        return Answer("no_name")
    except dns.resolver.NoAnswer:
        return Answer("no_data")
    except dns.exception.Timeout:
        return Answer("unknown", cause="timeout")
    except dns.resolver.NoNameservers as error:
        return Answer("unknown", cause="refused" if "REFUSED" in str(error) else "servfail")
    records = {
        "MX": lambda each: (each.preference, each.exchange.to_text().rstrip(".").lower()),
        "TXT": lambda each: b"".join(each.strings).decode(),
    }.get(question.kind, str)
    return Answer("found", tuple(sorted(map(records, found))), ttl_s=int(found.rrset.ttl))


@pytest.mark.long
def test_every_kind_of_answer_is_what_dnspython_says():
    kinds = ("MX", "A", "AAAA", "TXT")
    questions = [Question(name, kind) for name in (*KINDS, "gone.example", "deep.example") for kind in kinds]
    questions = [
        question for question in questions if question.name != "mute.example" or question.kind == "MX"
    ]
    found = {}
    with ZoneServer(KINDS) as server:
        host, _, port = server.address.rpartition(":")
        with Engine([NameServer(host, int(port))], patience_s=1, window=100) as engine:
            for question in questions:
                engine.ask(question)
            for question, answer in engine.answers():
                found[question] = Answer(answer.state, tuple(sorted(answer.records)), answer.cause)
        expected = {question: reference(server, question) for question in questions}

    bare = {question: Answer(each.state, each.records, each.cause) for question, each in expected.items()}
    assert found == bare


def test_a_silent_name_server_for_one_domain_leaves_it_unknown():
    with ZoneServer({"mute.example": ["DROP"], **zone_of(1)}) as zone:
        found = look_up(zone, ["mute.example", "d0.example"], timeout_s=0.3)

    assert (found["mute.example"].code, found["mute.example"].cause) == ("dns_unknown", "timeout")
    assert found["d0.example"].code == "accepts"


def test_each_question_is_asked_once_however_many_domains_share_it():
    told = []
    with ZoneServer(zone_of(30)) as zone:
        resolver = Resolver(
            nameservers=[zone.address], progress=lambda done, total: told.append((done, total))
        )
        resolver.look_up([*domains_of(30), *domains_of(30)])

    assert {count for (name, _), count in zone.queries.items() if name.endswith(".example")} == {1}
    assert zone.queries["mx.acme.example", "A"] == 1
    assert told[-1] == (30, 30)
    assert told == sorted(told)


def test_a_second_look_asks_nobody_and_says_so():
    with ZoneServer(zone_of(3)) as zone:
        resolver = Resolver(nameservers=[zone.address])
        first = resolver.look_up(domains_of(3))
        before = zone.queries.copy()
        second = resolver.look_up(domains_of(3))

    assert zone.queries == before
    assert second == first
    assert {verdict.cached for verdict in first.values()} == {False}
    assert {verdict.cached for verdict in second.values()} == {True}


def test_a_cache_file_serves_the_next_run(tmp_path):
    with ZoneServer({**zone_of(3), "null.example": ["MX 0 ."]}) as zone:
        domains = [*domains_of(3), "null.example", "gone.example"]
        first = look_up(zone, domains, cache=tmp_path / "dns.sqlite")
        before = zone.queries.copy()
        second = look_up(zone, domains, cache=tmp_path / "dns.sqlite")

    assert zone.queries == before
    assert second == first


def test_domains_whose_mx_is_kept_while_their_common_host_is_not_are_all_judged(tmp_path):
    domains = domains_of(1500)
    with ZoneServer(zone_of(0)) as zone:
        with AnswerStore(tmp_path / "dns.sqlite", servers=zone.address) as store:
            for domain in domains:
                store.put(Question(domain, "MX"), Answer("found", ((10, "mx.acme.example"),), ttl_s=900))
        found = look_up(zone, domains, cache=tmp_path / "dns.sqlite")

    assert Counter(map(str, found.values())) == {"accepts": 1500}
    assert {name for name, _ in zone.queries if name.endswith(".example")} == {"mx.acme.example"}


def test_a_cache_that_cannot_be_used_is_told_before_anything_is_asked(tmp_path, names):
    with pytest.raises(CacheError, match="cache=None"):
        Resolver(nameservers=[names.address], cache=tmp_path)


@pytest.mark.long
def test_lost_datagrams_are_sent_again(faulty):
    draw = random.Random(5)
    server = faulty(zone_of(300), lambda wire: [wire] if draw.random() > 0.2 else [])

    found = look_up(server, domains_of(300))

    assert Counter(map(str, found.values())) == {"accepts": 300}


@pytest.mark.long
@pytest.mark.parametrize("refuse", [False, True])
def test_a_server_that_bears_little_decides_every_domain(faulty, refuse):
    credit, at = 20.0, time.monotonic()

    def limit(wire):
        nonlocal credit, at
        now = time.monotonic()
        credit, at = min(credit + (now - at) * 400, 20), now
        if credit >= 1:
            credit -= 1
            return [wire]
        return [wire[:3] + bytes([wire[3] & 0xF0 | 5]) + wire[4:6] + bytes(6) + wire[12:]] if refuse else []

    found = look_up(faulty(zone_of(800), limit), domains_of(800))

    assert Counter(map(str, found.values())) == {"accepts": 800}


def test_answers_in_another_order_and_twice_find_their_questions(faulty):
    held = []

    def shuffle(wire):
        held.append(wire)
        if len(held) < 7:
            return []
        out = [*held[::-1], *held]
        held.clear()
        return out

    zone = {**{f"n{number}.example": ["MX 0 ."] for number in range(100)}, **zone_of(100)}
    domains = [name for name in zone if name != "mx.acme.example"]

    found = look_up(faulty(zone, shuffle), domains)

    assert {name: found[name].code for name in domains} == {
        name: "null_mx" if name.startswith("n") else "accepts" for name in domains
    }


def forge(wire, *, ident=0, name=None):
    """A lie: null MX, under another id or for another name."""
    message = dns.message.from_wire(wire)
    question = name or message.question[0].name.to_text()
    lie = dns.message.make_response(dns.message.make_query(question, "MX", id=(message.id + ident) % 65536))
    lie.answer.append(dns.rrset.from_text(question, 300, "IN", "MX", "0 ."))
    return lie.to_wire()


@pytest.mark.parametrize(
    "lie",
    [
        lambda wire: forge(wire, ident=1),
        lambda wire: forge(wire, name="other.example."),
        lambda wire: wire[:2] + random.Random(3).randbytes(200),
        lambda wire: wire[:2],
        lambda wire: wire + bytes(5000),
        lambda wire: wire[:-3],
        lambda wire: wire[:2] + bytes([wire[2] & 0x7F]) + wire[3:],
    ],
    ids=["id", "question", "noise", "short", "oversized", "cut", "query"],
)
def test_what_is_no_answer_to_our_question_is_ignored(faulty, lie):
    server = faulty(zone_of(20), lambda wire: [lie(wire), wire])

    found = look_up(server, domains_of(20))

    assert Counter(map(str, found.values())) == {"accepts": 20}


def test_an_answer_from_another_port_is_not_heard(faulty):
    liar = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    liar.bind(("127.0.0.1", 0))

    server = faulty(zone_of(1))
    with liar, Engine([NameServer("127.0.0.1", server.port)], patience_s=1, window=10) as engine:
        engine.ask(Question("d0.example", "MX"))
        for channel in engine.links[0].channels:
            for ident in range(0, 65536, 64):
                liar.sendto(
                    forge(dns.message.make_query("d0.example", "MX", id=ident).to_wire()),
                    channel.socket.getsockname(),
                )
        answers = dict(engine.answers())

    assert answers[Question("d0.example", "MX")].records == ((10, "mx.acme.example"),)


def test_a_server_that_does_not_know_edns_is_asked_without(faulty):
    def old(wire):
        message = dns.message.from_wire(wire)
        if message.edns < 0:
            return [wire]
        return [wire[:2] + b"\x81\x81" + bytes(8)]

    assert look_up(faulty(zone_of(3), old), domains_of(3))["d2.example"].code == "accepts"


def test_several_resolvers_share_the_work_and_one_that_is_dead_is_made_up_for(faulty):
    mute = faulty(zone_of(0), lambda wire: [])
    with ZoneServer(zone_of(120)) as one, ZoneServer(zone_of(120)) as two:
        both = Resolver(nameservers=[one.address, two.address]).look_up(domains_of(120))
        half = Resolver(nameservers=[mute.address, two.address]).look_up(domains_of(120))

    assert min(one.queries.total(), two.queries.total()) > 30
    assert Counter(map(str, both.values())) == Counter(map(str, half.values())) == {"accepts": 120}


def test_a_question_for_one_resolver_is_put_to_no_other():
    questions = [Question(domain, "MX") for domain in domains_of(40)]
    with ZoneServer(zone_of(40)) as one, ZoneServer(zone_of(40)) as two:
        servers = [NameServer("127.0.0.1", int(each.address.rpartition(":")[2])) for each in (one, two)]
        with Engine(servers, patience_s=5, window=100) as engine:
            for question in questions:
                engine.ask(question, only=engine.links[1])
            found = dict(engine.answers())

    assert {found[question].state for question in questions} == {"found"}
    assert (one.queries.total(), two.queries.total() >= 40) == (0, True)


def test_a_resolver_that_refuses_or_fails_is_made_up_for_by_another():
    with (
        ZoneServer(zone_of(40)) as good,
        ZoneServer({}, default=["REFUSED"]) as shy,
        ZoneServer({}, default=["SERVFAIL"]) as sick,
    ):
        found = Resolver(nameservers=[shy.address, sick.address, good.address]).look_up(domains_of(40))

    assert Counter(map(str, found.values())) == {"accepts": 40}


@pytest.mark.long
def test_a_thousand_dead_domains_end_within_the_deadline_and_the_others_are_decided():
    dead = {f"dead{number}.example": ["DROP"] for number in range(1000)}
    with ZoneServer({**zone_of(50), **dead}) as zone:
        found = look_up(zone, [*dead, *domains_of(50)], timeout_s=1.0, deadline_s=20)

    told = Counter((verdict.code, verdict.cause) for verdict in found.values())
    assert told == {("accepts", ""): 50, ("dns_unknown", "timeout"): 1000}


def test_what_is_undecided_at_the_deadline_is_unknown_and_not_kept():
    with ZoneServer({"mute.example": ["DROP"], **zone_of(1)}) as zone:
        resolver = Resolver(nameservers=[zone.address], deadline_s=0.5)
        found = resolver.look_up(["mute.example", "d0.example"])
        again = resolver.look_up(["mute.example", "d0.example"])

    for verdicts in (found, again):
        assert (verdicts["mute.example"].cause, verdicts["mute.example"].cached) == ("deadline", False)
        assert verdicts["d0.example"].code == "accepts"


def test_an_interrupt_ends_the_run_and_keeps_what_is_known(tmp_path):
    def stop(done, total):
        raise KeyboardInterrupt

    cache = tmp_path / "dns.sqlite"
    with ZoneServer({"mute.example": ["DROP"], "null.example": ["MX 0 ."]}) as zone:
        with pytest.raises(KeyboardInterrupt):
            look_up(zone, ["null.example"], cache=cache, progress=stop)
        before = zone.queries["null.example", "MX"]
        kept = look_up(zone, ["null.example"], cache=cache)["null.example"]

    assert before == zone.queries["null.example", "MX"] == 1
    assert (kept.code, kept.cached) == ("null_mx", True)


def test_a_look_up_works_where_an_event_loop_runs_already(names):
    async def notebook_cell():
        return look_up(names, ["acme.example"])

    assert asyncio.run(notebook_cell())["acme.example"].code == "accepts"


@pytest.mark.parametrize(
    ("default", "codes"),
    [
        (["A 192.0.2.80"], {"acme.example": "accepts", "gone.example": "dns_unknown", "null.example": "null_mx"}),
        (
            ["A 192.0.2.80", "MX 10 x.test."],
            dict.fromkeys(["acme.example", "gone.example", "null.example"], "dns_unknown"),
        ),
    ],
)  # fmt: skip
def test_a_resolver_that_answers_everything_is_reported_and_not_believed(tmp_path, caplog, default, codes):
    zone = {"acme.example": ["MX 10 mx.acme.example."], "null.example": ["MX 0 ."]}
    with ZoneServer(zone, default=default) as captive:
        resolver = Resolver(nameservers=[captive.address], cache=tmp_path / "dns.sqlite")
        found = resolver.look_up(list(codes))

    assert {domain: verdict.code for domain, verdict in found.items()} == codes
    assert found["gone.example"].cause == "captive"
    assert "names that do not exist" in resolver.warnings[0]
    assert "names that do not exist" in caplog.text


def test_a_resolver_that_never_answers_stops_the_run():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        resolver = Resolver(nameservers=[f"127.0.0.1:{deaf.getsockname()[1]}"], timeout_s=0.2)

        with pytest.raises(ResolverError, match=r"answered .*resolver=None"):
            resolver.look_up(["acme.example", "bolt.example"])


def test_a_port_where_nobody_listens_stops_the_run():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{closed.getsockname()[1]}"

    with pytest.raises(ResolverError, match=r"can be reached .*nameservers=.*resolver=None"):
        Resolver(nameservers=[address], timeout_s=3).look_up(["acme.example"])


@pytest.mark.parametrize("answer", ["REFUSED", "SERVFAIL"])
def test_a_resolver_without_one_sound_answer_stops_the_run(answer):
    with ZoneServer({}, default=[answer]) as useless, pytest.raises(ResolverError, match="sound answer"):
        look_up(useless, domains_of(80))


def test_the_environment_names_the_resolver(names, monkeypatch):
    monkeypatch.setenv("HYGIENE_RESOLVER", names.address)

    assert Resolver().look_up(["null.example"])["null.example"].code == "null_mx"


@pytest.mark.parametrize(
    "server", ["", "dns.example", "127.0.0.1:x", "127.0.0.1:0", "300.1.1.1", "[::1]:70000"]
)
def test_a_resolver_that_is_no_address_is_refused(server):
    with pytest.raises(UsageError, match="nameservers="):
        Resolver(nameservers=[server])


@pytest.mark.parametrize("limit", ["timeout_s", "deadline_s", "window", "rate_per_s"])
def test_a_limit_must_be_above_nothing(limit):
    with pytest.raises(UsageError, match=limit):
        Resolver(nameservers=["127.0.0.1"], **{limit: 0})


def test_a_name_is_looked_up_however_it_is_written():
    with ZoneServer({"xn--mller-kva.example": ["MX 0 ."], "acme.example": ["MX 0 ."]}) as zone:
        found = look_up(
            zone, ["Müller.example", "acme.example", "ACME.example", "acme.example.", "a..example"]
        )

    assert {domain: str(verdict) for domain, verdict in found.items()} == {
        "Müller.example": "null_mx",
        "acme.example": "null_mx",
        "ACME.example": "null_mx",
        "acme.example.": "null_mx",
        "a..example": "dns_unknown",
    }
    assert zone.queries["acme.example", "MX"] == 1


def test_one_text_is_no_list_of_domains_or_servers(names):
    with pytest.raises(UsageError, match="one text"):
        look_up(names, "acme.example")
    with pytest.raises(UsageError, match="nameservers="):
        Resolver(nameservers=names.address)


@pytest.mark.parametrize("limit", ["5", (5,), float("nan")])
def test_a_limit_of_another_kind_is_refused(limit):
    with pytest.raises(UsageError, match="timeout_s"):
        Resolver(nameservers=["127.0.0.1"], timeout_s=limit)


def test_the_window_bounds_what_waits_for_an_answer(faulty):
    waiting, most = [], []

    def count(wire):
        waiting.append(wire)
        most.append(len(waiting))
        return [waiting.pop() for _ in range(len(waiting))] if len(waiting) >= 4 else []

    found = look_up(faulty(zone_of(40), count), domains_of(40), window=4)

    assert Counter(map(str, found.values())) == {"accepts": 40}
    assert max(most) <= 4


def test_clean_takes_a_dictionary_of_verdicts_and_leaves_the_rest_unchecked():
    import pandas as pd

    frame = pd.DataFrame({"email": ["a@null.example", "b@acme.example"]})

    cleaned = hygiene.clean(frame, resolver={"null.example": DomainVerdict("null_mx")})

    assert cleaned.verdicts["outcome"].tolist() == ["undeliverable", "ready"]
    assert cleaned.verdicts["domain_verdict"].isna().tolist() == [False, True]
