"""A DNS server on loopback that answers from a mapping, over UDP and TCP.

It stands in for a resolver: it follows aliases inside its zone and asks nobody. What the answers mean for
mail is not known here.
"""

import socketserver
import struct
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Literal, Self

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from hygiene.errors import UsageError

__all__ = ["ZoneServer"]

_HOST = "127.0.0.1"

#: Seconds that answers may be kept.
_TTL_S = 60

#: Largest answer over UDP to a client that names no size, in octets. RFC 1035 4.2.1.
_UDP_OCTETS = 512

#: Aliases followed before the chain is taken for a loop. Assumed.
_ALIASES = 8

#: Seconds between two looks at whether to stop.
_POLL_S = 0.02

#: Seconds that a TCP connection may stay silent.
_IDLE_S = 5.0

_BEHAVIOURS = ("SERVFAIL", "REFUSED", "DROP", "TRUNCATE")

_SOA = dns.rrset.from_text(".", _TTL_S, "IN", "SOA", f"ns.test. hostmaster.test. 1 3600 600 86400 {_TTL_S}")

#: What stands at the root, as no resolver is without it, unless the zone or its default says otherwise.
_ROOT = ("NS ns.test.",)

_Protocol = Literal["udp", "tcp"]


class _Node:
    """What stands at one name: records by type, and behaviours."""

    def __init__(self, name: str, texts: Sequence[str]) -> None:
        self.records: dict[dns.rdatatype.RdataType, list[dns.rdata.Rdata]] = {}
        self.behaviours = {text for text in texts if text in _BEHAVIOURS}
        for text in texts:
            if text not in _BEHAVIOURS:
                rdata = _parse_record(name, text)
                self.records.setdefault(rdata.rdtype, []).append(rdata)
        if self.records and self.behaviours - {"TRUNCATE"}:
            msg = f"zone name {name!r} has records besides {min(self.behaviours)}; keep one of the two"
            raise UsageError(msg)


class ZoneServer:
    """A DNS server on loopback.

    Args:
        zone: Name in lower case without final dot, to its records as text (``MX 10 mx.acme.example.``,
            ``A 192.0.2.10``) or one behaviour: ``SERVFAIL``, ``REFUSED``, ``DROP`` (no answer), or
            ``TRUNCATE`` (UDP answers come truncated, TCP answers whole; goes with records). The root, '',
            has a name server of its own where neither it nor a behaviour of ``default`` is given.
        host: Address to bind.
        port: Port to bind, for UDP and TCP alike; 0 takes a free one.
        default: Records of every name that is not in the zone; None for NXDOMAIN.

    Attributes:
        address: ``HOST:PORT``.
        queries: How often each (name, type) was asked, over UDP and TCP together.

    Raises:
        UsageError: the zone holds a name, record or behaviour that makes no sense, or the port is taken.
    """

    def __init__(
        self,
        zone: Mapping[str, Sequence[str]],
        /,
        *,
        host: str = _HOST,
        port: int = 0,
        default: Sequence[str] | None = None,
    ) -> None:
        self.queries: Counter[tuple[str, str]] = Counter()
        self._counting = threading.Lock()
        self._zone = {_parse_name(name): _Node(name, texts) for name, texts in zone.items()}
        self._default = None if default is None else _Node("default", default)
        if self._default is None or not self._default.behaviours:
            self._zone.setdefault(dns.name.root, _Node(".", _ROOT))
        self._inner = {parent for name in self._zone for parent in _parents(name)}
        try:
            self._udp, self._tcp = _bind(host, port, self)
        except OSError as error:
            msg = f"port {port} cannot be bound: {error.strerror}. Take another, or 0 for a free one."
            raise UsageError(msg) from error
        self.address = f"{host}:{self._udp.server_address[1]}"
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Serve in threads; a second call does nothing."""
        if not self._threads:
            for server in (self._udp, self._tcp):
                thread = threading.Thread(
                    target=server.serve_forever, args=(_POLL_S,), name="hygiene-zone", daemon=True
                )
                thread.start()
                self._threads.append(thread)

    def close(self) -> None:
        """Stop serving."""
        for server in (self._udp, self._tcp):
            if self._threads:
                server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()

    def answer(self, wire: bytes, protocol: _Protocol, /) -> bytes | None:
        """The answer to a message as it came over the wire; None where none is given."""
        query = _parse_query(wire)
        if query is None:
            return None
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        with self._counting:
            self.queries[name, dns.rdatatype.to_text(question.rdtype)] += 1
        response = dns.message.make_response(query, recursion_available=True)
        behaviours = self._fill(response, question.name, question.rdtype)
        if "DROP" in behaviours:
            return None
        if protocol == "tcp":
            return response.to_wire(max_size=65535)
        return _udp_wire(query, response, truncate="TRUNCATE" in behaviours)

    def _fill(
        self, response: dns.message.Message, name: dns.name.Name, rdtype: dns.rdatatype.RdataType
    ) -> set[str]:
        """Put records and code into a response; give the behaviours of the names on the way."""
        behaviours: set[str] = set()
        for _ in range(_ALIASES):
            node = self._zone.get(name, self._default)
            if node is None:
                if name not in self._inner:
                    response.set_rcode(dns.rcode.NXDOMAIN)
                break
            behaviours |= node.behaviours
            for code in {"SERVFAIL", "REFUSED"} & node.behaviours:
                response.set_rcode(dns.rcode.from_text(code))
                return behaviours
            wanted = rdtype if rdtype in node.records else dns.rdatatype.CNAME
            records = node.records.get(wanted)
            if records is None:
                break
            response.answer.append(dns.rrset.from_rdata_list(name, _TTL_S, records))
            if wanted == rdtype:
                return behaviours
            name = records[0].target  # type: ignore[attr-defined]  # only aliases come here
        else:
            response.answer.clear()
            response.set_rcode(dns.rcode.SERVFAIL)
            return behaviours
        response.authority.append(_SOA)
        return behaviours


def _parse_name(name: str) -> dns.name.Name:
    if name != name.lower() or name.endswith("."):
        msg = f"zone name {name!r}; expected lower case without final dot"
        raise UsageError(msg)
    try:
        return dns.name.from_text(name)
    except dns.exception.DNSException as error:
        msg = f"zone name {name!r} is not a domain name: {error}"
        raise UsageError(msg) from error


def _parse_record(name: str, text: str) -> dns.rdata.Rdata:
    kind, _, value = text.partition(" ")
    try:
        rdtype = dns.rdatatype.from_text(kind)
        return dns.rdata.from_text(dns.rdataclass.IN, rdtype, value, origin=dns.name.root, relativize=False)
    except (dns.exception.DNSException, ValueError) as error:
        msg = (
            f"zone name {name!r} has {text!r}, which is no record: {error}. "
            f"Expected a type and its value, or one of {', '.join(_BEHAVIOURS)}."
        )
        raise UsageError(msg) from error


def _parents(name: dns.name.Name) -> Iterable[dns.name.Name]:
    while name != dns.name.root:
        name = name.parent()
        yield name


def _parse_query(wire: bytes) -> dns.message.Message | None:
    """The message where it is a plain question; answering anything else could loop."""
    try:
        query = dns.message.from_wire(wire)
    except (dns.exception.DNSException, ValueError, struct.error):
        return None
    plain = query.opcode() == dns.opcode.QUERY and not query.flags & dns.flags.QR
    return query if plain and len(query.question) == 1 else None


def _udp_wire(query: dns.message.Message, response: dns.message.Message, *, truncate: bool) -> bytes:
    size = max(_UDP_OCTETS, query.payload) if query.edns >= 0 else _UDP_OCTETS
    if not truncate:
        with suppress(dns.exception.TooBig):
            return response.to_wire(max_size=size)
    response.answer.clear()
    response.authority.clear()
    response.flags |= dns.flags.TC
    return response.to_wire(max_size=size)


class _UDPServer(socketserver.UDPServer):
    zone: ZoneServer


class _TCPServer(socketserver.ThreadingTCPServer):
    zone: ZoneServer
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Show what is a defect here; a client that went away is none."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # typeshed wants the pair


class _UDPHandler(socketserver.BaseRequestHandler):
    server: _UDPServer

    def handle(self) -> None:
        wire, listener = self.request
        answer = self.server.zone.answer(wire, "udp")
        if answer is not None:
            listener.sendto(answer, self.client_address)


class _TCPHandler(socketserver.StreamRequestHandler):
    server: _TCPServer
    disable_nagle_algorithm = True
    timeout = _IDLE_S

    def handle(self) -> None:
        while len(prefix := self.rfile.read(2)) == 2:
            answer = self.server.zone.answer(self.rfile.read(int.from_bytes(prefix)), "tcp")
            if answer is None:
                return
            self.wfile.write(len(answer).to_bytes(2) + answer)


def _bind(host: str, port: int, zone: ZoneServer) -> tuple[_UDPServer, _TCPServer]:
    """Both servers on one port; a free port for one may be taken for the other, so another is tried."""
    for last in (False,) * 19 + (True,):
        tcp = _TCPServer((host, port), _TCPHandler)
        try:
            udp = _UDPServer((host, tcp.server_address[1]), _UDPHandler)
        except OSError:
            tcp.server_close()
            if port or last:
                raise
            continue
        tcp.zone = udp.zone = zone
        return udp, tcp
    raise AssertionError  # the last attempt returned or raised
