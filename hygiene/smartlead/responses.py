"""Replies: what an answer of the API means - counts, lists, refusals - in all shapes it is known in.

Nothing here sends. A message holds the API's own words, cut short and without addresses.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hygiene.errors import (
    AuthError,
    LeadLimit,
    ListNotFound,
    RateLimited,
    Rejected,
    SinkError,
    UnknownOutcome,
    option,
)
from hygiene.outcomes import Counts
from hygiene.sinks import LeadList, Reply, leaves_open

__all__ = [
    "Answer",
    "checked",
    "lead_list",
    "number",
    "reply",
    "rewrite",
    "without_addresses",
]

#: Characters of the API's own words that a message repeats.
SAID_CHARACTERS = 300

#: Counter by the names it has in the documented replies (page, OpenAPI).
_COUNTERS = {
    "total_leads": ("total_leads",),
    "imported": ("imported", "imported_count"),
    "duplicates": ("duplicates", "duplicate_count"),
    "blocked": ("blocked", "blocked_count"),
}
_ADDRESS = re.compile(r"[^\s\"'<>,;:]*(?:@|%40)[^\s\"'<>,;:]+")
_LEAD_NAMED = re.compile(r"\bleadList(?:\[|\.)([0-9]{1,7})\b")
_NOT_ALLOWED = re.compile(r"is not allowed(?! to be empty)")
_NAMES_BODY = re.compile(
    r"\b(fileName|emailFieldsAdded|customFields|csvSettings|settings)\b|\"leadList\" (is required|must be)"
)
_OF_LIST = re.compile(r"/lead-list/[0-9]")
_WHOLE = re.compile(r"[0-9]{1,18}")
_MAY_HAVE_LANDED = "It may have landed all the same; look at the account before you send it again."


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the API.

    Attributes:
        where: Method, path and status, for messages.
        status: HTTP status.
        value: Its JSON, or its text where it is plain text; None where it is neither.
        size: Octets of its body.
        retry_after_s: Seconds it asks to wait; None where it does not.
    """

    where: str
    status: int
    value: Any = field(repr=False)
    size: int
    retry_after_s: float | None = None

    @property
    def found(self) -> Mapping[str, Any]:
        """Its object; a bare array stands under ``data``."""
        return self.value if isinstance(self.value, dict) else {"data": self.value}

    @property
    def said(self) -> str:
        """Where it comes from and the API's own words on it."""
        words = _words(self.value)
        return f"{self.where}, {words!r}" if words else self.where


def checked(answer: Answer, /, *, method: str) -> Answer:
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
    if method == "POST" and (limit := _lead_limit(answer.found)):
        msg = f"{answer.said}: {limit}"
        raise LeadLimit(msg)
    if method == "POST":
        msg = f"{answer.said}: no answer that says it is done ({answer.size} bytes). {_MAY_HAVE_LANDED}"
        raise UnknownOutcome(msg)
    msg = f"{answer.said}: no readable answer ({answer.size} bytes). Run the command again."
    raise SinkError(msg, status=answer.status)


def _refusal(answer: Answer, method: str) -> Exception:
    status, said = answer.status, answer.said
    if status in (401, 403):
        refused = (
            "The key is not taken"
            if status == 401
            else "The key may not do this, or this machine is kept out"
        )
        where = "SMARTLEAD_API_KEY, the file of SMARTLEAD_API_KEY_FILE, or the profile"
        return AuthError(f"{said}. {refused}; check the key where it comes from ({where}).", status=status)
    if method == "POST" and leaves_open(status):
        step = f"{_next_step(status, method)} {_MAY_HAVE_LANDED}" if status < 400 else _MAY_HAVE_LANDED
        return UnknownOutcome(f"{said}. {step}")
    if status == 429 or (status == 503 and answer.retry_after_s is not None):
        wait = "a while" if answer.retry_after_s is None else f"{answer.retry_after_s:g} s"
        asks = "asks to slow down" if status == 429 else "is not there for now"
        msg = f"{said}. The API {asks}: wait {wait} and run the command again."
        return RateLimited(msg, status=status, retry_after_s=answer.retry_after_s)
    if status == 404 and isinstance(answer.value, dict) and _OF_LIST.search(answer.where):
        return ListNotFound(f"{said}. See the account's lists with: hygiene lists", status=status)
    if method == "POST" and status in (400, 413, 422):
        return _rejected(answer)
    return SinkError(f"{said}. {_next_step(status, method)}", status=status)


def _rejected(answer: Answer) -> Rejected:
    """What a refusal of a body says of the leads in it.

    Source: the live API checks with Joi and names what it refuses in the message and under
    ``validation.keys`` (observed). A key that it does not know is refused whatever the lead.
    """
    words = _words(answer.value)
    told = answer.found.get("validation")
    keys = told.get("keys") if isinstance(told, dict) else None
    named = " ".join([words, *(str(key) for key in keys)] if isinstance(keys, list) else [words])
    positions = sorted({int(place) for place in _LEAD_NAMED.findall(named)})
    unknown_field = _NOT_ALLOWED.search(words) is not None
    whole = answer.status != 413 and (
        unknown_field or (not positions and _NAMES_BODY.search(named) is not None)
    )
    step = (
        f"Leave the field out or call it otherwise ({option('custom')}, {option('rename')})."
        if whole
        else _next_step(answer.status, "POST")
    )
    return Rejected(
        f"{answer.said}. {step}", status=answer.status, said=words, positions=positions, whole=whole
    )


def _lead_limit(given: Mapping[str, Any]) -> str:
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


def _next_step(status: int, method: str) -> str:
    if status < 400:
        return "Redirects are not followed; check SMARTLEAD_BASE_URL."
    if status == 404:
        return "The API has no such path; check SMARTLEAD_BASE_URL."
    if method != "POST" or status >= 500:
        return "Run the command again later."
    return (
        f"Nothing of this request was taken; a smaller {option('batch_leads')} shows which leads are refused."
    )


def reply(answer: Answer, /) -> Reply:
    """The counts of an import; what else the answer holds is `extra`, with its addresses masked.

    A counter that is no count is in `extra` too, as the API wrote it.

    Raises:
        UnknownOutcome: it holds no counter that we know, or only blank ones.
    """
    # masked at once, so that no address stands among the locals of a traceback
    given: dict[str, Any] = rewrite(_given(answer), without_addresses)
    names = {
        name: next((key for key in keys if given.get(key) is not None), "")
        for name, keys in _COUNTERS.items()
    }
    counts = {name: number(given.get(key)) for name, key in names.items()}
    told = {name: given.get(names[name]) if count is None else count for name, count in counts.items()}
    if all(count is None or (isinstance(count, str) and not count.strip()) for count in told.values()):
        msg = f"{answer.said}: no counter that we know, so nothing can be compared. {_MAY_HAVE_LANDED}"
        raise UnknownOutcome(msg)
    read = {names[name] for name, count in counts.items() if count is not None}
    extra = {key: value for key, value in given.items() if key not in read}
    extra = json.loads(json.dumps(extra), parse_constant=str)  # NaN and the like are no JSON
    return Reply(Counts(**told), tuple(sorted(extra.items())), answer.found, _lead_limit(given))


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


def rewrite(value: Any, change: Callable[[str], str], /) -> Any:
    """The value with every text in it changed, names of objects too."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [rewrite(each, change) for each in value]
    if isinstance(value, dict):
        return {change(name): rewrite(each, change) for name, each in value.items()}
    return value


def _words(value: object) -> str:
    """What the API says for people: flat or nested errors, messages, plain text."""
    if isinstance(value, dict):
        error = value.get("error")
        value = value.get("message") or (error.get("message") if isinstance(error, dict) else error)
    return without_addresses(" ".join(value.split()))[:SAID_CHARACTERS] if isinstance(value, str) else ""


def without_addresses(text: str, /) -> str:
    """The text with every address in it masked."""
    return _ADDRESS.sub("<address>", text)


def number(value: object) -> int | None:
    """A counter, which the API may write as a number or as text; None where it is neither."""
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None
