"""Jobs: imports that an API takes now and carries out later.

What is handed in is no import yet; only the job's own answer says what became of the leads. Nothing here waits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from hygiene.sinks.sink import Reply

__all__ = ["Job", "RunsJobs"]


@dataclass(frozen=True, slots=True)
class Job:
    """An import that an API has taken and not carried out yet.

    Attributes:
        id: What the API knows it by; kept in the journal before it is first asked about. No secret, no address.
    """

    id: str


@runtime_checkable
class RunsJobs(Protocol):
    """A sink whose API answers an import with a job. An import through it calls these in place of `Sink.send`."""

    def submit(
        self, leads: Sequence[Mapping[str, str]], /, *, file_name: str, waive_blocklist: bool = False
    ) -> Reply | Job:
        """Hand these leads in as one request.

        Returns:
            The job; the reply itself where the API answers at once, as many do for few leads.

        Raises:
            HygieneError: as `Sink.send`; after an `UnknownOutcome` nothing is handed in again without evidence.
        """

    def poll(self, job: str, /) -> Reply | None:
        """What became of a job, in one request; None while it runs.

        Raises:
            Rejected: it was refused for what was handed in; none of the leads landed.
            SinkError: it could not be asked about; it may run on.
        """
