"""Cluster: tasks for whoever computes Dask's graphs, a `Client`'s workers or this process.

What is done with leads is told elsewhere.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from hygiene.errors import HygieneError, InputError, UsageError
from hygiene.scale.safe_tasks import open_or_raise, pick

if TYPE_CHECKING:
    from dask.delayed import Delayed

__all__ = [
    "bits_for",
    "check_dask",
    "check_frame",
    "compute",
    "exchange",
    "hand_out",
    "hold",
    "named",
    "task",
]

#: Rows that a bucket is to hold at least before there is another one.
BUCKET_ROWS = 1 << 19


def check_dask() -> None:
    """Make sure that Dask is there.

    Raises:
        UsageError: it is not installed.
    """
    try:
        import dask.dataframe  # noqa: F401 -- whether it is there
    except ImportError as error:
        msg = "hygiene.scale needs Dask: pip install 'lead-hygiene[dask]'."
        raise UsageError(msg) from error


def check_frame(frame: object, /) -> None:
    """Make sure that this is a Dask frame.

    Raises:
        UsageError: it is none, or Dask is not installed.
    """
    check_dask()
    import dask.dataframe as dd

    if not isinstance(frame, dd.DataFrame):
        msg = f"hygiene.scale.clean takes a Dask frame and got a {type(frame).__name__}; hygiene.clean takes others."
        raise UsageError(msg)


def task(work: Callable[..., Any], /, *args: Any) -> "Delayed":
    """A task to be computed."""
    import dask

    found: Delayed = dask.delayed(work, pure=False, traverse=False)(*args)
    return found


def named(of: "Delayed", /, *names: int | str) -> list["Delayed"]:
    """Some of the things that a guarded task gives."""
    return [task(pick, of, name) for name in names]


def hand_out(value: Any, /) -> "Delayed":
    """A value that is sent to the cluster once, that no task sends again, and that outlives any worker.

    It is a task that gives the value, and not scattered: scattered data is lost with the workers that hold it,
    and of the copies that a broadcast makes all but one are dropped after two seconds (distributed 2026.8.0,
    the active memory manager's `ReduceReplicas`, on unless it is turned off).
    """
    import dask

    given = dask.delayed(value, name=f"handed-out-{uuid.uuid4().hex}", traverse=False)
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1TiB"}):
        held: Delayed
        (held,) = dask.persist(given)
    return held


def compute(values: Sequence["Delayed"], /) -> list[Any]:
    """What tasks give, here.

    Raises:
        HygieneError: one of them gave a failure.
        InputError: the frame itself, or the cluster, failed.
    """
    import dask

    with _telling():
        found = dask.compute(*values)
    return [open_or_raise(value) for value in found]


def hold(values: Sequence["Delayed"], /) -> list["Delayed"]:
    """The same, computed and held where they are, for as long as somebody has what this gives."""
    import dask

    with _telling():
        return list(dask.persist(*values))


@contextmanager
def _telling() -> Iterator[None]:
    """Tell errors that are not ours by their type alone: their text may hold cells."""
    try:
        yield
    except HygieneError:
        raise
    except Exception as error:  # noqa: BLE001 -- a frame may fail with anything; its text may hold cells
        msg = f"the Dask frame cannot be computed: {type(error).__name__}; compute it by itself to see why."
        raise InputError(msg) from None


def exchange(
    pieces: Sequence["Delayed"], join: Callable[["str", list["Delayed"]], "Delayed"], /, *, bits: int
) -> Iterator[list["Delayed"]]:
    """What buckets make of the pieces of all partitions, for each partition.

    Args:
        pieces: A list of pieces for each partition, one piece for each bucket.
        join: The task that makes of a bucket's pieces, one for each partition, a list of as many.
        bits: Of the keys that name buckets.
    """
    buckets = range(1 << bits)
    cut = [named(each, *buckets) for each in pieces]
    joined = [join(f"bucket {bucket + 1}", [each[bucket] for each in cut]) for bucket in buckets]
    back = [named(each, *range(len(pieces))) for each in joined]
    return ([each[number] for each in back] for number in range(len(pieces)))


def bits_for(rows: int, /) -> int:
    """Bits of the keys that name the buckets of so many rows."""
    return max(1, (rows // BUCKET_ROWS).bit_length())
