"""Exit codes: one number for each way a command can end."""

from collections.abc import Mapping, Sequence

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
    "DECLINED",
    "DIFFERS",
    "DONE",
    "INTERRUPTED",
    "MEANINGS",
    "REFUSED",
    "UNFINISHED",
    "UNREADABLE",
    "USAGE",
    "Unforeseen",
    "exit_code",
]

DONE, DECLINED, USAGE, UNREADABLE, REFUSED, UNFINISHED, DIFFERS, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6, 130


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


#: What each code says, for the pages of the reference.
MEANINGS: Mapping[int, str] = {
    DONE: "done",
    1: "a limit was passed, or the question before an import was answered with no; nothing was sent",
    USAGE: "usage or configuration; of a run that sends nothing, also that stdout took no result (a full disk)",
    UNREADABLE: "the input, or a list, could not be read",
    REFUSED: "the API or the resolver refused, what the API lists does not add up, or something broke that nobody "
    "foresaw; this run sent nothing",
    UNFINISHED: "unfinished: answers were lost, a later batch was refused, it was stopped, another process runs the "
    "same import or pulls to the same file, a pull was cut off, or something broke that nobody foresaw. The same "
    "command sends the rest, and nothing twice",
    DIFFERS: "sent, and the counts differ from the prediction, or the API rejected leads or gave a counter that is no "
    "count (or, with `--verify`, the list differs from what was sent)",
    129: "interrupted by a terminal that was closed (SIGHUP); no half file and no entry of a probe is left",
    INTERRUPTED: "interrupted by Ctrl-C; the same holds",
    143: "interrupted by SIGTERM; the same holds",
}


def exit_code(error: HygieneError, /) -> int:
    """The exit code that stands for an error."""
    if isinstance(error, Unforeseen):
        return error.code
    return next(code for kind, code in _CODES if isinstance(error, kind))
