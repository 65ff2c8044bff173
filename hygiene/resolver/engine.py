"""The engine: many questions at once, each of them asked until it has an answer or patience ends.

One loop over non-blocking sockets, without threads and without an event loop of its own, so that it runs
the same inside a notebook. What an answer means for mail is not known here.
"""

import heapq
import itertools
import selectors
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import Self

from hygiene.deliverability import Answer, Question
from hygiene.resolver.link import Channel, Flight, Link, Task
from hygiene.resolver.servers import NameServer
from hygiene.resolver.stream import Stream
from hygiene.resolver.wire import BadName, Reply, pack_query, pack_question, read_reply

__all__ = ["Engine"]

Result = tuple[Question, Answer]

#: Times that a question is refused before that is its answer, and the first rest after one, in seconds; it
#: doubles. A server refuses because it is asked too much, or does not answer for this name.
REFUSALS, REST_S = 5, 0.05

#: Tries of one question that may be lost or refused without being held against it, within so many seconds of
#: more having been asked than the server bears.
EXCUSED, OVERRUN_S = 8, 1.0

#: Times that a question fails (SERVFAIL) before that is its answer, if there is one name server only.
FAILURES = 2

#: Connections over TCP at the same time.
STREAMS = 16

#: Seconds without a sign from a server that is being asked before it is asked for one.
SILENCE_S = 0.5

#: Seconds between two looks at how the servers do; also the longest pause of the loop.
LOOK_S = 0.05

#: The sign of life: the root's name servers, which any resolver knows by heart.
_PULSE = Question("", "NS")

#: Datagrams read from one socket before others have their turn.
_TURN = 64


class Engine:
    """Asks name servers.

    Args:
        servers: Whom to ask, in turn.
        patience_s: Seconds that are waited for one answer, all tries together.
        window: Questions that may wait for an answer at the same time.
        rate_per_s: Questions a second that are not exceeded, all servers together; None for no such limit.
        run_s: Seconds after which everything undecided is unknown (`deadline`); None for no such limit.

    Attributes:
        links: The name servers and how they do.
    """

    def __init__(
        self,
        servers: Sequence[NameServer],
        *,
        patience_s: float,
        window: int,
        rate_per_s: float | None = None,
        run_s: float | None = None,
    ) -> None:
        now = monotonic()
        ceiling = rate_per_s / len(servers) if rate_per_s else None
        self.links = [Link(server, now, ceiling_per_s=ceiling) for server in servers]
        self._patience_s = patience_s
        self._window = window
        self._ends = now + run_s if run_s is not None else float("inf")
        self._selector = selectors.DefaultSelector()
        self._fresh: deque[Task] = deque()
        self._again: deque[Task] = deque()
        self._cut_short: deque[tuple[Task, Link]] = deque()
        self._streams: dict[Task, Stream] = {}
        self._tasks: set[Task] = set()
        self._timers: list[tuple[float, int, Task]] = []
        self._tickets = itertools.count()
        self._turn = 0
        self._flying = 0
        self._looked_at = now
        self._done: list[Result] = []

    def __enter__(self) -> Self:
        for link in self.links:
            link.open(self._selector)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in self._streams.values():
            stream.close()
        for link in self.links:
            link.close()
        self._selector.close()

    @property
    def unreachable(self) -> bool:
        """Whether the system says of every server that there is no way to it, and none was ever heard."""
        return all(link.unreachable and not link.heard for link in self.links)

    @property
    def queued(self) -> int:
        """Questions that wait to be sent for the first time."""
        return len(self._fresh)

    def ask(self, question: Question, /, *, only: Link | None = None) -> None:
        """Put a question; `answers` gives its answer."""
        try:
            packed = pack_question(question)
        except BadName:
            self._done.append((question, Answer("unknown", cause="bad_name")))
            return
        if not any(link.channels for link in ([only] if only else self.links)):
            self._done.append((question, Answer("unknown", cause="no_resolver")))
            return
        task = Task(question, packed, only)
        self._tasks.add(task)
        self._fresh.append(task)

    def answers(self) -> Iterator[Result]:
        """Answers as they come; more may be asked meanwhile. Ends when every question has one."""
        while self._tasks or self._done:
            now = monotonic()
            if now >= self._ends:
                self._give_up()
            self._send(now)
            self._expire(now)
            self._listen(now)
            done, self._done = self._done, []
            yield from done

    def _give_up(self) -> None:
        for task in list(self._tasks):
            self._finish(task, Answer("unknown", cause="deadline"))

    def _send(self, now: float) -> None:
        while self._flying < self._window:
            queue = self._again or self._fresh
            while queue and queue[0].finished:
                queue.popleft()
            if not queue:
                if queue is self._fresh:
                    return
                continue
            link = self._pick(queue[0], now)
            if link is None:
                if queue[0].only is not None and len(self.links) > 1:
                    queue.rotate(-1)  # others need not wait for that link
                return
            if not link.send(queue[0], now):
                return
            self._note_sent(queue.popleft(), link, now)

    def _pick(self, task: Task, now: float) -> Link | None:
        """The next link in turn that may be asked now; a try that failed goes to another, if there is one."""
        if len(self.links) == 1:
            only = self.links[0]
            return only if only.channels and only.pace.credit(now) >= 1 else None
        if task.only is not None:
            return task.only if task.only.channels and task.only.pace.credit(now) >= 1 else None
        usable = [link for link in self.links if link.channels]
        if not task.losses:
            usable = [link for link in usable if link not in task.turned_down_by] or usable
        if len(usable) > 1:
            usable = [link for link in usable if link is not task.last]
        for place in range(len(usable)):
            link = usable[(self._turn + place) % len(usable)]
            if link.pace.credit(now) >= 1:
                self._turn += place + 1
                return link
        return None

    def _note_sent(self, task: Task, link: Link, now: float) -> None:
        task.flying = True
        self._flying += 1
        task.last = link
        self._set_timer(task, now + min(link.pace.wait_s(task.losses), self._patience_s - task.waited_s))

    def _set_timer(self, task: Task, when: float) -> None:
        task.ticket = next(self._tickets)
        heapq.heappush(self._timers, (when, task.ticket, task))

    def _expire(self, now: float) -> None:
        while self._timers and self._timers[0][0] <= now:
            _, ticket, task = heapq.heappop(self._timers)
            if task.ticket == ticket and not task.finished:
                self._time_out(task, now)
        if now - self._looked_at > LOOK_S:
            self._looked_at = now
            for link in self.links:
                self._feel_pulse(link, now)

    def _time_out(self, task: Task, now: float) -> None:
        if task in self._streams:
            self._end_stream(self._streams[task])
            self._finish(task, Answer("unknown", cause="timeout"))
            return
        if task.flying:
            self._land(task)
            flight = task.flights[-1]
            task.losses += 1
            if not _is_excused(flight):
                task.waited_s += now - flight.sent_at
            if task.waited_s >= self._patience_s or self.unreachable:
                cause = "no_resolver" if flight.link.unreachable else "timeout"
                self._finish(task, Answer("unknown", cause=cause))
                return
        if task.only is None:
            self._again.append(task)
        else:
            self._again.appendleft(task)

    def _feel_pulse(self, link: Link, now: float) -> None:
        """Slow down towards a server that is silent, but not where merely all these questions are dead ends."""
        wait_s = link.pace.wait_s(0)
        if not link.flying or now - link.heard_at < max(SILENCE_S, 2 * wait_s):
            return
        if link.pulse_at is None:
            self._again.appendleft(Task(_PULSE, pack_question(_PULSE), link))
        elif now - link.pulse_at < wait_s:
            return
        else:
            link.pace.silent(now)
        link.pulse_at = now

    def _listen(self, now: float) -> None:
        for key, _ in self._selector.select(0.0 if self._done else self._pause_s(now)):
            if isinstance(key.data, Stream):
                self._step(key.data)
            else:
                self._receive(*key.data)
        self._open_streams()

    def _pause_s(self, now: float) -> float:
        """Seconds until something is due without an answer having come."""
        pause_s = min(LOOK_S, self._ends - now)
        if self._timers:
            pause_s = min(pause_s, self._timers[0][0] - now)
        if (self._again or self._fresh) and self._flying < self._window:
            pauses = [link.pace.pause_s() for link in self.links if link.channels]
            pause_s = min(pause_s, *pauses) if pauses else pause_s
        return max(pause_s, 0.0)

    def _receive(self, link: Link, channel: Channel) -> None:
        for _ in range(_TURN):
            try:
                wire = channel.receive()
            except OSError:
                link.unreachable = True
                continue
            if wire is None:
                return
            flight = channel.pending.get(int.from_bytes(wire[:2])) if len(wire) >= 12 else None
            reply = read_reply(wire, flight.task.packed, flight.task.question) if flight else None
            if flight is not None and reply is not None:
                self._take(flight, reply, monotonic())

    def _take(self, flight: Flight, reply: Reply, now: float) -> None:
        task, link = flight.task, flight.link
        link.heard, link.unreachable, link.heard_at, link.pulse_at = True, False, now, None
        if reply.kind in ("answer", "truncated"):
            link.sound = True
            link.pace.answered(now, waited_s=now - flight.sent_at, lost_at=_lost_at(flight))
        if reply.answer is not None:
            self._finish(task, reply.answer)
        elif reply.kind == "truncated":
            self._forget_flights(task)
            self._cut_short.append((task, link))
        else:
            self._turn_down(task, reply, flight, now)

    def _turn_down(self, task: Task, reply: Reply, flight: Flight, now: float) -> None:
        """Let a question rest that was refused or failed, until that is its answer."""
        self._forget_flights(task)
        flight.link.turned_down += 1
        task.turned_down_by.append(flight.link)
        if reply.kind == "refused":
            flight.link.pace.refused(now, sent_at=flight.sent_at)
            task.refusals += not _is_excused(flight)
            if task.refusals >= REFUSALS:
                self._finish(task, Answer("unknown", cause="refused"))
                return
        elif reply.kind == "format" and task.edns:
            task.edns = False  # RFC 6891 7: a server that does not know EDNS
        else:
            flight.link.pace.failed(now)
            task.failures += 1
            if task.failures >= max(FAILURES, len(self.links)):
                self._finish(task, Answer("unknown", cause="servfail"))
                return
        self._set_timer(task, now + REST_S * 2 ** max(task.refusals + task.failures - 1, 0))

    def _land(self, task: Task) -> None:
        if task.flying:
            task.flying = False
            self._flying -= 1

    def _forget_flights(self, task: Task) -> None:
        """Stop waiting for any try of a question."""
        self._land(task)
        for flight in task.flights:
            if flight.channel.pending.pop(flight.ident, None) is not None:
                flight.link.flying -= 1
        task.flights.clear()

    def _finish(self, task: Task, answer: Answer) -> None:
        if task in self._streams:
            self._end_stream(self._streams[task])
        self._forget_flights(task)
        task.finished = True
        self._tasks.discard(task)
        if task.question != _PULSE:
            self._done.append((task.question, answer))

    def _open_streams(self) -> None:
        while self._cut_short and len(self._streams) < STREAMS:
            task, link = self._cut_short.popleft()
            if task.finished:
                continue
            stream = Stream(task, link, pack_query(next(self._tickets) & 0xFFFF, task.packed, edns=task.edns))
            self._streams[task] = stream
            self._set_timer(task, monotonic() + self._patience_s)
            self._selector.register(stream.socket, stream.wants, stream)
            if stream.over:
                self._step(stream)

    def _step(self, stream: Stream) -> None:
        if not stream.over:
            stream.step()
        if not stream.over:
            self._selector.modify(stream.socket, stream.wants, stream)
            return
        task = stream.task
        self._end_stream(stream)
        reply = read_reply(stream.wire, task.packed, task.question) if stream.wire else None
        if reply is not None and reply.answer is not None:
            self._finish(task, reply.answer)
        else:
            cause = "refused" if reply is not None and reply.kind == "refused" else "servfail"
            self._finish(task, Answer("unknown", cause=cause))

    def _end_stream(self, stream: Stream) -> None:
        del self._streams[stream.task]
        with suppress(KeyError):
            self._selector.unregister(stream.socket)
        stream.close()


def _is_excused(flight: Flight) -> bool:
    """Whether a try came to nothing because of us, and the question had few such tries; counts it."""
    task = flight.task
    if flight.sent_at - flight.link.pace.overrun_at > OVERRUN_S or task.excused >= EXCUSED:
        return False
    task.excused += 1
    return True


def _lost_at(flight: Flight) -> float | None:
    """When the try before this one was sent to the same server; None where there was none."""
    flights = flight.task.flights
    place = flights.index(flight)
    return flights[place - 1].sent_at if place and flights[place - 1].link is flight.link else None
