"""The report for a GitHub workflow: annotations on stdout and a job summary in Markdown.

Rows are named by file and line and never by what their cells hold. Nothing is written here.

Source: documented, GitHub Actions, workflow commands (escapes; ten annotations of a kind a step).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hygiene.cleaning.comparison import Comparison, figure
from hygiene.cleaning.result import CleanedLeads
from hygiene.display import inert
from hygiene.outcomes import NOT_CHECKED, Counts, Outcome, meaning, reason
from hygiene.report.text import sentence

if TYPE_CHECKING:
    from hygiene.importing import Receipt

__all__ = ["annotation", "annotations", "job_summary"]

#: Annotations of a kind that GitHub shows for one step.
SHOWN = 10
#: Outcomes that the file itself can be mended for.
_MENDED = (Outcome.INVALID, Outcome.UNDELIVERABLE)


def annotation(level: str, text: str, /, *, file: str = "", line: int = 0) -> str:
    """One workflow command; `level` is ``error``, ``warning`` or ``notice``."""
    place = f" file={_property(file)},line={line}" if file else " title=lead-hygiene"
    return f"::{level}{place}::{_data(text)}"


def annotations(cleaned: CleanedLeads, receipt: "Receipt | None" = None) -> Iterator[str]:
    """An error for every way the import differs, and a notice for the first rows to mend."""
    if receipt is not None:
        yield from (annotation("error", line) for line in receipt.reconciliation.explain()[:SHOWN])
    mended = np.isin(cleaned.survey.relations.ranks, [name.rank for name in _MENDED])
    _, rows = cleaned.at(np.flatnonzero(mended)[:SHOWN])
    columns = (rows[name].tolist() for name in ("row", "source", "line", "reasons"))
    for row, source, line, reasons in zip(*columns, strict=True):
        text = f"row {row}: " + " ".join(reason(code).text for code in reasons.split(";") if code)
        yield annotation("notice", text, file="" if pd.isna(source) else source, line=line)


def job_summary(
    cleaned: CleanedLeads,
    receipt: "Receipt | None" = None,
    *,
    comparison: Comparison | None = None,
    send_all: bool = False,
) -> str:
    """The summary of a job as Markdown."""
    tally = cleaned.counts
    outcomes = [
        (
            name.value,
            NOT_CHECKED if tally.outcomes[name] is None else f"{tally.outcomes[name]}",
            meaning(name),
        )
        for name in [Outcome.READY, *Outcome][:-1]
    ]
    reasons = [(code, f"{rows}", reason(code).text) for code, rows in tally.reasons.items()]
    parts = [
        f"### Leads: {_text(', '.join(cleaned.files) or 'a frame')}",
        _text(sentence(cleaned, receipt)),
        _table(("outcome", "rows", ""), outcomes),
        _table(("reason", "rows", ""), reasons) if reasons else "",
        _counts(cleaned, receipt, send_all=send_all),
        _groups(comparison) if comparison else "",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _counts(cleaned: CleanedLeads, receipt: "Receipt | None", *, send_all: bool) -> str:
    kinds = {"file as it is": cleaned.predicted_raw}
    kinds["predicted"] = receipt.predicted if receipt else cleaned.predict(send_all=send_all).counts
    if receipt is not None:
        kinds |= {
            "reported": receipt.reported,
            "drift (reported less predicted)": receipt.reconciliation.drift,
        }
    rows, nonsense = [], receipt.reconciliation.nonsense if receipt else ()
    for name in Counts().as_dict():
        missing = "nonsense" if name in nonsense else "not given"
        counts = (getattr(kind, name) for kind in kinds.values())
        rows.append((name, *(missing if count is None else f"{count}" for count in counts)))
    return _table(("the API's counts", *kinds), rows)


def _groups(comparison: Comparison) -> str:
    names = [name.value for name in [Outcome.READY, *Outcome][:-1]]
    rows = [
        (group.name, f"{group.tally.rows}", *(figure(group, group.tally.outcomes[name]) for name in names))
        for group in comparison.groups
    ]
    return _table((f"by {comparison.by}", "rows", *names), rows)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---", *("---:" for _ in header[1:])], *rows]
    return "\n".join("| " + " | ".join(_text(cell) for cell in line) + " |" for line in lines)


def _text(text: str) -> str:
    """Text that Markdown takes for nothing else, apart from the underscores and dots that words have."""
    return re.sub(r"([\\`*\[\]<>|#!~&$@])", r"\\\1", inert(text))


def _data(text: str) -> str:
    return inert(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
