"""Page answers: what one page of a listing holds and says of the whole listing, in all shapes it is known in.

How pages are asked for, and whether they add up, is not decided here.
"""

from typing import Any

from hygiene.errors import ListingIncomplete, SinkError
from hygiene.http.answers import SAID_CHARACTERS, Answer, number, without_addresses

__all__ = ["goes_on", "rows", "total"]

#: What a listing states its number of rows under, and what may stand around that.
_TOTALS = ("totalCount", "total_count", "total", "total_leads")
_OF_PAGES = ("pagination", "meta")


def rows(answer: Answer, name: str, /) -> list[dict[str, Any]]:
    """The rows of a listing, in any of the shapes it is documented or observed in.

    Raises:
        SinkError: there is no array of objects in it.
    """
    data = answer.found.get("data", answer.found)
    found = data.get(name) if isinstance(data, dict) else data
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        msg = f"{answer.said}: expected an array of {name}. Check SMARTLEAD_BASE_URL."
        raise SinkError(msg, status=answer.status)
    return found


def total(answer: Answer, /) -> int | None:
    """How many rows a whole listing has, as one page of it states; None where it does not.

    Raises:
        ListingIncomplete: what it states is no count.

    Source: `totalCount` (observed, leads and lists), `total_count` (documented, lists), `total_leads` (observed, of a
    campaign), `total` (documented, of a campaign).
    """
    stated = [
        place[name] for place in _about_listing(answer) for name in _TOTALS if place.get(name) is not None
    ]
    counts = [number(each) for each in stated]
    if None in counts:
        said = without_addresses(repr(stated[counts.index(None)]))[:SAID_CHARACTERS]
        msg = f"{answer.where}: {said} is stated as the number of its rows, which is no count."
        raise ListingIncomplete(msg)
    return next(iter(counts), None)


def goes_on(answer: Answer, /) -> bool:
    """Whether a page of a listing says that there are more after it.

    Source: assumed, as other APIs write it (`hasMore`, `has_more`).
    """
    said = (place.get(name) for place in _about_listing(answer) for name in ("hasMore", "has_more"))
    return any(str(each).strip().lower() in ("true", "1") for each in said)


def _about_listing(answer: Answer) -> list[dict[str, Any]]:
    """Where a page may say something of the whole listing, the nearest to its rows first."""
    data = answer.found.get("data")
    around = [place for place in (data, answer.found) if isinstance(place, dict)]
    return around + [
        place[name] for place in around for name in _OF_PAGES if isinstance(place.get(name), dict)
    ]
