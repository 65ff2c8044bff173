"""The resolver against a name server that is not ours: Debian's nsd. The test is there where nsd is."""

import shutil
import socket
import subprocess
import time
from collections import Counter
from contextlib import contextmanager, suppress

from hygiene.deliverability import Question
from hygiene.resolver import Resolver
from hygiene.resolver.engine import Engine
from hygiene.resolver.nameservers import NameServer

NSD = shutil.which("nsd") or shutil.which("nsd", path="/usr/sbin")

ZONE = """$TTL 300
@ SOA ns.test. hostmaster.test. 1 3600 600 86400 90
@ NS ns.test.
ns.test. A 192.0.2.53
mx.test. AAAA 2001:db8::25
null.test. MX 0 .
implicit.test. A 192.0.2.1
implicit.test. TXT "v=spf1 -all"
hostless.test. TXT "parked"
alias.test. CNAME d0.test.
inside.test. MX 10 mx.inside.test.
mx.inside.test. A 192.168.0.1
dead.test. MX 10 mx.nowhere.test.
"""
WIDE = "".join(f"wide.test. MX {number} mx{number}.{'x' * 50}.test.\n" for number in range(99))
SHARED = "".join(f"d{number}.test. MX 10 mx.test.\n" for number in range(500))
EXPECTED = {
    "null.test": "null_mx", "implicit.test": "accepts_implicit", "hostless.test": "no_mail_host",
    "alias.test": "accepts",
    "inside.test": "mail_host_unroutable", "dead.test": "mail_host_unroutable", "gone.test": "domain_not_found",
    "sick.broken": "dns_unknown",
}  # fmt: skip


def free_port():
    """A port that is free for datagrams and for streams."""
    while True:
        with (
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as streams,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
        ):
            streams.bind(("127.0.0.1", 0))
            port = streams.getsockname()[1]
            with suppress(OSError):  # another has it for datagrams
                datagrams.bind(("127.0.0.1", port))
                return port


@contextmanager
def serving(folder):
    """Run nsd with the zone; gives its port."""
    port = free_port()
    (folder / "zone").write_text(ZONE + WIDE + SHARED)
    (folder / "nsd.conf").write_text(
        f'server:\n ip-address: 127.0.0.1\n port: {port}\n username: ""\n chroot: ""\n zonesdir: "{folder}"\n'
        f' pidfile: "{folder}/pid"\n xfrdfile: "{folder}/xfrd"\n database: ""\n zonelistfile: "{folder}/zones"\n'
        f" rrl-ratelimit: 0\nremote-control:\n control-enable: no\n"
        f'zone:\n name: "."\n zonefile: "{folder}/zone"\nzone:\n name: "broken"\n zonefile: "{folder}/none"\n'
    )
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen([NSD, "-d", "-c", folder / "nsd.conf"], stderr=log) as nsd,
    ):
        try:
            assert is_up(port), (folder / "log").read_text()
            yield port
        finally:
            nsd.terminate()


def is_up(port, patience_s=20):
    """Whether the server comes to answer."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        with Engine([NameServer("127.0.0.1", port)], patience_s=0.2, window=1) as engine:
            engine.ask(Question("ns.test", "A"))
            if next(iter(engine.answers()))[1].state == "found":
                return True
    return False


if NSD:

    def test_a_server_of_debian_is_understood(tmp_path):
        with serving(tmp_path) as port:
            resolver = Resolver(nameservers=[f"127.0.0.1:{port}"])
            found = resolver.look_up([*EXPECTED, *(f"d{number}.test" for number in range(500))])
            wide = resolver.look_up(["wide.test"])["wide.test"]

        assert {domain: found[domain].code for domain in EXPECTED} == EXPECTED
        assert Counter(map(str, found.values()))["accepts"] == 501
        assert found["gone.test"].ttl_s == 90
        assert (wide.code, len(wide.hosts)) == ("accepts", 99)
        assert resolver.warnings == ()


def test_the_expected_verdicts_are_of_every_kind():
    from hygiene.deliverability import REASON_OF

    assert set(EXPECTED.values()) >= set(REASON_OF)
