"""Transport: one request over httpx, and its answer or the error that says what became of it.

The key is added below it (`wire`), so that no log line, error or repr holds it.
What an answer means the room of the API says; what may have landed is not sent twice here.
"""

import itertools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from hygiene.errors import SinkError, UnknownOutcome, Unreachable
from hygiene.http import bounds
from hygiene.http.answers import Answer, may_land, rewrite
from hygiene.http.keys import Key, Signature, Signed
from hygiene.http.retry import Pace, waiting_time
from hygiene.http.service import Service
from hygiene.http.wire import PLACE, KeyBelow
from hygiene.http.wire import wire_to as _transport
from hygiene.version import __version__

__all__ = ["Letter", "Transport"]

#: Seconds to reach the API; an import may take long, a connection may not.
CONNECT_S = 10.0

#: Seconds for a whole request, connect to last octet, as a multiple of those that the API may be silent.
WHOLE = 2

#: Failures before the first byte of a request is out. Everything else on a POST may have landed.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

#: What httpcore calls the moment at which the last octet of a request is out (documented: extensions).
_OUT = "http11.send_request_body.complete"

_LOOK = "It may have landed; look at the account before you send it again."


@dataclass(frozen=True, slots=True)
class Letter:
    """A request that is written, without the key.

    Attributes:
        where: Method and path, for messages.
        request: As httpx sends it.
    """

    where: str
    request: httpx.Request = field(repr=False)


class Transport:
    """Connections to one API with one key, for any number of threads.

    Args:
        service: The API.
        key: The key.
        sign: How the key is written on a request.
        checked: Gives an answer back where it says that what was asked was done, else raises what became of it.
        base_url: Where the API is.
        timeout_s: Seconds that the API may be silent; a whole request may take `WHOLE` times as long.
        pace: How long to wait before a request and after a refusal.

    Attributes:
        asked: Requests that were sent so far.

    Raises:
        UsageError: the environment names a proxy that cannot be used.
    """

    def __init__(
        self,
        service: Service,
        key: Key,
        /,
        *,
        sign: Signature,
        checked: Callable[[Answer, str], Answer],
        base_url: str,
        timeout_s: float,
        pace: Pace,
    ) -> None:
        self._service, self._checked = service, checked
        self._base_url, self._pace, self._whole_s = base_url, pace, WHOLE * timeout_s
        signed = sign(key)
        self._hide = _hiding(key, signed)
        self._numbers = itertools.count(1)
        self.asked = 0
        self._client = httpx.Client(
            base_url=base_url,
            transport=KeyBelow(signed, _transport(base_url)),
            timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, CONNECT_S)),
            headers={
                "User-Agent": f"lead-hygiene/{__version__}",
                "Accept": "application/json",
                "Accept-Encoding": bounds.PACKED,
            },
            follow_redirects=False,
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
        self._pace.close()

    def ask(
        self,
        method: str,
        path: str,
        /,
        *,
        query: Mapping[str, Any] | None = None,
        body: object = None,
        form: Mapping[str, Any] | None = None,
        address: str = "",
    ) -> Answer:
        """Send one request; see `write` and `send`."""
        letter = self.write(method, path, query=query, body=body, form=form, address=address)
        del query, body, form, address  # they would stand among the locals of a traceback
        return self.send(letter)

    def write(
        self,
        method: str,
        path: str,
        /,
        *,
        query: Mapping[str, Any] | None = None,
        body: object = None,
        form: Mapping[str, Any] | None = None,
        address: str = "",
    ) -> Letter:
        """One request, which is not sent.

        Args:
            method: Its method.
            path: Where it goes, below the base URL.
            query: Parameters.
            body: What is sent as JSON.
            form: What is sent as a form.
            address: What ``{address}`` in the path stands for, which no log and no message shows.
        """
        request = self._client.build_request(method, path, params=query, json=body, data=form)
        if address:
            request.extensions[PLACE] = quote(address, safe="")
        return Letter(f"{method} {path}", request)

    def send(self, letter: Letter, /, *, meanwhile: Callable[[], None] | None = None) -> Answer:
        """Send one request; again only where it surely was not taken.

        Args:
            letter: The request.
            meanwhile: What can be done while the answer is on its way; called after the request is out.

        Raises:
            SinkError: refused, or no connection was made.
            UnknownOutcome: something was posted, and the answer was lost or unreadable.
            Interrupted: asked to stop before it was sent.
        """
        if meanwhile is not None:
            letter.request.extensions["trace"] = _when_out(meanwhile)
        patience = self._pace.patience()
        while True:
            self._pace.enter()
            try:
                return self._once(letter)
            except SinkError as refusal:
                if not patience.bears(refusal):
                    raise

    def _once(self, letter: Letter) -> Answer:
        method, where = letter.request.method, letter.where
        self.asked = next(self._numbers)
        try:
            with bounds.until(self._whole_s):
                response = self._client.send(letter.request, stream=True)
                # what the API said has no name here, so that no traceback's locals hold a key or an address
                answer = self._answer(where, response, bounds.read(response))
        except _NOT_SENT as error:
            raise Unreachable(self._unreached(where, error)) from None
        except httpx.HTTPError as error:
            raise self._lost(method, where, error) from None
        except bounds.TooLongError:
            raise self._too_long(method, where, response.status_code) from None
        remaining, reset = (
            response.headers.get(f"X-RateLimit-{name}", "") for name in ("Remaining", "Reset")
        )
        self._pace.told(remaining, reset)
        self._pace.seen(empty=answer.status == 200 and not answer.size)
        try:
            return self._checked(answer, method)
        except UnknownOutcome:
            if answer.retry_after_s is not None:
                self._pace.asked(answer.retry_after_s)
            raise

    def _unreached(self, where: str, error: Exception) -> str:
        return (
            f"{where}: no connection to {self._base_url} ({type(error).__name__}), nothing was sent. "
            f"Check {self._service.url_variable} and the network, and run the command again."
        )

    def _lost(self, method: str, where: str, error: Exception) -> Exception:
        lost = f"{where}: the answer was lost ({type(error).__name__})."
        if may_land(method):
            return UnknownOutcome(f"{lost} {_LOOK}")
        changed = "It may have been done" if method == "DELETE" else "Nothing was changed"
        return Unreachable(f"{lost} {changed}; run the command again.")

    def _too_long(self, method: str, where: str, status: int) -> Exception:
        most = bounds.ANSWER_OCTETS // 2**20
        told = f"{where}: HTTP {status}: the answer is longer than {most} MB, and was not read to its end."
        if may_land(method):
            return UnknownOutcome(f"{told} {_LOOK}")
        return SinkError(f"{told} Check {self._service.url_variable}.", status=status)

    def _answer(self, where: str, response: httpx.Response, content: bytes) -> Answer:
        value = _parsed(content, response.headers.get("Content-Type", ""), self._hide)
        return Answer(
            where=f"{where}: HTTP {response.status_code}",
            status=response.status_code,
            value=value,
            size=len(content),
            retry_after_s=waiting_time(
                response.headers.get("Retry-After", ""), value, date=response.headers.get("Date", "")
            ),
        )


def _when_out(meanwhile: Callable[[], None]) -> Callable[[str, object], None]:
    """What httpx tells of a request's progress, heard for the one moment that matters here."""

    def hear(moment: str, info: object) -> None:
        del info  # answers stand in it, with headers that may hold anything
        if moment == _OUT:
            meanwhile()

    return hear


#: Characters of a key that nobody's address holds by chance, and what an address or a domain looks like.
_LONG_KEY = 12
_A_NAME = re.compile(r"([^@\s]+@)?([\w-]+[.])+[\w-]{2,}")


def _hiding(key: Key, signed: Signed) -> Callable[[str], str]:
    """What masks the key in a text, as it is, as an address writes it and as a header does.

    A short one may be a part of a lead's address or of a domain by chance: those are left as they are.
    """

    def hide(text: str) -> str:
        in_headers = [value.rpartition(" ")[2] for value in signed.headers.values()]
        for secret in (key.reveal(), quote(key.reveal(), safe=""), *in_headers):
            by_chance = len(secret) < _LONG_KEY and text != secret and _A_NAME.fullmatch(text)
            text = text if by_chance else text.replace(secret, "<key>")
        return text

    return hide


def _parsed(content: bytes, kind: str, hide: Callable[[str], str]) -> object:
    """The JSON of an answer, or its words where it is plain text; None where it is neither."""
    try:
        return rewrite(json.loads(content), hide)
    except (ValueError, RecursionError):  # not JSON, not UTF-8, a number or nesting without end
        text = content.decode("utf-8", "replace").strip()
        return hide(text) or None if kind.startswith("text/plain") else None
