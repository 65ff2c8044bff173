"""Jobs: wait for what an API was handed and carries out later.

How long is bounded; the job's id is in the record before, so that the same import goes on where this one stops.
"""

import time
from collections.abc import Callable

from hygiene.errors import JobUnfinished, Rejected, SinkError
from hygiene.sinks import Reply, RunsJobs, Sink

__all__ = ["follow"]

#: Seconds until a job is asked about the first time, each further pause being half as long again, up to the last one.
FIRST_S, LONGEST_S = 0.2, 30.0
_GROWTH = 1.5
#: Seconds that one run waits for one job, its own polls apart.
MOST_S = 1800.0


def follow(sink: Sink, job: str, /, *, stop: Callable[[], bool] | None = None) -> Reply:
    """What became of a job, once it is done.

    Raises:
        Rejected: it was refused for what was handed in; none of the leads landed.
        JobUnfinished: it runs on, could not be asked about, or its sink takes no jobs any more.
    """
    where = f"{sink.name}: job {job}"
    if not isinstance(sink, RunsJobs):
        msg = (
            f"{where} was handed in, and this sink cannot be asked about jobs. Use the one that handed it in."
        )
        raise JobUnfinished(msg)
    pause, waited = FIRST_S, 0.0
    while True:
        try:
            reply = sink.poll(job)
        except Rejected:
            raise
        except SinkError as error:
            raise JobUnfinished(
                f"{where} was handed in and could not be asked about: {error.marked}"
            ) from error
        if reply is not None:
            return reply
        if waited >= MOST_S or (stop is not None and stop()):
            raise JobUnfinished(f"{where} is not done yet; what it brings is not known.")
        time.sleep(pause)
        waited, pause = waited + pause, min(pause * _GROWTH, LONGEST_S)
