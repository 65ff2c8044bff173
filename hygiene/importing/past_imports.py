"""Past imports, as a journal tells of them; nothing here reads one."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hygiene.policy import ImportPolicy
from hygiene.prediction.reconcile import Reconciliation
from hygiene.sinks import Target

__all__ = ["Imported", "Landed"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What is remembered of one import.

    Attributes:
        id: Its name.
        target: Where to.
        began_at: When it was planned, in UTC.
        sha256: Digest of its input.
        complete: Whether it came to its end.
        reconciliation: Its batches, predicted and reported.
        leads: Places of the leads of each batch among the features, by batch number.
        policy: The counting rules it was predicted with.
        waive_blocklist: Whether the block list was waived.
        custom: Custom columns that were sent.
    """

    id: str
    target: Target
    began_at: str
    sha256: str
    complete: bool
    reconciliation: Reconciliation
    leads: dict[int, list[int]] = field(repr=False)
    policy: ImportPolicy
    waive_blocklist: bool
    custom: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Landed:
    """Leads that one import brought to a list.

    Attributes:
        import_id: Its name.
        texts: What stands for each of them.
        rows: The row of each in that import's input.
    """

    import_id: str
    texts: list[str] = field(repr=False)
    rows: np.ndarray[Any, np.dtype[np.int64]]
