import socket

import pytest

from hygiene.emulator import ZoneServer
from hygiene.errors import ResolverError, UsageError
from hygiene.resolver import Resolver


@pytest.mark.parametrize(
    ("domain", "code", "cause", "hosts"),
    [
        ("acme.example", "accepts", "", ("mx.acme.example",)),
        ("implicit.example", "accepts_implicit", "", ("implicit.example",)),
        ("null.example", "null_mx", "", ()),
        ("hostless.example", "no_mail_host", "", ()),
        ("gone.example", "domain_not_found", "", ()),
        ("flaky.example", "dns_unknown", "servfail", ()),
        ("shy.example", "dns_unknown", "refused", ()),
    ],
)
def test_each_kind_of_answer_has_its_verdict(names, domain, code, cause, hosts):
    verdict = Resolver(nameservers=[names.address]).look_up([domain])[domain]

    assert (verdict.code, verdict.cause, verdict.hosts) == (code, cause, hosts)


def test_a_silent_name_server_for_one_domain_leaves_it_unknown():
    with ZoneServer({"mute.example": ["DROP"], "acme.example": ["MX 10 mx.acme.example."]}) as zone:
        found = Resolver(nameservers=[zone.address], timeout_s=0.3).look_up(["mute.example", "acme.example"])

    assert (found["mute.example"].code, found["mute.example"].cause) == ("dns_unknown", "timeout")
    assert found["acme.example"].code == "accepts"


def test_each_domain_is_asked_for_once_and_progress_is_told(names):
    before, told = names.queries.copy(), []

    resolver = Resolver(nameservers=[names.address], progress=lambda done, total: told.append((done, total)))
    resolver.look_up(["acme.example", "bolt.example", "acme.example"])

    asked = names.queries - before
    assert asked == {("acme.example", "MX"): 1, ("bolt.example", "MX"): 1}
    assert told == [(1, 2), (2, 2)]


def test_a_resolver_that_never_answers_stops_the_run():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        resolver = Resolver(nameservers=[f"127.0.0.1:{deaf.getsockname()[1]}"], timeout_s=0.2)

        with pytest.raises(ResolverError, match="--no-dns"):
            resolver.look_up(["acme.example", "bolt.example"])


def test_the_environment_names_the_resolver(names, monkeypatch):
    monkeypatch.setenv("HYGIENE_RESOLVER", names.address)

    assert Resolver().look_up(["null.example"])["null.example"].code == "null_mx"


@pytest.mark.parametrize("server", ["", "dns.example", "127.0.0.1:x", "127.0.0.1:0", "300.1.1.1"])
def test_a_resolver_that_is_no_address_is_refused(server):
    with pytest.raises(UsageError, match="--resolver"):
        Resolver(nameservers=[server])
