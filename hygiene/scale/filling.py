"""Filling: blank cells of rows that stay, taken from the rows they replace, whatever partition these are in.

Cells travel for it, but merely those of rows that share their key with others; without `fill` none does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hygiene.cleaning.dedup.fill import Fills, find_fills
from hygiene.cleaning.dedup.survivors import Repeats
from hygiene.columns.mapping import MALFORMED
from hygiene.columns.opt_out_cells import may_mark
from hygiene.scale.partition import Job, Kept, Numbers, changes_of
from hygiene.scale.safe_tasks import Sealed, guarded, seal
from hygiene.scale.shuffle import Placed
from hygiene.scale.tasks import exchange, hold, task
from hygiene.scale.weights import Weighed

if TYPE_CHECKING:
    from dask.delayed import Delayed

__all__ = ["settle"]


@dataclass(frozen=True, repr=False)
class _Giving(Weighed):
    """Rows of leads that several rows have, on their way to a bucket.

    Attributes:
        cells: What can be given or taken.
        rows: Their numbers.
        stays: Number of the row that stays, for each.
        best: Where each stands among the rows with its key.
    """

    cells: pd.DataFrame
    rows: Numbers
    stays: Numbers
    best: Numbers


def settle(
    parts: Sequence[tuple[str, "Delayed", "Delayed", "Delayed", int]],
    codes: Sequence[bool],
    handed: "Delayed",
    /,
    *,
    fill: bool,
    bits: int,
) -> Sequence["Delayed"]:
    """What is kept of each partition, now that it is known what all together say of the cells that are sent.

    Args:
        parts: Of each partition its name, leads, what is kept and what its rows are to others, and its first row.
        codes: Whether two letters may be the code of a country, by partition.
        handed: What every worker was handed.
        fill: Whether rows take cells from the rows they replace.
        bits: Of the keys that name buckets.
    """
    sealed = [task(seal, leads) for _, leads, *_ in parts]
    filled: Iterable[list[Delayed]] = ([] for _ in parts)
    if fill:
        pieces = [
            task(_split, what, leads, kept, placed, first, handed, bits)
            for (what, _, kept, placed, first), leads in zip(parts, sealed, strict=True)
        ]
        filled = exchange(pieces, lambda what, each: task(_find, what, each), bits=bits)
    settled = [
        task(_settle, what, leads, kept, first, handed, each, all(codes))
        if fill or own != all(codes)
        else kept
        for (what, _, kept, _, first), leads, own, each in zip(parts, sealed, codes, filled, strict=True)
    ]
    return hold(settled)


@guarded
def _split(  # noqa: PLR0917 -- what a task is given
    sealed: Sealed, kept: Kept, placed: Placed, first: int, job: Job, bits: int, /
) -> list[_Giving]:
    """The sound rows of a partition that share their key with others, by bucket of the row that stays."""
    leads = job.leads(sealed.frame)
    kept.check(leads)
    repeats, sound = placed.relations.repeats, np.flatnonzero(placed.relations.sound)
    closed = [name for name in leads if name in ("email", MALFORMED) or may_mark(str(name))]
    places, stays, best = repeats.order[sound], repeats.stays[sound] + 1, placed.best[sound]
    cells, rows = leads.drop(columns=closed).iloc[places].reset_index(drop=True), kept.rows(first)[places]
    home = stays & ((1 << bits) - 1)
    chosen = [np.flatnonzero(home == bucket) for bucket in range(1 << bits)]
    return [_Giving(cells.iloc[each], rows[each], stays[each], best[each]) for each in chosen]


@guarded
def _find(pieces: list[_Giving], /) -> list[Fills]:
    """What the rows of a bucket take from each other, by partition."""
    stays = np.concatenate([piece.stays for piece in pieces])
    order = np.lexsort([np.concatenate([piece.best for piece in pieces]), stays])
    rows, stays = np.concatenate([piece.rows for piece in pieces])[order], stays[order]
    led = np.isin(stays, rows)  # where the row that stays is sound
    order, rows, stays = order[led], rows[led], stays[led]
    cells = pd.concat([piece.cells for piece in pieces], ignore_index=True).iloc[order]
    repeats = Repeats(len(rows), rows - 1, stays - 1)
    found = find_fills(cells, repeats, sound=np.ones(len(rows), dtype=bool))
    return [found.within(piece.rows) for piece in pieces]


@guarded
def _settle(  # noqa: PLR0917 -- what a task is given
    sealed: Sealed,
    kept: Kept,
    first: int,
    job: Job,
    fills: list[Fills],
    codes: bool,  # noqa: FBT001 -- likewise
    /,
) -> Kept:
    leads = job.leads(sealed.frame)
    kept.check(leads)
    filled, rows = leads, kept.rows(first)
    for each in fills:
        filled = each.fill(filled, rows - 1)
    changes = changes_of(filled, job.settings.fields, codes=codes)
    return replace(kept, changes=changes, codes=codes, fills=tuple(fills))
