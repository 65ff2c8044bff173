"""Entries: how a batch, and what is done to cells, is read from the journal's tables, of whatever version they are."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

import numpy as np

from hygiene.cleaning.rewrite import FieldRules
from hygiene.importing.records import Entry
from hygiene.outcomes import Counts
from hygiene.prediction.reconcile import BatchResult

__all__ = ["entry_of", "extra_of", "fields_of"]

#: The names under which `BatchResult.nonsense` and `BatchResult.elsewhere` are kept beside what was answered.
_NONSENSE, _ELSEWHERE = "\0nonsense", "\0elsewhere"


def extra_of(result: BatchResult, /) -> list[tuple[str, object]]:
    """What else was answered, and what else we know of the batch under names that no API gives."""
    own = {_NONSENSE: result.nonsense, _ELSEWHERE: result.elsewhere}
    return [*result.extra, *((name, value) for name, value in own.items() if value)]


def entry_of(row: sqlite3.Row, /) -> Entry:
    """A batch as it was written; one that was being sent has an answer that is lost."""
    sending, extra = row["state"] == "sending", json.loads(row["extra"])
    own = {name: value for name, value in extra if name in (_NONSENSE, _ELSEWHERE)}
    result = BatchResult(
        row["number"],
        len(row["leads"]) // 4,
        "unknown" if sending else row["state"],
        row["attempts"],
        Counts(**json.loads(row["predicted"])),
        Counts(**json.loads(row["reported"])) if row["reported"] else None,
        tuple((name, value) for name, value in extra if name not in own),
        row["replayed"],
        row["words"],
        tuple(own.get(_NONSENSE, ())),
        own.get(_ELSEWHERE, 0),
        *_told(row),
    )
    return Entry(np.frombuffer(row["leads"], "<u4").astype(np.int64), result, row["lost"] + sending)


def _told(row: sqlite3.Row) -> tuple[str, bytes, tuple[tuple[int, str], ...], int]:
    """The job made of a batch, what was said of single leads, and when; version 1 of the tables has none of it."""
    if "job" not in row.keys():  # noqa: SIM118 -- a row is no mapping
        return "", b"", (), 0
    words = tuple((int(place), str(said)) for place, said in json.loads(row["told_words"]))
    return row["job"], row["told"], words, row["answered_at"]


def fields_of(kept: Mapping[str, Any], /) -> FieldRules:
    """What is done to cells; earlier versions, which did nothing, kept nothing."""
    return FieldRules(kept.get("mend", False), tuple(kept.get("tidy", ())), kept.get("region", ""))
