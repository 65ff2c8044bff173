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

__all__ = ["DIFFERS", "DONE", "INTERRUPTED", "UNFINISHED", "USAGE", "exit_code"]

DONE, USAGE, UNFINISHED, DIFFERS, INTERRUPTED = 0, 2, 5, 6, 130

#: Exit code of each error; the first kind that fits counts.
_CODES: Sequence[tuple[type[HygieneError], int]] = (
    (GateFailed, 1),
    (UsageError, USAGE),
    (ListNotFound, USAGE),
    (InputError, 3),
    (SinkError, 4),
    (ResolverError, 4),
    (UnknownOutcome, UNFINISHED),
    (ImportBusy, UNFINISHED),
    (PullBusy, UNFINISHED),
    (Interrupted, UNFINISHED),
    (JournalLost, UNFINISHED),
)


def exit_code(error: HygieneError, /) -> int:
    """The exit code that stands for an error."""
    return next(code for kind, code in _CODES if isinstance(error, kind))
