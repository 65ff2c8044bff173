"""A stand-in of an API with a bearer key, on loopback: what those of several vendors share.

What each route answers, and how leads are counted, is said in the file of each API.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

from hygiene.emulator import request_validation
from hygiene.emulator.http_server import Request, Server
from hygiene.emulator.rate_limits import RateLimit
from hygiene.emulator.request_validation import InvalidRequestError
from hygiene.emulator.routes import Call, Reply, find_route

__all__ = ["Stub", "Table", "query_of"]

#: Method and path with ``{id}`` for what varies, to the function that answers.
Table = Mapping[tuple[str, str], Callable[[Call], Reply]]


class Stub(ABC):
    """An API on 127.0.0.1; close it, or use it in a ``with``.

    Args:
        base: Path below which its routes are.
        unauthorised: What a wrong key is answered.
        missing: What a path is answered that is not there.
        api_key: The key that is accepted.
        port: Port to bind; 0 takes a free one.
        rate: Windows of (limit, seconds); a request beyond one of them is answered 429.

    Attributes:
        base_url: Where clients point.
        api_key: The key that is accepted.
        requests: Method, path and status of every request so far.
    """

    def __init__(
        self,
        base: str,
        /,
        *,
        unauthorised: object,
        missing: object,
        api_key: str,
        port: int,
        rate: Sequence[tuple[int, float]],
    ) -> None:
        self.api_key, self._base = api_key, base
        self._unauthorised, self._missing = unauthorised, missing
        self.requests: list[tuple[str, str, int]] = []
        self._limit, self._lock = RateLimit(rate), threading.RLock()
        self._server = Server(port, self._answer)
        self.base_url = f"http://127.0.0.1:{self._server.server_port}{base}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    @abstractmethod
    def table(self) -> Table:
        """Its routes."""

    def refused(self, error: InvalidRequestError) -> Reply:
        """What a body is answered that is refused."""
        return Reply(400, error.body)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._server.hang_up()

    def _answer(self, request: Request) -> Reply:
        path, _, query = request.target.partition("?")
        with self._lock:  # one request after the other, so that each is counted whole
            reply = self._route(request, path, query)
        self.requests.append((request.method, path, reply.status))
        return reply

    def _route(self, request: Request, path: str, query: str) -> Reply:
        below = path.removeprefix(self._base) if path.startswith(f"{self._base}/") else ""
        found = find_route(self.table, request.method, below)
        if found is None or isinstance(found, Reply):
            return Reply(404, self._missing)
        if request.headers.get("authorization") != f"Bearer {self.api_key}":
            return Reply(401, self._unauthorised)
        headers, refusal = self._limit.admit()
        if refusal is not None:
            return refusal
        route, ids = found
        try:
            body: Any = request_validation.parse_json(request.body) if request.body else {}
            reply = self.table[route](Call(ids, query, body))
        except InvalidRequestError as error:
            reply = self.refused(error)
        return replace(reply, headers={**headers, **reply.headers})


def query_of(call: Call, name: str, default: str = "") -> str:
    """A parameter of the address."""
    return dict(parse_qsl(call.query, keep_blank_values=True)).get(name, default)
