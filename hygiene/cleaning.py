"""Cleaning: the survey of all rows, then a verdict for each one.

The second of the two movements; the first is in `survey`. Nothing here looks at other rows than those it
is handed.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.cleaned import CleanedLeads
from hygiene.deliverability import KnownVerdicts
from hygiene.settings import Settings
from hygiene.survey import Survey, domain_verdicts, survey
from hygiene.text import Mask, text_series
from hygiene.verdict import Outcome

__all__ = ["clean_again", "clean_frame", "clean_part", "decide"]


def decide(frame: pd.DataFrame, found: Survey, /, *, chunk: int = 0) -> pd.DataFrame:
    """The verdicts of one chunk.

    Args:
        frame: The chunk, as it was surveyed.
        found: The survey of all chunks.
        chunk: Which of the surveyed chunks it is, from 0.

    Returns:
        The columns of `hygiene_schemas.Verdict`, one row for each of `frame` and with its index.
    """
    examined = found.chunks[chunk]
    rows = np.arange(examined.first_row, examined.first_row + len(frame))
    outcomes = pa.DictionaryArray.from_arrays(
        pa.array(examined.findings.ranks()), pa.array(list(Outcome), pa.large_string())
    )
    source, line = _places(frame.index, rows)
    texts = {
        "address": examined.addresses.address,
        "outcome": outcomes,
        "reasons": examined.findings.texts(),
        "duplicate_of": examined.related.duplicate_of,
        "matched_rule": pc.coalesce(examined.related.matched_rule, examined.traits.rule),
        "domain_verdict": domain_verdicts(examined.addresses.domain, found.domains),
        "suggestion": pc.coalesce(examined.addresses.suggestion, examined.traits.suggestion),
        "repaired": examined.addresses.repaired,
        "other_addresses": examined.addresses.others,
        "cluster": examined.related.cluster,
        "match": examined.related.match,
        "known_as": examined.related.known_as,
    }
    verdicts = pd.DataFrame({"row": rows, "source": source, "line": line}, index=frame.index)
    return verdicts.assign(**{name: text_series(column, frame.index) for name, column in texts.items()})


def _places(index: pd.Index, rows: np.ndarray[Any, Any]) -> tuple[Any, Any]:
    """Source and line of each row: from the index of a frame that was read, else none and the row."""
    if list(index.names) == ["source", "line"]:
        return index.get_level_values("source").astype("str"), index.get_level_values("line").to_numpy()
    return text_series(pa.nulls(len(rows), pa.large_string()), index), rows


def clean_frame(
    frame: pd.DataFrame,
    settings: Settings,
    /,
    *,
    notes: Sequence[str] = (),
    files: Sequence[str] = (),
    sha256: str | None = None,
) -> CleanedLeads:
    """Survey and decide one lead frame that has canonical columns.

    Args:
        frame: The leads; left as it is.
        settings: What to do.
        notes: Sentences about how the input was read, kept with the result.
        files: Names of the files it came from.
        sha256: Digest over those files.
    """
    found = survey([frame], settings)
    return CleanedLeads(frame, decide(frame, found), found, notes=notes, files=files, sha256=sha256)


def clean_again(cleaned: CleanedLeads, /, **changes: Any) -> CleanedLeads:
    """The same leads under settings that differ in `changes`; DNS is not asked again."""
    before = cleaned.survey
    if before.settings.resolver is not None:
        changes["resolver"] = KnownVerdicts(before.domains)
    settings = dataclasses.replace(before.settings, **changes)
    return clean_frame(
        cleaned.frame, settings, notes=cleaned.read_notes, files=cleaned.files, sha256=cleaned.sha256
    )


def clean_part(cleaned: CleanedLeads, rows: Mask, /) -> CleanedLeads:
    """Some rows of the same leads, judged as if they had come alone; DNS is not asked again."""
    return clean_again(CleanedLeads(cleaned.frame.loc[rows], cleaned.verdicts.loc[rows], cleaned.survey))
