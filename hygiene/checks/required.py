"""Required columns: whether they are there, and the rows that leave them blank."""

from collections.abc import Hashable, Sequence

from hygiene.arrow.text import Mask, is_blank
from hygiene.checks.masks import Masks, reason_code
from hygiene.columns.leads import Leads
from hygiene.columns.mapping import CANONICAL
from hygiene.errors import InputError, option

__all__ = ["check_required", "demand", "listed"]

#: Column names that a message lists before it only counts them.
_NAMES_SHOWN = 12


def check_required(leads: Leads, columns: Sequence[str], /) -> dict[str, Mask]:
    """The rows where a required column is null or blank text: `missing_<column>` to mask, by position.

    Raises:
        InputError: the leads have no such column.
    """
    masks = Masks(len(leads))
    for name in columns:
        demand(leads.columns, name)
        masks.note(reason_code("missing", name), is_blank(leads[name]))
    return dict(masks)


def demand(columns: Sequence[Hashable], name: str, /) -> None:
    """Make sure that exactly one column has a name.

    Raises:
        InputError: none has, or several.
    """
    times = list(columns).count(name)
    if times != 1:
        state = "is missing" if times == 0 else f"is there {times} times"
        step = (
            f"Name the right one, with {option('columns', key=name, value=repr('HEADER'))}."
            if name in CANONICAL
            else "Use the name of one of those."
        )
        msg = f"required column {name!r} {state}; there are {listed(columns)}. {step}"
        raise InputError(msg)


def listed(names: Sequence[Hashable], /) -> str:
    """Column names for a message; a name that may be an address (a file without header) by its place."""
    shown = [
        f"column {place}" if "@" in str(name) else repr(name)
        for place, name in enumerate(names[:_NAMES_SHOWN], 1)
    ]
    more = len(names) - len(shown)
    return (", ".join(shown) or "no columns") + (f" and {more} more" if more else "")
