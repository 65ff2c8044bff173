"""The survey of one frame, of the same leads under other settings, and of some of their rows.

What a survey does is in `survey`; a verdict for each row is given when it is asked for.
"""

import dataclasses
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from hygiene.arrow.parallel import CHUNK_ROWS
from hygiene.arrow.text import Mask
from hygiene.cleaning.row_lookup import together
from hygiene.cleaning.settings import Settings
from hygiene.cleaning.survey import Survey, survey, survey_again

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["cut", "resurvey", "survey_frame", "survey_rows"]


def survey_frame(frame: "pd.DataFrame", settings: Settings, /, *, jobs: int | None = None) -> Survey:
    """The survey of one lead frame that has canonical columns, cut into chunks.

    Args:
        frame: The leads; left as it is.
        settings: What to do.
        jobs: Chunks examined at once.

    Raises:
        InputError, UsageError: as `survey`.
    """
    return survey((chunk for _, chunk in cut(frame, settings)), settings, jobs=jobs)


def cut(frame: "pd.DataFrame", settings: Settings, /) -> "Iterator[tuple[int, pd.DataFrame]]":
    """The chunks of a frame, each with the position of its first row; one alone where a rule sees all rows."""
    size = CHUNK_ROWS if settings.by_row else max(len(frame), 1)
    for start in range(0, max(len(frame), 1), size):
        yield start, frame.iloc[start : start + size]


def resurvey(found: Survey, /, **changes: Any) -> Survey:
    """The survey of the same leads under settings that differ in `changes`; DNS is not asked again."""
    return survey_again(found, dataclasses.replace(found.known_settings(), **changes))


def survey_rows(found: Survey, rows: Mask, /) -> Survey:
    """The survey of some rows of the same leads as if they had come alone; DNS is not asked again."""
    chosen = (
        chunk.frame.loc[rows[start : start + len(chunk)]]
        for start, chunk in zip(found.firsts, found, strict=False)
    )
    return survey(
        _gathered(chosen), found.known_settings(), keeping=found.keeping, jobs=found.jobs, whole=False
    )


def _gathered(frames: "Iterable[pd.DataFrame]") -> "Iterator[pd.DataFrame]":
    """Frames put together, as far as they are smaller than a chunk."""
    held: list[pd.DataFrame] = []
    for frame in frames:
        held.append(frame)
        if sum(map(len, held)) >= CHUNK_ROWS:
            yield together(held)
            held = []
    if held:
        yield together(held)
