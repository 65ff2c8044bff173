"""Streams: questions over TCP, for answers that UDP had to cut short. RFC 7766."""

import selectors
import socket
from collections import deque
from collections.abc import Iterator
from contextlib import suppress

from hygiene.resolver.connection import Connection, Task

__all__ = ["Stream", "Streams"]

#: Connections at the same time.
STREAMS = 16


class Stream:
    """A question over TCP that never blocks: `step` does what can be done and says whether it is over.

    Attributes:
        task: The question.
        link: Whom it is asked.
        wire: The answer; None until it is whole, or where there was none.
        over: Whether the connection has done what it can.
    """

    def __init__(self, task: Task, link: Connection, query: bytes) -> None:
        self.task = task
        self.link = link
        self.wire: bytes | None = None
        self.over = False
        self._out = len(query).to_bytes(2) + query
        self._in = bytearray()
        self.socket = socket.socket(link.server.family, socket.SOCK_STREAM)
        self.socket.setblocking(False)  # noqa: FBT003 -- the standard library takes it by position
        try:
            self.socket.connect((link.server.host, link.server.port))
        except BlockingIOError:
            pass  # the connection is under way; the selector tells when it stands
        except OSError:
            self.over = True

    @property
    def wants(self) -> int:
        """The events to wait for."""
        return selectors.EVENT_WRITE if self._out else selectors.EVENT_READ

    def step(self) -> None:
        """Send or read what is possible now."""
        try:
            if self._out:
                self._out = self._out[self.socket.send(self._out) :]
            else:
                self._read()
        except BlockingIOError:
            return
        except OSError:
            self.over = True

    def _read(self) -> None:
        part = self.socket.recv(65_537 - len(self._in))
        self._in += part
        length = 2 + int.from_bytes(self._in[:2])
        if len(self._in) >= max(length, 3):
            self.wire = bytes(self._in[2:length])
        self.over = not part or self.wire is not None

    def close(self) -> None:
        """Close the connection."""
        self.over = True
        self.socket.close()


class Streams:
    """The questions that are asked over TCP, a few at a time and the others after them."""

    def __init__(self, selector: selectors.BaseSelector) -> None:
        self._selector = selector
        self._waiting: deque[tuple[Task, Connection]] = deque()
        self._open: dict[Task, Stream] = {}
        self._asked = 0

    def add(self, task: Task, link: Connection) -> None:
        """Have a question asked over TCP as soon as there is room."""
        self._waiting.append((task, link))

    def open_next(self) -> Iterator[Stream]:
        """The connections that there is room for now; each is under way, or over already."""
        while self._waiting and len(self._open) < STREAMS:
            task, link = self._waiting.popleft()
            if task.finished:
                continue
            self._asked += 1
            stream = Stream(task, link, (self._asked & 0xFFFF).to_bytes(2) + task.query)
            self._open[task] = stream
            self._selector.register(stream.socket, stream.wants, stream)
            yield stream

    def step(self, stream: Stream) -> None:
        """Do what can be done on a connection now."""
        if not stream.over:
            stream.step()
        if not stream.over:
            self._selector.modify(stream.socket, stream.wants, stream)

    def end(self, task: Task) -> bool:
        """Close the connection of a task; False where it has none."""
        stream = self._open.pop(task, None)
        if stream is None:
            return False
        with suppress(KeyError):
            self._selector.unregister(stream.socket)
        stream.close()
        return True

    def close(self) -> None:
        """Close all connections."""
        for task in list(self._open):
            self.end(task)
