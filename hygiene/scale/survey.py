"""Surveying: the passes over all partitions, as tasks, and what comes of them here.

Here are merely sums, the distinct domains and what the tasks are called by.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hygiene.cleaning.gate import RowCounts
from hygiene.cleaning.reasons import in_table_order
from hygiene.cleaning.settings import Settings
from hygiene.columns.dates import Dated
from hygiene.columns.opt_outs import ColumnMarks, any_marks
from hygiene.deliverability import DomainVerdict
from hygiene.display import counted
from hygiene.errors import InputError
from hygiene.scale.filling import settle
from hygiene.scale.partition import Job, survey_partition
from hygiene.scale.shuffle import (
    Domains,
    count_repeated,
    gather,
    has_further,
    relate_bucket,
    split_keys,
    split_marks,
    split_rows,
)
from hygiene.scale.tasks import bits_for, compute, exchange, hand_out, hold, named, task
from hygiene.scale.top import choose, first_rows

if TYPE_CHECKING:
    import dask.dataframe as dd
    from dask.delayed import Delayed

__all__ = ["Partition", "Surveyed", "survey", "survey_parts"]


@dataclass(frozen=True)
class Partition:
    """One partition: its leads as tasks read them, what is held of it, its first row's number and the next one's."""

    what: str
    leads: "Delayed"
    kept: "Delayed"
    placed: "Delayed"
    first: int
    end: int | None

    def may_hold(self, row: int, /) -> bool:
        """Whether the row of that number may be in it; any may where a column gives the numbers."""
        return self.end is None or self.first <= row < self.end


@dataclass(frozen=True)
class Surveyed:
    """What all partitions together say.

    Attributes:
        settings: What was asked for.
        job: What every worker was handed.
        handed: The same, where tasks find it.
        domains: Verdicts of domains, where tasks find them.
        asked: The same, here.
        partitions: The partitions, in order.
        counts: Rows by outcome and by reason.
        marks: Rows marked by each suppression column.
        dated: How far the column of dates that decides which row stays was understood.
        stand_ins: Rows that take their address from each of the further columns.
        clusters: Keys that several rows have.
        empty: The frame without its rows.
    """

    settings: Settings
    job: Job
    handed: "Delayed"
    domains: "Delayed"
    asked: Mapping[str, DomainVerdict]
    partitions: Sequence[Partition]
    counts: RowCounts
    marks: Mapping[str, ColumnMarks]
    dated: Dated
    stand_ins: Sequence[int]
    clusters: int
    empty: pd.DataFrame


def survey(
    frame: "dd.DataFrame",
    settings: Settings,
    /,
    *,
    order: str | None,
    columns: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Surveyed:
    """Run every pass over every partition.

    Args:
        frame: The leads.
        settings: What to do.
        order: The column that numbers the rows; None where their place does.
        columns: Canonical name to header, where the choice made by name is not right.
        headers: Header to column, where files had other headers than the frame has columns.

    Raises:
        InputError: a partition cannot be examined, or rows are not numbered.
        UsageError: there is no such column, or none of its cells is a date.
    """
    leads = frame.to_delayed()
    top = first_rows(leads, tuple(map(str, frame.columns)))
    job = choose(top, settings.of_input(headers or {}), columns, order)
    return survey_parts(leads, job, replace(job.settings, resolver=settings.resolver), top.head(0))


def survey_parts(
    leads: Sequence["Delayed"], job: Job, settings: Settings, empty: pd.DataFrame, /, *, whole: bool = True
) -> Surveyed:
    """Run every pass over partitions whose columns are known.

    Args:
        leads: The partitions, in order.
        job: What every worker is handed.
        settings: The same settings, with who is asked about domains.
        empty: A partition without its rows.
        whole: Whether these are all leads, so that a column of dates without a date is a mistake.

    Raises:
        InputError: a partition cannot be examined, or rows are not numbered.
        UsageError: there is no such column, or none of its cells is a date.
    """
    handed = hand_out(job)
    found = _examine(leads, handed)
    if whole:
        found.dated.check(settings.keep.column)
    bits = bits_for(found.count)
    if job.order is not None:
        _check_numbers(found.kept, bits, job.order)
    verdicts = _look_up(settings, found.domains)
    asked = hand_out(Domains(verdicts, settings.accept_unknown))
    placed, by_rank, reasons, clusters = _relate(found, handed, asked)
    counts = RowCounts.counted(by_rank, in_table_order(reasons), settings, marked=any_marks(found.marks))
    parts = list(zip(found.names, leads, found.kept, placed, found.firsts, strict=True))
    kept = settle(parts, found.codes, handed, fill=settings.fill, bits=bits)
    partitions = [
        Partition(what, part, each, where, first, None if job.order else first + rows)
        for (what, part, _, where, first), each, rows in zip(parts, kept, found.rows, strict=True)
    ]
    told = (found.marks, found.dated, found.stand_ins, clusters)
    return Surveyed(settings, job, handed, asked, verdicts, partitions, counts, *told, empty)


@dataclass(frozen=True)
class _Examined:
    """All partitions after the passes that need no other row; lists by partition, and sums."""

    names: list[str]
    kept: Sequence["Delayed"]
    keyed: Sequence["Delayed"]
    rows: list[int]
    domains: list[str]
    marks: Mapping[str, ColumnMarks]
    dated: Dated
    stand_ins: Sequence[int]
    codes: Sequence[bool]

    @property
    def count(self) -> int:
        return sum(self.rows)

    @property
    def firsts(self) -> list[int]:
        """Number of the first row of each."""
        return [1 + int(before) for before in np.cumsum([0, *self.rows[:-1]])]


def _examine(leads: Sequence["Delayed"], handed: "Delayed") -> _Examined:
    names = [f"partition {number + 1}" for number in range(len(leads))]
    tasks = [task(survey_partition, name, part, handed) for name, part in zip(names, leads, strict=True)]
    names_told = ("rows", "domains", "marks", "dated", "stand_ins", "codes")
    kept, keyed, *told = _held(tasks, "kept", "keyed", *names_told)
    rows, domains, marks, dated, stand_ins, codes = (compute(each) for each in told)
    distinct = dict.fromkeys(name for each in domains for name in each)
    stood_in = [sum(counts) for counts in zip(*stand_ins, strict=True)]
    sums = (_added(marks), sum(dated, Dated()), stood_in)
    return _Examined(names, kept, keyed, rows, list(distinct), *sums, codes)


def _relate(
    found: _Examined, handed: "Delayed", asked: "Delayed"
) -> tuple[Sequence["Delayed"], list[int], Mapping[str, int], int]:
    """What the rows of each partition are to all others; rows by the rank of their outcome, by reason; clusters."""
    bits = bits_for(found.count)
    each = list(zip(found.names, found.kept, found.firsts, found.keyed, strict=True))

    def related(pieces: Sequence["Delayed"]) -> Iterator[list["Delayed"]]:
        return exchange(pieces, lambda name, bucket: task(relate_bucket, name, handed, bucket), bits=bits)

    met: Iterable[list[Delayed]] = ([] for _ in each)
    if any(compute([task(has_further, name, keyed) for name, _, _, keyed in each])):
        met = related(
            [task(split_marks, name, kept, keyed, first, bits) for name, kept, first, keyed in each]
        )
    pieces = [
        task(split_keys, name, kept, keyed, first, asked, bits, marks)
        for (name, kept, first, keyed), marks in zip(each, met, strict=True)
    ]
    tasks = [
        task(gather, name, kept, first, asked, part)
        for (name, kept, first, _), part in zip(each, related(pieces), strict=True)
    ]
    placed, by_rank, reasons, clusters = _held(tasks, None, "by_rank", "reasons", "clusters")
    sums = [sum(counts) for counts in zip(*compute(by_rank), strict=True)]
    return placed, sums, _sum(compute(reasons)), sum(compute(clusters))


def _held(tasks: Sequence["Delayed"], *names: str | None) -> list[list["Delayed"]]:
    """Some of the things that each task gives, by name (None is all of it), held where they are."""
    flat = [each if name is None else named(each, name)[0] for name in names for each in tasks]
    held = hold(flat)
    return [held[start : start + len(tasks)] for start in range(0, len(held), len(tasks))]


def _added(marks: Sequence[Mapping[str, ColumnMarks]]) -> dict[str, ColumnMarks]:
    found: dict[str, ColumnMarks] = {}
    for each in marks:
        for name, marked in each.items():
            found[name] = found[name] + marked if name in found else marked
    return found


def _sum(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    found = Counter[str]()
    for each in counts:
        found.update(each)
    return dict(found)


def _check_numbers(kept: Sequence["Delayed"], bits: int, order: str) -> None:
    """Make sure that a column numbers no two rows alike."""
    buckets = range(1 << bits)
    cut = [named(task(split_rows, "a partition", each, bits), *buckets) for each in kept]
    counts = [task(count_repeated, "a bucket", [each[bucket] for each in cut]) for bucket in buckets]
    repeated = sum(compute(counts))
    if repeated:
        rows = counted(repeated, "row", ",")
        msg = f"column {order!r} gives {rows} a number that another row has; expected one for each row."
        raise InputError(msg)


def _look_up(settings: Settings, domains: list[str]) -> Mapping[str, Any]:
    """The verdicts of all distinct domains; none where nobody is asked."""
    return {} if settings.resolver is None else dict(settings.resolver.look_up(domains))
