"""Findings: which rows have which reasons, and the outcome that follows.

One boolean mask a reason. What makes a reason true is decided by the passes.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from hygiene.arrow.text import Mask
from hygiene.outcomes import REASONS, Outcome, Reason, reason

__all__ = ["RowReasons", "in_table_order"]

#: Masks packed into one integer before the distinct combinations are counted anew.
_BITS = 60


class RowReasons:
    """The reasons of `rows` rows, by position.

    Attributes:
        rows: How many rows there are.
        masks: Reason code to mask; only reasons that some row has.
    """

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.masks: dict[str, Mask] = {}
        self._reasons: dict[str, Reason] = {}

    @classmethod
    def of(
        cls, rows: int, masks: Mapping[str, Mask], outcomes: Mapping[str, Outcome | None], /
    ) -> "RowReasons":
        """Findings as they were: masks, and the outcome of each reason."""
        found = cls(rows)
        found.masks = dict(masks)
        found._reasons = {code: replace(reason(code), outcome=outcomes[code]) for code in masks}
        return found

    @property
    def outcomes(self) -> dict[str, Outcome | None]:
        """The outcome that each reason leads to."""
        return {code: found.outcome for code, found in self._reasons.items()}

    def copy(self) -> "RowReasons":
        """The same, which may be added to."""
        found = RowReasons(self.rows)
        found.masks, found._reasons = dict(self.masks), dict(self._reasons)
        return found

    def add(self, masks: Mapping[str, Mask], /, *, outcome: Outcome | None = Outcome.INVALID) -> None:
        """Note reasons where their masks are true; `outcome` is that of codes with no fixed one."""
        for code, rows in masks.items():
            if rows.any():
                self.masks[code] = self.masks[code] | rows if code in self.masks else rows
                self._reasons[code] = reason(code, outcome=outcome)

    def forget(self, code: str, /) -> None:
        """Let no row have a reason, whichever had it."""
        self.masks.pop(code, None)
        self._reasons.pop(code, None)

    def decide(self, outcomes: Mapping[str, Outcome | None], /) -> None:
        """Let reasons lead to other outcomes than usual, as the user asked; None makes one a mere note."""
        for code, outcome in outcomes.items():
            if code in self._reasons:
                self._reasons[code] = replace(self._reasons[code], outcome=outcome)

    def ranks(self) -> np.ndarray[Any, np.dtype[np.int8]]:
        """The rank of each row's outcome (`Outcome.rank`)."""
        ranks = np.full(self.rows, Outcome.READY.rank, dtype=np.int8)
        for code, rows in self.masks.items():
            outcome = self._reasons[code].outcome
            if outcome is not None:
                ranks[rows] = np.minimum(ranks[rows], outcome.rank)
        return ranks

    def texts(self) -> pa.Array:
        """Each row's reason codes joined by semicolons, in the order of the reasons table, encoded; '' for none."""
        codes = self._ordered()
        combination = np.zeros(self.rows, dtype=np.int64)
        words = [""]
        for start in range(0, len(codes), _BITS):
            part = codes[start : start + _BITS]
            bits = np.zeros(self.rows, dtype=np.int64)
            for place, code in enumerate(part):
                bits |= self.masks[code].astype(np.int64) << place
            combination, words = _combine(combination, words, bits, part)
        return pa.DictionaryArray.from_arrays(
            pa.array(combination, pa.int32()), pa.array(words, pa.large_string())
        )

    def tally(self) -> dict[str, int]:
        """Reason code to number of rows, in the order of the reasons table."""
        return {code: int(self.masks[code].sum()) for code in self._ordered()}

    def _ordered(self) -> list[str]:
        return list(in_table_order(dict.fromkeys(self.masks, 0)))


def in_table_order(counts: Mapping[str, int], /) -> dict[str, int]:
    """Rows by reason, in the order of the reasons table."""
    place = {code: number for number, code in enumerate(REASONS)}
    return dict(sorted(counts.items(), key=lambda pair: (place.get(pair[0], len(place)), pair[0])))


def _combine(
    combination: np.ndarray[Any, Any], words: list[str], bits: np.ndarray[Any, Any], part: list[str]
) -> tuple[np.ndarray[Any, Any], list[str]]:
    """Join the texts so far with those of one more integer of masks."""
    distinct, bit_codes = _distinct(bits)
    pairs, combined = _distinct(combination * len(distinct) + bit_codes)
    texts = []
    for pair in pairs.tolist():
        before, value = words[pair // len(distinct)], int(distinct[pair % len(distinct)])
        named = [code for place, code in enumerate(part) if value >> place & 1]
        texts.append(";".join(([before] if before else []) + named))
    return combined, texts


def _distinct(values: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    encoded = pa.array(values).dictionary_encode()
    return encoded.dictionary.to_numpy(), encoded.indices.to_numpy(zero_copy_only=False)
