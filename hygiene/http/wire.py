"""Below the client: where a request gets its key and its address, and how the API is reached.

httpx logs what it is handed and keeps it in its errors, so that it is handed neither; nothing here is logged but
without them.
"""

import contextlib
import logging
import os
import re
import ssl
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from hygiene.errors import UsageError
from hygiene.http import bounds
from hygiene.http.answers import without_addresses
from hygiene.http.keys import Signed
from hygiene.http.settings import proxy_for
from hygiene.small_file import check_small

__all__ = ["PLACE", "KeyBelow", "wire_to"]

#: What stands for an address in the path of a request, as httpx writes it, and under which its extensions have it.
PLACE = "%7Baddress%7D"

#: Bytes of a file of certificates; that of all public authorities has 0.3 million.
_CERTIFICATES = 16 << 20

_KEY_IN_LOG = re.compile(r"(api_key=|Basic |Bearer )[^&\s'\"]+")


def _without_key(record: logging.LogRecord) -> bool:
    """Mask key and addresses where the API sends them back in a header, for instance in a redirect."""
    record.msg = without_addresses(_KEY_IN_LOG.sub(r"\1<key>", str(record.msg)))
    return True


# httpcore logs whole response headers at DEBUG, with the address of a redirect in them
logging.getLogger("httpcore.http11").addFilter(_without_key)


class KeyBelow(httpx.BaseTransport):
    """Adds the key to each request on its way out, where nothing logs or keeps it any more.

    Source: encode/httpx #2760 (the client logs whole URLs).
    """

    def __init__(self, signed: Signed, wire: httpx.BaseTransport) -> None:
        self._signed = signed
        self._wire = wire
        self._last: tuple[httpx.URL, httpx.URL] | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request, which goes out with key and address."""
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
        """Close the connections."""
        self._wire.close()


def _with_address(request: httpx.Request) -> httpx.URL:
    """Where a request goes, with the address that its path is to have."""
    address = request.extensions.get(PLACE)
    return httpx.URL(str(request.url).replace(PLACE, address)) if address else request.url


def wire_to(base_url: str) -> httpx.HTTPTransport:
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
