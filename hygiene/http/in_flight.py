"""In flight: several requests at a time, each of one lead, for an API that takes no more in one.

What an answer means, and what became of a request whose answer was lost, the room of the API says.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from hygiene.errors import HygieneError, PartlyTaken, UnknownOutcome
from hygiene.sinks import RowResult

__all__ = ["Landed", "apart", "in_flight"]

Found = TypeVar("Found")


@dataclass(slots=True)
class Landed(Generic[Found]):
    """What became of requests, as far as it is known.

    Attributes:
        found: What each found, by its place.
        error: What ended the run of them; None where all were answered.
        at: The place at which it did.
        unknown: Places of those that may have landed, and nobody knows.
    """

    found: dict[int, Found] = field(default_factory=dict)
    error: HygieneError | None = None
    at: int = -1
    unknown: list[int] = field(default_factory=list)

    def check(self, leads: int, rows: Sequence[RowResult], /) -> None:
        """Raise what became of so many leads, where not all were answered.

        Args:
            leads: How many they are.
            rows: What is told of those that were answered.

        Raises:
            SinkError: none of them landed.
            Interrupted: asked to stop before any of them was sent.
            PartlyTaken: some landed or may have.
        """
        if self.error is None:
            return
        if not self.found and not self.unknown:
            raise self.error
        msg = (
            f"{len(self.found)} of {leads} leads were taken or refused one by one, then: {self.error.marked}"
        )
        raise PartlyTaken(msg, error=self.error, rows=rows, unknown=self.unknown, at=self.at) from self.error


def in_flight(ask: Callable[[int], Found], order: Sequence[Sequence[int]], /, *, most: int) -> Landed[Found]:
    """Ask for each place, so many at a time; after an error nothing more is sent, and what is under way is waited for.

    Args:
        ask: Sends one request and says what became of it.
        order: The places, in groups of which the next begins when the one before was answered.
        most: Requests at a time.
    """
    landed: Landed[Found] = Landed()
    with ThreadPoolExecutor(most) as pool:
        for group in order:
            left = iter(group)
            running: dict[Future[Found], int] = {}
            while True:
                while (
                    landed.error is None and len(running) < most and (place := next(left, None)) is not None
                ):
                    running[pool.submit(ask, place)] = place
                if not running:
                    break
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    _note(landed, running.pop(done), done)
    return landed


def _note(landed: Landed[Found], place: int, done: "Future[Found]") -> None:
    """Take note of a request that came to its end."""
    error = done.exception()
    if error is None:
        landed.found[place] = done.result()
    elif isinstance(error, HygieneError):
        is_lost = isinstance(error, UnknownOutcome)
        # a refusal says more than a lost answer does
        if landed.error is None or (isinstance(landed.error, UnknownOutcome) and not is_lost):
            landed.error, landed.at = error, place
        landed.unknown += [place] if is_lost else []
    else:
        raise error


def apart(keys: Sequence[str], /) -> tuple[list[int], list[int]]:
    """The places of leads whose key is the first of its kind, and those of all others, to be asked after these."""
    places = set({key: place for place, key in reversed(list(enumerate(keys)))}.values())
    return sorted(places), [place for place in range(len(keys)) if place not in places]
