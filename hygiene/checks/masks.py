"""Masks: the rows that fail, by reason code."""

import re
import unicodedata
from typing import TYPE_CHECKING, Any

import numpy as np

from hygiene.arrow.text import Mask

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Masks", "reason_code"]


class Masks(dict[str, Mask]):
    """Reason code to mask, for a known number of rows.

    Attributes:
        fits: False where a cell is not of the declared type.
    """

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.rows = rows
        self.fits = np.ones(rows, dtype=bool)

    def note(self, code: str, failing: Any, at: "pd.Index | None" = None) -> None:
        """Add failing rows; with `at`, the positions that `failing` speaks of."""
        mask = np.zeros(self.rows, dtype=bool)
        mask[slice(None) if at is None else at.to_numpy()] = failing
        self[code] = self[code] | mask if code in self else mask


def reason_code(*parts: object) -> str:
    """A reason code of these words: snake_case in ASCII."""
    words = (unicodedata.normalize("NFKD", str(part)).encode("ascii", "ignore").decode() for part in parts)
    return "_".join(re.sub(r"[^a-z0-9]+", "_", word.lower()).strip("_") or "unnamed" for word in words)
