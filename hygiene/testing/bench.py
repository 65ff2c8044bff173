"""One import under test: its leads, its journal, the way to the API, and all that anybody could read of it.

What is lawful is said in `laws`.
"""

import contextlib
import logging
import re
import traceback
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pandas as pd

from hygiene.cleaning.pipeline import survey_frame
from hygiene.cleaning.result import CleanedLeads
from hygiene.columns.rename import choose_columns, name_columns
from hygiene.errors import HygieneError
from hygiene.importing import Receipt, open_session
from hygiene.importing.journal import SqliteJournal
from hygiene.importing.preflight import with_known_leads
from hygiene.options import CleanOptions, resolve
from hygiene.sinks import Addressed, ListReader, RunsJobs, Sink
from hygiene.testing.inside import Inside
from hygiene.testing.place import Place
from hygiene.testing.relay import Relay

__all__ = ["Bench", "CutError"]

#: Runs after which an import must have come to its end, whatever went wrong once.
MOST_RUNS = 4


class CutError(BaseException):
    """Ends a run as a process ends that is killed between two requests."""


class Bench:
    """A place with a way to it, and imports of made-up leads.

    Args:
        place: What the author handed over.
        folder: Where journals are kept.

    Attributes:
        wire: What lets requests go wrong and counts them.
        batch_leads: Leads a request: three, or as many as the sink takes.
        has_journal: Whether a journal can tell the sink's imports apart.
        can_list: Whether what the sink's place holds can be read through it.
        runs_jobs: Whether what is handed in is imported later.
        told: Everything that a run said: errors with their locals, receipts, logs.
    """

    def __init__(self, place: Place, folder: Path, /) -> None:
        self.place, self._folder, self._token = place, folder, f"k{uuid.uuid4().hex[:6]}n"
        marks = re.compile(rf"{self._token}[0-9]+")
        self.wire: Relay | Inside = Relay(place, marks) if place.url else Inside(place, marks)
        self._marks, self._log = marks, _Heard()
        self.told: list[str] = []

    def __enter__(self) -> Self:
        self.wire.__enter__()
        with self.sink() as sink:
            self.batch_leads = min(3, sink.batch_leads)
            self.has_journal, self.can_list = isinstance(sink, Addressed), isinstance(sink, ListReader)
            self.runs_jobs = isinstance(sink, RunsJobs)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.wire.__exit__(kind, error, trace)

    @contextlib.contextmanager
    def sink(self, make: Callable[[str], Sink] | None = None) -> Iterator[Sink]:
        """A new sink, closed afterwards where it can be."""
        sink = self.wire.sink() if make is None else make(getattr(self.wire, "url", ""))
        try:
            yield sink
        finally:
            if (close := getattr(sink, "close", None)) is not None:
                close()

    def address(self, number: int, /) -> str:
        """The address of a lead."""
        return f"{self._token}{number}@{self.place.domain}"

    def mark(self, number: int, /) -> str:
        """What a lead is known by."""
        return f"{self._token}{number}"

    def leads(self, numbers: Sequence[int], /) -> CleanedLeads:
        """Cleaned leads."""
        frame = pd.DataFrame({"email": [self.address(number) for number in numbers], "first_name": "Ann"})
        found = choose_columns(frame, None, source="the frame")
        settings = resolve(CleanOptions()).of_input(found.renamed([*map(str, frame.columns)]))
        frame = name_columns(frame, found)
        return CleanedLeads(survey_frame(frame, settings), frame=frame)

    def held(self) -> list[str]:
        """The leads of this test that the place holds, each as often as it does."""
        return sorted(mark for address in self.place.held() for mark in self._marks.findall(address.lower()))

    def run(self, numbers: Sequence[int], /, *, name: str = "j", make: Any = None, **how: Any) -> Receipt:
        """One run of an import, with a journal where the sink can be told apart by one.

        Args:
            numbers: The leads.
            name: Of the journal.
            make: Makes the sink; None takes the place's own.
            how: `on_unknown`, `progress`, `send_all`.
        """
        send_all = how.pop("send_all", False)
        with contextlib.ExitStack() as held, self._log:
            sink = held.enter_context(self.sink(make))
            kept = isinstance(sink, Addressed)
            journal = held.enter_context(SqliteJournal(self._folder / f"{name}.sqlite")) if kept else None
            cleaned = self.leads(numbers)
            session = held.enter_context(
                open_session(
                    cleaned, sink, journal=journal, batch_leads=self.batch_leads, send_all=send_all, file_name="kit"
                )
            )  # fmt: skip
            known = with_known_leads(session, cleaned, sink, send_all=send_all)
            receipt = session.run(known, **how)
        self.told += [repr(receipt), str(receipt.reconciliation.explain()), *receipt.notes]
        self.told += [f"{batch.words} {batch.extra}" for batch in receipt.batches]
        if receipt.error is not None:
            self.told.append(_with_locals(receipt.error))
        return receipt

    def met(self, numbers: Sequence[int], /, **how: Any) -> Receipt | HygieneError:
        """As `run`, with the error that ended it before anything was sent."""
        try:
            return self.run(numbers, **how)
        except HygieneError as error:
            self.told.append(_with_locals(error))
            return error

    def finish(self, numbers: Sequence[int], /, **how: Any) -> Receipt | HygieneError:
        """The same run again and again until it is complete, as its messages advise; how it came out at last."""
        for _ in range(MOST_RUNS):
            found = self.met(numbers, **how)
            if isinstance(found, Receipt) and found.reconciliation.status != "incomplete":
                break
        return found

    def written(self) -> str:
        """All that was said, logged and written to the journal."""
        files = [path.read_bytes().decode("latin-1") for path in self._folder.iterdir() if path.is_file()]
        return "\n".join([*self.told, *self._log.lines, *files])


def _with_locals(error: BaseException) -> str:
    """An error as the most talkative of tools would write it, without the frames of these files."""
    told: traceback.TracebackException | None = traceback.TracebackException.from_exception(
        error, capture_locals=True
    )
    lines = [repr(error)]
    while told is not None:
        own = str(Path(__file__).parent)
        frames = [frame for frame in told.stack if not frame.filename.startswith(own)]
        lines += [*traceback.StackSummary.from_list(frames).format(), *told.format_exception_only()]
        told = told.__cause__ or (None if told.__suppress_context__ else told.__context__)
    return "".join(lines)


class _Heard(logging.Handler):
    """Hears every logger there is at its most talkative, while it is entered."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self._before: list[tuple[logging.Logger, int]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())

    def __enter__(self) -> None:
        loggers = [logging.getLogger(name) for name in (None, *logging.root.manager.loggerDict)]
        self._before = [(logger, logger.level) for logger in loggers]
        for logger in loggers:
            logger.setLevel(logging.DEBUG)
        logging.root.addHandler(self)

    def __exit__(self, *of_an_error: object) -> None:
        logging.root.removeHandler(self)
        for logger, level in self._before:
            logger.setLevel(level)
