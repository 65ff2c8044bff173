"""Settings of a client: the base URL, the timeout, the rate and the proxy, by argument or environment.

No message here holds the key, or a URL that may hold one. Nothing is sent.
"""

import ipaddress
import math
import os
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from hygiene.errors import UsageError, option
from hygiene.http.rate_limit import Limiter, parse_rate
from hygiene.http.retry import PATIENCE_S, Pace, Pause
from hygiene.http.service import Service

__all__ = ["base_url", "is_loopback", "paced", "proxy_for", "rate_file", "timeout_s"]

#: Seconds for one import request. Others report 120 s for 200 leads.
TIMEOUT_S = 120.0


def base_url(given: str | None, service: Service, /, *, insecure: bool = False) -> str:
    """Where the API is: `given`, else what the service's variable says, else the vendor's.

    Args:
        given: The URL; None reads the variable.
        service: The API.
        insecure: Whether http:// is taken for other machines than this one, where all on the way can read the key.

    Raises:
        UsageError: there is none, it is neither https nor on this machine, or has more in it than host and path.
    """
    url = (given or os.environ.get(service.url_variable) or service.url).strip()
    if not url:
        msg = f"no base URL: set {service.url_variable} to where {service.title} is, https://HOST/PATH."
        raise UsageError(msg)
    bad = (
        "base URL: expected https://HOST/PATH and nothing more (http:// is taken for this machine alone, or with "
        f"{option('insecure', given=True)}; the key goes into {service.key_variable})."
    )
    # what divides it would leave line breaks out (documented: urllib.parse)
    if not url.isprintable() or " " in url:
        msg = f"{bad} Found a blank, a line break or another character in it that no URL has."
        raise UsageError(msg)
    try:
        parts = urlsplit(url)
        open_to_all = parts.scheme == "http" and (insecure or is_loopback(parts.hostname))
        plain = parts.hostname and not (parts.query or parts.fragment or "@" in parts.netloc)
        parts.port  # noqa: B018 -- reading it is what checks it
        httpx.URL(url).host.encode("idna")  # a name that no resolver would take
    except (ValueError, httpx.InvalidURL):  # not chained: it may quote the URL, and that the key
        raise UsageError(bad) from None
    if not ((parts.scheme == "https" or open_to_all) and plain):
        msg = f"{bad} Found {_shown(parts)}."
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


def paced(rate: str, account: str, /, *, patience_s: float | None, pause: Pause) -> Pace:
    """The pace of a client, whose requests are counted in a file that all processes share that use the account.

    Args:
        rate: Requests that may go out.
        account: What tells the account apart.
        patience_s: Seconds that one request waits where it is not taken yet; None reads ``HYGIENE_PATIENCE_S``.
        pause: How to wait.

    Raises:
        UsageError: it is no rate, or these are no seconds.
    """
    windows = parse_rate(rate)
    path = None
    if windows:
        path = rate_file(account)
    patience = _seconds(patience_s, "patience_s", "HYGIENE_PATIENCE_S", PATIENCE_S)
    return Pace(Limiter(windows, path=path), patience_s=patience, pause=pause)


def rate_file(account: str, /) -> Path:
    """Where the requests of an account are counted."""
    from platformdirs import user_state_path

    return user_state_path("lead-hygiene", appauthor=False) / f"rate-{account}.sqlite"


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
