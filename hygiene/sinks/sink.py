"""The sink itself: what it has to offer, and what it may.

Jobs are in `jobs`, what is said of rows in `rows`, which addresses it takes in `addresses`.

Protocols and the values that cross them; nothing here sends.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from numbers import Integral
from typing import Protocol, runtime_checkable

from hygiene.outcomes import Counts
from hygiene.policy import ImportPolicy
from hygiene.sinks.rows import RowResult

__all__ = [
    "AccountReader",
    "Addressed",
    "Answers",
    "BlockListEditor",
    "BlocksByPattern",
    "HeldLead",
    "Lead",
    "LeadList",
    "ListReader",
    "Reply",
    "Sink",
    "Target",
    "WritesAhead",
    "Written",
    "leaves_open",
]


class Lead(dict[str, str]):
    """The fields of a lead that are sent; its repr shows none of them, so that no traceback does."""

    def __repr__(self) -> str:
        return f"<{len(self)} fields>"


@dataclass(frozen=True, slots=True)
class Reply:
    """A well-formed answer to an import request.

    Attributes:
        counts: The four numbers; None for one that the answer does not hold, or that is no count.
        extra: Counters and words of the answer that we do not know; a sink masks addresses in them.
        raw: The whole answer.
        limit: Why the API takes no more leads after these; empty where it does.
        rows: What the answer says of single leads, in any order; empty where it says nothing of any.
        nonsense: Counters that were given as something that is no count: a fraction, NaN, true, a list.
    """

    counts: Counts
    extra: tuple[tuple[str, object], ...] = field(default=(), repr=False)
    raw: Mapping[str, object] = field(default_factory=dict, repr=False)
    limit: str = ""
    rows: Sequence[RowResult] = field(default=(), repr=False)
    nonsense: tuple[str, ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        given: Mapping[str, object] = self.counts.as_dict()
        nonsense = tuple(name for name, count in given.items() if count is not None and not _is_count(count))
        object.__setattr__(self, "nonsense", nonsense)
        object.__setattr__(self, "counts", replace(self.counts, **dict.fromkeys(nonsense)))


def _is_count(given: object) -> bool:
    """Whether something can be a number of leads; no API holds as many as 64 bits count."""
    return isinstance(given, Integral) and not isinstance(given, bool) and 0 <= int(given) < 2**63


class Sink(Protocol):
    """Where leads are imported to.

    Attributes:
        batch_leads: Leads a request it takes.
        policy: How it is believed to count.
    """

    batch_leads: int
    policy: ImportPolicy

    @property
    def name(self) -> str:
        """What it is called in messages."""

    def send(
        self, leads: Sequence[Mapping[str, str]], /, *, file_name: str, waive_blocklist: bool = False
    ) -> Reply:
        """Import these leads in one request.

        Raises:
            Rejected: refused for what was sent; none of the leads landed.
            SinkError: refused or not sent; none of the leads landed. One whose status leaves that open
                (`leaves_open`) is taken for an unknown outcome, unless the sink declares it (`Answers`).
            UnknownOutcome: sent, and the answer lost or unreadable.
            Interrupted: asked to stop before anything was sent.
        """


@runtime_checkable
class Answers(Protocol):
    """A sink whose API answers with statuses that elsewhere leave open what became of a request.

    Attributes:
        answers: Those HTTP statuses: 409 where that says that an address is a member already.
    """

    answers: Collection[int]


#: Statuses of 4xx that do not say whether the request was carried out. RFC 9110 15.5.9 and 15.5.10, RFC 8470 5.2.
_OPEN = frozenset({408, 409, 425})
#: Those by which a server refuses a request before it acts on it. RFC 9110 15.5, 6585, 4918, 7725.
_REFUSED = frozenset({*range(400, 418), 421, 422, 423, 424, 426, 428, 429, 431, 451}) - _OPEN
#: The first status that is no success. A redirect is what many a server sends that took a form. RFC 9110 15.4.
_REDIRECT = 300


def leaves_open(status: int, /, *, of: object = None) -> bool:
    """Whether an HTTP status leaves open if what was posted was taken: so do redirects, and one that no standard knows.

    Args:
        status: The status.
        of: The sink that met it, which may declare it an answer (`Answers`).
    """
    if isinstance(of, Answers) and status in of.answers:
        return False
    return status >= _REDIRECT and status not in _REFUSED


class Written(Protocol):
    """An import request that is written and not sent yet; its repr shows nothing of it."""

    def send(self, *, meanwhile: Callable[[], None]) -> Reply:
        """Send it in one request.

        Args:
            meanwhile: To be called when the request is out, before its answer is waited for. It raises
                nothing, and may be called again or never.

        Raises:
            HygieneError: as `Sink.send`.
        """


@runtime_checkable
class WritesAhead(Protocol):
    """A sink that can write a request while the one before it is on its way."""

    def write(
        self, leads: Sequence[Mapping[str, str]], /, *, file_name: str, waive_blocklist: bool = False
    ) -> Written:
        """The request that imports these leads; nothing is sent."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where exactly a sink sends to; what an import is known by in a journal.

    Attributes:
        url: Base URL of the API.
        account: Fingerprint of the key.
        list_id: The list, as text.
    """

    url: str
    account: str
    list_id: str


@runtime_checkable
class Addressed(Protocol):
    """A sink whose imports a journal can tell apart.

    Attributes:
        shape: How leads are written for the API, as plain values; set again when an import is resumed.
    """

    shape: Mapping[str, object]

    @property
    def target(self) -> Target:
        """Where it sends to."""


@dataclass(frozen=True, slots=True)
class LeadList:
    """A lead list of the account.

    Attributes:
        id: Its number, or what else the API tells it by.
        name: Its name.
        size: Leads in it; None where the API does not say.
        idle: Why nobody is written to for now, as ``paused``; empty where that is not so. What is imported is kept.
        kind: What of several kinds of places it is, as ``campaign``: what names it after ``--to``; empty where an
            account has one kind.
    """

    id: int | str
    name: str
    size: int | None
    idle: str = ""
    kind: str = ""


@runtime_checkable
class ListReader(Protocol):
    """Reads what the API holds already."""

    def describe(self) -> LeadList:
        """The list that is imported to. Raises `ListNotFound` where there is none."""

    def members(self, *, whole_account: bool = False) -> Iterator[str]:
        """Addresses of the leads in it, or in every list of the account: all of them.

        Raises:
            SinkError: refused.
            ListingIncomplete: what was given is not all, as far as the API tells; nobody relies on it.
        """

    def blocked(self) -> Iterator[str]:
        """Entries of the API's block list that apply to the list: all of them. Raises as `members`."""


@runtime_checkable
class BlocksByPattern(Protocol):
    """A list reader whose block list has entries that are neither an address nor a domain."""

    def blocked_among(self, addresses: Sequence[str], /) -> Iterator[str]:
        """Those of these addresses that such entries name. Raises as `ListReader.members`."""


@dataclass(frozen=True, slots=True)
class HeldLead:
    """A lead that the API holds.

    Attributes:
        address: Its address, as the API has it.
        unsubscribed: Whether its recipient unsubscribed; None where the API does not say.
    """

    address: str = field(repr=False)
    unsubscribed: bool | None


@runtime_checkable
class AccountReader(Protocol):
    """Reads who unsubscribed, in any list of the account."""

    def account_leads(self, *, most: int) -> Sequence[HeldLead] | None:
        """The leads of every list of the account; None where there are more than `most`.

        Raises:
            SinkError: refused, or none of them says whether it is unsubscribed.
            ListingIncomplete: what was given, its `given`, is not all; who unsubscribed of these is suppressed.
        """


@runtime_checkable
class BlockListEditor(Protocol):
    """Changes the API's block list, which acts on every campaign of the account."""

    def block(self, entries: Sequence[str], /) -> None:
        """Put entries on it."""

    def unblock(self, entries: Sequence[str], /) -> None:
        """Take these entries off it, where they are on it."""
