"""The summary: one run as the JSON object that `summary.json` and ``--format json`` hold.

Its shape is `hygiene_schemas/summary.schema.json`; a breaking change is a new number in `SCHEMA`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from hygiene.cleaning.changed import ChangedColumn
from hygiene.cleaning.gate import RowCounts
from hygiene.cleaning.result import CleanedLeads
from hygiene.cleaning.settings import Settings
from hygiene.columns.opt_outs import ColumnMarks, any_marks
from hygiene.outcomes import Counts
from hygiene.version import __version__

if TYPE_CHECKING:
    from hygiene.cleaning.comparison import Comparison, Group
    from hygiene.importing import Receipt
    from hygiene.lists import RuleList
    from hygiene.lists.known_leads import KnownLeads
    from hygiene.prediction.predict import Prediction
    from hygiene.prediction.readback import Readback
    from hygiene.prediction.reconcile import BatchResult, Reconciliation
    from hygiene.prediction.uncertainty import Bounds

__all__ = ["SCHEMA", "Facts", "reconciliation", "summarise"]

SCHEMA = "hygiene.summary/1"

#: Order of outcomes in the object: what people look for first, then the order of precedence.
_OUTCOMES = ("ready", "invalid", "undeliverable", "suppressed", "blocked", "duplicate", "review")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a summary tells of cleaned leads, wherever they lie.

    Attributes:
        files: Names of the files they came from; none for a frame.
        sha256: Hex digest over those files; None for a frame.
        counts: Rows by outcome and by reason.
        changes: What was changed of the leads that are ready, by column.
        prediction: What the API would answer to an import.
        raw: The four numbers it would answer if all were sent as it is.
        settings: What was asked for.
        domains: Distinct domains that DNS was asked about.
        marks: Rows marked by each suppression column.
        clusters: Keys that several rows have.
        undated: Filled cells of the column of dates that are no date.
        filled: Cells that rows took from the rows they replace.
    """

    files: tuple[str, ...] = ()
    sha256: str | None = None
    counts: RowCounts
    changes: Mapping[str, ChangedColumn]
    prediction: "Prediction"
    raw: Counts
    settings: Settings
    domains: int
    marks: Mapping[str, ColumnMarks]
    clusters: int
    undated: int
    filled: int

    @classmethod
    def of(cls, cleaned: CleanedLeads, /, *, send_all: bool = False) -> "Facts":
        """Those of leads that were cleaned here."""
        found = cleaned.survey
        return cls(
            files=tuple(cleaned.files),
            sha256=cleaned.sha256,
            counts=cleaned.counts,
            changes=cleaned.changed_columns,
            prediction=cleaned.predict(send_all=send_all),
            raw=cleaned.predicted_raw,
            settings=found.settings,
            domains=len(found.domains),
            marks=found.marks,
            clusters=found.relations.repeats.clusters,
            undated=found.dated.unread,
            filled=len(cleaned.fills) if found.settings.fill else 0,
        )


def summarise(
    cleaned: CleanedLeads | Facts | None,
    /,
    *,
    receipt: "Receipt | None" = None,
    send_all: bool = False,
    error: str | None = None,
    comparison: "Comparison | None" = None,
) -> dict[str, Any]:
    """The summary of a run; of a finished import that was run again, the one that the journal keeps.

    Args:
        cleaned: The cleaned leads; None where the input could not be read.
        receipt: What the import did; None where nothing was sent.
        send_all: Whether blocked and duplicate rows are sent too.
        error: Why the run stopped before its end.
        comparison: The sources side by side; the object has no such key where None.
    """
    if receipt and receipt.summary:
        return dict(receipt.summary)
    told = receipt.reconciliation if receipt else None
    facts = Facts.of(cleaned, send_all=send_all) if isinstance(cleaned, CleanedLeads) else cleaned
    stopped = error or (str(receipt.error) if receipt and receipt.error else None)
    return {
        "schema": SCHEMA,
        "run": {
            "version": __version__,
            "import": receipt.import_id if receipt else None,
            "error": stopped,
        },
        **(_cleaned(facts) if facts else _nothing()),
        "reported": told.reported.as_dict() if told and told.answered else None,
        "reconciliation": reconciliation(told) if told else None,
        "readback": _readback(receipt.readback) if receipt and receipt.readback else None,
        **({"comparison": _comparison(comparison)} if comparison else {}),
    }


def _comparison(told: "Comparison") -> dict[str, Any]:
    return {
        "by": told.by,
        "groups": [_group(group) for group in told.groups],
        "overlaps": [{"groups": [pair.first, pair.second], "leads": pair.leads} for pair in told.overlaps],
    }


def _group(group: "Group") -> dict[str, Any]:
    outcomes = {name: group.tally.outcomes[name] for name in _OUTCOMES}
    return {
        "group": group.name,
        "rows": group.tally.rows,
        "leads": group.leads,
        "outcomes": outcomes,
        "shares": {
            name: group.share(rows) for name, rows in [*outcomes.items(), *group.tally.reasons.items()]
        },
        "reasons": dict(group.tally.reasons),
        "predicted": group.predicted.as_dict(),
    }


def _nothing() -> dict[str, Any]:
    names = ("input", "passes", "outcomes", "reasons", "predicted", "predicted_range", "predicted_raw")
    nothing: dict[str, Any] = {name: {} if name in ("passes", "reasons") else None for name in names}
    return {**nothing, "predicted_range_reasons": []}


def _cleaned(facts: Facts) -> dict[str, Any]:
    tally, bounds = facts.counts, facts.prediction.range
    return {
        "input": {"files": list(facts.files), "rows": tally.rows, "sha256": facts.sha256},
        "passes": _passes(facts),
        "outcomes": {name: tally.outcomes[name] for name in _OUTCOMES},
        "reasons": dict(tally.reasons),
        "changes": {
            name: {"cells": found.cells, "rules": dict(found.rules)} for name, found in facts.changes.items()
        },
        "predicted": facts.prediction.counts.as_dict(),
        "predicted_range": _range(bounds),
        "predicted_range_reasons": list(bounds.reasons) if bounds else [],
        "predicted_raw": facts.raw.as_dict(),
    }


def _range(bounds: "Bounds | None") -> dict[str, Any] | None:
    if bounds is None:
        return None
    low, high = bounds.low.as_dict(), bounds.high.as_dict()
    return {name: [low[name], high[name]] for name in low}


def _passes(facts: Facts) -> dict[str, Any]:
    settings = facts.settings
    return {
        "schema": {"ran": True},
        "dns": {"ran": settings.resolver is not None, "domains": facts.domains},
        "suppression": _suppression(facts),
        "blocklist": _lists([_rules(rules) for rules in settings.blocklist or ()], settings.blocklist),
        "known": _lists([_known(leads) for leads in settings.known or ()], settings.known),
        "traits": {
            "ran": True,
            "review": list(settings.review),
            "lists": [
                {"file": one.name, "entries": len(one.entries), "date": one.date}
                for one in settings.traits.each()
            ],
        },
        "duplicates": _duplicates(facts),
        "rules": {"ran": bool(settings.rules), "names": [rule.name for rule in settings.rules]},
    }


def _suppression(facts: Facts) -> dict[str, Any]:
    suppress, marks = facts.settings.suppress, facts.marks
    found = _lists([_rules(rules) for rules in suppress or ()], suppress)
    columns = [
        {
            "column": name,
            "rows": marked.rows,
            "not_understood": marked.of_note.unread,
            "telephone": marked.telephone,
        }
        for name, marked in marks.items()
    ]
    return {**found, "ran": found["ran"] or any_marks(marks), "columns": columns}


def _duplicates(facts: Facts) -> dict[str, Any]:
    settings = facts.settings
    told = {"match": settings.match, "keep": settings.keep.text, "clusters": facts.clusters}
    undated = {"undated": facts.undated} if settings.keep.rule == "newest" else {}
    return {"ran": True, **told, **undated, "filled": facts.filled}


def _rules(rules: "RuleList") -> dict[str, Any]:
    told = {"file": rules.name, "entries": len(rules), "left": len(rules.left), "layout": rules.layout}
    omitted = rules.omitted
    rows = {"uncounted": omitted.uncounted, "blank": omitted.blank, "web": omitted.web}
    return {**told, **rows, "missed": len(rules.missed), "elsewhere": list(omitted.elsewhere)}


def _known(leads: "KnownLeads") -> dict[str, Any]:
    return {"file": leads.name, "entries": len(leads), "left": len(leads.left), "layout": leads.layout}


def _lists(read: list[dict[str, Any]], given: object) -> dict[str, Any]:
    return {"ran": given is not None, "lists": read}


def reconciliation(told: "Reconciliation", /) -> dict[str, Any]:
    """The part of a summary that holds predicted against reported."""
    return {
        "status": told.status,
        "drift": told.drift.as_dict(),
        "unaccounted": told.unaccounted,
        "replayed": told.replayed,
        "rejected": told.rejected,
        "explanation": told.search().sentences(),
        "batches": [_batch(result) for result in told.batches],
    }


def _readback(found: "Readback") -> dict[str, Any]:
    return {"agrees": found.agrees, **asdict(found)}


def _batch(result: "BatchResult") -> dict[str, Any]:
    return {
        "batch": result.batch,
        "rows": result.rows,
        "state": result.state,
        "attempts": result.attempts,
        "predicted": result.predicted.as_dict(),
        "reported": result.reported.as_dict() if result.reported else None,
        **({"extra": dict(result.extra)} if result.extra else {}),
        **({"nonsense": list(result.nonsense)} if result.nonsense else {}),
        **({"elsewhere": result.elsewhere} if result.elsewhere else {}),
        **({"replayed": result.replayed} if result.replayed else {}),
        **({"words": result.words} if result.words else {}),
    }
