"""Limiter: when the next request may go out, for all processes that use one key.

Several windows hold at once. The requests of the last hour are kept in a small SQLite file that those
processes share; nothing here waits.
"""

import math
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from hygiene.errors import UsageError, option

__all__ = ["Limiter", "parse_rate"]

#: Seconds to wait for another process that looks at the windows.
BUSY_S = 30.0

#: Seconds that windows stay smaller after the API asked to slow down, by how much, and at the smallest.
SLOWED_S, SLOWER, SLOWEST = 3600.0, 0.5, 1 / 8

#: Seconds of each unit of a rate.
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}

_TABLES = """
CREATE TABLE IF NOT EXISTS taken (at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS taken_at ON taken (at);
CREATE TABLE IF NOT EXISTS paused (until REAL NOT NULL);
CREATE TABLE IF NOT EXISTS causes (until REAL NOT NULL, why TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS slowed (until REAL NOT NULL, share REAL NOT NULL);
"""


def parse_rate(text: str, /, *, named: str = "rate") -> tuple[tuple[int, float], ...]:
    """Windows of (requests, seconds) that ``8/s,48/m,800/h`` names; none for ``none``.

    Args:
        text: What was given.
        named: The parameter that it was given as.

    Raises:
        UsageError: it is not that form.
    """
    if text.strip().lower() == "none":
        return ()
    windows = []
    for part in text.split(","):
        found = re.fullmatch(r"\s*([1-9][0-9]{0,6})\s*/\s*([smh])\s*", part)
        if not found:
            form = "requests a second, minute or hour, such as 8/s,48/m,800/h, or none"
            msg = f"{option(named, text)}: expected {form}."
            raise UsageError(msg)
        windows.append((int(found[1]), _UNITS[found[2]]))
    return tuple(windows)


class Limiter:
    """Windows that requests have to pass.

    Args:
        windows: Each lets so many requests pass in so many seconds; none lets all pass.
        path: The file that processes share; None keeps them in this process.
        clock: The time in seconds, the same for all processes; None is the system's.

    Attributes:
        paused: Whether what `take` told last is the end of a pause, rather than of a window that is full.
        why: Why that pause was made; empty where nobody said.
    """

    def __init__(
        self,
        windows: Sequence[tuple[int, float]],
        /,
        *,
        path: Path | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._windows, self._path, self._clock = windows, path, clock or time.time
        self._lock = threading.Lock()
        self.paused, self.why = False, ""

    @property
    def limits(self) -> bool:
        """Whether it has windows at all."""
        return bool(self._windows)

    def share(self, path: Path, /) -> None:
        """Count in another file, before anything was counted; without windows nothing is."""
        if self._windows and "_connection" not in self.__dict__:
            self._path = path

    def slow_down(self) -> None:
        """Let half as many pass for an hour, in any process: the API asked for it although the windows were kept."""
        with self._lock:
            share = max(SLOWEST, self._share(self._clock()) * SLOWER)
            told = (self._clock() + SLOWED_S, share)
            self._connection.execute("INSERT INTO slowed VALUES (?, ?)", told)

    def _share(self, now: float) -> float:
        """What is left of each window."""
        self._connection.execute("DELETE FROM slowed WHERE until <= ?", (now,))
        found = self._connection.execute("SELECT min(share) FROM slowed").fetchone()[0]
        return 1.0 if found is None else float(found)

    def least_s(self, requests: int, /) -> float:
        """Seconds that so many requests take at the least, if nothing went out before them."""
        return max(((requests - 1) // limit * seconds for limit, seconds in self._windows), default=0.0)

    @cached_property
    def _connection(self) -> sqlite3.Connection:
        """The file, made when it is first needed."""
        if self._path is not None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.touch(mode=0o600)
        connection = sqlite3.connect(
            self._path or ":memory:", timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA synchronous = OFF")  # a crash of the machine may forget a window
        connection.executescript(_TABLES)
        return connection

    def close(self) -> None:
        """Close the file."""
        if "_connection" in self.__dict__:
            self._connection.close()

    def take(self) -> float:
        """Seconds until a request may go out; 0 where it may now, and is counted."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                now = self._clock()
                wait = self._wait(now)
                if wait <= 0 and self._windows:
                    self._connection.execute("INSERT INTO taken VALUES (?)", (now,))
            finally:
                self._connection.execute("COMMIT")
        return max(0.0, wait)

    def pause(self, seconds: float, why: str = "", /) -> None:
        """Let nothing pass for so long, in any process, and let each know why."""
        with self._lock:
            until = self._clock() + seconds
            self._connection.execute("INSERT INTO paused VALUES (?)", (until,))
            self._connection.execute("INSERT INTO causes VALUES (?, ?)", (until, why))

    def _wait(self, now: float) -> float:
        longest = max((seconds for _, seconds in self._windows), default=0.0)
        # what lies in the future was noted before the clock was set back
        self._connection.execute("DELETE FROM taken WHERE at <= ? OR at > ?", (now - longest, now))
        for table in ("paused", "causes"):
            self._connection.execute(f"DELETE FROM {table} WHERE until <= ?", (now,))  # noqa: S608 -- our own names
        until = self._connection.execute("SELECT max(until) FROM paused").fetchone()[0]
        waits = [0.0 if until is None else until - now]
        share = self._share(now)
        for limit, seconds in ((max(1, int(limit * share)), seconds) for limit, seconds in self._windows):
            oldest = self._connection.execute(
                "SELECT at FROM taken WHERE at > ? ORDER BY at DESC LIMIT 1 OFFSET ?",
                (now - seconds, limit - 1),
            ).fetchone()
            # never 0 for a window that is full, whatever the rounding
            waits.append(0.0 if oldest is None else max(oldest[0] + seconds - now, math.ulp(now)))
        self.paused = waits[0] > 0 and waits[0] == max(waits)
        found = self._connection.execute("SELECT why FROM causes WHERE until = ?", (until,)).fetchone()
        self.why = found[0] if found and self.paused else ""
        return float(max(waits))
