"""The local import API as one object: start it, fill it, ask it what it saw.

Routes are in `routes`, counting in `counting`, sockets in `http_server`.
"""

import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Literal, Self, get_args
from urllib.parse import parse_qsl, urlencode

from hygiene.emulator import request_validation
from hygiene.emulator.campaigns import Campaigns
from hygiene.emulator.database import Database
from hygiene.emulator.http_server import Request, Server
from hygiene.emulator.list_traffic import ListTraffic
from hygiene.emulator.rate_limits import RateLimit
from hygiene.emulator.request_validation import InvalidRequestError
from hygiene.emulator.routes import IMPORT, Call, Missing, Reply, ReplyShape, Routes, find_route
from hygiene.errors import UsageError
from hygiene.policy import ImportPolicy, choices

__all__ = ["Emulator", "Fault"]

_BASE = "/api/v1"

#: How the User-Agent of programs begins that the vendor's Cloudflare bans (observed).
_BANNED = ("Python-urllib/", "python-requests/")

#: Seconds between two looks at whether to stop.
_POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one import request.

    Attributes:
        status: Status of the reply sent instead of the true one; None closes the connection.
        body: Body of that reply; a text is sent as it is, anything else as JSON.
        drop: Whether the request is lost before it is counted and stored, or its answer after.
        headers: Further headers of that reply.
        half: Whether the reply, true or not, is cut in the middle.
        delay_s: Seconds that it is late, unless `go_on` or the server's end cuts them short.
        passes: Whether nothing goes wrong after all, but for half and delay.
    """

    status: int | None = None
    body: object = ""
    drop: Literal["before", "after"] = "before"
    headers: Mapping[str, str] = field(default_factory=dict)
    half: bool = False
    delay_s: float = 0.0
    passes: bool = False


class Emulator:
    """A local Smartlead-compatible API on 127.0.0.1.

    The socket is bound at once, so `base_url` is final; close it, or use it in a ``with``.

    Args:
        policy: The rules by which imports are counted.
        api_key: The key that is accepted.
        port: Port to bind; 0 takes a free one.
        database: A SQLite file, or ``:memory:``.
        reply: Shape of the import reply: that of the vendor's page, that of its OpenAPI file, the page's with
            the counts as strings, or that of the campaign import, which alone was seen live.
        rate: Windows of (limit, seconds) of each key; a request beyond one of them is answered 429.
        account_rate: The same of all keys together, which is refused in other words and without a header.
        other_keys: Further keys of the same account.
        bare_leads: Whether `GET /leads/all` answers a bare array, which is gone on with from its last lead's number.
        missing: What a change of something that is not there answers: 404 (``error``), that it is done
            (``ok``), or an empty object (``empty``).
        max_batch_leads: Most leads an import may hold; None for any number.

    Attributes:
        base_url: Where clients point.
        api_key: The key that is accepted.
        requests: Method, path without the key, and status of every request so far; the status is None
            where the connection was closed without a reply.
        faults: What goes wrong with the next import requests, in order.
        campaigns: Its campaigns, which are made and looked at there.

    Raises:
        UsageError: a setting makes no sense, or the port is taken.
    """

    def __init__(
        self,
        *,
        policy: ImportPolicy | None = None,
        api_key: str = "demo-key",
        port: int = 0,
        database: str = ":memory:",
        reply: ReplyShape = "page",
        rate: Sequence[tuple[int, float]] | None = None,
        account_rate: Sequence[tuple[int, float]] | None = None,
        other_keys: Sequence[str] = (),
        bare_leads: bool = False,
        missing: Missing = "error",
        max_batch_leads: int | None = None,
    ) -> None:
        _check_word("reply", reply, get_args(ReplyShape))
        _check_word("missing", missing, get_args(Missing))
        self.api_key = api_key
        self.requests: list[tuple[str, str, int | None]] = []
        self.faults: deque[Fault] = deque()
        self._hurry = threading.Event()
        self._limit = RateLimit(rate or ())
        self._other_limits = {key: RateLimit(rate or ()) for key in other_keys}
        self._account_limit = RateLimit(account_rate or (), of_account=True)
        self._store = Database(database, policy=policy or ImportPolicy())
        self._server = self._bound(port)
        self._routes = Routes(
            self._store, reply=reply, max_batch_leads=max_batch_leads, bare_leads=bare_leads, missing=missing
        )
        self.campaigns = Campaigns(self._store)
        self._routes.table = {
            **self._routes.table,
            **self.campaigns.table,
            **ListTraffic(self._store).table,
        }
        self._thread: threading.Thread | None = None
        self.base_url = f"http://127.0.0.1:{self._server.server_port}{_BASE}"

    def _bound(self, port: int) -> Server:
        try:
            return Server(port, self._answer)
        except OSError as error:
            self._store.close()
            msg = f"port {port} cannot be bound: {error.strerror}. Take another, or 0 for a free one."
            raise UsageError(msg) from error

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Serve in a thread; a second call does nothing."""
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._server.serve_forever, args=(_POLL_S,), name="hygiene-emulator", daemon=True
            )
            self._thread.start()

    def serve_forever(self) -> None:
        """Serve until interrupted, or until another thread calls `close`."""
        self.start()
        while self._thread is not None and self._thread.is_alive():
            self._thread.join(0.5)  # with a limit, so that an interrupt is seen on every system

    def close(self) -> None:
        """Stop serving and drop what is in memory."""
        self.go_on()
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._server.hang_up()
        self._store.close()

    def create_list(self, name: str, /, *, members: Iterable[str] = (), list_id: int | None = None) -> int:
        """Number of a new list that holds `members` already."""
        return self._store.create_list(name, list_id=list_id, members=members)

    def members(self, list_id: int, /) -> list[str]:
        """Addresses that a list holds, in order of arrival; empty text for a lead without one."""
        return self._store.members(list_id)

    def block(self, entries: Iterable[str], /, *, client_id: int | None = None) -> None:
        """Put addresses or domains on the block list; an entry with a client does not act on lists."""
        self._store.block(entries, client_id=client_id)

    def bounce(self, addresses: Iterable[str], /, *, effect: str | None = None) -> None:
        """Put addresses on the list of community bounces, which no route shows.

        Args:
            addresses: The addresses.
            effect: What it does to these, a value of `unreadable_lists`; None is what the policy says.

        Raises:
            UsageError: there is no such effect.
        """
        if effect is not None:
            _check_word("effect", effect, [str(each) for each in choices("unreadable_lists")])
        self._store.bounce(addresses, effect=effect)

    def unsubscribe(self, addresses: Iterable[str], /) -> None:
        """Mark leads as unsubscribed, as a recipient's click does; how imports are counted does not change."""
        self._store.unsubscribe(addresses)

    def fail_next(
        self,
        *,
        after: int = 0,
        status: int | None = None,
        body: object = "",
        drop: Literal["before", "after"] = "before",
        headers: Mapping[str, str] | None = None,
        half: bool = False,
        delay_s: float = 0.0,
    ) -> None:
        """Let the next import request that has no fault yet go wrong, as `Fault` says.

        Args:
            after: Requests that pass before it.
            status: See `Fault`, as for the rest.
            body: Of the reply.
            drop: Before it is counted, or after.
            headers: Of the reply.
            half: Cut the reply; the true one where there is no status.
            delay_s: Seconds the reply is late; the true one where there is no status.
        """
        self.faults.extend(Fault(passes=True) for _ in range(after))
        passes = status is None and (half or delay_s > 0)
        self.faults.append(Fault(status, body, drop, headers or {}, half, delay_s, passes))

    def go_on(self) -> None:
        """Send the replies that are held back, and hold back no more."""
        self._hurry.set()

    def _answer(self, request: Request) -> Reply | None:
        path, _, query = request.target.partition("?")
        pairs = parse_qsl(query, keep_blank_values=True)
        rest = urlencode([pair for pair in pairs if pair[0] != "api_key"])
        keys = [value for name, value in pairs if name == "api_key"]
        reply = self._route(request, path, rest, key=keys[0] if keys else None)
        target = f"{path}?{rest}" if rest else path
        self.requests.append((request.method, target, None if reply is None else reply.status))
        return reply

    def _route(self, request: Request, path: str, query: str, *, key: str | None) -> Reply | None:
        if request.headers.get("user-agent", "").startswith(_BANNED):
            return Reply(403, "error code: 1010")  # observed: banned by the vendor's Cloudflare
        below = path.removeprefix(_BASE) if path.startswith(f"{_BASE}/") else ""
        found = find_route(self._routes.table, request.method, below)
        if found is None:
            return Reply(404, f"Cannot {request.method} {path}")
        limit = self._limit if key == self.api_key else self._other_limits.get(key or "")
        if limit is None:
            return Reply(401, {"message": "Invalid API Key"})
        _, refusal = self._account_limit.admit()
        headers, refusal = limit.admit() if refusal is None else ({}, refusal)
        route, ids = found
        reply = refusal or self._reply(route, ids, query, request)
        if reply is None:
            return None
        return replace(reply, headers={**headers, **reply.headers})

    def _reply(
        self, route: tuple[str, str], ids: Sequence[str], query: str, request: Request
    ) -> Reply | None:
        fault = self._next_fault() if route == IMPORT else None
        reply = None
        if fault is None or fault.passes or fault.drop == "after":
            try:
                reply = self._routes.table[route](Call(ids, query, _json_body(request)))
            except InvalidRequestError as error:
                reply = Reply(400, error.body)
        return reply if fault is None else self._spoiled(reply, fault)

    def _spoiled(self, reply: Reply | None, fault: Fault) -> Reply | None:
        """What goes out in place of a reply."""
        if fault.delay_s:
            self._hurry.wait(fault.delay_s)
        if not fault.passes:
            reply = None if fault.status is None else Reply(fault.status, fault.body, fault.headers)
        return reply if reply is None or not fault.half else replace(reply, half=True)

    def _next_fault(self) -> Fault | None:
        try:
            return self.faults.popleft()
        except IndexError:
            return None


def _check_word(name: str, word: str, words: Sequence[str]) -> None:
    if word not in words:
        msg = f"{name} is {word!r}; expected one of {', '.join(words)}"
        raise UsageError(msg)


def _json_body(request: Request) -> object:
    """The posted value; an object without keys where the body is not marked as JSON, as Express has it."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" or not request.body:
        return {}
    return request_validation.parse_json(request.body)
