"""Clients of one list: a list, group or campaign that leads are imported to, by its ID, with leads that are renamed.

How leads are sent and what the answers mean is said in the room of each API.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Unpack

from hygiene.errors import UnknownOutcome, UsageError
from hygiene.http.answers import Answer
from hygiene.http.bodies import nested
from hygiene.http.client import Client, How
from hygiene.http.keys import Key, bearer, find_key
from hygiene.http.listings import Page, readable, whole
from hygiene.http.service import Service
from hygiene.policy import ImportPolicy
from hygiene.sinks import LeadList, Target

__all__ = ["ListClient"]


class ListClient(Client, ABC):
    """Connections to an API, and the list of it that leads are imported to.

    Args:
        ids: The ID of the list by its kind (``list``, ``group``, ``campaign``); None for those that are not meant.
        api_key: The key; None reads the service's variable.
        rename: Column to the API's field.
        policy: How the API is believed to count.
        how: As `Client`.

    Raises:
        UsageError: no key, several lists, or a setting that makes no sense.

    The room of an API says these:

    Attributes:
        SERVICE: The API.
        NAMES: Our columns by the API's names for them.
        TAKEN: Fields that it takes by name, and `UNDER` what the object of all others is called.
        LISTS: The path of its lists.
    """

    SERVICE: ClassVar[Service]
    NAMES: ClassVar[Mapping[str, str]]
    TAKEN: ClassVar[Collection[str]]
    UNDER: ClassVar[str]
    LISTS: ClassVar[str]

    def __init__(
        self,
        ids: Mapping[str, str | None],
        /,
        *,
        api_key: str | Key | None,
        rename: Mapping[str, str] | None,
        policy: ImportPolicy,
        **how: Unpack[How],
    ) -> None:
        try:
            key = find_key(api_key, self.SERVICE)
        finally:
            del api_key  # it would stand among the locals of a traceback
        named = [kind for kind, given in ids.items() if given is not None]
        if len(named) > 1:
            msg = f"{' and '.join(f'{kind}_id' for kind in named)} both say where to import to; expected one of them."
            raise UsageError(msg)
        super().__init__(self.SERVICE, key, sign=bearer, checked=self._checked, **how)
        self._kinds, self._kind = tuple(ids), (named or list(ids))[0]
        self._id, self.policy = ids[self._kind], policy
        self._rename = {**self.NAMES, **(rename or {})}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._kind}_id={self._id!r}, base_url={self.base_url!r})"

    @staticmethod
    @abstractmethod
    def _checked(answer: Answer, method: str, /) -> Answer:
        """The answer, where it says that what was asked was done; see `Client`."""

    @staticmethod
    @abstractmethod
    def _list_of(answer: Answer, /) -> LeadList | None:
        """The list that the answer to its making describes."""

    @abstractmethod
    def _member_pages(self, *, whole_account: bool) -> Iterator[Page]:
        """The leads of the list, or of the account, each with its `email`."""

    @property
    def name(self) -> str:
        """What the sink is called in messages."""
        return f"{self._kind} {self._id} at {self.host}"

    @property
    def target(self) -> Target:
        """Where it sends to, for a journal."""
        return Target(self.base_url, self.account, f"{self._kind}={self._place()}")

    @property
    def shape(self) -> Mapping[str, object]:
        """How leads are written for the API; a resumed import sets it as it was."""
        return {"rename": dict(self._rename)}

    @shape.setter
    def shape(self, given: Mapping[str, Any]) -> None:
        self._rename = dict(given["rename"])

    def shaped(self, leads: Sequence[Mapping[str, str]], /) -> Sequence[Mapping[str, object]]:
        """Leads as the API is sent them: what it does not take by name is in an object of its own."""
        return [nested(lead, self._rename, taken=self.TAKEN, under=self.UNDER) for lead in leads]

    def create_list(self, name: str, /) -> LeadList:
        """A new, empty list.

        Raises:
            UnknownOutcome: the answer does not say which list was made.
        """
        answer = self._wire.ask("POST", self.LISTS, body={"name": name})
        made = self._list_of(answer)
        if made is None:
            look = f"look for it with: hygiene lists --to {self.SERVICE.prefix.lower()}"
            raise UnknownOutcome(f"{answer.said}: no id. The {self._kinds[0]} may be made; {look}")
        return made

    def members(self, *, whole_account: bool = False) -> Iterator[str]:
        """Addresses of the leads in the list, or in the whole account, in the API's order.

        Raises:
            SinkError: refused.
            ListingIncomplete: what was given does not add up, and did not when it was read once more.
        """
        for page in whole(lambda: self._member_pages(whole_account=whole_account)):
            yield from filter(None, (readable(row, "email") for row in page.rows))

    def _place(self) -> str:
        """The ID of the list.

        Raises:
            UsageError: none was named.
        """
        if self._id is None:
            no = " and ".join(f"no {kind}" for kind in self._kinds)
            calls = " or ".join(f"{type(self).__name__}({kind}_id=ID)" for kind in self._kinds)
            raise UsageError(f"{no} is named; {calls} does.")
        return self._id
