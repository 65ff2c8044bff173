"""Sources compared, in plain text: a column for each of a few groups, and else a row.

What stands here fits into 80 columns with no word broken; a long name loses its middle.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from hygiene.display import inert
from hygiene.outcomes import Outcome
from hygiene.report.plain_table import table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from hygiene.cleaning.comparison import Comparison, Group

__all__ = ["AS_COLUMNS", "compared"]

#: Groups that stand side by side, each a column; more are a row each.
AS_COLUMNS = 4
#: Letters of their names that still leave room for the reasons before them.
_NAMES = 44
#: Rows of a table of groups.
MOST = 30
#: Letters of a name that are shown where a group is a row.
_LONGEST = 24
#: Reasons that are told of a group in one row.
_REASONS = 3
#: Columns of a terminal that a table may take, and those between two of its columns.
_WIDTH, _GAP = 80, 2


def compared(told: "Comparison") -> "Iterator[RenderableType]":
    """Outcomes and reasons of each group, and the leads that groups share."""
    names = [inert(group.name) for group in told.groups]
    title = f"By {inert(told.by)}, each judged as if alone"
    if len(names) <= AS_COLUMNS and sum(map(len, names)) <= _NAMES:
        yield _side_by_side(told, title, names)
    else:
        yield from _outcomes(told, title)
        yield from _reasons(told)
    if told.overlaps:
        pairs = [(f"{short(pair.first)} and {short(pair.second)}", str(pair.leads)) for pair in told.overlaps]
        yield table("Leads that two groups both hold", ("groups", "leads"), pairs[:MOST], right=(1,))
        yield from _more(len(pairs), "pairs")


def _side_by_side(told: "Comparison", title: str, names: Sequence[str]) -> "RenderableType":
    from hygiene.cleaning.comparison import figure

    kinds = [(name, [group.tally.outcomes[name] for group in told.groups]) for name in _outcome_names()]
    kinds += [(code, [group.tally.reasons.get(code, 0) for group in told.groups]) for code in told.reasons]
    rows = [("rows", *(str(group.tally.rows) for group in told.groups))]
    rows += [("leads", *(str(group.leads) for group in told.groups))]
    rows += [
        (name, *(figure(group, count) for group, count in zip(told.groups, counts, strict=True)))
        for name, counts in kinds
    ]
    return table(title, ("", *names), rows, right=range(1, len(names) + 1))


def _outcomes(told: "Comparison", title: str) -> "Iterator[RenderableType]":
    """A row a group: its rows, its leads and the outcomes that any group has, in as many tables as it takes."""
    from hygiene.cleaning.comparison import figure

    shown = told.groups[:MOST]
    columns = [("rows", [str(group.tally.rows) for group in shown])]
    columns += [("leads", [str(group.leads) for group in shown])]
    columns += [
        (name, [figure(group, group.tally.outcomes[name]) for group in shown])
        for name in _outcome_names()
        if name == Outcome.READY or any(group.tally.outcomes[name] for group in told.groups)
    ]
    for part in _parted(columns):
        header = ("", *(name for name, _ in part))
        rows = list(zip([short(group.name) for group in shown], *(cells for _, cells in part), strict=True))
        yield table(title, header, rows, right=range(1, len(header)))
    yield from _more(len(told.groups), "groups")


def _parted(columns: Sequence[tuple[str, list[str]]]) -> list[list[tuple[str, list[str]]]]:
    """The columns in lots that stand beside the names within the width."""
    lots: list[list[tuple[str, list[str]]]] = [[]]
    left = room = _WIDTH - _LONGEST - _GAP
    for name, cells in columns:
        wide = max(map(len, [name, *cells])) + _GAP
        if wide > left and lots[-1]:
            lots.append([])
            left = room
        lots[-1].append((name, cells))
        left -= wide
    return lots


def _reasons(told: "Comparison") -> "Iterator[RenderableType]":
    """The reasons that most rows of each group have."""
    rows = [(short(group.name), _foremost(group)) for group in told.groups[:MOST] if group.tally.reasons]
    if rows:
        yield table("Foremost reasons of each group", ("", "reasons"), rows, right=())
        yield from _more(sum(bool(group.tally.reasons) for group in told.groups), "groups", shown=len(rows))


def _foremost(group: "Group") -> str:
    found = sorted(group.tally.reasons.items(), key=lambda each: -each[1])
    told = ", ".join(f"{code} {count}" for code, count in found[:_REASONS])
    return told + (f" and {len(found) - _REASONS} more" if len(found) > _REASONS else "")


def _more(there: int, what: str, *, shown: int = MOST) -> Iterator[str]:
    if there > shown:
        yield f"  and {there - shown} more {what}, which the report and the format json show"


def short(name: str, /) -> str:
    """A name of a group with its beginning and its end, where it is long."""
    text = inert(name)
    half = (_LONGEST - 3) // 2
    return text if len(text) <= _LONGEST else f"{text[:half]}...{text[-half:]}"


def _outcome_names() -> list[str]:
    return [outcome.value for outcome in [Outcome.READY, *Outcome][:-1]]
