"""Garbage collection, made rare while many small things that last are made.

A run keeps a few objects for each question, none of which is garbage; what it drops holds no cycles. At its
usual pace the collector would look through all of them, and through all else that the process holds, over and
over: a tenth of the time of a run, and more where the process holds much. It is not switched off, as the
caller's code may run meanwhile.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["rare_collection"]

#: Objects made and not yet freed that cause a collection; Python's own number is 700 to 2,000. Some tens of
#: megabytes, if all of them were garbage.
_OBJECTS = 50_000

_lock = threading.Lock()
_runs = 0
_before: tuple[int, int, int] = gc.get_threshold()


@contextmanager
def rare_collection() -> Iterator[None]:
    """Collect garbage rarely inside ``with``; the setting is as before once the last of several is left."""
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _before, _runs  # noqa: PLW0603 -- the setting is one for the process, and so is its count
    with _lock:
        _runs += 1
        now = gc.get_threshold()
        if _runs == 1 and 0 < now[0] < _OBJECTS:  # 0: the caller has switched it off
            _before = now
            gc.set_threshold(_OBJECTS, *now[1:])


def _leave() -> None:
    global _runs  # noqa: PLW0603 -- see above
    with _lock:
        _runs -= 1
        if _runs == 0 and gc.get_threshold()[0] == _OBJECTS:
            gc.set_threshold(*_before)
