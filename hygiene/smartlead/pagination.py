"""Pages of Smartlead: how its listings are asked for, by offset and by the last lead seen.

Which rows are wanted, and whether the pages add up, is not decided here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from hygiene.errors import ListingIncomplete
from hygiene.http.answers import Answer
from hygiene.http.listings import Page, lacking
from hygiene.http.transport import Transport
from hygiene.smartlead import page_answers

__all__ = ["cursor_pages", "offset_pages"]

#: Rows that are asked for at a time. Documented: `limit` 1 to 1000.
PAGE = 1000


def offset_pages(
    wire: Transport,
    path: str,
    name: str,
    query: Mapping[str, object],
    /,
    *,
    start: int = 0,
    address: str = "",
) -> Iterator[Page]:
    """The pages of a listing that goes by offset, the last one empty; each row has its address under `address`.

    Raises:
        SinkError: refused.
        ListingIncomplete: a page states no count as its total, or the empty one says that there are more.
    """
    at: int | None = start
    while at is not None:
        page = _page(wire.ask("GET", path, query={**query, "limit": PAGE, "offset": at}), name, address)
        at = at + len(page.rows) if page.rows else None
        yield replace(page, next=at)


def _page(answer: Answer, name: str, address: str) -> Page:
    rows = page_answers.rows(answer, name)
    if not rows and page_answers.goes_on(answer):
        raise ListingIncomplete(f"{answer.where}: an empty page that says that there are more after it.")
    without = lacking(rows, address) if address else frozenset()
    return Page(rows, None, lacking=without, total=page_answers.total(answer), where=answer.where)


def cursor_pages(wire: Transport, query: Mapping[str, object], /, *, start: object = None) -> Iterator[Page]:
    """The pages of leads, which go by the last lead seen, the last one empty.

    Raises:
        SinkError: refused.
        ListingIncomplete: the leads of a page have no numbers to go on from, and how many there are is not stated; or
            as `offset_pages`.

    Source: `GET /leads/all`, observed newest first; `listId` is in the vendor's command line tool, and not
    documented. The tool takes a bare array too, and goes on from the number of its last lead.
    """
    cursor = start
    while True:
        seen = {} if cursor is None else {"lastSeenLeadId": cursor}
        page = _cursor_page(wire.ask("GET", "/leads/all", query={**query, "limit": PAGE, **seen}))
        yield page
        if page.next is None:
            return
        cursor = page.next


def _cursor_page(answer: Answer) -> Page:
    page = _page(answer, "leads", "email")
    if not page.rows:
        return page
    data = answer.found.get("data")
    stated = data.get("lastSeenLeadId") if isinstance(data, dict) else None
    following = stated or page.rows[-1].get("id")
    if following is None and page.total is None:
        raise ListingIncomplete(f"{page.where}: leads without numbers, so nobody can tell if there are more.")
    return replace(page, next=following)
