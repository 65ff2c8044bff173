"""Cleaning: the survey of all rows, then a verdict for each one.

A chunk gets its verdicts when they are asked for, so that an input which does not fit in memory need not.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd

from hygiene.cleaned import CleanedLeads
from hygiene.deliverability import KnownVerdicts
from hygiene.settings import Settings
from hygiene.survey import CHUNK_ROWS, Keeping, survey, survey_again
from hygiene.text import Mask

__all__ = ["clean_again", "clean_chunks", "clean_frame", "clean_part"]


def clean_frame(
    frame: pd.DataFrame,
    settings: Settings,
    /,
    *,
    jobs: int | None = None,
    notes: Sequence[str] = (),
) -> CleanedLeads:
    """Clean one lead frame that has canonical columns.

    Args:
        frame: The leads; left as it is.
        settings: What to do.
        jobs: Chunks examined at once.
        notes: Sentences about the input, kept with the result.
    """
    return CleanedLeads(survey(_cut(frame, settings), settings, jobs=jobs), frame=frame, notes=notes)


def clean_chunks(
    frames: Iterable[pd.DataFrame],
    settings: Settings,
    /,
    *,
    keeping: Keeping | None = None,
    jobs: int | None = None,
) -> CleanedLeads:
    """Clean lead frames that come one after the other, and are kept as `keeping` says.

    Args:
        frames: Leads with canonical columns; one frame alone where `settings.by_row` is false.
        settings: What to do.
        keeping: Where more than fits in memory is kept.
        jobs: Chunks examined at once.
    """
    return CleanedLeads(survey(frames, settings, keeping=keeping, jobs=jobs))


def clean_again(cleaned: CleanedLeads, /, **changes: Any) -> CleanedLeads:
    """The same leads under settings that differ in `changes`; DNS is not asked again."""
    return cleaned.again(survey_again(cleaned.survey, _known_settings(cleaned, changes)))


def clean_part(cleaned: CleanedLeads, rows: Mask, /) -> CleanedLeads:
    """Some rows of the same leads, judged as if they had come alone; DNS is not asked again."""
    before = cleaned.survey
    settings = _known_settings(cleaned, {})
    if before.keeping is None:
        part = cleaned.frame.loc[rows]
        return CleanedLeads(survey(_cut(part, settings), settings, jobs=before.jobs, whole=False), frame=part)
    chosen = (
        chunk.frame.loc[rows[start : start + len(chunk)]]
        for start, chunk in zip(before.firsts, before, strict=False)
    )
    found = survey(_gathered(chosen), settings, keeping=before.keeping, jobs=before.jobs, whole=False)
    return CleanedLeads(found)


def _known_settings(cleaned: CleanedLeads, changes: dict[str, Any]) -> Settings:
    before = cleaned.survey
    if before.settings.resolver is not None:
        changes = {"resolver": KnownVerdicts(before.domains), **changes}
    return dataclasses.replace(before.settings, **changes)


def _cut(frame: pd.DataFrame, settings: Settings) -> Iterator[pd.DataFrame]:
    size = CHUNK_ROWS if settings.by_row else max(len(frame), 1)
    return (frame.iloc[start : start + size] for start in range(0, max(len(frame), 1), size))


def _gathered(frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Frames put together, as far as they are smaller than a chunk."""
    held: list[pd.DataFrame] = []
    for frame in frames:
        held.append(frame)
        if sum(map(len, held)) >= CHUNK_ROWS:
            yield pd.concat(held)
            held.clear()
    if held:
        yield pd.concat(held)
