"""Listings: what an API holds, a page at a time, from any page on, and whether that was all of it.

A listing ends with an empty page, never with a short one: how many rows a page holds is up to the API. How pages are
asked for, which rows are wanted, and where they go, is not decided here. No row stands among the locals of a traceback.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from hygiene.display import counted
from hygiene.errors import ListingIncomplete, SinkError
from hygiene.http.answers import Answer
from hygiene.http.service import Service

__all__ = [
    "Page",
    "RowKey",
    "Tally",
    "lacking",
    "objects",
    "readable",
    "row_key",
    "row_of",
    "rows_of",
    "whole",
]

#: Pages that are read after all rows were given that were there at the start: a listing that grows faster than it is
#: read has no empty page.
BEYOND = 5

#: What tells the rows of a listing apart.
RowKey: TypeAlias = int | str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing.

    Attributes:
        rows: Its rows.
        next: Where the page after it starts; None where it is the last one.
        keys: What tells the rows apart that the API gave for it, where not all are among these; None where they are.
        untold: Those of the keys whose rows do not say what is asked for.
        lacking: Those of the keys whose rows have no readable address.
        total: Rows of the whole listing; None where the API does not say.
        where: The request and its status, for messages.
    """

    rows: list[dict[str, Any]] = field(repr=False)
    next: Any
    keys: tuple[RowKey, ...] | None = field(default=None, repr=False)
    untold: frozenset[RowKey] = field(default=frozenset(), repr=False)
    lacking: frozenset[RowKey] = field(default=frozenset(), repr=False)
    total: int | None = None
    where: str = "the listing"

    @property
    def given(self) -> tuple[RowKey, ...]:
        """The keys of all rows that the API gave for it."""
        return tuple(map(row_key, self.rows)) if self.keys is None else self.keys

    def only(self, wanted: Collection[RowKey], /) -> "Page":
        """The same without the rows of other keys, and each row once."""
        first = {row_key(row): row for row in reversed(self.rows)}
        rows = [first[key] for key in dict.fromkeys(map(row_key, self.rows)) if key in wanted]
        kept = frozenset(wanted)
        return replace(
            self, rows=rows, keys=tuple(wanted), untold=self.untold & kept, lacking=self.lacking & kept
        )


def row_key(row: Mapping[str, Any], /) -> RowKey:
    """What tells a row from the others of its listing: its number, or without one a digest of all of it."""
    number = row.get("id")
    if isinstance(number, int | str) and number != "":
        return number
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()


def readable(row: Mapping[str, Any], name: str, /) -> str | None:
    """What a row holds under a name, where that is text and not blank; None where it is not."""
    value = row.get(name)
    return value if isinstance(value, str) and value.strip() else None


def objects(answer: Answer, name: str, /, *, service: Service) -> list[dict[str, Any]]:
    """The objects that stand under a name of an answer.

    Raises:
        SinkError: there is no array of objects.
    """
    rows = answer.found.get(name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        msg = f"{answer.said}: expected an array of {name}. Check {service.url_variable}."
        raise SinkError(msg, status=answer.status)
    return rows


def rows_of(answer: Answer, name: str, /, *, key: str, service: Service) -> list[dict[str, Any]]:
    """The rows that stand under a name of an answer, each with a text under a key; none where the name is not there.

    Raises:
        SinkError: it holds something else.
    """
    rows = answer.found.get(name, [])
    return [row_of(row, key, answer, service=service) for row in (rows if isinstance(rows, list) else [None])]


def row_of(row: Any, key: str, answer: Answer, /, *, service: Service) -> dict[str, Any]:
    """What an answer holds of one thing, which has a text under a key.

    Raises:
        SinkError: it has not.
    """
    if not isinstance(row, dict) or not isinstance(row.get(key), str):
        msg = f"{answer.where}: expected {key} in it. Check {service.url_variable}."
        raise SinkError(msg, status=answer.status)
    return row


def lacking(rows: Iterable[Mapping[str, Any]], name: str, /) -> frozenset[RowKey]:
    """The keys of those rows that hold no readable text under a name."""
    return frozenset(row_key(row) for row in rows if readable(row, name) is None)


class Tally:
    """What the pages of a listing have given so far, held against what the API states.

    Attributes:
        keys: The keys of the distinct rows so far.
        first: Rows of the whole listing as the first page that says so stated them.
        last: The same of the last page.
        lacking: How many of the rows so far have no readable address.
    """

    def __init__(self) -> None:
        self.keys: set[RowKey] = set()
        self.first: int | None = None
        self.last: int | None = None
        self.lacking = 0
        self._beyond = 0
        self._where = "the listing"

    @property
    def enough(self) -> bool:
        """Whether all is there that was at the start, and it goes on all the same, as it grows while it is read."""
        return self._beyond > BEYOND

    def add(self, page: Page, /) -> Page:
        """The page without rows that were there before.

        Raises:
            ListingIncomplete: it holds rows and none is new, or there are more by now than are stated.
        """
        keys = dict.fromkeys(page.given)
        new = [key for key in keys if key not in self.keys]
        self._where = page.where
        if keys and not new:
            msg = (
                f"{page.where}: the same page again, with nothing new after {counted(len(self.keys), 'row')}."
            )
            raise ListingIncomplete(msg)
        self.count(new, page.total, lacking=len(page.lacking.intersection(new)))
        if self.first is not None and len(self.keys) > max(self.first, self.last or 0):
            raise ListingIncomplete(self._odds())
        return page if len(new) == len(page.given) else page.only(dict.fromkeys(new))

    def count(self, keys: Iterable[RowKey], total: int | None, /, *, lacking: int = 0) -> None:
        """Take note of rows that are new, of the total that was stated with them, and of how many lack an address."""
        self.keys.update(keys)
        self.lacking += lacking
        self.first = total if self.first is None else self.first
        self.last = self.last if total is None else total
        self._beyond += self.first is not None and len(self.keys) >= self.first

    def check(self) -> None:
        """Hold the rows against the totals: as many as at the start, as at the end, or between the two.

        Raises:
            ListingIncomplete: they do not add up, or some have no readable address.
        """
        low, high = sorted((self.first or 0, self.last or 0))
        if self.lacking or (self.first is not None and not low <= len(self.keys) <= high):
            raise ListingIncomplete(self._odds())

    def _odds(self) -> str:
        told = f"{self._where}: {counted(len(self.keys), 'row')} {'was' if len(self.keys) == 1 else 'were'} given"
        if self.first is not None:
            stated = f"{self.last}" if self.first == self.last else f"{self.first}, then {self.last}"
            told += f", and {stated} are stated"
        return f"{told}; {self.lacking} of them have no readable address." if self.lacking else f"{told}."


def whole(pages: Callable[[], Iterator[Page]], /) -> Iterator[Page]:
    """The pages of a listing, each row once; one that does not add up is read once more.

    Rows of the second reading that the first one gave already are left out.

    Args:
        pages: Reads it from its start.

    Raises:
        SinkError: refused.
        ListingIncomplete: it does not add up the second time either; what was given until then is not all.
    """
    before: set[RowKey] = set()
    for is_first in (True, False):
        tally = Tally()
        try:
            for page in pages():
                new = tally.add(page)
                yield new if is_first else new.only([key for key in new.given if key not in before])
                before.update(new.given if is_first else ())
                if tally.enough:
                    break
            tally.check()
        except ListingIncomplete as odd:
            if not is_first:
                msg = f"{odd.marked} It was read twice; run the command again later."
                raise ListingIncomplete(msg) from odd
        else:
            return
