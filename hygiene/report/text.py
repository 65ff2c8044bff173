"""The report for a terminal or a log: a few tables and, last, one sentence of counts.

Cells of the input appear only as file and column names and as examples of what was changed about them, where addresses
are masked; all of these lose their control characters.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from hygiene.display import counted, inert, mask_address
from hygiene.outcomes import NOT_CHECKED, Outcome, meaning, reason
from hygiene.report.groups import compared
from hygiene.report.plain_table import table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from hygiene.cleaning.comparison import Comparison
    from hygiene.cleaning.result import CleanedLeads
    from hygiene.importing import Receipt
    from hygiene.outcomes import Counts
    from hygiene.prediction.uncertainty import Bounds
    from hygiene.sinks import LeadList

__all__ = [
    "counts_alone",
    "inert",
    "lead_lists",
    "masked",
    "open_counts",
    "sentence",
    "tables",
]

#: Clusters that are listed, and rows that are named of each.
CLUSTERS, ROWS_SHOWN = 5, 3


#: What is told with the first range, whose words are explained where they stand.
_OPEN = (
    "(open: the API may answer any of these; assumed: a rule of the policy, which is how the API is believed to count "
    "and which hygiene probe measures)"
)


def tables(
    cleaned: "CleanedLeads",
    receipt: "Receipt | None" = None,
    *,
    send_all: bool = False,
    comparison: "Comparison | None" = None,
) -> "Iterator[RenderableType]":
    """The parts of the report, in order."""
    yield _outcomes(cleaned)
    if cleaned.counts.reasons:
        yield _reasons(cleaned)
        yield _examples(cleaned)
    if receipt is None and len(cleaned.survey.relations.repeats.order):
        yield _clusters(cleaned)
    yield _fill_rates(cleaned)
    if cleaned.changed_columns:
        yield _changes(cleaned)
    if comparison is not None:
        yield from compared(comparison)
    yield _counts(cleaned, receipt, send_all=send_all)
    if receipt is not None:
        yield f"  {_COUNTED['drift']}"
    prediction = cleaned.predict(send_all=send_all)
    yield from (f"  {line}" for line in open_counts(prediction.range))
    if receipt is not None:
        for line in receipt.reconciliation.explain():
            yield f"  {line}"
        yield from (f"  the API also said: {inert(word)}" for word in _extras(receipt))


def counts_alone(
    cleaned: "CleanedLeads", *, comparison: "Comparison | None" = None
) -> "Iterator[RenderableType]":
    """Those parts of the report that show no row, for leads that are not here."""
    yield _outcomes(cleaned)
    if cleaned.counts.reasons:
        yield _reasons(cleaned)
    if comparison is not None:
        yield from compared(comparison)
    yield _counts(cleaned, None)
    yield from (f"  {line}" for line in open_counts(cleaned.prediction.range))


def sentence(cleaned: "CleanedLeads", receipt: "Receipt | None" = None) -> str:
    """The last line: one sentence of counts."""
    tally = cleaned.counts
    parts = ", ".join(
        f"{rows} {name}" for name, rows in tally.outcomes.items() if rows and name != Outcome.READY
    )
    text = f"{counted(tally.rows, 'row')}: {tally.outcomes[Outcome.READY]} ready" + (
        f", {parts}" if parts else ""
    )
    if receipt is None:
        return f"{text}."
    told = receipt.reconciliation
    verdict = {
        "agrees": "as predicted",
        "within_range": "within what was predicted",
        "differs": "not as predicted",
        "incomplete": "unfinished",
    }[told.status]
    counts = [
        f"nonsense as {name}" if count is None else f"{count} {name}"
        for name, count in told.reported.as_dict().items()
        if count is not None or name in told.nonsense
    ]
    if told.not_given and told.status in {"agrees", "within_range"}:
        counts.append(f"{'and ' if counts else ''}no {' or '.join(told.not_given)}")
        verdict += " as far as it says"
    return f"{text}; the API answered {', '.join(counts)}: {verdict}."


def open_counts(bounds: "Bounds | None", /) -> list[str]:
    """What is open of a prediction, and why; empty where nothing is."""
    if bounds is None:
        return []
    low, high = bounds.low.as_dict(), bounds.high.as_dict()
    counts = ", ".join(f"{low[name]} to {high[name]} {name}" for name in low if low[name] != high[name])
    return [f"open: {counts}, because {'; '.join(bounds.reasons)}", _OPEN]


def masked(lead: "Mapping[str, object]", /) -> str:
    """A lead as it is sent, with only the first letter of each cell, and the domain of its address."""
    return ", ".join(f"{inert(name)}={_masked(name, cell)}" for name, cell in lead.items())


def _masked(name: str, cell: object) -> str:
    if isinstance(cell, Mapping):
        return f"{{{masked(cell)}}}"
    text = str(cell)
    domain = f"@{text.rpartition('@')[2]}" if name == "email" else ""
    return inert(f"{text[:1]}***{domain}")


def lead_lists(found: "Sequence[LeadList]") -> "RenderableType":
    """The account's lists as a table."""
    several = any(one.kind for one in found)
    rows = [
        (
            f"{one.kind}={one.id}" if several else str(one.id),
            inert(one.name),
            "?" if one.size is None else str(one.size),
        )
        for one in found
    ]
    title, own = ("Places to import to", "place") if several else ("Lead lists", "id")
    return table(title, (own, "name", "leads"), rows, right=(2,) if several else (0, 2))


def _outcomes(cleaned: "CleanedLeads") -> "RenderableType":
    tally = cleaned.counts
    rows = [
        (
            outcome.value,
            NOT_CHECKED if count is None else str(count),
            "" if count is None else _share(count, tally.rows),
            meaning(outcome),
        )
        for outcome, count in (
            (outcome, tally.outcomes[outcome]) for outcome in [Outcome.READY, *Outcome][:-1]
        )
    ]
    rows.append(("all rows", str(tally.rows), "", ""))
    return table("Outcomes", ("outcome", "rows", "share", ""), rows, right=(1, 2))


def _reasons(cleaned: "CleanedLeads") -> "RenderableType":
    tally = cleaned.counts
    rows = [
        (code, str(count), _share(count, tally.rows), reason(code).text)
        for code, count in tally.reasons.items()
    ]
    return table("Reasons (a row may have several)", ("reason", "rows", "share", ""), rows, right=(1, 2))


def _examples(cleaned: "CleanedLeads") -> "RenderableType":
    from hygiene.report.examples import first_rows

    header = ("reason", "first rows, addresses masked")
    return table("Where to look first", header, first_rows(cleaned), right=())


def _clusters(cleaned: "CleanedLeads") -> "RenderableType":
    """The leads that have the most rows, by place: an address is not shown."""
    rows = []
    clusters = cleaned.survey.relations.largest(CLUSTERS)
    places = _places(
        cleaned, [row for found in clusters for row in (found.stays, *found.replaced[:ROWS_SHOWN])]
    )
    for found in clusters:
        more = f" and {len(found.replaced) - ROWS_SHOWN} more" if len(found.replaced) > ROWS_SHOWN else ""
        others = ", ".join(places[row] for row in found.replaced[:ROWS_SHOWN]) + more
        rows.append((places[found.stays], str(len(found.replaced) + 1), "/".join(found.kinds), others))
    header = ("row that stays", "rows", "match", "rows it replaces")
    return table("Largest clusters: the rows of one lead", header, rows, right=(1,))


def _places(cleaned: "CleanedLeads", positions: "Sequence[int]") -> dict[int, str]:
    """Where rows stand: file and line, or the number of a row that came from a frame."""
    found = cleaned.places(np.array(positions, dtype=np.int64))
    return {position: inert(place) for position, place in zip(positions, found, strict=True)}


def _fill_rates(cleaned: "CleanedLeads") -> "RenderableType":
    rates = cleaned.fill_rates
    rows = [(name, f"{rate:.1%}") for name, rate in rates.items() if rate is not None]
    missing = ", ".join(name for name, rate in rates.items() if rate is None)
    return table("Filled cells", ("column", "filled"), [*rows, ("no such column", missing)], right=())


def _changes(cleaned: "CleanedLeads") -> "RenderableType":
    from hygiene.report.changes import HEADER, TITLE, changed_columns

    rows = [
        (name, str(cells), rules, examples)
        for name, cells, rules, examples in changed_columns(cleaned, mask_address)
    ]
    return table(TITLE, HEADER, rows, right=(1,))


def _counts(
    cleaned: "CleanedLeads", receipt: "Receipt | None", *, send_all: bool = False
) -> "RenderableType":
    columns: dict[str, Counts] = {"file as it is": cleaned.predicted_raw}
    predicted = cleaned.predict(send_all=True).counts if send_all else cleaned.predicted
    columns["predicted"] = receipt.predicted if receipt else predicted
    if receipt is not None:
        columns["reported"] = receipt.reported
        columns["drift"] = receipt.reconciliation.drift
    nonsense = receipt.reconciliation.nonsense if receipt else ()
    rows = _count_rows(columns, nonsense)
    return table("The import API's counts", ("", *columns, ""), rows, right=range(1, len(columns) + 1))


#: What each of the API's counters counts, as it is explained where it stands.
_COUNTED = {
    "total_leads": "leads that were sent",
    "imported": "new to the list",
    "duplicates": "sent twice, or there already",
    "blocked": "on the API's block list",
    "unaccounted": "of the total, in none of the three",
    "drift": "drift is what was reported less what was predicted",
}


def _count_rows(columns: "Mapping[str, Counts]", nonsense: "Collection[str]") -> list[tuple[str, ...]]:
    names = ["total_leads", "imported", "duplicates", "blocked"]
    names += ["unaccounted"] if any(counts.unaccounted for counts in columns.values()) else []
    return [
        (
            name,
            *(_number(getattr(counts, name), nonsense=name in nonsense) for counts in columns.values()),
            _COUNTED[name],
        )
        for name in names
    ]


def _extras(receipt: "Receipt") -> list[str]:
    return sorted({f"{key}={value}" for result in receipt.batches for key, value in result.extra})


def _number(count: int | None, *, nonsense: bool = False) -> str:
    missing = "nonsense" if nonsense else "not given"
    return missing if count is None else str(count)


def _share(count: int, rows: int) -> str:
    return f"{count / rows:.1%}" if rows else ""
