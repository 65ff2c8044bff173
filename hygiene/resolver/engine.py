"""The engine: many questions at once, each of them asked until it has an answer or patience ends.

One loop over non-blocking sockets, without threads and without an event loop of its own, so that it runs
the same inside a notebook. What an answer means for mail is not known here.
"""

import selectors
from collections.abc import Iterator, Sequence
from time import monotonic
from types import TracebackType
from typing import Self

from hygiene.deliverability import Answer, Question
from hygiene.resolver.connection import Channel, Connection, Flight, Task
from hygiene.resolver.decode import read_reply
from hygiene.resolver.encode import ROOT, BadName, pack_query, pack_question
from hygiene.resolver.fast_decode import Reply
from hygiene.resolver.nameservers import NameServer
from hygiene.resolver.scheduler import Scheduler
from hygiene.resolver.tcp import Stream, Streams
from hygiene.resolver.timer_wheel import TimerWheel

__all__ = ["Engine"]

Result = tuple[Question, Answer]

#: Times that a question is refused before that is its answer, and the first rest after one, in seconds; it
#: doubles. A server refuses because it is asked too much, or does not answer for this name.
REFUSALS, REST_S = 5, 0.05

#: Times that a question fails (SERVFAIL) before that is its answer, if there is one name server only.
FAILURES = 2

#: Seconds without a sign from a server that is being asked before it is asked for one.
SILENCE_S = 0.5

#: Seconds between two looks at how the servers do; also the longest pause of the loop.
LOOK_S = 0.05

#: The sign of life.
_PULSE = Question(*ROOT)

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
        unproven: Questions to which there is nothing, by the word of a server that had given no record until then.
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
        self.links = [Connection(server, now, ceiling_per_s=ceiling) for server in servers]
        self.unproven: dict[Question, Connection] = {}
        self._patience_s = patience_s
        self._ends = now + run_s if run_s is not None else float("inf")
        self._selector = selectors.DefaultSelector()
        self._streams = Streams(self._selector)
        self._timers = TimerWheel()
        self._outbox = Scheduler(self.links, self._timers, window=window, patience_s=patience_s)
        self._tasks: set[Task] = set()
        self._no_way = False
        self._looked_at = now
        self._done: list[Result] = []

    def __enter__(self) -> Self:
        for link in self.links:
            link.open(self._selector)
        self._no_way = not any(link.channels for link in self.links)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._streams.close()
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
        return self._outbox.queued

    def ask(self, question: Question, /, *, only: Connection | None = None) -> None:
        """Put a question; `answers` gives its answer."""
        try:
            packed = pack_question(question)
        except BadName:
            self._done.append((question, Answer("unknown", cause="bad_name")))
            return
        if self._no_way or (only is not None and not only.channels):
            self._done.append((question, Answer("unknown", cause="no_resolver")))
            return
        task = Task(question, packed, only)
        self._tasks.add(task)
        self._outbox.add(task)

    def answers(self) -> Iterator[Result]:
        """Answers as they come; more may be asked meanwhile. Ends when every question has one."""
        for batch in self.batches():
            yield from batch

    def batches(self) -> Iterator[list[Result]]:
        """The same, in lists of those that came together."""
        while self._tasks or self._done:
            now = monotonic()
            if now >= self._ends:
                self._give_up()
            self._outbox.send(now)
            self._expire(now)
            self._listen(now)
            if self._done:
                done, self._done = self._done, []
                yield done

    def _give_up(self) -> None:
        for task in list(self._tasks):
            self._finish(task, Answer("unknown", cause="deadline"))

    def _expire(self, now: float) -> None:
        for task in self._timers.fire(now):
            self._time_out(task, now)
        if now - self._looked_at > LOOK_S:
            self._looked_at = now
            for link in self.links:
                self._feel_pulse(link, now)

    def _time_out(self, task: Task, now: float) -> None:
        if self._streams.end(task):
            self._finish(task, Answer("unknown", cause="timeout"))
            return
        if task.flying:
            self._outbox.land(task)
            flight = task.flights[-1]
            task.losses += 1
            if not flight.is_excused():
                task.waited_s += now - flight.sent_at
            if task.waited_s >= self._patience_s or self.unreachable:
                cause = "no_resolver" if flight.link.unreachable else "timeout"
                self._finish(task, Answer("unknown", cause=cause))
                return
        self._outbox.add_again(task)

    def _feel_pulse(self, link: Connection, now: float) -> None:
        """Slow down towards a server that is silent, but not where merely all these questions are dead ends."""
        wait_s = link.pace.wait_s(0)
        if not link.flying or now - link.heard_at < max(SILENCE_S, 2 * wait_s):
            return
        if link.pulse_at is None:
            self._outbox.add_again(Task(_PULSE, pack_question(_PULSE), link))
        elif now - link.pulse_at < wait_s:
            return
        else:
            link.pace.silent(now)
        link.pulse_at = now

    def _listen(self, now: float) -> None:
        ready = self._selector.select(0.0 if self._done else self._pause_s(now))
        now = monotonic()
        for key, _ in ready:
            if isinstance(key.data, Stream):
                self._step(key.data)
            else:
                link, channel = key.data
                self._receive(link, channel, now)
        for stream in self._streams.open_next():
            self._timers.set(stream.task, now + self._patience_s)
            if stream.over:
                self._step(stream)

    def _pause_s(self, now: float) -> float:
        """Seconds until something is due without an answer having come."""
        pause_s = min(LOOK_S, self._ends - now, self._timers.next_at - now, self._outbox.pause_s())
        return max(pause_s, 0.0)

    def _receive(self, link: Connection, channel: Channel, now: float) -> None:
        for _ in range(_TURN):
            try:
                wire = channel.receive()
            except BlockingIOError:
                return
            except OSError:
                # A connected socket is told by ICMP that nobody listens there; the try itself times out.
                link.unreachable = True
                continue
            flight = channel.pending.get(wire[:2])
            if flight is None:
                continue
            reply = read_reply(wire, flight.task.packed, flight.task.question)
            if reply is not None:
                self._take(flight, reply, now)

    def _take(self, flight: Flight, reply: Reply, now: float) -> None:
        task, link, answer = flight.task, flight.link, reply.answer
        link.heard, link.unreachable, link.heard_at, link.pulse_at = True, False, now, None
        if reply.kind in ("answer", "truncated"):
            link.sound = True
            link.pace.answered(now, waited_s=now - flight.sent_at, lost_at=flight.lost_at)
        if answer is not None:
            if link.gave and answer.records:
                self._finish(task, answer)
            else:
                self._settle(task, answer, link)
        elif reply.kind == "truncated":
            self._forget_flights(task)
            self._streams.add(task, link)
        else:
            self._turn_down(task, reply, flight, now)

    def _settle(self, task: Task, answer: Answer, link: Connection) -> None:
        """Take an answer for what it is, unless it proves nothing and another server may know more."""
        link.gave |= bool(answer.records)
        if not (link.gave or answer.cause):
            self.unproven[task.question] = link
        elif task.turned_down_by:
            self.unproven.pop(task.question, None)
        if (answer.cause or not link.gave) and task.only is None and task.has_another(link, self.links):
            self._streams.end(task)
            self._forget_flights(task)
            task.turned_down_by += (link,)
            self._timers.set(task, 0.0)
        else:
            self._finish(task, answer)

    def _turn_down(self, task: Task, reply: Reply, flight: Flight, now: float) -> None:
        """Let a question rest that was refused or failed, until that is its answer."""
        self._forget_flights(task)
        flight.link.turned_down += 1
        task.turned_down_by += (flight.link,)
        if reply.kind == "refused":
            flight.link.pace.refused(now, sent_at=flight.sent_at)
            task.refusals += not flight.is_excused()
            if task.refusals >= REFUSALS:
                self._finish(task, Answer("unknown", cause="refused"))
                return
        elif reply.kind == "format" and task.edns:
            task.edns = False  # RFC 6891 7: a server that does not know EDNS
            task.query = pack_query(task.packed, edns=False)
        else:
            flight.link.pace.failed(now)
            task.failures += 1
            if task.failures >= max(FAILURES, len(self.links)):
                self._finish(task, Answer("unknown", cause="servfail"))
                return
        self._timers.set(task, now + REST_S * 2 ** max(task.refusals + task.failures - 1, 0))

    def _forget_flights(self, task: Task) -> None:
        """Stop waiting for any try of a question."""
        self._outbox.land(task)
        for flight in task.flights:
            if flight.channel.pending.pop(flight.ident, None) is not None:
                flight.link.flying -= 1
        task.flights = ()

    def _finish(self, task: Task, answer: Answer) -> None:
        self._streams.end(task)
        self._forget_flights(task)
        task.finished = True
        self._tasks.discard(task)
        if task.question is not _PULSE:
            self._done.append((task.question, answer))

    def _step(self, stream: Stream) -> None:
        self._streams.step(stream)
        if not stream.over:
            return
        task = stream.task
        reply = read_reply(stream.wire, task.packed, task.question) if stream.wire else None
        if reply and reply.answer is not None:
            self._settle(task, reply.answer, stream.link)
        else:
            cause = "refused" if reply and reply.kind == "refused" else "servfail"
            self._finish(task, Answer("unknown", cause=cause))
