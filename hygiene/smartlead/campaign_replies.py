"""Replies of the campaign import: what its counters mean, in the dialect that is live and in those that are documented.

Nothing here sends. Leads that are neither imported nor repeated nor blocked stand in `extra`, by the API's own names.
"""

from collections.abc import Mapping
from typing import Any, Final

from hygiene.errors import UnknownOutcome
from hygiene.http.answers import MAY_HAVE_LANDED, Answer, number, rewrite, summed, without_addresses
from hygiene.outcomes import Counts
from hygiene.sinks import LeadList, Reply
from hygiene.smartlead.responses import lead_limit

__all__ = ["campaign", "campaign_reply"]

#: Counters by dialect, by the key that a dialect is known by; what several keys count is their sum. Observed (the
#: first, in several strict parsers and one verbatim body): `upload_count` is what was received and `total_leads` what
#: is new, the reverse of the old documentation. Documented: the two others.
_DIALECTS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "upload_count": {
        "total_leads": ("upload_count",),
        "imported": ("total_leads",),
        "duplicates": ("duplicate_count", "already_added_to_campaign"),
        "blocked": ("block_count",),
    },
    "inserted_count": {
        "imported": ("inserted_count",),
        "duplicates": ("duplicate_count",),
        "blocked": ("blocked_count",),
    },
    "added_count": {"imported": ("added_count",)},
}


def campaign_reply(answer: Answer, /) -> Reply:
    """The counts of a campaign import; lists of leads in the answer are told by their length.

    Raises:
        UnknownOutcome: it is in no dialect that we know.
    """
    # masked at once, so that no address stands among the locals of a traceback
    given: dict[str, Any] = {
        name: _counted(value)
        for name, value in rewrite(dict(answer.found), without_addresses).items()
        if name != "ok"
    }
    dialect = next((key for key in _DIALECTS if given.get(key) is not None), None)
    if dialect is None:
        msg = (
            f"{answer.said}: no counter that we know, in none of the dialects that begin with "
            f"{', '.join(_DIALECTS)}. {MAY_HAVE_LANDED}"
        )
        raise UnknownOutcome(msg)
    names = _DIALECTS[dialect]
    counts = {counter: summed(given, keys) for counter, keys in names.items()}
    read = {key for counter, keys in names.items() if counts[counter] is not None for key in keys}
    blank: dict[str, Any] = dict.fromkeys(("total_leads", "imported", "duplicates", "blocked"))
    extra = tuple(sorted((key, value) for key, value in given.items() if key not in read))
    return Reply(Counts(**(blank | counts)), extra, answer.found, lead_limit(answer.found))


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
    usual = status in ("", "ACTIVE", "DRAFTED")
    return LeadList(own, f"{row.get('name') or ''}{'' if usual else f' ({status.lower()})'}", None)
