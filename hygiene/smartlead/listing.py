"""Listings: what the API holds, a page at a time, from any page on.

Which rows are wanted, and where they go, is not decided here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hygiene.errors import SinkError
from hygiene.smartlead import replies
from hygiene.smartlead.wire import Wire

__all__ = ["Page", "cursor_pages", "offset_pages"]

#: Rows a page of any listing. Documented: `limit` 1 to 1000.
PAGE = 1000
#: Rows from which a page may be a full one: an older page of the documentation caps `limit` at 100.
LEAST_FULL_PAGE = 100


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing.

    Attributes:
        rows: Its rows.
        next: Where the page after it starts; None where it is the last one.
    """

    rows: list[dict[str, Any]]
    next: Any


def offset_pages(
    wire: Wire, path: str, name: str, query: Mapping[str, object], /, *, start: int = 0
) -> Iterator[Page]:
    """The pages of a listing that goes by offset.

    Raises:
        SinkError: refused, or the pages do not move on.
    """
    offset, before = start, None
    while True:
        answer = wire.ask("GET", path, query={**query, "limit": PAGE, "offset": offset})
        rows = replies.rows(answer, name)
        if rows and rows == before:
            raise SinkError(_stuck(answer.where))
        offset, before = offset + len(rows), rows
        last = len(rows) < LEAST_FULL_PAGE
        yield Page(rows, None if last else offset)
        if last:
            return


def cursor_pages(wire: Wire, query: Mapping[str, object], /, *, start: object = None) -> Iterator[Page]:
    """The pages of leads, newest first, which go by the last lead seen.

    Raises:
        SinkError: refused, or the pages do not move on.

    Source: `GET /leads/all`; `listId` is in the vendor's command line tool, and not documented.
    """
    cursor = start
    while True:
        seen = {} if cursor is None else {"lastSeenLeadId": cursor}
        answer = wire.ask("GET", "/leads/all", query={**query, "limit": PAGE, **seen})
        rows = replies.rows(answer, "leads")
        data = answer.found.get("data")
        last = data.get("lastSeenLeadId") if isinstance(data, dict) else None
        if len(rows) < LEAST_FULL_PAGE or not last:
            yield Page(rows, None)
            return
        if last == cursor:
            raise SinkError(_stuck(answer.where))
        cursor = last
        yield Page(rows, cursor)


def _stuck(where: str) -> str:
    return f"{where}: the same page again, so the listing cannot be read to its end. Hand it over as a file."
