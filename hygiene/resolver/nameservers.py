"""Name servers: which ones are asked, from what was given, the environment, or the system."""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass

import dns.inet
import dns.resolver

from hygiene.errors import ResolverError, UsageError, option

__all__ = ["NameServer", "find_servers"]

DNS_PORT = 53


@dataclass(frozen=True, slots=True)
class NameServer:
    """A name server by its IP address."""

    host: str
    port: int = DNS_PORT

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def family(self) -> socket.AddressFamily:
        """The address family."""
        return socket.AF_INET6 if ":" in self.host else socket.AF_INET


def find_servers(given: Sequence[str] | None) -> tuple[NameServer, ...]:
    """The name servers to ask: those given, else those of ``HYGIENE_RESOLVER``, else the system's.

    Raises:
        UsageError: one is not an IP address with or without port.
        ResolverError: the system has none set up.
    """
    if given is None:
        given = [part.strip() for part in os.environ.get("HYGIENE_RESOLVER", "").split(",") if part.strip()]
    found = [_parse(server) for server in given] or _system()
    return tuple(dict.fromkeys(found))


def _system() -> list[NameServer]:
    try:
        system = dns.resolver.Resolver()
    except dns.resolver.NoResolverConfiguration as error:
        raise ResolverError(_NONE) from error
    hosts = [host for host in system.nameservers if isinstance(host, str) and dns.inet.is_address(host)]
    if not hosts:
        raise ResolverError(_NONE)
    return [NameServer(host, system.nameserver_ports.get(host, system.port)) for host in hosts]


_NONE = (
    f"this system has no DNS resolver set up. Name one with {option('nameservers', value='HOST[:PORT]')}, or use "
    f"{option('resolver', None)}."
)


def _parse(server: str) -> NameServer:
    host, colon, port = server.rpartition(":")
    if not colon or dns.inet.is_address(server):
        host, port = server, str(DNS_PORT)
    host = host.removeprefix("[").removesuffix("]")
    if not dns.inet.is_address(host) or not port.isdecimal() or not 0 < int(port) < 2**16:
        msg = f"{option('nameservers', [server])}: expected the IP address of a name server, with or without :PORT."
        raise UsageError(msg)
    return NameServer(host, int(port))
