"""Wording: counts, lines and columns as the messages about lists name them, cut to what a person reads."""

from collections.abc import Sequence

from hygiene.display import counted

__all__ = ["counted", "line_numbers", "listed"]

#: Lines or columns that a message names.
_SHOWN = 3


def line_numbers(numbers: Sequence[int], /) -> str:
    """The first lines by their numbers, and how many more there are."""
    more = f" and {len(numbers) - _SHOWN} more" if len(numbers) > _SHOWN else ""
    return ("lines " if len(numbers) > 1 else "line ") + ", ".join(map(str, numbers[:_SHOWN])) + more


def listed(names: Sequence[str], word: str, /) -> str:
    """The names joined by a word; of many the first, and how many more there are."""
    if len(names) > _SHOWN:
        return f"{', '.join(names[:_SHOWN])} {word} {len(names) - _SHOWN} more"
    return f" {word} ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
