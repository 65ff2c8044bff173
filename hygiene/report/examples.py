"""Examples: the first rows of each reason, and what is shown of a row.

What an address looks like is its caller's to say; nothing here prints.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from hygiene.cleaning.row_lookup import cells_at, texts_at
from hygiene.columns.mapping import MALFORMED
from hygiene.display import inert, mask_address

if TYPE_CHECKING:
    from hygiene.cleaning.result import CleanedLeads

__all__ = ["first_rows", "shown_at"]

#: Characters of an example on a terminal, so that two stand in a line.
_SHORT = 40


def shown_at(
    cleaned: "CleanedLeads", positions: Sequence[int], shown: Callable[[str | None], str], /
) -> list[str]:
    """What is shown of rows: the address, else what the cell holds, else the raw text."""
    found, rows = cleaned.survey, np.array(positions, dtype=np.int64)
    cells = [
        texts_at(found, rows, "address"),
        texts_at(found, rows, "cells"),
        cells_at(found, rows, MALFORMED),
    ]
    texts = zip(*(cell.to_pylist() for cell in cells), strict=True)
    return [shown(next((text for text in row if text and text.strip()), None)) for row in texts]


def first_rows(cleaned: "CleanedLeads", /) -> list[tuple[str, str]]:
    """Reason code and its first rows, each as its place and the masked address."""
    found = {code: cleaned.survey.examples[code] for code in cleaned.counts.reasons}
    positions = sorted({each for rows in found.values() for each in rows})
    places = map(inert, cleaned.places(np.array(positions, dtype=np.int64)))
    texts = shown_at(cleaned, positions, _masked)
    told = {
        each: f"{place} {text}".rstrip() for each, place, text in zip(positions, places, texts, strict=True)
    }
    return [(code, ", ".join(told[each] for each in rows)) for code, rows in found.items()]


def _masked(text: str | None) -> str:
    masked = mask_address(text or "")
    return masked if len(masked) <= _SHORT else f"{masked[:_SHORT]}..."
