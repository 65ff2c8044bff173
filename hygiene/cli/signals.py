"""Stopping: waits that are shown, and what Ctrl-C, SIGTERM and a closed terminal (SIGHUP) do.

While an import runs the first signal lets the batch in flight come to its end; the next one stops at once. Anywhere
else one ends the program as an error would, so that no half file and no entry of a block list is left.
"""

import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from hygiene.errors import Interrupted

__all__ = ["Stopping", "end_on_signals"]

#: Waits shorter than this are not worth a line.
SHOWN_S = 0.5

#: What says that the terminal is gone; 0, which is no signal, where there is none (Windows).
_HANGUP = getattr(signal, "SIGHUP", 0)


def end_on_signals() -> None:
    """Let SIGTERM and SIGHUP end the program; nothing where this is not the main thread, which alone takes signals."""
    if threading.current_thread() is threading.main_thread():
        for number in _taken(signal.SIGTERM, _HANGUP):
            signal.signal(number, _end)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """End as an error would; what has to be undone on the way is undone, whatever comes then but Ctrl-C."""
    del frame
    for each in _taken(signal.SIGTERM, _HANGUP):
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)


def _taken(*numbers: int) -> list[int]:
    """Those of the signals that are there, but a SIGHUP that is ignored, as under nohup."""
    nohup = bool(_HANGUP) and signal.getsignal(_HANGUP) is signal.SIG_IGN
    return [number for number in numbers if number and not (nohup and number == _HANGUP)]


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
        numbers = _taken(signal.SIGINT, signal.SIGTERM, _HANGUP)
        before = {number: signal.signal(number, self._note) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        del frame
        if not self._asked.is_set():
            self._asked.set()
            with contextlib.suppress(
                OSError
            ):  # the terminal that is gone takes no words, and the batch goes on
                self._tell("stopping after the batch in flight; once more stops at once")
        elif number != _HANGUP:  # a terminal that closes often says so twice
            raise KeyboardInterrupt
