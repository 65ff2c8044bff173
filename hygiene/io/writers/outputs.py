"""Results: the files of a run, written part after part, that take their names together at the end.

They hold personal data: they are their owner's alone unless other rights are given. A summary that has a place for
it (`results`) holds the digest of each, so that they are known as one set.
"""

import contextlib
import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from hygiene.arguments import check_word
from hygiene.errors import UsageError, option
from hygiene.io.leftovers import sweep
from hygiene.io.writers.atomic import PRIVATE, Draft, Path_, drafts_of, give_rights, open_draft
from hygiene.io.writers.in_place import InPlace
from hygiene.io.writers.tables import Format, Table

if TYPE_CHECKING:
    import pandas as pd

    from hygiene.arrow.columns import Columns

__all__ = ["Results", "open_results", "write_results"]

#: Names of the files of a run, whatever its options.
_NAMES = (
    r"(?:ready|withheld|verdicts)\.(?:csv|xlsx|parquet)|(?:changes|fills|sent|rejected|unknown)\.csv|summary\.json"
    r"|report\.html"
)

#: The last of a run's files.
_LAST = ("summary.json", "changes.csv", "fills.csv")


#: Files of a run that not every one has.
Further: TypeAlias = Literal["changes", "fills"]


class Results:
    """The files of a run while they are written; see `open_results`.

    Attributes:
        digests: SHA-256 of each file but the summary, by name; of those that are whole.
    """

    def __init__(
        self,
        folder: Path,
        stack: contextlib.ExitStack,
        /,
        *,
        format_: Format,
        further: Collection[Further],
        rights: int,
    ) -> None:
        self._folder, self._stack, self._rights = folder, stack, rights
        self.digests: dict[str, str] = {}
        names = {name: f"{name}.{format_}" for name in ("ready", "withheld", "verdicts")}
        self._drafts: dict[str, Draft | InPlace] = {}
        self._tables = {
            name: self._table(
                file_name, format_=format_, spreadsheet=name == "withheld", guard=name != "ready"
            )
            for name, file_name in names.items()
        }
        for name in further:
            self._tables[name] = self._table(f"{name}.csv", format_="csv", guard=True)

    def add(
        self,
        *,
        ready: "Columns | pd.DataFrame",
        withheld: "Columns | pd.DataFrame",
        verdicts: "Columns | pd.DataFrame",
        changes: "Columns | pd.DataFrame | None" = None,
        fills: "Columns | pd.DataFrame | None" = None,
    ) -> None:
        """Write a part of the run; at least one, be it without rows.

        Args:
            ready: Leads to import.
            withheld: The other rows.
            verdicts: One row an input row.
            changes: Cells of the leads to import that are not as they came in, where the run keeps such a file.
            fills: Cells that rows took from others, likewise.

        Raises:
            UsageError: the format cannot hold the rows.
        """
        parts = {
            "ready": ready,
            "withheld": withheld,
            "verdicts": verdicts,
            "changes": changes,
            "fills": fills,
        }
        for name, opened in self._tables.items():
            frame = parts[name]
            if frame is not None:
                opened.add(frame)

    def put(self, name: str, frame: "pd.DataFrame", /) -> None:
        """Write a further file of the run, as CSV; it is whole already.

        Args:
            name: The file's name.
            frame: Its rows.
        """
        table = self._table(name, format_="csv", guard=True)
        table.add(frame)
        table.close()

    def finish(self, summary: Mapping[str, Any], /) -> list[Path]:
        """The paths of all files, which are there now: those of `add`, further ones, the summary, the fills.

        Args:
            summary: The run as one object; where it has a key `results`, the digests stand there.
        """
        for opened in self._tables.values():
            opened.close()
        for name, draft in self._drafts.items():
            draft.settle()
            self.digests[name] = draft.digest()
        told = {**summary, "results": self.digests} if "results" in summary else dict(summary)
        text = json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        self._draft("summary.json").file.write(text.encode())
        self._drafts["summary.json"].settle()
        order = sorted(self._drafts, key=lambda name: _LAST.index(name) if name in _LAST else -1)
        for name in order:
            self._drafts[name].name()
        return [self._folder / name for name in order]

    def _table(self, name: str, *, format_: Format, guard: bool, spreadsheet: bool = False) -> Table:
        draft = self._draft(name)
        made = Table(draft.file, self._folder / name, format_=format_, spreadsheet=spreadsheet, guard=guard)
        self._stack.callback(made.drop)
        return made

    def _draft(self, name: str) -> Draft | InPlace:
        self._drafts[name] = open_draft(self._folder / name, rights=self._rights)
        self._stack.callback(self._drafts[name].drop)
        return self._drafts[name]


@contextlib.contextmanager
def open_results(
    folder: Path_,
    /,
    *,
    format_: Format = "csv",
    changes: bool = False,
    fills: bool = False,
    rights: int = PRIVATE,
) -> Iterator[Results]:
    """The files of a run to add parts to: ready, withheld (for spreadsheets) and verdicts, and summary.json.

    They take their names when `Results.finish` is called; without it, and on an error, none is left. What a run that
    was killed left in the folder is removed.

    Args:
        folder: Where to; made where it is not there, for whom `rights` say. One that is there keeps its own.
        format_: Format of the first three.
        changes: Whether there is a fifth file, changes.csv.
        fills: Whether there is a further file, fills.csv.
        rights: Who may read the files.

    Raises:
        UsageError: the folder cannot be made or is a file, there is no such format, or the format needs an
            extra that is not installed.
    """
    check_word("format_", format_, get_args(Format))
    folder = Path(folder)
    _make(folder, rights)
    sweep(folder, drafts_of(_NAMES))
    with contextlib.ExitStack() as stack:
        asked = {"changes": changes, "fills": fills}
        further = [name for name in get_args(Further) if asked[name]]
        yield Results(folder, stack, format_=format_, further=further, rights=rights)


def write_results(
    folder: Path_,
    /,
    *,
    ready: "pd.DataFrame",
    withheld: "pd.DataFrame",
    verdicts: "pd.DataFrame",
    summary: Mapping[str, Any],
    format_: Format = "csv",
    fills: "pd.DataFrame | None" = None,
) -> list[Path]:
    """The paths of a run's files, written from one part; see `open_results` and `Results.add`.

    Args:
        folder: Where to; made where it is not there.
        ready: The leads to import.
        withheld: The other rows.
        verdicts: One row an input row.
        summary: The run as one object.
        format_: Format of the first three.
        fills: Cells that rows took from others, as a fifth file fills.csv; None for no such file.

    Raises:
        UsageError: the folder cannot be made or is a file, or the format cannot hold the rows.
    """
    with open_results(folder, format_=format_, fills=fills is not None) as results:
        results.add(ready=ready, withheld=withheld, verdicts=verdicts, fills=fills)
        return results.finish(summary)


def _make(folder: Path, rights: int) -> None:
    """Make a folder, and those above it; whoever may read its files may enter it."""
    new = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        for each in reversed(new):
            each.mkdir(exist_ok=True)
            give_rights(each, rights | (rights & 0o444) >> 2)
        folder.mkdir(exist_ok=True)  # which says so where it is a file
    except OSError as error:
        found = "is a file" if folder.is_file() else f"cannot be made ({error.strerror})"
        msg = f"{folder}: {found}; expected a folder to write to. Name another with {option('out')}."
        raise UsageError(msg) from error
