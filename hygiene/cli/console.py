"""The terminal: tables on stdout, a bar on stderr."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from hygiene.importing import Progress

__all__ = ["progress", "show"]

#: Columns of a report that is not printed on a terminal.
PIPED_WIDTH = 120


def show(parts: "Iterable[RenderableType]", /) -> None:
    """Print tables and lines on stdout."""
    out = _console()
    for part in parts:
        out.print(part)


@contextmanager
def progress(label: str, /) -> "Iterator[Progress | None]":
    """A bar on stderr, where that is a terminal; it only moves to and fro until a total is known."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn(label), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=_console(stderr=True), transient=True,
    ) as bar:  # fmt: skip
        task = bar.add_task(label, total=None, rate="")
        started = monotonic()

        def tell(done: int, total: int) -> None:
            rate = done / max(monotonic() - started, 0.001)
            bar.update(task, completed=done, total=total, rate=f"{rate:.0f}/s")

        yield tell


def _console(*, stderr: bool = False) -> "Console":
    """A console that colours only terminals and never reads data as markup."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(
        file=stream,
        width=None if stream.isatty() else PIPED_WIDTH,
        markup=False,
        highlight=False,
        emoji=False,
    )
