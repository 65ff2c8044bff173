"""Rate limits of the local API: how many requests a window of time lets through.

Headers and body are those of the vendor's guide on rate limits (documented).
"""

import math
import threading
import time
from collections import deque
from collections.abc import Sequence

from hygiene.emulator.routes import Reply
from hygiene.errors import UsageError

__all__ = ["RateLimit"]


class RateLimit:
    """Sliding windows, each of `limit` requests per `seconds`; a refused request does not count.

    Args:
        windows: The windows.
        of_account: Whether they hold for all keys of an account, and are refused in the words of such a limit.
    """

    def __init__(self, windows: Sequence[tuple[int, float]], /, *, of_account: bool = False) -> None:
        self._of_account = of_account
        for limit, seconds in windows:
            if limit < 1 or seconds <= 0:
                msg = f"rate window ({limit}, {seconds}); expected a limit from 1 and seconds above 0"
                raise UsageError(msg)
        self._windows = [(limit, seconds, deque[float]()) for limit, seconds in windows]
        self._lock = threading.Lock()

    def admit(self) -> tuple[dict[str, str], Reply | None]:
        """Headers of the tightest window for the reply, and the refusal where a window is full."""
        now = time.monotonic()
        with self._lock:
            for _, seconds, times in self._windows:
                while times and times[0] <= now - seconds:
                    times.popleft()
            full = [
                (times[0] + seconds - now) for limit, seconds, times in self._windows if len(times) >= limit
            ]
            if not full:
                for _, _, times in self._windows:
                    times.append(now)
            headers = self._headers(now)
        if not full:
            return headers, None
        if self._of_account:
            return {}, _account_refusal(*min(self._windows)[:2])
        return headers, _refusal(max(1, math.ceil(max(full))))

    def _headers(self, now: float) -> dict[str, str]:
        if not self._windows or self._of_account:
            return {}
        limit, seconds, times = min(self._windows, key=lambda window: window[0] - len(window[2]))
        reset = time.time() + times[0] + seconds - now
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(limit - len(times)),
            "X-RateLimit-Reset": str(math.ceil(reset)),
        }


def _refusal(retry_after_s: int) -> Reply:
    error = {
        "code": "RATE_LIMIT_EXCEEDED",
        "message": f"Too many requests. Please retry after {retry_after_s} seconds.",
        "retry_after": retry_after_s,
    }
    return Reply(429, {"error": error}, {"Retry-After": str(retry_after_s)})


def _account_refusal(limit: int, seconds: float) -> Reply:
    """Observed live in these words, cut after "reques", by two programs of one account; its headers are not known."""
    words = (
        f"Account rate limit exceeded. You have exceeded the {limit} requests per {seconds:g} seconds limit."
    )
    return Reply(429, {"message": words})
