"""Answers: what came back over HTTP, and what its status says became of the request.

What the body of one API's answer means is not decided here. A message holds the API's own words, cut short and without
addresses.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from hygiene.errors import AuthError, RateLimited, Rejected, SinkError, UnknownOutcome, option
from hygiene.http.service import Service
from hygiene.outcomes import Counts
from hygiene.sinks import leaves_open

__all__ = [
    "MAY_HAVE_LANDED",
    "SAID_CHARACTERS",
    "Answer",
    "as_object",
    "counted",
    "may_land",
    "next_step",
    "number",
    "refusal",
    "rewrite",
    "summed",
    "without_addresses",
    "words",
]

#: Characters of the API's own words that a message repeats.
SAID_CHARACTERS: Final = 300
#: What to do about a request that may have been carried out.
MAY_HAVE_LANDED: Final = "It may have landed all the same; look at the account before you send it again."

#: Names under which APIs say something for people, the most telling first. ``detail`` and ``title``: RFC 9457.
_FOR_PEOPLE = ("message", "error", "description", "detail", "title")
_ADDRESS = re.compile(r"[^\s\"'<>,;:]*(?:@|%40)[^\s\"'<>,;:]+")
_WHOLE = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of an API.

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
        said = words(self.value)
        return f"{self.where}, {said!r}" if said else self.where


def may_land(method: str, /) -> bool:
    """Whether a request of this kind may add leads, so that a lost answer to it leaves that open."""
    return method not in ("GET", "HEAD", "DELETE")


def as_object(answer: Answer, method: str, /) -> Answer:
    """An answer of success, where it is an object.

    Raises:
        SinkError: it is not, and something was merely read.
        UnknownOutcome: it is not, and what was asked may have been done.
    """
    if isinstance(answer.value, dict):
        return answer
    told = f"{answer.said}: no readable answer ({answer.size} bytes)."
    if may_land(method):
        raise UnknownOutcome(f"{told} {MAY_HAVE_LANDED}")
    raise SinkError(f"{told} Run the command again.", status=answer.status)


def refusal(answer: Answer, /, *, method: str, service: Service) -> Exception:
    """The error that an answer stands for whose status is no success, by its status alone."""
    status, said = answer.status, answer.said
    if status in (401, 403):
        refused = (
            "The key is not taken"
            if status == 401
            else "The key may not do this, or this machine is kept out"
        )
        where = f"{service.key_variable}, the file of {service.key_variable}_FILE, or the profile"
        return AuthError(f"{said}. {refused}; check the key where it comes from ({where}).", status=status)
    step = next_step(status, method=method, service=service)
    if may_land(method) and leaves_open(status):
        return UnknownOutcome(f"{said}. {f'{step} ' if status < 400 else ''}{MAY_HAVE_LANDED}")
    if status == 429 or (status == 503 and answer.retry_after_s is not None):
        wait = "a while" if answer.retry_after_s is None else f"{answer.retry_after_s:g} s"
        asks = "asks to slow down" if status == 429 else "is not there for now"
        msg = f"{said}. The API {asks}: wait {wait} and run the command again."
        return RateLimited(msg, status=status, retry_after_s=answer.retry_after_s)
    if may_land(method) and status in (400, 413, 422):
        return Rejected(f"{said}. {step}", status=status, said=words(answer.value))
    return SinkError(f"{said}. {step}", status=status)


def next_step(status: int, /, *, method: str, service: Service) -> str:
    """What to do after a refusal of this status."""
    if status < 400:
        return f"Redirects are not followed; check {service.url_variable}."
    if status == 404:
        return f"The API has no such path; check {service.url_variable}."
    if status == 402:
        return "The plan takes no more; nothing of this request was taken. Upgrade it, then run the command again."
    if not may_land(method) or status >= 500:
        return "Run the command again later."
    return (
        f"Nothing of this request was taken; a smaller {option('batch_leads')} shows which leads are refused."
    )


def rewrite(value: Any, change: Callable[[str], str], /) -> Any:
    """The value with every text in it changed, names of objects too."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [rewrite(each, change) for each in value]
    if isinstance(value, dict):
        return {change(name): rewrite(each, change) for name, each in value.items()}
    return value


def words(value: object, /) -> str:
    """What an API says for people: flat or nested errors, messages, plain text; without addresses, cut short."""
    if isinstance(value, dict):
        value = next((found for name in _FOR_PEOPLE if (found := _told(value.get(name)))), "")
    return without_addresses(" ".join(value.split()))[:SAID_CHARACTERS] if isinstance(value, str) else ""


def _told(value: object) -> str:
    inner = value.get("message") if isinstance(value, dict) else value
    return inner if isinstance(inner, str) else ""


def without_addresses(text: str, /) -> str:
    """The text with every address in it masked."""
    return _ADDRESS.sub("<address>", text)


def summed(given: Mapping[str, Any], names: Collection[str], /) -> Any:
    """What several counters count together, of those that are there; what is no count is given as it stands."""
    found = [given[name] for name in names if given.get(name) is not None]
    counts = [number(each) for each in found]
    if None in counts:
        return found[counts.index(None)]
    return sum(each for each in counts if each is not None) if found else None


def counted(
    given: Mapping[str, Any], counters: Mapping[str, Collection[str]], /
) -> tuple[Counts, frozenset[str]]:
    """The four counts that an answer gives, and the keys that they were read from.

    Args:
        given: What it holds.
        counters: The keys that each of our counts is the sum of, by its name.
    """
    found = {name: summed(given, keys) for name, keys in counters.items()}
    read = (key for name, keys in counters.items() if found[name] is not None for key in keys)
    return Counts(**found), frozenset(read)


def number(value: object, /) -> int | None:
    """A counter, which an API may write as a number or as text; None where it is neither."""
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None
