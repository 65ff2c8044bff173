"""Outgoing: the requests of a run, each written while the one before it is on its way.

Whether a request may be sent, and what its answer means, is decided elsewhere.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from hygiene.importing.payload import Payload
from hygiene.importing.records import Entry, Frozen, Places
from hygiene.sinks import Job, Reply, RunsJobs, Sink, WritesAhead, Written

__all__ = ["Prefetch"]


class Prefetch:
    """Writes the requests of one run.

    Args:
        sink: Where to.
        payload: The fields of the leads.
        rows: Row number of each lead, by its place in the import.
        frozen: What the first run settled.
        waive_blocklist: Whether the block list is waived.
    """

    def __init__(
        self, sink: Sink, payload: Payload, rows: Places, frozen: Frozen, /, *, waive_blocklist: bool
    ) -> None:
        self._sink, self._payload, self._rows = sink, payload, rows
        self._writer = sink if isinstance(sink, WritesAhead) else None
        self._file_name, self._waive_blocklist = frozen.file_name, waive_blocklist
        self._ahead: tuple[Places, Future[Written | _Plain]] | None = None

    def request(self, entry: Entry, /) -> "Written | _Plain":
        """The request for a batch."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead[0] is entry.leads:
            return ahead[1].result()
        return self._write(entry)

    def rows(self, entry: Entry, /) -> list[int]:
        """The row numbers of a batch's leads."""
        rows: list[int] = self._rows[entry.leads].tolist()
        return rows

    def write_ahead(self, entry: Entry | None, /) -> None:
        """Write the request for a batch that is likely to be next."""
        if entry is None or self._writer is None:
            return
        if self._ahead is not None and self._ahead[0] is entry.leads:
            return
        written: Future[Written | _Plain] = Future()
        try:
            written.set_result(self._write(entry))
        except Exception as error:  # noqa: BLE001 -- raised by `request`, when no answer is awaited
            written.set_exception(error)
        self._ahead = (entry.leads, written)

    def _write(self, entry: Entry) -> "Written | _Plain":
        leads = self._payload.batch(entry.number, self.rows(entry)).leads
        name, waive = self._file_name, self._waive_blocklist
        if isinstance(self._sink, RunsJobs):
            submit = self._sink.submit
            return _Plain(lambda: submit(leads, file_name=name, waive_blocklist=waive))
        if self._writer is not None:
            return self._writer.write(leads, file_name=name, waive_blocklist=waive)
        return _Plain(lambda: self._sink.send(leads, file_name=name, waive_blocklist=waive))


@dataclass(frozen=True, slots=True)
class _Plain:
    """A request of a sink that writes it in the moment of sending."""

    _send: Callable[[], Reply | Job] = field(repr=False)

    def send(self, *, meanwhile: Callable[[], None]) -> Reply | Job:
        del meanwhile
        return self._send()
