"""Links: the sockets to one name server, and the tries that wait there for an answer."""

import errno
import os
import random
import selectors
import socket
from dataclasses import dataclass, field

from hygiene.deliverability import Question
from hygiene.resolver.pacing import Pace
from hygiene.resolver.servers import NameServer
from hygiene.resolver.wire import pack_query

__all__ = ["Channel", "Flight", "Link", "Task"]

#: Ports asked from. An answer must come to the port, with the id and with the question that one try had.
CHANNELS = 4

#: Octets of the receive buffer, so that a burst of answers waits rather than being dropped.
_BUFFER_OCTETS = 4 * 2**20

#: Octets read of one datagram. We ask for `wire.UDP_OCTETS` at most; what is larger than this ends as malformed.
_DATAGRAM_OCTETS = 4096

#: What the system says of a server that it cannot send to, besides a refused connection.
_NO_WAY = {
    errno.ENETUNREACH,
    errno.EHOSTUNREACH,
    errno.ENETDOWN,
    errno.EADDRNOTAVAIL,
    errno.EPERM,
    errno.EACCES,
}


@dataclass(slots=True, eq=False)
class Task:
    """A question on its way to an answer.

    Attributes:
        question: What is asked.
        packed: The same in octets.
        only: The link that must be asked; None for any.
        edns: Whether EDNS is offered still.
        last: The link that was asked last.
        turned_down_by: Links that refused or failed it; the others are asked first.
        losses: How often no answer came in time.
        excused: How often it came to nothing because too much was asked.
        waited_s: Seconds that were waited for answers in vain.
        refusals: How often a server refused it.
        failures: How often a server answered SERVFAIL or the like.
        flights: Its tries, in order.
        ticket: Number of the timer that counts; timers of other numbers are over.
        flying: Whether an answer is being waited for.
        finished: Whether it has its answer.
    """

    question: Question
    packed: bytes
    only: "Link | None" = None
    edns: bool = True
    last: "Link | None" = None
    turned_down_by: "list[Link]" = field(default_factory=list)
    losses: int = 0
    excused: int = 0
    waited_s: float = 0.0
    refusals: int = 0
    failures: int = 0
    flights: "list[Flight]" = field(default_factory=list)
    ticket: int = -1
    flying: bool = False
    finished: bool = False


@dataclass(slots=True, eq=False)
class Flight:
    """One try: the question as it was sent from one port under one id."""

    task: Task
    link: "Link"
    channel: "Channel"
    ident: int
    sent_at: float


class Channel:
    """One UDP socket, connected, so that the system lets in what comes from the server alone.

    Attributes:
        pending: Id to the try that waits under it.
    """

    def __init__(self, server: NameServer) -> None:
        self.pending: dict[int, Flight] = {}
        self._random: list[int] = []
        self.socket = socket.socket(server.family, socket.SOCK_DGRAM)
        try:
            self.socket.setblocking(False)  # noqa: FBT003 -- the standard library takes it by position
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_OCTETS)
            self.socket.connect((server.host, server.port))
        except BaseException:
            self.socket.close()
            raise

    def free_ident(self) -> int:
        """An id that cannot be guessed and that no try waits under."""
        while True:
            if not self._random:
                self._random = list(memoryview(os.urandom(512)).cast("H"))
            ident = self._random.pop()
            if ident not in self.pending:
                return ident

    def receive(self) -> bytes | None:
        """The next datagram; None where there is none.

        Raises:
            OSError: the system says that the server cannot be reached.
        """
        try:
            return self.socket.recv(_DATAGRAM_OCTETS)
        except BlockingIOError:
            return None


class Link:
    """One name server: sockets, pace, and how it is doing.

    Attributes:
        server: Its address.
        pace: How fast it is asked.
        heard: Whether it ever answered anything.
        sound: Whether it ever answered a question, be it with no records.
        turned_down: How often it refused or failed a question.
        unreachable: Whether the system's last word was that it cannot be reached.
        heard_at: When it last answered, or when it was first asked after a pause.
        pulse_at: When it was last asked for a sign of life; None where it has given one since.
        flying: Tries that wait for its answer.
    """

    def __init__(self, server: NameServer, now: float, *, ceiling_per_s: float | None) -> None:
        self.server = server
        self.pace = Pace(now, ceiling_per_s=ceiling_per_s)
        self.heard = self.sound = self.unreachable = False
        self.turned_down = 0
        self.heard_at = now
        self.pulse_at: float | None = None
        self.flying = 0
        self.channels: list[Channel] = []

    def open(self, selector: selectors.BaseSelector) -> None:
        """Open the sockets; a server that there is no way to keeps none and is `unreachable`."""
        try:
            for _ in range(CHANNELS):
                channel = Channel(self.server)
                self.channels.append(channel)
                selector.register(channel.socket, selectors.EVENT_READ, (self, channel))
        except OSError as error:
            if error.errno not in _NO_WAY:
                raise
            self.unreachable = True

    def close(self) -> None:
        """Close the sockets."""
        for channel in self.channels:
            channel.socket.close()

    def send(self, task: Task, now: float) -> bool:
        """Send a try; False where the system takes no more just now."""
        channel = self.channels[int(random.random() * CHANNELS)]  # noqa: S311 -- it is the id that must be secret
        flight = Flight(task, self, channel, channel.free_ident(), now)
        wire = pack_query(flight.ident, task.packed, edns=task.edns)
        try:
            channel.socket.send(wire)
        except BlockingIOError:
            return False
        except OSError:
            # Word of an earlier datagram, or of this one; either way this try counts and will time out.
            self.unreachable = True
        channel.pending[flight.ident] = flight
        task.flights.append(flight)
        if not self.flying:
            self.heard_at = now
        self.flying += 1
        self.pace.sent()
        return True
