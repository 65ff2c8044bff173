"""Every error the toolkit raises on purpose.

Nothing here knows an exit code: the command line maps the tree to codes.

::

    HygieneError
    +-- UsageError            an argument, option or setting makes no sense
    |   +-- CacheError        the file that keeps DNS answers cannot be used
    +-- InputError            a file or frame could not be read as leads
    |   +-- ListError         a suppression list, block list or known-leads file could not be read
    +-- GateFailed            a limit that the caller set was passed
    +-- ResolverError         no DNS resolver can be reached at all
    +-- SinkError             the import API refused; what was asked did not happen
    |   +-- AuthError         the key is missing, wrong, or not allowed to do this
    |   +-- ListNotFound      the lead list does not exist
    |   +-- RateLimited       the API asks to slow down
    |   +-- Unreachable       no connection was made; nothing was sent
    +-- UnknownOutcome        a request went out and its answer was lost; it may have landed

A message says where, what was found, what was expected, and the next step. It never holds a key or
an address: row numbers and reason codes stand for leads.
"""

from collections.abc import Sequence

__all__ = [
    "AuthError",
    "CacheError",
    "GateFailed",
    "HygieneError",
    "InputError",
    "ListError",
    "ListNotFound",
    "RateLimited",
    "ResolverError",
    "SinkError",
    "UnknownOutcome",
    "Unreachable",
    "UsageError",
]


class HygieneError(Exception):
    """Base of every error raised on purpose."""


class UsageError(HygieneError):
    """An argument, option or setting makes no sense."""


class CacheError(UsageError):
    """The file that keeps DNS answers cannot be used."""


class InputError(HygieneError):
    """A file or frame could not be read as leads."""


class ListError(InputError):
    """A suppression list, block list or known-leads file could not be read."""


class GateFailed(HygieneError):  # noqa: N818 -- a gate that fails is a result someone asked for
    """A limit that the caller set was passed.

    Attributes:
        failures: One sentence for each limit that was passed.
    """

    def __init__(self, failures: Sequence[str]) -> None:
        super().__init__("; ".join(failures))
        self.failures = tuple(failures)


class ResolverError(HygieneError):
    """No DNS resolver can be reached at all."""


class SinkError(HygieneError):
    """The import API refused; what was asked did not happen.

    Attributes:
        status: HTTP status of the refusal, None where there was none.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class AuthError(SinkError):
    """The key is missing, wrong, or not allowed to do this."""


class ListNotFound(SinkError):  # noqa: N818 -- named after what was looked for
    """The lead list does not exist."""


class RateLimited(SinkError):  # noqa: N818 -- named after what the API says
    """The API asks to slow down.

    Attributes:
        retry_after_s: Seconds the API asked to wait, None where it did not say.
    """

    def __init__(
        self, message: str, *, status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message, status=status)
        self.retry_after_s = retry_after_s


class Unreachable(SinkError):  # noqa: N818 -- named after the state
    """No connection was made; nothing was sent."""


class UnknownOutcome(HygieneError):  # noqa: N818 -- named after the state
    """A request went out and its answer was lost or unreadable; it may have landed."""
