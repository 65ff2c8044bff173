"""Clients: what every sink over HTTP has - connections to one API with one key, at one pace.

What is asked, and what the answers mean, is said in the room of each API.
"""

import hashlib
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypedDict
from urllib.parse import urlsplit

from hygiene.errors import UsageError, option
from hygiene.http import settings
from hygiene.http.answers import Answer
from hygiene.http.keys import Key, Signature
from hygiene.http.retry import Pause, sleep
from hygiene.http.service import Service
from hygiene.http.transport import Transport

__all__ = ["Client", "How"]


class How(TypedDict, total=False):
    """Arguments of a client that are the same for every API."""

    base_url: str | None
    timeout_s: float | None
    rate: str | None
    patience_s: float | None
    pause: Pause
    insecure: bool


class Client:
    """Connections to one API with one key.

    Args:
        service: The API.
        key: The key.
        sign: How the key is written on a request.
        checked: Gives an answer back where it says that what was asked was done, else raises what became of it.
        base_url: Where the API is; None reads the service's variable, and else is the vendor's.
        whose: What tells accounts apart beside the key: a user.
        timeout_s: Seconds that the API may be silent; a whole request, connect to last octet, may take twice as long.
            None reads ``HYGIENE_TIMEOUT_S``.
        rate: Requests that may go out, such as ``8/s,48/m,800/h``, shared by all processes that use the account;
            None is the service's, and no limit where the base URL is this machine.
        patience_s: Seconds that one request waits where the API refuses to take it yet; None reads
            ``HYGIENE_PATIENCE_S``.
        pause: How to wait; the default sleeps.
        insecure: Whether http:// is taken for other machines than this one too.

    Attributes:
        account: Fingerprint of the key, and of the user, which tells accounts apart and not the key.
        base_url: Where the API is.
        rate: Requests that may go out.

    Raises:
        UsageError: a base URL that is neither https nor loopback, or a setting that makes no sense.
    """

    def __init__(
        self,
        service: Service,
        key: Key,
        /,
        *,
        sign: Signature,
        checked: Callable[[Answer, str], Answer],
        base_url: str | None = None,
        whose: str = "",
        timeout_s: float | None = None,
        rate: str | None = None,
        patience_s: float | None = None,
        pause: Pause = sleep,
        insecure: bool = False,
    ) -> None:
        self._service = service
        self.base_url = settings.base_url(base_url, service, insecure=insecure)
        self.account = Key(f"{whose}:{key.reveal()}").fingerprint if whose else key.fingerprint
        self.rate = rate or ("none" if self.is_local else service.rate)
        self._pace = settings.paced(self.rate, self.account, patience_s=patience_s, pause=pause)
        self._wire = Transport(
            service, key, sign=sign, checked=checked, base_url=self.base_url,
            timeout_s=settings.timeout_s(timeout_s), pace=self._pace,
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def count_as(self, account: str, /) -> None:
        """Count requests with those of all keys of an account, by a name that the user gave it."""
        whose = hashlib.sha256(f"{self.host}\0{account}".encode()).hexdigest()[:16]
        self._pace.share(settings.rate_file(f"of-{whose}"))

    def _refuse_waiver(self, waive_blocklist: bool, what: str, /) -> None:  # noqa: FBT001 -- handed on as it came
        """Raise where the block list is to be waived, which the API has no way for."""
        if waive_blocklist:
            flag = option("waive_blocklist", given=True)
            raise UsageError(f"{self._service.title} has no way to waive {what}; leave {flag} out.")

    @property
    def host(self) -> str:
        """Where the API is, without the path."""
        return urlsplit(self.base_url).netloc

    @property
    def is_local(self) -> bool:
        """Whether the API runs on this machine, which has no quota to spare."""
        return settings.is_loopback(urlsplit(self.base_url).hostname)

    @property
    def requests(self) -> int:
        """Requests that were sent so far."""
        return self._wire.asked

    def least_s(self, requests: int, /) -> float:
        """Seconds that so many requests take at the least, by the rate alone."""
        return self._pace.least_s(requests)
