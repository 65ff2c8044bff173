"""Comparing sources: the groups that the values of a column make of a Dask frame, each judged as if alone.

A group is cleaned as a frame of its own, partition by partition; domains are not asked again.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.address import exact_key
from hygiene.arrow.hashing import Hashes, by_bucket, hash_texts
from hygiene.arrow.text import text_column
from hygiene.cleaning.comparison import (
    BY_PROVIDER,
    FILE,
    Comparison,
    Group,
    check_asked,
    check_groups,
    column_called,
    in_size_order,
    named,
    overlaps,
    shared_leads,
    source_texts,
)
from hygiene.cleaning.providers import providers_of
from hygiene.columns.leads import as_leads
from hygiene.deliverability import KnownVerdicts
from hygiene.scale.forecast import forecast, touched_leads
from hygiene.scale.partition import Job, Kept, Numbers
from hygiene.scale.safe_tasks import Failure, Sealed, guarded, seal
from hygiene.scale.shuffle import Domains
from hygiene.scale.survey import Surveyed, survey_parts
from hygiene.scale.tasks import bits_for, compute, hold, task
from hygiene.scale.tasks import named as parts_of
from hygiene.scale.weights import Weighed

if TYPE_CHECKING:
    from dask.delayed import Delayed

__all__ = ["compare"]


@dataclass(frozen=True, repr=False)
class _Groups(Weighed):
    """The group of each row of a partition, by number, the groups' names and how many rows each has."""

    codes: Numbers
    names: list[str]
    rows: dict[str, int]


@dataclass(frozen=True, repr=False)
class _Leads(Weighed):
    """Leads on their way to a bucket: their hashed addresses, and the group of each."""

    keys: Hashes
    group: Numbers


def compare(found: Surveyed, by: str, /) -> Comparison:
    """The groups that the values of a column, or the files, make.

    Args:
        found: What all partitions together say.
        by: A column, canonical or custom, by its name or its header, ``file``, or ``provider`` for who takes the mail.

    Raises:
        UsageError: no such column, providers where DNS was not asked, or more values than a comparison has groups.
    """
    column = None if by == FILE else column_called(by, _columns(found), found.settings.headers)
    if column is None and by == BY_PROVIDER:
        check_asked(asked=found.settings.resolver is not None)
    labelled = hold(
        [
            task(
                _label, part.what, task(seal, part.leads), part.kept, found.handed, found.domains, by, column
            )
            for part in found.partitions
        ]
    )
    rows = Counter[str]()
    for counts in compute([parts_of(each, "rows")[0] for each in labelled]):
        rows.update(counts)
    check_groups(by, len(rows))
    names = in_size_order(rows)
    shared = _shared(found, labelled, names)
    groups = [
        Group(name, alone.counts, int(shared[at, at]), _predicted(alone))
        for at, name in enumerate(names)
        for alone in [_alone(found, labelled, name)]
    ]
    return Comparison(by, tuple(groups), overlaps(names, shared))


def _columns(found: Surveyed) -> Sequence[str]:
    return tuple(found.job.leads(found.empty).columns)


def _predicted(alone: Surveyed) -> Any:
    batch_leads = alone.settings.batch_leads
    return forecast(alone, touched_leads(alone, raw=False), batch_leads=batch_leads).counts


@guarded
def _label(  # noqa: PLR0917 -- what a task is given
    sealed: Sealed, kept: Kept, job: Job, domains: Domains, by: str, column: str | None, /
) -> _Groups:
    """The group of each row of a partition."""
    leads = job.leads(sealed.frame)
    kept.check(leads)
    if column is not None:
        cells = text_column(leads[column])
    elif by == FILE:
        cells = source_texts(as_leads(leads))
    else:
        parts = [providers_of(chunk.domain, domains.verdicts) for _, chunk in kept.chunks(1)]
        cells = pa.concat_arrays([pa.nulls(0, pa.large_string()), *parts])
    codes, names = named(cells)
    check_groups(by, len(names))
    counts = np.bincount(codes, minlength=len(names)).tolist()
    return _Groups(codes, names, dict(zip(names, counts, strict=True)))


def _alone(found: Surveyed, labelled: Sequence["Delayed"], name: str) -> Surveyed:
    """The survey of the rows of a group as if they had come alone."""
    settings = replace(found.settings, fill=False)
    if settings.resolver is not None:
        settings = replace(settings, resolver=KnownVerdicts(found.asked))
    job = replace(found.job, settings=replace(found.job.settings, fill=False))
    leads = [
        task(_rows_of, part.leads, groups, name)
        for part, groups in zip(found.partitions, labelled, strict=True)
    ]
    return survey_parts(leads, job, settings, found.empty, whole=False)


def _rows_of(
    frame: pd.DataFrame | Sealed | Failure, groups: _Groups | Failure, name: str, /
) -> Sealed | Failure:
    """The rows of a partition that are of a group."""
    if isinstance(groups, Failure):
        return groups
    if isinstance(frame, Failure):
        return frame
    given = frame.frame if isinstance(frame, Sealed) else frame
    code = groups.names.index(name) if name in groups.names else -1
    return Sealed(given.loc[groups.codes == code])


def _shared(found: Surveyed, labelled: Sequence["Delayed"], names: list[str]) -> Any:
    """How many leads every two groups both hold, and in the diagonal how many each holds."""
    bits = bits_for(found.counts.rows)
    pieces = [
        parts_of(task(_split, part.what, part.kept, groups, found.job.key, names, bits), *range(1 << bits))
        for part, groups in zip(found.partitions, labelled, strict=True)
    ]
    sums = [
        task(_count, f"bucket {bucket + 1}", [each[bucket] for each in pieces], len(names))
        for bucket in range(1 << bits)
    ]
    return sum(compute(sums))


@guarded
def _split(kept: Kept, groups: _Groups, key: Any, names: list[str], bits: int, /) -> list[_Leads]:
    """The distinct leads of each group of a partition, by bucket."""
    texts = pa.concat_arrays([pa.nulls(0, pa.large_string()), *(each.address for _, each in kept.chunks(1))])
    valid = np.flatnonzero(texts.is_valid().to_numpy(zero_copy_only=False))
    keys = hash_texts(exact_key(pc.drop_null(texts)), key=key)[:, 0]
    place = np.array([names.index(name) for name in groups.names], dtype=np.int64)
    group = place[groups.codes[valid]]
    return [_Leads(keys[chosen], group[chosen]) for chosen in np.split(*by_bucket(keys, bits))]


@guarded
def _count(pieces: list[_Leads], groups: int, /) -> Any:
    keys = np.concatenate([piece.keys for piece in pieces])
    group = np.concatenate([piece.group for piece in pieces])
    return shared_leads([np.unique(keys[group == each]) for each in range(groups)])
