"""Tables: the ready leads, the withheld rows and the verdicts of one partition, as frames and as files.

The leads are read again for it, and held against what was examined.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from hygiene.cleaning.chunk_reasons import all_reasons
from hygiene.cleaning.decide import word_verdicts
from hygiene.cleaning.result import withheld_of
from hygiene.cleaning.rewrite import FieldRules, count_changes, rewrite
from hygiene.columns.mapping import MALFORMED
from hygiene.io.writers import write_parquet
from hygiene.outcomes import Outcome
from hygiene.scale.partition import Job, Kept
from hygiene.scale.safe_tasks import Sealed, guarded, open_or_raise
from hygiene.scale.shuffle import Domains, Placed

__all__ = ["NAMES", "Table", "lay_out", "read_table", "seal", "write_tables"]

Table = Literal["ready", "withheld", "verdicts"]

NAMES: tuple[Table, ...] = ("ready", "withheld", "verdicts")


def seal(frame: pd.DataFrame, /) -> Sealed:
    """A partition that shows nothing of itself in a log, should a task after it fail."""
    return Sealed(frame)


def lay_out(leads: pd.DataFrame, verdicts: pd.DataFrame, fields: FieldRules, /) -> dict[Table, pd.DataFrame]:
    """The three tables of some leads with canonical columns, from these, their verdicts and what is done to cells."""
    ready = (verdicts["outcome"] == Outcome.READY.value).to_numpy()
    rows = verdicts.loc[ready, "row"].to_numpy()
    sent = rewrite(leads.loc[ready].drop(columns=MALFORMED, errors="ignore"), fields, rows=rows)
    addressed = sent.leads.assign(email=verdicts.loc[ready, "address"].to_numpy())
    return {
        "ready": addressed,
        "withheld": withheld_of(leads, verdicts),
        "verdicts": count_changes(verdicts, sent),
    }


def verdicts_of(kept: Kept, placed: Placed, first: int, domains: Domains, /) -> pd.DataFrame:
    """One row a lead of a partition."""
    return pd.concat(_verdicts(kept, placed, first, domains))


def _verdicts(kept: Kept, placed: Placed, first: int, domains: Domains) -> Iterator[pd.DataFrame]:
    for start, chunk in kept.chunks(first):
        related = placed.within(start, start + len(chunk))
        found = all_reasons(chunk, related, domains.verdicts, accept_unknown=domains.accept_unknown)
        yield word_verdicts(chunk, related, found, domains.verdicts)


def _tables(
    sealed: Sealed,
    parts: list[Any],
    job: Job,
    /,
) -> dict[Table, pd.DataFrame]:
    leads = job.leads(sealed.frame)
    parts[0].check(leads)
    return lay_out(leads, verdicts_of(*parts), job.settings.fields)


def read_table(what: str, name: Table, sealed: Sealed, parts: list[Any], job: Job, /) -> pd.DataFrame:
    """One of the tables of a partition.

    Args:
        what: The partition.
        name: The table.
        sealed: Its leads.
        parts: What `verdicts_of` takes.
        job: What every worker is handed.

    Raises:
        InputError: read again it holds other leads.
    """
    found: dict[Table, pd.DataFrame] = open_or_raise(guarded(_tables)(what, sealed, parts, job))
    return found[name]


@guarded
def write_tables(sealed: Sealed, parts: list[Any], job: Job, folder: Path, number: int, /) -> int:
    """Write the tables of a partition as one Parquet file each; gives how many rows are ready.

    A table without rows has a file in the first partition alone.
    """
    tables = _tables(sealed, parts, job)
    for name, frame in tables.items():
        if len(frame) or not number:
            write_parquet(frame, folder / name / f"part-{number:05}.parquet")
    return len(tables["ready"])
