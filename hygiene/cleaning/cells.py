"""Cells on their way: columns that one pass after the other writes anew, and the rules that changed each cell."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from hygiene.fields.distinct import Tidied

__all__ = ["Cells"]


class Cells(dict[str, pa.Array]):
    """Columns by name, as far as passes have come.

    Args:
        columns: As they came in.

    Attributes:
        rules: By the name of a column that was changed, the rules that changed each cell, joined by ``;``.
    """

    def __init__(self, columns: Mapping[str, pa.Array], /) -> None:
        super().__init__(columns)
        self.rules: dict[str, pa.Array] = {}

    def take(self, name: str, found: Tidied, /) -> None:
        """Go on with a column after a pass."""
        if found.changed:
            self[name] = found.cells
            self.rules[name] = _joined(self.rules[name], found.rules) if name in self.rules else found.rules


def _joined(first: pa.Array, second: pa.Array) -> pa.Array:
    """The rules of two passes, those of the first before those of the second.

    Of two nulls Arrow 26 leaves the row out where it is told to skip nulls, so it is not told to.
    """
    both = pc.binary_join_element_wise(first, second, pa.scalar(";", pa.large_string()))
    return pc.coalesce(both, first, second)
