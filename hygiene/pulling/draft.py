"""Drafts: the pages of a pull as they come, kept beside the file they are for, so that a pull goes on from them.

What the rows mean, and when a page is asked for, is not decided here.
"""

import csv
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hygiene.errors import UsageError, option
from hygiene.http.listings import Page, Tally
from hygiene.io.writers import PRIVATE, atomic

__all__ = ["Draft"]

#: How old the pages kept of a pull may be to go on from them.
KEPT = timedelta(hours=24)


class Draft:
    """The pages so far, one line of JSON each under a line that says where they come from.

    Args:
        path: The file.
        origin: What is pulled and from where; pages of another origin are not gone on from.
        columns: The columns that are kept, ``id`` among them; a row without the first is left out.

    Attributes:
        next: Where the next page starts.
        whole: Whether the last page is there.
        rows: How many rows there are.
        untold: How many of those that the API gave do not say what is asked for.
        tally: What the API gave, held against what it states.

    Raises:
        UsageError: the file holds something else.
    """

    def __init__(self, path: Path, origin: str, columns: Sequence[str], /) -> None:
        self._path, self._origin, self._columns = path, origin, columns
        self._forget()
        try:
            kept = self._read(origin)
        except (ValueError, KeyError, TypeError) as error:
            msg = f"{path}: holds something else than the pages of a pull. Remove it, or name another {option('out')}."
            raise UsageError(msg) from error
        handle = os.open(path, os.O_RDWR | os.O_CREAT | (0 if kept else os.O_TRUNC), PRIVATE)
        if os.name == "posix":
            os.fchmod(handle, PRIVATE)  # pages that an earlier version kept were for all to read
        self._file = os.fdopen(handle, "r+", encoding="utf-8", newline="")
        if kept:
            self._file.seek(kept)
            self._file.truncate()
        else:
            self._begin()

    @property
    def read(self) -> int:
        """How many rows the API gave, each counted once."""
        return len(self.tally.keys)

    def _forget(self) -> None:
        self.next: Any = None
        self.whole = False
        self.rows = self.untold = 0
        self.tally = Tally()

    def _begin(self) -> None:
        began = datetime.now(UTC).isoformat(timespec="seconds")
        self._add({"origin": self._origin, "began": began})

    def _read(self, origin: str) -> int:
        """Octets of the pages that can be gone on from; 0 where there are none."""
        if not self._path.exists():
            return 0
        kept = 0
        with self._path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break  # cut off while it was written
                page = json.loads(line)
                if not kept and (page["origin"] != origin or _age(page["began"]) > KEPT):
                    return 0
                if kept:
                    if "read" in page or ("keys" in page and "lacking" not in page):
                        # of an earlier version, which did not keep what else was read
                        self._forget()
                        return 0
                    keys = page.get("keys", self._numbers(page["rows"]))
                    self.tally.count(keys, page.get("total"), lacking=page.get("lacking", 0))
                    self._note(page)
                kept += len(line)
        return kept

    def _add(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=True) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def keep(self, page: Page) -> None:
        """Keep for good what is new of a page.

        Raises:
            ListingIncomplete: nothing is, or there is more than is stated.
        """
        new = self.tally.add(page)
        rows = [[row.get(name) for name in self._columns] for row in new.rows if row.get(self._columns[0])]
        line = {"next": page.next, "rows": rows}
        if list(new.given) != self._numbers(rows):
            line |= {"keys": new.given, "lacking": len(new.lacking)}
        line |= {"untold": len(new.untold)} if new.untold else {}
        line |= {} if page.total is None else {"total": page.total}
        self._add(line)
        self._note(line)

    def _numbers(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """The keys of kept rows, as far as they are their numbers."""
        place = self._columns.index("id")
        return [row[place] for row in rows]

    def _note(self, page: dict[str, Any]) -> None:
        self.next, self.whole = page["next"], page["next"] is None
        self.rows += len(page["rows"])
        self.untold += page.get("untold", 0)

    def restart(self) -> None:
        """Forget the pages, to read the listing from its start."""
        self._forget()
        self._file.seek(0)
        self._file.truncate()
        self._begin()

    def write(self, out: Path, rights: int) -> None:
        """Write the file, for whom `rights` say."""
        untold = f"; {self.untold} of {self.read} do not say" if self.untold else ""
        with atomic(out, rights=rights) as file, self._path.open(encoding="utf-8") as draft:
            writer = csv.writer(file, lineterminator="\n")
            for number, line in enumerate(draft):
                page = json.loads(line)
                if not number:
                    file.write(f"# lead-hygiene snapshot: {page['origin']} on {page['began']}{untold}\n")
                    writer.writerow(self._columns)
                else:
                    writer.writerows(page["rows"])

    def close(self) -> None:
        """Keep the pages for another time, where there are any."""
        self._file.close()
        if self.next is None and not self.whole:
            self.remove()

    def remove(self) -> None:
        """Forget the pages for good."""
        self._path.unlink()


def _age(began: str) -> timedelta:
    return datetime.now(UTC) - datetime.fromisoformat(began)
