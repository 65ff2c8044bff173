"""Replies of Instantly: what its counters mean, which leads it made, and what a refusal says.

Nothing here sends. A message holds the API's own words, cut short and without addresses.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from hygiene.errors import ListNotFound, Rejected, UnknownOutcome, option
from hygiene.http.answers import (
    MAY_HAVE_LANDED,
    Answer,
    as_object,
    counted,
    number,
    refusal,
    rewrite,
    without_addresses,
)
from hygiene.instantly.place import SERVICE
from hygiene.sinks import LeadList, Reply, RowResult

__all__ = ["LOOK", "READS", "checked", "created", "lead_list", "reply"]

#: What merely reads, though it is posted (documented: its filters are long).
READS: Final = "/leads/list"
#: Counters by the keys that they are the sum of. Documented as the names of the reply; that the three of duplicates
#: count different leads is assumed (the sample of the page adds up to one lead more than it sends).
_COUNTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "total_leads": ("total_sent",),
    "imported": ("leads_uploaded",),
    "duplicates": ("duplicated_leads", "skipped_count", "duplicate_email_count"),
    "blocked": ("in_blocklist",),
}
#: Counters of leads that were left out for what they are.
_LEFT_OUT: Final = ("invalid_email_count", "incomplete_count")
#: What to do about a list or campaign that is not there.
LOOK: Final = "See whether the key is of its workspace, whose lists this shows: hygiene lists --to instantly"
#: How a refusal names a lead of the body. Assumed, as its framework writes it.
_NAMED = re.compile(r"\bleads[/\[.]([0-9]{1,4})\b")
_OF_PLACE = re.compile(r"/(lead-lists|campaigns)/|/leads/add")


def checked(answer: Answer, method: str, /) -> Answer:
    """The answer, where it says that what was asked was done.

    Raises:
        SinkError: it is a refusal.
        UnknownOutcome: leads were posted, and the answer does not say what became of them.
    """
    method = "GET" if READS in answer.where else method
    if not 200 <= answer.status < 300:
        raise _refusal(answer, method)
    return as_object(answer, method)


def _refusal(answer: Answer, method: str) -> Exception:
    status = answer.status
    if status == 404 and isinstance(answer.value, dict) and _OF_PLACE.search(answer.where):
        return ListNotFound(f"{answer.said}. {LOOK}", status=status)
    error = refusal(answer, method=method, service=SERVICE)
    if isinstance(error, Rejected):
        named = sorted({int(place) for place in _NAMED.findall(error.said)})
        return Rejected(error.marked, status=status, said=error.said, positions=named)
    return error


def reply(answer: Answer, /) -> Reply:
    """The counts of an import; what else the answer holds is `extra`, with its addresses masked.

    Raises:
        UnknownOutcome: it holds no counter that we know.
    """
    # masked at once, so that no address stands among the locals of a traceback
    given: dict[str, Any] = rewrite(dict(answer.found), without_addresses)
    counts, read = counted(given, _COUNTERS)
    if not read:
        msg = f"{answer.said}: none of the counters {', '.join(_COUNTERS['total_leads'] + _COUNTERS['imported'])}. "
        raise UnknownOutcome(f"{msg}{MAY_HAVE_LANDED}")
    made = created(answer)
    if made is not None:
        given["created_leads"] = len(made)
    extra = tuple(sorted((key, value) for key, value in given.items() if key not in read | {"status"}))
    rows = [RowResult(place, "imported") for place in sorted(made or ())]
    return Reply(counts, extra, answer.found, _limit(given, counts.as_dict()), rows=rows)


def _limit(given: Mapping[str, Any], counts: Mapping[str, Any]) -> str:
    """What an answer says of a plan that is used up, where leads were left out for no other reason.

    Source: `remaining_in_plan` is documented; that leads beyond it are left out is assumed.
    """
    told = [number(each) for each in (*counts.values(), *(given.get(name) for name in _LEFT_OUT))]
    total, *others = (each or 0 for each in told)
    if number(given.get("remaining_in_plan")) != 0 or total <= sum(others):
        return ""
    return (
        f"the plan takes no more leads, {total - sum(others)} of this batch were left out. "
        f"Upgrade it, run the command again, and for these once more with {option('again', given=True)}."
    )


def created(answer: Answer, /) -> frozenset[int] | None:
    """Places in the request, from 0, of the leads that were made; None where the answer does not say (documented)."""
    rows = answer.found.get("created_leads")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return None
    places = [number(row.get("index")) for row in rows]
    return None if None in places else frozenset(place for place in places if place is not None)


def lead_list(row: object, /, *, kind: str) -> LeadList | None:
    """The list or campaign that an object describes, its name with the status of a campaign that does not write.

    Args:
        row: The object.
        kind: Which of the two it is of.

    Source: documented; statuses of a campaign: 0 draft, 1 active, 2 paused, 3 completed.
    """
    if not isinstance(row, dict) or not isinstance(row.get("id"), str):
        return None
    idle = {2: "paused", 3: "completed"}.get(number(row.get("status")) or 0, "")
    return LeadList(row["id"], f"{row.get('name') or ''}{f' ({idle})' if idle else ''}", None, idle, kind)
