"""Ahead: work on several things at once whose results are taken in order, and how many rows go into one."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar

import pyarrow as pa

__all__ = ["CHUNK_ROWS", "map_in_order"]

#: Rows of a chunk where nobody names a number: few enough for several at once, many enough that what a chunk
#: costs by itself does not count.
CHUNK_ROWS = 1 << 16

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def map_in_order(
    work: Callable[[_Item], _Result], items: Iterable[_Item], /, *, jobs: int | None = None
) -> Iterator[_Result]:
    """What `work` gives for each item, in their order; a few are worked on ahead of the caller.

    Threads, since nearly all work is Arrow's and NumPy's, which let go of the interpreter. Two processes took 1.4
    times as long for a million leads (`benchmarks/scale_dask.py`).

    Args:
        work: What is done.
        items: What it is done to; taken in the caller's thread.
        jobs: Items worked on at once; the processors there are where None.
    """
    threads, given = jobs or pa.cpu_count(), iter(items)
    first = list(islice(given, 2))
    if len(first) < 2:  # as most lists are: a thread would cost more than it is worth
        yield from map(work, first)
        return
    waiting: deque[Future[_Result]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for item in chain(first, given):
            waiting.append(pool.submit(work, item))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
