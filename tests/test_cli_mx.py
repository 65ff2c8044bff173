"""The verb that looks domains up, and the options about DNS that verbs share."""

import io
import json
import socket

import pytest

from hygiene.emulator import ZoneServer


def test_mx_prints_one_line_a_domain(run, names):
    code, out, err = run("mx", "acme.example", "Null.example.", "flaky.example", "--resolver", names.address)

    assert (code, err) == (0, "servfail: the name server answered SERVFAIL or the like each time\n")
    assert [line.split() for line in out.splitlines()] == [
        ["acme.example", "accepts", "-", "60", "s", "fresh", "mx.acme.example"],
        ["null.example", "null_mx", "-", "60", "s", "fresh"],
        ["flaky.example", "dns_unknown", "servfail", "60", "s", "fresh"],
    ]


def test_mx_explains_each_cause_once_and_not_in_quiet(run, names):
    domains = (
        "flaky.example",
        "shy.example",
        "www.flaky.example",
        "--resolver",
        names.address,
        "--no-dns-cache",
    )

    _, _, told = run("mx", *domains)
    _, _, quiet = run("mx", *domains, "--quiet")
    _, _, plain = run("mx", *domains, "--format", "json")

    assert [line.partition(":")[0] for line in told.splitlines()] == ["servfail", "refused"]
    assert (quiet, plain) == ("", "")


def test_mx_says_what_was_known_from_before(run, names):
    run("mx", "acme.example", "--resolver", names.address)

    _, kept, _ = run("mx", "acme.example", "--resolver", names.address)
    _, fresh, _ = run("mx", "acme.example", "--resolver", names.address, "--no-dns-cache")

    assert " cached " in kept
    assert " fresh " in fresh


def test_mx_prints_one_object_as_json(run, names):
    code, out, _ = run(
        "mx", "implicit.example", "gone.example", "--format", "json", "--resolver", names.address
    )

    assert code == 0
    assert json.loads(out) == {
        "schema": "hygiene.mx/1",
        "domains": [
            {
                "domain": "implicit.example", "verdict": "accepts_implicit", "cause": None,
                "hosts": ["implicit.example"], "notes": [], "ttl_s": 60, "cached": False,
            },
            {
                "domain": "gone.example", "verdict": "domain_not_found", "cause": None, "hosts": [], "notes": [],
                "ttl_s": 60, "cached": False,
            },
        ],
    }  # fmt: skip


def test_mx_reads_standard_input_and_writes_domains_as_a_labels(run, names, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("acme.example\n\nmüller.example\nacme.example\n"))

    code, out, _ = run("mx", "-", "--resolver", names.address)

    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["acme.example", "xn--mller-kva.example"]


@pytest.mark.parametrize(
    "name", ["nodot", "a..example", "x-.example", "server.local", "a@b.example", "\x1b[31m.example"]
)
def test_mx_refuses_what_is_no_domain(run, names, name):
    code, out, err = run("mx", "acme.example", name, "--resolver", names.address)

    assert (code, out) == (2, "")
    assert "expected a domain" in err
    assert "\x1b" not in err


def test_a_resolver_that_cannot_be_reached_is_exit_4_with_the_way_out(run, write):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{closed.getsockname()[1]}"
    leads = write("leads.csv", "email\nann@acme.example\n")

    looked, _, error = run("mx", "acme.example", "--resolver", address)
    checked, out, _ = run("check", leads, "--resolver", address, "--format", "json")

    assert looked == checked == 4
    assert "--no-dns" in error
    assert "can be reached" in json.loads(out)["run"]["error"]


def test_a_captive_resolver_is_warned_about(run, write):
    with ZoneServer({}, default=["A 192.0.2.80"]) as captive:
        _, _, looked = run("mx", "acme.example", "--resolver", captive.address)
        leads = write("leads.csv", "email\nann@acme.example\n")
        _, out, checked = run("check", leads, "--resolver", captive.address, "--format", "json")

    assert "warning: the name server" in looked
    assert "warning: the name server" in checked
    assert json.loads(out)["outcomes"]["review"] == 1


def test_a_cache_that_was_named_must_work_and_the_usual_one_may_fail(run, names, tmp_path, monkeypatch):
    named, _, error = run("mx", "acme.example", "--resolver", names.address, "--dns-cache", tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    (tmp_path / "file").write_text("in the way")
    usual, out, warning = run("mx", "acme.example", "--resolver", names.address)

    assert (named, "--no-dns-cache" in error) == (2, True)
    assert (usual, "accepts" in out, "Going on without" in warning) == (0, True, True)


def test_a_cache_can_be_named_and_both_words_about_it_cannot(run, names, tmp_path):
    cache = tmp_path / "answers.sqlite"
    code, _, _ = run("mx", "acme.example", "--resolver", names.address, "--dns-cache", cache)
    both, _, error = run("mx", "acme.example", "--dns-cache", cache, "--no-dns-cache")

    assert code == 0
    assert cache.exists()
    assert (both, "one of the two" in error) == (2, True)


def test_limits_reach_the_resolver(run):
    with ZoneServer({"mute.example": ["DROP"]}) as zone:
        code, out, _ = run(
            "mx", "mute.example", "--resolver", zone.address, "--dns-deadline", "0.3", "--dns-rate", "50",
            "--dns-window", "5", "--dns-timeout", "9",
        )  # fmt: skip

    assert (code, out.split()[1:3]) == (0, ["dns_unknown", "deadline"])


@pytest.mark.parametrize("option", ["--dns-rate", "--dns-window", "--dns-timeout", "--dns-deadline"])
def test_a_limit_of_nothing_is_refused(run, option):
    code, _, err = run("mx", "acme.example", option, "0")

    assert code == 2
    assert option in err
