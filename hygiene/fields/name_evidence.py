"""Name evidence: how much two names speak for their owners being one person.

In bits, from how rare a name is; letters may be wrong, given names short forms of each other or initials, and given
name and surname may stand in each other's place.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Mask
from hygiene.words.name_words import given_names
from hygiene.words.nicknames import are_one_name

__all__ = ["Bits", "count_slips", "texts", "weigh_names"]

Bits = np.ndarray[Any, np.dtype[np.float64]]

#: Letters that a name may have wrong.
_SLIPS = 3


def texts(column: pa.Array, /) -> list[str]:
    """The cells of a column, null ones blank."""
    found: list[str] = pc.fill_null(column, "").to_pylist()
    return found


def count_slips(first: list[str], second: list[str], /, *, most: int = _SLIPS) -> Bits:
    """Letters that were left out, added, changed or turned between two texts; infinitely many where they are too many.

    No digit may be wrong: texts that differ in one are two of a series.

    Args:
        first: Texts.
        second: Others, aligned.
        most: The most that a text of any length may have; one of six letters may have one in any case.
    """
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import cpdist

    found: Bits = cpdist(
        first, second, scorer=OSA.distance, score_cutoff=most, score_hint=0, dtype=np.int32
    ).astype(np.float64)
    sizes = (
        np.fromiter(map(len, first), np.int64, len(first)),
        np.fromiter(map(len, second), np.int64, len(second)),
    )
    longest, shortest = np.maximum(*sizes), np.minimum(*sizes)
    near = (found <= np.minimum(1 + longest // 6, most)) & (shortest > 2)
    for at in np.flatnonzero(near & (found > 0)).tolist():
        near[at] = _digits(first[at]) == _digits(second[at])
    return np.where(near, found, np.inf)


def _digits(text: str) -> str:
    return "" if text.isalpha() else "".join(filter(str.isdigit, text))


def weigh_names(
    one: Mapping[str, pa.Array], other: Mapping[str, pa.Array], rare: Mapping[str, Bits], /
) -> tuple[Bits, Bits, Mask]:
    """Bits for given names and for surnames, of which one may be written in place of the other.

    Where one is in the other's place and the second is another name, the given name speaks against them and the
    surname for them.

    Returns:
        Both, and the pairs whose surnames are merely near while no given name of two letters or more is the same or a
        short form: among people of one firm these are two, as Jansen and Janssen are.
    """
    given = texts(one["given"]), texts(other["given"])
    surname = texts(one["surname"]), texts(other["surname"])
    by_given, kinds = _given(*given, rare["given"])
    by_surname, near = _surname(*surname, rare["surname"])
    across = count_slips(given[0], surname[1]), count_slips(surname[0], given[1])
    slips, differ = across[0] + across[1], (by_given < 0) & (by_surname < 0)
    turned = np.isfinite(slips) & differ
    by_surname = np.where(
        np.isfinite(np.minimum(*across)) & differ, np.maximum(rare["surname"] - 5, 0.5), by_surname
    )
    lost = 1 + 2 * np.where(turned, slips, 0)
    by_given = np.where(turned, np.maximum(rare["given"] - lost, 0.5), by_given)
    whole = np.fromiter((min(map(len, pair)) > 1 for pair in zip(*given, strict=True)), bool, len(given[0]))
    loose: Mask = near & ~(((kinds == "same") | (kinds == "short")) & whole)
    return by_given, np.where(turned, np.maximum(rare["surname"] - lost, 0.5), by_surname), loose


def _given(first: list[str], second: list[str], rare: Bits) -> tuple[Bits, np.ndarray[Any, Any]]:
    """Bits for given names, and how they stand to each other."""
    slips = count_slips(first, second)
    pairs = dict.fromkeys(zip(first, second, strict=True))
    told = {pair: _given_kind(*pair) for pair in pairs}
    kinds = np.array([told[pair] for pair in zip(first, second, strict=True)])
    near = np.isfinite(slips)
    bits = np.select(
        [kinds == "none", kinds == "same", kinds == "short", kinds == "initial", (kinds == "other") & near],
        [
            0.0,
            rare,
            rare - 1,
            np.minimum(rare, 3.0),
            np.maximum(rare - 2 - 2 * np.where(near, slips, 0), 0.5),
        ],
        -7.0,
    )
    return bits, kinds


def _given_kind(first: str, second: str) -> str:
    """How two given names stand to each other; two that are both known are two, however near."""
    if not first or not second:
        return "none"
    if first == second:
        return "same"
    a, b = first.split(), second.split()
    if a[0] == b[0]:
        kind = "short" if len(a) == 1 or len(b) == 1 or a[1][0] == b[1][0] else "two"
    elif are_one_name(a[0], b[0]) or not set(a).isdisjoint(b):
        kind = "short"
    elif len(a[0]) == 1 or len(b[0]) == 1:
        kind = "initial" if a[0][0] == b[0][0] else "two"
    else:
        kind = "two" if a[0] in given_names() and b[0] in given_names() else "other"
    return kind


def _surname(first: list[str], second: list[str], rare: Bits) -> tuple[Bits, Mask]:
    """Bits for surnames, and the pairs that are merely near."""
    slips = count_slips(first, second)
    near = np.isfinite(slips)
    same = np.fromiter(map(str.__eq__, first, second), bool, len(first))
    blank = np.array([not a or not b for a, b in zip(first, second, strict=True)], dtype=bool)
    part = np.array(
        [
            (" " in a or " " in b) and not set(a.split()).isdisjoint(b.split())
            for a, b in zip(first, second, strict=True)
        ],
        dtype=bool,
    )
    bits = np.select(
        [blank, same, part, near],
        [0.0, rare, rare - 2, np.maximum(rare - 2 - 2 * np.where(near, slips, 0), 0.5)],
        -6.0,
    )
    return bits, near & ~(blank | same | part)
