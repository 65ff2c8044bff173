"""Listings: what the API holds, a page at a time, from any page on.

Which rows are wanted, and where they go, is not decided here. No row stands among the locals of a traceback.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hygiene.errors import SinkError
from hygiene.smartlead import responses
from hygiene.smartlead.transport import Transport

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
        read: Rows that the API gave for it, where not all are among these; None where they are.
        untold: How many of those do not say what is asked for.
        total: Rows of the whole listing; None where the API does not say.
    """

    rows: list[dict[str, Any]] = field(repr=False)
    next: Any
    read: int | None = None
    untold: int = 0
    total: int | None = None


def offset_pages(
    wire: Transport, path: str, name: str, query: Mapping[str, object], /, *, start: int = 0
) -> Iterator[Page]:
    """The pages of a listing that goes by offset.

    Raises:
        SinkError: refused, or the pages do not move on.
    """
    before = page = Page([], start)
    while page.next is not None:
        answer = wire.ask("GET", path, query={**query, "limit": PAGE, "offset": page.next})
        page = _offset_page(answer, name, page.next)
        if page.rows and page.rows == before.rows:
            raise SinkError(_stuck(answer.where))
        before = page
        yield page


def _offset_page(answer: responses.Answer, name: str, start: int) -> Page:
    rows = responses.rows(answer, name)
    return Page(rows, None if len(rows) < LEAST_FULL_PAGE else start + len(rows))


def cursor_pages(wire: Transport, query: Mapping[str, object], /, *, start: object = None) -> Iterator[Page]:
    """The pages of leads, newest first, which go by the last lead seen.

    Raises:
        SinkError: refused, or the pages do not move on.

    Source: `GET /leads/all`; `listId` is in the vendor's command line tool, and not documented.
    """
    cursor = start
    while True:
        seen = {} if cursor is None else {"lastSeenLeadId": cursor}
        answer = wire.ask("GET", "/leads/all", query={**query, "limit": PAGE, **seen})
        page = _cursor_page(answer)
        if page.next is not None and page.next == cursor:
            raise SinkError(_stuck(answer.where))
        yield page
        if page.next is None:
            return
        cursor = page.next


def _cursor_page(answer: responses.Answer) -> Page:
    rows, data = responses.rows(answer, "leads"), answer.found.get("data")
    named = data if isinstance(data, dict) else {}
    last, total = named.get("lastSeenLeadId"), named.get("totalCount")
    following = None if len(rows) < LEAST_FULL_PAGE or not last else last
    return Page(rows, following, total=total if isinstance(total, int) else None)


def _stuck(where: str) -> str:
    return f"{where}: the same page again, so the listing cannot be read to its end. Hand it over as a file."
