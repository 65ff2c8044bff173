"""Stopping: waits that are shown, and Ctrl-C or SIGTERM while an import runs.

The first signal lets the batch in flight come to its end; the next one stops at once.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from hygiene.errors import Interrupted

__all__ = ["Stopping"]

#: Waits shorter than this are not worth a line.
SHOWN_S = 0.5

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopping:
    """Whether to stop, and waits that end when it is so.

    Args:
        tell: Says something on stderr.
    """

    def __init__(self, tell: Callable[[str], None], /) -> None:
        self._tell = tell
        self._asked = threading.Event()

    def __call__(self) -> bool:
        """Whether a signal came."""
        return self._asked.is_set()

    def pause(self, seconds: float, why: str, /) -> None:
        """Wait, and say so.

        Raises:
            Interrupted: a signal came.
        """
        if seconds >= SHOWN_S:
            self._tell(f"waiting {seconds:.0f} s: {why}")
        if self._asked.wait(seconds):
            msg = "asked to stop while waiting."
            raise Interrupted(msg)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Take signals until the end of the block."""
        if threading.current_thread() is not threading.main_thread():
            yield  # only the main thread may take signals
            return
        before = {number: signal.signal(number, self._note) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self._asked.is_set():
            raise KeyboardInterrupt
        self._asked.set()
        self._tell("stopping after the batch in flight; once more stops at once")
