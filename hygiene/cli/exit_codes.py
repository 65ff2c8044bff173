"""Exit codes: one number for each way a command can end."""

from collections.abc import Sequence

from hygiene.errors import (
    GateFailed,
    HygieneError,
    ImportBusy,
    InputError,
    Interrupted,
    JournalLost,
    ListNotFound,
    PullBusy,
    ResolverError,
    SinkError,
    UnknownOutcome,
    UsageError,
)

__all__ = [
    "DIFFERS",
    "DONE",
    "INTERRUPTED",
    "REFUSED",
    "UNFINISHED",
    "UNREADABLE",
    "USAGE",
    "Unforeseen",
    "exit_code",
]

DONE, USAGE, UNREADABLE, REFUSED, UNFINISHED, DIFFERS, INTERRUPTED = 0, 2, 3, 4, 5, 6, 130


class Unforeseen(HygieneError):  # noqa: N818 -- named after the state
    """Something broke that nobody foresaw.

    Attributes:
        code: The exit code that stands for it, by what broke and when.
    """

    def __init__(self, message: str, *, code: int) -> None:
        super().__init__(message)
        self.code = code


#: Exit code of each error; the first kind that fits counts.
_CODES: Sequence[tuple[type[HygieneError], int]] = (
    (GateFailed, 1),
    (UsageError, USAGE),
    (ListNotFound, USAGE),
    (InputError, UNREADABLE),
    (SinkError, REFUSED),
    (ResolverError, REFUSED),
    (UnknownOutcome, UNFINISHED),
    (ImportBusy, UNFINISHED),
    (PullBusy, UNFINISHED),
    (Interrupted, UNFINISHED),
    (JournalLost, UNFINISHED),
)


def exit_code(error: HygieneError, /) -> int:
    """The exit code that stands for an error."""
    if isinstance(error, Unforeseen):
        return error.code
    return next(code for kind, code in _CODES if isinstance(error, kind))
