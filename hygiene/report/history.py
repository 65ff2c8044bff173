"""The report of what the journal holds, as tables for a terminal or a log."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hygiene.report.plain_table import table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from hygiene.importing.past_imports import Imported

__all__ = ["batch_table", "import_table"]


def import_table(found: "Sequence[Imported]", /) -> "RenderableType":
    """One line an import."""
    header = ("import", "began", "list", "account", "leads", "reported imported", "status")
    rows = [
        (
            each.id,
            each.began_at,
            each.target.list_id,
            each.target.account,
            str(sum(batch.rows for batch in each.reconciliation.batches)),
            "?"
            if each.reconciliation.reported.imported is None
            else str(each.reconciliation.reported.imported),
            each.reconciliation.status,
        )
        for each in found
    ]
    return table("Imports", header, rows, right=(4, 5))


def batch_table(imported: "Imported", /) -> "RenderableType":
    """One line a batch, predicted beside reported."""
    header = ("batch", "leads", "state", "sends", "predicted", "reported", "replayed")
    rows = [
        (
            str(batch.batch),
            str(batch.rows),
            batch.state,
            str(batch.attempts),
            _numbers(batch.predicted.as_dict()),
            _numbers(batch.reported.as_dict()) if batch.reported else "",
            str(batch.replayed),
        )
        for batch in imported.reconciliation.batches
    ]
    return table("Batches (total / imported / duplicates / blocked)", header, rows, right=(0, 1, 3, 6))


def _numbers(counts: "dict[str, int | None]") -> str:
    return " / ".join("?" if count is None else str(count) for count in counts.values())
