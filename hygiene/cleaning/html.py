"""What a notebook shows of a cleaning: escaped tables without a single address."""

from hygiene.cleaning.gate import RowCounts
from hygiene.display import counted, html_table
from hygiene.outcomes import NOT_CHECKED, Counts, Outcome, meaning, reason

__all__ = ["outcome_html"]


def outcome_html(tally: RowCounts, predicted: Counts, /) -> str:
    """Outcomes, reasons and predicted counts as HTML tables."""
    outcomes = [
        (name.value, NOT_CHECKED if tally.outcomes[name] is None else tally.outcomes[name], meaning(name))
        for name in [Outcome.READY, *Outcome][:-1]
    ]
    reasons = [(code, rows, reason(code).text) for code, rows in tally.reasons.items()]
    return "".join(
        [
            html_table(counted(tally.rows, "row"), ("outcome", "rows", "meaning"), outcomes),
            html_table("Reasons (a row may have several)", ("reason", "rows", "meaning"), reasons)
            if reasons
            else "",
            html_table("The API will answer", ("", "leads"), list(predicted.as_dict().items())),
        ]
    )
