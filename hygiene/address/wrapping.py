"""Wrappings: the commonest things around an address, taken off for a whole column at once.

Each is one that `repair` takes off as well, cell by cell and in every combination; here are only those that
stand alone around a simple address, because lists have many of them.
"""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from hygiene.address.plain import Plain, find_plain
from hygiene.text import mask

__all__ = ["Unwrapped", "find_wrapped"]

_TEXT = pa.large_string()
_ADDRESS = r"([a-zA-Z0-9_.+\-]+@[a-zA-Z0-9.\-]+)"
_NAME = r"!-9;=?A-~\pL"
#: Kind of repair and pattern; at most one matches a cell.
_WRAPPINGS = (
    ("scheme", rf"^(?i:mailto|smtp):{_ADDRESS}$"),
    ("brackets", rf"^<{_ADDRESS}>$"),
    ("display_name", rf"^ *[{_NAME}][ {_NAME}]*<{_ADDRESS}>$"),
    ("punctuation", rf"^{_ADDRESS}[.,;]+$"),
)


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """The addresses found in a column of cells that are not plain.

    Attributes:
        plain: Rows where an address was found, and those addresses.
        kinds: What was taken off, one for each true row.
    """

    plain: Plain
    kinds: pa.Array


def find_wrapped(cells: pa.Array, /) -> Unwrapped:
    """Find plain addresses with one wrapping around them."""
    bare, kinds = pa.nulls(len(cells), _TEXT), pa.nulls(len(cells), _TEXT)
    for kind, pattern in _WRAPPINGS:
        rows = pa.array(mask(pc.match_substring_regex(cells, pattern)))
        if rows.true_count:
            inside = pc.replace_substring_regex(cells.filter(rows), pattern, r"\1")
            bare = pc.replace_with_mask(bare, rows, inside)
            kinds = pc.if_else(rows, pa.scalar(kind, _TEXT), kinds)
    plain = find_plain(bare)
    return Unwrapped(plain, kinds.filter(pa.array(plain.rows)))
