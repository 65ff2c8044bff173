"""The flow picture: from the rows that came in, over their outcomes, to the API's counts.

Geometry alone; the template draws it, and the tables beside it say the same in words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hygiene.display import counted

__all__ = ["HEIGHT", "WIDTH", "Band", "Flow", "Node", "flow"]

#: The drawing's own units; it is scaled to the page. Narrow, so that its words stay readable on a phone.
WIDTH, HEIGHT = 480, 300
#: Left edge of each column of nodes, and the width of a node.
COLUMNS, BAR = (0, 150, 336), 12
#: Room between two nodes, and the least height that can still be seen.
GAP, LEAST = 16, 2


@dataclass(frozen=True, slots=True)
class Node:
    """A bar of the picture: a class of rows."""

    name: str
    label: str
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Band:
    """A stream between two bars, as an SVG path; its colour is that of `name`."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Flow:
    """The whole picture."""

    nodes: tuple[Node, ...]
    bands: tuple[Band, ...]
    words: str


def flow(
    rows: int, outcomes: Mapping[str, int | None], counts: Mapping[str, int | None], /, *, told: bool = True
) -> Flow | None:
    """The picture of a result.

    Args:
        rows: Rows that came in.
        outcomes: Rows by outcome, `ready` first.
        counts: Leads sent by the API's class, predicted or reported.
        told: Whether all of them come from `ready`; else no stream is drawn to them, since the API does not
            say which lead it put where.

    Returns:
        None where nothing came in.
    """
    if not rows:
        return None
    first = {name: count for name, count in outcomes.items() if count}
    second = {name: count for name, count in counts.items() if count}
    room = HEIGHT - GAP * max(len(first) - 1, len(second) - 1, 0)
    most = max(rows, sum(second.values()), 1)
    start = Node("rows", counted(rows, "row", ","), COLUMNS[0], 0, _height(rows, most, room))
    middle = _column(1, first, most, room)
    end = _column(2, second, most, room)
    ready = [node for node in middle if node.name == "ready"]
    bands = [*_bands(start, middle), *(_bands(ready[0], end) if ready and told else [])]
    words = ", ".join(node.label for node in (start, *middle, *end))
    return Flow((start, *middle, *end), tuple(bands), words)


def _height(count: int, most: int, room: float) -> float:
    """How high so many rows of the most there are stand; whole numbers are divided, as those of an API may be any."""
    return max(count / most * room, LEAST)


def _column(place: int, sizes: Mapping[str, int], most: int, room: float) -> list[Node]:
    nodes, y = [], 0.0
    for name, count in sizes.items():
        height = _height(count, most, room)
        nodes.append(Node(name, f"{count:,} {name}", COLUMNS[place], round(y, 1), round(height, 1)))
        y += height + GAP
    return nodes


def _bands(source: Node, targets: Sequence[Node]) -> list[Band]:
    """Streams that leave a bar from the top down, each as high as the bar it ends in."""
    bands, y = [], source.y
    left = source.x + BAR
    for target in targets:
        bend = (left + target.x) / 2
        low, end = y + target.height, target.y + target.height
        path = (
            f"M{left},{y:.1f} C{bend},{y:.1f} {bend},{target.y:.1f} {target.x},{target.y:.1f} "
            f"V{end:.1f} C{bend},{end:.1f} {bend},{low:.1f} {left},{low:.1f} Z"
        )
        bands.append(Band(target.name, path))
        y = low
    return bands
