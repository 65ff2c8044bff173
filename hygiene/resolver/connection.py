"""Links: the sockets to one name server, and the tries that wait there for an answer."""

import errno
import os
import random
import selectors
import socket
from collections import deque
from collections.abc import Sequence

from hygiene.deliverability import Question
from hygiene.resolver.congestion import CongestionWindow
from hygiene.resolver.encode import pack_query
from hygiene.resolver.nameservers import NameServer

__all__ = ["Channel", "Connection", "Flight", "Task"]

#: Ports asked from. An answer must come to the port, with the id and with the question that one try had.
CHANNELS = 4

#: Ids drawn from the system at once.
_IDENTS = 256

#: Octets of the receive buffer, so that a burst of answers waits rather than being dropped.
_BUFFER_OCTETS = 4 * 2**20

#: Octets read of one datagram. We ask for `wire.UDP_OCTETS` at most; what is larger than this ends as malformed.
_DATAGRAM_OCTETS = 4096

#: Tries of one question that may be lost or refused without being held against it, within so many seconds of
#: more having been asked than the server bears.
EXCUSED, OVERRUN_S = 8, 1.0

#: What the system says of a server that it cannot send to, besides a refused connection.
_NO_WAY = {
    errno.ENETUNREACH,
    errno.EHOSTUNREACH,
    errno.ENETDOWN,
    errno.EADDRNOTAVAIL,
    errno.EPERM,
    errno.EACCES,
}


class Task:
    """A question on its way to an answer.

    Attributes:
        question: What is asked.
        packed: The same in octets.
        query: The message to send, without its id.
        only: The link that must be asked; None for any.
        edns: Whether EDNS is offered still.
        last: The link that was asked last.
        turned_down_by: Links that refused or failed it, or left it open; the others are asked first.
        losses: How often no answer came in time.
        excused: How often it came to nothing because too much was asked.
        waited_s: Seconds that were waited for answers in vain.
        refusals: How often a server refused it.
        failures: How often a server answered SERVFAIL or the like.
        flights: Its tries, in order.
        due: When its timer fires.
        flying: Whether an answer is being waited for.
        finished: Whether it has its answer.
    """

    __slots__ = (
        "due", "edns", "excused", "failures", "finished", "flights", "flying", "last", "losses", "only", "packed",
        "query", "question", "refusals", "turned_down_by", "waited_s",
    )  # fmt: skip

    def __init__(self, question: Question, packed: bytes, only: "Connection | None" = None) -> None:
        self.question = question
        self.packed = packed
        self.query = pack_query(packed)
        self.only = only
        self.edns = True
        self.last: Connection | None = None
        # Tuples, as nearly every task has one flight and no trouble.
        self.turned_down_by: tuple[Connection, ...] = ()
        self.flights: tuple[Flight, ...] = ()
        self.losses = self.excused = self.refusals = self.failures = 0
        self.waited_s = self.due = 0.0
        self.flying = self.finished = False

    def has_another(self, link: "Connection", links: Sequence["Connection"]) -> bool:
        """Whether a server is left to ask, and the one that has just answered was not asked before."""
        asked = (*self.turned_down_by, link)
        return link not in self.turned_down_by and any(
            other.channels and other not in asked for other in links
        )


class Flight:
    """One try: the question as it was sent from one port under one id."""

    __slots__ = ("channel", "ident", "link", "sent_at", "task")

    def __init__(
        self, task: Task, link: "Connection", channel: "Channel", ident: bytes, sent_at: float
    ) -> None:
        self.task = task
        self.link = link
        self.channel = channel
        self.ident = ident
        self.sent_at = sent_at

    def is_excused(self) -> bool:
        """Whether this try came to nothing because of us, and the question had few such tries; counts it."""
        task = self.task
        if self.sent_at - self.link.pace.overrun_at > OVERRUN_S or task.excused >= EXCUSED:
            return False
        task.excused += 1
        return True

    @property
    def lost_at(self) -> float | None:
        """When the try before this one was sent to the same server; None where there was none."""
        flights = self.task.flights
        if len(flights) == 1:
            return None
        place = flights.index(self)
        return flights[place - 1].sent_at if place and flights[place - 1].link is self.link else None


class Channel:
    """One UDP socket, connected, so that the system lets in what comes from the server alone.

    Attributes:
        pending: Id to the try that waits under it.
    """

    def __init__(self, server: NameServer) -> None:
        self.pending: dict[bytes, Flight] = {}
        self._random: list[bytes] = []
        self.socket = socket.socket(server.family, socket.SOCK_DGRAM)
        try:
            self.socket.setblocking(False)  # noqa: FBT003 -- the standard library takes it by position
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_OCTETS)
            self.socket.connect((server.host, server.port))
        except BaseException:
            self.socket.close()
            raise

    def free_ident(self) -> bytes:
        """An id that cannot be guessed and that no try waits under."""
        while True:
            if not self._random:
                octets = os.urandom(2 * _IDENTS)
                self._random = [octets[place : place + 2] for place in range(0, 2 * _IDENTS, 2)]
            ident = self._random.pop()
            if ident not in self.pending:
                return ident

    def receive(self) -> bytes:
        """The next datagram.

        Raises:
            BlockingIOError: there is none.
            OSError: the system says that the server cannot be reached.
        """
        return self.socket.recv(_DATAGRAM_OCTETS)


class Connection:
    """One name server: sockets, pace, and how it is doing.

    Attributes:
        server: Its address.
        pace: How fast it is asked.
        heard: Whether it ever answered anything.
        sound: Whether it ever answered a question, be it with no records.
        gave: Whether it ever gave a record that was asked for.
        turned_down: How often it refused or failed a question.
        unreachable: Whether the system's last word was that it cannot be reached.
        heard_at: When it last answered, or when it was first asked after a pause.
        pulse_at: When it was last asked for a sign of life; None where it has given one since.
        flying: Tries that wait for its answer.
    """

    def __init__(self, server: NameServer, now: float, *, ceiling_per_s: float | None) -> None:
        self.server = server
        self.pace = CongestionWindow(now, ceiling_per_s=ceiling_per_s)
        self.heard = self.sound = self.gave = self.unreachable = False
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

    @property
    def may_send(self) -> bool:
        """Whether the pace allows one more try in this turn."""
        return self.pace.left >= 1 and bool(self.channels)

    def begin_turn(self, now: float) -> None:
        """Get ready to send several tries at once, from one port drawn for them.

        The ids are drawn for each try; they and the port are what an answer from elsewhere has to guess.
        """
        self.pace.credit(now)
        if self.channels:
            self._channel = random.choice(self.channels)  # noqa: S311 -- it is the ids that must be secret

    def send(self, tasks: deque[Task], most: int, now: float) -> list[Task]:
        """Send a try of each of the first tasks that the pace allows, and take them out.

        Returns:
            The tasks that were sent; fewer where the system takes no more just now.
        """
        sent: list[Task] = []
        if not self.channels:
            return sent
        channel = self._channel
        for _ in range(min(most, len(tasks), int(self.pace.left))):
            task = tasks[0]
            ident = channel.free_ident()
            try:
                channel.socket.send(ident + task.query)
            except BlockingIOError:
                break
            except OSError:
                # Word of an earlier datagram, or of this one; either way this try counts and will time out.
                self.unreachable = True
            channel.pending[ident] = flight = Flight(task, self, channel, ident, now)
            task.flights += (flight,)
            task.last = self
            task.flying = True
            sent.append(tasks.popleft())
        if sent and not self.flying:
            self.heard_at = now
        self.flying += len(sent)
        self.pace.sent(len(sent))
        return sent
