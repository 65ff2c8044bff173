"""Subscribing: one lead in one request, what Mailman's answer says became of it, and how Mailman counts."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from hygiene.errors import ListNotFound, UnknownOutcome
from hygiene.http.answers import MAY_HAVE_LANDED, Answer, refusal, words
from hygiene.mailman.place import SERVICE
from hygiene.outcomes import Counts
from hygiene.policy import ImportPolicy
from hygiene.sinks import Lead, Reply, RowClass, RowResult

__all__ = ["POLICY", "TAKES", "checked", "fate", "reply", "shaped"]

#: An address is a member once, whatever its case, and with its tags and dots. One that is a member already is told so
#: before it is looked for among the bans. A ban is an address or a pattern, never a domain. What is no address by
#: Mailman's own rule, one with blanks around it among them, is refused and counts as nothing. Source: measured on GNU
#: Mailman 3.3.10 with its REST API 3.1, which `tests/mailman` does anew.
POLICY: Final = ImportPolicy(
    strip_whitespace=False,
    usable_address=r"[-0-9A-Za-z!#$%&'*+./=?@_`{}~]+@[0-9A-Za-z][-0-9A-Za-z]*([.][0-9A-Za-z][-0-9A-Za-z]*)+",
    block_domains=False,
    precedence="duplicate",
    measured=frozenset({
        "fold_case", "strip_whitespace", "fold_plus_tag", "fold_gmail_dots", "duplicate_scope", "block_addresses",
        "block_domains", "block_subdomains", "block_fold_case", "blocked_are_remembered", "precedence", "invalid_rows",
        "usable_address",
    }),
)  # fmt: skip
#: Columns that Mailman has a place for.
TAKES = ("email", "first_name", "last_name")
#: What Mailman says of leads that it does not take. One that is to be confirmed by somebody is no member yet.
WORDS = {"blocked": "Membership is banned", "invalid": "Invalid Parameter", "skipped": "202 Accepted"}

#: That nobody is asked to confirm, is asked whether they may, or is told: the leads are the list owner's to write to.
_WITHOUT_ASKING = {
    "pre_verified": "true", "pre_confirmed": "true", "pre_approved": "true", "send_welcome_message": "false",
}  # fmt: skip


def shaped(lead: Mapping[str, str], /) -> Lead:
    """A lead as Mailman is sent it: address and name. Source: Mailman's documentation, REST API, membership."""
    name = " ".join(filter(None, (lead.get("first_name", ""), lead.get("last_name", ""))))
    return Lead(subscriber=lead.get("email", ""), **({"display_name": name} if name else {}))


def body(list_id: str, lead: Mapping[str, str], /) -> Lead:
    """What is posted to subscribe a lead."""
    return Lead(list_id=list_id, **shaped(lead), **_WITHOUT_ASKING)


def checked(answer: Answer, method: str, /) -> Answer:
    """The answer, where it says what became of what was asked: a request to subscribe is answered by refusals too."""
    if method == "POST" and answer.status in (400, 409) and _fate(answer) is not None:
        return answer
    if method == "POST" and answer.status == 400 and words(answer.value) == "No such list":
        raise ListNotFound(_gone(answer), status=400)
    if answer.status == 404 and method == "GET" and "/lists/" in answer.where:
        raise ListNotFound(_gone(answer), status=404)
    if not 200 <= answer.status < 300:
        raise refusal(answer, method=method, service=SERVICE)
    return answer


def _gone(answer: Answer) -> str:
    return f"{answer.said}. See the lists there are with: hygiene lists --to mailman"


def fate(answer: Answer, /) -> RowClass:
    """What became of a lead; `UnknownOutcome` where the answer does not say."""
    found = _fate(answer)
    if found is None:
        msg = f"{answer.said}: no answer that Mailman gives to a subscription. {MAY_HAVE_LANDED}"
        raise UnknownOutcome(msg)
    return found


def reply(became: Mapping[int, RowClass], /) -> Reply:
    """What became of leads, by their place: one by one and in numbers."""
    of = Counter(became.values())
    extra = tuple((each, of[each]) for each in ("invalid", "skipped") if of[each])
    rows = [RowResult(place, each, WORDS.get(each, "")) for place, each in sorted(became.items())]
    return Reply(Counts(len(became), of["imported"], of["duplicate"], of["blocked"]), extra, rows=rows)


def _fate(answer: Answer) -> RowClass | None:
    """The same; None where it does not say. Every case was seen on Mailman 3.3.10."""
    said = words(answer.value)
    if answer.status == 201:
        return "imported"
    if answer.status == 202:
        return "skipped"
    if answer.status == 409:
        return "duplicate"
    if answer.status == 400 and said == WORDS["blocked"]:
        return "blocked"
    if answer.status == 400 and said.startswith((WORDS["invalid"], "Missing Parameter")):
        return "invalid"
    return None
