"""Bars for notebooks, drawn by matplotlib from plain names and numbers.

matplotlib comes with the extra `notebook` and is loaded only here. No figure is shown or kept: the
notebook that asked for it does that.
"""

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hygiene.display import counted, inert
from hygiene.errors import UsageError
from hygiene.outcomes import NOT_CHECKED, Counts, Outcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_counts", "plot_outcomes", "plot_shares"]

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


def plot_outcomes(rows: int, outcomes: Mapping[str, int | None], /) -> "Figure":
    """A bar for every outcome; one that was not checked has none and says so."""
    figure, axes = _figure(3.2)
    names = [*reversed(Outcome)]
    sizes = [outcomes[name] for name in names]
    bars = axes.barh(
        range(len(names)), [size or 0 for size in sizes], color=[COLOURS[name] for name in names]
    )
    axes.bar_label(bars, labels=[NOT_CHECKED if size is None else f"{size:,}" for size in sizes], padding=3)
    axes.set_yticks(range(len(names)), [name.value for name in names])
    axes.set_title(counted(rows, "row", ","), loc="left")
    axes.margins(x=0.15)
    return figure


def plot_counts(predicted: Counts, reported: Counts, /, *, status: str) -> "Figure":
    """Two bars for each of the API's four numbers."""
    figure, axes = _figure(3.0)
    names = [*reversed(Counts().as_dict())]
    kinds = (("reported", reported, REPORTED, -BAR / 2), ("predicted", predicted, PREDICTED, BAR / 2))
    for kind, counts, colour, shift in kinds:
        sizes = [getattr(counts, name) for name in names]
        places = [place + shift for place in range(len(names))]
        bars = axes.barh(places, [size or 0 for size in sizes], height=BAR, color=colour, label=kind)
        axes.bar_label(
            bars, labels=["not given" if size is None else f"{size:,}" for size in sizes], padding=3
        )
    axes.set_yticks(range(len(names)), names)
    axes.set_title(f"predicted and reported: {status}", loc="left")
    axes.legend(reverse=True, frameon=False, loc="lower right")
    axes.margins(x=0.15)
    return figure


def plot_shares(names: Sequence[str], shares: Sequence[float], /) -> "Figure":
    """A bar for each group, the first on top: the share of its rows that is ready."""
    figure, axes = _figure(1.2 + 0.4 * len(names))
    bars = axes.barh(range(len(names)), shares[::-1], color=COLOURS[Outcome.READY])
    axes.bar_label(bars, labels=[f"{share:.0%}" for share in shares[::-1]], padding=3)
    axes.set_yticks(range(len(names)), [inert(name).replace("$", r"\$") for name in names[::-1]])
    axes.set_xlim(0, 1.1)
    axes.set_title("share of rows that are ready", loc="left")
    return figure


def _figure(height: float) -> "tuple[Figure, Axes]":
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        msg = "plot() needs matplotlib: install lead-hygiene with its extra `notebook`."
        raise UsageError(msg) from error

    class Picture(Figure):
        """A figure that a notebook shows as PNG by itself, whichever backend is set there."""

        def _repr_png_(self) -> bytes:
            file = io.BytesIO()
            self.savefig(file, format="png", dpi=100)
            return file.getvalue()

    figure = Picture(figsize=(7, height), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes
