"""The same faults for a sink without sockets: its `send` is spoiled, as far as that has a meaning there.

Stands in for `relay`, whose attributes it has.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from hygiene.errors import RateLimited, Rejected, UnknownOutcome
from hygiene.sinks import Reply, Sink
from hygiene.testing.faults import WAIT_S, Fault
from hygiene.testing.place import Place

__all__ = ["Inside"]


class Inside:
    """Sinks of a place whose `send` goes wrong; see `relay.Relay`."""

    def __init__(self, place: Place, marks: re.Pattern[str], /) -> None:
        self._place, self._marks = place, marks
        self.faults: dict[int, Fault] = {}
        self.refused: set[str] = set()
        self.reads, self.echo = True, False
        self.deaf_after: int | None = None
        self.imports = self.early = 0
        self.taken: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def sink(self) -> Sink:
        """A new sink whose sends may go wrong."""
        sink: Any = self._place.sink("")
        send = type(sink).send

        def spoiled(leads: Sequence[Mapping[str, str]], /, **how: Any) -> Reply:
            return self._sent(lambda: send(sink, leads, **how), leads)

        sink.send = spoiled
        return sink  # type: ignore[no-any-return]  # a sink of the author's own class

    def _sent(self, send: Any, leads: Sequence[Mapping[str, str]]) -> Reply:
        marks = set(self._marks.findall(" ".join(lead["email"] for lead in leads)))
        fault, self.imports = self.faults.get(self.imports), self.imports + 1
        if fault is not None and fault.status == 429:
            msg = "the place asks to slow down."
            raise RateLimited(msg, status=429, retry_after_s=WAIT_S)
        if fault is None and self.refused & marks:
            status, _ = self._place.refusal
            msg = "the place refuses the request."
            raise Rejected(msg, status=status)
        if fault is None or fault.reaches:
            reply: Reply = send()
            self.taken.update(marks)
        if fault is not None:
            msg = "the answer was lost."
            raise UnknownOutcome(msg)
        return reply
