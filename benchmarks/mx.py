"""MX look-ups: `hygiene.Resolver` beside `dns.asyncresolver` with 100 tasks, against a server 20 to 50 ms away.

    python benchmarks/mx.py [--size 20000] [--rounds 3]

Needs nsd and a C compiler (Debian: apt-get install nsd gcc libc6-dev). Both ways ask the same questions about
the same made-up domains and judge with the same code; what differs is how the questions travel.
"""

import argparse
import asyncio
import contextlib
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import dns.asyncresolver
import dns.exception
import dns.nameserver
import dns.resolver

from hygiene.deliverability import Answer, DomainVerdict, Inquiry, Question
from hygiene.resolver import Resolver

HERE = Path(__file__).parent

#: Kinds of domain and their share in percent. `broken.test` is a zone without data, which nsd answers SERVFAIL.
KINDS = {
    "shared": 55, "own": 22, "implicit": 6, "alias": 2, "gone": 6, "null": 2, "hostless": 3, "dead": 2, "private": 1,
    "broken": 1,
}  # fmt: skip
BIG_HOSTS = [f"mx{number}.bighost.test" for number in range(40)]
TASKS = 100
LIMIT_PER_S = 2000


def make_domains(size: int) -> dict[str, str]:
    """Domain to kind, shuffled."""
    draw = random.Random(4)
    kinds = [kind for kind, share in KINDS.items() for _ in range(size * share // 100)]
    kinds += ["shared"] * (size - len(kinds))
    draw.shuffle(kinds)
    return {
        f"{kind}{number}.{'broken.test' if kind == 'broken' else 'test'}": kind
        for number, kind in enumerate(kinds)
    }


def make_zone(domains: Mapping[str, str]) -> Iterator[str]:
    """The lines of the zone file."""
    yield "$TTL 300"
    yield "@ SOA ns.test. hostmaster.test. 1 3600 600 86400 300"
    yield "@ NS ns.test."
    yield "ns.test. A 192.0.2.53"
    for host in BIG_HOSTS:
        yield f"{host}. A 192.0.2.1"
    for number, (domain, kind) in enumerate(domains.items()):
        big = BIG_HOSTS[number % len(BIG_HOSTS)]
        yield from {
            "shared": [f"{domain}. MX 10 {big}.", f"{domain}. MX 20 {BIG_HOSTS[number % 7]}."],
            "own": [f"{domain}. MX 10 mail.{domain}.", f"mail.{domain}. A 192.0.2.2"],
            "implicit": [f"{domain}. A 192.0.2.3"],
            "alias": [f"{domain}. CNAME target.{domain}.", f"target.{domain}. MX 10 {big}."],
            "null": [f"{domain}. MX 0 ."],
            "hostless": [f'{domain}. TXT "parked"'],
            "dead": [f"{domain}. MX 10 mail.nowhere{number}.test."],
            "private": [f"{domain}. MX 10 mail.{domain}.", f"mail.{domain}. A 10.0.0.1"],
        }.get(kind, [])


@contextlib.contextmanager
def near_server(domains: Mapping[str, str]) -> Iterator[int]:
    """Debian's nsd with the zone on loopback; gives its port."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        zone, settings = Path(folder, "zone"), Path(folder, "nsd.conf")
        zone.write_text("\n".join(make_zone(domains)) + "\n", encoding="ascii")
        settings.write_text(
            f'server:\n ip-address: 127.0.0.1\n port: {port}\n username: ""\n chroot: ""\n zonesdir: "{folder}"\n'
            f' pidfile: "{folder}/pid"\n xfrdfile: "{folder}/xfrd"\n database: ""\n zonelistfile: "{folder}/zones"\n'
            f" rrl-ratelimit: 0\n verbosity: 0\n receive-buffer-size: 8388608\n send-buffer-size: 8388608\n"
            f"remote-control:\n control-enable: no\n"
            f'zone:\n name: "."\n zonefile: "{zone}"\nzone:\n name: "broken.test"\n zonefile: "{folder}/none"\n',
            encoding="ascii",
        )
        program = shutil.which("nsd") or "/usr/sbin/nsd"
        with subprocess.Popen([program, "-d", "-c", settings], stderr=subprocess.DEVNULL) as server:
            try:
                wait_for(port)
                yield port
            finally:
                server.terminate()


def wait_for(port: int) -> None:
    """Wait until the server answers."""
    ask = dns.resolver.Resolver(configure=False)
    ask.nameservers = [dns.nameserver.Do53Nameserver("127.0.0.1", port)]
    ask.resolve("ns.test", "A", lifetime=30)


@contextlib.contextmanager
def far_server(program: Path, port: int, *, limit_per_s: int = 0, way: str = "drop") -> Iterator[int]:
    """The near server behind 20 to 50 ms; gives its port."""
    command = [str(program), str(port), "20", "50", str(limit_per_s), way]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        if server.stdin is None or server.stdout is None:
            sys.exit("mx: the far server has no pipes")
        yield int(server.stdout.readline())
        server.stdin.close()


def look_up_here(domains: list[str], port: int) -> Mapping[str, DomainVerdict]:
    """All domains through `hygiene.Resolver`."""
    return Resolver(nameservers=[f"127.0.0.1:{port}"]).look_up(domains)


def look_up_there(domains: list[str], port: int) -> Mapping[str, DomainVerdict]:
    """All domains through `dns.asyncresolver`; equal questions are joined there too."""
    return asyncio.run(_look_up_there(domains, port))


async def _look_up_there(domains: list[str], port: int) -> Mapping[str, DomainVerdict]:
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = [dns.nameserver.Do53Nameserver("127.0.0.1", port)]
    answers: dict[Question, asyncio.Future[Answer]] = {}
    verdicts: dict[str, DomainVerdict] = {}
    queue = iter(domains)

    async def work() -> None:
        for domain in queue:
            inquiry = Inquiry(domain)
            while (question := inquiry.question) is not None:
                if question not in answers:
                    answers[question] = asyncio.ensure_future(_resolve(resolver, question))
                inquiry.take(await answers[question])
            verdicts[domain] = inquiry.verdict

    await asyncio.gather(*(work() for _ in range(TASKS)))
    return verdicts


async def _resolve(resolver: dns.asyncresolver.Resolver, question: Question) -> Answer:
    try:
        found = await resolver.resolve(question.name, question.kind, search=False)
    except dns.resolver.NXDOMAIN:
        return Answer("no_name")
    except dns.resolver.NoAnswer:
        return Answer("no_data")
    except dns.exception.Timeout:
        return Answer("unknown", cause="timeout")
    except dns.exception.DNSException as error:
        return Answer("unknown", cause="refused" if "REFUSED" in str(error) else "servfail")
    if question.kind == "MX":
        return Answer(
            "found", tuple((each.preference, str(each.exchange).rstrip(".").lower()) for each in found)
        )
    return Answer("found", tuple(each.to_text().strip('"') for each in found))


def measure(
    way: Callable[[list[str], int], Mapping[str, DomainVerdict]], domains: list[str], port: int
) -> tuple[float, float, Mapping[str, DomainVerdict]]:
    """Look-ups a second, seconds of processor time, and the verdicts."""
    started, used = time.perf_counter(), time.process_time()
    verdicts = way(domains, port)
    return len(domains) / (time.perf_counter() - started), time.process_time() - used, verdicts


def table(verdicts: Mapping[str, DomainVerdict]) -> Counter[str]:
    """Verdicts by code and cause."""
    return Counter(f"{verdict.code} {verdict.cause}".strip() for verdict in verdicts.values())


def compare(program: Path, port: int, domains: list[str], rounds: int) -> None:
    """Both ways side by side, in turn."""
    ratios, cpu_ratios = [], []
    for number in range(rounds):
        with far_server(program, port) as far:
            ours, our_cpu, found = measure(look_up_here, domains, far)
        with far_server(program, port) as far:
            theirs, their_cpu, expected = measure(look_up_there, domains, far)
        ratios.append(ours / theirs)
        cpu_ratios.append(their_cpu / our_cpu)
        same = sum(found[domain] == expected[domain] for domain in domains)
        print(
            f"round {number + 1}: hygiene.Resolver {ours:8.0f}/s   dns.asyncresolver({TASKS}) {theirs:8.0f}/s   "
            f"{ours / theirs:5.1f} times, {their_cpu / our_cpu:5.1f} by processor time   "
            f"{same} of {len(domains)} verdicts the same"
        )
    print(
        f"median {statistics.median(ratios):.1f} times, {statistics.median(cpu_ratios):.1f} by processor time"
    )
    print(f"\n{'verdict':24}{'hygiene.Resolver':>20}{'dns.asyncresolver':>20}")
    here, there = table(found), table(expected)
    for code in sorted(here | there):
        print(f"{code:24}{here[code]:20}{there[code]:20}")


def press(program: Path, port: int, domains: list[str], way: str) -> None:
    """Against a server that answers `LIMIT_PER_S` queries a second and turns the others away."""
    with far_server(program, port) as far:
        _, _, free = measure(look_up_here, domains, far)
    with far_server(program, port, limit_per_s=LIMIT_PER_S, way=way) as far:
        started = time.perf_counter()
        _, _, found = measure(look_up_here, domains, far)
        took_s = time.perf_counter() - started
    questions = len(set(asked(domains, free)))
    undecided = sum(found[domain] != free[domain] for domain in domains)
    print(
        f"limit {LIMIT_PER_S}/s, {way:6}: {questions / took_s:6.0f} questions decided a second, "
        f"{questions / took_s / LIMIT_PER_S:4.0%} of the limit; "
        f"{undecided} of {len(domains)} domains undecided or changed"
    )


def asked(domains: list[str], verdicts: Mapping[str, DomainVerdict]) -> Iterator[Question]:
    """The questions that had to be answered, told from the verdicts."""
    for domain in domains:
        code, hosts = verdicts[domain].code, verdicts[domain].hosts
        yield Question(domain, "MX")
        if code in ("accepts", "mail_host_unroutable"):
            yield Question(hosts[0], "A")
        if code in ("accepts_implicit", "no_mail_host"):
            yield Question(domain, "A")
            yield Question(domain, "TXT" if code == "accepts_implicit" else "AAAA")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=20_000, help="domains")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    compiler = shutil.which("cc")
    if compiler is None or not (shutil.which("nsd") or Path("/usr/sbin/nsd").exists()):
        sys.exit("mx: needs nsd and a C compiler: apt-get install nsd gcc libc6-dev")
    domains = make_domains(options.size)
    names = list(domains)
    with tempfile.TemporaryDirectory() as folder, near_server(domains) as port:
        program = Path(folder, "far_server")
        subprocess.run([compiler, "-O2", "-o", program, HERE / "far_server.c"], check=True)
        compare(program, port, names, options.rounds)
        for way in ("drop", "refuse"):
            press(program, port, names, way)


if __name__ == "__main__":
    main()
