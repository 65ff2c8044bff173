"""Every error the toolkit raises on purpose, and how a message names an option.

Nothing here knows an exit code or a flag: the command line maps the tree to codes, and options to flags.

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
    |   +-- ListingIncomplete a listing does not add up to what the API states
    |   +-- RateLimited       the API asks to slow down
    |   +-- Rejected          the API refuses what was sent
    |   +-- Unreachable       no connection was made; nothing was sent
    +-- UnknownOutcome        a request went out and its answer was lost; it may have landed
    |   +-- JobUnfinished     a job was handed in and is not done yet
    |   +-- JournalBehind     the list holds leads that the journal does not know of
    |   +-- LeadLimit         the API takes no more leads
    |   +-- PartlyTaken       leads that go one by one: some were answered, then something ended it
    +-- ImportBusy            another process runs the same import
    +-- PullBusy              another process writes the same snapshot
    +-- Interrupted           asked to stop before all was sent
    +-- JournalLost           the journal cannot be written any more

A message says where, what was found, what was expected, and the next step. It never holds a key or
an address: row numbers and reason codes stand for leads.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, Self

__all__ = [
    "AuthError",
    "CacheError",
    "GateFailed",
    "HygieneError",
    "ImportBusy",
    "InputError",
    "Interrupted",
    "JobUnfinished",
    "JournalBehind",
    "JournalError",
    "JournalLost",
    "LeadLimit",
    "ListError",
    "ListNotFound",
    "ListingIncomplete",
    "Note",
    "PartlyTaken",
    "PullBusy",
    "RateLimited",
    "Rejected",
    "ResolverError",
    "SinkError",
    "SpoolError",
    "UnknownOutcome",
    "Unreachable",
    "UsageError",
    "option",
    "spell",
]

#: What stands around an option in a message, and between its parts: noncharacters of Unicode, which no text that
#: is exchanged holds. Source: Unicode Standard 23.7.
_BEGIN, _BETWEEN, _END = "\ufdd0", "\ufdd1", "\ufdd2"
_PART = f"([^{_BEGIN}{_BETWEEN}{_END}]*)"
_MARKED = _BEGIN + _BETWEEN.join([_PART] * 3) + _END  # compiled at its first use, which most runs do without
_UNMARKED = dict.fromkeys(map(ord, (_BEGIN, _BETWEEN, _END)))


def option(name: str, /, given: object = ..., *, key: str = "", value: str = "") -> str:
    """An option in a message, marked; `spell` writes it as whoever reads it would.

    Args:
        name: The parameter.
        given: What it is, or is to be; left out where any value may be meant.
        key: The key that is meant of a mapping, whose value is `value`.
        value: What follows a flag, where that is not `given` as text.
    """
    if key:
        call, value = f"{name}={{{key!r}: {value}}}", f"{key}={value}"
    elif given is ...:
        call = f"{name}=..."
    else:
        call, value = (
            f"{name}={given!r}",
            value or (",".join(given) if isinstance(given, list) else str(given)),
        )
    is_switch = given is None or isinstance(given, bool)  # a flag stands for it by itself
    parts = (name, call, "" if is_switch else value)
    return f"{_BEGIN}{_BETWEEN.join(part.translate(_UNMARKED) for part in parts)}{_END}"


def spell(text: str, how: Callable[[str, str, str], str], /) -> str:
    """A message with every option in it spelled.

    Args:
        text: The message.
        how: Gives a spelling from the parameter, from it as a call spells it with its value, and from what
            follows a flag.
    """
    return re.sub(_MARKED, lambda found: how(*found.groups()), text)


def _as_call(name: str, call: str, value: str) -> str:
    del name, value
    return call


class Note(str):
    """A sentence that may name options, spelled as a call does.

    Attributes:
        marked: The same with options marked, for `spell`.
    """

    marked: str

    def __new__(cls, marked: str, /) -> Self:
        """Spell the options of a marked text."""
        note = super().__new__(cls, spell(marked, _as_call))
        note.marked = marked
        return note


class HygieneError(Exception):
    """Base of every error raised on purpose; it names options as a call spells them.

    Attributes:
        marked: The message with its options marked, for `spell`.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(spell(message, _as_call))
        self.marked = message

    @property
    def parameter(self) -> str | None:
        """The first option that the message names: the one at fault, or the one that mends it; None for none."""
        found = re.search(_MARKED, self.marked)
        return found[1] if found else None


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
            f"or allow more memory with {option('memory', value='SIZE')}."
        )
        self._error = error

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._error,)


class InputError(HygieneError):
    """A file or frame could not be read as leads.

    Attributes:
        found: The message as far as it holds for lists too, options marked.
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

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.failures,)


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


class ListingIncomplete(SinkError):  # noqa: N818 -- named after the state
    """A listing does not add up to what the API states, so that what it gave is not all that the API holds.

    Attributes:
        given: What it gave, where part of it serves to err on the safe side.
    """

    def __init__(self, message: str, *, status: int | None = None, given: Sequence[Any] = ()) -> None:
        super().__init__(message, status=status)
        self.given = given


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


class JobUnfinished(UnknownOutcome):
    """A job was handed in and is not done yet; the same import goes on by asking about it."""


class JournalBehind(UnknownOutcome):
    """The list holds leads that the journal does not know of, so what is left may be there already."""


class LeadLimit(UnknownOutcome):
    """The API takes no more leads: the account's limit is reached."""


class PartlyTaken(UnknownOutcome):
    """Of leads that go one by one some were answered, then something ended it.

    Attributes:
        error: What ended it.
        rows: What is known of those that were answered (`hygiene.sinks.RowResult`), by their place in the request.
        unknown: Places of leads of which nobody can tell.
        at: Place of the lead at which it ended.
    """

    def __init__(
        self,
        message: str,
        *,
        error: HygieneError,
        rows: Sequence[Any],
        unknown: Sequence[int] = (),
        at: int = -1,
    ) -> None:
        super().__init__(message)
        self.error, self.rows, self.unknown, self.at = error, tuple(rows), tuple(unknown), at


class ImportBusy(HygieneError):  # noqa: N818 -- named after the state
    """Another process runs the same import."""


class PullBusy(HygieneError):  # noqa: N818 -- named after the state
    """Another process writes the same snapshot."""


class Interrupted(HygieneError):  # noqa: N818 -- named after what happened
    """Asked to stop before all was sent; what was sent is noted."""


class JournalLost(HygieneError):  # noqa: N818 -- named after the state
    """The journal cannot be written any more, so nothing more is sent."""
