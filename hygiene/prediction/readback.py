"""Read-back: what the list holds after an import, held against what was sent.

Addresses are compared by the policy's duplicate key, and leave as row numbers and counts alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from hygiene.display import counted
from hygiene.prediction.features import TextFeatures
from hygiene.prediction.simulate import BLOCKED, IMPORTED, classes_of, folding_of
from hygiene.prediction.trace import Trace

__all__ = ["Readback", "read_back"]

#: Row numbers that a sentence names.
NAMED_ROWS = 20


@dataclass(frozen=True, slots=True)
class Readback:
    """How the list's members compare with what was sent.

    Attributes:
        members: Leads that the list holds.
        missing: Row numbers of leads that were to be imported and are not in the list.
        extra: Row numbers of leads that were to be blocked and are in the list.
        strangers: Members that were neither sent nor known before; None where nobody knew what it held.
    """

    members: int
    missing: tuple[int, ...]
    extra: tuple[int, ...]
    strangers: int | None

    @property
    def agrees(self) -> bool:
        """Whether exactly those leads are in the list that should be."""
        return not (self.missing or self.extra or self.strangers)

    def sentences(self) -> list[str]:
        """The comparison for people."""
        if self.agrees:
            return [
                f"read back: all that was to be imported is among the list's {counted(self.members, 'lead')}"
            ]
        lines = [f"read back: missing from the list: {_rows(self.missing)}"] if self.missing else []
        lines += (
            [f"read back: in the list though on the block list: {_rows(self.extra)}"] if self.extra else []
        )
        if self.strangers:
            were = "was" if self.strangers == 1 else "were"
            leads = counted(self.strangers, "lead")
            lines.append(f"read back: {leads} in the list {were} neither sent nor known before")
        return lines


def read_back(
    members: Sequence[str],
    sent: pa.Array,
    trace: Trace,
    /,
    *,
    landed: Iterable[int],
    known: Sequence[str] | None,
) -> Readback:
    """Compare the list's members with the leads that were sent to it.

    Args:
        members: Addresses that the list holds now.
        sent: Addresses of the leads, in sending order.
        trace: The same leads with their requests and row numbers.
        landed: Numbers of the requests that landed.
        known: Addresses that the list held before; None where that was not read.
    """
    policy, folding = trace.policy, folding_of(trace.policy)
    present = TextFeatures(sent, known=members).known(folding)
    here = np.isin(trace.batch, np.array(list(landed), dtype=np.int64))
    usable = trace.features.usable(trimmed=policy.strip_whitespace, kind=policy.usable_address)
    classes = classes_of(trace.features, policy, batch=trace.batch, waive_blocklist=trace.waive_blocklist)
    key = trace.features.key(folding)
    before = trace.features.known(folding)
    missing = here & usable & (classes == IMPORTED) & ~present
    unique = ~np.isin(key, key[classes == IMPORTED])
    extra = here & usable & (classes == BLOCKED) & present & ~before & unique
    strangers = None
    if known is not None:
        accounted = pa.concat_arrays([sent, pa.array(known, sent.type)])
        mine = TextFeatures(pa.array(members, pa.large_string()), known=accounted)
        strangers = int((~mine.known(folding)).sum())
    return Readback(
        len(members), tuple(trace.rows[missing].tolist()), tuple(trace.rows[extra].tolist()), strangers
    )


def _rows(rows: Sequence[int]) -> str:
    more = len(rows) - NAMED_ROWS
    shown = ", ".join(map(str, rows[:NAMED_ROWS])) + (f" and {more} more" if more > 0 else "")
    return f"row{'s' * (len(rows) > 1)} {shown}"
