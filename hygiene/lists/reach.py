"""Reach: entries that cover a domain without naming it or one above it, as some APIs read their block lists."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from hygiene.lists.rule_list import Texts
from hygiene.lists.suffixes import registrable

__all__ = ["reached"]


def reached(names: pa.Array, entries: Texts, /, *, reach: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Position of the entry that covers each name; -1 for none.

    Args:
        names: Domains as A-labels in lower case; null for none.
        entries: Entries that are domains.
        reach: ``registrable``: one that somebody registered as the same; ``letters``: one whose letters are at the end
            of the name; ``name``: none.
    """
    found = np.full(len(names), -1, dtype=np.int64)
    if reach == "name":
        return found
    texts = entries.text.to_pylist()
    by_name = reach == "registrable"
    wanted = {
        (registrable(text) if by_name else text): place for place, text in reversed([*enumerate(texts)])
    }
    wanted.pop("", None)
    for place, name in enumerate(names.to_pylist()):
        if name:
            found[place] = wanted.get(registrable(name), -1) if by_name else _ending(name, wanted)
    return found


def _ending(name: str, wanted: Mapping[str, int]) -> int:
    """The entry that a name ends with, the longest one."""
    return next((wanted[name[at:]] for at in range(len(name)) if name[at:] in wanted), -1)
