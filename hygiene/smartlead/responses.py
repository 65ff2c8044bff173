"""Replies: what an answer of the API means - counts, lists, refusals - in all shapes it is known in.

Nothing here sends. A message holds the API's own words, cut short and without addresses.
"""

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from hygiene.errors import LeadLimit, ListNotFound, Rejected, SinkError, UnknownOutcome, option
from hygiene.http.answers import (
    MAY_HAVE_LANDED,
    Answer,
    next_step,
    number,
    refusal,
    rewrite,
    without_addresses,
    words,
)
from hygiene.outcomes import Counts
from hygiene.sinks import LeadList, Reply
from hygiene.smartlead.dialects import spoken
from hygiene.smartlead.service import SERVICE

__all__ = ["checked", "lead_limit", "lead_list", "reply"]

#: Counter by the names it has in the documented replies (page, OpenAPI).
_COUNTERS = {
    "total_leads": ("total_leads",),
    "imported": ("imported", "imported_count"),
    "duplicates": ("duplicates", "duplicate_count"),
    "blocked": ("blocked", "blocked_count"),
}
_LEAD_NAMED = re.compile(r"\b(?:leadList|lead_list)(?:\[|\.)([0-9]{1,7})\b")
_NOT_ALLOWED = re.compile(r"is not allowed(?! to be empty)")
_NAMES_BODY = re.compile(
    r"\b(fileName|emailFieldsAdded|customFields|csvSettings|settings)\b"
    r"|\"(?:leadList|lead_list)\" (is required|must (?!contain))"  # one that may contain fewer is halved
)
_OF_LIST = re.compile(r"/(lead-list|campaigns)/[0-9]")
#: A campaign is named in a refusal for what it is: paused, stopped, gone. Assumed; no such refusal is public.
_NAMES_CAMPAIGN = re.compile(r"\bcampaign\b", re.IGNORECASE)
#: What to do where a list or a campaign is not there.
_LOOK = {
    "lead-list": "See the account's lists with: hygiene lists",
    "campaigns": "Look up the campaign's number, and whether the key is of its account.",
}


def checked(answer: Answer, method: str, /) -> Answer:
    """The answer, where it says that what was asked was done.

    Raises:
        SinkError: it is a refusal.
        UnknownOutcome: something was posted, and the answer does not say what became of it.
    """
    if not 200 <= answer.status < 300:
        raise _refusal(answer, method)
    agreed = isinstance(answer.value, dict) and answer.value.get("ok", True) not in (False, None, "false")
    if agreed or isinstance(answer.value, list):
        return answer
    if method == "POST" and (limit := lead_limit(answer.found)):
        msg = f"{answer.said}: {limit}"
        raise LeadLimit(msg)
    if method == "POST":
        msg = f"{answer.said}: no answer that says it is done ({answer.size} bytes). {MAY_HAVE_LANDED}"
        raise UnknownOutcome(msg)
    msg = f"{answer.said}: no readable answer ({answer.size} bytes). Run the command again."
    raise SinkError(msg, status=answer.status)


def _refusal(answer: Answer, method: str) -> Exception:
    status, asked = answer.status, _OF_LIST.search(answer.where)
    if status == 404 and isinstance(answer.value, dict) and asked:
        return ListNotFound(f"{answer.said}. {_LOOK[asked[1]]}", status=status)
    if 400 <= status < 500 and (limit := lead_limit(answer.found)):
        return SinkError(f"{answer.said}: {limit}", status=status)
    if method == "POST" and status in (400, 413, 422):
        return _rejected(answer)
    return refusal(answer, method=method, service=SERVICE)


def _rejected(answer: Answer) -> Rejected:
    """What a refusal of a body says of the leads in it.

    Source: the live API checks with Joi and names what it refuses in the message and under
    ``validation.keys`` (observed). A key that it does not know is refused whatever the lead.
    """
    said = words(answer.value)
    told = answer.found.get("validation")
    keys = told.get("keys") if isinstance(told, dict) else None
    named = " ".join([said, *(str(key) for key in keys)] if isinstance(keys, list) else [said])
    positions = sorted({int(place) for place in _LEAD_NAMED.findall(named)})
    unknown_field = _NOT_ALLOWED.search(said) is not None
    closed = not positions and not unknown_field and _NAMES_CAMPAIGN.search(said) is not None
    whole = answer.status != 413 and (
        unknown_field or closed or (not positions and _NAMES_BODY.search(named) is not None)
    )
    step = next_step(answer.status, method="POST", service=SERVICE)
    if closed:
        step = (
            "See to the campaign (a paused one is resumed where it was paused), then run the command again."
        )
    elif whole:
        step = f"Leave the field out or call it otherwise ({option('custom')}, {option('rename')})."
    return Rejected(
        f"{answer.said}. {step}", status=answer.status, said=said, positions=positions, whole=whole
    )


def lead_limit(given: Mapping[str, Any]) -> str:
    """What the API says of a lead limit that is reached; empty where it does not.

    Source: documented for the campaign endpoint (`is_lead_limit_exhausted`, `lead_import_stopped_count`).
    """
    if given.get("is_lead_limit_exhausted") is not True:
        return ""
    left = number(given.get("lead_import_stopped_count"))
    told = "some leads" if left is None else f"{left} leads"
    return (
        f"the account's lead limit is reached, {told} of this batch were left out. "
        "Raise the limit, then run the command again."
    )


def reply(answer: Answer, /) -> Reply:
    """The counts of an import; what else the answer holds is `extra`, with its addresses masked.

    A counter that is no count is in `extra` too, as the API wrote it. An answer that speaks as the campaign import
    does is read as one: the only import replies of this API that were ever seen live are in that dialect.

    Raises:
        UnknownOutcome: it holds no counter that we know, or only blank ones.
    """
    # masked at once, so that no address stands among the locals of a traceback
    given: dict[str, Any] = rewrite(_given(answer), without_addresses)
    found = spoken(given)
    if found is not None:
        return Reply(Counts(**found.counts), _extra(given, found.read), answer.found, lead_limit(given))
    names = {
        name: next((key for key in keys if given.get(key) is not None), "")
        for name, keys in _COUNTERS.items()
    }
    counts = {name: number(given.get(key)) for name, key in names.items()}
    told = {name: given.get(names[name]) if count is None else count for name, count in counts.items()}
    if all(count is None or (isinstance(count, str) and not count.strip()) for count in told.values()):
        msg = f"{answer.said}: no counter that we know, so nothing can be compared. {MAY_HAVE_LANDED}"
        raise UnknownOutcome(msg)
    read = {names[name] for name, count in counts.items() if count is not None}
    return Reply(Counts(**told), _extra(given, read), answer.found, lead_limit(given))


def _extra(given: Mapping[str, Any], read: Collection[str]) -> tuple[tuple[str, object], ...]:
    """What an answer holds beside the counters that were read."""
    extra = {key: value for key, value in given.items() if key not in read}
    extra = json.loads(json.dumps(extra), parse_constant=str)  # NaN and the like are no JSON
    return tuple(sorted(extra.items()))


def _given(answer: Answer) -> dict[str, Any]:
    """What an answer holds beside its verdict."""
    data = answer.found.get("data")
    given = {name: value for name, value in answer.found.items() if name not in ("ok", "data")}
    return given | (data if isinstance(data, dict) else {})


def lead_list(row: object, /) -> LeadList | None:
    """The lead list that an object describes; None where it describes none.

    Source: documented (`name`, `listName`, `lead_count`), observed (`list_name`, `leads_count`).
    """
    if not isinstance(row, dict):
        return None
    own = number(row.get("id"))
    if own is None:
        return None
    name = next((row[key] for key in ("name", "listName", "list_name") if row.get(key)), "")
    sizes = (number(row.get(key)) for key in ("lead_count", "leads_count"))
    return LeadList(own, str(name), next((size for size in sizes if size is not None), None))
