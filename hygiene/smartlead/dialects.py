"""Dialects: the names that counters of an import have where they are not those of the list import's page.

Each is known by a key of its own. What a counter counts is decided nowhere here; names and sums alone are.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from hygiene.http.answers import number, summed

__all__ = ["DIALECTS", "Spoken", "spoken"]

#: Counters by dialect, by the key that a dialect is known by; what several keys count is their sum. Observed (the
#: first, in several strict parsers and one verbatim body): `upload_count` is what was received and `total_leads` what
#: is new, the reverse of the old documentation. Documented: the two others.
DIALECTS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "upload_count": {
        "total_leads": ("upload_count",),
        "imported": ("total_leads",),
        "duplicates": ("duplicate_count", "already_added_to_campaign"),
        "blocked": ("block_count",),
    },
    "inserted_count": {
        "imported": ("inserted_count",),
        "duplicates": ("duplicate_count",),
        "blocked": ("blocked_count",),
    },
    "added_count": {"imported": ("added_count",)},
}


class Spoken(NamedTuple):
    """The counters of an answer, as they stand or as sums, and the keys that were read."""

    counts: Mapping[str, Any]
    read: frozenset[str]


def spoken(given: Mapping[str, Any], /) -> Spoken | None:
    """What an answer counts in the dialect that it is in; None where it is in none of these."""
    dialect = next((key for key in DIALECTS if given.get(key) is not None), None)
    if dialect is None:
        return None
    names = DIALECTS[dialect]
    counts = {counter: summed(given, keys) for counter, keys in names.items()}
    read = frozenset(
        key for counter, keys in names.items() if number(counts[counter]) is not None for key in keys
    )
    return Spoken(dict.fromkeys(("total_leads", "imported", "duplicates", "blocked")) | counts, read)
