"""In flight: several requests at a time, each of one lead, for an API that takes no more in one.

What an answer means, and what became of a request whose answer was lost, the room of the API says.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from hygiene.errors import HygieneError, Interrupted, SinkError, UnknownOutcome

__all__ = ["Landed", "apart", "in_flight"]

Found = TypeVar("Found")


@dataclass(slots=True)
class Landed(Generic[Found]):
    """What became of requests, as far as it is known.

    Attributes:
        found: What each found, by its place.
        error: What ended the run of them; None where all were answered.
        open: Whether one of them may have landed and nobody knows.
    """

    found: dict[int, Found] = field(default_factory=dict)
    error: HygieneError | None = None
    open: bool = False

    def whole(self, leads: int, /) -> Sequence[Found]:
        """What each of so many found.

        Raises:
            SinkError: none of them landed.
            Interrupted: asked to stop before any of them was sent.
            UnknownOutcome: some landed or may have, and not all were answered.
        """
        if self.error is None:
            return [self.found[place] for place in range(leads)]
        if not self.found and not self.open and isinstance(self.error, SinkError | Interrupted):
            raise self.error
        msg = (
            f"{len(self.found)} of {leads} leads were taken or refused one by one, then: {self.error.marked}"
        )
        raise UnknownOutcome(msg) from self.error


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
        landed.error = landed.error or error
        landed.open |= isinstance(error, UnknownOutcome)
    else:
        raise error


def apart(keys: Sequence[str], /) -> tuple[list[int], list[int]]:
    """The places of leads whose key is the first of its kind, and those of all others, to be asked after these."""
    places = set({key: place for place, key in reversed(list(enumerate(keys)))}.values())
    return sorted(places), [place for place in range(len(keys)) if place not in places]
