"""Settle: what became of a batch whose answer was lost.

The API has no request id to ask by, so the evidence is the list itself: whether the leads that the batch
would have brought are in it. Nothing here sends leads.
"""

from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.importing.records import Entry, Places
from hygiene.outcomes import Counts
from hygiene.policy import ImportPolicy
from hygiene.prediction.features import Features, Folding, fold
from hygiene.prediction.simulate import IMPORTED, classes_of, folding_of
from hygiene.sinks import ListReader

__all__ = ["Evidence", "Sought", "find_evidence", "replays", "would_land"]

#: `landed`: every lead the batch would have brought is in the list; `absent`: none is; `partly`: some are;
#: `unclear`: the list cannot tell.
Evidence = Literal["landed", "absent", "partly", "unclear"]

#: Members that are compared at a time: a page of the listing.
PAGE = 1000


def would_land(
    entry: Entry, earlier: Places, features: Features, policy: ImportPolicy, /, *, waive_blocklist: bool
) -> Places:
    """Places of the batch's leads that would be new to the list.

    Args:
        entry: The batch.
        earlier: Places of all leads that were sent before it.
        features: What rules see of all leads.
        policy: The counting rules.
        waive_blocklist: Whether the block list is waived.
    """
    one = np.zeros(len(entry.leads), dtype=np.int64)
    classes = classes_of(features.take(entry.leads), policy, batch=one, waive_blocklist=waive_blocklist)
    keys = features.key(folding_of(policy))
    fresh: Places = entry.leads[(classes == IMPORTED) & ~np.isin(keys[entry.leads], keys[earlier])]
    return fresh


class Sought:
    """Leads that are looked for in a list; its repr, and so no traceback, shows none of them.

    Args:
        addresses: Addresses of leads that were in no list before.
        folding: How the API tells leads apart.
    """

    def __init__(self, addresses: pa.Array, folding: Folding, /) -> None:
        self._folding = folding
        self._wanted = frozenset(fold(addresses, folding).to_pylist())
        self._missing = set(self._wanted)
        self._page: list[str] = []

    def note(self, member: str, /) -> bool:
        """Take note of a member; whether the look can end."""
        self._page.append(member.encode("utf-8", "backslashreplace").decode())
        if len(self._page) == PAGE:
            self._compare()
        return not self._missing

    def evidence(self) -> Evidence:
        """What the members noted so far tell."""
        self._compare()
        if not self._wanted:
            return "unclear"
        if not self._missing:
            return "landed"
        return "absent" if self._missing == self._wanted else "partly"

    def _compare(self) -> None:
        column = pa.array(self._page, pa.large_string())
        texts = pc.utf8_trim_whitespace(column) if self._folding.trimmed else column
        self._missing -= set(fold(texts, self._folding).to_pylist())
        self._page = []


def find_evidence(reader: ListReader, sought: Sought, /) -> Evidence:
    """Whether the leads sought are in the list; all of it is read, however long, to say that one is not.

    Raises:
        SinkError: the list cannot be read.
    """
    any(map(sought.note, reader.members()))  # ends at the first that says so
    return sought.evidence()


def replays(predicted: Counts, reported: Counts, /) -> int:
    """Leads of a batch sent again that are duplicates because an earlier send of it had landed.

    Between 0 and what the batch was to bring: all of it where the first send had landed, none where it had
    not.
    """
    most = predicted.imported or 0
    if reported.duplicates is not None and predicted.duplicates is not None:
        more = reported.duplicates - predicted.duplicates
    elif reported.imported is not None:
        more = most - reported.imported
    else:
        more = 0
    return max(0, min(more, most))
