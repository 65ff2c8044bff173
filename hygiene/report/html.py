"""The report as one HTML file: nothing outside it is loaded, and nothing in it but its own script runs.

What the sections hold is made in `html_sections`. Cells of the input pass through autoescape and lose their
control and direction characters; the page's own policy forbids every connection and any other script.
"""

import base64
import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from hygiene.cleaning.comparison import Comparison
from hygiene.cleaning.result import CleanedLeads
from hygiene.display import inert
from hygiene.outcomes import Counts, Outcome
from hygiene.prediction.reconcile import Reconciliation
from hygiene.report.document import Content, number, share
from hygiene.report.html_sections import sections
from hygiene.report.sankey import Flow, flow
from hygiene.report.text import sentence
from hygiene.version import __version__

if TYPE_CHECKING:
    from hygiene.importing import Receipt

__all__ = ["render"]

#: Input files that the heading names.
MOST_NAMES = 3

#: What each state of a reconciliation means to a reader, and how serious it is.
_STATUS: Mapping[str, tuple[str, str]] = {
    "agrees": ("good", "The API answered as predicted."),
    "within_range": ("fair", "The API's answer is within what was predicted."),
    "differs": ("bad", "The API's counts differ from the prediction."),
    "incomplete": ("bad", "The import is unfinished."),
}


def render(
    cleaned: CleanedLeads,
    /,
    receipt: "Receipt | None" = None,
    *,
    comparison: Comparison | None = None,
    show_addresses: bool = False,
    send_all: bool = False,
    made: datetime | None = None,
    told: Callable[[Any], str] = str,
) -> str:
    """The report as HTML.

    Args:
        cleaned: The cleaned leads.
        receipt: What the import did; None where nothing was sent.
        comparison: The sources side by side, where they were compared.
        show_addresses: Show addresses whole; they are masked otherwise.
        send_all: Whether blocked and duplicate rows are sent too.
        made: When; left out where None, so that equal results give equal files.
        told: How notes and errors are spelled; as a call does where none is given.
    """
    content = Content(cleaned, receipt, comparison, show_addresses, send_all, told)
    style, script = _part("report.css"), _part("report.js")
    return _template().render(
        style=Markup(style),  # noqa: S704 -- our own files, which hold no data
        script=Markup(script),  # noqa: S704 -- our own files, which hold no data
        policy=(
            f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
            "img-src data:; base-uri 'none'; form-action 'none'"
        ),
        version=__version__,
        made=made and made.strftime("%Y-%m-%d %H:%M %Z"),
        names=_names(cleaned.files),
        sentence=sentence(cleaned, receipt),
        sections=list(sections(content)),
        **_first_screen(content),
    )


def _names(paths: Sequence[str]) -> str:
    """The files' own names, without their folders."""
    names = [inert(Path(path).name) for path in paths[:MOST_NAMES]]
    more = f" and {len(paths) - MOST_NAMES:,} more" if len(paths) > MOST_NAMES else ""
    return ", ".join(names) + more or "a frame"


def _first_screen(content: Content) -> dict[str, Any]:
    """What came in, what is ready, what the API will answer or has answered."""
    cleaned, receipt, tally = content.cleaned, content.receipt, content.cleaned.counts
    predicted = receipt.predicted if receipt else cleaned.predict(send_all=content.send_all).counts
    columns = {"Predicted": predicted}
    told = receipt.reconciliation if receipt else None
    if told is not None:
        columns |= {"Reported": told.reported, "Drift (reported less predicted)": told.drift}
    columns["File as it is"] = cleaned.predicted_raw
    ready = tally.outcomes[Outcome.READY]
    withheld = tally.rows - (ready or 0)
    return {
        "cards": [
            ("Came in", number(tally.rows).text, "rows"),
            ("Ready", number(ready).text, f"{share(ready, tally.rows).text or 'none'} of the rows"),
            ("Withheld", number(withheld).text, f"{share(withheld, tally.rows).text or 'none'} of the rows"),
        ],
        "answered": told is not None,
        "counts_header": list(columns),
        "counts": _count_rows(columns, told.nonsense if told else ()),
        "status": _status(told) if told else None,
        "explained": [inert(line) for line in told.explain()] if told else [],
        "stopped": inert(content.told(receipt.error)) if receipt and receipt.error else None,
        "flow": _flow(content, told.reported if told and told.answered else predicted),
    }


def _status(told: Reconciliation) -> tuple[str, str]:
    """How serious it is, and what it means; counters that the API did not give are named."""
    kind, text = _STATUS[told.status]
    if told.status == "incomplete" or not told.not_given:
        return kind, text
    kind = "fair" if kind == "good" else kind
    return kind, f"{text} It gave no {' or '.join(told.not_given)}, of which nothing was compared."


def _count_rows(columns: Mapping[str, Counts], nonsense: Collection[str]) -> list[tuple[str, list[str]]]:
    missing = {name: "nonsense" if name in nonsense else "not given" for name in Counts().as_dict()}
    rows = [
        (name, [number(getattr(each, name), without).text for each in columns.values()])
        for name, without in missing.items()
    ]
    unaccounted = [each.unaccounted for each in columns.values()]
    if any(unaccounted):
        figures = [number(each, "not given").text for each in unaccounted]
        rows.append(("unaccounted (of the total, in none of the three)", figures))
    return rows


def _flow(content: Content, counts: Counts) -> Flow | None:
    tally = content.cleaned.counts
    outcomes = {name.value: tally.outcomes[name] for name in [Outcome.READY, *Outcome][:-1]}
    classes = {name: count for name, count in counts.as_dict().items() if name != "total_leads"}
    return flow(
        tally.rows, outcomes, {**classes, "unaccounted": counts.unaccounted}, told=not content.send_all
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _part(name: str) -> str:
    return files("hygiene.report").joinpath("page", name).read_text(encoding="utf-8")


@cache
def _template() -> jinja2.Template:
    loader = jinja2.DictLoader({"report.html": _part("report.html.jinja")})
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("report.html")
