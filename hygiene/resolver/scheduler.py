"""Scheduler: which question is sent next, and to which name server.

Tries go out a turn at a time, as fast as the pace of each server and the window allow. What becomes of them is
not known here.
"""

from collections import deque
from collections.abc import Sequence

from hygiene.resolver.connection import Connection, Task
from hygiene.resolver.timer_wheel import TimerWheel

__all__ = ["Scheduler"]

#: Tries that are sent before answers have their turn.
TURN = 64


class Scheduler:
    """Questions that wait to be sent, and how many wait for an answer.

    Args:
        links: The name servers.
        timers: Where the time is set that an answer is waited for.
        window: Questions that may wait for an answer at the same time.
        patience_s: Seconds that are waited for one answer, all tries together.
    """

    def __init__(
        self, links: Sequence[Connection], timers: TimerWheel, *, window: int, patience_s: float
    ) -> None:
        self._links = links
        self._timers = timers
        self._window = window
        self._patience_s = patience_s
        self._fresh: deque[Task] = deque()
        self._again: deque[Task] = deque()
        self._flying = 0
        self._turn = 0

    @property
    def queued(self) -> int:
        """Questions that any server may be asked and none was."""
        return len(self._fresh)

    def add(self, task: Task) -> None:
        """Put a question that was not asked yet."""
        (self._fresh if task.only is None else self._again).append(task)

    def add_again(self, task: Task) -> None:
        """Put a question that goes before all that were not asked; first of all if only one server will do."""
        if task.only is None:
            self._again.append(task)
        else:
            self._again.appendleft(task)

    def land(self, task: Task) -> None:
        """Make room for another question, as nobody waits for this one just now."""
        if task.flying:
            task.flying = False
            self._flying -= 1

    def pause_s(self) -> float:
        """Seconds until something may be sent; infinite where nothing waits or the window is full."""
        if not (self._again or self._fresh) or self._flying >= self._window:
            return float("inf")
        return min((link.pace.pause_s() for link in self._links if link.channels), default=float("inf"))

    def send(self, now: float) -> None:
        """Send what may be sent in one turn."""
        for link in self._links:
            link.begin_turn(now)
        if self._send_again(now) and self._fresh:
            self._send_fresh(now)

    def _send_again(self, now: float) -> bool:
        """Send tries that have a history, or that only one server will do for; True where others may go too."""
        again = self._again
        for _ in range(len(again)):
            task = again[0]
            link = None if task.finished or self._flying >= self._window else self._pick(task)
            if task.finished:
                again.popleft()
            elif link is not None and link.send(again, 1, now):
                self._flying += 1
                wait_s = link.pace.wait_s(task.losses)
                self._timers.set(task, now + min(wait_s, self._patience_s - task.waited_s))
            elif task.only is None or len(self._links) == 1:
                return False
            else:
                again.rotate(-1)  # others need not wait for that server; a full round ends the loop
        return True

    def _send_fresh(self, now: float) -> None:
        """Have the servers take turns with the questions that were not asked yet."""
        share = max(TURN // len(self._links), 1)
        for place in range(len(self._links)):
            link = self._links[(self._turn + place) % len(self._links)]
            sent = link.send(self._fresh, min(share, self._window - self._flying), now)
            self._flying += len(sent)
            self._timers.set_all(sent, now + min(link.pace.wait_s(0), self._patience_s))
        self._turn += 1

    def _pick(self, task: Task) -> Connection | None:
        """The next server in turn that may be asked now; a try that failed goes to another, if there is one."""
        only = task.only or (self._links[0] if len(self._links) == 1 else None)
        if only is not None:
            return only if only.may_send else None
        usable = [link for link in self._links if link.channels]
        if not task.losses:
            usable = [link for link in usable if link not in task.turned_down_by] or usable
        if len(usable) > 1:
            usable = [link for link in usable if link is not task.last]
        for place in range(len(usable)):
            link = usable[(self._turn + place) % len(usable)]
            if link.may_send:
                self._turn += place + 1
                return link
        return None
