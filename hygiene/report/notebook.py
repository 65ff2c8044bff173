"""What a notebook shows of a result: escaped tables without a single address."""

from hygiene.cleaned import CleanedLeads
from hygiene.markup import html_table
from hygiene.report.text import NOT_CHECKED, meaning
from hygiene.verdict import Outcome, reason

__all__ = ["cleaned_html"]


def cleaned_html(cleaned: CleanedLeads, /) -> str:
    """Outcomes, reasons and predicted counts as HTML tables."""
    tally = cleaned.counts
    outcomes = [
        (name.value, NOT_CHECKED if tally.outcomes[name] is None else tally.outcomes[name], meaning(name))
        for name in [Outcome.READY, *Outcome][:-1]
    ]
    reasons = [(code, rows, reason(code).text) for code, rows in tally.reasons.items()]
    return "".join(
        [
            html_table(f"{tally.rows} rows", ("outcome", "rows", "meaning"), outcomes),
            html_table("Reasons (a row may have several)", ("reason", "rows", "meaning"), reasons)
            if reasons
            else "",
            html_table("The API will answer", ("", "leads"), list(cleaned.predicted.as_dict().items())),
        ]
    )
