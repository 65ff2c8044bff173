"""Every error the toolkit raises on purpose.

Nothing here knows an exit code: the command line maps the tree to codes.

::

    HygieneError
    +-- UsageError            an argument, option or setting makes no sense
    |   +-- CacheError        the file that keeps DNS answers cannot be used
    |   +-- JournalError      the journal cannot be used as it is
    |   +-- SpoolError        a temporary file cannot be made or written
    +-- InputError            a file or frame could not be read as leads
    |   +-- ListError         a suppression list, block list or known-leads file could not be read
    +-- GateFailed            a limit that the caller set was passed
    +-- ResolverError         no DNS resolver can be reached at all
    +-- SinkError             the import API refused; what was asked did not happen
    |   +-- AuthError         the key is missing, wrong, or not allowed to do this
    |   +-- ListNotFound      the lead list does not exist
    |   +-- RateLimited       the API asks to slow down
    |   +-- Rejected          the API refuses what was sent
    |   +-- Unreachable       no connection was made; nothing was sent
    +-- UnknownOutcome        a request went out and its answer was lost; it may have landed
    |   +-- LeadLimit         the API takes no more leads
    +-- ImportBusy            another process runs the same import
    +-- PullBusy              another process writes the same snapshot
    +-- Interrupted           asked to stop before all was sent
    +-- JournalLost           the journal cannot be written any more

A message says where, what was found, what was expected, and the next step. It never holds a key or
an address: row numbers and reason codes stand for leads.
"""

from collections.abc import Sequence

__all__ = [
    "AuthError",
    "CacheError",
    "GateFailed",
    "HygieneError",
    "ImportBusy",
    "InputError",
    "Interrupted",
    "JournalError",
    "JournalLost",
    "LeadLimit",
    "ListError",
    "ListNotFound",
    "PullBusy",
    "RateLimited",
    "Rejected",
    "ResolverError",
    "SinkError",
    "SpoolError",
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


class JournalError(UsageError):
    """The journal cannot be used as it is: its key is missing, or it is of a newer version."""


class SpoolError(UsageError):
    """A temporary file for what does not fit in memory cannot be made or written."""

    def __init__(self, error: OSError) -> None:
        super().__init__(
            f"a temporary file cannot be written ({error.strerror or error}); name a folder with room in TMPDIR, "
            "or allow more memory with --memory SIZE."
        )


class InputError(HygieneError):
    """A file or frame could not be read as leads.

    Attributes:
        found: The message as far as it holds for lists too.
        option: The rest of it: the option for lead files that mends this, where there is one.
    """

    def __init__(self, found: str, option: str = "") -> None:
        super().__init__(f"{found} {option}" if option else found)
        self.found, self.option = found, option


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


class Rejected(SinkError):  # noqa: N818 -- named after what the API did
    """The API refuses what was sent; none of the leads landed.

    Attributes:
        said: The API's own words, without addresses.
        positions: Leads of the request that it names, from 0.
        whole: Whether it refuses the request as such, whatever leads are in it.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        said: str = "",
        positions: Sequence[int] = (),
        whole: bool = False,
    ) -> None:
        super().__init__(message, status=status)
        self.said = said
        self.positions = tuple(positions)
        self.whole = whole

    def at(self, rows: Sequence[int], /) -> "Rejected":
        """The same refusal, told with our row numbers.

        Args:
            rows: The row of each lead of the request.
        """
        named = [str(rows[place]) for place in self.positions if place < len(rows)]
        if not named:
            return self
        told = Rejected(
            f"row {', '.join(named[:3])}: {self}",
            status=self.status,
            said=self.said,
            positions=self.positions,
            whole=self.whole,
        )
        told.__cause__ = self.__cause__
        return told


class Unreachable(SinkError):  # noqa: N818 -- named after the state
    """No connection was made; nothing was sent."""


class UnknownOutcome(HygieneError):  # noqa: N818 -- named after the state
    """A request went out and its answer was lost or unreadable; it may have landed."""


class LeadLimit(UnknownOutcome):
    """The API takes no more leads: the account's limit is reached."""


class ImportBusy(HygieneError):  # noqa: N818 -- named after the state
    """Another process runs the same import."""


class PullBusy(HygieneError):  # noqa: N818 -- named after the state
    """Another process writes the same snapshot."""


class Interrupted(HygieneError):  # noqa: N818 -- named after what happened
    """Asked to stop before all was sent; what was sent is noted."""


class JournalLost(HygieneError):  # noqa: N818 -- named after the state
    """The journal cannot be written any more, so nothing more is sent."""
