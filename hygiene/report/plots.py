"""Pictures for notebooks, drawn by matplotlib: outcomes, and predicted beside reported.

matplotlib comes with the extra `notebook` and is loaded only here. No figure is shown or kept: the
notebook that asked for it does that.
"""

from typing import TYPE_CHECKING

from hygiene.comparing import Comparison
from hygiene.errors import UsageError
from hygiene.importing import Receipt
from hygiene.markup import inert
from hygiene.tally import Tally
from hygiene.verdict import Counts, Outcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_counts", "plot_groups", "plot_outcomes"]

#: Colour of each outcome, the same as in the report.
COLOURS = {
    Outcome.READY: "#1a7f4b",
    Outcome.INVALID: "#b3362b",
    Outcome.UNDELIVERABLE: "#a35200",
    Outcome.SUPPRESSED: "#7a3fa0",
    Outcome.BLOCKED: "#5c5f66",
    Outcome.DUPLICATE: "#2a6bb0",
    Outcome.REVIEW: "#8a6d00",
}
PREDICTED, REPORTED = "#9aa3ad", "#1a7f4b"
BAR = 0.4


def plot_outcomes(tally: Tally, /) -> "Figure":
    """A bar for every outcome; one that was not checked has none and says so."""
    figure, axes = _figure(3.2)
    names = [*reversed(Outcome)]
    sizes = [tally.outcomes[name] for name in names]
    bars = axes.barh(
        range(len(names)), [size or 0 for size in sizes], color=[COLOURS[name] for name in names]
    )
    axes.bar_label(bars, labels=["not checked" if size is None else f"{size:,}" for size in sizes], padding=3)
    axes.set_yticks(range(len(names)), [name.value for name in names])
    axes.set_title(f"{tally.rows:,} rows", loc="left")
    axes.margins(x=0.15)
    return figure


def plot_counts(receipt: Receipt, /) -> "Figure":
    """Two bars for each of the API's four numbers, over all batches that were answered."""
    figure, axes = _figure(3.0)
    names = [*reversed(Counts().as_dict())]
    told = receipt.reconciliation
    kinds = (
        ("reported", told.reported, REPORTED, -BAR / 2),
        ("predicted", told.predicted, PREDICTED, BAR / 2),
    )
    for kind, counts, colour, shift in kinds:
        sizes = [getattr(counts, name) for name in names]
        places = [place + shift for place in range(len(names))]
        bars = axes.barh(places, [size or 0 for size in sizes], height=BAR, color=colour, label=kind)
        axes.bar_label(
            bars, labels=["not given" if size is None else f"{size:,}" for size in sizes], padding=3
        )
    axes.set_yticks(range(len(names)), names)
    axes.set_title(f"predicted and reported: {told.status}", loc="left")
    axes.legend(reverse=True, frameon=False, loc="lower right")
    axes.margins(x=0.15)
    return figure


def plot_groups(comparison: Comparison, /) -> "Figure":
    """A bar for each group: the share of its rows that is ready."""
    figure, axes = _figure(1.2 + 0.4 * len(comparison.groups))
    groups = comparison.groups[::-1]
    shares = [group.share(group.tally.outcomes[Outcome.READY]) or 0 for group in groups]
    bars = axes.barh(range(len(groups)), shares, color=COLOURS[Outcome.READY])
    axes.bar_label(bars, labels=[f"{share:.0%}" for share in shares], padding=3)
    axes.set_yticks(range(len(groups)), [inert(group.name).replace("$", r"\$") for group in groups])
    axes.set_xlim(0, 1.1)
    axes.set_title("share of rows that are ready", loc="left")
    return figure


def _figure(height: float) -> "tuple[Figure, Axes]":
    try:
        from hygiene.report.picture import Picture
    except ImportError as error:
        msg = "plot() needs matplotlib: install lead-hygiene with its extra `notebook`."
        raise UsageError(msg) from error
    figure = Picture(figsize=(7, height), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes
