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


def show(parts: "Iterable[RenderableType]", /, *, stderr: bool = False) -> None:
    """Print tables and lines; where that is no terminal, without blanks at the ends of lines.

    Args:
        parts: What to print.
        stderr: Where to, instead of stdout.
    """
    out = _console(stderr=stderr)
    for part in parts:
        if out.is_terminal:
            out.print(part, soft_wrap=isinstance(part, str))
            continue
        with out.capture() as printed:
            out.print(part, soft_wrap=isinstance(part, str))
        for line in printed.get().splitlines():
            out.file.write(f"{line.rstrip()}\n")


@contextmanager
def progress(label: str, /, *, total_known: bool = True) -> "Iterator[Progress | None]":
    """A bar on stderr, where that is a terminal; it stays when all is done.

    Args:
        label: What is going on.
        total_known: Whether the second number that is told is a total, rather than the first one again. Where it is
            not, or until a total is told, the bar only moves to and fro.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn(label), BarColumn(), TextColumn("{task.fields[told]}"),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=_console(stderr=True),
    ) as bar:  # fmt: skip
        task = bar.add_task(label, total=None, told="")
        started = monotonic()

        def tell(done: int, total: int) -> None:
            rate = done / max(monotonic() - started, 0.001)
            counted = f"{done:,} of {total:,}" if total_known else f"{done:,}"
            known = total if total_known else None
            bar.update(task, completed=done, total=known, told=f"{counted}, {rate:,.0f}/s")

        yield tell
        [shown] = bar.tasks
        if shown.total is None:  # what there was is all there is
            there = max(shown.completed, 1)
            bar.update(task, completed=there, total=there)


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
