"""Changed: how many cells of each column were mended or tidied, by which rules, with a few examples."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from hygiene.arrow.text import mask
from hygiene.cleaning.rewrite import Changes

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


def count_columns(changes: Changes, /) -> dict[str, ChangedColumn]:
    """What was changed, by column."""
    found: dict[str, ChangedColumn] = {}
    for column in sorted(pc.unique(changes.column).to_pylist()):
        cells = changes.take(np.flatnonzero(mask(pc.equal(changes.column, column))))
        rules = Counter[str]()
        for told in pc.value_counts(cells.rule).to_pylist():
            rules.update(dict.fromkeys(told["values"].split(";"), told["counts"]))
        found[column] = ChangedColumn(len(cells), _most_first(rules), _examples(cells))
    return found


def _examples(cells: Changes) -> tuple[tuple[str, str], ...]:
    """The first different changes."""
    pairs: dict[tuple[str, str], None] = {}
    for before, after in zip(cells.before, cells.after, strict=True):
        pairs[before.as_py(), after.as_py()] = None
        if len(pairs) == EXAMPLES:
            break
    return tuple(pairs)


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
