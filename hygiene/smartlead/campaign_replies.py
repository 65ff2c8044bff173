"""Replies of the campaign import: what its counters mean, in the dialect that is live and in those that are documented.

Nothing here sends. Leads that are neither imported nor repeated nor blocked stand in `extra`, by the API's own names.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hygiene.errors import UnknownOutcome
from hygiene.http.answers import MAY_HAVE_LANDED, Answer, number, rewrite, without_addresses
from hygiene.outcomes import Counts
from hygiene.sinks import LeadList, Reply, RowClass, RowResult
from hygiene.smartlead.dialects import DIALECTS, spoken
from hygiene.smartlead.responses import lead_limit

__all__ = ["campaign", "campaign_reply"]


#: What became of the leads of each part of `emailToLeadIdMap` (observed; those of other campaigns are not added).
_ROWS: Final[Mapping[str, RowClass]] = {
    "newlyAddedLeads": "imported",
    "existingLeads": "duplicate",
    "existingLeadsInOtherCampaigns": "skipped",
}


def campaign_reply(answer: Answer, /, *, places: Mapping[str, object]) -> Reply:
    """The counts of a campaign import; lists of leads in the answer are told by their length.

    Args:
        answer: The answer.
        places: Each address that was sent, in lower case, to its first place in the request; its repr shows none.

    Raises:
        UnknownOutcome: it is in no dialect that we know.
    """
    # masked at once, so that no address stands among the locals of a traceback
    given: dict[str, Any] = {
        name: _counted(value)
        for name, value in rewrite(dict(answer.found), without_addresses).items()
        if name != "ok"
    }
    found = spoken(given)
    if found is None:
        msg = (
            f"{answer.said}: no counter that we know, in none of the dialects that begin with "
            f"{', '.join(DIALECTS)}. {MAY_HAVE_LANDED}"
        )
        raise UnknownOutcome(msg)
    extra = tuple(sorted((key, value) for key, value in given.items() if key not in found.read))
    limit = lead_limit(answer.found)
    return Reply(Counts(**found.counts), extra, answer.found, limit, rows=tuple(_rows(answer, places)))


def _rows(answer: Answer, places: Mapping[str, object]) -> Iterator[RowResult]:
    """What the answer says of single leads, where ids were asked for (`return_lead_ids`)."""
    given = answer.found.get("emailToLeadIdMap")
    ids = given if isinstance(given, dict) else {}
    for name, became in _ROWS.items():
        for address in ids[name] if isinstance(ids.get(name), dict) else ():
            place = places.get(address.lower())
            if isinstance(place, int):
                yield RowResult(place, became)


def _counted(value: object) -> object:
    """Leads in a list or an object as how many they are, and groups of them each so; anything else as it is."""
    if isinstance(value, dict) and any(isinstance(each, dict | list) for each in value.values()):
        return {name: _counted(each) for name, each in value.items()}
    return len(value) if isinstance(value, dict | list) else value


def campaign(row: object, /) -> LeadList | None:
    """The campaign that an object describes, its name with its status where that is not the usual; None for none.

    Source: observed (`id`, `name`, `status` of DRAFTED, ACTIVE, PAUSED, STOPPED, COMPLETED).
    """
    if not isinstance(row, dict) or (own := number(row.get("id"))) is None:
        return None
    status = str(row.get("status") or "").upper()
    idle = "" if status in ("", "ACTIVE", "DRAFTED") else status.lower()
    return LeadList(own, f"{row.get('name') or ''}{f' ({idle})' if idle else ''}", None, idle)
