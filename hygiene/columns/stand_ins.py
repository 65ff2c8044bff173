"""Stand-ins: the address of a row that has none in its email column, from a further address column.

A cell is without one where it is blank, says that there is nothing, or is a name that only an Exchange server
knows. Which columns are further ones is decided in `mapping`; no address is judged here.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask
from hygiene.columns.contents import BLANK_WORDS, EXCHANGE_NAME

__all__ = ["stand_in", "stand_in_notes"]


def stand_in(
    cells: pa.ChunkedArray, further: Sequence[pa.ChunkedArray], /
) -> tuple[pa.ChunkedArray, tuple[int, ...]]:
    """The email cells with those of further columns in rows without an address, and how many each column gave.

    Args:
        cells: The email column, without nulls.
        further: The further columns, the best first; a cell with an @ counts.
    """
    bare = np.flatnonzero(~mask(pc.match_substring(cells, "@"))) if further else ()
    texts = cells.take(pa.array(bare, pa.int64())).to_pylist()
    absent = [text.strip().lower() in BLANK_WORDS or bool(EXCHANGE_NAME.match(text)) for text in texts]
    missing = np.zeros(len(cells), dtype=bool)
    missing[np.asarray(bare, dtype=np.int64)[np.asarray(absent, dtype=bool)]] = True
    counts = []
    for column in further:
        rows = missing & mask(pc.match_substring(column, "@")) if missing.any() else missing
        counts.append(int(rows.sum()))
        cells = pc.if_else(pa.array(rows), column, cells) if counts[-1] else cells
        missing = missing & ~rows
    return cells, tuple(counts)


def stand_in_notes(email: str, further: Sequence[str], counts: Sequence[int], /) -> list[str]:
    """A sentence for each further column that gave addresses.

    Args:
        email: Header of the email column, as it is shown.
        further: Headers of the further columns, likewise.
        counts: Rows that each of them gave an address.
    """
    return [
        f"email is {header} in {rows:,} row{'s' * (rows > 1)}, where {email} has no address."
        for header, rows in zip(further, counts, strict=True)
        if rows
    ]
