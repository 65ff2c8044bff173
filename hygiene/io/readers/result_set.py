"""Result sets: whether a file of results is still the one that its run wrote, by the digests in `summary.json`.

One that was edited by hand, or is another run's, is read as it is; that is only noted.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from hygiene.io.readers.sources import printable

__all__ = ["notes_on_results", "results_in"]

#: Octets of a summary that are read to look for digests; ours have some thousand.
MOST_OCTETS = 1 << 24


def notes_on_results(names: Iterable[str], /) -> list[str]:
    """A sentence for each file that is not as the summary beside it says.

    Args:
        names: Names of files; "-" is none.
    """
    digests: dict[Path, Mapping[str, Any]] = {}
    told = []
    for name in names:
        path = Path(name)
        if name != "-" and path.parent not in digests:
            digests[path.parent] = _digests(path.with_name("summary.json"))
        wanted = digests.get(path.parent, {}).get(path.name)
        if isinstance(wanted, str) and _digest(path) not in {None, wanted}:
            told.append(
                f"{printable(name)}: not as it was written with the summary.json beside it; it is read as it is."
            )
    return told


def results_in(folder: Path, /) -> frozenset[str]:
    """Names of the files in a folder that are results of a run, by the summary in it."""
    told = _digests(folder / "summary.json")
    return frozenset(told) | {"summary.json", "report.html"} if told else frozenset()


def _digests(summary: Path) -> Mapping[str, Any]:
    """The digests in a summary of ours, by name of file; none in any other file."""
    try:
        if not summary.is_file():  # a pipe of that name would be waited for
            return {}
        with summary.open("rb") as file:
            found = json.loads(file.read(MOST_OCTETS))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict) or not str(found.get("schema")).startswith("hygiene.summary/"):
        return {}
    results = found.get("results")
    return results if isinstance(results, dict) else {}


def _digest(path: Path) -> str | None:
    """SHA-256 of a file; None where it cannot be read, which is said where it is opened to be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
