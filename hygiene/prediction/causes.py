"""Causes: what we did not know of an API's lists that would explain its counts without a change of rules."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from hygiene.display import counted
from hygiene.policy import ImportPolicy
from hygiene.prediction.policy_grid import PolicyGrid, Table
from hygiene.prediction.trace import Result

__all__ = ["NAMED_ROWS", "causes_of"]

#: Row numbers, or batches, that a sentence names.
NAMED_ROWS = 10

IMPORTED = 1


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
    answered: Sequence[Result],
    drift: Table,
    trials: PolicyGrid,
    policy: ImportPolicy,
    missing: Sequence[int] | None = None,
) -> tuple[str, ...]:
    """What we did not know that would explain every batch; empty where something is left over.

    Args:
        answered: The batches that were answered.
        drift: Reported less predicted, a line each.
        trials: What a policy counts of them.
        policy: The rules that they were predicted with.
        missing: Leads of each that these rules have in the list and that are not there; None where nobody looked.
    """
    columns = (trials.table(policy)[:, IMPORTED], trials.known(policy), trials.listed(policy))
    predicted = [_Predicted(*map(int, row)) for row in zip(*columns, strict=True)]
    found: dict[str, list[tuple[int, int]]] = {}
    for place, result in enumerate(answered):
        gone = None if missing is None else missing[place]
        if not drift[place].any() and not gone:
            continue
        parts = _parts(drift[place], predicted[place], policy, sent_again=result.attempts > 1)
        if parts is None or not _agree(drift[place], gone):
            return ()
        for cause, leads in parts.items():
            found.setdefault(cause, []).append((result.batch, leads))
    return tuple(
        cause.format(n=counted(sum(leads for _, leads in where), "lead")) + _where(where)
        for cause, where in found.items()
    )


def _parts(
    drift: Any, predicted: _Predicted, policy: ImportPolicy, *, sent_again: bool
) -> dict[str, int] | None:
    """The drift of one batch by cause; None where causes of this kind cannot make it."""
    total, imported, duplicates, blocked = (int(number) for number in drift)
    if not (total or blocked) and 0 < imported == -duplicates <= predicted.known:
        return {"the list held {n} no more that we took for known": imported}
    gone = imported + duplicates == -blocked and min(imported, duplicates) >= 0
    if gone and not total and 0 < -blocked <= predicted.listed:
        return {"the block list named {n} no more": -blocked}
    lost = -(imported + duplicates + blocked)
    if imported > 0 or min(duplicates, blocked, lost) < 0 or total not in (0, -lost):
        return None
    if (duplicates and policy.duplicate_scope == "request") or -imported > predicted.imported:
        return None
    held = (
        "our own earlier attempt had brought {n}" if sent_again else "the list held {n} that we did not know"
    )
    dropped = "the API dropped {n} uncounted" if not total else "{n} did not reach the API"
    parts = {held: duplicates, "the block list names {n} by entries that we do not have": blocked}
    return {cause: leads for cause, leads in {**parts, dropped: lost}.items() if leads}


def _agree(drift: Any, missing: int | None) -> bool:
    """Whether as many leads are missing as were lost, or blocked: what the list held before is in it."""
    _, imported, duplicates, blocked = (int(number) for number in drift)
    lost = max(0, -(imported + duplicates + blocked))
    return missing is None or lost <= missing <= lost + max(0, blocked)


def _where(parts: Sequence[tuple[int, int]]) -> str:
    shown = ", ".join(f"{leads} in batch {batch}" for batch, leads in parts[:NAMED_ROWS])
    more = len(parts) - NAMED_ROWS
    return f" ({shown}{f' and {more} more batches' if more > 0 else ''})"
