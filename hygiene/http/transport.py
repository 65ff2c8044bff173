"""The wire: one request over httpx, and its answer or the error that says what became of it.

The key is added below httpx's logging and exception layer, so that no log line, error or repr holds it.
What an answer means the room of the API says; what may have landed is not sent twice here.
"""

import contextlib
import itertools
import json
import logging
import os
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from hygiene.errors import SinkError, UnknownOutcome, Unreachable, UsageError
from hygiene.http import bounds
from hygiene.http.answers import Answer, may_land, rewrite, without_addresses
from hygiene.http.keys import Key, Signature, Signed
from hygiene.http.retry import Pace, waiting_time
from hygiene.http.service import Service
from hygiene.http.settings import proxy_for
from hygiene.small_file import check_small
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

#: Bytes of a file of certificates; that of all public authorities has 0.3 million.
_CERTIFICATES = 16 << 20

#: What stands for an address in the path of a request, as httpx writes it, and under which its extensions have it.
_PLACE = "%7Baddress%7D"

_LOOK = "It may have landed; look at the account before you send it again."

_KEY_IN_LOG = re.compile(r"(api_key=|Basic |Bearer )[^&\s'\"]+")


def _without_key(record: logging.LogRecord) -> bool:
    """Mask key and addresses where the API sends them back in a header, for instance in a redirect."""
    record.msg = without_addresses(_KEY_IN_LOG.sub(r"\1<key>", str(record.msg)))
    return True


# httpcore logs whole response headers at DEBUG, with the address of a redirect in them
logging.getLogger("httpcore.http11").addFilter(_without_key)


class _KeyBelow(httpx.BaseTransport):
    """Adds the key to each request on its way out, where nothing logs or keeps it any more.

    Source: encode/httpx #2760 (the client logs whole URLs).
    """

    def __init__(self, signed: Signed, wire: httpx.BaseTransport) -> None:
        self._signed = signed
        self._wire = wire
        self._last: tuple[httpx.URL, httpx.URL] | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        out = httpx.Request(
            request.method,
            self._with_key(_with_address(request)),
            headers=[*request.headers.raw, *self._headers],
            stream=request.stream,
            extensions=request.extensions,
        )
        return self._wire.handle_request(out)

    @cached_property
    def _headers(self) -> list[tuple[bytes, bytes]]:
        return [(name.encode(), value.encode()) for name, value in self._signed.headers.items()]

    def _with_key(self, url: httpx.URL) -> httpx.URL:
        """The address with the key; the last one is kept, as an import asks the same one again and again."""
        last = self._last
        if last is None or last[0] != url:
            last = (url, url.copy_merge_params(dict(self._signed.query)) if self._signed.query else url)
            self._last = last
        return last[1]

    def close(self) -> None:
        self._wire.close()


def _with_address(request: httpx.Request) -> httpx.URL:
    """Where a request goes, with the address that its path is to have."""
    address = request.extensions.get(_PLACE)
    return httpx.URL(str(request.url).replace(_PLACE, address)) if address else request.url


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
            transport=_KeyBelow(signed, _transport(base_url)),
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
            request.extensions[_PLACE] = quote(address, safe="")
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


def _transport(base_url: str) -> httpx.HTTPTransport:
    """The transport below the key; httpx leaves the environment's proxies to it."""
    trusted = _trusted(base_url)
    # suppressed, not chained: the error may hold the proxy's URL, and that a password
    with contextlib.suppress(ImportError, ValueError, httpx.InvalidURL):
        return bounds.bounded(httpx.HTTPTransport(verify=trusted, proxy=proxy_for(base_url)))
    msg = (
        "the proxy that HTTPS_PROXY or ALL_PROXY names cannot be used; expected http://HOST:PORT "
        "(SOCKS needs the package socksio). Mend it, or name the API's host in NO_PROXY."
    )
    raise UsageError(msg)


def _trusted(base_url: str) -> ssl.SSLContext:
    """Whose certificates are taken: the usual authorities', which are long to load, else nobody's, as none is shown."""
    if urlsplit(base_url).scheme != "https":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    named = next((name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)), None)
    if named is None:
        return httpx.create_ssl_context()
    path = Path(os.environ[named])
    try:
        if named == "SSL_CERT_DIR":
            next(path.iterdir(), None)  # one that is not there would be no error, and then nobody is trusted
            return ssl.create_default_context(capath=path)
        check_small(path, most=_CERTIFICATES)
        return ssl.create_default_context(cafile=path)
    except OSError as error:
        why = "holds no certificates" if isinstance(error, ssl.SSLError) else error.strerror
        msg = f"{named}: {path}: {why}; expected certificates (PEM) that prove who the API is. Mend it, or unset it."
        raise UsageError(msg) from error


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
