"""Settings of the client: the key, the base URL, the timeout and the proxy, by argument or environment.

No message here holds the key, or a URL that may hold one. Nothing is sent.
"""

import hashlib
import ipaddress
import math
import os
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from hygiene.errors import UsageError
from hygiene.small_file import read_small
from hygiene.smartlead.retry import PATIENCE_S

__all__ = ["Key", "api_key", "base_url", "is_loopback", "key_in", "patience_s", "proxy_for", "timeout_s"]

BASE_URL = "https://server.smartlead.ai/api/v1"
#: Seconds for one import request. Others report 120 s for 200 leads.
TIMEOUT_S = 120.0

_BAD_URL = (
    "base URL: expected https://HOST/PATH and nothing more (http:// is taken for this machine alone, "
    "the key goes into SMARTLEAD_API_KEY)."
)


def base_url(given: str | None, /) -> str:
    """Where the API is: `given`, else ``SMARTLEAD_BASE_URL``, else the vendor's.

    Raises:
        UsageError: neither https nor on this machine, or with more in it than host and path.
    """
    url = (given or os.environ.get("SMARTLEAD_BASE_URL") or BASE_URL).strip()
    if (
        not url.isprintable() or " " in url
    ):  # what divides it would leave line breaks out (documented: urllib.parse)
        msg = f"{_BAD_URL} Found a blank, a line break or another character in it that no URL has."
        raise UsageError(msg)
    try:
        parts = urlsplit(url)
        secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
        plain = parts.hostname and not (parts.query or parts.fragment or "@" in parts.netloc)
        parts.port  # noqa: B018 -- reading it is what checks it
        httpx.URL(url).host.encode("idna")  # a name that no resolver would take
    except (ValueError, httpx.InvalidURL):  # not chained: it may quote the URL, and that the key
        raise UsageError(_BAD_URL) from None
    if not (secure and plain):
        msg = f"{_BAD_URL} Found {_shown(parts)}."
        raise UsageError(msg)
    return url.rstrip("/")


def _shown(parts: SplitResult) -> str:
    """The parts of a URL that hold no secret."""
    more = (
        " with a user, a query or a fragment" if "@" in parts.netloc or parts.query or parts.fragment else ""
    )
    return f"{parts.scheme or 'no scheme'} and host {parts.hostname or 'none'}{more}"


def is_loopback(host: str | None, /) -> bool:
    """Whether a host is this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


class Key:
    """An API key that shows itself nowhere unasked: in no repr, and so in no traceback's locals."""

    def __init__(self, text: str, /) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "<key>"

    def reveal(self) -> str:
        """The key itself."""
        return self._text

    def can_be_one(self) -> bool:
        """Whether it has only characters that keys have."""
        return self._text.isascii() and self._text.isprintable() and " " not in self._text

    @property
    def fingerprint(self) -> str:
        """What tells accounts apart and not the key."""
        return hashlib.sha256(self._text.encode()).hexdigest()[:8]


def api_key(given: Key | None, /) -> Key:
    """The key: `given`, else ``SMARTLEAD_API_KEY``, else what the file ``SMARTLEAD_API_KEY_FILE`` holds.

    Raises:
        UsageError: there is none, its file cannot be read, or it is nothing that can be a key.
    """
    file = os.environ.get("SMARTLEAD_API_KEY_FILE", "")
    key = given or Key(os.environ.get("SMARTLEAD_API_KEY", "").strip())
    if not key.reveal() and file:
        key = key_in(file, named="SMARTLEAD_API_KEY_FILE")
    if not key.reveal():
        msg = (
            "no API key: set SMARTLEAD_API_KEY, or SMARTLEAD_API_KEY_FILE to a file that holds it. "
            "To try without an account, `hygiene emulate` serves a local API and prints its key."
        )
        raise UsageError(msg)
    if not key.can_be_one():
        msg = (
            "the API key has characters that no key has. Set SMARTLEAD_API_KEY to the key alone, on one line."
        )
        raise UsageError(msg)
    return key


def key_in(file: str, /, *, named: str) -> Key:
    """The key that a file holds.

    Args:
        file: The file; others than its owner must not be able to read it.
        named: The setting that names it, for messages.

    Raises:
        UsageError: it cannot be read, is empty, or is open to others.
    """
    path = Path(file)
    try:
        rights = path.stat().st_mode
        # what is not UTF-8 is replaced: an error of decoding would hold the bytes, which are the key
        key = Key(read_small(path, encoding="utf-8-sig", errors="replace").strip())
    except OSError as error:
        msg = f"{named}: {file}: {error.strerror}."
        raise UsageError(msg) from error
    if os.name == "posix" and rights & 0o077:
        msg = (
            f"{named}: {file}: others can read it (mode {rights & 0o777:o}). Make it yours alone: chmod 600."
        )
        raise UsageError(msg)
    if not key.reveal():
        msg = f"{named}: {file}: the file is empty; expected the key."
        raise UsageError(msg)
    return key


def timeout_s(given: float | None, /) -> float:
    """Seconds for one request: `given`, else ``HYGIENE_TIMEOUT_S``, else the default.

    Raises:
        UsageError: it is no number of seconds above 0.
    """
    seconds = _seconds(given, "timeout_s", "HYGIENE_TIMEOUT_S", TIMEOUT_S)
    if seconds == 0:
        msg = f"{'HYGIENE_TIMEOUT_S' if given is None else 'timeout_s'} is '0'; expected seconds, for instance 120."
        raise UsageError(msg)
    return seconds


def patience_s(given: float | None, /) -> float:
    """Seconds that one request waits for refusals to end: `given`, else ``HYGIENE_PATIENCE_S``, else the default.

    Raises:
        UsageError: it is no number of seconds from 0.
    """
    return _seconds(given, "patience_s", "HYGIENE_PATIENCE_S", PATIENCE_S)


def _seconds(given: float | None, name: str, variable: str, default: float) -> float:
    """Seconds from 0 that an argument or a variable gives."""
    text = str(given)
    if given is None:
        name, text = variable, os.environ.get(variable) or str(default)
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds >= 0):
        msg = f"{name} is {text!r}; expected seconds, for instance {default:g}."
        raise UsageError(msg)
    return seconds


def proxy_for(url: str, /) -> str | None:
    """The proxy that the environment names for this URL; None for this machine and where none is named.

    Source: `urllib.request`, which reads ``HTTPS_PROXY``, ``ALL_PROXY`` and ``NO_PROXY`` as curl does.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host) or proxy_bypass(host):
        return None
    proxies = getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all")
    return found if found is None or "://" in found else f"http://{found}"
