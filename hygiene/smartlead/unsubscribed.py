"""Unsubscribed: which leads of the account say that their recipient does not want mail any more.

A lead that does not say is counted as such, and never taken for one that may be written to. Nothing here sends.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from hygiene.display import counted
from hygiene.errors import SinkError, option
from hygiene.http.listings import Page, row_key

__all__ = ["check_told", "is_unsubscribed", "unsubscribed_only"]

#: What the API says, as it was seen and as other clients may write it.
_SAID = {"true": True, "1": True, "false": False, "0": False}


def is_unsubscribed(row: dict[str, Any], /) -> bool | None:
    """Whether a lead is unsubscribed; None where its row does not say.

    Source: `is_unsubscribed` of `GET /leads/all`, observed 2026-08 and not documented.
    """
    return _SAID.get(str(row.get("is_unsubscribed")).strip().lower())


def unsubscribed_only(pages: Iterable[Page], /) -> Iterator[Page]:
    """The pages of a listing of leads with the rows of those that unsubscribed, the others counted."""
    for page in pages:
        rows = [row for row in page.rows if is_unsubscribed(row)]
        untold = frozenset(row_key(row) for row in page.rows if is_unsubscribed(row) is None)
        yield replace(page, rows=rows, keys=page.given, untold=untold)


def check_told(read: int, untold: int, /) -> None:
    """Refuse to take a listing in which no lead says whether it is unsubscribed for one of subscribed leads.

    Raises:
        SinkError: there are leads, and none of them says.
    """
    if read and read == untold:
        msg = (
            f"GET /leads/all: none of {counted(read, 'lead')} says whether it is unsubscribed (is_unsubscribed), so "
            f"who is cannot be read. Hand over an export of them with {option('suppress', value='F')}, and import with "
            f"{option('snapshot', given=False)}."
        )
        raise SinkError(msg, status=200)
