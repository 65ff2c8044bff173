"""Digest: what tells one frame of leads from another, without keeping either.

Files have a digest of their octets, which is made where they are read.
"""

import hashlib

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.text import text_column

__all__ = ["frame_digest"]


def frame_digest(frame: pd.DataFrame, /) -> str:
    """Hex digest of a frame's column names and cells as text, for leads that did not come from a file."""
    digest = hashlib.sha256()
    for place, name in enumerate(frame.columns):
        cells = pc.fill_null(text_column(frame.iloc[:, place]), "\x00")
        sizes = pc.binary_length(cells).to_numpy(zero_copy_only=False)
        digest.update(f"{len(str(name))}:{name}:{len(cells)}:".encode())
        digest.update(np.ascontiguousarray(sizes, dtype="<i8").tobytes())
        digest.update(_octets(cells))
    return digest.hexdigest()


def _octets(cells: pa.Array) -> memoryview:
    """The UTF-8 of all cells, one after the other."""
    if not len(cells):
        return memoryview(b"")
    _, edges, octets = cells.buffers()
    first, end = np.frombuffer(edges, np.int64)[cells.offset : cells.offset + len(cells) + 1][[0, -1]]
    return memoryview(octets)[first:end] if octets is not None else memoryview(b"")
