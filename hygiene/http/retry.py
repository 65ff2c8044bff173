"""Pace: waiting before a request, and after one that the API did not take.

Only what surely was not taken is tried again: no connection, 429, and, of what merely reads, 503 with
``Retry-After``. What may have landed is never tried again here.
"""

import random
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from hygiene.errors import RateLimited, SinkError, Unreachable
from hygiene.http.answers import number
from hygiene.http.rate_limit import Limiter

__all__ = ["PATIENCE_S", "Pace", "Pause", "sleep", "waiting_time"]

#: Seconds that one request may wait for refusals to end, in all.
PATIENCE_S = 900.0
#: Seconds of the first wait after a refusal that does not say how long; each further one is twice as long.
FIRST_S = 1.0
#: Longest single wait of that kind.
LONGEST_S = 60.0
#: Refused connections after which an API counts as away.
MOST_UNREACHED = 4

#: Why to wait where a pause was made by a program that gives no cause.
_OTHERS = "the API asked another run with this key to slow down"

#: Waits so many seconds, for the reason named; may raise `Interrupted`.
Pause = Callable[[float, str], None]


def sleep(seconds: float, why: str, /) -> None:
    """Wait."""
    del why
    time.sleep(seconds)


class Pace:
    """The pace of one client.

    Args:
        limiter: What the rate lets pass.
        patience_s: Seconds that one request may wait for refusals to end; 0 tries everything once.
        pause: How to wait.
    """

    def __init__(self, limiter: Limiter, /, *, patience_s: float = PATIENCE_S, pause: Pause = sleep) -> None:
        self._limiter, self._patience_s, self._pause = limiter, patience_s, pause
        self._empty = 0

    def close(self) -> None:
        """Let go of the limiter."""
        self._limiter.close()

    def enter(self) -> None:
        """Wait until a request may go out."""
        while (seconds := self._limiter.take()) > 0:
            why = (self._limiter.why or _OTHERS) if self._limiter.paused else "the rate limit"
            self._pause(seconds, why)

    def least_s(self, requests: int, /) -> float:
        """Seconds that so many requests take at the least."""
        return self._limiter.least_s(requests)

    def share(self, path: Path, /) -> None:
        """Count requests in another file."""
        self._limiter.share(path)

    def slow_down(self) -> None:
        """Let less out from now on: the API asked for it."""
        if self._limiter.limits:
            self._limiter.slow_down()

    def told(self, remaining: str, reset: str, /) -> None:
        """Wait for the API's own window where it says that it is used up.

        Args:
            remaining: Requests that are left in it, as ``X-RateLimit-Remaining`` says.
            reset: When the next one begins, in seconds since 1970 (documented: guides/rate-limits).
        """
        if self._limiter.limits and remaining.strip() == "0" and re.fullmatch(r"[0-9]{9,11}", reset.strip()):
            seconds = int(reset) - time.time()
            if 0 < seconds <= self._patience_s:
                self.rest(seconds, "the API's own window is used up")

    def rest(self, seconds: float, why: str, /) -> None:
        """Let nothing out for so long, in any process, and say why where somebody waits for it."""
        self._limiter.pause(seconds, why)

    def patience(self) -> "Patience":
        """What one request may bear."""
        return Patience(self, self._patience_s)

    def asked(self, seconds: float, /) -> None:
        """Let the next request wait for as long as the API asks, where this client waits that long."""
        if seconds <= self._patience_s:
            self.rest(seconds, "the API asks to come back later")

    def seen(self, *, empty: bool) -> None:
        """Slow down after an answer that is empty: some APIs send those instead of 429 (observed)."""
        self._empty = self._empty + 1 if empty else 0
        if empty and self._patience_s:
            self.rest(_backoff(self._empty), "the last answer of the API was empty")


class Patience:
    """How long one request goes on being tried."""

    def __init__(self, pace: Pace, left_s: float) -> None:
        self._pace, self._left_s = pace, left_s
        self._tries = self._unreached = 0

    def bears(self, refusal: SinkError, /) -> bool:
        """Whether to try again; nothing goes out for as long as that should wait."""
        if not isinstance(refusal, RateLimited | Unreachable):
            return False
        self._tries += 1
        if refusal.status == 429:
            self._pace.slow_down()
        self._unreached += isinstance(refusal, Unreachable)
        asked = refusal.retry_after_s if isinstance(refusal, RateLimited) else None
        seconds = _backoff(self._tries) if asked is None else asked
        if seconds > self._left_s or self._left_s <= 0 or self._unreached >= MOST_UNREACHED:
            return False
        self._left_s -= seconds
        self._pace.rest(seconds, _cause(refusal))
        return True


def _cause(refusal: SinkError) -> str:
    """Why to wait after a refusal."""
    if isinstance(refusal, Unreachable):
        return "the API cannot be reached"
    return "the API is not there for now" if refusal.status == 503 else "the API asks to slow down"


def _backoff(tries: int) -> float:
    """Seconds to wait after so many refusals: doubling, capped, with jitter so that clients spread."""
    return min(LONGEST_S, FIRST_S * 2.0 ** (tries - 1)) * random.uniform(0.5, 1.0)  # noqa: S311 -- no secret


def waiting_time(header: str, value: object, /, *, date: str = "") -> float | None:
    """Seconds that ``Retry-After``, or else ``retry_after`` of the body, asks to wait; None for neither.

    Args:
        header: ``Retry-After``, empty where there is none. A date counts from `date`, so that a clock of this machine
            that is wrong does not matter.
        value: The body.
        date: The API's clock, its header ``Date``; this machine's where it is none.

    Source: RFC 9110 10.2.3 (seconds or a date); the body is documented, guides/rate-limits.
    """
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", header.strip()):
        return float(header)
    until = _moment(header)
    if until is None:
        error = value.get("error") if isinstance(value, dict) else None
        body = error if isinstance(error, dict) else value if isinstance(value, dict) else {}
        seconds = number(body.get("retry_after"))
        return None if seconds is None else float(seconds)
    return max(0.0, (until - (_moment(date) or datetime.now(UTC))).total_seconds())


def _moment(header: str) -> datetime | None:
    """The moment that a date in a header names; None where it is no date."""
    try:
        found = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
