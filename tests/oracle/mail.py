"""What DNS records mean for mail to a domain. Source: docs/deliverability.md."""

import ipaddress
from random import Random

#: The networks that the page names: private, shared, loopback, link-local, multicast, reserved.
NO_WAY = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.168.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::1/128", "fc00::/7", "fe80::/10", "ff00::/8",
    )
]  # fmt: skip
PUBLIC = ["A 192.0.2.1", "A 203.0.113.9", "AAAA 2001:db8::1"]
PRIVATE = ["A 10.0.0.1", "A 127.0.0.1", "A 100.64.1.1", "A 169.254.0.7", "AAAA fd00::1", "AAAA ::1"]
UNKNOWN = ["SERVFAIL", "REFUSED"]

HOSTS = {
    "good.hosts.example": ["A 192.0.2.1"],
    "six.hosts.example": ["AAAA 2001:db8::1"],
    "both.hosts.example": ["A 10.0.0.1", "AAAA 2001:db8::1"],
    "alias.hosts.example": ["CNAME good.hosts.example."],
    "inside.hosts.example": ["A 10.0.0.1", "AAAA fd00::1"],
    "bare.hosts.example": ['TXT "nothing else"'],
    "sick.hosts.example": ["SERVFAIL"],
}
#: Also such as do not exist or are none.
NAMED = [*HOSTS, "gone.hosts.example", "localhost", "192.0.2.1", ""]


def draw_zone(names: list[str], draw: Random) -> dict[str, list[str]]:
    """Records for some of these names, of every kind that the page tells apart."""
    zone = dict(HOSTS)
    for name in names:
        match draw.randrange(12):
            case 0:
                pass  # the name does not exist
            case 1:
                zone[name] = [draw.choice(UNKNOWN)]
            case 2:
                zone[name] = ["MX 0 ."]
            case 3:
                zone[name] = ['TXT "parked"']
            case 4:
                zone[name] = draw.sample(PUBLIC + PRIVATE, draw.randint(1, 3))
            case 5:
                zone[name] = [
                    f"CNAME {draw.choice(['good.hosts', 'inside.hosts', 'gone.hosts', 'bare.hosts'])}.example."
                ]
            case 6:
                zone[name] = [
                    f"MX {draw.randrange(50)} {host}." for host in draw.sample(NAMED, draw.randint(1, 3))
                ]
            case _:
                zone[name] = ["MX 10 good.hosts.example."]
    return zone


def judge(domain: str, zone: dict[str, list[str]]) -> str:
    """The verdict for a domain by the records of a zone."""
    exchanges = ask(domain, "MX", zone)
    if exchanges == "unknown":
        return "dns_unknown"
    if exchanges == "no name":
        return "domain_not_found"
    if exchanges:
        hosts = [exchange.split()[1].rstrip(".") for exchange in exchanges]
        if hosts == [""]:
            return "null_mx"
        return "accepts" if any(may_be_reached(host, zone) for host in hosts) else "mail_host_unroutable"
    addresses = [*ask(domain, "A", zone), *ask(domain, "AAAA", zone)]
    if any(map(is_public, addresses)):
        return "accepts_implicit"
    return "mail_host_unroutable" if addresses else "no_mail_host"


def ask(name: str, kind: str, zone: dict[str, list[str]]) -> list[str] | str:
    """The values of the records of a kind, "no name", or "unknown"."""
    records = zone.get(name)
    if records is None:
        return [] if any(other.endswith("." + name) for other in zone) else "no name"
    if records[0] in UNKNOWN:
        return "unknown"
    if records[0].startswith("CNAME "):
        return ask(records[0].split()[1].rstrip("."), kind, zone)
    return [text.split(" ", 1)[1] for text in records if text.startswith(kind + " ")]


def may_be_reached(host: str, zone: dict[str, list[str]]) -> bool:
    """Whether a mail host can be reached or may be."""
    if host in ("", "localhost") or host.replace(".", "").isdecimal():
        return False
    for kind in ("A", "AAAA"):
        found = ask(host, kind, zone)
        if found == "unknown" or (found != "no name" and any(map(is_public, found))):
            return True
    return False


def is_public(address: str) -> bool:
    """Whether mail from the internet can reach an address."""
    found = ipaddress.ip_address(address)
    return not any(found.version == network.version and found in network for network in NO_WAY)
