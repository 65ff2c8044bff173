"""Distinct: what becomes of a column when every distinct text is worked out once.

A pass says which texts are plain, by the whole column, and what becomes of one that is not. Nothing here knows what
a text means.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Mask, mask

__all__ = [
    "BETWEEN",
    "LONGEST",
    "Change",
    "Tidied",
    "by_distinct",
    "by_distinct_rows",
    "unchanged",
    "where_distinct",
]

#: Longest text that a pass looks at, in characters; a longer one is no name, and is left alone.
LONGEST = 512
#: What stands between the texts of a row while several columns are one; a cell that holds it is left.
BETWEEN = "\x1f"
_TEXT = pa.large_string()
#: Rows from which on it is looked whether their texts repeat.
_SOME = 2048
_Places = np.ndarray[tuple[int], np.dtype[np.int64]]

#: Results of distinct texts that are kept for the chunks to come.
KEPT = 1 << 15

#: What becomes of one text, and the rule that changed it; an empty rule where nothing did.
Change = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Tidied:
    """A column after a pass.

    Attributes:
        cells: Its texts, aligned with those that were handed in; null stays null.
        rules: The rule that changed each, several joined by semicolons; null where a cell is as it was.
    """

    cells: pa.Array
    rules: pa.Array

    @property
    def changed(self) -> int:
        """How many cells are not as they were."""
        return len(self.rules) - int(self.rules.null_count)

    def replaced(self, rows: Mask, cells: pa.Array, rule: str, /) -> "Tidied":
        """The same with other cells on some rows, which had no rule."""
        if not rows.any():
            return self
        where, said = pa.array(rows), pa.array([rule] * int(rows.sum()), _TEXT)
        new = pc.replace_with_mask(self.cells, where, cells.filter(where))
        return Tidied(new, pc.replace_with_mask(self.rules, where, said))

    def taken(self, rows: pa.Array, /) -> "Tidied":
        """The cells of some rows, which may be told several times."""
        return Tidied(self.cells.take(rows), self.rules.take(rows))


def unchanged(column: pa.Array, /) -> Tidied:
    """A column that no rule changed."""
    return Tidied(column, pa.nulls(len(column), _TEXT))


def by_distinct(column: pa.Array, work: Callable[[str], Change], /, *, plain: Mask | None = None) -> Tidied:
    """A column whose distinct texts were worked out once each.

    Args:
        column: Texts (`large_string`).
        work: What becomes of one.
        plain: The rows that `work` would leave as they are; it is not asked for them.
    """
    (found,) = by_distinct_rows([column], lambda texts: [work(texts[0])], plain=plain)
    return found


def by_distinct_rows(
    columns: Sequence[pa.Array],
    work: Callable[[Sequence[str]], Sequence[Change]],
    /,
    *,
    plain: Mask | None = None,
    out: int = 1,
) -> list[Tidied]:
    """The first columns after a pass that looks at several cells of a row together, distinct rows once each.

    Args:
        columns: Texts, all of one length; a null is handed on as an empty text, and stays null unless it is filled.
        work: What becomes of the first `out` cells of a row, given all of them.
        plain: The rows that `work` would leave as they are.
        out: Columns that are changed.
    """
    rows, texts = _rows_to_work(columns, plain)
    if not len(rows):
        return [unchanged(column) for column in columns[:out]]
    distinct, codes = _distinct(texts)
    found = [work(row) for row in distinct]
    return [_spread(columns[place], rows, codes, [each[place] for each in found]) for place in range(out)]


def where_few(
    columns: Sequence[pa.Array], work: Callable[[Sequence[pa.Array]], list[Tidied]], /
) -> list[Tidied]:
    """What `work` makes of columns, of their distinct rows alone where these are few."""
    first = columns[0]
    if len(first) < _SOME or pc.count_distinct(first).as_py() * 2 > len(first):
        return work(columns)
    codes = np.zeros(len(first), dtype=np.int64)
    for column in columns:
        encoded = column.dictionary_encode(null_encoding="encode")
        codes = codes * len(encoded.dictionary) + encoded.indices.to_numpy()
        codes = pa.array(codes).dictionary_encode().indices.to_numpy()
    firsts = np.full(int(codes.max()) + 1, len(first))
    np.minimum.at(firsts, codes, np.arange(len(first)))
    found = work([column.take(pa.array(firsts)) for column in columns])
    return [each.taken(pa.array(codes)) for each in found]


def where_distinct(
    columns: Sequence[pa.Array], test: Callable[[Sequence[str]], bool], /, *, plain: Mask | None = None
) -> Mask:
    """The rows whose texts pass a test, which is made of distinct rows once each.

    Args:
        columns: Texts, all of one length; a null is an empty text.
        test: What is asked of the texts of a row.
        plain: The rows that do not pass, for which it is not asked.
    """
    passed = np.zeros(len(columns[0]), dtype=bool)
    rows, there = _rows_to_work(columns, plain)
    if len(rows):
        distinct, codes = _distinct(there)
        passed[rows] = np.array([test(texts) for texts in distinct], dtype=bool)[codes.to_numpy()]
    return passed


def _distinct(texts: Sequence[pa.Array]) -> tuple[list[list[str]], pa.Array]:
    """The distinct rows of some texts, and for each row which it is."""
    if len(texts) == 1:
        keys = pc.dictionary_encode(texts[0])
        return [[key] for key in keys.dictionary.to_pylist()], keys.indices
    keys = pc.dictionary_encode(pc.binary_join_element_wise(*texts, pa.scalar(BETWEEN, _TEXT)))
    return [key.split(BETWEEN) for key in keys.dictionary.to_pylist()], keys.indices


def _rows_to_work(columns: Sequence[pa.Array], plain: Mask | None) -> tuple[_Places, list[pa.Array]]:
    """The rows to look at, in which something stands and nothing too long, and their texts without nulls."""
    rows = np.arange(len(columns[0])) if plain is None else np.flatnonzero(~plain)
    if plain is not None:
        columns = [column.take(pa.array(rows)) for column in columns]
    texts = [pc.fill_null(column, "") for column in columns]
    there = np.zeros(len(rows), dtype=bool)
    short = np.ones(len(rows), dtype=bool)
    for column in texts:
        there |= mask(pc.greater(pc.binary_length(column), 0))
        short &= mask(pc.less_equal(pc.utf8_length(column), LONGEST))
        if len(texts) > 1:
            short &= ~mask(pc.match_substring(column, BETWEEN))
    chosen = there & short
    if chosen.all():
        return rows, texts
    return rows[chosen], [column.filter(pa.array(chosen)) for column in texts]


def _spread(column: pa.Array, rows: _Places, codes: pa.Array, found: list[Change]) -> Tidied:
    """The results of distinct texts put back on the rows that have them."""
    texts, rules = zip(*found, strict=True)
    rules = pa.array([rule or None for rule in rules], _TEXT).take(codes)
    hit = mask(pc.is_valid(rules))
    if not hit.any():
        return unchanged(column)
    changed = np.zeros(len(column), dtype=bool)
    changed[rows[hit]] = True
    where, chosen = pa.array(changed), codes.filter(pa.array(hit))
    cells = pc.replace_with_mask(column, where, pa.array(texts, _TEXT).take(chosen))
    said = pc.replace_with_mask(pa.nulls(len(column), _TEXT), where, rules.filter(pa.array(hit)))
    return Tidied(cells, said)
