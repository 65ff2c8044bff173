"""What an author of a sink hands over to have it tested.

Plain values and functions; nothing here sends.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from hygiene.sinks import Sink

__all__ = ["Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """An API, or a stand-in of one, that a sink is tested against.

    Attributes:
        sink: A new sink that sends to a base URL: `url` itself, or a relay before it. Without a rate of its own, as
            the tests would wait for that, and with no patience for refusals where it has that.
        held: Every address that the place holds, asked of the place itself and not of the sink.
        url: Base URL of the API; empty for a sink that uses no sockets, whose `send` is spoiled instead.
        secrets: Texts that nobody may read anywhere: the key.
        domain: Of the leads' addresses; a part before it is made up for each test.
        refusal: Status and body by which the API refuses a request for one of its leads, without a word of which.
        in_flight: Requests of one lead each that the sink has under way at a time; 0 where a request holds several
            leads. To such an API a refusal is an answer about the lead, and requests are out when one is refused.
        stranger: A sink with a key that the API does not take; None where it knows none.
        astray: A sink whose list is not there; None where it has no list.
    """

    sink: Callable[[str], Sink]
    held: Callable[[], Iterable[str]]
    url: str = ""
    secrets: Sequence[str] = ()
    domain: str = "birchworks.example"
    refusal: tuple[int, object] = (422, {"message": "The given data was invalid."})
    in_flight: int = 0
    stranger: Callable[[str], Sink] | None = None
    astray: Callable[[str], Sink] | None = None
