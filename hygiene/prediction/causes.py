"""Causes: what we did not know of an account that would explain counts without a change of rules."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from hygiene.outcomes import Counts
from hygiene.policy import ImportPolicy
from hygiene.prediction.policy_grid import PolicyGrid, Table

__all__ = ["Result", "causes_of"]

#: Batches that a sentence names.
NAMED_BATCHES = 10

TOTAL, IMPORTED, DUPLICATES, BLOCKED = range(4)


class Result(Protocol):
    """What is known of one request: `hygiene.prediction.reconcile.BatchResult`, or what a journal kept of it."""

    @property
    def batch(self) -> int:
        """Its number, from 1."""

    @property
    def rows(self) -> int:
        """Leads in it."""

    @property
    def attempts(self) -> int:
        """How often it was sent."""

    @property
    def reported(self) -> Counts | None:
        """Counts that the API gave; None where it gave none."""


class _Predicted(NamedTuple):
    """What was predicted of a batch.

    Attributes:
        imported: Leads counted as imported.
        known: Different leads that are duplicates since they were held before.
        listed: Leads that are blocked by an entry.
    """

    imported: int
    known: int
    listed: int


def causes_of(
    answered: Sequence[Result], drift: Table, trials: PolicyGrid, policy: ImportPolicy
) -> tuple[str, ...]:
    """What we did not know that would explain every batch; empty where something is left over."""
    columns = (trials.table(policy)[:, IMPORTED], trials.known(policy), trials.listed(policy))
    predicted = [_Predicted(*map(int, row)) for row in zip(*columns, strict=True)]
    found: dict[str, list[tuple[int, int]]] = {}
    for place, result in enumerate(answered):
        if not drift[place].any():
            continue
        parts = _parts(drift[place], predicted[place], policy, sent_again=result.attempts > 1)
        if parts is None:
            return ()
        for cause, leads in parts.items():
            found.setdefault(cause, []).append((result.batch, leads))
    return tuple(
        cause.format(n=sum(leads for _, leads in where)) + _where(where) for cause, where in found.items()
    )


def _parts(
    drift: Any, predicted: _Predicted, policy: ImportPolicy, *, sent_again: bool
) -> dict[str, int] | None:
    """The drift of one batch by cause; None where causes of this kind cannot make it."""
    total, imported, duplicates, blocked = (int(number) for number in drift)
    if not (total or blocked) and 0 < imported == -duplicates <= predicted.known:
        return {"{n} leads that we took for known were not held any more": imported}
    gone = imported + duplicates == -blocked and min(imported, duplicates) >= 0
    if gone and not total and 0 < -blocked <= predicted.listed:
        return {"{n} leads were not on the block list any more": -blocked}
    lost = -(imported + duplicates + blocked)
    if imported > 0 or min(duplicates, blocked, lost) < 0 or total not in (0, -lost):
        return None
    if (duplicates and policy.duplicate_scope == "request") or -imported > predicted.imported:
        return None
    held = (
        "{n} leads repeat ones of our own earlier attempt"
        if sent_again
        else "the list held {n} leads that we did not know"
    )
    dropped = "the API dropped {n} leads uncounted" if not total else "{n} leads did not reach the API"
    parts = {held: duplicates, "the block list names {n} leads by entries that we do not have": blocked}
    return {cause: leads for cause, leads in {**parts, dropped: lost}.items() if leads}


def _where(parts: Sequence[tuple[int, int]]) -> str:
    shown = ", ".join(f"{leads} in batch {batch}" for batch, leads in parts[:NAMED_BATCHES])
    more = len(parts) - NAMED_BATCHES
    return f" ({shown}{f' and {more} more batches' if more > 0 else ''})"
