"""Comparing sources: the vendors, campaigns or files of one lead list side by side.

Each group is judged as if it had come alone, so that none pays for what another brought first. DNS is not
asked again, and nothing here changes the verdicts of the whole list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.address import exact_key
from hygiene.arrow.hashing import Hashes, distinct, hash_texts
from hygiene.arrow.text import is_blank
from hygiene.cleaning.decide import leads_of
from hygiene.cleaning.forecast import forecast_ready
from hygiene.cleaning.gate import RowCounts
from hygiene.cleaning.pipeline import survey_rows
from hygiene.cleaning.providers import providers_of
from hygiene.cleaning.survey import Survey
from hygiene.columns.leads import Leads
from hygiene.display import html_table, inert
from hygiene.errors import UsageError, option
from hygiene.outcomes import Counts, Outcome

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = [
    "BLANK",
    "BY_PROVIDER",
    "FILE",
    "Comparison",
    "Group",
    "Overlap",
    "check_asked",
    "check_groups",
    "column_called",
    "compare",
    "in_size_order",
    "named",
    "overlaps",
    "shared_leads",
    "source_texts",
]

#: Name of the group of rows whose cell is blank.
BLANK = "(blank)"
#: Name that stands for the file a row came from.
FILE = "file"
#: Name that stands for who takes a row's mail, where no column has it.
BY_PROVIDER = "provider"
#: Groups that are still a comparison; a column with more values names leads rather than sources.
MOST_GROUPS = 100
#: Leads whose groups are held against each other at a time.
_SLICE = 50_000


@dataclass(frozen=True, slots=True)
class Group:
    """One source, judged as if alone.

    Attributes:
        name: Its value in the column.
        tally: Its rows by outcome and reason.
        leads: Distinct leads in it, by address.
        predicted: What the API would answer to an import of what is ready in it.
    """

    name: str
    tally: RowCounts
    leads: int
    predicted: Counts

    def share(self, count: int | None) -> float | None:
        """A count as a share of the group's rows; None where it was not checked or there are no rows."""
        return None if count is None or not self.tally.rows else count / self.tally.rows


@dataclass(frozen=True, slots=True)
class Overlap:
    """Leads that two groups both hold."""

    first: str
    second: str
    leads: int


@dataclass(frozen=True, slots=True, repr=False)
class Comparison:
    """The groups of one column, the largest first.

    Attributes:
        by: The column, or ``file``.
        groups: Each source with its counts.
        overlaps: Pairs of groups that share leads, most shared first.
    """

    by: str
    groups: tuple[Group, ...]
    overlaps: tuple[Overlap, ...]

    def __repr__(self) -> str:
        return f"<Comparison by {inert(self.by)}: {len(self.groups)} groups>"

    def plot(self) -> "Figure":
        """A picture of the share of each group that is ready; needs the extra `notebook`.

        Raises:
            UsageError: matplotlib is not installed.
        """
        from hygiene.plotting import plot_shares

        ready = [group.share(group.tally.outcomes[Outcome.READY]) or 0 for group in self.groups]
        return plot_shares([group.name for group in self.groups], ready)

    def frame(self) -> "pd.DataFrame":
        """One row a group: rows, leads, then a column for each outcome and for each reason that occurs."""
        reasons = self.reasons
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "rows": group.tally.rows,
                    "leads": group.leads,
                    **group.tally.outcomes,
                    **{code: group.tally.reasons.get(code, 0) for code in reasons},
                }
                for group in self.groups
            ],
            index=pd.Index([group.name for group in self.groups], name=self.by),
        )

    @property
    def reasons(self) -> list[str]:
        """Reasons that some group has, in the order they were met."""
        return list(dict.fromkeys(code for group in self.groups for code in group.tally.reasons))

    def _repr_html_(self) -> str:
        outcomes = [outcome.value for outcome in [Outcome.READY, *Outcome][:-1]]
        rows: list[Sequence[object]] = [
            (group.name, group.tally.rows, *(figure(group, group.tally.outcomes[name]) for name in outcomes))
            for group in self.groups
        ]
        shared = [(f"{pair.first} and {pair.second}", pair.leads) for pair in self.overlaps]
        return html_table(f"By {self.by}, each as if alone", ("", "rows", *outcomes), rows) + (
            html_table("Leads in both", ("", "leads"), shared) if shared else ""
        )


def figure(group: Group, count: int | None, /) -> str:
    """A count and its share, for people."""
    share = group.share(count)
    return "not checked" if count is None else f"{count}" + (f" ({share:.1%})" if share else "")


def compare(found: Survey, by: str, /) -> Comparison:
    """The groups that the values of a column, or the files, make.

    Args:
        found: The survey of the whole list.
        by: A column, canonical or custom, by its name or its header, ``file``, or ``provider`` for who takes the mail.

    Raises:
        UsageError: no such column, providers where DNS was not asked, or more values than a comparison has groups.
    """
    codes, names = _groups(found, by)
    groups, keys = [], []
    for code, name in enumerate(names):  # one after the other, so that only one is held
        part = survey_rows(found, codes == code)
        keys.append(_keys(part))
        groups.append(Group(name, RowCounts.of(part), len(keys[-1]), forecast_ready(part).counts))
    return Comparison(by, tuple(groups), overlaps(names, shared_leads(keys)))


def _groups(found: Survey, by: str) -> tuple[np.ndarray[Any, Any], list[str]]:
    """The group of each row and the groups' names, the largest first."""
    codes, names = named(_cells(found, by))
    check_groups(by, len(names))
    order = in_size_order(dict(zip(names, np.bincount(codes, minlength=len(names)).tolist(), strict=True)))
    place = np.array([order.index(name) for name in names], dtype=np.int64)
    return place[codes], order


def named(cells: pa.Array, /) -> tuple[np.ndarray[Any, Any], list[str]]:
    """The group that each cell names, by number, and the groups' names."""
    found = pc.if_else(pa.array(is_blank(cells)), BLANK, pc.utf8_trim_whitespace(cells)).dictionary_encode()
    return found.indices.to_numpy(zero_copy_only=False), found.dictionary.to_pylist()


def check_groups(by: str, groups: int, /) -> None:
    """Make sure that a column names sources rather than leads.

    Raises:
        UsageError: it has more values than a comparison has groups.
    """
    if groups > MOST_GROUPS:
        msg = (
            f"{option('by', by)}: {groups} different values; expected at most {MOST_GROUPS}. "
            "Name the column that says where a lead came from."
        )
        raise UsageError(msg)


def in_size_order(rows: Mapping[str, int], /) -> list[str]:
    """The names of groups, the largest first."""
    return sorted(rows, key=lambda name: (-rows[name], name))


def column_called(by: str, columns: Sequence[str], headers: Mapping[str, str], /) -> str | None:
    """The column of leads that is called so, whether by its name or its header; None for who takes the mail.

    Raises:
        UsageError: there is none.
    """
    wanted = headers.get(by, by)
    there = [name for name in columns if str(name).casefold() == wanted.casefold()]
    exact = [name for name in there if name == wanted] or there
    if not exact and by != BY_PROVIDER:
        names = ", ".join(map(str, columns))
        raise UsageError(f"{option('by', by)}: no such column; there are {names}, and file and provider.")
    return exact[0] if exact else None


def _cells(found: Survey, by: str) -> pa.Array:
    if by == FILE:
        parts = [source_texts(chunk.leads) for chunk in found]
    else:
        column = column_called(by, found.columns, found.settings.headers)
        if column is None:
            return _providers(found)
        parts = [leads_of(found, chunk)[column] for chunk in found]
    return pa.concat_arrays([pa.nulls(0, pa.large_string()), *parts])


def _providers(found: Survey) -> pa.Array:
    check_asked(asked=found.settings.resolver is not None)
    parts = [providers_of(texts.domain, found.domains) for texts in found.texts()]
    return pa.concat_arrays([pa.nulls(0, pa.large_string()), *parts])


def check_asked(*, asked: bool) -> None:
    """Make sure that it is known who takes the mail.

    Raises:
        UsageError: DNS was not asked.
    """
    if not asked:
        without = f"with {option('resolver', None)} it is not asked. Leave that out, or name a column."
        raise UsageError(f"{option('by', BY_PROVIDER)}: DNS says who takes the mail, and {without}")


def source_texts(leads: Leads, /) -> pa.Array:
    """The file of each row; null for leads that were not read."""
    none = pa.nulls(len(leads), pa.large_string())
    return none if (found := leads.sources()) is None else found


def _keys(part: Survey) -> Hashes:
    """The distinct leads of a group, by the first half of their hashed keys."""
    found = [hash_texts(exact_key(pc.drop_null(texts.address)))[:, 0] for texts in part.texts()]
    return distinct(np.concatenate([np.zeros(0, dtype=np.uint64), *found]))


def shared_leads(keys: Sequence[Hashes], /) -> np.ndarray[Any, np.dtype[np.int64]]:
    """How many leads every two groups both hold, and in the diagonal how many each holds.

    Args:
        keys: The distinct leads of each group, as numbers.
    """
    every = np.unique(np.concatenate([np.zeros(0, dtype=np.uint64), *keys]), return_inverse=True)[1]
    owner = np.repeat(np.arange(len(keys)), [len(each) for each in keys])
    shared = np.zeros((len(keys), len(keys)), dtype=np.int64)
    for start in range(0, int(every.max(initial=-1)) + 1, _SLICE):
        here = (every >= start) & (every < start + _SLICE)
        held = np.zeros((_SLICE, len(keys)), dtype=np.float32)
        held[every[here] - start, owner[here]] = 1
        shared += (held.T @ held).astype(np.int64)
    return shared


def overlaps(names: Sequence[str], shared: np.ndarray[Any, np.dtype[np.int64]], /) -> tuple[Overlap, ...]:
    """Pairs of groups with shared leads, most first; a lead counts once in a pair."""
    pairs = [
        Overlap(names[first], names[second], int(shared[first, second]))
        for first, second in combinations(range(len(names)), 2)
        if shared[first, second]
    ]
    return tuple(sorted(pairs, key=lambda pair: -pair.leads))
