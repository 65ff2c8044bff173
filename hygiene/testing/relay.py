"""A relay on loopback between a sink and its API: it hands requests on, notes them, and lets some of them go wrong.

A request that holds one of the leads is an import, whatever its path, form and method; nothing else is known of the
API. The API's answers pass as they are.
"""

import gzip
import http.client
import json
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from hygiene.emulator.http_server import Request, Server
from hygiene.emulator.routes import Reply
from hygiene.sinks import Sink
from hygiene.testing.faults import Fault
from hygiene.testing.place import Place

__all__ = ["Relay"]

#: Headers that speak of one connection, or would pack an answer. RFC 9110 7.6.1.
_OWN = frozenset(
    {"host", "connection", "content-length", "accept-encoding", "keep-alive", "transfer-encoding"}
)
#: Seconds that the API may take for an answer.
_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class _Passed(Reply):
    """An answer of the API, octet by octet."""

    kind: str = ""

    @property
    def content_type(self) -> str:
        return self.kind

    def encoded(self) -> bytes:
        return bytes(self.body)


class Relay:
    """A relay to the API of a place; see `Wire` of `bench` for what the laws do with it.

    Args:
        place: Where to.
        marks: What a lead is known by in a request.

    Attributes:
        url: Where a sink is pointed.
        faults: What goes wrong, by the number of the import request, from 0.
        refused: Leads whose request is refused, as the place refuses.
        reads: Whether requests that are no imports get through; they are answered 500 where not.
        deaf_after: The number of import requests after which nothing else gets through; None for none.
        echo: Whether answers repeat what was sent, its key and addresses too.
        imports: Import requests so far.
        taken: How often the API took each lead.
        early: Requests that came before the time that a refusal had named.
    """

    def __init__(self, place: Place, marks: re.Pattern[str], /) -> None:
        self._place, self._marks, self._to = place, marks, urlsplit(place.url)
        self.faults: dict[int, Fault] = {}
        self.refused: set[str] = set()
        self.reads, self.echo = True, False
        self.deaf_after: int | None = None
        self.imports = self.early = 0
        self.taken: Counter[str] = Counter()
        self._shut_until = 0.0
        self._lock = threading.Lock()
        self._server = Server(0, self._answer)
        self.url = self._to._replace(scheme="http", netloc=f"127.0.0.1:{self._server.server_port}").geturl()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server.hang_up()

    def sink(self) -> Sink:
        """A new sink that sends through here."""
        return self._place.sink(self.url)

    def _answer(self, request: Request) -> Reply | None:
        if time.monotonic() < self._shut_until:
            self.early += 1
        leads = self._leads_in(request)
        if not leads:
            return self._hand_on(request) if self.reads else Reply(500, {"message": "Server Error"})
        with self._lock:
            fault, self.imports = self.faults.get(self.imports), self.imports + 1
            self.reads &= self.imports != self.deaf_after
        if fault is None and self.refused & leads:
            status, body = self._place.refusal
            fault = Fault(status=status, body=body)
        return self._import(request, leads) if fault is None else self._spoiled(request, leads, fault)

    def _import(self, request: Request, leads: set[str]) -> Reply:
        reply = self._hand_on(request)
        if reply.status < 300:
            with self._lock:
                self.taken.update(leads)
        return self._echoing(request, reply) if self.echo else reply

    def _spoiled(self, request: Request, leads: set[str], fault: Fault) -> Reply | None:
        """What goes out in place of an answer."""
        if fault.reaches:
            reply = self._import(request, leads)
            if fault.half:
                return _Passed(reply.status, reply.body, half=True, kind=reply.content_type)
        if "Retry-After" in fault.headers:
            self._shut_until = time.monotonic() + float(fault.headers["Retry-After"])
        if fault.status is None:
            return None
        spoiled = Reply(fault.status, fault.body, fault.headers)
        return self._echoing(request, spoiled) if self.echo else spoiled

    def _echoing(self, request: Request, reply: Reply) -> Reply:
        """The answer with the request in it, where it is an object: under names of its own, and as its words."""
        try:
            found = json.loads(reply.encoded())
        except ValueError:
            found = None
        if not isinstance(found, dict):
            return reply
        said = f"{request.target} {request.headers} {request.body.decode('utf-8', 'replace')}"
        words = {} if reply.status < 300 else {"message": said, "error": said}
        return Reply(reply.status, {**found, **words, "sent": said, said: [said]}, reply.headers)

    def _leads_in(self, request: Request) -> set[str]:
        if request.method == "GET":
            return set()
        packed = request.headers.get("content-encoding") == "gzip"
        body = gzip.decompress(request.body) if packed else request.body
        return set(self._marks.findall(body.decode("utf-8", "replace")))

    def _hand_on(self, request: Request) -> Reply:
        way = http.client.HTTPSConnection if self._to.scheme == "https" else http.client.HTTPConnection
        connection = way(self._to.hostname or "", self._to.port, timeout=_PATIENCE_S)
        headers = {name: value for name, value in request.headers.items() if name not in _OWN}
        try:
            connection.request(request.method, request.target, body=request.body or None, headers=headers)
            answer = connection.getresponse()
            kept = {
                name: value
                for name, value in answer.getheaders()
                if name.lower() not in _OWN | {"content-type", "server", "date"}
            }
            kind = answer.getheader("Content-Type") or "application/octet-stream"
            return _Passed(answer.status, answer.read(), kept, kind=kind)
        finally:
            connection.close()
