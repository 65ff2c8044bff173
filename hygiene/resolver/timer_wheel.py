"""Timers: what is due when, to within a few milliseconds.

Most timers never fire, as the answer comes first. Setting one is therefore kept cheap, and one that no longer
counts is not taken out but passed over once its time has come.
"""

import heapq

from hygiene.resolver.connection import Task

__all__ = ["TimerWheel"]

#: Width of a slot, in seconds; a timer may fire that much late, and never early.
STEP_S = 0.005

NEVER = float("inf")


class TimerWheel:
    """One timer for each task; setting it anew replaces it."""

    def __init__(self) -> None:
        self._slots: dict[int, list[Task]] = {}
        self._order: list[int] = []

    def set(self, task: Task, when: float) -> None:
        """Have a task fire at a time."""
        task.due = when
        self._slot(when).append(task)

    def set_all(self, tasks: list[Task], when: float) -> None:
        """Have several tasks fire at the same time."""
        for task in tasks:
            task.due = when
        self._slot(when).extend(tasks)

    def _slot(self, when: float) -> list[Task]:
        slot = int(when / STEP_S) + 1
        if slot not in self._slots:
            self._slots[slot] = []
            heapq.heappush(self._order, slot)
        return self._slots[slot]

    def fire(self, now: float) -> list[Task]:
        """The unfinished tasks whose time has come; their timers are then unset."""
        fired: list[Task] = []
        while self._order and self._order[0] * STEP_S <= now:
            for task in self._slots.pop(heapq.heappop(self._order)):
                # One that is due later was set anew, and stands in a later slot as well.
                if task.due <= now and not task.finished:
                    task.due = NEVER
                    fired.append(task)
        return fired

    @property
    def next_at(self) -> float:
        """When `fire` has something to look at."""
        return self._order[0] * STEP_S if self._order else NEVER
