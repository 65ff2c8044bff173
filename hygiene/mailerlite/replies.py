"""Replies of MailerLite: the number of an import that was handed in, what became of it, and what a refusal says.

Nothing here sends. A message holds the API's own words, cut short and without addresses.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from hygiene.errors import ListNotFound, Rejected, SinkError, UnknownOutcome, option
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
from hygiene.mailerlite.place import SERVICE
from hygiene.sinks import LeadList, Reply

__all__ = ["STATUSES", "checked", "group", "handed_in", "report"]

#: Counters by the keys that they are the sum of. The keys are documented; assumed is that `updated` and `unchanged` are
#: leads that the group held, and that one who unsubscribed counts as nothing else.
_COUNTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "total_leads": ("total",),
    "imported": ("imported",),
    "duplicates": ("updated", "unchanged_count", "duplicate_count"),
    "blocked": ("unsubscribed_count", "banned_import_emails_count"),
}
#: What an answer says of an import beside counters; its lists of subscribers are samples of five (documented).
_ABOUT: Final = frozenset(
    {"id", "account_id", "percent", "done", "processed", "match_route", "source_label", "file_path"}
)
#: A listing is of one status (documented).
STATUSES: Final = ("active", "unsubscribed", "unconfirmed", "bounced", "junk")
_NUMBER = re.compile(r"/subscribers/import/([0-9]{1,24})/?$")
_NAMED = re.compile(r"\bsubscribers\.([0-9]{1,7})\b")
_OF_GROUP = re.compile(r"/groups/[0-9]")


def checked(answer: Answer, method: str, /) -> Answer:
    """The answer, where it says that what was asked was done.

    Raises:
        SinkError: it is a refusal.
        UnknownOutcome: something was posted, and the answer does not say what became of it.
    """
    status = answer.status
    if 200 <= status < 300:
        return as_object(answer, method)
    if status == 404 and isinstance(answer.value, dict) and _OF_GROUP.search(answer.where):
        raise ListNotFound(f"{answer.said}. {_LOOK}", status=status)
    error = refusal(answer, method=method, service=SERVICE)
    if isinstance(error, Rejected):
        error = _rejected(answer, error)
    raise error


_LOOK: Final = "See the account's groups with: hygiene lists --to mailerlite"


def _rejected(answer: Answer, error: Rejected) -> Rejected:
    """The refusal with the subscribers that it names: `errors` has a key for each (documented, of other calls)."""
    errors = answer.found.get("errors")
    named = _NAMED.findall(" ".join(map(str, errors))) if isinstance(errors, dict) else []
    places = sorted({int(place) for place in named})
    return Rejected(error.marked, status=answer.status, said=error.said, positions=places)


def handed_in(answer: Answer, /) -> str:
    """The number of the import that was handed in.

    Raises:
        UnknownOutcome: the answer names none.
    """
    url = answer.found.get("import_progress_url")
    found = _NUMBER.search(url) if isinstance(url, str) else None
    if found is None:
        msg = f"{answer.said}: no import_progress_url, so the import cannot be asked about. {MAY_HAVE_LANDED}"
        raise UnknownOutcome(msg)
    return found[1]


def report(answer: Answer, /) -> Reply | None:
    """What became of an import; None while it runs.

    Raises:
        SinkError: the answer says nothing of it.
    """
    data = answer.found.get("data")
    if not isinstance(data, dict) or "done" not in data:
        msg = f"{answer.said}: it does not say whether the import is done. Run the command again."
        raise SinkError(msg, status=answer.status)
    if data["done"] is not True:
        return None
    # masked at once, so that no address stands among the locals of a traceback
    given: dict[str, Any] = {
        name: value
        for name, value in rewrite(data, without_addresses).items()
        if not isinstance(value, list) and not name.endswith("_at")
    }
    counts, read = counted(given, _COUNTERS)
    extra = tuple(sorted((key, value) for key, value in given.items() if key not in read | _ABOUT))
    return Reply(counts, extra, {"data": given}, _limit(given))


def _limit(given: Mapping[str, Any]) -> str:
    """What an import says of a plan that is used up.

    Source: assumed; the counter is in a public client of the API, and on no page.
    """
    left_out = number(given.get("subscriber_limit_count")) or 0
    stopped = given.get("is_stopped_due_to_free_account_limit_exceeded") is True
    told = f"{left_out} of this batch" if left_out else "some of this batch"
    return (
        f"the plan takes no more subscribers, {told} were left out. Raise it, run the command "
        f"again, and for these once more with {option('again', given=True)}."
        if left_out or stopped
        else ""
    )


def group(row: object, /) -> LeadList | None:
    """The group that an object describes, with subscribers of every status; None where it describes none."""
    if not isinstance(row, dict) or not str(row.get("id") or ""):
        return None
    sizes = [number(row.get(f"{status}_count")) for status in STATUSES]
    size = None if None in sizes else sum(each for each in sizes if each is not None)
    return LeadList(str(row["id"]), str(row.get("name") or ""), size)
