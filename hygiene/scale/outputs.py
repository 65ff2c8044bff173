"""Tables: the ready leads, the withheld rows, the verdicts and the changed cells of one partition, as frames and files.

The leads are read again for it, and held against what was examined.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from hygiene.cleaning.changed import ChangedColumn, count_columns
from hygiene.cleaning.chunk_reasons import all_reasons
from hygiene.cleaning.decide import word_verdicts
from hygiene.cleaning.dedup.fill import Fills
from hygiene.cleaning.rewrite import Changes, FieldRules, rewrite
from hygiene.cleaning.withheld import withheld_of
from hygiene.columns.leads import as_leads
from hygiene.columns.mapping import MALFORMED
from hygiene.io.writers import write_parquet
from hygiene.outcomes import Outcome
from hygiene.scale.partition import Job, Kept
from hygiene.scale.safe_tasks import Sealed, guarded, open_or_raise
from hygiene.scale.shuffle import Domains, Placed

__all__ = ["Table", "count_changed", "lay_out", "read_table", "read_verdict", "tables_of", "write_tables"]

Table = Literal["ready", "withheld", "verdicts", "changes"]


def tables_of(fields: FieldRules, /) -> tuple[Table, ...]:
    """The tables that are written: that of changed cells only where something is done to cells."""
    every: tuple[Table, ...] = ("ready", "withheld", "verdicts", "changes")
    return every if fields.are_any else every[:-1]


def lay_out(
    leads: pd.DataFrame,
    verdicts: pd.DataFrame,
    fields: FieldRules,
    /,
    *,
    codes: bool = True,
    fills: Sequence[Fills] = (),
) -> dict[Table, pd.DataFrame]:
    """The tables of some leads with canonical columns.

    Args:
        leads: The leads, with canonical columns.
        verdicts: Their verdicts.
        fields: What is done to cells.
        codes: Whether two letters may be the code of a country.
        fills: Cells that rows take from others.
    """
    ready = (verdicts["outcome"] == Outcome.READY.value).to_numpy()
    rows = verdicts.loc[ready, "row"].to_numpy()
    bare = leads.loc[ready].drop(columns=MALFORMED, errors="ignore")
    for filled in fills:
        bare = filled.fill(bare, rows - 1)
    sent = rewrite(as_leads(bare), fields, rows=rows, codes=codes)
    addressed = sent.leads.frame.assign(email=verdicts.loc[ready, "address"].to_numpy())
    withheld = withheld_of(leads, verdicts)
    return {"ready": addressed, "withheld": withheld, "verdicts": verdicts, "changes": sent.changes.frame()}


def verdicts_of(kept: Kept, placed: Placed, first: int, domains: Domains, /) -> pd.DataFrame:
    """One row a lead of a partition."""
    return pd.concat(_verdicts(kept, placed, first, domains))


def _verdicts(kept: Kept, placed: Placed, first: int, domains: Domains) -> Iterator[pd.DataFrame]:
    for start, chunk in kept.chunks(first):
        related = placed.within(start, start + len(chunk))
        found = all_reasons(chunk, related, domains.verdicts, accept_unknown=domains.accept_unknown)
        verdicts = word_verdicts(chunk, related, found, domains.verdicts).frame(chunk.frame.index)
        ready = (verdicts["outcome"] == Outcome.READY.value).to_numpy()
        yield verdicts.assign(changes=np.where(ready, kept.changes[start : start + len(chunk)], 0))


def _tables(
    sealed: Sealed,
    parts: list[Any],
    job: Job,
    /,
) -> dict[Table, pd.DataFrame]:
    leads = job.leads(sealed.frame)
    parts[0].check(leads)
    kept = parts[0]
    return lay_out(leads, verdicts_of(*parts), job.settings.fields, codes=kept.codes, fills=kept.fills)


def read_table(what: str, name: Table, sealed: Sealed | None, parts: list[Any], job: Job, /) -> pd.DataFrame:
    """One of the tables of a partition; the verdicts without its leads.

    Args:
        what: The partition.
        name: The table.
        sealed: Its leads; None for the verdicts.
        parts: What `verdicts_of` takes.
        job: What every worker is handed.

    Raises:
        InputError: read again it holds other leads.
    """
    if sealed is None:
        found: pd.DataFrame = open_or_raise(guarded(verdicts_of)(what, *parts))
    else:
        found = open_or_raise(guarded(_tables)(what, sealed, parts, job))[name]
    return found


@guarded
def read_verdict(parts: list[Any], row: int, /) -> pd.DataFrame:
    """The verdict of the row of that number; no row where it is in another partition."""
    verdicts = verdicts_of(*parts)
    return verdicts[verdicts["row"] == row]


@guarded
def count_changed(sealed: Sealed, parts: list[Any], job: Job, /) -> dict[str, ChangedColumn]:
    """What was changed of the leads of a partition that are ready, by column."""
    return count_columns(Changes.of(_tables(sealed, parts, job)["changes"]))


@guarded
def write_tables(
    sealed: Sealed, parts: list[Any], job: Job, folder: Path, number: int, /
) -> dict[str, ChangedColumn]:
    """Write the tables of a partition as one Parquet file each; gives what was changed of the leads that are ready.

    A table without rows has a file in the first partition alone.
    """
    tables = _tables(sealed, parts, job)
    for name in tables_of(job.settings.fields):
        frame = tables[name]
        if len(frame) or not number:
            write_parquet(frame, folder / name / f"part-{number:05}.parquet")
    return count_columns(Changes.of(tables["changes"]))
