"""Changed: how many cells of each column were mended or tidied, by which rules, with a few examples."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

__all__ = ["EXAMPLES", "ChangedColumn", "add_changes", "count_columns"]

#: Changes of a column that are kept as examples.
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class ChangedColumn:
    """What was changed of one column.

    Attributes:
        cells: Cells that are not as they came in.
        rules: Cells by rule; a cell may have several.
        examples: The first different changes, each as it was and as it is.
    """

    cells: int
    rules: Mapping[str, int]
    examples: tuple[tuple[str, str], ...]


def count_columns(changes: pd.DataFrame, /) -> dict[str, ChangedColumn]:
    """What was changed, by column.

    Args:
        changes: One row a changed cell: `column`, `before`, `after`, `rule`.
    """
    found: dict[str, ChangedColumn] = {}
    if not len(changes):
        return found
    for column, cells in changes.groupby("column", sort=True):
        pairs = cells[["before", "after"]].drop_duplicates().head(EXAMPLES)
        rules = Counter[str]()
        for joined, times in cells["rule"].value_counts().items():
            rules.update(dict.fromkeys(str(joined).split(";"), int(times)))
        examples = tuple((str(before), str(after)) for before, after in pairs.itertuples(index=False))
        found[str(column)] = ChangedColumn(len(cells), dict(rules), examples)
    return found


def add_changes(parts: Iterable[Mapping[str, ChangedColumn]], /) -> dict[str, ChangedColumn]:
    """What was changed in all parts of the leads, by column: most cells first, and so their rules."""
    found: dict[str, ChangedColumn] = {}
    for part in parts:
        for column, more in part.items():
            known = found.get(column, ChangedColumn(0, {}, ()))
            rules = Counter(known.rules)
            rules.update(more.rules)
            examples = tuple(dict.fromkeys((*known.examples, *more.examples)))[:EXAMPLES]
            found[column] = ChangedColumn(known.cells + more.cells, _most_first(rules), examples)
    return dict(sorted(found.items(), key=lambda pair: (-pair[1].cells, pair[0])))


def _most_first(rules: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(rules.items(), key=lambda pair: (-pair[1], pair[0])))
